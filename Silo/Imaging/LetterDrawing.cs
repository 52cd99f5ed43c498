using Bzt.Grains.Seals;
using SkiaSharp;

namespace Bzt.Silo.Imaging;

/// <summary>授权书: a letter of one page, with the place where its seal goes.</summary>
internal static class LetterDrawing
{
    public const string Title = "授权书";

    /// <summary>Where the middle of the seal lies: over the enterprise's name, as on paper.</summary>
    public const double SealCentreX = 152, SealCentreY = 222;

    private const float Left = 20, Right = 190, SignerLeft = 110;

    public static PdfSheet Draw(DocumentFont font, AuthorisationLetterFacts facts)
    {
        var sheet = new PdfSheet(font);
        var (ink, pale) = (FormDrawing.Ink, FormDrawing.Pale);
        sheet.Text(PdfSheet.Width / 2, 38, 9, Title, ink, SKTextAlign.Center);
        sheet.Text(Right, 47, 3.3f, $"编号：{facts.Number}", pale, SKTextAlign.Right);
        var y = sheet.Paragraph(
            Left, 60, 4.2f, 7.4f, Right - Left,
            $"　　兹授权{facts.Person.Name}为本单位办理下列事项，并在授权范围内使用本单位的企业数字证书。被授权人在授权范围和期限内办理的业务，视为本单位的行为，由本单位承担法律责任。",
            ink);
        FormDrawing.DrawTable(sheet, y + 1, [
            [("授权单位", facts.EnterpriseName)],
            [("统一社会信用代码", facts.CreditCode.Value)],
            [("被授权人", facts.Person.Name), ("手机号码", facts.Person.PhoneNumber)],
            [("证件号码", facts.Person.IdNumber)],
            [("授权事项", facts.Matter)],
            [("授权权限", string.Join("、", facts.Permissions))],
            [("交易平台", facts.PlatformName)],
            [("CA机构", facts.CaName)],
            [("授权期限", $"{Written(facts.From)}至{(facts.Until is { } until ? Written(until) : "证书有效期届满")}")],
        ]);
        sheet.Text(SignerLeft, 212, 4.2f, "授权单位（电子签章）：", ink);
        y = sheet.Paragraph(SignerLeft, 220, 4.2f, 6.4f, Right - SignerLeft, facts.EnterpriseName, ink);
        sheet.Text(SignerLeft, y + 1.6f, 4.2f, Written(facts.From), ink);
        sheet.Text(Left, 275, 3.1f, "本授权书由企业证书电子签章，签章可用标证通或支持国密算法的PDF阅读器验证。", pale);
        return sheet;
    }

    private static string Written(DateOnly date) => $"{date.Year}年{date.Month}月{date.Day}日";
}
