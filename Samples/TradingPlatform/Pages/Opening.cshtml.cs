using System.Globalization;
using Bzt.Contracts;
using Bzt.Protocol.Evidence;
using Bzt.Samples.TradingPlatform.Data;
using Bzt.Samples.TradingPlatform.Openings;
using Bzt.Samples.TradingPlatform.Qr;
using Bzt.Samples.TradingPlatform.Tenders;
using Microsoft.AspNetCore.Mvc;

namespace Bzt.Samples.TradingPlatform.Pages;

/// <summary>开标大厅: everybody sees the countdown, what was read, and of what was not why; the buyer gives more time.</summary>
internal sealed class OpeningModel(TenderStore tenders, AccountStore accounts, TimeProvider clock, TenderOpenings openings) : TenderPage(tenders, accounts, clock)
{
    public const int LongestReason = 100;
    private const string RoundTrip = "O";

    public string? Error { get; private set; }

    public string? Reason { get; private set; }

    /// <summary>The service is away: what it said last is shown.</summary>
    public bool IsStale { get; private set; }

    public bool MayExtend => IsBuyers && Tender.Announced is not null && Stage is TenderStage.Closed or TenderStage.Opening;

    /// <summary>Later deadlines to choose from.</summary>
    public IReadOnlyList<(string Value, string Text)> Later =>
        [.. new[] { 15, 30, 60 }.Select(minutes => (Tender.OpeningDeadline.AddMinutes(minutes).ToString(RoundTrip, CultureInfo.InvariantCulture), $"{China.Time(Tender.OpeningDeadline.AddMinutes(minutes))}（延长{minutes}分钟）"))];

    public async Task<IActionResult> OnGetAsync(string id) => await LoadAsync(id) ? Page() : NotFound();

    public async Task<IActionResult> OnPostAsync(string id, string? until, string? reason, Guid key)
    {
        if (!await LoadAsync(id))
        {
            return NotFound();
        }

        if (!IsBuyers)
        {
            return StatusCode(StatusCodes.Status403Forbidden);
        }

        Reason = reason?.Trim();
        try
        {
            Error = (Tender.Announced, Reason, DateTimeOffset.TryParseExact(until, RoundTrip, CultureInfo.InvariantCulture, DateTimeStyles.None, out var deadline)) switch
            {
                (null, _, _) => "解密已结束，不能再延长",
                (_, null or { Length: 0 or > LongestReason }, _) => $"请填写延长原因（{LongestReason}字以内）",
                (_, _, false) => "请选择新的解密截止时间",
                _ => null,
            };
            if (Error is null)
            {
                await openings.ExtendAsync(Tender.Announced!, id, deadline, Reason!, key.ToString("N"), HttpContext.RequestAborted);
                return RedirectToPage("/Opening", new { id });
            }
        }
        catch (Exception exception) when (QrEndpoints.IsAway(exception))
        {
            Error = "标证通服务暂不可用，请稍后再试";
        }
        catch (ApiRefusedException exception)
        {
            Error = exception.Problem.Title;
        }

        return Page();
    }

    private async Task<bool> LoadAsync(string id)
    {
        if (!TryLoad(id))
        {
            return false;
        }

        // What is decided stays as it is: the service need not be asked again.
        if (Now >= Tender.Deadline && !Bids.All(bid => bid.Judgement is { Verdict: not OpeningVerdict.Pending }))
        {
            IsStale = !await openings.RefreshAsync(Tender, HttpContext.RequestAborted);
            TryLoad(id);
        }

        return true;
    }
}
