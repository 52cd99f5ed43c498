using Bzt.Protocol.Evidence;

namespace Bzt.Contracts.Phone;

/// <summary>What stands in the way of closing an account.</summary>
public enum ClosureReason
{
    /// <summary>It administers an enterprise: hand that over first.</summary>
    Administrator,
    /// <summary>A certificate is neither revoked nor expired.</summary>
    Certificate,
    /// <summary>An application is not finished: finish or withdraw it.</summary>
    Application,
    /// <summary>An order is not paid, or has still to be paid back.</summary>
    Order,
}

/// <param name="Subject">Which enterprise, certificate, application, order.</param>
/// <param name="Text">What to do, in Chinese.</param>
public sealed record ClosureObstacle(ClosureReason Reason, string Subject, string Text);

/// <param name="Obstacles">Empty: the account can be closed.</param>
/// <param name="Destroyed">What goes, in Chinese.</param>
/// <param name="Kept">What stays by law and for how long, in Chinese.</param>
public sealed record ClosureInfo(IReadOnlyList<ClosureObstacle> Obstacles, IReadOnlyList<string> Destroyed, IReadOnlyList<string> Kept);

/// <summary>Something that a code confirms.</summary>
/// <param name="OperationId">Made by the phone; a repeat with the same code goes through again.</param>
/// <param name="Code">From the SMS to the account's own number.</param>
public sealed record ConfirmedRequest(Guid OperationId, string Code);

/// <summary>Everything the service holds of a person (个人信息保护法 §45), unmasked.</summary>
public sealed record AccountExport(
    DateTimeOffset ExportedAt,
    Guid UserId,
    DateTimeOffset RegisteredAt,
    string PhoneNumber,
    string? Name,
    string? IdNumber,
    RealNameInfo? RealName,
    DateTimeOffset? PasswordSetAt,
    DateTimeOffset? WeChatTiedAt,
    IReadOnlyList<DeviceInfo> Devices,
    IReadOnlyList<ConsentInfo> Consents,
    IReadOnlyList<MembershipInfo> Enterprises,
    IReadOnlyList<ApplicationInfo> Applications,
    IReadOnlyList<OrderInfo> Orders,
    IReadOnlyList<CertificateInfo> Certificates,
    IReadOnlyList<OperationInfo> Operations,
    IReadOnlyList<MessageInfo> Messages,
    IReadOnlyList<BankCardInfo>? BankCards = null);

public sealed record ConsentInfo(LegalDocument Document, string Version, DateTimeOffset At, DateTimeOffset? WithdrawnAt);

/// <summary>What was done with one of the person's certificates, out of its evidence.</summary>
/// <param name="Request">The session or operation; absent when none.</param>
public sealed record OperationInfo(Guid CertificateId, EvidenceKind Kind, DateTimeOffset At, Guid? Request, string? Platform, string? Project);
