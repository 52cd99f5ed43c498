using Bzt.Grains.Foundations;
using Org.BouncyCastle.X509;
using Orleans.Runtime;

namespace Bzt.Grains.CaVendors.Embedded;

/// <summary>The stored state of <see cref="CaAuthorityGrain"/>.</summary>
public sealed record StoredCaAuthority
{
    public CaAuthority? Root { get; init; }

    public CaAuthority? Issuing { get; init; }

    /// <summary>Null in what an older release has left, until it is asked for.</summary>
    public CaAuthority? Responder { get; init; }

    /// <summary>Null until the first time stamp.</summary>
    public CaAuthority? TimeStamping { get; init; }

    /// <summary>Null until the first electronic seal.</summary>
    public CaAuthority? SealMaking { get; init; }

    /// <summary>The number of the last revocation list.</summary>
    public long ListNumber { get; init; }
}

/// <inheritdoc cref="ICaAuthorityGrain"/>
[GrainType("ca-authority")]
public sealed class CaAuthorityGrain([PersistentState("ca-authority")] IPersistentState<StoredCaAuthority> storage, CaVendorDirectory vendors, TimeProvider time)
    : Grain, ICaAuthorityGrain
{
    /// <summary>What was handed out last; made again after a while, after a revocation, and by every activation.</summary>
    private (CaPublications Publications, DateTimeOffset MadeAt)? published;
    private DateTimeOffset responderEnds;

    private CaId Id => new(this.GetPrimaryKeyString());

    public async Task<CaAuthorities> Establish()
    {
        if (storage.State.Issuing is null)
        {
            var made = vendors.Embedded(Id).Create(Id.Value, time.GetUtcNow());
            await storage.WriteAsync(this, storage.State with { Root = made.Root, Issuing = made.Issuing });
        }

        return (await Get())!;
    }

    public Task Adopt(CaAuthorityKey root, CaAuthorityKey issuing) => storage.State.Issuing is not null
        ? Task.CompletedTask
        : storage.WriteAsync(this, storage.State with { Root = new(root.Certificate, root.ProtectedKey), Issuing = new(issuing.Certificate, issuing.ProtectedKey) });

    public async Task<CaAuthorities?> Get()
    {
        if (storage.State is not { Root: { } root, Issuing: { } issuing })
        {
            return null;
        }

        var responder = await Responder(issuing);
        return new CaAuthorities(ToMessage(root), ToMessage(issuing), ToMessage(responder));
    }

    public async Task<Reply<CaPublications>> Publish()
    {
        if (storage.State is not { Root: { } root, Issuing: { } issuing })
        {
            return new Refusal(RefusalCode.NotFound);
        }

        var now = time.GetUtcNow();
        var rules = vendors.Embedded(Id);
        if (published is { } last && now - last.MadeAt < rules.RevocationListLifetime / 4)
        {
            return last.Publications;
        }

        // The number is stored before the list is out: no two lists have one number, and it grows also when the clock was set back.
        var number = Math.Max(storage.State.ListNumber + 1, now.ToUnixTimeMilliseconds());
        await storage.WriteAsync(this, storage.State with { ListNumber = number });
        var parts = await Task.WhenAll(Enumerable.Range(0, ICaRevocationsGrain.Buckets).Select(bucket => GrainFactory.CaRevocations(Id, bucket).Read()));
        var list = rules.RevocationList(
            Id.Value, issuing, parts.SelectMany(part => part).Select(revoked => KeyValuePair.Create(revoked.SerialNumber, new CertificateRevocation(revoked.At, revoked.Reason))), number, now);
        var publications = new CaPublications(list, issuing.Certificate, root.Certificate, now + (rules.RevocationListLifetime / 4));
        published = (publications, now);
        return publications;
    }

    public async Task<CaServiceKey> GetService(CaService service)
    {
        var authorities = await Establish();
        var now = time.GetUtcNow();
        var present = service == CaService.TimeStamping ? storage.State.TimeStamping : storage.State.SealMaking;
        if (present is null || now >= EndOf(present) - (CertificateProfiles.ServiceLifetime / 3))
        {
            present = vendors.Embedded(Id).NewService(Id.Value, service, storage.State.Issuing!, now);
            await storage.WriteAsync(this, service == CaService.TimeStamping ? storage.State with { TimeStamping = present } : storage.State with { SealMaking = present });
        }

        return new CaServiceKey(Id, ToMessage(present), [authorities.Issuing.Certificate, authorities.Root.Certificate]);
    }

    public Task ListIsOld()
    {
        published = null;
        return Task.CompletedTask;
    }

    private async Task<CaAuthority> Responder(CaAuthority issuing)
    {
        var now = time.GetUtcNow();
        if (storage.State.Responder is { } present)
        {
            responderEnds = responderEnds == default ? EndOf(present) : responderEnds;
            if (now < responderEnds - (CertificateProfiles.ResponderLifetime / 3))
            {
                return present;
            }
        }

        var responder = vendors.Embedded(Id).NewResponder(Id.Value, issuing, now);
        await storage.WriteAsync(this, storage.State with { Responder = responder });
        responderEnds = default;
        return responder;
    }

    private static DateTimeOffset EndOf(CaAuthority authority) => new(new X509Certificate(authority.Certificate).NotAfter.ToUniversalTime());

    private static CaAuthorityKey ToMessage(CaAuthority authority) => new(authority.Certificate, authority.ProtectedKey);
}
