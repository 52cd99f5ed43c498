using Bzt.Contracts.Platforms;
using Bzt.Grains.Sessions;

namespace Bzt.Grains.MockPhones;

/// <summary>
/// Phones without people, for platforms under development: each number always ends in the same result. They hold whole keys under a root of
/// their own that nobody trusts, serve sandbox platforms only, and exist only in an embedded system that was told to have them. One grain: key 0.
/// </summary>
[Alias("bzt.IMockPhones")]
public interface IMockPhonesGrain : IGrainWithIntegerKey
{
    /// <summary><see cref="RefusalCode.NotFound"/> for a number that is none, a platform that is no sandbox, or a system without mock phones.</summary>
    [Alias("scan")]
    Task<Reply<MockScanned>> Scan(MockScanCommand command);

    /// <summary>The certificates of a mock phone; null when it is none of theirs.</summary>
    [Alias("signer")]
    Task<SessionSignerFacts?> GetSigner(CertificateId certificate);
}

/// <param name="Scan">User and device are the mock phone's, whatever stands there.</param>
[GenerateSerializer, Immutable, Alias("bzt.MockScanCommand")]
public sealed record MockScanCommand([property: Id(0)] PlatformId Platform, [property: Id(1)] string Number, [property: Id(2)] Guid Session, [property: Id(3)] ScanSession Scan);

[GenerateSerializer, Immutable, Alias("bzt.MockScanned")]
public sealed record MockScanned([property: Id(0)] SessionEnd End, [property: Id(1)] SessionEnterprise Enterprise, [property: Id(2)] string? ReturnUrl);
