using Bzt.Samples.TradingPlatform.Data;
using Bzt.Samples.TradingPlatform.Openings;
using Bzt.Samples.TradingPlatform.Tenders;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;

namespace Bzt.Samples.TradingPlatform.Pages;

/// <summary>评标: files, scores, and the report that is sealed. For those the buyer appointed, known by their certificates.</summary>
[Authorize]
internal sealed class EvaluationModel(TenderStore tenders, AccountStore accounts, TimeProvider clock, BidOpening opening) : TenderPage(tenders, accounts, clock)
{
    public const int MostPrice = 40, MostTechnical = 40, MostCommercial = 20, LongestComment = 200;

    public string? Error { get; private set; }

    public IReadOnlyList<Bid> Opened => [.. Bids.Where(bid => bid.IsOpen)];

    public bool IsScored => Scores.Count > 0 && Scores.Count == Opened.Count;

    public Score? ScoreOf(Bid bid) => Scores.FirstOrDefault(score => score.CreditCode == bid.CreditCode);

    public IReadOnlyList<string> FilesOf(Bid bid)
    {
        var folder = opening.FolderOf(bid);
        return Directory.Exists(folder)
            ? [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(folder, file).Replace('\\', '/')).Order(StringComparer.Ordinal)]
            : [];
    }

    public IActionResult OnGet(string id) => Check(id) ?? Page();

    /// <summary>One of the opened files. It is only ever saved, never shown in this origin: a bidder wrote it.</summary>
    public IActionResult OnGetFile(string id, string bidder, string file)
    {
        if (Check(id) is { } refused)
        {
            return refused;
        }

        return Opened.FirstOrDefault(bid => bid.CreditCode == bidder) is { } bid && FilesOf(bid).Contains(file)
            ? PhysicalFile(Path.Combine(opening.FolderOf(bid), file), "application/octet-stream", Path.GetFileName(file))
            : NotFound();
    }

    public IActionResult OnPost(string id, Dictionary<string, int> price, Dictionary<string, int> technical, Dictionary<string, int> commercial, Dictionary<string, string?> comment)
    {
        if (Check(id) is { } refused)
        {
            return refused;
        }

        var scores = new List<Score>();
        foreach (var bid in Opened)
        {
            if (!price.TryGetValue(bid.CreditCode, out var p) || !technical.TryGetValue(bid.CreditCode, out var t) || !commercial.TryGetValue(bid.CreditCode, out var c)
                || p is < 0 or > MostPrice || t is < 0 or > MostTechnical || c is < 0 or > MostCommercial
                || comment.GetValueOrDefault(bid.CreditCode)?.Trim() is { Length: > LongestComment })
            {
                Error = $"请为“{bid.EnterpriseName}”填写有效的分数：报价0–40，技术0–40，商务0–20";
                return Page();
            }

            scores.Add(new Score(bid.CreditCode, p, t, c, comment.GetValueOrDefault(bid.CreditCode)?.Trim() ?? ""));
        }

        scores.ForEach(score => Store.KeepScore(id, score));
        return RedirectToPage("/Evaluation", new { id });
    }

    private IActionResult? Check(string id)
    {
        if (!TryLoad(id))
        {
            return NotFound();
        }

        return !IsEvaluator ? StatusCode(StatusCodes.Status403Forbidden)
            : Stage is not TenderStage.Evaluation ? RedirectToPage("/Tender", new { id })
            // A name and a password do not prove who reads what others keep secret.
            : !Account!.IsBound ? RedirectToPage("/Account")
            : null;
    }
}
