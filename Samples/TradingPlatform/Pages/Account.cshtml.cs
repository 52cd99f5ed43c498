using Bzt.Samples.TradingPlatform.Data;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Bzt.Samples.TradingPlatform.Pages;

[Authorize]
internal sealed class AccountModel(AccountStore accounts, TenderStore tenders) : PageModel
{
    public Account Account { get; private set; } = null!;

    public IReadOnlyList<(Tender Tender, Bid Bid)> Bids { get; private set; } = [];

    public bool HasProof { get; private set; }

    public IActionResult OnGet()
    {
        if (accounts.Of(User) is not { } account)
        {
            return RedirectToPage("/Login");
        }

        Account = account;
        HasProof = accounts.LastLogin(account) is not null;
        Bids = [.. tenders.Tenders().Select(tender => (tender, tenders.FindBid(tender.Id, account.CreditCode))).Where(row => row.Item2 is not null).Select(row => (row.tender, row.Item2!))];
        return Page();
    }
}
