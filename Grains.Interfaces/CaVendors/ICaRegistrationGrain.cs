namespace Bzt.Grains.CaVendors;

/// <summary>
/// One application at a CA for which we are the registration authority (CMP, EST), keyed <c>{CaId}/{number}</c>: our reviewer's word, and what
/// the CA issued under it. Kept here, the CA is asked once however often we are.
/// </summary>
[Alias("bzt.ICaRegistration")]
public interface ICaRegistrationGrain : IGrainWithStringKey
{
    /// <summary>False when the number stands for another application.</summary>
    [Alias("open")]
    Task<bool> Open(CaApplication application);

    /// <param name="rejectionReason">Null approves.</param>
    [Alias("decide")]
    Task<CaReview> Decide(string? rejectionReason);

    [Alias("review")]
    Task<CaReview> Review();

    [Alias("get")]
    Task<CaRegistration?> Get();

    /// <summary>Uses the application for a signing key; false when it was used for another.</summary>
    [Alias("use")]
    Task<bool> Use(string signingKey);

    /// <summary>Remembers where a dialogue with the CA stands, so that a restart goes on with it.</summary>
    [Alias("keep")]
    Task Keep(byte[]? dialogue);

    [Alias("complete")]
    Task Complete(IssuedCertificates issued);

    /// <summary>
    /// What the CA issued, the first time it did; of two enrolments that ran at once the second gets the first's, and what was issued for it is
    /// revoked at the CA, however long that takes. It has its name (<c>CaClaim</c>, serial) before.
    /// </summary>
    [Alias("accept")]
    Task<IssuedCertificates> Accept(IssuedCertificates issued);
}

/// <param name="IsApproved">By our reviewer.</param>
/// <param name="Dialogue">With the CA, under way.</param>
[GenerateSerializer, Immutable, Alias("bzt.ca.registration")]
public sealed record CaRegistration(
    [property: Id(0)] CaApplication Application,
    [property: Id(1)] bool IsApproved,
    [property: Id(2)] byte[]? Dialogue,
    [property: Id(3)] IssuedCertificates? Issued)
{
    /// <summary>Signing certificates the CA issued beside that, DER: revoked, or about to be.</summary>
    [Id(4)]
    public IReadOnlyList<byte[]> Superfluous { get; init; } = [];
}
