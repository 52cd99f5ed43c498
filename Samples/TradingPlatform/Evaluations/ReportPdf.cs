using Bzt.Documents.Seals;
using Bzt.Samples.TradingPlatform.Data;
using Bzt.Samples.TradingPlatform.Openings;
using Bzt.Samples.TradingPlatform.Pages;
using SkiaSharp;

namespace Bzt.Samples.TradingPlatform.Evaluations;

/// <summary>评标报告: one page of A4, drawn from what was opened and scored.</summary>
internal static class ReportPdf
{
    /// <summary>Where the evaluator's seal goes, in millimetres from the left and the top of the page.</summary>
    public const double SealLeftMm = 150, SealTopMm = 233, SealWidthMm = 20;

    private const float Width = 595, Height = 842, Left = 56, Right = 539;
    private static readonly float[] Columns = [56, 84, 270, 370, 410, 450, 490];
    private static readonly string[] Heads = ["名次", "投标人", "投标报价", "报价分", "技术分", "商务分", "总分"];

    public static byte[] Draw(Tender tender, IReadOnlyList<Bid> bids, IReadOnlyList<Score> scores, string evaluator, DateTimeOffset at)
    {
        using var output = new MemoryStream();
        using (var document = SKDocument.CreatePdf(output, new SKDocumentPdfMetadata { Title = $"{tender.Title}评标报告", Creation = at.UtcDateTime, Modified = at.UtcDateTime }))
        {
            var text = string.Concat([tender.Title, tender.Buyer, tender.Id, evaluator, .. bids.Select(bid => bid.EnterpriseName), .. scores.Select(score => score.Comment), .. bids.SelectMany(bid => bid.Opening?.Facts ?? []).Select(fact => fact.Value)]);
            using var typeface = SealFont.Find(new string([.. text.Where(character => !char.IsWhiteSpace(character)).Distinct()]) + "评标报告");
            using var paint = new SKPaint { Color = SKColors.Black, IsAntialias = true };
            var canvas = document.BeginPage(Width, Height);
            Page(new Pen(canvas, typeface, paint), tender, bids, scores, evaluator, at);
            document.EndPage();
        }

        return output.ToArray();
    }

    private static void Page(Pen pen, Tender tender, IReadOnlyList<Bid> bids, IReadOnlyList<Score> scores, string evaluator, DateTimeOffset at)
    {
        pen.Text("评标报告", Width / 2, 92, 26, SKTextAlign.Center);
        pen.Text($"项目编号 {tender.Id}", Width / 2, 116, 11, SKTextAlign.Center);
        var y = 160f;
        foreach (var (name, value) in new[]
        {
            ("项目名称", tender.Title), ("招标人", tender.Buyer), ("最高投标限价", China.Money(tender.CeilingFen)),
            ("开标时间", China.Time(tender.OpeningTime)), ("递交 / 解密", $"{bids.Count} 家 / {bids.Count(bid => bid.IsOpen)} 家"),
        })
        {
            pen.Text(name, Left, y, 12);
            pen.Text(value, Left + 96, y, 12);
            y += 26;
        }

        y += 14;
        pen.Line(y - 18);
        for (var i = 0; i < Heads.Length; i++)
        {
            pen.Text(Heads[i], Columns[i], y, 11);
        }

        pen.Line(y + 8);
        y += 28;
        for (var rank = 0; rank < scores.Count; rank++)
        {
            var score = scores[rank];
            var bid = bids.Single(bid => bid.CreditCode == score.CreditCode);
            var price = bid.Opening!.Facts.FirstOrDefault(fact => fact.Name == "投标报价")?.Value ?? "见投标文件";
            string[] cells = [$"{rank + 1}", Fit(bid.EnterpriseName, 15), Fit(price, 16), $"{score.Price}", $"{score.Technical}", $"{score.Commercial}", $"{score.Total}"];
            for (var i = 0; i < cells.Length; i++)
            {
                pen.Text(cells[i], Columns[i], y, 11);
            }

            if (score.Comment.Length > 0)
            {
                y += 18;
                pen.Text("评审意见：" + Fit(score.Comment, 38), Columns[1], y, 10);
            }

            y += 24;
        }

        foreach (var bid in bids.Where(bid => !bid.IsOpen))
        {
            pen.Text("—", Columns[0], y, 11);
            pen.Text(Fit($"{bid.EnterpriseName}：未解密，不参加评审（{Why(bid)}）", 40), Columns[1], y, 11);
            y += 24;
        }

        pen.Line(y - 12);
        y += 26;
        pen.Text($"推荐第一中标候选人：{bids.Single(bid => bid.CreditCode == scores[0].CreditCode).EnterpriseName}", Left, y, 13);
        pen.Text($"评标专家（签章）：{evaluator}", 300, 690, 12);
        pen.Text($"日期：{China.Day(at)}", 300, 714, 12);
        pen.Text("本报告由示例交易平台生成，数据均为虚构。", Width / 2, 806, 9, SKTextAlign.Center);
    }

    private static string Why(Bid bid) => bid.Judgement is { } judgement ? OpeningWords.Of(judgement.Cause) : bid.Opening?.Note ?? "未扫码";

    private static string Fit(string text, int length) => text.Length <= length ? text : text[..(length - 1)] + "…";

    private readonly record struct Pen(SKCanvas Canvas, SKTypeface Typeface, SKPaint Paint)
    {
        public void Text(string text, float x, float y, float size, SKTextAlign align = SKTextAlign.Left)
        {
            using var font = new SKFont(Typeface, size);
            Canvas.DrawText(text, x, y, align, font, Paint);
        }

        public void Line(float y) => Canvas.DrawLine(Left, y, Right, y, Paint);
    }
}
