using Bzt.Samples.TradingPlatform.Data;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Bzt.Samples.TradingPlatform.Pages;

[Authorize]
internal sealed class AccountModel(AccountStore accounts, TenderStore tenders, TimeProvider clock) : PageModel
{
    public Account Account { get; private set; } = null!;

    public IReadOnlyList<(Tender Tender, Bid Bid)> Bids { get; private set; } = [];

    /// <summary>What this person is appointed to evaluate.</summary>
    public IReadOnlyList<Tender> Evaluations { get; private set; } = [];

    public bool HasProof { get; private set; }

    public string BindTitle => (Account.Role, Account.IsBound) switch
    {
        (_, false) => "扫码绑定证书",
        (Role.Bidder, true) => "绑定其他证书",
        _ => "换绑证书",
    };

    public string NameOf(BoundCertificate certificate) => certificate.Name.Length > 0 ? certificate.Name : Account.Name;

    public bool IsOver(BoundCertificate certificate) => certificate.NotAfter <= clock.GetUtcNow();

    public IActionResult OnGet()
    {
        if (accounts.Of(User) is not { } account)
        {
            return RedirectToPage("/Login");
        }

        Account = account;
        HasProof = accounts.LastLogin(account) is not null;
        Evaluations = account.Role == Role.Person ? [.. tenders.Tenders().Where(tender => tenders.IsEvaluator(tender.Id, account.UserName))] : [];
        Bids = [.. tenders.Tenders().Select(tender => (tender, tenders.FindBid(tender.Id, account.CreditCode))).Where(row => row.Item2 is not null).Select(row => (row.tender, row.Item2!))];
        return Page();
    }

    public IActionResult OnPostUnbind(string? serial)
    {
        if (accounts.Of(User) is { } account)
        {
            // Again changes nothing.
            accounts.Unbind(account, serial ?? "");
        }

        return RedirectToPage("/Account");
    }
}
