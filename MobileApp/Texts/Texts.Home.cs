using Bzt.Protocol.Forms;

namespace Bzt.MobileApp;

internal static partial class Texts
{
    /// <summary>On a phone that may only look until the person is proven on it.</summary>
    public static class Limited
    {
        public const string Home = "您的账号还在另一台手机上使用。这台手机须重新实名认证后才能办理证书业务。";
        public const string Note = "您的账号还在另一台手机上使用。这台手机只能查看部分信息，重新实名认证后才能办理业务。";
        public const string Prove = "重新实名认证";
    }

    public static class Home
    {
        public const string NotNamed = "先完成实名认证，再办一张证书，就可以用手机登录、签章和解密。";
        public const string NoCertificate = "您已完成实名认证。再办一张证书，就可以用手机登录、签章和解密。";
        public const string Go = "回到首页";
        public const string ProveName = "去实名认证";
        public const string ProveNameNote = "银行卡、支付宝或人脸识别，任选一种";
        public const string Scan = "开始扫码";
        public const string ScanNote = "登录、签章、生成、解密";
        public const string Todo = "等您处理";
        public const string Claim = "认领企业并申请企业证书";
        public const string ClaimNote = "企业第一次使用。您将成为唯一的管理员，须有法定代表人授权。";
        public const string Join = "加入企业并申请企业证书";
        public const string JoinNote = "企业已有管理员。您将成为办事人员，须经管理员同意。";
        public const string NewEnterpriseCertificate = "新增企业证书";
        public const string FirstCertificate = "请先办理一张证书";
        public const string Ways = "请选择一种方式";
        public const string Personal = "个人证书";
        public const string Common = "常用";
        public const string NewCertificate = "新增证书";
        public const string Switch = "切换企业";
        public const string Prepare = "认领前请准备";
        public const string PrepareLicence = "营业执照";
        public const string PrepareLicenceNote = "或社会信用代码证，拍照或从相册选择";
        public const string PrepareForm = "盖章签字的申请书";
        public const string PrepareFormNote = "盖单位公章、法人印鉴，并由法定代表人签字";
        public const string PrepareReview = "等待CA审核";
        public const string PrepareReviewNote = "审核通过后付费并下载证书";
        public const string MyCertificates = "正在使用的证书";
        public const string All = "全部";
        public const string Manage = "企业管理";
        public const string OtherEnterprise = "认领或加入另一家企业";
        public const string OtherEnterpriseNote = "每家企业使用各自的证书";

        public static string NewEnterpriseCertificateNote(string enterprise) => $"您已是{enterprise}的成员。";

        public static string Hello(string? name) => name is null ? "您好" : $"{name}，您好";
    }
}
