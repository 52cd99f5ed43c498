using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Bzt.Contracts.Platforms;
using Bzt.Protocol.Forms;
using Bzt.Samples.TradingPlatform.Data;
using Microsoft.Extensions.Options;

namespace Bzt.Samples.TradingPlatform.BidTools;

/// <summary>A bid tool that was given a challenge for its CA lock.</summary>
internal sealed record LockChallenge(string Id, string TenderId, string ToolKeyThumbprint, string Visitor, byte[] Value, DateTimeOffset ExpiresAt)
{
    /// <summary>What the form must hold: the challenge for just that tool's key. A tool that answers for another platform's server signs for itself.</summary>
    public byte[] ForTool() => SHA256.HashData([.. Value, .. Encoding.ASCII.GetBytes(ToolKeyThumbprint)]);
}

/// <summary>What the tool answers a challenge with.</summary>
/// <param name="Form">The login form that was signed; the one a phone would have signed.</param>
/// <param name="Signature">SM2 and ECDSA r‖s, RSA PKCS #1 v1.5 with SHA-256.</param>
/// <param name="Certificates">The signing certificate first, then those above it that lie on the lock.</param>
internal sealed record LockAnswer(byte[] Form, byte[] Signature, IReadOnlyList<byte[]> Certificates);

/// <summary>
/// 登录 with a CA lock, the older way beside the QR: the certificate's chain, its revocation, its key under our challenge, and the enterprise's account.
/// A challenge is answered once, whatever the answer.
/// </summary>
internal sealed class LockLogin(LockTrust trust, AccountStore accounts, IOptions<PlatformOptions> options, TimeProvider clock)
{
    private const int MostChallenges = 10_000, MostOfVisitor = 50, MostCertificates = 8, MostOctets = 16 * 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<string, LockChallenge> challenges = new(StringComparer.Ordinal);

    /// <summary>Null when too many are open, or of this visitor.</summary>
    public LockChallenge? Challenge(string tenderId, string toolKeyThumbprint, string visitor)
    {
        var (now, own) = (clock.GetUtcNow(), 0);
        foreach (var (id, old) in challenges)
        {
            if (old.ExpiresAt < now)
            {
                challenges.TryRemove(id, out _);
            }
            else if (old.Visitor == visitor)
            {
                own++;
            }
        }

        if (challenges.Count >= MostChallenges || own >= MostOfVisitor)
        {
            return null;
        }

        var challenge = new LockChallenge(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)), tenderId, toolKeyThumbprint, visitor, RandomNumberGenerator.GetBytes(32), now + Patience);
        challenges[challenge.Id] = challenge;
        return challenge;
    }

    /// <summary>The challenge of that name, which nobody gets again.</summary>
    public LockChallenge? Take(string id) => challenges.TryRemove(id, out var challenge) && challenge.ExpiresAt >= clock.GetUtcNow() ? challenge : null;

    /// <summary>Which registered enterprise the lock logs in, in its certificate's words, or why none.</summary>
    public (EnterpriseInfo? Enterprise, string End) Check(LockChallenge challenge, LockAnswer answer)
    {
        if (answer is not { Form: not null, Signature: not null, Certificates: { Count: > 0 and <= MostCertificates } } || answer.Certificates.Any(der => der is not { Length: > 0 and <= MostOctets })
            || !SigningForm.TryDecode(new SigningDocument(SigningFormKind.Login, answer.Form), out var decoded) || decoded is not LoginForm form)
        {
            return (null, "Malformed");
        }

        var (fault, certificate) = trust.Judge(answer.Certificates[0], [.. answer.Certificates.Skip(1)]);
        if (fault != LockFault.None)
        {
            return (null, fault.ToString());
        }

        var now = clock.GetUtcNow();
        var holds = form.PlatformId == options.Value.Bzt.ClientId
            && form.Purpose == LoginPurpose.Login
            && CryptographicOperations.FixedTimeEquals(form.Challenge, challenge.ForTool())
            && form.ExpiresAt >= now
            && form.CreditCode == certificate!.CreditCode
            && form.EnterpriseName == certificate.Name
            && form.CertificateSerial == certificate.Serial
            && certificate.Verify(form.Content, answer.Signature);
        return !holds ? (null, "LockSignature")
            : accounts.IsRegistered(form.CreditCode) ? (new EnterpriseInfo(form.EnterpriseName, form.CreditCode), nameof(SessionEnd.Ok))
            : (null, "NotRegistered");
    }
}
