using System.Globalization;

namespace Bzt.Grains.Providers.Payments;

/// <summary>元 with two decimals on the wire, 分 here; never through floating point.</summary>
static class AlipayAmount
{
    public static string Text(long fen) => string.Create(CultureInfo.InvariantCulture, $"{fen / 100}.{fen % 100:D2}");

    public static bool TryParse(string? text, out long fen)
    {
        fen = 0;
        if (!decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var yuan) || yuan > 1_000_000_000m || yuan * 100 != decimal.Truncate(yuan * 100))
        {
            return false;
        }

        fen = (long)(yuan * 100);
        return true;
    }
}

/// <summary>Alipay writes Beijing time without saying so.</summary>
static class AlipayTime
{
    const string Format = "yyyy-MM-dd HH:mm:ss";
    static readonly TimeSpan Beijing = TimeSpan.FromHours(8);

    public static string Text(DateTimeOffset moment) => moment.ToOffset(Beijing).ToString(Format, CultureInfo.InvariantCulture);

    public static DateTimeOffset? TryParse(string? text) =>
        DateTime.TryParseExact(text, Format, CultureInfo.InvariantCulture, DateTimeStyles.None, out var local)
            ? new DateTimeOffset(local, Beijing).ToUniversalTime()
            : null;
}
