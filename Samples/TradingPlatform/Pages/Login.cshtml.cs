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

    public void OnGet(string? returnUrl, string? reason) => (ReturnUrl, Error) = (returnUrl, reason switch
    {
        null => null,
        "unknown" => "该证书所属的企业或个人尚未在本平台注册并绑定",
        "refused" => "登录已取消",
        _ => "标证通登录未完成，请重试",
    });

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
