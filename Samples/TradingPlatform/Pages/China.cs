using System.Globalization;

namespace Bzt.Samples.TradingPlatform.Pages;

/// <summary>Times are stored in UTC and shown as in China; money is stored in 分.</summary>
internal static class China
{
    public static readonly TimeSpan Offset = TimeSpan.FromHours(8);

    public static string Time(DateTimeOffset time) => time.ToOffset(Offset).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);

    public static string Seconds(DateTimeOffset time) => time.ToOffset(Offset).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    public static string Day(DateTimeOffset time) => time.ToOffset(Offset).ToString("yyyy年M月d日", CultureInfo.InvariantCulture);

    public static string Money(long fen) => string.Create(CultureInfo.InvariantCulture, $"¥{fen / 100m:N2}");

    public static string Size(long octets) => octets switch
    {
        < 1024 => $"{octets} 字节",
        < 1024 * 1024 => string.Create(CultureInfo.InvariantCulture, $"{octets / 1024d:F1} KB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{octets / 1024d / 1024:F1} MB"),
    };

    /// <summary>Whole seconds until then, for the page's countdown; rounded up, so that a page that goes on at nought is not too early.</summary>
    public static long Until(DateTimeOffset time, DateTimeOffset now) => Math.Max(0, (long)Math.Ceiling((time - now).TotalSeconds));
}
