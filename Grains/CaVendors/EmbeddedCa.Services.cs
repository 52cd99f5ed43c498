using System.Text;
using Bzt.Grains.CaVendors.Embedded;
using Bzt.Protocol.Arithmetic;
using Bzt.Protocol.Primitives;
using Bzt.Protocol.Secrets;
using Org.BouncyCastle.X509;

namespace Bzt.Grains.CaVendors;

// Keys that speak for it about one thing each, and cannot issue: status, time, seals.
public sealed partial class EmbeddedCa
{
    const string ServicePurpose = "embedded-ca/service-key";

    /// <summary>A responder's key and certificate (RFC 6960, 4.2.2.2): it speaks for the issuing authority about status, and cannot issue.</summary>
    public CaAuthority NewResponder(string id, CaAuthority issuing, DateTimeOffset now)
    {
        now = ToSecond(now);
        using var issuingKey = protector.Unprotect(AuthorityPurpose, AuthorityData(id, "issuing"), issuing.ProtectedKey);
        using var key = NewKey(out var point);
        var certificate = CertificateProfiles.Responder(
            Name("OCSP"), Sm2Keys.Public(point), new X509Certificate(issuing.Certificate), Sm2Keys.Private(issuingKey.Span), NewSerialNumber(), now, random);
        return new(certificate.GetEncoded(), protector.Protect(AuthorityPurpose, AuthorityData(id, "responder"), key.Span));
    }

    /// <summary>The key and certificate of a service: it does that one thing, and cannot issue.</summary>
    internal CaAuthority NewService(string id, CaService service, CaAuthority issuing, DateTimeOffset now)
    {
        now = ToSecond(now);
        using var issuingKey = protector.Unprotect(AuthorityPurpose, AuthorityData(id, "issuing"), issuing.ProtectedKey);
        using var key = NewKey(out var point);
        var certificate = CertificateProfiles.Service(
            Name(service == CaService.TimeStamping ? "时间戳" : "制章"), service, Sm2Keys.Public(point), new X509Certificate(issuing.Certificate), Sm2Keys.Private(issuingKey.Span), NewSerialNumber(), now, random);
        return new(certificate.GetEncoded(), protector.Protect(ServicePurpose, ServiceData(id, service), key.Span));
    }

    /// <summary>The service's signature of a message, with the default signer id.</summary>
    internal Sm2Signature SignAs(CaService service, CaServiceKey of, byte[] message)
    {
        using var opened = protector.Unprotect(ServicePurpose, ServiceData(of.Id.Value, service), of.Key.ProtectedKey);
        if (!Scalar.TryDecode(opened.Span, out var scalar))
        {
            throw new InvalidDataException($"The key of {service} at {of.Id} is not one.");
        }

        using var key = new SecretScalar(scalar);
        return Sm2Signature.Sign(key, Sm2Signature.Digest(Sm2Group.MultiplyBase(key.Value), message), random);
    }

    static byte[] ServiceData(string id, CaService service) => Encoding.UTF8.GetBytes($"{id}/{service}");
}
