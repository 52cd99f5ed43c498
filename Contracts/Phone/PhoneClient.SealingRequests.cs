using Bzt.Contracts.Platforms;
using Bzt.Protocol.Forms;
using Bzt.Protocol.Phone;
using Bzt.Protocol.Rounds;
using Bzt.Protocol.Wire;

namespace Bzt.Contracts.Phone;

// What a PC asks for in a 会话签章 comes without a scan; with automatic confirmation it is answered without a touch.
public sealed partial class PhoneClient
{
    // As often as a request may have been answered, or deposits lost, while one look at what waits is going on.
    private const int Looks = 8;

    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(20);

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

    private async Task<SealingLook> AnswerAsync(OpenSealing open, CancellationToken cancellation)
    {
        var signed = 0;
        for (var attempt = 1; ; attempt++)
        {
            var found = await FetchWaitingAsync(open.SealingSessionId, cancellation);
            if (found.Session.State != SealingSessionState.Running || open.IsOver)
            {
                Forget(open.SealingSessionId);
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
                    return Look(await FetchWaitingAsync(open.SealingSessionId, cancellation), signed);
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
                Forget(open.SealingSessionId);
                return Look(await FetchWaitingAsync(open.SealingSessionId, cancellation), signed);
            }
            catch (ObjectDisposedException)
            {
                // Paused or ended meanwhile, by the user.
                return Look(await FetchWaitingAsync(open.SealingSessionId, cancellation), signed);
            }
            catch (ShareOutdatedException)
            {
                // Another window of this phone moved the epoch: the share in memory is of no use any more.
                return Look(found with { Session = await PauseSealingSessionAsync(open.SealingSessionId, cancellation) }, signed);
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

        return await open.Key.SendAsync(open.Share, open.Share.Commit(Math.Clamp(wanted - found.CommitmentsLeft, 0, wanted))) is EpochMismatch or SiloBehind
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
            var forms = Decode(offer);
            if (!open.Allows(forms, session))
            {
                await RefuseAsync(pushed.Request.SessionId, cancellation: cancellation);
                return 0;
            }

            if (open.Share.Answer(offer, decoded => open.Allows(decoded, session)) is not { } fresh)
            {
                return 0;
            }

            // A3.1 A part that has left is a signature, whatever the answer says or whether there is one: it is counted, durably, before it leaves.
            if (await UpdateOwnAsync(open.CertificateId, own => own.Count(open.SealingSessionId, open.Share.DigestsOf(forms), time.GetUtcNow())) is not { } counted)
            {
                await RefuseAsync(pushed.Request.SessionId, cancellation: cancellation);
                return 0;
            }

            open.Own = counted;
            part = open.Sent[offer.RequestId] = fresh;
        }

        ObjectDisposedException.ThrowIf(open.IsOver, open);
        switch (await open.Key.SendAsync(open.Share, part))
        {
            case SessionSigned answer when open.Share.Verify(offer, answer):
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

    private static SealingLook Look(SealingSessionRequests found, int signed) => new(found.Session, [.. found.Waiting.Select(request => request.Request)], signed);

    /// <summary>
    /// An automatic session with its share, in memory only and no longer than the ticked minutes: by the phone's clock, and by one that nobody sets. The
    /// second alone is not enough either, for it may stand still while the phone sleeps.
    /// </summary>
    private sealed class OpenSealing : IDisposable
    {
        private readonly TimeProvider time;
        private readonly TimeSpan left;
        private readonly long opened;
        private readonly ITimer timer;

        public OpenSealing(Guid certificateId, OwnSealing own, PhoneKey key, SealingPhone share, TimeProvider time)
        {
            (CertificateId, Own, Key, Share, this.time) = (certificateId, own, key, share, time);
            (left, opened) = (own.LeftAt(time.GetUtcNow()), time.GetTimestamp());
            timer = time.CreateTimer(_ => share.Dispose(), null, left, Timeout.InfiniteTimeSpan);
        }

        public Guid CertificateId { get; }

        public Guid SealingSessionId => Own.Bounds.SealingSessionId;

        public PhoneKey Key { get; }

        public SealingPhone Share { get; }

        public SemaphoreSlim Gate { get; } = new(1, 1);

        /// <summary>Parts by request, so that a lost answer costs a repeat and no new part.</summary>
        public Dictionary<string, SessionSign> Sent { get; } = new(StringComparer.Ordinal);

        /// <summary>The bounds the user confirmed and what is used of them, as the phone's store has it.</summary>
        public OwnSealing Own { get; set; }

        public bool IsOver => time.GetElapsedTime(opened) >= left || Own.LeftAt(time.GetUtcNow()) == TimeSpan.Zero;

        /// <summary>Within the bounds, by this phone's own word as well as the server's.</summary>
        public bool Allows(IReadOnlyList<SigningForm> forms, SealingSessionInfo session) =>
            forms.Count > 0 && forms.All(form => form is IDocumentForm) && !IsOver && Own.Fits(Share.DigestsOf(forms))
            && session.ServerTime < Own.Bounds.ExpiresAt && session.UsedDocuments + forms.Count <= Own.Bounds.MaxDocuments;

        public void Dispose()
        {
            timer.Dispose();
            Share.Dispose();
        }
    }

    private sealed class ShareOutdatedException : Exception;
}

/// <summary>A sealing session after a look at it.</summary>
/// <param name="Session">With its log.</param>
/// <param name="Waiting">What the user has to look at: everything without automatic confirmation; else what waits while it is paused.</param>
/// <param name="Signed">Documents signed during this look.</param>
public sealed record SealingLook(SealingSessionInfo Session, IReadOnlyList<PhoneSession> Waiting, int Signed)
{
    /// <summary>A pushed request as <see cref="PhoneClient.OpenRequestAsync"/> takes it: there was no code, and so nothing beside it.</summary>
    public static ScannedSession AsScanned(PhoneSession pushed) => new(pushed, null);
}
