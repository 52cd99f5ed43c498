using Bzt.Grains.CaVendors;
using Bzt.Protocol.Arithmetic;
using Bzt.Protocol.Certificates;
using Bzt.Protocol.Evidence;
using Bzt.Protocol.Primitives;

namespace Bzt.Grains.Certificates;

/// <summary>What a CA's answer is worth.</summary>
internal abstract record IssuanceVerdict
{
    private IssuanceVerdict()
    {
    }

    public sealed record Good : IssuanceVerdict;

    /// <summary>Not what was asked for; the CA or somebody before it made a mistake.</summary>
    public sealed record NotOurs(string Reason) : IssuanceVerdict;

    /// <summary>Nothing was asked for, or it was answered before.</summary>
    public sealed record NotAwaited : IssuanceVerdict;
}

/// <summary>The CA's answer: checked against key, subject and chain before anything of it is used.</summary>
internal static class IssuanceRules
{
    /// <summary>Whether the CA's answer to that request is still waited for. The download may have begun anew, with another key.</summary>
    public static bool IsAwaited(CertificateRecord record, byte[] request) => record is { RevokedAt: null, HolderRemovedAt: null } && (
        IsRenewal(record, request) || (record.Issued is null && record.Request is { } present && present.AsSpan().SequenceEqual(request)));

    /// <summary>Whether it is the request of the renewal on its way.</summary>
    public static bool IsRenewal(CertificateRecord record, byte[] request) =>
        record.Renewal is { Issued: null, Request: { } present } && present.AsSpan().SequenceEqual(request);

    public static IssuanceVerdict Judge(CertificateRecord record, byte[] request, IssuedCertificates answer, DateTimeOffset now) =>
        !IsAwaited(record, request) ? new IssuanceVerdict.NotAwaited()
        : Fault(record, record.Created!.Subject, answer, now) is { } reason ? new IssuanceVerdict.NotOurs(reason)
        : IsRenewal(record, request) && !KeepsKey(record, answer) ? new IssuanceVerdict.NotOurs("the encryption key, which a renewal keeps")
        : new IssuanceVerdict.Good();

    public static CertificateRecord Apply(CertificateRecord record, CertificateId id, byte[] request, IssuedCertificates answer, DateTimeOffset now)
    {
        var issued = IsRenewal(record, request) ? record with { Renewal = record.Renewal! with { Issued = answer } } : record with { Issued = answer };
        var next = issued.With(
            id, EvidenceKind.Issued, null, null, [Sm3.Hash(answer.SigningCertificate), Sm3.Hash(answer.EncryptionCertificate)], now);
        var outbox = next.Rekeying is { KeysKnown: false } rekeying
            ? next.Outbox.AddErrand(id, CertificateOutbox.RecoverKeys, record.Created!.Ca.Value, new KeyRecoveryOrder(id, rekeying.ApplicationNumber))
            : next.Outbox;
        return next with { Outbox = outbox.AddWakeUp(record.Created!.Holder) };
    }

    /// <summary>
    /// An answer nobody waits for any more, of a certificate that was revoked, or begun anew, while the CA was at it: the CA takes it back.
    /// The state unchanged when it is one of the certificate's own, told once more.
    /// </summary>
    public static CertificateRecord TakeBack(CertificateRecord record, IssuedCertificates answer)
    {
        IEnumerable<byte[]?> own = [record.Issued?.SigningCertificate, record.Renewal?.Issued?.SigningCertificate, .. record.Past.Select(past => past.SigningCertificate)];
        return record.Created is { } created && Sm2Certificate.TryParse(answer.SigningCertificate, out var unwanted)
            && !own.Any(known => known is not null && known.AsSpan().SequenceEqual(answer.SigningCertificate))
                ? record with { Outbox = record.Outbox.AddRevocation(created.Ca, unwanted.Serial) }
                : record;
    }

    private static bool KeepsKey(CertificateRecord record, IssuedCertificates answer) =>
        Sm2Certificate.TryParse(answer.EncryptionCertificate, out var renewed) && renewed.PublicKey == record.EncryptionCertificate!.PublicKey;

    private static string? Fault(CertificateRecord record, CertificateSubject subject, IssuedCertificates answer, DateTimeOffset now)
    {
        // 1. Two certificates of our world, each for its use.
        if (!Sm2Certificate.TryParse(answer.SigningCertificate, out var signing) || !Sm2Certificate.TryParse(answer.EncryptionCertificate, out var encryption))
        {
            return "a certificate does not parse";
        }

        if (!signing.MaySign || !encryption.MayEncrypt)
        {
            return "a certificate's key usage";
        }

        // 2. Our key, and not the same one twice.
        if (!Point.TryDecode(record.Shares!.PublicKey, out var ours) || signing.PublicKey != ours || encryption.PublicKey == ours)
        {
            return "the certified key";
        }

        // 3. Our holder.
        if (!signing.SubjectDer.AsSpan().SequenceEqual(encryption.SubjectDer)
            || signing.CommonName != subject.CommonName
            || (subject.Organization is not null && signing.Organization != subject.Organization)
            || (subject.CreditCode is not null && !signing.NamesCreditCode(subject.CreditCode)))
        {
            return "the subject";
        }

        // 4. A path to the root the CA's adapter vouches for, valid now.
        foreach (var certificate in (Sm2Certificate[])[signing, encryption])
        {
            if (answer.Chain.Count == 0 || Sm2CertificatePath.Verify(certificate, answer.Chain, [answer.Chain[^1]], now) is not PathFault.None)
            {
                return "the path to the root";
            }
        }

        // 5. The envelope holds the certified encryption key.
        return Bzt.Protocol.Primitives.Sm2EnvelopedKey.TryParse(answer.EncryptionEnvelope, out var envelope) && envelope!.PublicKey == encryption.PublicKey ? null : "the envelope";
    }
}
