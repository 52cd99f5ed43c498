using Bzt.Samples.TradingPlatform.Accounts;
using Bzt.Samples.TradingPlatform.Data;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Options;

namespace Bzt.Samples.TradingPlatform.Pages;

internal sealed class LoginModel(AccountStore accounts, LoginBrake brake, IOptions<PlatformOptions> options) : PageModel
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
        if (userName is not { Length: > 0 and <= 50 } || password is not { Length: > 0 and <= 100 })
        {
            Error = "用户名或密码不正确";
            return Page();
        }

        var address = HttpContext.Connection.RemoteIpAddress;
        if (!brake.TakeLogin(userName, address))
        {
            Error = "尝试次数过多，请15分钟后再试，或用标证通扫码登录";
            return this.TooMany();
        }

        if (accounts.LogIn(userName, password) is not { } account)
        {
            Error = "用户名或密码不正确";
            return Page();
        }

        brake.Forget(userName, address);

        await AccountEndpoints.SignInAsync(HttpContext, account);
        return Url.IsLocalUrl(returnUrl) ? LocalRedirect(returnUrl!) : RedirectToPage("/Account");
    }

    public async Task<IActionResult> OnPostLogOutAsync()
    {
        await HttpContext.SignOutAsync();
        return RedirectToPage("/Index");
    }
}
