using Bzt.Contracts.Phone;
using Bzt.Protocol.Forms;

namespace Bzt.MobileApp;

internal static partial class Texts
{
    public static class Enterprise
    {
        public const string Title = "搜索企业";
        public const string Name = "企业名称";
        public const string NameHint = "填写部分名称也可查询";
        public const string Nothing = "请填写企业名称或统一社会信用代码";
        public const string NotFound = "没有找到这家企业";
        public const string NotFoundNote = "按名称只能查到已认领的企业。请填写统一社会信用代码再查询。";
        public const string Found = "查询结果";
        public const string More = "显示更多";
        public const string YoursChip = "您已加入";
        public const string Yours = "您已是该企业成员。";
        public const string CreditCode = "统一社会信用代码";
        public const string CodeShort = "信用代码";
        public const string CreditCodeHint = "营业执照上的18位代码";
        public const string CreditCodeLength = "统一社会信用代码为18位";
        public const string Find = "查询";
        public const string Free = "这家企业尚未被认领";
        public const string FreeChip = "可认领";
        public const string FreeNote = "第一位下载企业证书的申请人将成为企业唯一的管理员。";
        public const string Mine = "您已有申请";
        public const string ToMine = "查看申请";
        public const string Claim = "认领企业";
        public const string ClaimedChip = "已认领";
        public const string ClaimedNote = "请自行联系管理员确认后再申请。加入后成为办事人员，也可以申请转授管理员。";
        public const string Administrator = "管理员";

        public static string MineNote(string enterprise) => $"您认领“{enterprise}”的申请正在办理，不需要再次申请。";
    }

    public static class Claim
    {
        public const string Steps = "办理步骤";
        public const string Licence = "营业执照或社会信用代码证";
        public const string LicenceHint = "请平放拍摄，四角完整、文字清晰";
        public const string Reading = "正在识别照片上的企业信息…";
        public const string ReadOut = "已按照片填写，请逐项与执照核对。";
        public const string Unreadable = "照片看不清，未能识别。请重新拍摄，或手工填写。";
        public const string TypeIt = "请对照执照填写。";
        public const string PhotoMissing = "请先上传照片";
        public const string EnterpriseName = "企业名称";
        public const string EnterpriseNameHint = "须与营业执照完全一致";
        public const string EnterpriseNameWrong = "请输入企业名称";
        public const string LegalName = "法定代表人姓名";
        public const string LegalId = "法定代表人身份证号";
        public const string Province = "省份";
        public const string Platform = "交易平台";
        public const string Recognition = "互认的平台使用同一张证书，选择常用的一家即可。";
        public const string Authority = "CA机构";
        public const string Years = "有效期与费用";
        public const string ChoiceMissing = "请选择交易平台、CA机构和有效期";
        public const string Form = "证书申请书";
        public const string Summary = "提交前请核对";
        public const string Enterprise = "企业";
        public const string Legal = "法定代表人";
        public const string PlatformShort = "交易平台";
        public const string AuthorityShort = "CA机构";
        public const string YearsShort = "有效期";
        public const string Fee = "费用";
        public const string FeeLater = "审核通过后再付";
        public const string Previous = "上一步";
        public const string Next = "下一步";
        public const string Submit = "提交申请";

        public static string TitleOf(ApplicationKind kind) => kind switch
        {
            ApplicationKind.EnterpriseChange => "变更企业信息",
            ApplicationKind.AdministratorReplacement => "更换管理员",
            _ => "认领企业",
        };

        public static string FormWhatOf(ApplicationKind kind) => kind switch
        {
            ApplicationKind.EnterpriseChange => "请上传按新的企业信息填写、已盖单位公章、法定代表人印鉴并由法定代表人签字的证书申请书。",
            ApplicationKind.AdministratorReplacement => "请上传法定代表人重新授权您为管理员的证书申请书，已盖单位公章、法定代表人印鉴并由法定代表人签名。",
            _ => "请上传已盖单位公章、法定代表人印鉴并由法定代表人签字的证书申请书。",
        };

        public static string OtherCode(string code) => $"照片上的信用代码是 {code}，与您查询的不一致，请核对照片。";

        public static string StepName(int step) => step switch { 1 => "企业信息", 2 => "证书信息", _ => "申请书" };

        public static string YearsOf(int years) => $"{years} 年";
    }

    public static class Photo
    {
        public const string Take = "拍照或从相册选择";
        public const string Uploading = "正在上传…";
        public const string Uploaded = "已上传";
        public const string Retake = "轻触可重新选择";
        public const string Unreadable = "无法读取这个文件，请选择照片或PDF";

        public static string Preview(string what) => $"{what}的照片";
    }
}
