using System.Globalization;

namespace Bzt.Simulators;

static class Yuan
{
    public static string Text(long fen) => string.Create(CultureInfo.InvariantCulture, $"{fen / 100}.{fen % 100:D2}");
}

static class BeijingTime
{
    static readonly TimeSpan Offset = TimeSpan.FromHours(8);

    public static DateTimeOffset Of(DateTimeOffset moment) => moment.ToOffset(Offset);

    public static string Text(DateTimeOffset moment) => Of(moment).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    public static bool TryParse(string? text, out DateTimeOffset moment)
    {
        var ok = DateTime.TryParseExact(text, "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.None, out var local);
        moment = ok ? new DateTimeOffset(local, Offset) : default;
        return ok;
    }
}
