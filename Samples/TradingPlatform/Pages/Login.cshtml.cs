using Bzt.Samples.TradingPlatform.Accounts;
using Bzt.Samples.TradingPlatform.Data;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Options;

namespace Bzt.Samples.TradingPlatform.Pages;

internal sealed class LoginModel(AccountStore accounts, IOptions<PlatformOptions> options) : PageModel
{
    public string? Error { get; private set; }

    public string? UserName { get; private set; }

    public string? ReturnUrl { get; private set; }

    public bool ShowsDemonstration => options.Value.DemoPassword is { Length: > 0 };

    public void OnGet(string? returnUrl) => ReturnUrl = returnUrl;

    public async Task<IActionResult> OnPostAsync(string? userName, string? password, string? returnUrl)
    {
        (UserName, ReturnUrl) = (userName, returnUrl);
        if (accounts.LogIn(userName ?? "", password ?? "") is not { } account)
        {
            Error = "用户名或密码不正确";
            return Page();
        }

        await AccountEndpoints.SignInAsync(HttpContext, account);
        return Url.IsLocalUrl(returnUrl) ? LocalRedirect(returnUrl!) : RedirectToPage("/Account");
    }

    public async Task<IActionResult> OnPostLogOutAsync()
    {
        await HttpContext.SignOutAsync();
        return RedirectToPage("/Index");
    }
}
