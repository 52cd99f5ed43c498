using Bzt.Contracts.Platforms;
using Bzt.Grains.Certificates;
using Bzt.Grains.Sessions;

namespace Bzt.Grains.Sealing;

/// <summary>
/// A sealing session (会话签章): further requests for seals of one project come to one phone without a scan. It keeps what was asked and what became
/// of it; what may be signed in it, and how much is left, is in the certificate's own state, so that use and count stand or fall together.
/// It calls the certificate and its requests; nobody of them calls it.
/// </summary>
[Alias("bzt.ISealingSession")]
public interface ISealingSessionGrain : IGrainWithGuidKey
{
    /// <summary>
    /// The user ticked it at a scanned request: asks the certificate for the PIN that signs the bounds. A repeat is the same;
    /// other bounds under the same id conflict.
    /// </summary>
    [Alias("propose")]
    Task<Reply<SealingView>> Propose(ProposeSealing command);

    /// <summary>For its holder, on any of his devices; <see cref="RefusalCode.NotFound"/> for anybody else.</summary>
    [Alias("view-of-holder")]
    Task<Reply<SealingView>> GetOfHolder(UserId holder);

    /// <summary>For the enterprise's administrator; whoever calls has made sure that the user is.</summary>
    [Alias("view-of-enterprise")]
    Task<Reply<SealingView>> GetOfEnterprise(CreditCode enterprise);

    /// <summary>For its platform, or a bid tool of the same bidder and project.</summary>
    [Alias("view-of-platform")]
    Task<Reply<SealingView>> GetOfPlatform(SealingUser user);

    /// <summary>
    /// A further request of the PC, within the bounds: it is created, logged and pushed. A repeat is the same session.
    /// <see cref="RefusalCode.SealingSessionEnded"/>, <see cref="RefusalCode.SealingSessionOtherProject"/>,
    /// <see cref="RefusalCode.SealingSessionBoundReached"/>, <see cref="RefusalCode.KindNotAllowed"/>.
    /// </summary>
    [Alias("admit")]
    Task<Reply<SessionOpened>> Admit(SessionId session, SealingUser user, CreateSession command);

    /// <summary>What waits, for the phone that holds the certificate; with automatic confirmation each with its offer.</summary>
    [Alias("requests")]
    Task<Reply<SealingRequests>> GetRequests(CertificateCaller caller);

    /// <summary>The phone holds no opened share any more. Without automatic confirmation there is nothing to pause.</summary>
    [Alias("pause")]
    Task<Reply<SealingView>> Pause(CertificateCaller caller);

    /// <summary>Asks the certificate for the PIN that resumes it: a task of that id.</summary>
    [Alias("ask-resumption")]
    Task<Reply<SealingView>> AskResumption(CertificateCaller caller, Guid operation);

    /// <summary>From its holder, on any of his devices. From the answer on nothing is signed in it any more. A repeat is done.</summary>
    [Alias("stop-by-holder")]
    Task<Reply<SealingView>> StopByHolder(UserId holder);

    [Alias("stop-by-administrator")]
    Task<Reply<SealingView>> StopByAdministrator(UserId administrator, CreditCode enterprise);

    [Alias("stop-by-platform")]
    Task<Reply<SealingView>> StopByPlatform(SealingUser user);

    /// <summary>From the certificate's outbox: something happened to it there.</summary>
    [Alias("settle")]
    Task Settle();
}

/// <summary>The sealing sessions of a user, or of an enterprise: the newest.</summary>
[Alias("bzt.ISealingSessionIndex")]
public interface ISealingSessionIndexGrain : IGrainWithStringKey
{
    /// <summary>Idempotent.</summary>
    [Alias("add")]
    Task Add(SealingId sealing);

    /// <summary>Newest first.</summary>
    [Alias("list")]
    Task<IReadOnlyList<SealingId>> List();
}

/// <param name="Project">Of the request or of the project token; null for a platform that looks or stops.</param>
/// <param name="Bidder">With a project token: whom it is for.</param>
[GenerateSerializer, Immutable, Alias("bzt.SealingUser")]
public sealed record SealingUser(
    [property: Id(0)] PlatformId Platform,
    [property: Id(1)] string? Project,
    [property: Id(2)] CreditCode? Bidder);

[GenerateSerializer, Immutable, Alias("bzt.ProposeSealing")]
public sealed record ProposeSealing(
    [property: Id(0)] CertificateCaller Caller,
    [property: Id(1)] SessionId Session,
    [property: Id(2)] CertificateId Certificate,
    [property: Id(3)] int MaxDocuments,
    [property: Id(4)] int Minutes,
    [property: Id(5)] bool Automatic);

[GenerateSerializer, Immutable, Alias("bzt.SealingView")]
public sealed record SealingView(
    [property: Id(0)] SealingId Id,
    [property: Id(1)] CertificateId Certificate,
    [property: Id(2)] UserId Holder,
    [property: Id(3)] DeviceId Device,
    [property: Id(4)] PlatformId Platform,
    [property: Id(5)] string PlatformName,
    [property: Id(6)] SessionProject Project,
    [property: Id(7)] string EnterpriseName,
    [property: Id(8)] CreditCode CreditCode,
    [property: Id(9)] SealingSessionState State,
    [property: Id(10)] SealingSessionEnd? End,
    [property: Id(11)] bool Automatic,
    [property: Id(12)] int MaxDocuments,
    [property: Id(13)] int UsedDocuments,
    [property: Id(14)] DateTimeOffset StartedAt,
    [property: Id(15)] DateTimeOffset ExpiresAt,
    [property: Id(16)] IReadOnlyList<SealingLogLine> Log);

/// <param name="Documents">Their names, from the bytes to be signed.</param>
/// <param name="End">Null while it waits.</param>
[GenerateSerializer, Immutable, Alias("bzt.SealingLogLine")]
public sealed record SealingLogLine(
    [property: Id(0)] SessionId Session,
    [property: Id(1)] IReadOnlyList<string> Documents,
    [property: Id(2)] DateTimeOffset ReceivedAt,
    [property: Id(3)] SessionEnd? End = null,
    [property: Id(4)] DateTimeOffset? EndedAt = null);

/// <param name="CommitmentsLeft">At the certificate's present activation.</param>
[GenerateSerializer, Immutable, Alias("bzt.SealingRequests")]
public sealed record SealingRequests(
    [property: Id(0)] SealingView Sealing,
    [property: Id(1)] IReadOnlyList<PushedSession> Waiting,
    [property: Id(2)] int CommitmentsLeft);

/// <param name="Offer">Encoded; null without automatic confirmation, while paused, or when no commitments are left.</param>
[GenerateSerializer, Immutable, Alias("bzt.PushedSession")]
public sealed record PushedSession([property: Id(0)] SessionId Session, [property: Id(1)] PhoneSessionView View, [property: Id(2)] byte[]? Offer);
