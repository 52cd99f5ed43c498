using System.Text;
using Bzt.Documents.Seals;
using Bzt.Samples.TradingPlatform.Data;
using Bzt.Samples.TradingPlatform.Openings;
using Bzt.Samples.TradingPlatform.Pages;
using SkiaSharp;

namespace Bzt.Samples.TradingPlatform.Evaluations;

/// <summary>评标报告: pages of A4, drawn from what was opened and scored.</summary>
internal static class ReportPdf
{
    /// <summary>Where the evaluator's seal goes, in millimetres from the left and the top of the last page.</summary>
    public const double SealLeftMm = 150, SealTopMm = 233, SealWidthMm = 20;

    private const float Width = 595, Height = 842, Left = 56, Right = 539, SealTop = 640;
    private const string Words = "评标报告签章";
    private static readonly float[] Columns = [56, 84, 270, 370, 410, 450, 490];
    private static readonly string[] Heads = ["名次", "投标人", "投标报价", "报价分", "技术分", "商务分", "总分"];

    public static byte[] Draw(Tender tender, IReadOnlyList<Bid> bids, IReadOnlyList<Score> scores, string evaluator, DateTimeOffset at)
    {
        using var output = new MemoryStream();
        using (var document = SKDocument.CreatePdf(output, new SKDocumentPdfMetadata { Title = $"{tender.Title}评标报告", Creation = at.UtcDateTime, Modified = at.UtcDateTime }))
        {
            using var typeface = Font(string.Concat([tender.Title, tender.Buyer, tender.Id, evaluator, .. bids.Select(bid => bid.EnterpriseName), .. scores.Select(score => score.Comment), .. bids.SelectMany(bid => bid.Opening?.Facts ?? []).Select(fact => fact.Value)]));
            using var paint = new SKPaint { Color = SKColors.Black, IsAntialias = true };
            var sheet = new Sheet(document, typeface, paint);
            DrawTender(sheet, tender, bids);
            DrawScores(sheet, bids, scores);
            DrawEnd(sheet, bids, scores, evaluator, at);
            document.EndPage();
        }

        return output.ToArray();
    }

    private static void DrawTender(Sheet sheet, Tender tender, IReadOnlyList<Bid> bids)
    {
        sheet.Text("评标报告", Width / 2, 26, SKTextAlign.Center);
        sheet.Y += 24;
        sheet.Text($"项目编号 {tender.Id}", Width / 2, 11, SKTextAlign.Center);
        sheet.Y += 44;
        foreach (var (name, value) in new[]
        {
            ("项目名称", tender.Title), ("招标人", tender.Buyer), ("最高投标限价", China.Money(tender.CeilingFen)),
            ("开标时间", China.Time(tender.OpeningTime)), ("递交 / 解密", $"{bids.Count} 家 / {bids.Count(bid => bid.IsOpen)} 家"),
        })
        {
            sheet.Text(name, Left, 12);
            sheet.Text(value, Left + 96, 12);
            sheet.Y += 26;
        }
    }

    private static void DrawScores(Sheet sheet, IReadOnlyList<Bid> bids, IReadOnlyList<Score> scores)
    {
        sheet.Y += 14;
        sheet.Line(-18);
        for (var i = 0; i < Heads.Length; i++)
        {
            sheet.Text(Heads[i], Columns[i], 11);
        }

        sheet.Line(8);
        sheet.Y += 28;
        for (var rank = 0; rank < scores.Count; rank++)
        {
            var score = scores[rank];
            var bid = bids.Single(bid => bid.CreditCode == score.CreditCode);
            var price = bid.Opening!.Facts.FirstOrDefault(fact => fact.Name == "投标报价")?.Value ?? "见投标文件";
            string[] cells = [$"{rank + 1}", Fit(bid.EnterpriseName, 15), Fit(price, 16), $"{score.Price}", $"{score.Technical}", $"{score.Commercial}", $"{score.Total}"];
            sheet.EndBefore(Height - 80);
            for (var i = 0; i < cells.Length; i++)
            {
                sheet.Text(cells[i], Columns[i], 11);
            }

            if (score.Comment.Length > 0)
            {
                sheet.Y += 18;
                sheet.Text("评审意见：" + Fit(score.Comment, 38), Columns[1], 10);
            }

            sheet.Y += 24;
        }

        foreach (var bid in bids.Where(bid => !bid.IsOpen))
        {
            sheet.EndBefore(Height - 60);
            sheet.Text("—", Columns[0], 11);
            sheet.Text(Fit($"{bid.EnterpriseName}：未解密，不参加评审（{Why(bid)}）", 40), Columns[1], 11);
            sheet.Y += 24;
        }

        sheet.Line(-12);
    }

    /// <summary>On the last page, where the seal goes.</summary>
    private static void DrawEnd(Sheet sheet, IReadOnlyList<Bid> bids, IReadOnlyList<Score> scores, string evaluator, DateTimeOffset at)
    {
        sheet.Y += 26;
        sheet.EndBefore(SealTop);
        sheet.Text($"推荐第一中标候选人：{bids.Single(bid => bid.CreditCode == scores[0].CreditCode).EnterpriseName}", Left, 13);
        sheet.Y = 690;
        sheet.Text($"评标专家（签章）：{evaluator}", 300, 12);
        sheet.Y = 714;
        sheet.Text($"日期：{China.Day(at)}", 300, 12);
        sheet.Y = 806;
        sheet.Text("本报告由示例交易平台生成，数据均为虚构。", Width / 2, 9, SKTextAlign.Center);
    }

    /// <summary>One that has every character; where there is none, one for our own words. Bidders write names and figures: none of theirs keeps a report from being made.</summary>
    private static SKTypeface Font(string text)
    {
        try
        {
            return SealFont.Find(Words + string.Concat(text.EnumerateRunes().Where(rune => !Rune.IsWhiteSpace(rune)).Distinct()));
        }
        catch (SealFontMissingException)
        {
            return SealFont.Find(Words);
        }
    }

    private static string Why(Bid bid) => bid.Judgement is { } judgement ? OpeningWords.Of(judgement.Cause) : bid.Opening?.Note ?? "未扫码";

    private static string Fit(string text, int length) =>
        text.Length <= length ? text : text[..(char.IsHighSurrogate(text[length - 2]) ? length - 2 : length - 1)] + "…";

    /// <summary>Page after page, from the top.</summary>
    private sealed class Sheet(SKDocument document, SKTypeface typeface, SKPaint paint)
    {
        private const float Top = 92;

        private SKCanvas canvas = document.BeginPage(Width, Height);

        /// <summary>The line that is written on.</summary>
        public float Y { get; set; } = Top;

        /// <summary>Goes on with a new page when the line is below.</summary>
        public void EndBefore(float bottom)
        {
            if (Y > bottom)
            {
                document.EndPage();
                (canvas, Y) = (document.BeginPage(Width, Height), Top);
            }
        }

        public void Text(string text, float x, float size, SKTextAlign align = SKTextAlign.Left)
        {
            using var font = new SKFont(typeface, size);
            canvas.DrawText(text, x, Y, align, font, paint);
        }

        public void Line(float offset) => canvas.DrawLine(Left, Y + offset, Right, Y + offset, paint);
    }
}
