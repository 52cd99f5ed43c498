namespace Bzt.Grains.Csc;

/// <summary>
/// A CSC authorisation, keyed by the session in which the phone signed its hashes: what the user confirmed is handed out here, each hash once.
/// Calls the session, and the holder's inbox.
/// </summary>
[Alias("bzt.ISignatureActivation")]
public interface ISignatureActivationGrain : IGrainWithGuidKey
{
    /// <summary>Opens the session for the credential's own phone, without a scan, and tells that phone. A repeat changes nothing.</summary>
    [Alias("push")]
    Task<Reply<DateTimeOffset>> Push(PushHashes command);

    /// <summary>
    /// The signatures over these hashes, all of them or none, and for the last time. <see cref="RefusalCode.NotFound"/> when nothing was confirmed for that credential,
    /// <see cref="RefusalCode.DocumentRefused"/> for a hash that was not, <see cref="RefusalCode.SessionEnded"/> for one that is used up.
    /// </summary>
    [Alias("sign")]
    Task<Reply<IReadOnlyList<byte[]>>> Sign(SignHashes command);
}

[GenerateSerializer, Immutable, Alias("bzt.PushHashes")]
public sealed record PushHashes([property: Id(0)] Sessions.CreateSession Session);

/// <param name="Hashes">32 octets each.</param>
[GenerateSerializer, Immutable, Alias("bzt.SignHashes")]
public sealed record SignHashes(
    [property: Id(0)] PlatformId Platform,
    [property: Id(1)] CertificateId Credential,
    [property: Id(2)] IReadOnlyList<byte[]> Hashes);
