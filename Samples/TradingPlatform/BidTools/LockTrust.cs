using System.Security.Cryptography;
using Bzt.Documents.Certificates;
using Bzt.Documents.Seals;
using Bzt.Protocol.Certificates;
using Microsoft.Extensions.Options;
using Org.BouncyCastle.Security;
using Org.BouncyCastle.X509;

namespace Bzt.Samples.TradingPlatform.BidTools;

/// <summary>Why a CA lock's certificate does not log in. The names are told to the bid tool.</summary>
internal enum LockFault
{
    None,
    LockUntrusted,
    LockExpired,
    LockRevoked,
    LockUnfit,
}

/// <summary>
/// The CAs whose locks this platform accepts: certificates (<c>.cer .crt .pem</c>) and revocation lists (<c>.crl</c>) in one folder, read at each use, so that a
/// new list needs no restart. A CA that has a list there answers by it only: one that is out of date lets nobody in.
/// </summary>
internal sealed class LockTrust(IOptions<PlatformOptions> options, TimeProvider clock)
{
    /// <param name="certificate">The lock's, DER.</param>
    /// <param name="others">What came along.</param>
    public (LockFault Fault, LockCertificate? Certificate) Judge(byte[] certificate, IReadOnlyList<byte[]> others)
    {
        if (!LockCertificate.TryParse(certificate, out var parsed))
        {
            return (LockFault.LockUnfit, null);
        }

        var now = clock.GetUtcNow();
        var authorities = Files(".cer", ".crt", ".pem").Select(ReadCertificate).OfType<X509Certificate>().ToList();
        var roots = authorities.Where(authority => authority.IssuerDN.Equivalent(authority.SubjectDN, true)).Select(authority => authority.GetEncoded()).ToList();
        var path = SignerPath.Build(certificate, [.. others, .. authorities.Select(authority => authority.GetEncoded())], roots, now);
        return (path.Fault switch
        {
            PathFault.None when parsed.IsAuthority || !parsed.MaySign => LockFault.LockUnfit,
            PathFault.None => IsRevoked(path.Certificates, now) ? LockFault.LockRevoked : LockFault.None,
            PathFault.NotValidNow => LockFault.LockExpired,
            _ => LockFault.LockUntrusted,
        }, parsed);
    }

    private bool IsRevoked(IReadOnlyList<byte[]> path, DateTimeOffset now)
    {
        var lists = Files(".crl").Select(file => new X509CrlParser().ReadCrl(file)).OfType<X509Crl>().ToList();
        var parser = new X509CertificateParser();
        for (var i = 0; i + 1 < path.Count; i++)
        {
            var (subject, issuer) = (parser.ReadCertificate(path[i]), parser.ReadCertificate(path[i + 1]));
            var own = lists.Where(list => list.IssuerDN.Equivalent(issuer.SubjectDN, true)).ToList();
            var good = own.Where(list => IsGood(list, issuer, now)).ToList();

            // An older list that is still in date does not unsay a newer one.
            if (own.Count > 0 && (good.Count == 0 || good.Any(list => list.IsRevoked(subject))))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsGood(X509Crl list, X509Certificate issuer, DateTimeOffset now)
    {
        try
        {
            list.Verify(issuer.GetPublicKey());
            return list.NextUpdate is not { } next || next.ToUniversalTime() >= now.UtcDateTime;
        }
        catch (Exception exception) when (exception is GeneralSecurityException or CryptographicException)
        {
            return false;
        }
    }

    private static X509Certificate? ReadCertificate(byte[] file) => new X509CertificateParser().ReadCertificate(file);

    private IEnumerable<byte[]> Files(params string[] extensions) => options.Value.LockRoots is { Length: > 0 } folder && Directory.Exists(folder)
        ? Directory.EnumerateFiles(folder).Where(file => extensions.Contains(Path.GetExtension(file))).Order(StringComparer.Ordinal).Select(File.ReadAllBytes)
        : [];
}
