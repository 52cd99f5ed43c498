using Bzt.Contracts.Phone;

namespace Bzt.Grains.Enterprises;

/// <param name="Id">Of the application that asked for it.</param>
/// <param name="Scopes">授权范围: what may be done at the platform.</param>
/// <param name="Certificate">Null when it names none: any certificate of the enterprise that the member holds.</param>
/// <param name="LetterBlobId">The sealed 授权书.</param>
/// <param name="Joining">Set when the user becomes a member with it (加入企业).</param>
[GenerateSerializer, Immutable, Alias("bzt.GrantAuthorisation")]
public sealed record GrantAuthorisation(
    [property: Id(0)] Guid Id,
    [property: Id(1)] UserId Member,
    [property: Id(2)] PlatformId Platform,
    [property: Id(3)] IReadOnlyList<AuthorisationScope> Scopes,
    [property: Id(4)] CertificateId? Certificate,
    [property: Id(5)] DateTimeOffset NotBefore,
    [property: Id(6)] DateTimeOffset NotAfter,
    [property: Id(7)] string? LetterBlobId,
    [property: Id(8)] AddMember? Joining);

/// <summary>授权: a member may use the enterprise's certificates at one platform, within scopes and dates. Kept after its end.</summary>
/// <param name="EndedBy">The administrator who ended it; null when it was not ended by one.</param>
[GenerateSerializer, Immutable, Alias("bzt.Authorisation")]
public sealed record Authorisation(
    [property: Id(0)] Guid Id,
    [property: Id(1)] UserId Member,
    [property: Id(2)] PlatformId Platform,
    [property: Id(3)] IReadOnlyList<AuthorisationScope> Scopes,
    [property: Id(4)] CertificateId? Certificate,
    [property: Id(5)] DateTimeOffset NotBefore,
    [property: Id(6)] DateTimeOffset NotAfter,
    [property: Id(7)] string? LetterBlobId,
    [property: Id(8)] DateTimeOffset GrantedAt,
    [property: Id(9)] AuthorisationEnd? End = null,
    [property: Id(10)] DateTimeOffset? EndedAt = null,
    [property: Id(11)] UserId? EndedBy = null)
{
    /// <summary>Neither ended nor outside its dates.</summary>
    public bool IsInForce(DateTimeOffset now) => End is null && NotBefore <= now && now < NotAfter;
}

/// <summary>Why an authorisation ended before its date. Stored and sent by value; values are never reused.</summary>
public enum AuthorisationEnd
{
    Revoked = 0,
    MemberRemoved = 1,
}
