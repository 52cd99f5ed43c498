using Bzt.Samples.TradingPlatform.Data;
using Bzt.Samples.TradingPlatform.Tenders;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Bzt.Samples.TradingPlatform.Pages;

internal sealed class IndexModel(TenderStore store, TimeProvider clock) : PageModel
{
    public TenderStage? Filter { get; private set; }

    public IReadOnlyList<(Tender Tender, TenderStage Stage)> Tenders { get; private set; } = [];

    public void OnGet(string? stage)
    {
        Filter = Enum.TryParse<TenderStage>(stage, ignoreCase: true, out var wanted) && Enum.IsDefined(wanted) ? wanted : null;
        Tenders = [.. store.Tenders()
            .Select(tender => (tender, TenderStages.Of(tender, store.Bids(tender.Id), store.FindReport(tender.Id) is not null, clock.GetUtcNow())))
            .Where(row => Filter is null || row.Item2 == Filter)];
    }
}
