using Bzt.Samples.TradingPlatform.Data;
using Bzt.Samples.TradingPlatform.Qr;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Bzt.Samples.TradingPlatform.Pages;

internal sealed class RegisterModel(PlatformStore store) : PageModel
{
    public string? Error { get; private set; }

    public string? EnterpriseName { get; private set; }

    public string? CreditCode { get; private set; }

    public string? UserName { get; private set; }

    public async Task<IActionResult> OnPostAsync(string? enterpriseName, string? creditCode, string? userName, string? password)
    {
        (EnterpriseName, CreditCode, UserName) = (enterpriseName?.Trim(), creditCode?.Trim().ToUpperInvariant(), userName?.Trim());
        Error = this switch
        {
            { EnterpriseName: not { Length: > 0 and <= 100 } } => "请填写企业名称",
            { CreditCode: not { Length: 18 } } => "统一社会信用代码为18位",
            { UserName: not { Length: >= 3 and <= 50 } } => "用户名为3至50个字符",
            _ when password is not { Length: >= 10 and <= 100 } => "密码至少10位",
            _ => store.Register(UserName, password, EnterpriseName, CreditCode) ? null : "该用户名或企业已注册",
        };
        if (Error is not null)
        {
            return Page();
        }

        await PlatformSignIn.AsAsync(HttpContext, store.FindByEnterprise(CreditCode!)!);
        return RedirectToPage("/Account");
    }
}
