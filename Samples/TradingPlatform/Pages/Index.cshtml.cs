using Bzt.Samples.TradingPlatform.Data;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Bzt.Samples.TradingPlatform.Pages;

internal sealed class IndexModel(PlatformStore store) : PageModel
{
    public IReadOnlyList<Tender> Tenders => store.Tenders();
}

/// <summary>Stored in UTC, shown as in China.</summary>
internal static class China
{
    private static readonly TimeSpan Offset = TimeSpan.FromHours(8);

    public static string Time(DateTimeOffset time) => time.ToOffset(Offset).ToString("yyyy-MM-dd HH:mm");
}
