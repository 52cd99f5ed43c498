using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Bzt.Grains.CaVendors.Embedded;
using Bzt.Grains.Foundations;
using Bzt.Protocol;
using Bzt.Protocol.Arithmetic;
using Bzt.Protocol.Primitives;
using Bzt.Protocol.Secrets;
using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Pkcs;
using Org.BouncyCastle.X509;

namespace Bzt.Grains.CaVendors;

/// <summary>
/// A whole CA with key management, as pure functions over <see cref="EmbeddedCaState"/>: whoever holds the state stores the new one
/// before answering. A holder's grain hands in its own files alone; what is unique among all holders it has to see to itself. Nothing is issued that a reviewer has not approved; an application is used once.
/// </summary>
public sealed partial class EmbeddedCa(IKeyProtector protector, EmbeddedCaOptions options, IRandomSource random)
{
    const string AuthorityPurpose = "embedded-ca/authority-key";
    const string EscrowPurpose = "embedded-ca/escrowed-key";
    static readonly DerObjectIdentifier Sm3WithSm2 = new("1.2.156.10197.1.501");
    static readonly TimeSpan LongestValidity = TimeSpan.FromDays((5 * 366) + 31);

    /// <summary>A new CA: root and issuing authority.</summary>
    public EmbeddedCaState Create(string id, DateTimeOffset now)
    {
        now = ToSecond(now);
        using var rootKey = NewKey(out var rootPoint);
        using var issuingKey = NewKey(out var issuingPoint);
        var (rootSigner, rootPublic) = (Sm2Keys.Private(rootKey.Span), Sm2Keys.Public(rootPoint));
        var root = CertificateProfiles.Root(Name("根证书"), rootPublic, rootSigner, NewSerialNumber(), now, random);
        var issuing = CertificateProfiles.Issuing(Name("签发证书"), Sm2Keys.Public(issuingPoint), root, rootSigner, NewSerialNumber(), now, random);
        return new(
            id,
            new(root.GetEncoded(), protector.Protect(AuthorityPurpose, AuthorityData(id, "root"), rootKey.Span)),
            new(issuing.GetEncoded(), protector.Protect(AuthorityPurpose, AuthorityData(id, "issuing"), issuingKey.Span)),
            ImmutableDictionary<string, CaFile>.Empty,
            [],
            ImmutableDictionary<string, CertificateRevocation>.Empty);
    }

    public (EmbeddedCaState State, CaSubmission Result) Submit(EmbeddedCaState state, CaApplication application)
    {
        if (state.Files.TryGetValue(application.Number, out var known))
        {
            return (state, known.Application == application ? new CaSubmission.Ok() : new CaSubmission.Refused(CaRefusal.Conflict));
        }

        if (CertificateProfiles.Subject(application.Subject) is null || !CertificateProfiles.IsVisible(application.Subject) || application.Validity < TimeSpan.FromDays(1) || application.Validity > LongestValidity)
        {
            return (state, new CaSubmission.Refused(CaRefusal.BadSubject));
        }

        var hasKeys = state.Escrow.Exists(key => key.Holder == application.Holder);
        if (hasKeys == (application.Kind == CaApplicationKind.New))
        {
            return (state, new CaSubmission.Refused(hasKeys ? CaRefusal.Conflict : CaRefusal.Unknown));
        }

        return (state with { Files = state.Files.Add(application.Number, new(application, CaFileStatus.Submitted, null, null)) }, new CaSubmission.Ok());
    }

    /// <summary>The reviewer's word, final: the same word again changes nothing, another one is a conflict.</summary>
    /// <param name="rejectionReason">Null approves.</param>
    public static (EmbeddedCaState State, CaReview Result) Decide(EmbeddedCaState state, string applicationNumber, string? rejectionReason)
    {
        if (!state.Files.TryGetValue(applicationNumber, out var file))
        {
            return (state, new CaReview.Refused(CaRefusal.Unknown));
        }

        var decided = file with { Status = rejectionReason is null ? CaFileStatus.Approved : CaFileStatus.Rejected, RejectionReason = rejectionReason };
        return file.Status == CaFileStatus.Submitted
            ? (state with { Files = state.Files.SetItem(applicationNumber, decided) }, Answer(decided))
            : (state, decided == file ? Answer(file) : new CaReview.Refused(CaRefusal.Conflict));
    }

    public static CaReview Review(EmbeddedCaState state, string applicationNumber) =>
        state.Files.TryGetValue(applicationNumber, out var file) ? Answer(file) : new CaReview.Refused(CaRefusal.Unknown);

    public (EmbeddedCaState State, CaIssuance Result) Issue(EmbeddedCaState state, string applicationNumber, byte[] certificationRequest, DateTimeOffset now)
    {
        now = ToSecond(now);

        // 1. An approved application.
        if (!state.Files.TryGetValue(applicationNumber, out var file))
        {
            return (state, new CaIssuance.Refused(CaRefusal.Unknown));
        }

        if (file.Status != CaFileStatus.Approved)
        {
            return (state, new CaIssuance.Refused(CaRefusal.NotApproved));
        }

        // 2. Proof of possession; nothing else of the request is used.
        if (ProvenKey(certificationRequest) is not { } signingKey)
        {
            return (state, new CaIssuance.Refused(CaRefusal.BadRequest));
        }

        // 3. An application is used once; asked again for the same key, the answer is the same.
        if (file.Issued is { } issued)
        {
            return (state, issued.SigningKey.AsSpan().SequenceEqual(signingKey)
                ? new CaIssuance.Ok(issued.Certificates)
                : new CaIssuance.Refused(CaRefusal.Conflict));
        }

        // 4. The holder is looked at again: another application or a revocation may have come between. What was revoked is neither
        //    renewed nor recovered, as its owner was told.
        var application = file.Application;
        var current = Current(state, application.Holder);
        var keepsEncryptionKey = application.Kind is CaApplicationKind.Renew or CaApplicationKind.Recover;
        if ((current is null) != (application.Kind == CaApplicationKind.New)
            || (keepsEncryptionKey && state.Revoked.ContainsKey(current!.SigningSerialNumber)))
        {
            return (state, new CaIssuance.Refused(CaRefusal.Conflict));
        }

        // 5. A renewal keeps the holder's signing key; any other kind brings one never certified before.
        var keyAllowed = application.Kind == CaApplicationKind.Renew
            ? current!.SigningKey.AsSpan().SequenceEqual(signingKey)
            : !state.Files.Values.Any(other => other.Issued is { } issue && issue.SigningKey.AsSpan().SequenceEqual(signingKey));
        if (!keyAllowed)
        {
            return (state, new CaIssuance.Refused(CaRefusal.WrongKey));
        }

        // 6. The end must be within the issuing authority's own.
        var from = application.Kind == CaApplicationKind.Renew && current!.NotAfter > now ? current.NotAfter : now;
        var notAfter = from + application.Validity;
        var issuer = new X509Certificate(state.Issuing.Certificate);
        if (notAfter.UtcDateTime > issuer.NotAfter)
        {
            return (state, new CaIssuance.Refused(CaRefusal.BadSubject));
        }

        // 7. The encryption key: the holder's, or a new one into escrow.
        var escrowed = keepsEncryptionKey ? state.Escrow.Find(key => key.Id == current!.EscrowId)! : NewEscrowedKey(state.Id, application.Holder);

        // 8. Both certificates and the envelope.
        var issue = Certify(state, application, signingKey, escrowed, issuer, now, notAfter);
        var revoked = application.Kind == CaApplicationKind.Recover
            ? Revoke(state.Revoked, current!.SigningSerialNumber, new(now, RevocationReason.Superseded))
            : state.Revoked;
        return (
            state with
            {
                Files = state.Files.SetItem(applicationNumber, file with { Issued = issue }),
                Escrow = keepsEncryptionKey ? state.Escrow : state.Escrow.Add(escrowed),
                Revoked = revoked,
            },
            new CaIssuance.Ok(issue.Certificates));
    }

    /// <summary>
    /// Every encryption key of the holder, sealed to the signing key the application brought; without those whose certificate was revoked,
    /// which nobody gets again.
    /// </summary>
    public CaKeyRecovery RecoverKeys(EmbeddedCaState state, string applicationNumber)
    {
        if (!state.Files.TryGetValue(applicationNumber, out var file))
        {
            return new CaKeyRecovery.Refused(CaRefusal.Unknown);
        }

        // Only to the holder's current signing key: an older application must not fetch keys for a phone that was lost.
        if (file.Issued is not { } issue || Current(state, file.Application.Holder) != issue || state.Revoked.ContainsKey(issue.SigningSerialNumber))
        {
            return new CaKeyRecovery.Refused(CaRefusal.NotApproved);
        }

        var newest = Issues(state, file.Application.Holder).GroupBy(past => past.EscrowId).ToDictionary(group => group.Key, group => group.Last());
        return new CaKeyRecovery.Ok([.. state.Escrow
            .Where(key => newest.TryGetValue(key.Id, out var past) && !state.Revoked.ContainsKey(past.EncryptionSerialNumber))
            .Select(key => new RecoveredKey(newest[key.Id].Certificates.EncryptionCertificate, Envelope(state.Id, key, issue.SigningKey)))]);
    }

    CaIssue Certify(EmbeddedCaState state, CaApplication application, byte[] signingKey, EscrowedKey escrowed, X509Certificate issuer, DateTimeOffset now, DateTimeOffset notAfter)
    {
        using var key = protector.Unprotect(AuthorityPurpose, AuthorityData(state.Id, "issuing"), state.Issuing.ProtectedKey);
        var signer = Sm2Keys.Private(key.Span);
        var subject = CertificateProfiles.Subject(application.Subject) ?? throw new InvalidOperationException("A submitted application has a subject that was refused before.");
        var (signingSerial, encryptionSerial) = (NewSerialNumber(), NewSerialNumber());
        var receiver = Sm2Keys.Public(signingKey);
        var publicUrl = options.PublicUrl ?? throw new InvalidOperationException("EmbeddedCa:PublicUrl is not set.");
        var signing = CertificateProfiles.Holder(subject, application.Subject, receiver, encryption: false, issuer, signer, signingSerial, now, notAfter, publicUrl, random);
        var encryption = CertificateProfiles.Holder(subject, application.Subject, Sm2Keys.Public(escrowed.PublicKey), encryption: true, issuer, signer, encryptionSerial, now, notAfter, publicUrl, random);
        var sequence = state.Files.Values.LongCount(file => file.Issued is not null) + 1;
        return new(sequence, signingKey, signingSerial, encryptionSerial, escrowed.Id, now, notAfter, new(
            signing.GetEncoded(),
            encryption.GetEncoded(),
            Envelope(state.Id, escrowed, signingKey),
            [state.Issuing.Certificate, state.Root.Certificate]));
    }

    byte[] Envelope(string id, EscrowedKey escrowed, byte[] signingKey)
    {
        using var opened = protector.Unprotect(EscrowPurpose, EscrowData(id, escrowed.Id, escrowed.Holder), escrowed.ProtectedKey);
        if (!Scalar.TryDecode(opened.Span, out var scalar) || !Point.TryDecode(signingKey, out var receiver))
        {
            throw new InvalidDataException($"Escrowed key {escrowed.Id} or the key it goes to is not one.");
        }

        using var key = new SecretScalar(scalar);
        return Sm2EnvelopedKey.Build(receiver, key, random);
    }

    EscrowedKey NewEscrowedKey(string id, string holder)
    {
        var keyId = new Guid(random.Bytes(16));
        using var key = NewKey(out var point);
        return new(keyId, holder, point, protector.Protect(EscrowPurpose, EscrowData(id, keyId, holder), key.Span));
    }

    SecretScalar NewKey(out byte[] point)
    {
        var key = SecretScalar.Random(random);
        point = Sm2Group.MultiplyBase(key.Value).Encode();
        return key;
    }

    // 126 random bits; sixteen bytes in DER, always.
    string NewSerialNumber()
    {
        var bytes = random.Bytes(16);
        bytes[0] = (byte)((bytes[0] & 0x3F) | 0x40);
        return Convert.ToHexString(bytes);
    }

    /// <summary>Whether it is of the form of those.</summary>
    internal static bool MayBeSerialNumber(Org.BouncyCastle.Math.BigInteger number) => number is { SignValue: > 0, BitLength: 127 };

    X509Name Name(string commonName) => new(
        new List<DerObjectIdentifier> { X509Name.C, X509Name.O, X509Name.CN },
        new List<string> { "CN", options.Organization, $"{options.Organization} {commonName}" });

    /// <summary>The key of a well-formed SM2 request whose signature (SM3, default id) verifies under it.</summary>
    internal static byte[]? ProvenKey(byte[] der)
    {
        try
        {
            var request = new Pkcs10CertificationRequest(der);
            return request.SignatureAlgorithm.Algorithm.Equals(Sm3WithSm2)
                && request.GetEncoded().AsSpan().SequenceEqual(der)
                && request.GetPublicKey() is ECPublicKeyParameters key && Sm2Keys.IsSm2(key) && request.Verify()
                    ? key.Q.GetEncoded(compressed: false)
                    : null;
        }
        catch (Exception malformed) when (malformed is not OutOfMemoryException)
        {
            // BouncyCastle's parsers let out whatever they met: of a stranger's bytes all of it means malformed.
            return null;
        }
    }

    static IEnumerable<CaIssue> Issues(EmbeddedCaState state, string holder) => state.Files.Values
        .Where(file => file.Application.Holder == holder && file.Issued is not null)
        .Select(file => file.Issued!)
        .OrderBy(issue => issue.Sequence);

    static CaIssue? Current(EmbeddedCaState state, string holder) => Issues(state, holder).LastOrDefault();

    static CaReview Answer(CaFile file) => file.Status switch
    {
        CaFileStatus.Submitted => new CaReview.Pending(),
        CaFileStatus.Approved => new CaReview.Approved(),
        _ => new CaReview.Rejected(file.RejectionReason ?? ""),
    };

    static byte[] AuthorityData(string id, string role) => Encoding.UTF8.GetBytes($"{id}/{role}");

    static byte[] EscrowData(string id, Guid keyId, string holder) => Encoding.UTF8.GetBytes($"{id}/{keyId:N}/{holder}");

    static DateTimeOffset ToSecond(DateTimeOffset moment) => DateTimeOffset.FromUnixTimeSeconds(moment.ToUnixTimeSeconds());
}
