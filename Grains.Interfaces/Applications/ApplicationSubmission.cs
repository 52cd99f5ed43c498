using Bzt.Contracts.Phone;

namespace Bzt.Grains.Applications;

/// <summary>
/// A claim as submitted or corrected, checked by the gateway as far as the form goes: credit code, lengths, the caller's own blobs.
/// The legal representative's data is encrypted by the grain before it is stored.
/// </summary>
/// <param name="Operation">Made by the phone; a repeat of the same id is the same submission.</param>
[GenerateSerializer, Immutable, Alias("bzt.SubmitClaim")]
public sealed record SubmitClaim(
    [property: Id(0)] Guid Operation,
    [property: Id(1)] Applicant Applicant,
    [property: Id(2)] string EnterpriseName,
    [property: Id(3)] CreditCode CreditCode,
    [property: Id(4)] LegalRepresentative LegalRepresentative,
    [property: Id(5)] string LicenceBlobId,
    [property: Id(6)] string FormBlobId,
    [property: Id(7)] PlatformId Platform,
    [property: Id(8)] CaId Ca,
    [property: Id(9)] int Years)
{
    /// <summary>No name, no number: commands reach logs and exception texts.</summary>
    public override string ToString() => $"SubmitClaim {Operation:D}";
}

/// <summary>
/// An application of any kind but the claim, checked by the gateway as far as the form goes. What a kind does not have is null.
/// Of a kind that goes the administrator's or the staff's way either may be named: the grain sees who asks.
/// </summary>
/// <param name="Operation">Made by the phone; a repeat of the same id is the same submission.</param>
/// <param name="Caller">Who hands it in: the holder, or for <see cref="ApplicationKind.Authorisation"/> the administrator.</param>
/// <param name="Holder">Who gets the certificate.</param>
/// <param name="Certificate">To be renewed, applied for again, or recovered.</param>
[GenerateSerializer, Immutable, Alias("bzt.SubmitApplication")]
public sealed record SubmitApplication(
    [property: Id(0)] Guid Operation,
    [property: Id(1)] ApplicationKind Kind,
    [property: Id(2)] UserId Caller,
    [property: Id(3)] Applicant Holder)
{
    [Id(4)]
    public string? EnterpriseName { get; init; }

    [Id(5)]
    public CreditCode? CreditCode { get; init; }

    [Id(6)]
    public LegalRepresentative? LegalRepresentative { get; init; }

    [Id(7)]
    public string? LicenceBlobId { get; init; }

    [Id(8)]
    public string? FormBlobId { get; init; }

    /// <summary>As the applicant says; must be right.</summary>
    [Id(9)]
    public StatedAdministrator? Administrator { get; init; }

    [Id(10)]
    public IReadOnlyList<AuthorisationScope>? Permissions { get; init; }

    [Id(11)]
    public CertificateId? Certificate { get; init; }

    [Id(12)]
    public PlatformId? Platform { get; init; }

    [Id(13)]
    public CaId? Ca { get; init; }

    [Id(14)]
    public int Years { get; init; }

    /// <summary>变更企业信息 although bids are not opened yet; the caller was shown which.</summary>
    [Id(15)]
    public bool Insist { get; init; }

    /// <summary>No name, no number: commands reach logs and exception texts.</summary>
    public override string ToString() => $"SubmitApplication {Kind} {Operation:D}";
}

[GenerateSerializer, Immutable, Alias("bzt.StatedAdministrator")]
public sealed record StatedAdministrator([property: Id(0)] string Name, [property: Id(1)] string PhoneNumber)
{
    public override string ToString() => nameof(StatedAdministrator);
}

/// <summary>Who applies; the masked data is what others will see of an administrator (M026).</summary>
[GenerateSerializer, Immutable, Alias("bzt.Applicant")]
public sealed record Applicant(
    [property: Id(0)] UserId User,
    [property: Id(1)] string MaskedName,
    [property: Id(2)] string MaskedPhoneNumber);

[GenerateSerializer, Immutable, Alias("bzt.LegalRepresentative")]
public sealed record LegalRepresentative([property: Id(0)] string Name, [property: Id(1)] string IdNumber)
{
    public override string ToString() => nameof(LegalRepresentative);
}
