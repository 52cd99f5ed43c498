namespace Bzt.MobileApp;

// What is chosen before an application, and the application for another certificate.
internal static partial class Texts
{
    public static class Offers
    {
        public const string NoAuthority = "这个平台暂时没有可选的CA机构，请选择互认的其他平台。";
        public const string NotOffered = "原CA机构已不再受理，请新增一张证书。";
        public const string YearsMissing = "请选择有效期";

        public static string WhenPaid(bool beforeReview) => beforeReview ? "先付费，再由CA审核；未通过的，费用原路退回。" : "CA审核通过后再付费。";
    }

    public static class NewCertificate
    {
        public const string Title = "新增证书";
        public const string Type = "证书类型";
        public const string Enterprise = "企业证书";
        public const string EnterpriseNote = "代表企业";
        public const string Personal = "个人证书";
        public const string PersonalNote = "代表本人";
        public const string PersonalWhat = "个人证书只写您本人的姓名，用于以个人身份签名，不经企业管理员。";
        public const string ForWhich = "哪家企业";
        public const string StaffWhat = "提交后由企业管理员同意，并在授权书上盖章，再由CA审核。";
        public const string AdministratorWhat = "下一步请您确认授权书并盖章，再由CA审核。";
        public const string NoEnterprise = "您还不属于任何企业，可先申请个人证书。";
        public const string JoinFirst = "认领或加入企业";
        public const string Correct = "更正申请";
    }
}
