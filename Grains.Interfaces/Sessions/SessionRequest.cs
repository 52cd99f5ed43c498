using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;
using Bzt.Grains.Openings;

namespace Bzt.Grains.Sessions;

/// <summary>Who may see and end a session: the platform that opened it, and with a project token the tool key as well.</summary>
[GenerateSerializer, Immutable, Alias("bzt.SessionRequester")]
public sealed record SessionRequester([property: Id(0)] PlatformId Platform, [property: Id(1)] string? ToolKeyThumbprint);

/// <param name="Enterprise">With bind: what the platform knows; name and credit code must equal the certificate's.</param>
/// <param name="OnlyFor">With a project token: the bidder it is for.</param>
[GenerateSerializer, Immutable, Alias("bzt.CreateSession")]
public sealed record CreateSession(
    [property: Id(0)] SessionRequester Requester,
    [property: Id(1)] SessionKind Kind,
    [property: Id(2)] byte[]? Challenge,
    [property: Id(3)] SessionEnterprise? Enterprise,
    [property: Id(4)] CreditCode? OnlyFor,
    [property: Id(5)] SessionProject? Project,
    [property: Id(6)] IReadOnlyList<SessionDocument> Documents,
    [property: Id(7)] SessionDecryption? Decryption,
    [property: Id(8)] int TimeoutSeconds)
{
    /// <summary>Set when one certificate, and no other, may serve it.</summary>
    [Id(20)]
    public SessionHolder? Holder { get; init; }

    /// <summary>会话签章: the sealing session that lets it in, without a scan.</summary>
    [Id(21)]
    public SealingId? Sealing { get; init; }

    /// <summary>One of the platform's registered addresses: the session may be opened by a link on the same device.</summary>
    [Id(30)]
    public string? ReturnUrl { get; init; }

    /// <summary>The platform's random for the browser that began.</summary>
    [Id(31)]
    public string? ReturnNonce { get; init; }

    /// <summary>Whose request it is at the platform; opaque.</summary>
    [Id(32)]
    public string? Visitor { get; init; }

    /// <summary>With withdraw: the seal.</summary>
    [Id(60)]
    public SessionWithdrawal? Withdrawal { get; init; }

    /// <summary>The bid opening it is a part of.</summary>
    [Id(50)]
    public SessionOpening? Opening { get; init; }
}

[GenerateSerializer, Immutable, Alias("bzt.SessionOpening")]
public sealed record SessionOpening([property: Id(0)] OpeningId Opening, [property: Id(1)] IReadOnlyList<string> Files);

/// <param name="Pushed">His phone has the session from the start, without a scan.</param>
[GenerateSerializer, Immutable, Alias("bzt.SessionHolder")]
public sealed record SessionHolder(
    [property: Id(0)] UserId User,
    [property: Id(1)] DeviceId Device,
    [property: Id(2)] CertificateId Certificate,
    [property: Id(3)] bool Pushed);

/// <summary>扫码撤章: what the signer is asked to declare withdrawn.</summary>
/// <param name="SealId">SM3 over the seal's signature r‖s, hexadecimal.</param>
/// <param name="Owner">Whose seal it is: the credit code in its certificate, or the certificate's serial where there is none.</param>
/// <param name="Signer">Organisation or name in its certificate.</param>
/// <param name="SealedAt">As the seal says.</param>
[GenerateSerializer, Immutable, Alias("bzt.SessionWithdrawal")]
public sealed record SessionWithdrawal(
    [property: Id(0)] string SealId,
    [property: Id(1)] string Owner,
    [property: Id(2)] string Signer,
    [property: Id(3)] string DocumentName,
    [property: Id(4)] DateTimeOffset? SealedAt,
    [property: Id(5)] string Reason);

public static class SessionLimits
{
    public const int Documents = 50;
    public const int TextLength = 200;

    /// <summary>An electronic seal comes with its picture.</summary>
    public const int SealDocumentOctets = 64 * 1024;

    /// <summary>All such documents of a session: they travel to the phone and back in one message.</summary>
    public const int SealDocumentsOctets = 160 * 1024;
}

/// <summary>Sessions of the CSC API. Its own requester, so that what is confirmed there is handed out there alone.</summary>
public static class CscSessions
{
    /// <summary>No key has a thumbprint like this one.</summary>
    public static SessionRequester Requester(PlatformId platform) => new(platform, "csc");
}

/// <summary>For whom a sealing session would serve.</summary>
[GenerateSerializer, Immutable, Alias("bzt.SealingOrigin")]
public sealed record SealingOrigin(
    [property: Id(0)] SessionRequester Requester,
    [property: Id(1)] PlatformId Platform,
    [property: Id(2)] string PlatformName,
    [property: Id(3)] SessionProject Project);

[GenerateSerializer, Immutable, Alias("bzt.SessionEnterprise")]
public sealed record SessionEnterprise([property: Id(0)] string Name, [property: Id(1)] CreditCode CreditCode);

[GenerateSerializer, Immutable, Alias("bzt.SessionProject")]
public sealed record SessionProject([property: Id(0)] string ProjectId, [property: Id(1)] string Name, [property: Id(2)] DateTimeOffset OpeningTime);

/// <param name="Form">One of the closed set of signing forms.</param>
/// <param name="ToBeSigned">The exact bytes.</param>
[GenerateSerializer, Immutable, Alias("bzt.SessionDocument")]
public sealed record SessionDocument([property: Id(0)] string Form, [property: Id(1)] byte[] ToBeSigned)
{
    /// <summary>The seal this version shows, when the signer has a choice.</summary>
    [Id(2)]
    public SealKind? Seal { get; init; }
}

/// <param name="ToolKey">pkX, 65 octets.</param>
[GenerateSerializer, Immutable, Alias("bzt.SessionDecryption")]
public sealed record SessionDecryption(
    [property: Id(0)] byte[] ToolKey,
    [property: Id(1)] DecryptionRecipient Recipient,
    [property: Id(2)] string EncryptionSerial,
    [property: Id(3)] IReadOnlyList<SessionWrappedKey> Keys);

[GenerateSerializer, Immutable, Alias("bzt.SessionWrappedKey")]
public sealed record SessionWrappedKey([property: Id(0)] string Name, [property: Id(1)] byte[] Ciphertext)
{
    /// <summary>When it is wrapped for another encryption certificate than the rest.</summary>
    [Id(2)]
    public string? EncryptionSerial { get; init; }
}
