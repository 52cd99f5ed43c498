using Bzt.Samples.TradingPlatform.Data;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Bzt.Samples.TradingPlatform.Pages;

[Authorize]
internal sealed class AccountModel(PlatformStore store) : PageModel
{
    public Account Account { get; private set; } = null!;

    public IActionResult OnGet()
    {
        if (store.FindByEnterprise(User.FindFirst("credit_code")!.Value) is not { } account)
        {
            return RedirectToPage("/Login");
        }

        Account = account;
        return Page();
    }
}
