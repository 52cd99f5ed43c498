using System.Text.RegularExpressions;
using Bzt.Samples.TradingPlatform.Accounts;
using Bzt.Samples.TradingPlatform.Data;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Bzt.Samples.TradingPlatform.Pages;

internal sealed partial class RegisterModel(AccountStore accounts, LoginBrake brake) : PageModel
{
    public string? Error { get; private set; }

    public bool IsPerson { get; private set; }

    public string? EnterpriseName { get; private set; }

    public string? CreditCode { get; private set; }

    public string? UserName { get; private set; }

    public void OnGet(string? kind) => IsPerson = kind == "person";

    public async Task<IActionResult> OnPostAsync(string? kind, string? enterpriseName, string? creditCode, string? userName, string? password)
    {
        IsPerson = kind == "person";
        (EnterpriseName, CreditCode, UserName) = (enterpriseName?.Trim(), creditCode?.Trim().ToUpperInvariant(), userName?.Trim());
        Error = this switch
        {
            { EnterpriseName: not { Length: > 0 and <= 100 } } => IsPerson ? "请填写姓名" : "请填写企业名称",
            { IsPerson: false } when !CreditCodes().IsMatch(CreditCode ?? "") => "统一社会信用代码为18位数字和大写字母",
            { UserName: not { Length: >= 3 and <= 50 } } => "用户名为3至50个字符",
            _ when password is not { Length: >= 10 and <= 100 } => "密码至少10位",
            _ when !brake.TakeRegistration(HttpContext.Connection.RemoteIpAddress) => "注册次数过多，请15分钟后再试",
            { IsPerson: true } => accounts.RegisterPerson(UserName, password, EnterpriseName, Role.Person) ? null : "该用户名已注册",
            _ => accounts.RegisterEnterprise(UserName, password, EnterpriseName, CreditCode!) ? null : "该用户名已注册，或该企业已有绑定了证书的账号",
        };
        if (Error is not null)
        {
            return Page();
        }

        await AccountEndpoints.SignInAsync(HttpContext, accounts.LogIn(UserName!, password!)!);
        return RedirectToPage("/Account");
    }

    [GeneratedRegex("^[0-9A-Z]{18}$")]
    private static partial Regex CreditCodes();
}
