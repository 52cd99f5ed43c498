namespace Bzt.Grains.CaVendors;

/// <summary>The authorities of a CA that runs inside, keyed by <see cref="CaId"/>: root, issuing authority, OCSP responder; and the revocation list.</summary>
[Alias("bzt.ICaAuthority")]
public interface ICaAuthorityGrain : IGrainWithStringKey
{
    /// <summary>Makes the CA at the first call; afterwards what there is.</summary>
    [Alias("establish")]
    Task<CaAuthorities> Establish();

    /// <summary>Takes over the authorities of a CA that an older release kept elsewhere. Ignored when there are any.</summary>
    [Alias("adopt")]
    Task Adopt(CaAuthorityKey root, CaAuthorityKey issuing);

    /// <summary>Null before <see cref="Establish"/>. The responder's certificate is renewed here before it ends.</summary>
    [Alias("get")]
    Task<CaAuthorities?> Get();

    /// <summary>What relying parties fetch; refused with <see cref="RefusalCode.NotFound"/> before <see cref="Establish"/>.</summary>
    [Alias("publish")]
    Task<Reply<CaPublications>> Publish();

    /// <summary>The key of a service the CA certifies: made at the first call, renewed before it ends. The CA is established with it.</summary>
    [Alias("service")]
    Task<CaServiceKey> GetService(CaService service);

    /// <summary>Something was revoked: the list in hand is no longer the newest.</summary>
    [Alias("list-is-old")]
    Task ListIsOld();
}

/// <param name="Certificate">DER.</param>
/// <param name="ProtectedKey">Private key, sealed by the key protector.</param>
[GenerateSerializer, Immutable, Alias("bzt.ca.authority-key")]
public sealed record CaAuthorityKey([property: Id(0)] byte[] Certificate, [property: Id(1)] byte[] ProtectedKey);

[GenerateSerializer, Immutable, Alias("bzt.ca.authorities")]
public sealed record CaAuthorities(
    [property: Id(0)] CaAuthorityKey Root,
    [property: Id(1)] CaAuthorityKey Issuing,
    [property: Id(2)] CaAuthorityKey Responder);

/// <summary>What a CA that runs inside certifies besides holders.</summary>
public enum CaService
{
    /// <summary>RFC 3161.</summary>
    TimeStamping = 1,

    /// <summary>制章者 of GB/T 38540.</summary>
    SealMaking = 2,
}

/// <param name="Id">The CA's.</param>
/// <param name="Key">The service's.</param>
/// <param name="Chain">DER; the certificates above it, the root last.</param>
[GenerateSerializer, Immutable, Alias("bzt.ca.service-key")]
public sealed record CaServiceKey([property: Id(0)] CaId Id, [property: Id(1)] CaAuthorityKey Key, [property: Id(2)] IReadOnlyList<byte[]> Chain);

/// <summary>What a CA's certificates end at.</summary>
/// <param name="Roots">DER.</param>
/// <param name="Intermediates">DER; those that are known here.</param>
[GenerateSerializer, Immutable, Alias("bzt.ca.trust")]
public sealed record CaTrust([property: Id(0)] IReadOnlyList<byte[]> Roots, [property: Id(1)] IReadOnlyList<byte[]> Intermediates);

/// <param name="RevocationList">DER.</param>
/// <param name="IssuingCertificate">DER.</param>
/// <param name="RootCertificate">DER.</param>
/// <param name="ListIsGoodUntil">When the next list is out at the latest.</param>
[GenerateSerializer, Immutable, Alias("bzt.ca.publications")]
public sealed record CaPublications(
    [property: Id(0)] byte[] RevocationList,
    [property: Id(1)] byte[] IssuingCertificate,
    [property: Id(2)] byte[] RootCertificate,
    [property: Id(3)] DateTimeOffset ListIsGoodUntil);
