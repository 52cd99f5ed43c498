using System.Collections.Immutable;
using Bzt.Contracts.Platforms;
using Bzt.Grains.Certificates;

namespace Bzt.Grains.Sealing;

/// <summary>The certificate's side of its sealing sessions: what may be signed in them, in its own state. Called by <see cref="ISealingSessionGrain"/>.</summary>
[Alias("bzt.ICertificateSealing")]
public interface ICertificateSealingGrain : IGrainWithGuidKey
{
    /// <summary>
    /// Puts the bounds before the holder: a task under the session's id. A repeat is the same. <see cref="RefusalCode.SealingSessionTooMany"/>
    /// when another one of this certificate runs for the same platform and project.
    /// </summary>
    [Alias("ask")]
    Task<Reply<SealingGrant>> AskSealing(CertificateCaller caller, AskSealing command);

    /// <summary><see cref="RefusalCode.NotFound"/> when there is no such grant, or not any more.</summary>
    [Alias("get")]
    Task<Reply<SealingGrant>> GetSealing(SealingId sealing);

    [Alias("pause")]
    Task<Reply<SealingGrant>> PauseSealing(SealingId sealing);

    /// <summary>The task <paramref name="operation"/>, signed with the PIN, resumes it.</summary>
    [Alias("ask-resumption")]
    Task<Reply<SealingGrant>> AskResumption(SealingId sealing, Guid operation);

    /// <summary>From the answer on nothing is signed in it. The first end stays.</summary>
    [Alias("end")]
    Task<Reply<SealingGrant>> EndSealing(SealingId sealing, SealingSessionEnd end);

    /// <summary>
    /// Offers for pushed requests, as far as deposited commitments go; the same offer again until it is answered. A request this certificate
    /// may not serve has none, with the reason.
    /// </summary>
    [Alias("offer")]
    Task<Reply<SealingOffers>> OfferSealing(SealingId sealing, IReadOnlyList<SessionId> sessions);
}

[GenerateSerializer, Immutable, Alias("bzt.AskSealing")]
public sealed record AskSealing(
    [property: Id(0)] SealingId Sealing,
    [property: Id(1)] PlatformId Platform,
    [property: Id(2)] string PlatformName,
    [property: Id(3)] string ProjectId,
    [property: Id(4)] string ProjectName,
    [property: Id(5)] int MaxDocuments,
    [property: Id(6)] bool Automatic,
    [property: Id(7)] DateTimeOffset ExpiresAt);

/// <summary>What the holder allowed with his PIN, or is asked to: stored with the certificate.</summary>
/// <param name="State">Never <see cref="SealingSessionState.Running"/> past its time: ask with the clock.</param>
/// <param name="AskedUntil">While it is proposed: until when the PIN may be entered.</param>
/// <param name="Used">Documents signed.</param>
/// <param name="Served">The requests they were in: none is signed twice.</param>
[GenerateSerializer, Immutable, Alias("bzt.SealingGrant")]
public sealed record SealingGrant(
    [property: Id(0)] AskSealing Bounds,
    [property: Id(1)] SealingSessionState State,
    [property: Id(2)] int Used,
    [property: Id(3)] ImmutableArray<SessionId> Served,
    [property: Id(4)] SealingSessionEnd? End = null,
    [property: Id(5)] DateTimeOffset? EndedAt = null,
    [property: Id(6)] DateTimeOffset? AskedUntil = null);

[GenerateSerializer, Immutable, Alias("bzt.SealingOffers")]
public sealed record SealingOffers(
    [property: Id(0)] IReadOnlyList<SealingOffer> Offers,
    [property: Id(1)] int CommitmentsLeft);

/// <param name="Offer">Encoded; null when none could be made.</param>
/// <param name="Refusal">Why this certificate may not serve the request.</param>
[GenerateSerializer, Immutable, Alias("bzt.SealingOffer")]
public sealed record SealingOffer([property: Id(0)] SessionId Session, [property: Id(1)] byte[]? Offer, [property: Id(2)] Refusal? Refusal);
