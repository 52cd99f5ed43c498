using System.Collections.Concurrent;
using Bzt.Contracts.Platforms;
using Bzt.Protocol.Forms;
using Bzt.Protocol.Phone;
using Bzt.Protocol.Rounds;
using Bzt.Protocol.Wire;

namespace Bzt.Contracts.Phone;

// 会话签章: further requests of a PC come without a scan; with automatic confirmation they are answered without a touch.
public sealed partial class PhoneClient
{
    // As often as a request may have been answered, or deposits lost, while one look at what waits is going on.
    private const int Looks = 8;

    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(20);

    private readonly ConcurrentDictionary<Guid, SealingPhones> sessionsOfKeys = new();
    private readonly ConcurrentDictionary<Guid, OpenSealing> openSealings = new();

    /// <summary>Whether this phone holds the opened share of an automatic session in memory. It is gone when the app starts again.</summary>
    public bool IsSealingSessionOpen(Guid sealingSessionId) => openSealings.ContainsKey(sealingSessionId);

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
        var asked = await RepeatAsync(
            () => http.PostAsync(path, wish, BztJson.Default.SealingSessionRequest, BztJson.Default.SealingSessionInfo, cancellation), cancellation);
        if (wish.CertificateId != request.CertificateId || !IsWhatWasTicked(asked, wish, request.Session))
        {
            return new(new PinOutcome.Failed(nameof(ProtocolFailure.BindingMismatch)), null, asked);
        }

        using var stretched = await StretchAsync(request.Key, pin);
        var confirmed = PinOutcomes.Of(await ProveAsync(request.Key, stretched, request.ConfirmAsync, cancellation));
        if (confirmed is not PinOutcome.Done)
        {
            return new(confirmed, null, asked);
        }

        var begun = await SignBoundsAsync(asked, wish.SealingSessionId, asked.Bounds.ToBeginning(), stretched, cancellation);
        return new(confirmed, begun, await GetSealingSessionAsync(wish.SealingSessionId, cancellation));
    }

    /// <summary>
    /// What a wake-up calls: looks at what waits. With automatic confirmation and the share open, it is answered within the bounds, without a touch.
    /// What is left in <see cref="SealingLook.Waiting"/> is shown, and confirmed or refused like a scanned request:
    /// <see cref="OpenRequestAsync"/> with <see cref="SealingLook.AsScanned"/>.
    /// </summary>
    public async Task<SealingLook> AnswerSealingSessionAsync(Guid sealingSessionId, CancellationToken cancellation = default)
    {
        if (!openSealings.TryGetValue(sealingSessionId, out var open))
        {
            return Look(await FetchWaitingAsync(sealingSessionId, cancellation), 0);
        }

        // One look at a time: each commitment is deposited and answered by one hand.
        await open.Gate.WaitAsync(cancellation);
        try
        {
            return await AnswerAsync(open, cancellation);
        }
        finally
        {
            open.Gate.Release();
        }
    }

    /// <summary>Keeps answering, through a hub connection of its own, until the session is over or paused, or <paramref name="cancellation"/> asks to stop.</summary>
    /// <param name="sealingSessionId">Begun or resumed on this phone.</param>
    /// <param name="seen">Told every look.</param>
    /// <param name="cancellation">Stops answering; the session goes on.</param>
    public async Task<SealingSessionInfo> RunSealingSessionAsync(Guid sealingSessionId, Action<SealingLook>? seen = null, CancellationToken cancellation = default)
    {
        var wake = new SemaphoreSlim(0);
        await using var listener = await ListenAsync(
            _ =>
            {
                wake.Release();
                return Task.CompletedTask;
            },
            cancellation);
        while (true)
        {
            try
            {
                var look = await AnswerSealingSessionAsync(sealingSessionId, cancellation);
                seen?.Invoke(look);
                if (look.Session.State is SealingSessionState.Ended or SealingSessionState.Paused)
                {
                    return look.Session;
                }
            }
            catch (Exception exception) when (!cancellation.IsCancellationRequested && (exception is PhoneLinkException || IsAway(exception)))
            {
                // The server is away: what waits there still waits when it is back.
            }

            // A lost wake-up costs no more than this.
            using var waited = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            await Task.WhenAny(wake.WaitAsync(waited.Token), Task.Delay(LookAgain, time, waited.Token));
            await waited.CancelAsync();
            cancellation.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Forgets the opened share; requests wait until it is resumed.</summary>
    public async Task<SealingSessionInfo> PauseSealingSessionAsync(Guid sealingSessionId, CancellationToken cancellation = default)
    {
        Forget(sealingSessionId);
        return await PostSealingAsync(Routes.Phone.SealingSessionPause, sealingSessionId, cancellation);
    }

    /// <summary>「输入PIN码继续」. A wrong PIN counts, and leaves it paused.</summary>
    public async Task<PinOutcome> ResumeSealingSessionAsync(Guid sealingSessionId, string pin, CancellationToken cancellation = default)
    {
        var session = await PauseSealingSessionAsync(sealingSessionId, cancellation);
        if (session.State != SealingSessionState.Paused)
        {
            return new PinOutcome.Ended();
        }

        var operation = Guid.CreateVersion7();
        var path = SealingRoute(Routes.Phone.SealingSessionResumption, sealingSessionId);
        var request = new SealingResumptionRequest(operation);
        session = await RepeatAsync(
            () => http.PostAsync(path, request, BztJson.Default.SealingResumptionRequest, BztJson.Default.SealingSessionInfo, cancellation), cancellation);
        var key = await OpenKeyAsync(session.CertificateId, cancellation);
        using var stretched = await StretchAsync(key, pin);
        return await SignBoundsAsync(session, operation, session.Bounds.ToResumption(operation), stretched, cancellation);
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

    private static bool IsWhatWasTicked(SealingSessionInfo asked, SealingSessionRequest wish, PhoneSession scanned) =>
        asked.SealingSessionId == wish.SealingSessionId && asked.CertificateId == wish.CertificateId
        && asked.MaxDocuments == wish.MaxDocuments && asked.Automatic == wish.Automatic && asked.ExpiresAt <= asked.StartedAt.AddMinutes(wish.Minutes)
        && asked.PlatformId == scanned.PlatformId && asked.PlatformName == scanned.PlatformName && asked.Project.ProjectId == scanned.Project?.ProjectId;

    /// <summary>Signs exactly that instruction, nothing else the server may bring; then the share stays open if the session is automatic.</summary>
    private async Task<PinOutcome> SignBoundsAsync(
        SealingSessionInfo session, Guid task, InstructionForm expected, StretchedPin stretched, CancellationToken cancellation)
    {
        var key = await OpenKeyAsync(session.CertificateId, cancellation);
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

            var outcome = PinOutcomes.Of(await ProveAsync(key, stretched, round.ConfirmAsync, cancellation));
            if (outcome is PinOutcome.Done && session.Automatic)
            {
                // The key lives as long as the session, whoever began it may stop waiting.
                var lasting = await OpenKeyAsync(session.CertificateId, CancellationToken.None);
                var share = await lasting.BeginSessionAsync(session.SealingSessionId.ToString("D"), stretched);
                Forget(session.SealingSessionId);
                openSealings[session.SealingSessionId] = new OpenSealing(session.Bounds, lasting, share);
            }

            return outcome;
        }
    }

    private async Task<SealingLook> AnswerAsync(OpenSealing open, CancellationToken cancellation)
    {
        var signed = 0;
        for (var attempt = 1; ; attempt++)
        {
            var found = await FetchWaitingAsync(open.Bounds.SealingSessionId, cancellation);
            if (found.Session.State != SealingSessionState.Running)
            {
                Forget(open.Bounds.SealingSessionId);
                return Look(found, signed);
            }

            try
            {
                var deposited = await DepositAsync(open, found);
                var answered = false;
                foreach (var pushed in found.Waiting.Where(request => request.Offer is not null))
                {
                    var done = await AnswerAsync(open, found.Session, pushed, cancellation);
                    signed += done;
                    answered |= done > 0;
                }

                // What had no offer for want of commitments has one at the next look.
                if (attempt >= Looks || !(answered || (deposited && found.Waiting.Any(request => request.Offer is null))))
                {
                    return Look(await FetchWaitingAsync(open.Bounds.SealingSessionId, cancellation), signed);
                }
            }
            catch (PhoneLinkException) when (attempt < Looks)
            {
                // The answer is lost: what became of it shows at the next look.
                await Task.Delay(Pause(1), time, cancellation);
            }
            catch (ApiRefusedException refused) when (refused.Code == ErrorCodes.CertificateUnusable)
            {
                // It ended with its certificate.
                Forget(open.Bounds.SealingSessionId);
                return Look(await FetchWaitingAsync(open.Bounds.SealingSessionId, cancellation), signed);
            }
            catch (ObjectDisposedException)
            {
                // Paused or ended meanwhile, by the user.
                return Look(await FetchWaitingAsync(open.Bounds.SealingSessionId, cancellation), signed);
            }
            catch (ShareOutdatedException)
            {
                // Another window of this phone moved the epoch: the share in memory is of no use any more.
                return Look(found with { Session = await PauseSealingSessionAsync(open.Bounds.SealingSessionId, cancellation) }, signed);
            }
        }
    }

    /// <summary>A1: as many commitments as there can still be signatures; topped up at half.</summary>
    private static async Task<bool> DepositAsync(OpenSealing open, SealingSessionRequests found)
    {
        var wanted = Math.Min(SealingBounds.MostDocuments, found.Session.RemainingDocuments);
        if (found.CommitmentsLeft >= wanted || (found.CommitmentsLeft >= (wanted + 1) / 2 && found.Waiting.All(request => request.Offer is not null)))
        {
            return false;
        }

        return await open.Key.SendAsync(open.Share, open.Share.Commit(wanted - found.CommitmentsLeft)) is EpochMismatch or SiloBehind
            ? throw new ShareOutdatedException()
            : true;
    }

    /// <summary>A3 for one request: how many documents were signed.</summary>
    private async Task<int> AnswerAsync(OpenSealing open, SealingSessionInfo session, PushedRequest pushed, CancellationToken cancellation)
    {
        if (!SessionOffer.TryParse(pushed.Offer, out var offer) || offer!.RequestId != pushed.Request.SessionId.ToString("D"))
        {
            return 0;
        }

        // The very same offer again: its answer was lost, and the very same part is sent again.
        if (!open.Sent.TryGetValue(offer.RequestId, out var part) || !part.RoundId.AsSpan().SequenceEqual(offer.Opened.RoundId))
        {
            if (!open.Allows(Decode(offer), session))
            {
                await RefuseAsync(pushed.Request.SessionId, cancellation: cancellation);
                return 0;
            }

            if (open.Share.Answer(offer, forms => open.Allows(forms, session)) is not { } fresh)
            {
                return 0;
            }

            part = open.Sent[offer.RequestId] = fresh;
        }

        switch (await open.Key.SendAsync(open.Share, part))
        {
            case SessionSigned answer when open.Share.Verify(offer, answer):
                open.Signed += answer.Signatures.Count;
                return answer.Signatures.Count;
            case EpochMismatch or SiloBehind:
                throw new ShareOutdatedException();
            default:
                // Ended, locked, answered before: the next look says which.
                return 0;
        }
    }

    private static List<SigningForm> Decode(SessionOffer offer) =>
        [.. offer.Opened.Documents.Select(document => SigningForm.TryDecode(document, out var form) ? form : null).OfType<SigningForm>()];

    private async Task<SealingSessionRequests> FetchWaitingAsync(Guid sealingSessionId, CancellationToken cancellation)
    {
        var path = SealingRoute(Routes.Phone.SealingSessionRequests, sealingSessionId);
        return await RepeatAsync(() => http.GetAsync(path, BztJson.Default.SealingSessionRequests, cancellation), cancellation);
    }

    private Task<SealingSessionInfo> PostSealingAsync(string route, Guid sealingSessionId, CancellationToken cancellation)
    {
        var path = SealingRoute(route, sealingSessionId);
        return RepeatAsync(() => http.PostAsync(path, BztJson.Default.SealingSessionInfo, cancellation), cancellation);
    }

    private static SealingLook Look(SealingSessionRequests found, int signed) => new(found.Session, [.. found.Waiting.Select(request => request.Request)], signed);

    private void Forget(Guid sealingSessionId)
    {
        if (openSealings.TryRemove(sealingSessionId, out var open))
        {
            open.Share.Dispose();
        }
    }

    private static string SealingRoute(string template, Guid sealingSessionId) => Route(template, "sealingSessionId", sealingSessionId.ToString("D"));

    /// <summary>An automatic session with its share, in memory only.</summary>
    private sealed class OpenSealing(SealingBounds bounds, PhoneKey key, SealingPhone share)
    {
        public SealingBounds Bounds { get; } = bounds;

        public PhoneKey Key { get; } = key;

        public SealingPhone Share { get; } = share;

        public SemaphoreSlim Gate { get; } = new(1, 1);

        /// <summary>Parts by request, so that a lost answer costs a repeat and no new part.</summary>
        public Dictionary<string, SessionSign> Sent { get; } = new(StringComparer.Ordinal);

        /// <summary>Documents signed since the share was opened.</summary>
        public int Signed { get; set; }

        /// <summary>The bounds the user confirmed, by this phone's own count as well as the server's.</summary>
        public bool Allows(IReadOnlyList<SigningForm> forms, SealingSessionInfo session) =>
            forms.Count > 0 && forms.All(form => form is IDocumentForm) && session.ServerTime < Bounds.ExpiresAt
            && Signed + forms.Count <= Bounds.MaxDocuments && session.UsedDocuments + forms.Count <= Bounds.MaxDocuments;
    }

    private sealed class ShareOutdatedException : Exception;
}

/// <summary>What became of one PIN entry for a scanned request and a sealing session.</summary>
/// <param name="Request">The scanned request.</param>
/// <param name="Session">The session's bounds; null when the request was not confirmed.</param>
/// <param name="Info">The session now.</param>
public sealed record SealingConfirmation(PinOutcome Request, PinOutcome? Session, SealingSessionInfo Info);

/// <summary>A sealing session after a look at it.</summary>
/// <param name="Session">With its log.</param>
/// <param name="Waiting">What the user has to look at: everything without automatic confirmation; else what waits while it is paused.</param>
/// <param name="Signed">Documents signed during this look.</param>
public sealed record SealingLook(SealingSessionInfo Session, IReadOnlyList<PhoneSession> Waiting, int Signed)
{
    /// <summary>A pushed request as <see cref="PhoneClient.OpenRequestAsync"/> takes it: there was no code, and so nothing beside it.</summary>
    public static ScannedSession AsScanned(PhoneSession pushed) => new(pushed, null);
}
