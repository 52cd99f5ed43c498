using System.Collections.Concurrent;
using Bzt.Contracts.Platforms;
using Bzt.Protocol.Forms;
using Bzt.Protocol.Phone;
using Bzt.Protocol.Rounds;
using Bzt.Protocol.Wire;

namespace Bzt.Contracts.Phone;

// 会话签章 from tick to end: bounds are confirmed with the PIN, paused, resumed, ended. What comes in it: PhoneClient.SealingRequests.cs.
public sealed partial class PhoneClient
{
    /// <summary>
    /// How far the end that is signed may lie beyond what was ticked by this phone's clock: clocks of phones are wrong. It does not keep anything
    /// open: the share goes when the ticked minutes have run, by a clock that nobody sets.
    /// </summary>
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<Guid, SealingPhones> sessionsOfKeys = new();
    private readonly ConcurrentDictionary<Guid, OpenSealing> openSealings = new();

    /// <summary>Whether this phone holds the opened share of an automatic session in memory. It is gone when the app starts again.</summary>
    public bool IsSealingSessionOpen(Guid sealingSessionId) => openSealings.TryGetValue(sealingSessionId, out var open) && !open.IsOver;

    /// <summary>The caller's sealing sessions, newest first, ended ones too.</summary>
    public Task<IReadOnlyList<SealingSessionInfo>> GetSealingSessionsAsync(CancellationToken cancellation = default) => RepeatAsync(
        () => http.GetAsync(Routes.Phone.SealingSessions, BztJson.Default.IReadOnlyListSealingSessionInfo, cancellation), cancellation);

    /// <summary>One with its log.</summary>
    public Task<SealingSessionInfo> GetSealingSessionAsync(Guid sealingSessionId, CancellationToken cancellation = default)
    {
        var path = SealingRoute(Routes.Phone.SealingSession, sealingSessionId);
        return RepeatAsync(() => http.GetAsync(path, BztJson.Default.SealingSessionInfo, cancellation), cancellation);
    }

    /// <summary>
    /// As at the start of the app: automatic sessions of this phone whose opened share went with the last run are paused, so that PC and user see it;
    /// 「会话已暂停，输入PIN码继续」 is <see cref="ResumeSealingSessionAsync"/>. Answers those that are not over.
    /// </summary>
    public async Task<IReadOnlyList<SealingSessionInfo>> RecoverSealingSessionsAsync(CancellationToken cancellation = default)
    {
        var device = RequireLogin().DeviceId;
        var found = new List<SealingSessionInfo>();
        foreach (var session in (await GetSealingSessionsAsync(cancellation)).Where(session => session.End is null))
        {
            found.Add(session is { Automatic: true, State: SealingSessionState.Running } && session.DeviceId == device && !IsSealingSessionOpen(session.SealingSessionId)
                ? await PauseSealingSessionAsync(session.SealingSessionId, cancellation)
                : session);
        }

        return found;
    }

    /// <summary>
    /// 「建立会话（自动接收扫码请求，无需重复扫码）」 ticked: one PIN entry confirms the opened request and signs the session's bounds, exactly those of
    /// <paramref name="wish"/>. After <see cref="PinOutcome.WrongPin"/> it may be called again with the same wish. With automatic confirmation the phone holds
    /// the opened share from here on: call <see cref="AnswerSealingSessionAsync"/> at every <see cref="PhoneWakeUp.Session"/>.
    /// </summary>
    /// <exception cref="ApiRefusedException">The request cannot have one (<see cref="ErrorCodes.SealingSessionNotOffered"/>,
    /// <see cref="ErrorCodes.SealingSessionTooMany"/>); nothing was confirmed.</exception>
    public async Task<SealingConfirmation> ConfirmWithSealingSessionAsync(
        OpenedRequest request, SealingSessionRequest wish, string pin, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(wish);
        var path = Route(Routes.Phone.SessionSealing, "sessionId", request.Session.SessionId);
        var begun = time.GetUtcNow();
        var asked = await RepeatAsync(
            () => http.PostAsync(path, wish, BztJson.Default.SealingSessionRequest, BztJson.Default.SealingSessionInfo, cancellation), cancellation);
        if (wish.CertificateId != request.CertificateId || !IsWhatWasTicked(asked, wish, request.Session))
        {
            return new(new PinOutcome.Failed(nameof(ProtocolFailure.BindingMismatch)), null, asked);
        }

        // From here on the bounds are this phone's own; what the server says of them later counts for nothing.
        var own = wish.Automatic ? await UpdateOwnAsync(wish.CertificateId, own => own.Begin(asked.Bounds, TimeSpan.FromMinutes(wish.Minutes), begun)) : null;
        if (wish.Automatic && own is null)
        {
            return new(new PinOutcome.Failed(nameof(ProtocolFailure.BindingMismatch)), null, asked);
        }

        using var held = await HoldAsync(request.Key, pin);
        var confirmed = PinOutcomes.Of(await ProveAsync(request.Key, held, request.ConfirmAsync, cancellation));
        if (confirmed is not PinOutcome.Done)
        {
            return new(confirmed, null, asked);
        }

        var signed = await SignBoundsAsync(wish.CertificateId, wish.SealingSessionId, asked.Bounds.ToBeginning(), own, held, cancellation);
        return new(confirmed, signed, await GetSealingSessionAsync(wish.SealingSessionId, cancellation));
    }

    /// <summary>Forgets the opened share; requests wait until it is resumed.</summary>
    public async Task<SealingSessionInfo> PauseSealingSessionAsync(Guid sealingSessionId, CancellationToken cancellation = default)
    {
        Forget(sealingSessionId);
        return await PostSealingAsync(Routes.Phone.SealingSessionPause, sealingSessionId, cancellation);
    }

    /// <summary>
    /// 「输入PIN码继续」, within the bounds this phone holds of it. A wrong PIN counts, and leaves it paused. One that was not begun on this phone, or whose
    /// time or count is over by its own word, ends.
    /// </summary>
    public async Task<PinOutcome> ResumeSealingSessionAsync(Guid sealingSessionId, string pin, CancellationToken cancellation = default)
    {
        var session = await PauseSealingSessionAsync(sealingSessionId, cancellation);
        if (session.State != SealingSessionState.Paused)
        {
            return new PinOutcome.Ended();
        }

        var own = await UpdateOwnAsync(session.CertificateId, own => own.Find(sealingSessionId));
        if (own is null || own.IsOver(time.GetUtcNow()))
        {
            await EndSealingSessionAsync(sealingSessionId, cancellation);
            return new PinOutcome.Ended();
        }

        var operation = Guid.CreateVersion7();
        var path = SealingRoute(Routes.Phone.SealingSessionResumption, sealingSessionId);
        var request = new SealingResumptionRequest(operation);
        await RepeatAsync(
            () => http.PostAsync(path, request, BztJson.Default.SealingResumptionRequest, BztJson.Default.SealingSessionInfo, cancellation), cancellation);
        var key = await OpenKeyAsync(session.CertificateId, cancellation);
        using var held = await HoldAsync(key, pin);
        return await SignBoundsAsync(session.CertificateId, operation, own.Bounds.ToResumption(operation), own, held, cancellation);
    }

    /// <summary>「结束会话」: from its answer on nothing is signed in it.</summary>
    public async Task<SealingSessionInfo> EndSealingSessionAsync(Guid sealingSessionId, CancellationToken cancellation = default)
    {
        Forget(sealingSessionId);
        return await PostSealingAsync(Routes.Phone.SealingSessionEnd, sealingSessionId, cancellation);
    }

    /// <summary>The enterprise's sealing sessions, for its administrator.</summary>
    public Task<IReadOnlyList<SealingSessionInfo>> GetEnterpriseSealingSessionsAsync(string creditCode, CancellationToken cancellation = default)
    {
        var path = Route(Routes.Phone.EnterpriseSealingSessions, "creditCode", creditCode);
        return RepeatAsync(() => http.GetAsync(path, BztJson.Default.IReadOnlyListSealingSessionInfo, cancellation), cancellation);
    }

    /// <summary>The administrator ends a member's; it is on record.</summary>
    public Task<SealingSessionInfo> EndEnterpriseSealingSessionAsync(string creditCode, Guid sealingSessionId, CancellationToken cancellation = default)
    {
        var path = SealingRoute(Route(Routes.Phone.EnterpriseSealingSessionEnd, "creditCode", creditCode), sealingSessionId);
        return RepeatAsync(() => http.PostAsync(path, BztJson.Default.SealingSessionInfo, cancellation), cancellation);
    }

    private bool IsWhatWasTicked(SealingSessionInfo asked, SealingSessionRequest wish, PhoneSession scanned) =>
        asked.SealingSessionId == wish.SealingSessionId && asked.CertificateId == wish.CertificateId
        && asked.MaxDocuments == wish.MaxDocuments && asked.Automatic == wish.Automatic && asked.ExpiresAt <= asked.StartedAt.AddMinutes(wish.Minutes)
        && asked.ExpiresAt <= time.GetUtcNow().AddMinutes(wish.Minutes) + ClockTolerance
        && asked.PlatformId == scanned.PlatformId && asked.PlatformName == scanned.PlatformName && asked.Project.ProjectId == scanned.Project?.ProjectId;

    /// <summary>Signs exactly that instruction, nothing else the server may bring; then the share stays open if the session is automatic, within <paramref name="own"/>.</summary>
    private async Task<PinOutcome> SignBoundsAsync(
        Guid certificateId, Guid task, InstructionForm expected, OwnSealing? own, HeldPin pin, CancellationToken cancellation)
    {
        var key = await OpenKeyAsync(certificateId, cancellation);
        var opening = await RepeatLostAsync(() => key.OpenSigningAsync($"task/{task:D}"), cancellation);
        if (opening.Round is not { } round)
        {
            return PinOutcomes.Of(opening.Refusal!);
        }

        using (round)
        {
            if (round.Forms is not [InstructionForm form] || !form.Content.AsSpan().SequenceEqual(expected.Content))
            {
                return new PinOutcome.Failed(nameof(ProtocolFailure.BindingMismatch));
            }

            var outcome = PinOutcomes.Of(await ProveAsync(key, pin, round.ConfirmAsync, cancellation));
            if (outcome is PinOutcome.Done && own is not null)
            {
                // The key lives as long as the session, whoever began it may stop waiting.
                var id = own.Bounds.SealingSessionId;
                var lasting = await OpenKeyAsync(certificateId, CancellationToken.None);
                var share = await pin.UseAsync(stretched => lasting.BeginSessionAsync(id.ToString("D"), stretched));
                Forget(id);
                openSealings[id] = new OpenSealing(certificateId, own, lasting, share, time);
            }

            return outcome;
        }
    }

    private Task<SealingSessionInfo> PostSealingAsync(string route, Guid sealingSessionId, CancellationToken cancellation)
    {
        var path = SealingRoute(route, sealingSessionId);
        return RepeatAsync(() => http.PostAsync(path, BztJson.Default.SealingSessionInfo, cancellation), cancellation);
    }

    private void Forget(Guid sealingSessionId)
    {
        if (openSealings.TryRemove(sealingSessionId, out var open))
        {
            open.Dispose();
        }
    }

    /// <summary>What this phone holds of a certificate's sessions, durable when the task ends.</summary>
    private async Task<OwnSealing?> UpdateOwnAsync(Guid certificateId, Func<OwnSealings, (OwnSealings Next, OwnSealing? Result)> change) =>
        await keys.UpdateSealingAsync(certificateId.ToString("D"), octets =>
        {
            var own = OwnSealings.Parse(octets);
            var (next, result) = change(own);
            return (ReferenceEquals(next, own) ? octets : next.Encode(), result);
        });

    private static string SealingRoute(string template, Guid sealingSessionId) => Route(template, "sealingSessionId", sealingSessionId.ToString("D"));
}

/// <summary>What became of one PIN entry for a scanned request and a sealing session.</summary>
/// <param name="Request">The scanned request.</param>
/// <param name="Session">The session's bounds; null when the request was not confirmed.</param>
/// <param name="Info">The session now.</param>
public sealed record SealingConfirmation(PinOutcome Request, PinOutcome? Session, SealingSessionInfo Info);
