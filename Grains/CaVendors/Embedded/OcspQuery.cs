using Bzt.Protocol;
using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.Ocsp;
using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.Crypto.Operators;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Ocsp;
using Org.BouncyCastle.X509;

namespace Bzt.Grains.CaVendors.Embedded;

/// <summary>An OCSP request as the responder reads it (RFC 6960), and what it answers.</summary>
internal sealed class OcspQuery
{
    /// <summary>Certificates in one request; a relying party asks about a chain at most.</summary>
    private const int MostCertificates = 20;

    private const int LongestRequest = 8 * 1024;

    /// <summary>RFC 9654: up to 128 octets are taken.</summary>
    private const int LongestNonce = 128;

    private readonly IReadOnlyList<CertificateID> ids;
    private readonly Asn1OctetString? nonce;

    private OcspQuery(IReadOnlyList<CertificateID> ids, Asn1OctetString? nonce) => (this.ids, this.nonce) = (ids, nonce);

    /// <summary>Somebody wants an answer of his own, that nobody has kept.</summary>
    public bool HasNonce => nonce is not null;

    /// <summary>The serial numbers asked about that this issuer may have given, as the embedded CA writes them: of all others nothing has to be looked up.</summary>
    public IEnumerable<string> SerialNumbersOf(X509Certificate issuer) => ids.Where(id => EmbeddedCa.MayBeSerialNumber(id.SerialNumber) && IsOurs(id, issuer)).Select(SerialNumber).Distinct();

    /// <summary>Null when it is malformed.</summary>
    public static OcspQuery? TryParse(byte[] der)
    {
        if (der.Length > LongestRequest)
        {
            return null;
        }

        try
        {
            var request = new OcspReq(der);
            var ids = request.GetRequestList().Select(single => single.GetCertID()).ToArray();
            var nonce = request.GetExtensionValue(OcspObjectIdentifiers.PkixOcspNonce);
            return ids.Length is > 0 and <= MostCertificates && (nonce is null || nonce.GetOctets().Length is > 0 and <= LongestNonce + 2) ? new OcspQuery(ids, nonce) : null;
        }
        catch (Exception malformed) when (malformed is not OutOfMemoryException)
        {
            // BouncyCastle's parsers let out whatever they met: of a stranger's bytes all of it means malformed.
            return null;
        }
    }

    /// <summary>An answer without a body (RFC 6960, 2.3).</summary>
    public static byte[] Error(int status) => new OcspResponse(new OcspResponseStatus(status), null).GetDerEncoded();

    public byte[] Answer(
        X509Certificate issuer, X509Certificate responder, ECPrivateKeyParameters key, IReadOnlyDictionary<string, CaSerialStatus> statuses, DateTimeOffset now, TimeSpan lifetime,
        IRandomSource random)
    {
        // Whose certificates these are is said by digests of the issuer's name and key, in any algorithm the asker likes.
        if (!ids.Any(id => IsOurs(id, issuer)))
        {
            return Error(OcspResponseStatus.Unauthorized);
        }

        var generator = new BasicOcspRespGenerator(new RespID(responder.SubjectDN));
        foreach (var id in ids)
        {
            var status = IsOurs(id, issuer) && statuses.TryGetValue(SerialNumber(id), out var known)
                ? known.RevokedAt is { } at ? new RevokedStatus(at.UtcDateTime, (int)known.Reason!) : CertificateStatus.Good
                : new UnknownStatus();
            generator.AddResponse(id, status, now.UtcDateTime, (now + lifetime).UtcDateTime, null);
        }

        if (nonce is not null)
        {
            var extensions = new X509ExtensionsGenerator();
            extensions.AddExtension(OcspObjectIdentifiers.PkixOcspNonce, false, nonce.GetOctets());
            generator.SetResponseExtensions(extensions.Generate());
        }

        var basic = generator.Generate(new Asn1SignatureFactory("SM3WITHSM2", key, Sm2Keys.Random(random)), [responder], now.UtcDateTime);
        return new OCSPRespGenerator().Generate(OCSPRespGenerator.Successful, basic).GetEncoded();
    }

    private static bool IsOurs(CertificateID id, X509Certificate issuer)
    {
        try
        {
            return id.MatchesIssuer(issuer);
        }
        catch (OcspException)
        {
            // A digest nobody has heard of.
            return false;
        }
    }

    private static string SerialNumber(CertificateID id) => id.SerialNumber.SignValue < 0 ? "" : Convert.ToHexString(id.SerialNumber.ToByteArrayUnsigned());
}
