namespace Bzt.Grains.Enterprises;

/// <summary>One page of what an enterprise's people did about it, keyed <c>{credit code}/{page}</c>: records are appended, never changed.</summary>
[Alias("bzt.IEnterpriseAudit")]
public interface IEnterpriseAuditGrain : IGrainWithStringKey
{
    const int PageLength = 200;

    /// <summary>Idempotent by sequence. They arrive in order, since one outbox sends them.</summary>
    [Alias("append")]
    Task Append(EnterpriseAuditRecord record);

    /// <summary>Oldest first.</summary>
    [Alias("read")]
    Task<IReadOnlyList<EnterpriseAuditRecord>> Read();
}

/// <param name="Sequence">From 1, without gaps.</param>
/// <param name="Actor">Who did it; null when it was the service, on a CA's or a bank's word.</param>
/// <param name="Subject">Whom it was done to.</param>
/// <param name="Detail">A platform, an id; nothing personal.</param>
[GenerateSerializer, Immutable, Alias("bzt.EnterpriseAuditRecord")]
public sealed record EnterpriseAuditRecord(
    [property: Id(0)] long Sequence,
    [property: Id(1)] DateTimeOffset At,
    [property: Id(2)] UserId? Actor,
    [property: Id(3)] EnterpriseAct Act,
    [property: Id(4)] UserId? Subject,
    [property: Id(5)] string? Detail)
{
    public static long PageOf(long sequence) => (sequence - 1) / IEnterpriseAuditGrain.PageLength;
}

/// <summary>Stored and sent by value; values are never reused.</summary>
public enum EnterpriseAct
{
    Claimed = 0,
    MemberAdded = 1,
    MemberRemoved = 2,
    AuthorisationGranted = 3,
    AuthorisationRevoked = 4,
    Invited = 5,
    InvitationWithdrawn = 6,
    InvitationAccepted = 7,
    InvitationDeclined = 8,
    TransferStarted = 9,
    TransferConfirmed = 10,
    TransferWithdrawn = 11,
    TransferDeclined = 12,
    AdministratorChanged = 13,
    NameChanged = 14,
    SealingSessionStopped = 15,
}
