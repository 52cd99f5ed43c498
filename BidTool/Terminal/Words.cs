using System.Globalization;

namespace Bzt.BidTool.Terminal;

/// <summary>
/// What is said, in Chinese or in English: both stand where it is said, so that neither is forgotten. Chosen once, when the tool starts:
/// <c>--lang</c>, or else the configuration file, or else <c>LC_ALL</c>, <c>LC_MESSAGES</c>, <c>LANG</c>; a system that names no language gets Chinese.
/// </summary>
internal static class Words
{
    public static bool English { get; private set; }

    public static string Say(string chinese, string english) => English ? english : chinese;

    /// <summary>The same with values in it, whose numbers are written alike everywhere.</summary>
    public static string Say(FormattableString chinese, FormattableString english) => (English ? english : chinese).ToString(CultureInfo.InvariantCulture);

    public static void Choose(string? option, string? configured)
    {
        var wanted = option ?? configured
            ?? new[] { "LC_ALL", "LC_MESSAGES", "LANG" }.Select(Environment.GetEnvironmentVariable).FirstOrDefault(value => !string.IsNullOrEmpty(value));
        English = wanted?.StartsWith("en", StringComparison.OrdinalIgnoreCase) == true;
    }
}
