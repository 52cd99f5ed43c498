using System.Globalization;
using Bzt.Contracts.Phone;
using Bzt.Grains.Inbox;

namespace Bzt.Grains.Applications;

/// <summary>What applicants and administrators are told. The titles are the product's own.</summary>
internal static class ApplicationMessages
{
    /// <summary>To the administrator: it is his turn.</summary>
    public static InboxEntry Asked(ApplicationId id, ApplicationRecord application, DateTimeOffset now)
    {
        var (kind, title) = application.Kind switch
        {
            ApplicationKind.Join => (Inbox.MessageKind.JoinRequested, "加入企业申请"),
            ApplicationKind.StaffRenewal => (Inbox.MessageKind.RenewalRequested, "证书续期"),
            _ => (Inbox.MessageKind.CertificateRequested, "证书授权"),
        };
        return new(
            $"application/{id}/{application.Submission}/asked", kind, title,
            $"{application.Applicant.MaskedName}（{application.Applicant.MaskedPhoneNumber}）提交了{ApplicationTexts.Purpose(application)}，请审核。",
            id.ToString(), now);
    }

    /// <summary>To the holder: the CA has approved.</summary>
    public static InboxEntry Approved(ApplicationId id, ApplicationRecord application, DateTimeOffset now)
    {
        var (kind, title) = application.Kind switch
        {
            ApplicationKind.Claim => (Inbox.MessageKind.ClaimApproved, "认领企业，请下载证书"),
            ApplicationKind.Join => (Inbox.MessageKind.ApplicationApproved, "加入成功，请下载证书"),
            _ when application.Steps.Delivery == Delivery.Renewal => (Inbox.MessageKind.RenewalApproved, "续期证书"),
            _ when application.Steps.Delivery == Delivery.Recovery => (Inbox.MessageKind.ApplicationApproved, "证书找回申请已通过，请下载证书"),
            _ => (Inbox.MessageKind.ApplicationApproved, "证书申请已通过，请下载证书"),
        };
        var what = application.Steps.Delivery == Delivery.Renewal ? "续期" : "下载";
        return new(
            $"application/{id}/{application.Submission}/approved", kind, title,
            application.State == ApplicationState.PaymentDue
                ? $"{application.Offer.CaName}已通过您的{ApplicationTexts.Purpose(application)}，支付{Yuan(application.Offer.FeeFen)}后即可{what}证书。"
                : $"{application.Offer.CaName}已通过您的{ApplicationTexts.Purpose(application)}，请{what}证书。",
            id.ToString(), now);
    }

    public static InboxEntry Rejected(ApplicationId id, ApplicationRecord application, string reason, DateTimeOffset now) => new(
        $"application/{id}/{application.Submission}/rejected", TurnedDown(application), "证书申请失败",
        $"{application.Offer.CaName}未通过您的{ApplicationTexts.Purpose(application)}。原因：{reason}。{Refunded(application)}您可修改后重新申请。",
        id.ToString(), now);

    public static InboxEntry Refused(ApplicationId id, ApplicationRecord application, string reason, DateTimeOffset now) => new(
        $"application/{id}/{application.Submission}/refused", TurnedDown(application), "证书申请失败",
        $"管理员未同意您的{ApplicationTexts.Purpose(application)}。原因：{reason}。您可修改后重新申请。",
        id.ToString(), now);

    public static InboxEntry NotIssued(ApplicationId id, ApplicationRecord application, string reason, DateTimeOffset now) => new(
        $"application/{id}/{application.Submission}/not-issued", TurnedDown(application), "证书申请失败",
        $"{ApplicationTexts.Purpose(application)}的证书未能签发。原因：{reason}。{Refunded(application)}您可重新申请。",
        id.ToString(), now);

    public static InboxEntry Completed(ApplicationId id, ApplicationRecord application, DateTimeOffset now) => new(
        $"application/{id}/completed", Inbox.MessageKind.CertificateActive, "企业认领成功",
        $"企业证书已下载，您已成为“{application.Claim.EnterpriseName}”的管理员。",
        application.Certificate.ToString(), now);

    /// <param name="id">The application's.</param>
    /// <param name="application">As it was before.</param>
    /// <param name="toItself">The applicant has claimed the enterprise, with another application: nobody took it from him.</param>
    /// <param name="now">When.</param>
    public static InboxEntry Lost(ApplicationId id, ApplicationRecord application, bool toItself, DateTimeOffset now) => toItself
        ? new(
            $"application/{id}/lost", TurnedDown(application), "认领申请已取消",
            $"您已用另一份申请认领“{application.Claim.EnterpriseName}”，这份申请不再需要，已自动取消。{Refunded(application)}",
            id.ToString(), now)
        : new(
            $"application/{id}/lost", TurnedDown(application), "证书申请失败",
            $"“{application.Claim.EnterpriseName}”已被其他申请人认领，您的申请已取消。您可联系该企业的管理员申请加入；已支付的费用将退回。",
            id.ToString(), now);

    public static InboxEntry Expired(ApplicationId id, ApplicationRecord application, DateTimeOffset now) => new(
        $"application/{id}/expired", Inbox.MessageKind.ApplicationExpired, "证书申请已过期",
        $"您的{ApplicationTexts.Purpose(application)}超过办理期限，已自动取消。{Refunded(application)}您可重新提交申请。",
        id.ToString(), now);

    private static Inbox.MessageKind TurnedDown(ApplicationRecord application) =>
        application.Kind == ApplicationKind.Claim ? Inbox.MessageKind.ClaimRejected : Inbox.MessageKind.ApplicationRejected;

    private static string Refunded(ApplicationRecord application) => application.Order is null ? "" : "已支付的费用将退回。";

    private static string Yuan(int fen) => (fen / 100m).ToString("¥0.00", CultureInfo.InvariantCulture);
}

/// <summary>How an application is called in messages, on bills and at the CA.</summary>
internal static class ApplicationTexts
{
    /// <summary>认领“…”的申请</summary>
    public static string Purpose(ApplicationRecord application) => application.Kind switch
    {
        ApplicationKind.Claim => $"认领“{application.Claim.EnterpriseName}”的申请",
        ApplicationKind.Personal => "个人证书申请",
        ApplicationKind.PersonalRenewal => "个人证书续期申请",
        ApplicationKind.EnterpriseCertificate or ApplicationKind.StaffCertificate => $"“{application.Claim.EnterpriseName}”的企业证书申请",
        ApplicationKind.Join => $"加入“{application.Claim.EnterpriseName}”的申请",
        ApplicationKind.Authorisation => $"“{application.Claim.EnterpriseName}”的授权申请",
        ApplicationKind.Renewal or ApplicationKind.StaffRenewal => $"“{application.Claim.EnterpriseName}”的企业证书续期申请",
        ApplicationKind.Reapplication or ApplicationKind.StaffReapplication => $"“{application.Claim.EnterpriseName}”的企业证书重新申请",
        ApplicationKind.Recovery => "证书找回申请",
        ApplicationKind.EnterpriseChange => $"变更企业信息为“{application.Claim.EnterpriseName}”的申请",
        ApplicationKind.AdministratorReplacement => $"更换“{application.Claim.EnterpriseName}”管理员的申请",
        _ => throw new InvalidOperationException($"An application of kind {application.Kind}."),
    };

    /// <summary>授权事项, as the letter says it.</summary>
    public static string Matter(ApplicationRecord application) => application.Steps.Delivery == Delivery.Renewal
        ? "办理企业数字证书续期并使用该证书"
        : "申请、下载并使用企业数字证书";

    public static string Of(AuthorisationScope scope) => scope switch
    {
        AuthorisationScope.Login => "登录",
        AuthorisationScope.Sign => "签名",
        AuthorisationScope.Seal => "签章",
        AuthorisationScope.Encrypt => "加密",
        AuthorisationScope.Decrypt => "解密",
        _ => throw new InvalidOperationException($"A scope {scope}."),
    };

    /// <summary>As the bill names the fee.</summary>
    public static string OrderSubject(ApplicationRecord application)
    {
        var holder = application.IsPersonal ? "个人证书" : "企业证书";
        return application.Steps.Delivery switch
        {
            Delivery.Renewal => $"{application.Offer.CaName}{holder}续期 {application.Offer.Years}年",
            Delivery.Recovery => $"{application.Offer.CaName}{holder}找回",
            _ => $"{application.Offer.CaName}{holder} {application.Offer.Years}年",
        };
    }
}
