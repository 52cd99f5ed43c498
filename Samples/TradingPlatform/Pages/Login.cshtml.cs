using Bzt.Samples.TradingPlatform.Data;
using Bzt.Samples.TradingPlatform.Qr;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Bzt.Samples.TradingPlatform.Pages;

internal sealed class LoginModel(PlatformStore store) : PageModel
{
    public string? Error { get; private set; }

    public string? UserName { get; private set; }

    public async Task<IActionResult> OnPostAsync(string? userName, string? password, string? returnUrl)
    {
        UserName = userName;
        if (store.LogIn(userName ?? "", password ?? "") is not { } account)
        {
            Error = "用户名或密码不正确";
            return Page();
        }

        await PlatformSignIn.AsAsync(HttpContext, account);
        return Url.IsLocalUrl(returnUrl) ? LocalRedirect(returnUrl!) : RedirectToPage("/Account");
    }

    public async Task<IActionResult> OnPostLogOutAsync()
    {
        await HttpContext.SignOutAsync();
        return RedirectToPage("/Index");
    }
}
