using System.Collections.Immutable;
using Bzt.Grains.CaVendors.Embedded;
using Org.BouncyCastle.X509;

namespace Bzt.Grains.CaVendors;

// What is no longer valid, and how it is told: the list, and answers about single certificates.
public sealed partial class EmbeddedCa
{
    public TimeSpan RevocationListLifetime => options.RevocationListLifetime;

    public TimeSpan OcspLifetime => options.OcspLifetime;

    public static (EmbeddedCaState State, CaRevocation Result) Revoke(EmbeddedCaState state, string signingSerialNumber, RevocationReason reason, DateTimeOffset now)
    {
        var issue = state.Files.Values.Select(file => file.Issued).FirstOrDefault(issue => issue?.SigningSerialNumber == signingSerialNumber);
        if (issue is null)
        {
            return (state, new CaRevocation.Refused(CaRefusal.Unknown));
        }

        var revocation = new CertificateRevocation(ToSecond(now), reason);
        var revoked = Revoke(Revoke(state.Revoked, issue.SigningSerialNumber, revocation), issue.EncryptionSerialNumber, revocation);
        return (state with { Revoked = revoked }, new CaRevocation.Ok(revoked[issue.SigningSerialNumber].At));
    }

    /// <summary>The revocation list as of now, DER.</summary>
    /// <param name="id">The CA's.</param>
    /// <param name="issuing">Its issuing authority.</param>
    /// <param name="revoked">By serial number.</param>
    /// <param name="number">Above every earlier list's.</param>
    /// <param name="now">Its beginning.</param>
    public byte[] RevocationList(string id, CaAuthority issuing, IEnumerable<KeyValuePair<string, CertificateRevocation>> revoked, long number, DateTimeOffset now)
    {
        using var key = protector.Unprotect(AuthorityPurpose, AuthorityData(id, "issuing"), issuing.ProtectedKey);
        return CertificateProfiles.RevocationList(
            revoked, new(issuing.Certificate), Sm2Keys.Private(key.Span), number, ToSecond(now), options.RevocationListLifetime, random).GetEncoded();
    }

    /// <summary>The OCSP answer about what the request asks for, DER.</summary>
    /// <param name="id">The CA's.</param>
    /// <param name="issuing">Its issuing authority's certificate.</param>
    /// <param name="responder">Its responder.</param>
    /// <param name="query">The request.</param>
    /// <param name="statuses">By serial number; one that was never issued is missing.</param>
    /// <param name="now">The status is as of now.</param>
    internal byte[] Respond(string id, byte[] issuing, CaAuthority responder, OcspQuery query, IReadOnlyDictionary<string, CaSerialStatus> statuses, DateTimeOffset now)
    {
        using var key = protector.Unprotect(AuthorityPurpose, AuthorityData(id, "responder"), responder.ProtectedKey);
        return query.Answer(new X509Certificate(issuing), new X509Certificate(responder.Certificate), Sm2Keys.Private(key.Span), statuses, ToSecond(now), options.OcspLifetime, random);
    }

    static ImmutableDictionary<string, CertificateRevocation> Revoke(ImmutableDictionary<string, CertificateRevocation> revoked, string serialNumber, CertificateRevocation revocation) =>
        revoked.ContainsKey(serialNumber) ? revoked : revoked.Add(serialNumber, revocation);
}
