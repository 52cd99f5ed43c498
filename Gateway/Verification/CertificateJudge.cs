using System.Text.RegularExpressions;
using Bzt.Contracts.Platforms;
using Bzt.Documents.Seals;
using Bzt.Protocol.Certificates;
using Bzt.Protocol.Certificates.Revocation;

namespace Bzt.Gateway.Verification;

/// <summary>What a certificate is worth at a time: its way to a root we know, whose it is, whether it was revoked.</summary>
internal sealed partial class CertificateJudge(TrustedAuthorities authorities, RevocationChecker revocation)
{
    /// <param name="certificate">In question, DER.</param>
    /// <param name="others">Certificates that came along.</param>
    /// <param name="at">The time to judge for.</param>
    /// <param name="group">The caller's recognition group.</param>
    /// <param name="forSigning">Whether it has to be one that may sign.</param>
    /// <param name="cancellation">The caller has gone.</param>
    public async Task<VerifyResult> JudgeAsync(byte[] certificate, IEnumerable<byte[]> others, DateTimeOffset at, string group, bool forSigning, CancellationToken cancellation)
    {
        if (!Sm2Certificate.TryParse(certificate, out var parsed))
        {
            return new VerifyResult(false, at, PathVerdict.Malformed);
        }

        var known = await authorities.GetAsync();
        var path = SignerPath.Build(
            certificate, others.Concat(known.SelectMany(authority => authority.Intermediates)), [.. known.SelectMany(authority => authority.Roots)], at);
        var result = new VerifyResult(false, at, forSigning && path is { Fault: PathFault.None, MaySign: false } ? PathVerdict.NotForSigning : ToHttp(path.Fault))
        {
            Certificate = new VerifiedCertificate(
                parsed.Serial, parsed.Organization ?? parsed.CommonName ?? string.Join(' ', parsed.SubjectTexts), CreditCodeOf(parsed), parsed.NotBefore, parsed.NotAfter),
        };

        // Addresses are asked because the CA wrote them: without a path to one we know there is nobody to ask.
        if (path.Fault != PathFault.None)
        {
            return result;
        }

        var authority = known.First(candidate => candidate.Roots.Any(root => root.AsSpan().SequenceEqual(path.Certificates[^1])));
        var status = await CheckAsync(path.Certificates, cancellation);
        return result with
        {
            Valid = result.Path == PathVerdict.Good && status.Status == RevocationVerdict.Good,
            Authority = new VerifiedAuthority(authority.Ca.Value, authority.Name, authority.Groups.Contains(group)),
            Revocation = status,
        };
    }

    /// <summary>The certificate itself, then those above it as far as they name where to ask: the worst word counts.</summary>
    private async Task<VerifiedRevocation> CheckAsync(IReadOnlyList<byte[]> path, CancellationToken cancellation)
    {
        VerifiedRevocation? own = null;
        for (var i = 0; i + 1 < path.Count; i++)
        {
            if (!Sm2Certificate.TryParse(path[i], out var certificate) || !Sm2Certificate.TryParse(path[i + 1], out var issuer))
            {
                throw new InvalidOperationException("A proven path holds certificates.");
            }

            var status = ToHttp(await revocation.CheckAsync(certificate, issuer, cancellation));
            own ??= status;
            if (status.Status == RevocationVerdict.Revoked || (status.Status == RevocationVerdict.Unknown && status.Why != NoAddress))
            {
                return status;
            }
        }

        return own ?? new VerifiedRevocation(RevocationVerdict.Unknown, null, null, null, NoAddress);
    }

    private const string NoAddress = "no_address";

    private static VerifiedRevocation ToHttp(RevocationStatus status) => status switch
    {
        RevocationStatus.Good(var asOf, _, _) => new(RevocationVerdict.Good, asOf, null, null, null),
        RevocationStatus.Revoked(var revokedAt, var reason, var asOf, _) => new(RevocationVerdict.Revoked, asOf, revokedAt, reason, null),
        RevocationStatus.Unknown(var why) => new(RevocationVerdict.Unknown, null, null, null, System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(why.ToString())),
        _ => throw new InvalidOperationException($"A status of type {status.GetType()}."),
    };

    private static PathVerdict ToHttp(PathFault fault) => fault switch
    {
        PathFault.None => PathVerdict.Good,
        PathFault.UntrustedRoot => PathVerdict.UntrustedRoot,
        PathFault.BrokenLink => PathVerdict.BrokenLink,
        PathFault.NotAuthority => PathVerdict.NotAuthority,
        PathFault.NotValidNow => PathVerdict.NotValidThen,
        PathFault.Malformed => PathVerdict.Malformed,
        _ => throw new InvalidOperationException($"A path fault {fault}."),
    };

    /// <summary>From the extension of GB/T 20518 for it, or wherever in the subject vendors put it.</summary>
    internal static string? CreditCodeOf(Sm2Certificate certificate) =>
        certificate.CreditCode ?? certificate.SubjectTexts.FirstOrDefault(text => CreditCode().IsMatch(text) && Grains.Enterprises.CreditCodes.TryParse(text, out _));

    [GeneratedRegex("^[0-9A-HJ-NPQRTUWXY]{18}$")]
    private static partial Regex CreditCode();
}
