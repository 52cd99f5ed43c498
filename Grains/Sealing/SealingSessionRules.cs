using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;
using Bzt.Grains.Certificates;
using Bzt.Grains.Inbox;
using Bzt.Grains.Sessions;
using Bzt.Protocol.Forms;

namespace Bzt.Grains.Sealing;

/// <summary>What a sealing session lets in, and what its changes mean for others: pure.</summary>
internal static class SealingSessionRules
{
    /// <summary>Requests that wait at a time.</summary>
    public const int MostWaiting = 16;

    /// <summary>Lines of the log, and names of documents in it; refused requests could otherwise make it endless.</summary>
    private const int LogKept = 200;
    private const int DocumentsKept = 1000;

    public static Refusal? RefuseProposal(ProposeSealing command) =>
        command.MaxDocuments is < 1 or > SealingBounds.MostDocuments || command.Minutes is < 1 or > SealingBounds.MostMinutes
            ? new Refusal(RefusalCode.InvalidRequest)
            : null;

    public static SealingState Begin(ProposeSealing command, SealingOrigin origin, CertificateFacts facts, DateTimeOffset now)
    {
        // Whole seconds: what is signed says no fractions.
        var started = DateTimeOffset.FromUnixTimeSeconds(now.ToUnixTimeSeconds());
        return new SealingState
        {
            Command = command,
            Origin = origin,
            CreditCode = facts.CreditCode,
            EnterpriseName = facts.EnterpriseName,
            StartedAt = started,
            ExpiresAt = started.AddMinutes(command.Minutes),
        };
    }

    /// <summary>Its platform, or a bid tool the platform let work for the same bidder on the same project.</summary>
    public static bool IsUsersOwn(SealingState state, SealingUser user) =>
        state.Origin is { } origin && origin.Platform == user.Platform
        && (user.Bidder is not { } bidder || (bidder == state.CreditCode && user.Project == origin.Project.ProjectId));

    /// <summary>Whether a request of its user may come in.</summary>
    public static Refusal? RefuseRequest(SealingState state, CreateSession command)
    {
        if (state.End is not null)
        {
            return new Refusal(RefusalCode.SealingSessionEnded);
        }

        if (state.Phase == SealingSessionState.Proposed)
        {
            return new Refusal(RefusalCode.SealingSessionNotConfirmed);
        }

        if (command.Kind != SessionKind.Seal)
        {
            return new Refusal(RefusalCode.KindNotAllowed);
        }

        if (command.Project?.ProjectId != state.Origin!.Project.ProjectId)
        {
            return new Refusal(RefusalCode.SealingSessionOtherProject);
        }

        if ((command.OnlyFor is { } bidder && bidder != state.CreditCode)
            || (command.Enterprise is { } enterprise && (enterprise.CreditCode != state.CreditCode || enterprise.Name != state.EnterpriseName)))
        {
            return new Refusal(RefusalCode.EnterpriseMismatch);
        }

        return state.Log.Count(line => line.End is null) >= MostWaiting ? new Refusal(RefusalCode.RateLimited)
            : state.Used + Waiting(state) + Signed(command).Count() > state.Command!.MaxDocuments ? new Refusal(RefusalCode.SealingSessionBoundReached)
            : null;
    }

    public static int Waiting(SealingState state) => state.Log.Where(line => line.End is null).Sum(line => line.Documents.Count);

    public static SealingState Log(SealingState state, SessionId session, CreateSession command, DateTimeOffset now) => state with
    {
        Log = [.. Newest(state), new SealingLogLine(session, [.. Signed(command).Select(NameOf)], now)],
    };

    /// <summary>What became of one that waited.</summary>
    public static SealingState Answered(SealingState state, SessionId session, SessionEnd end, DateTimeOffset now) => state with
    {
        Log = [.. state.Log.Select(line => line.Session == session && line.End is null ? line with { End = end, EndedAt = now } : line)],
    };

    /// <summary>What the certificate says of it, and whom that is told.</summary>
    /// <param name="grant">The certificate keeps the newest only: one it knew and does not know any more ended, and this did not hear why.</param>
    public static SealingState Follow(SealingState state, SealingId id, SealingGrant? grant, DateTimeOffset now) => (grant, state) switch
    {
        (not null, _) => Follow(state, id, grant.State, grant.End, grant.Used, now),
        (null, { Begun: true, End: null }) => Follow(state, id, SealingSessionState.Ended, SealingSessionEnd.CertificateUnusable, state.Used, now),
        _ => state,
    };

    private static SealingState Follow(SealingState state, SealingId id, SealingSessionState phase, SealingSessionEnd? end, int used, DateTimeOffset now)
    {
        if (state.End is not null)
        {
            return state.Used == used ? state : state with { Used = used };
        }

        if ((state.Phase, state.Used, end) == (phase, used, null))
        {
            return state;
        }

        var next = state with { Phase = phase, End = end, Used = used };
        if (!state.Begun && phase is SealingSessionState.Running or SealingSessionState.Paused)
        {
            next = next with { Begun = true, Outbox = next.Outbox.AddIndex($"user/{state.Command!.Caller.User}", id) };
            if (state.CreditCode is { Value.Length: > 0 })
            {
                next = next with { Outbox = next.Outbox.AddIndex($"enterprise/{state.CreditCode}", id) };
                next = state.Command.Automatic ? next with { Outbox = next.Outbox.AddBegun(state.CreditCode, state.Command.Caller.User, SealingMessages.Begun(next, id, now)) } : next;
            }
        }

        return end is null or SealingSessionEnd.StoppedByHolder or SealingSessionEnd.NotConfirmed
            ? next
            : next with { Outbox = InboxOutbox.AddMessage(next.Outbox, state.Command!.Caller.User, SealingMessages.Ended(next, id, now)) };
    }

    /// <summary>How a request ends that waited when its session ended.</summary>
    public static SessionEnd WithdrawnAs(SealingSessionEnd end) => end switch
    {
        SealingSessionEnd.StoppedByHolder or SealingSessionEnd.StoppedByAdministrator => SessionEnd.Refused,
        SealingSessionEnd.StoppedByPlatform or SealingSessionEnd.CountReached => SessionEnd.Cancelled,
        SealingSessionEnd.TimeReached or SealingSessionEnd.NotConfirmed => SessionEnd.TimedOut,
        SealingSessionEnd.WrongPin => SessionEnd.WrongPin,
        SealingSessionEnd.PinLocked => SessionEnd.Locked,
        _ => SessionEnd.CertificateUnusable,
    };

    /// <summary>What waits, each with its offer; without those the certificate may not serve. One beyond the deposited commitments has no offer yet.</summary>
    public static IReadOnlyList<PushedSession> Offered(IReadOnlyList<PushedSession> waiting, SealingOffers offers) =>
    [
        .. from request in waiting
           let offer = offers.Offers.FirstOrDefault(offer => offer.Session == request.Session)
           where offer?.Refusal is null
           select request with { Offer = offer?.Offer },
    ];

    public static SealingView View(SealingState state, SealingId id) => new(
        id, state.Command!.Certificate, state.Command.Caller.User, state.Command.Caller.Device, state.Origin!.Platform, state.Origin.PlatformName, state.Origin.Project,
        state.EnterpriseName, state.CreditCode, state.Phase, state.End, state.Command.Automatic, state.Command.MaxDocuments, state.Used,
        state.StartedAt, state.ExpiresAt, state.Log);

    /// <summary>What waits stays; of the others the oldest make room.</summary>
    private static IEnumerable<SealingLogLine> Newest(SealingState state)
    {
        var (lines, documents) = (state.Log.Length, state.Log.Sum(line => line.Documents.Count));
        foreach (var line in state.Log)
        {
            if (line.End is not null && (lines >= LogKept || documents >= DocumentsKept))
            {
                (lines, documents) = (lines - 1, documents - line.Documents.Count);
                continue;
            }

            yield return line;
        }
    }

    /// <summary>Documents may come once for each seal of the enterprise: those of one are signed.</summary>
    private static IEnumerable<SessionDocument> Signed(CreateSession command) => command.Documents.Where(document => document.Seal == command.Documents[0].Seal);

    /// <summary>From the bytes that will be signed, never a title beside them; as much of it as a title has.</summary>
    private static string NameOf(SessionDocument document) =>
        SigningForms.TryParse(document.Form, out var kind) && SigningForm.TryDecode(new SigningDocument(kind, document.ToBeSigned), out var form) && form is IDocumentForm { DocumentName: var name }
            ? name.Length <= SessionLimits.TextLength ? name : string.Concat(name.AsSpan(0, SessionLimits.TextLength - 1), "…")
            : "";
}
