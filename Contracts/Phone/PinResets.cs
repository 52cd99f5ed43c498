namespace Bzt.Contracts.Phone;

/// <summary>The SMS code before 修改证书PIN码: ten minutes, one change, this certificate on this device.</summary>
/// <param name="OperationId">Drawn by the phone; a repeat is done.</param>
/// <param name="Code">Of purpose <see cref="SmsPurpose.ChangePin"/>.</param>
public sealed record PinChangeApprovalRequest(Guid OperationId, string Code);

/// <param name="ExpiresAt">Until when the PIN may be changed.</param>
public sealed record PinChangeApproval(DateTimeOffset ExpiresAt);

/// <summary>忘记原PIN码: begins the waiting time.</summary>
/// <param name="OperationId">Drawn by the phone; a repeat gets the same request.</param>
/// <param name="Code">Of purpose <see cref="SmsPurpose.RecoverPin"/>.</param>
public sealed record PinResetRequest(Guid OperationId, string Code);

/// <summary>A request to reset a PIN, as its holder and the enterprise's administrator see it.</summary>
/// <param name="NotBefore">End of the wait, in which it can be stopped.</param>
/// <param name="NotAfter">When it lapses.</param>
/// <param name="Waived">The administrator ended the wait.</param>
/// <param name="AgainFrom">When another request may be made; null: now, as far as pauses and limits go.</param>
/// <param name="Member">Whose it is, masked, for the administrator; null for the holder.</param>
/// <param name="EnterpriseName">Of the certificate, for the administrator, who may be one of several enterprises.</param>
/// <param name="CaName">Of the certificate, for the administrator.</param>
/// <param name="SigningSerial">Of the certificate, for the administrator: a member may have several.</param>
public sealed record PinResetInfo(
    Guid OperationId, PinResetPhase Phase, DateTimeOffset AskedAt, DateTimeOffset NotBefore, DateTimeOffset NotAfter, bool Waived, DateTimeOffset? AgainFrom,
    string? Member = null, string? EnterpriseName = null, string? CaName = null, string? SigningSerial = null);

public enum PinResetPhase
{
    /// <summary>In the time in which it can be stopped.</summary>
    Waiting,
    /// <summary>The phone may set a new PIN.</summary>
    Ready,
    /// <summary>The new PIN is set.</summary>
    Done,
    /// <summary>Somebody objected.</summary>
    Stopped,
    /// <summary>Taken back by the phone that asked.</summary>
    Withdrawn,
    /// <summary>Nobody came for it in time.</summary>
    Lapsed,
    /// <summary>The PIN was used after all, the certificate was locked for good or frozen, or the store was put back from a backup.</summary>
    Overtaken,
}

/// <summary>The administrator's wish to waive the wait.</summary>
/// <param name="CertificateId">His own certificate of the enterprise, held on the calling phone: it signs the waiver.</param>
public sealed record PinResetWaiverRequest(Guid CertificateId);
