using Bzt.Contracts.Phone;
using Bzt.Grains.Seals;
using SkiaSharp;

namespace Bzt.Silo.Imaging;

/// <summary>申请书模板: the entered data above, three boxes for seals and signature below, a mark in each corner.</summary>
internal static class FormDrawing
{
    private const float Left = 20, Right = 190, LabelWidth = 36, LabelSize = 3.6f;

    internal static readonly SKColor Ink = new(0x14, 0x21, 0x1F);
    internal static readonly SKColor Pale = new(0x4A, 0x5B, 0x57);

    /// <summary>Light and not red: neither a seal's ink nor a pen's, so a frame that is stamped or written over falls away.</summary>
    private static readonly SKColor FrameInk = new(0xB4, 0xD2, 0xDE);

    private static readonly SKColor Grid = new(0x9A, 0xA8, 0xA4);

    public static string TitleOf(FormPurpose purpose) => purpose switch
    {
        FormPurpose.Claim => "企业数字证书申请书",
        FormPurpose.Reapplication => "企业数字证书授权书",
        _ => throw new ArgumentOutOfRangeException(nameof(purpose), purpose, "A purpose without a title."),
    };

    public static PdfSheet Draw(DocumentFont font, ApplicationFormFacts facts)
    {
        var sheet = new PdfSheet(font);
        DrawMarks(sheet);
        sheet.Text(PdfSheet.Width / 2, 34, 7.4f, TitleOf(facts.Purpose), Ink, SKTextAlign.Center);
        sheet.Text(PdfSheet.Width / 2, 41, 3.4f, facts.Purpose == FormPurpose.Claim ? "标证通 · 认领企业并申请企业证书" : "标证通 · 企业证书过期重新申请", Pale, SKTextAlign.Center);

        var y = DrawTable(sheet, 47, [
            [("企业名称", facts.EnterpriseName)],
            [("统一社会信用代码", facts.CreditCode.Value)],
            [("法定代表人", facts.LegalRepresentativeName), ("证件号码", facts.LegalRepresentativeIdNumber)],
            [("经办人（管理员）", facts.Applicant.Name), ("证件号码", facts.Applicant.IdNumber)],
            [("手机号码", facts.Applicant.PhoneNumber), ("省份", facts.Province)],
            [("交易平台", facts.PlatformName)],
            [("CA机构", facts.CaName), ("证书有效期", $"{facts.Years}年")],
        ]);

        sheet.Paragraph(Left, y + 9, 3.9f, 6.4f, Right - Left, Declaration(facts), Ink);
        Box(sheet, FormLayout.EnterpriseSeal, "单位公章");
        Box(sheet, FormLayout.LegalSeal, "法定代表人印鉴");
        Box(sheet, FormLayout.Signature, "法定代表人签字");
        sheet.Text(FormLayout.LegalSeal.Left, 232, 3.9f, $"申请日期：{facts.Date.Year}年{facts.Date.Month}月{facts.Date.Day}日", Ink);
        string[] hints =
        [
            "1. 请用A4纸按原始大小打印，印章用红色印泥清晰盖在框内，签字用黑色或蓝色笔写在框内，勿压框线。",
            "2. 平放在光线均匀处，从正上方拍摄，四个角的方形标记须全部入镜，勿遮挡、勿折叠。",
        ];
        for (var i = 0; i < hints.Length; i++)
        {
            sheet.Text(Left, 250 + (5 * i), 3.1f, hints[i], Pale);
        }

        return sheet;
    }

    private static string Declaration(ApplicationFormFacts facts) => facts.Purpose == FormPurpose.Claim
        ? "　　本单位申请上述企业数字证书，并授权上列经办人担任本单位在标证通的管理员，办理证书的申请、下载、使用与管理。本单位保证所填信息及所交材料真实、"
            + "完整、有效，已知悉并同意CA机构的电子认证业务规则与数字证书服务协议，由此产生的法律责任由本单位承担。"
        : "　　本单位原企业数字证书已过期，现重新申请上述证书，并授权上列经办人办理证书的申请、下载、使用与管理。本单位保证所填信息及所交材料真实、完整、"
            + "有效，已知悉并同意CA机构的电子认证业务规则与数字证书服务协议，由此产生的法律责任由本单位承担。";

    private static void DrawMarks(PdfSheet sheet)
    {
        foreach (var (x, y) in FormLayout.Marks)
        {
            Square(sheet, x, y, 7 * FormLayout.Module, SKColors.Black);
            Square(sheet, x, y, 5 * FormLayout.Module, SKColors.White);
            Square(sheet, x, y, 3 * FormLayout.Module, SKColors.Black);
        }

        sheet.Fill(FormLayout.UpBar.Left, FormLayout.UpBar.Top, FormLayout.UpBar.Width, FormLayout.UpBar.Height, SKColors.Black);
    }

    private static void Square(PdfSheet sheet, float x, float y, float side, SKColor colour) => sheet.Fill(x - (side / 2), y - (side / 2), side, side, colour);

    private static void Box(PdfSheet sheet, PaperBox box, string label)
    {
        sheet.Text(box.Left, box.Top - 2.5f, 3.9f, label, Ink);
        sheet.Frame(box.Left, box.Top, box.Width, box.Height, 0.35f, FrameInk);
    }

    /// <summary>Rows of one or two labelled values; answers where the table ends.</summary>
    internal static float DrawTable(PdfSheet sheet, float top, IReadOnlyList<IReadOnlyList<(string Label, string Value)>> rows)
    {
        const float Size = 3.9f, Leading = 5.4f;
        var y = top;
        foreach (var row in rows)
        {
            var width = (Right - Left) / row.Count;
            var lines = row.Max(cell => sheet.CountLines(cell.Value, Size, width - LabelWidth - 5));
            var height = 10.2f + ((lines - 1) * Leading);
            for (var i = 0; i < row.Count; i++)
            {
                var x = Left + (i * width);
                sheet.Text(x + 2.5f, y + 6.4f, LabelSize, row[i].Label, Pale);
                sheet.Paragraph(x + LabelWidth + 2.5f, y + 6.5f, Size, Leading, width - LabelWidth - 5, row[i].Value, Ink);
                sheet.Line(x + LabelWidth, y, x + LabelWidth, y + height, 0.2f, Grid);
                if (i > 0)
                {
                    sheet.Line(x, y, x, y + height, 0.2f, Grid);
                }
            }

            sheet.Line(Left, y, Right, y, 0.2f, Grid);
            y += height;
        }

        sheet.Frame(Left, top, Right - Left, y - top, 0.3f, Pale);
        return y;
    }
}
