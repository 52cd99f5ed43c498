using System.Globalization;
using System.Security.Cryptography;
using Bzt.Protocol.Forms;
using Bzt.Samples.TradingPlatform.Data;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Bzt.Samples.TradingPlatform.Pages;

/// <summary>发布公告: the buyer's page.</summary>
[Authorize]
internal sealed class PublishModel(TenderStore tenders, AccountStore accounts, TimeProvider clock) : PageModel
{
    private const string Format = "yyyy-MM-ddTHH:mm";

    public string? Error { get; private set; }

    /// <remarks>Not Title: the page data has one.</remarks>
    public string? ProjectTitle { get; private set; }

    public string? Notice { get; private set; }

    public decimal? Ceiling { get; private set; }

    public string Deadline { get; private set; } = "";

    public string OpeningTime { get; private set; } = "";

    public IActionResult OnGet()
    {
        var now = clock.GetUtcNow().ToOffset(China.Offset);
        (Deadline, OpeningTime) = (now.AddMinutes(31).ToString(Format, CultureInfo.InvariantCulture), now.AddMinutes(31).ToString(Format, CultureInfo.InvariantCulture));
        return accounts.Of(User) is { Role: Role.Buyer } ? Page() : StatusCode(StatusCodes.Status403Forbidden);
    }

    public IActionResult OnPost(string? title, string? notice, decimal? ceiling, string? deadline, string? openingTime)
    {
        if (accounts.Of(User) is not { Role: Role.Buyer } buyer)
        {
            return StatusCode(StatusCodes.Status403Forbidden);
        }

        (ProjectTitle, Notice, Ceiling, Deadline, OpeningTime) = (title?.Trim(), notice?.Trim(), ceiling, deadline ?? "", openingTime ?? "");
        var now = clock.GetUtcNow();
        Error = (ProjectTitle, Notice, Ceiling, Time(Deadline), Time(OpeningTime)) switch
        {
            ({ Length: < 4 or > 60 } or null, _, _, _, _) => "项目名称为4至60个字",
            _ when !VisibleText.Is(ProjectTitle) => "项目名称含有不可见或改变显示顺序的字符，请重新输入",
            (_, { Length: < 10 or > 2000 } or null, _, _, _) => "公告内容为10至2000个字",
            (_, _, null or < 1 or > 100_000_000_000, _, _) => "请填写最高投标限价（元）",
            (_, _, _, null, _) => "请选择投标截止时间",
            (_, _, _, { } end, _) when end <= now => "投标截止时间已过",
            (_, _, _, { } end, { } open) when open < end => "开标时间不能早于投标截止",
            (_, _, _, _, null) => "请选择开标时间",
            _ => null,
        };
        if (Error is not null)
        {
            return Page();
        }

        var id = string.Create(CultureInfo.InvariantCulture, $"YC-{now.ToOffset(China.Offset):yyyy-MMdd}-{RandomNumberGenerator.GetInt32(1000, 10_000)}");
        return tenders.Publish(new Tender(id, ProjectTitle!, buyer.Name, Time(Deadline)!.Value, Time(OpeningTime)!.Value) { Notice = Notice!, CeilingFen = (long)(Ceiling!.Value * 100) }, now)
            ? RedirectToPage("/Tender", new { id })
            : RedirectToPage("/Publish");
    }

    /// <summary>As the form's fields give it: China's time, without a zone.</summary>
    private static DateTimeOffset? Time(string text) =>
        DateTime.TryParseExact(text, Format, CultureInfo.InvariantCulture, DateTimeStyles.None, out var local) ? new DateTimeOffset(local, China.Offset) : null;
}
