using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;
using Bzt.Grains.Certificates;
using Bzt.Grains.Sessions;

namespace Bzt.Grains.Platforms;

/// <param name="Holder">Null for a mock phone, which is nobody's.</param>
/// <param name="PastEncryptionSerials">Of the keys before the present one that it still opens with, newest first.</param>
/// <param name="Operations">What its holder may do with it at the platform: of seal, sign, encrypt and decrypt; never empty.</param>
public sealed record BoundCertificate(
    CertificateId Certificate, UserId? Holder, SessionSignerFacts Facts, IReadOnlyList<string> PastEncryptionSerials, IReadOnlyList<SessionKind> Operations)
{
    public bool May(SessionKind operation) => Operations.Contains(operation);
}

/// <summary>
/// The certificates of an enterprise that work at a platform now. Any member who may log in binds one, so no single binding speaks for the enterprise: neither
/// one that is locked or has expired nor one whose holder may only log in stands before the others.
/// </summary>
public static class BoundCertificates
{
    private static readonly SessionKind[] Work = [SessionKind.Seal, SessionKind.Sign, SessionKind.Encrypt, SessionKind.Decrypt];

    /// <summary>More than an enterprise has in use; what is looked at is all there is, since a binding stays when its certificate has ended.</summary>
    private const int Most = 64;
    private const int MostLookedAt = 2000;
    private const int AtOnce = 16;

    /// <summary>
    /// Active ones whose holder may do something there, newest binding first. <see cref="RefusalCode.NotBound"/> when none is bound,
    /// <see cref="RefusalCode.CertificateUnusable"/> when none is active, <see cref="RefusalCode.NotAuthorised"/> when nobody's may do anything.
    /// </summary>
    public static async Task<Reply<IReadOnlyList<BoundCertificate>>> FindAsync(IGrainFactory grains, PlatformId platform, CreditCode enterprise)
    {
        var bindings = await grains.GetGrain<IBindingGrain>(BindingKey.Of(platform, enterprise)).List(MostLookedAt);
        var (found, isActive) = (new List<BoundCertificate>(), false);
        foreach (var some in bindings.Chunk(AtOnce).TakeWhile(_ => found.Count < Most))
        {
            var looked = await Task.WhenAll(some.Select(binding => LookAsync(grains, platform, enterprise, binding.Certificate)));
            found.AddRange(looked.OfType<BoundCertificate>().Where(certificate => certificate.Operations.Count > 0));
            isActive |= looked.Any(certificate => certificate is not null);
        }

        return (bindings.Count, isActive, found.Count) switch
        {
            (0, _, _) => new Refusal(RefusalCode.NotBound),
            (_, false, _) => new Refusal(RefusalCode.CertificateUnusable),
            (_, _, 0) => new Refusal(RefusalCode.NotAuthorised),
            _ => new Done<IReadOnlyList<BoundCertificate>>([.. found.Take(Most)]),
        };
    }

    /// <summary>Whoever has anything to do with the enterprise's bids there, also while his certificate is locked or after it expired.</summary>
    public static async Task<IReadOnlyCollection<UserId>> HoldersAsync(IGrainFactory grains, PlatformId platform, CreditCode enterprise)
    {
        var holders = new HashSet<UserId>();
        foreach (var binding in await grains.GetGrain<IBindingGrain>(BindingKey.Of(platform, enterprise)).List(MostLookedAt))
        {
            if (holders.Count == Most)
            {
                break;
            }

            if (await grains.Certificate(binding.Certificate).GetFacts() is Done<CertificateFacts>({ State: not (CertificateState.Revoked or CertificateState.Abandoned) } facts)
                && (await grains.Enterprise(enterprise).GetUses(facts.Holder, platform)).Any(use => use is SessionKind.Encrypt or SessionKind.Decrypt))
            {
                holders.Add(facts.Holder);
            }
        }

        return holders;
    }

    /// <summary>Null for one that is not active.</summary>
    private static async Task<BoundCertificate?> LookAsync(IGrainFactory grains, PlatformId platform, CreditCode enterprise, CertificateId certificate)
    {
        switch (await grains.Certificate(certificate).GetFacts())
        {
            case Done<CertificateFacts>({ State: CertificateState.Active, Issued: { } issued } facts):
                var uses = await grains.Enterprise(enterprise).GetUses(facts.Holder, platform);
                return new BoundCertificate(
                    certificate, facts.Holder,
                    new SessionSignerFacts(
                        facts.EnterpriseName, facts.CreditCode, issued.SigningSerial, issued.SigningCertificate, issued.EncryptionSerial, issued.EncryptionCertificate, issued.Chain),
                    [.. facts.EncryptionSerials.Where(serial => serial != issued.EncryptionSerial)], [.. Work.Where(uses.Contains)]);
            case Refused<CertificateFacts> when await grains.MockPhones().GetSigner(certificate) is { } mock:
                return new BoundCertificate(certificate, null, mock, [], Work);
            default:
                return null;
        }
    }
}
