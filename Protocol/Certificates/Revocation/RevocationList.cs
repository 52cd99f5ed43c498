using System.Diagnostics.CodeAnalysis;
using Bzt.Protocol.Primitives;
using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.X509;

namespace Bzt.Protocol.Certificates.Revocation;

/// <summary>A whole revocation list of one issuer (RFC 5280, 5), signed with SM2 and SM3 under the default signer id.</summary>
public sealed class RevocationList
{
    private const string Sm2WithSm3 = "1.2.156.10197.1.501";
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(5);

    /// <summary>A list that does not say when the next is out.</summary>
    private static readonly TimeSpan GoodWithoutEnd = TimeSpan.FromHours(24);

    private readonly Dictionary<string, (DateTimeOffset At, int? Reason)> revoked;

    private RevocationList(DateTimeOffset thisUpdate, DateTimeOffset nextUpdate, Dictionary<string, (DateTimeOffset At, int? Reason)> revoked) =>
        (ThisUpdate, NextUpdate, this.revoked) = (thisUpdate, nextUpdate, revoked);

    /// <summary>When it was made.</summary>
    public DateTimeOffset ThisUpdate { get; }

    /// <summary>When the next is out at the latest.</summary>
    public DateTimeOffset NextUpdate { get; }

    /// <summary>How many it names.</summary>
    public int Count => revoked.Count;

    /// <summary>
    /// Reads a list and proves that it is the issuer's. Deltas, partial and indirect lists, which say so in critical extensions, are refused:
    /// who is missing from them is not therefore good.
    /// </summary>
    public static bool TryParse(byte[] der, Sm2Certificate issuer, [NotNullWhen(true)] out RevocationList? list, out RevocationTrouble trouble)
    {
        ArgumentNullException.ThrowIfNull(der);
        ArgumentNullException.ThrowIfNull(issuer);
        list = null;
        trouble = RevocationTrouble.Malformed;
        try
        {
            var parsed = CertificateList.GetInstance(Asn1Object.FromByteArray(der));
            var tbs = parsed.TbsCertList;
            if (tbs.Extensions?.GetCriticalExtensionOids().Length > 0)
            {
                return false;
            }

            if (!tbs.Issuer.GetDerEncoded().AsSpan().SequenceEqual(issuer.SubjectDer)
                || !MaySignLists(issuer)
                || parsed.SignatureAlgorithm.Algorithm.Id != Sm2WithSm3
                || tbs.Signature.Algorithm.Id != Sm2WithSm3
                || !Sm2Signature.TryParseDer(parsed.GetSignatureOctets(), out var signature)
                || !signature!.Verify(issuer.PublicKey, Sm2Signature.Digest(issuer.PublicKey, tbs.GetDerEncoded())))
            {
                trouble = RevocationTrouble.NotAuthorised;
                return false;
            }

            var revoked = new Dictionary<string, (DateTimeOffset, int?)>(StringComparer.Ordinal);
            foreach (var entry in tbs.GetRevokedCertificateEnumeration())
            {
                var reason = entry.Extensions?.GetExtension(X509Extensions.ReasonCode) is { } extension
                    ? new CrlReason(DerEnumerated.GetInstance(extension.GetParsedValue())).IntValueExact
                    : (int?)null;
                revoked.TryAdd(SerialOf(entry.UserCertificate), (Time(entry.RevocationDate), reason));
            }

            var thisUpdate = Time(tbs.ThisUpdate);
            list = new RevocationList(thisUpdate, tbs.NextUpdate is { } next ? Time(next) : thisUpdate + GoodWithoutEnd, revoked);
            return true;
        }
        catch (Exception malformed) when (malformed is ArgumentException or IOException or FormatException or InvalidCastException or InvalidOperationException or NullReferenceException)
        {
            return false;
        }
    }

    /// <summary>What it says of a certificate of its issuer.</summary>
    public RevocationStatus StatusOf(Sm2Certificate certificate, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        return ThisUpdate > now + Skew || NextUpdate < now - Skew ? new RevocationStatus.Unknown(RevocationTrouble.NotFresh)
            : revoked.TryGetValue(certificate.Serial, out var entry) ? new RevocationStatus.Revoked(entry.At, entry.Reason, ThisUpdate, RevocationSource.List)
            : new RevocationStatus.Good(ThisUpdate, NextUpdate, RevocationSource.List);
    }

    private static bool MaySignLists(Sm2Certificate issuer) =>
        KeyUsage.FromExtensions(X509CertificateStructure.GetInstance(issuer.Der).TbsCertificate.Extensions) is not { } usage || (usage.IntValue & KeyUsage.CrlSign) != 0;

    private static string SerialOf(DerInteger serial) => Convert.ToHexString(serial.Value.ToByteArrayUnsigned());

    private static DateTimeOffset Time(Time time) => new(DateTime.SpecifyKind(time.ToDateTime().ToUniversalTime(), DateTimeKind.Utc));
}
