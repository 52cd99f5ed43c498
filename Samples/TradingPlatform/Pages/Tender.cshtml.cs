using Bzt.Samples.TradingPlatform.Data;
using Bzt.Samples.TradingPlatform.Tenders;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Options;

namespace Bzt.Samples.TradingPlatform.Pages;

/// <summary>What the pages of a tender have in common.</summary>
internal abstract class TenderPage(TenderStore tenders, AccountStore accounts, TimeProvider clock) : PageModel
{
    public Tender Tender { get; private set; } = null!;

    public TenderStage Stage { get; private set; }

    /// <summary>Nobody learns who bids before the opening.</summary>
    public IReadOnlyList<Bid> Bids { get; private set; } = [];

    public IReadOnlyList<Score> Scores { get; private set; } = [];

    public SealedReport? Report { get; private set; }

    public Account? Account { get; private set; }

    public Bid? Own { get; private set; }

    /// <summary>Whose tender it is.</summary>
    public bool IsBuyers => Account is { Role: Role.Buyer } && Account.Name == Tender.Buyer;

    /// <summary>Appointed for this tender.</summary>
    public bool IsEvaluator { get; private set; }

    public DateTimeOffset Now { get; private set; }

    protected TenderStore Store => tenders;

    protected AccountStore Accounts => accounts;

    public bool IsOpening => Stage is TenderStage.Opening or TenderStage.Evaluation or TenderStage.Published || (Stage == TenderStage.Failed && Bids.Count > 0);

    protected bool TryLoad(string id)
    {
        if (tenders.Find(id) is not { } tender)
        {
            return false;
        }

        (Tender, Now, Report, Account) = (tender, clock.GetUtcNow(), tenders.FindReport(id), accounts.Of(User));
        var bids = tenders.Bids(id);
        Stage = TenderStages.Of(tender, bids, Report is not null, Now);
        Bids = Now < tender.OpeningTime ? [] : bids;
        Own = Account is { Role: Role.Bidder } bidder ? bids.FirstOrDefault(bid => bid.CreditCode == bidder.CreditCode) : null;
        IsEvaluator = Account is { Role: Role.Person } person && tenders.IsEvaluator(id, person.UserName);
        Scores = Stage == TenderStage.Published || IsEvaluator ? tenders.Scores(id) : [];
        return true;
    }

    public string NameOf(string creditCode) => Bids.FirstOrDefault(bid => bid.CreditCode == creditCode)?.EnterpriseName ?? creditCode;
}

internal sealed class TenderModel(TenderStore tenders, AccountStore accounts, TimeProvider clock, IOptions<PlatformOptions> options) : TenderPage(tenders, accounts, clock)
{
    public string BaseUrl => options.Value.PublicBaseUrl.TrimEnd('/');

    public IActionResult OnGet(string id) => TryLoad(id) ? Page() : NotFound();
}
