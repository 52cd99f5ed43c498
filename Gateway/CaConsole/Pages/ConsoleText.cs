using System.Globalization;
using Bzt.Contracts.Phone;
using Bzt.Grains.CaVendors;

namespace Bzt.Gateway.CaConsole.Pages;

internal static class ConsoleText
{
    private static readonly TimeSpan Shanghai = TimeSpan.FromHours(8);

    public static string Time(DateTimeOffset at) => at.ToOffset(Shanghai).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    public static string Of(ApplicationKind kind) => kind switch
    {
        ApplicationKind.Claim => "认领企业",
        ApplicationKind.Personal => "个人证书",
        ApplicationKind.PersonalRenewal => "个人证书续期",
        ApplicationKind.EnterpriseCertificate => "新增企业证书（管理员）",
        ApplicationKind.StaffCertificate => "新增企业证书（办事人员）",
        ApplicationKind.Join => "加入企业",
        ApplicationKind.Authorisation => "新增授权",
        ApplicationKind.Renewal => "企业证书续期（管理员）",
        ApplicationKind.StaffRenewal => "企业证书续期（办事人员）",
        ApplicationKind.Reapplication => "过期重新申请（管理员）",
        ApplicationKind.StaffReapplication => "过期重新申请（办事人员）",
        ApplicationKind.Recovery => "证书找回",
        ApplicationKind.EnterpriseChange => "变更企业信息",
        ApplicationKind.AdministratorReplacement => "更换管理员",
        _ => throw new InvalidOperationException($"An application of kind {kind}."),
    };

    /// <summary>A recovered certificate keeps its end.</summary>
    public static string Years(int years) => years == 0 ? "原有效期" : $"{years} 年";

    /// <summary>What a reviewer compares, beside the facts.</summary>
    public static string Check(ApplicationKind kind) => kind switch
    {
        ApplicationKind.Personal or ApplicationKind.PersonalRenewal => "请核对经办人姓名与证件号；证书只写入姓名，不写入证件号。",
        ApplicationKind.Recovery => "请核对证书持有人。找回后原签名证书作废，历史加密密钥随新证书下发。",
        ApplicationKind.Claim or ApplicationKind.Reapplication => "请核对企业名称、统一社会信用代码与营业执照一致，申请书盖有单位公章、法定代表人印鉴并有签名。",
        ApplicationKind.EnterpriseChange => "请核对变更后的企业名称与营业执照一致，申请书盖有单位公章、法定代表人印鉴并有签名。",
        ApplicationKind.AdministratorReplacement => "原管理员无法联系。请核对申请书由法定代表人签署，盖有单位公章；通过后由经办人担任管理员，原管理员成为办事人员。",
        _ => "请核对授权书的被授权人、平台与权限，并确认授权书已由企业管理员盖章。",
    };

    public static string Of(CaAuditAction action) => action switch
    {
        CaAuditAction.Inspected => "查看",
        CaAuditAction.Approved => "通过",
        CaAuditAction.Rejected => "驳回",
        _ => throw new InvalidOperationException($"An audited action {action}."),
    };

    public static string? Tone(CaAuditAction action) => action switch
    {
        CaAuditAction.Approved => "ok",
        CaAuditAction.Rejected => "bad",
        _ => null,
    };
}
