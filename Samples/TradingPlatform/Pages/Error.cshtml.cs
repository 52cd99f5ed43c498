using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Bzt.Samples.TradingPlatform.Pages;

/// <summary>Whatever a request that fails asked with.</summary>
[IgnoreAntiforgeryToken]
internal sealed class ErrorModel : PageModel
{
    public string Heading { get; private set; } = "";

    public string Advice { get; private set; } = "";

    public void OnGet(int status) => Say(status);

    public void OnPost(int status) => Say(status);

    private void Say(int status) => (Heading, Advice) = status switch
    {
        403 => ("没有权限", "当前账号不能办理这项业务，请换用相应身份的账号登录。"),
        404 => ("找不到页面", "网址可能有误，或项目已撤下。"),
        >= 500 => ("系统出错", "请稍后再试；如果一直如此，请联系平台并告知发生时间。"),
        _ => ("请求未完成", "请返回上一页重试。"),
    };
}
