using System.Globalization;
using Bzt.Grains.Inbox;

namespace Bzt.Grains.Applications;

/// <summary>What applicants are told. The titles are the product's own.</summary>
internal static class ApplicationMessages
{
    public static InboxEntry Approved(ApplicationId id, ApplicationRecord application, DateTimeOffset now) => new(
        $"application/{id}/{application.Submission}/approved", MessageKind.ClaimApproved, "认领企业，请下载证书",
        application.Offer.FeeFen == 0
            ? $"{application.Offer.CaName}已通过您认领“{application.Claim.EnterpriseName}”的申请，请下载企业证书。"
            : $"{application.Offer.CaName}已通过您认领“{application.Claim.EnterpriseName}”的申请，支付{Yuan(application.Offer.FeeFen)}后即可下载企业证书。",
        id.ToString(), now);

    public static InboxEntry Rejected(ApplicationId id, ApplicationRecord application, string reason, DateTimeOffset now) => new(
        $"application/{id}/{application.Submission}/rejected", MessageKind.ClaimRejected, "证书申请失败",
        $"{application.Offer.CaName}未通过您认领“{application.Claim.EnterpriseName}”的申请。原因：{reason}。您可修改后重新申请。",
        id.ToString(), now);

    public static InboxEntry NotIssued(ApplicationId id, ApplicationRecord application, string reason, DateTimeOffset now) => new(
        $"application/{id}/{application.Submission}/not-issued", MessageKind.ClaimRejected, "证书申请失败",
        $"“{application.Claim.EnterpriseName}”的企业证书未能签发。原因：{reason}。已支付的费用将退回，您可重新申请。",
        id.ToString(), now);

    public static InboxEntry Completed(ApplicationId id, ApplicationRecord application, DateTimeOffset now) => new(
        $"application/{id}/completed", MessageKind.CertificateActive, "企业认领成功",
        $"企业证书已下载，您已成为“{application.Claim.EnterpriseName}”的管理员。",
        application.Certificate.ToString(), now);

    public static InboxEntry Lost(ApplicationId id, ApplicationRecord application, DateTimeOffset now) => new(
        $"application/{id}/lost", MessageKind.ClaimRejected, "证书申请失败",
        $"“{application.Claim.EnterpriseName}”已被其他申请人认领，您的申请已取消。您可联系该企业的管理员申请加入；已支付的费用将退回。",
        id.ToString(), now);

    private static string Yuan(int fen) => (fen / 100m).ToString("¥0.00", CultureInfo.InvariantCulture);
}
