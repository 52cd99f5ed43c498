using Org.BouncyCastle.Asn1.Ocsp;
using Org.BouncyCastle.X509;
using Orleans.Concurrency;

namespace Bzt.Grains.CaVendors.Embedded;

/// <inheritdoc cref="ICaResponderGrain"/>
[GrainType("ca-responder"), StatelessWorker]
public sealed class CaResponderGrain(CaVendorDirectory vendors, TimeProvider time) : Grain, ICaResponderGrain
{
    /// <summary>Far below what is left of a responder's certificate when it is renewed.</summary>
    private static readonly TimeSpan KeepsAuthorities = TimeSpan.FromMinutes(10);

    private (CaAuthorities Authorities, DateTimeOffset Since)? kept;

    private CaId Id => new(this.GetPrimaryKeyString());

    public async Task<OcspAnswer> Answer(byte[] request)
    {
        if (OcspQuery.TryParse(request) is not { } query)
        {
            return new OcspAnswer(OcspQuery.Error(OcspResponseStatus.MalformedRequest), null);
        }

        if (await Authorities() is not { } authorities)
        {
            return new OcspAnswer(OcspQuery.Error(OcspResponseStatus.Unauthorized), null);
        }

        // The clock before the look: a status is never dated later than it was true.
        var now = time.GetUtcNow();
        var statuses = new Dictionary<string, CaSerialStatus>();
        foreach (var serial in query.SerialNumbersOf(new X509Certificate(authorities.Issuing.Certificate)))
        {
            if (await GrainFactory.CaSerial(Id, serial).Get() is { } status)
            {
                statuses.Add(serial, status);
            }
        }

        var rules = vendors.Embedded(Id);
        var response = rules.Respond(Id.Value, authorities.Issuing.Certificate, new(authorities.Responder.Certificate, authorities.Responder.ProtectedKey), query, statuses, now);
        return new OcspAnswer(response, query.HasNonce ? null : now + rules.OcspLifetime);
    }

    private async Task<CaAuthorities?> Authorities()
    {
        if (kept is not { } known || time.GetUtcNow() - known.Since > KeepsAuthorities)
        {
            if (await GrainFactory.CaAuthority(Id).Get() is not { } authorities)
            {
                return null;
            }

            kept = known = (authorities, time.GetUtcNow());
        }

        return known.Authorities;
    }
}
