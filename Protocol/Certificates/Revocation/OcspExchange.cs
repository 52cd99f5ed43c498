using Bzt.Protocol.Primitives;
using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.Ocsp;
using Org.BouncyCastle.Asn1.Oiw;
using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.Crypto.Digests;

namespace Bzt.Protocol.Certificates.Revocation;

/// <summary>One question to an OCSP responder and what its answer is worth (RFC 6960), in the SM2 world: signed with SM2 and SM3, default signer id.</summary>
public sealed class OcspExchange
{
    private const string Sm2WithSm3 = "1.2.156.10197.1.501";
    private const int NonceLength = 16;

    /// <summary>How far clocks are apart.</summary>
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(5);

    /// <summary>An answer that does not say how long it is good.</summary>
    private static readonly TimeSpan GoodWithoutEnd = TimeSpan.FromHours(1);

    private readonly Sm2Certificate issuer;
    private readonly CertID id;
    private readonly byte[] nonce;

    /// <param name="certificate">The one in question.</param>
    /// <param name="issuer">Who issued it: proven before, the answer's authority comes from it.</param>
    /// <param name="random">For the nonce.</param>
    public OcspExchange(Sm2Certificate certificate, Sm2Certificate issuer, IRandomSource random)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        ArgumentNullException.ThrowIfNull(issuer);
        ArgumentNullException.ThrowIfNull(random);
        this.issuer = issuer;

        // SHA-1 names the issuer and proves nothing: it is what every responder understands.
        id = new CertID(
            new AlgorithmIdentifier(OiwObjectIdentifiers.IdSha1, DerNull.Instance),
            new DerOctetString(Sha1(issuer.SubjectDer)),
            new DerOctetString(Sha1(issuer.PublicKey.Encode())),
            X509CertificateStructure.GetInstance(certificate.Der).TbsCertificate.SerialNumber);
        nonce = new byte[NonceLength];
        random.Fill(nonce);
        var extensions = new X509ExtensionsGenerator();
        extensions.AddExtension(OcspObjectIdentifiers.PkixOcspNonce, false, new DerOctetString(nonce));
        Request = new OcspRequest(new TbsRequest(null, new DerSequence(new Org.BouncyCastle.Asn1.Ocsp.Request(id, null)), extensions.Generate()), null).GetDerEncoded();
    }

    /// <summary>OCSPRequest, DER: the body of a POST.</summary>
    public byte[] Request { get; }

    /// <summary>Judges the responder's answer.</summary>
    /// <param name="response">OCSPResponse, DER.</param>
    /// <param name="now">The answer must be of today.</param>
    public RevocationStatus Judge(byte[] response, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(response);
        try
        {
            return JudgeParsed(OcspResponse.GetInstance(Asn1Object.FromByteArray(response)), now);
        }
        catch (Exception malformed) when (malformed is ArgumentException or IOException or FormatException or InvalidCastException or InvalidOperationException or NullReferenceException)
        {
            return new RevocationStatus.Unknown(RevocationTrouble.Malformed);
        }
    }

    private RevocationStatus JudgeParsed(OcspResponse response, DateTimeOffset now)
    {
        // 1. A basic response, not an error.
        if (response.ResponseStatus.IntValueExact != OcspResponseStatus.Successful)
        {
            return new RevocationStatus.Unknown(RevocationTrouble.ResponderError);
        }

        if (!response.ResponseBytes.ResponseType.Equals(OcspObjectIdentifiers.PkixOcspBasic))
        {
            return new RevocationStatus.Unknown(RevocationTrouble.Malformed);
        }

        var basic = BasicOcspResponse.GetInstance(Asn1Object.FromByteArray(response.ResponseBytes.Response.GetOctets()));
        var data = basic.TbsResponseData;

        // 2. Signed by the issuer, or by whom the issuer has certified for this.
        if (!IsAuthorised(basic, now))
        {
            return new RevocationStatus.Unknown(RevocationTrouble.NotAuthorised);
        }

        // 3. To our question. A responder that hands out what it prepared before leaves the nonce out (RFC 5019), and is then held to the time.
        if (data.ResponseExtensions?.GetExtension(OcspObjectIdentifiers.PkixOcspNonce) is { } answered
            && !Asn1OctetString.GetInstance(Asn1Object.FromByteArray(answered.Value.GetOctets())).GetOctets().AsSpan().SequenceEqual(nonce))
        {
            return new RevocationStatus.Unknown(RevocationTrouble.NotFresh);
        }

        var single = data.Responses.Select(SingleResponse.GetInstance).FirstOrDefault(answer => answer.CertId.GetDerEncoded().AsSpan().SequenceEqual(id.GetDerEncoded()));
        if (single is null)
        {
            return new RevocationStatus.Unknown(RevocationTrouble.Malformed);
        }

        // 4. Of today.
        var asOf = Time(single.ThisUpdate);
        var until = single.NextUpdate is { } next ? Time(next) : asOf + GoodWithoutEnd;
        if (asOf > now + Skew || until < now - Skew)
        {
            return new RevocationStatus.Unknown(RevocationTrouble.NotFresh);
        }

        // 5. What it says.
        return single.CertStatus.TagNo switch
        {
            0 => new RevocationStatus.Good(asOf, until, RevocationSource.Ocsp),
            1 when RevokedInfo.GetInstance(single.CertStatus.Status) is var revoked =>
                new RevocationStatus.Revoked(Time(revoked.RevocationTime), revoked.RevocationReason?.IntValueExact, asOf, RevocationSource.Ocsp),
            _ => new RevocationStatus.Unknown(RevocationTrouble.NotIssued),
        };
    }

    private bool IsAuthorised(BasicOcspResponse basic, DateTimeOffset now)
    {
        if (basic.SignatureAlgorithm.Algorithm.Id != Sm2WithSm3 || !Sm2Signature.TryParseDer(basic.GetSignatureOctets(), out var signature))
        {
            return false;
        }

        var signed = basic.TbsResponseData.GetDerEncoded();
        return signature!.Verify(issuer.PublicKey, Sm2Signature.Digest(issuer.PublicKey, signed))
            || (basic.Certs ?? new DerSequence()).Any(certificate =>
                Sm2Certificate.TryParse(certificate.ToAsn1Object().GetDerEncoded(), out var responder)
                && MayRespond(responder) && now >= responder.NotBefore && now <= responder.NotAfter && responder.IsIssuedBy(issuer)
                && signature.Verify(responder.PublicKey, Sm2Signature.Digest(responder.PublicKey, signed)));
    }

    private static bool MayRespond(Sm2Certificate responder) =>
        responder.MaySign
        && ExtendedKeyUsage.FromExtensions(X509CertificateStructure.GetInstance(responder.Der).TbsCertificate.Extensions)?.HasKeyPurposeId(KeyPurposeID.id_kp_OCSPSigning) == true;

    private static DateTimeOffset Time(Asn1GeneralizedTime time) => new(DateTime.SpecifyKind(time.ToDateTime().ToUniversalTime(), DateTimeKind.Utc));

    private static byte[] Sha1(byte[] bytes)
    {
        var digest = new Sha1Digest();
        digest.BlockUpdate(bytes, 0, bytes.Length);
        var output = new byte[digest.GetDigestSize()];
        digest.DoFinal(output, 0);
        return output;
    }
}
