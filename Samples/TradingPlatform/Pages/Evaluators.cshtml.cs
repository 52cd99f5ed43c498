using Bzt.Samples.TradingPlatform.Data;
using Bzt.Samples.TradingPlatform.Tenders;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;

namespace Bzt.Samples.TradingPlatform.Pages;

/// <summary>指定评标专家: the tender's buyer says who evaluates it, until there is a result. Nobody else sees who they are.</summary>
[Authorize]
internal sealed class EvaluatorsModel(TenderStore tenders, AccountStore accounts, TimeProvider clock) : TenderPage(tenders, accounts, clock)
{
    public string? Error { get; private set; }

    public string? PersonName { get; private set; }

    public string? UserName { get; private set; }

    public IReadOnlyList<Account> Evaluators => [.. Store.Evaluators(Tender.Id).Select(Accounts.OfPerson).OfType<Account>()];

    public bool MayChange => Stage is not (TenderStage.Published or TenderStage.Failed);

    public IActionResult OnGet(string id) => Check(id) ?? Page();

    public IActionResult OnPost(string id, string? name, string? userName)
    {
        if (Check(id) is { } refused)
        {
            return refused;
        }

        (PersonName, UserName) = (name?.Trim(), userName?.Trim());
        Error = (PersonName, UserName) switch
        {
            _ when !MayChange => "评标已结束，不能再指定专家",
            (null or "", _) or (_, null or "") => "请填写专家的姓名和用户名",
            ({ } person, { } user) when Accounts.OfPerson(user, person) is null => "没有姓名与用户名都相符的个人账号，请与专家核对",
            (_, { } user) when !Store.Appoint(id, user, Account!.UserName, Now) => $"一个项目最多指定{TenderStore.MostEvaluators}名专家",
            _ => null,
        };
        return Error is null ? RedirectToPage("/Evaluators", new { id }) : Page();
    }

    public IActionResult OnPostDismiss(string id, string? userName)
    {
        if (Check(id) is { } refused)
        {
            return refused;
        }

        if (!MayChange)
        {
            Error = "评标已结束，不能再取消指定";
            return Page();
        }

        // Again changes nothing.
        Store.Dismiss(id, userName ?? "");
        return RedirectToPage("/Evaluators", new { id });
    }

    private IActionResult? Check(string id) => !TryLoad(id) ? NotFound() : !IsBuyers ? StatusCode(StatusCodes.Status403Forbidden) : null;
}
