using System.Net.Sockets;
using Bzt.Grains.CaVendors.Registration;
using Bzt.Grains.Providers;
using Bzt.Protocol;
using Bzt.Protocol.Certificates;
using Microsoft.Extensions.Configuration;
using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.Cmp;
using Org.BouncyCastle.Asn1.Crmf;
using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.Pkcs;

namespace Bzt.Grains.CaVendors.Cmp;

/// <summary>CMP (RFC 4210, 9480), we as registration authority.</summary>
internal sealed class CmpProtocol(IHttpClientFactory http, IGrainFactory grains, TimeProvider time) : ICaVendorProtocol
{
    public const string HttpClientName = "ca-cmp";

    public string Name => "cmp";

    public ICaVendor Open(CaId ca, IConfigurationSection section)
    {
        var options = VendorOptions.Bind<CmpVendorOptions>(ca, section);
        try
        {
            return new RegistrationVendor(grains, ca, new CmpEnrolment(http, options, VendorOptions.Roots(ca, options.TrustedRoots), CmpProtection.From(options), time));
        }
        catch (Exception unreadable) when (unreadable is IOException or FormatException or UnauthorizedAccessException)
        {
            throw CaVendorDirectory.Unusable(ca, unreadable.Message);
        }
    }
}

/// <summary>
/// Two transactions for a pair of certificates: one for the holder's signing key, one by which the CA's key management makes an
/// encryption key (central key generation) and sends it for the signing key, which a control of the request names.
/// </summary>
internal sealed class CmpEnrolment(IHttpClientFactory http, CmpVendorOptions options, IReadOnlyList<byte[]> roots, CmpProtection protection, TimeProvider time) : IEnrolment
{
    private static readonly DerObjectIdentifier ProtocolEncryptionKey = new("1.3.6.1.5.5.7.5.1.6");
    private static readonly DerObjectIdentifier OldCertificateId = new("1.3.6.1.5.5.7.5.1.5");

    // Bits of PKIFailureInfo (RFC 4210, 5.2.3), as BouncyCastle numbers them in an integer.
    private const int BadRequest = PkiFailureInfo.BadRequest | PkiFailureInfo.BadPop | PkiFailureInfo.BadAlg;
    private const int BadTemplate = PkiFailureInfo.BadCertTemplate;
    private const int TheirTrouble = PkiFailureInfo.SystemUnavail | PkiFailureInfo.SystemFailure | PkiFailureInfo.BadTime | PkiFailureInfo.BadMessageCheck;

    public async Task<Enrolment> EnrolAsync(CaApplication application, byte[] certificationRequest, byte[]? replaces, byte[]? dialogue, CancellationToken cancellation)
    {
        // 1. The signing certificate. A dialogue that was kept says which of the two transactions it is.
        var stage = CmpStage.Read(dialogue);
        var until = time.GetUtcNow() + options.Timeout;
        if (stage.SigningCertificate is not { } signing)
        {
            var (body, id) = SigningRequest(application, certificationRequest, replaces);
            switch (await RunAsync(stage.Dialogue is null ? body : null, id, stage.Dialogue, until, cancellation))
            {
                case CmpAnswer.Issued issued:
                    signing = issued.Response.CertifiedKeyPair.CertOrEncCert.Certificate.X509v3PKCert.GetDerEncoded();
                    stage = new CmpStage(signing, issued.Certificates, null);
                    break;
                case CmpAnswer.Waiting waiting:
                    return new Enrolment.Pending(new CmpStage(null, [], waiting.Dialogue).Write());
                case var other:
                    return Failed(other);
            }
        }

        // 2. The encryption certificate, with its key.
        var encryptionBody = EncryptionRequest(application, signing);
        switch (await RunAsync(stage.Dialogue is null ? encryptionBody : null, 0, stage.Dialogue, until, cancellation))
        {
            case CmpAnswer.Issued issued:
                // What cannot be used is asked for again; the signing certificate is not.
                return Judge(signing, issued, [.. stage.Chain, .. issued.Certificates]) is Enrolment.Ok ok ? ok : new Enrolment.Pending((stage with { Dialogue = null }).Write());
            case CmpAnswer.Waiting waiting:
                return new Enrolment.Pending((stage with { Dialogue = waiting.Dialogue }).Write());
            case CmpAnswer.Unavailable:
                // The signing certificate is there and is not asked for again.
                return new Enrolment.Pending((stage with { Dialogue = null }).Write());
            case var other:
                return Failed(other);
        }
    }

    public async Task<CaRevocation> RevokeAsync(byte[] signingCertificate, RevocationReason reason, CancellationToken cancellation)
    {
        var certificate = X509CertificateStructure.GetInstance(signingCertificate);
        var details = new CertTemplateBuilder().SetIssuer(certificate.Issuer).SetSerialNumber(certificate.TbsCertificate.SerialNumber).Build();
        var extensions = new X509ExtensionsGenerator();
        extensions.AddExtension(X509Extensions.ReasonCode, false, new CrlReason((int)reason));
        return await RunAsync(new PkiBody(PkiBody.TYPE_REVOCATION_REQ, new RevReqContent(new RevDetails(details, extensions.Generate()))), 0, null, time.GetUtcNow() + options.Timeout, cancellation) switch
        {
            CmpAnswer.Revoked => new CaRevocation.Ok(time.GetUtcNow()),
            // Asked once more after an answer that got lost.
            CmpAnswer.Rejected(var info, _) when (info & PkiFailureInfo.CertRevoked) != 0 => new CaRevocation.Ok(time.GetUtcNow()),
            CmpAnswer.Rejected(var info, _) when (info & PkiFailureInfo.BadCertId) != 0 => new CaRevocation.Refused(CaRefusal.Unknown),
            CmpAnswer.Rejected(var info, var text) when (info & TheirTrouble) != 0 => new CaRevocation.Unavailable(text),
            CmpAnswer.Rejected => new CaRevocation.Refused(CaRefusal.Other),
            CmpAnswer.Unavailable(var trouble) => new CaRevocation.Unavailable(trouble),
            _ => new CaRevocation.Unavailable("an answer to something else"),
        };
    }

    internal async Task<CmpAnswer> RunAsync(PkiBody? body, int id, byte[]? resumed, DateTimeOffset until, CancellationToken cancellation)
    {
        using var client = http.CreateClient(CmpProtocol.HttpClientName);
        var dialogue = new CmpDialogue(client, options.Endpoint!, new GeneralName(new X509Name(options.Recipient)), protection, time);
        if (resumed is not null)
        {
            dialogue.Resume(resumed);
        }

        try
        {
            return await dialogue.RunAsync(body, id, until - time.GetUtcNow(), cancellation);
        }
        catch (Exception failure) when (failure is HttpRequestException or SocketException)
        {
            return new CmpAnswer.Unavailable(ProviderCall.Reason(failure));
        }
        catch (OperationCanceledException)
        {
            return new CmpAnswer.Unavailable("no answer in time");
        }
        catch (Exception malformed) when (malformed is not OutOfMemoryException)
        {
            // BouncyCastle's parsers let out whatever they met.
            return new CmpAnswer.Unavailable("an answer that cannot be read");
        }
    }

    internal (PkiBody Body, int Id) SigningRequest(CaApplication application, byte[] certificationRequest, byte[]? replaces)
    {
        var request = new Pkcs10CertificationRequest(certificationRequest);
        if (options.SendsRequest && replaces is null)
        {
            return (new PkiBody(PkiBody.TYPE_P10_CERT_REQ, request), -1);
        }

        // A request of our own: we have seen the proof of possession, and say so.
        var template = Template(application).SetSubjectPublicKeyInfo(request.GetCertificationRequestInfo().SubjectPublicKeyInfo).Build();
        var controls = replaces is null ? null : new Controls([new AttributeTypeAndValue(OldCertificateId, IdOf(replaces))]);
        return (Message(replaces is null ? PkiBody.TYPE_INIT_REQ : PkiBody.TYPE_KEY_UPDATE_REQ, template, controls), 0);
    }

    private PkiBody EncryptionRequest(CaApplication application, byte[] signingCertificate) => Message(
        PkiBody.TYPE_INIT_REQ, Template(application).Build(),
        new Controls([new AttributeTypeAndValue(ProtocolEncryptionKey, X509CertificateStructure.GetInstance(signingCertificate).TbsCertificate.SubjectPublicKeyInfo)]));

    private CertTemplateBuilder Template(CaApplication application) => new CertTemplateBuilder()
        .SetSubject(CertificateProfiles.Subject(application.Subject) ?? throw new InvalidOperationException("A submitted application has a subject that was refused before."))
        .SetValidity(null, (time.GetUtcNow() + application.Validity).UtcDateTime);

    private static PkiBody Message(int type, CertTemplate template, Controls? controls) => new(
        type, new CertReqMessages(new CertReqMsg(new CertRequest(0, template, controls), new ProofOfPossession(), null)));

    private static CertId IdOf(byte[] certificate)
    {
        var parsed = X509CertificateStructure.GetInstance(certificate);
        return new CertId(new GeneralName(parsed.Issuer), parsed.TbsCertificate.SerialNumber);
    }

    /// <summary>Both lead to the CA's roots, and the key is for the signing key.</summary>
    private Enrolment Judge(byte[] signing, CmpAnswer.Issued encryption, IReadOnlyList<byte[]> certificates)
    {
        var pair = encryption.Response.CertifiedKeyPair;
        var certificate = pair.CertOrEncCert.Certificate.X509v3PKCert.GetDerEncoded();
        if (pair.PrivateKey is not { } key || VendorEnvelope.TryNormalize(key, certificate) is not { } envelope)
        {
            return new Enrolment.Unavailable("no encryption key that can be read");
        }

        return ChainOf(signing, certificates) is { } chain && ChainOf(certificate, certificates) is not null
            ? new Enrolment.Ok(new IssuedCertificates(signing, certificate, envelope, chain))
            : new Enrolment.Unavailable("a certificate that does not lead to the CA's root");
    }

    private IReadOnlyList<byte[]>? ChainOf(byte[] leaf, IReadOnlyList<byte[]> certificates) => VendorChain.Build(leaf, certificates, roots, time.GetUtcNow());

    private static Enrolment Failed(CmpAnswer answer) => answer switch
    {
        CmpAnswer.Rejected(var info, var text) when (info & TheirTrouble) != 0 => new Enrolment.Unavailable(text),
        CmpAnswer.Rejected(var info, _) when (info & BadTemplate) != 0 => new Enrolment.Refused(CaRefusal.BadSubject),
        CmpAnswer.Rejected(var info, _) when (info & BadRequest) != 0 => new Enrolment.Refused(CaRefusal.BadRequest),
        CmpAnswer.Rejected(var info, _) when (info & PkiFailureInfo.DuplicateCertReq) != 0 => new Enrolment.Refused(CaRefusal.Conflict),
        CmpAnswer.Rejected => new Enrolment.Refused(CaRefusal.Other),
        CmpAnswer.Unavailable(var reason) => new Enrolment.Unavailable(reason),
        _ => new Enrolment.Unavailable("an answer to something else"),
    };
}

/// <summary>Where two transactions stand.</summary>
internal sealed record CmpStage(byte[]? SigningCertificate, IReadOnlyList<byte[]> Chain, byte[]? Dialogue)
{
    public static CmpStage Read(byte[]? kept) => kept is null ? new CmpStage(null, [], null) : System.Text.Json.JsonSerializer.Deserialize<CmpStage>(kept) ?? throw new FormatException("A dialogue is null.");

    public byte[] Write() => System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(this);
}
