using Bzt.Contracts.Phone;
using Bzt.Grains;
using Bzt.Grains.Seals;
using Bzt.Silo.Imaging;

namespace Bzt.Tests.Seals;

/// <summary>What the papers of the tests say, and what makes them.</summary>
internal static class TestPapers
{
    public const string Enterprise = "宜昌市测试水利水电建设工程集团有限责任公司";

    public static readonly PrintedPerson Person = new("王小明", "420502199003074512", "13800138000");

    public static readonly DocumentFont Font = DocumentFont.Load(null);

    public static readonly ImagingQueue Queue = new(2);

    public static readonly DocumentMaker Maker = new(Font, Queue);

    public static readonly LetterSealing Sealing = new(Queue);

    public static ApplicationFormFacts Form(FormPurpose purpose = FormPurpose.Claim) => new(
        purpose, Enterprise, new CreditCode("91420500MA0000001X"), "李建国", "420502196803074512", Person,
        "湖北省", "宜昌公共资源电子交易平台", "湖北CA", 2, new DateOnly(2026, 11, 25));

    public static AuthorisationLetterFacts Letter() => new(
        "0192a3b4-1", Enterprise, new CreditCode("91420500MA0000001X"), Person, "申请并使用企业数字证书", ["登录", "签章", "生成投标文件", "开标解密"],
        "宜昌公共资源电子交易平台", "湖北CA", new DateOnly(2026, 11, 25), new DateOnly(2027, 11, 24));
}
