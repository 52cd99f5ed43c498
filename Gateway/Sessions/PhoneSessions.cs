using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Gateway.Certificates;
using Bzt.Gateway.Phones;
using Bzt.Gateway.Problems;
using Bzt.Grains;
using Bzt.Grains.Certificates;
using Bzt.Grains.Sessions;

namespace Bzt.Gateway.Sessions;

/// <summary>A session with the caller's certificates that may serve it.</summary>
internal sealed class PhoneSessions(IGrainFactory grains, ICertificateDirectory certificates, TimeProvider clock)
{
    public async Task<PhoneSession> DescribeAsync(Guid sessionId, PhoneSessionView view, Caller caller, CancellationToken cancellation)
    {
        var (eligible, reason) = view.End is null ? await EligibleAsync(view, caller, cancellation) : ([], null);
        return new PhoneSession(
            sessionId, view.Kind, view.State, view.End, view.Platform.Value, view.PlatformName,
            SessionMessages.ToHttp(view.Project), eligible, reason, view.ExpiresAt, clock.GetUtcNow())
        {
            Seals = view.Seals,
            Seal = view.Seal,
            SameDevice = view.SameDevice,
        };
    }

    /// <summary>
    /// Held on this phone, usable, of the platform's recognition group, of the enterprise the session is for, with the keys a bid file is encrypted to, and the
    /// caller's to use there. Says why when there is none.
    /// </summary>
    private async Task<(IReadOnlyList<Guid> Certificates, string? Reason)> EligibleAsync(PhoneSessionView view, Caller caller, CancellationToken cancellation)
    {
        var held = new List<CertificateFacts>();
        foreach (var id in await certificates.OfHolderAsync(caller.UserId, cancellation))
        {
            if (await grains.GetGrain<ICertificateGrain>(id.Value).GetFacts().IfReadableAsync() is Done<CertificateFacts>(var facts) && facts.Holder == caller.UserId && facts.Device == caller.DeviceId)
            {
                held.Add(facts);
            }
        }

        var active = held.Where(facts => facts.State == CertificateState.Active).ToList();
        var ofGroup = active.Where(facts => facts.RecognitionGroup == view.RecognitionGroup && (view.OnlyCertificate is not { } only || only == facts.Certificate)).ToList();
        var ofEnterprise = ofGroup.Where(facts =>
            (view.Enterprise is not { } enterprise || (enterprise.CreditCode == facts.CreditCode && enterprise.Name == facts.EnterpriseName))
            && (view.OnlyFor is not { } bidder || bidder == facts.CreditCode)).ToList();
        var withKeys = ofEnterprise.Where(facts => SessionRecipients.Serves(view.Kind, view.EncryptionSerials, facts.EncryptionSerials)).ToList();
        var (authorised, notAuthorised) = await AuthorisedAsync(view, withKeys, caller);
        string? reason = (active.Count, ofGroup.Count, ofEnterprise.Count, withKeys.Count, authorised.Count) switch
        {
            (0, _, _, _, _) => ErrorCodes.CertificateUnusable,
            (_, 0, _, _, _) => ErrorCodes.CertificateNotEligible,
            (_, _, 0, _, _) => ErrorCodes.EnterpriseMismatch,
            (_, _, _, 0, _) => ErrorCodes.CertificateNotEligible,
            (_, _, _, _, 0) => notAuthorised,
            _ => null,
        };
        return ([.. authorised.Select(facts => facts.Certificate.Value)], reason);
    }

    /// <summary>What its enterprise lets the caller use here, now (M023). The session's grain asks again when it matters.</summary>
    private async Task<(List<CertificateFacts> Authorised, string? Reason)> AuthorisedAsync(PhoneSessionView view, List<CertificateFacts> eligible, Caller caller)
    {
        var authorised = new List<CertificateFacts>();
        string? reason = null;
        foreach (var facts in eligible)
        {
            if (facts.CreditCode is { Value.Length: > 0 } enterprise
                && await grains.Enterprise(enterprise).MayUse(caller.UserId, view.Platform, view.Kind) is Refused<Nothing>(var refusal))
            {
                reason ??= RefusalProblems.CodeOf(refusal);
            }
            else
            {
                authorised.Add(facts);
            }
        }

        return (authorised, reason);
    }
}
