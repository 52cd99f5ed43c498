using System.Globalization;
using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;
using Bzt.Grains.Foundations;
using Bzt.Grains.Inbox;
using Bzt.Grains.Sessions;
using Bzt.Protocol.Forms;
using MessageKind = Bzt.Grains.Inbox.MessageKind;

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

    /// <summary>The certificate's word, and whom it is told: the holder of an end that was not his own.</summary>
    public static SealingState Follow(SealingState state, SealingId id, SealingSessionState phase, SealingSessionEnd? end, int used, DateTimeOffset now)
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
                next = state.Command.Automatic ? next with { Outbox = next.Outbox.AddBegun(state.CreditCode, state.Command.Caller.User, Begun(next, id, now)) } : next;
            }
        }

        return end is null or SealingSessionEnd.StoppedByHolder or SealingSessionEnd.NotConfirmed
            ? next
            : next with { Outbox = next.Outbox.AddMessage(state.Command!.Caller.User, Ended(next, id, now)) };
    }

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

    private static InboxEntry Ended(SealingState state, SealingId id, DateTimeOffset now) => new(
        $"sealing-session/{id}/ended", MessageKind.SealingSessionEnded, "会话签章已结束",
        state.End switch
        {
            SealingSessionEnd.CountReached => string.Create(CultureInfo.InvariantCulture, $"已达{state.Command!.MaxDocuments}份上限，会话已结束。"),
            SealingSessionEnd.TimeReached => string.Create(CultureInfo.InvariantCulture, $"已到{state.Command!.Minutes}分钟时间上限，会话已结束。"),
            SealingSessionEnd.StoppedByAdministrator => "管理员已结束此会话。",
            SealingSessionEnd.StoppedByPlatform => $"{state.Origin!.PlatformName}的电脑端已结束此会话。",
            SealingSessionEnd.NotAuthorised => "您已不在企业对该平台的授权范围内，会话已结束。",
            SealingSessionEnd.PinLocked => "证书已锁定，会话已结束。",
            SealingSessionEnd.WrongPin => "签章校验未通过，按一次PIN码错误计，会话已结束。",
            _ => "证书不可用，会话已结束。",
        } + string.Create(CultureInfo.InvariantCulture, $"共签章{state.Used}份。"),
        id.ToString(), now);

    private static InboxEntry Begun(SealingState state, SealingId id, DateTimeOffset now) => new(
        $"sealing-session/{id}/begun", MessageKind.SealingSessionBegun, "成员建立了自动确认的会话签章",
        string.Create(CultureInfo.InvariantCulture, $"{state.EnterpriseName}一名成员在{state.Origin!.PlatformName}建立了自动确认的会话签章，最多{state.Command!.MaxDocuments}份，{state.Command.Minutes}分钟。您可随时结束。"),
        id.ToString(), now);
}

/// <summary>The kinds are stored: they are never renamed.</summary>
internal static class SealingOutbox
{
    public const string Index = "sealing/index";
    public const string Begun = "sealing/begun";

    public static Outbox AddIndex(this Outbox outbox, string of, SealingId id) => outbox.Add(Index, of, id);

    public static Outbox AddBegun(this Outbox outbox, CreditCode enterprise, UserId holder, InboxEntry entry) =>
        outbox.Add(Begun, enterprise.Value, new SealingNotice(holder, entry));
}

internal sealed record SealingNotice(UserId Holder, InboxEntry Entry);

public sealed class SealingIndexHandler(IGrainFactory grains) : IOutboxHandler
{
    public string Kind => SealingOutbox.Index;

    public Task DeliverAsync(OutboxDelivery delivery, CancellationToken cancellation) =>
        grains.GetGrain<ISealingSessionIndexGrain>(delivery.Item.Target).Add(delivery.Item.Read<SealingId>());
}

/// <summary>The administrator knows that staff let a phone sign by itself; nobody is told of his own.</summary>
public sealed class SealingBegunHandler(IGrainFactory grains) : IOutboxHandler
{
    public string Kind => SealingOutbox.Begun;

    public async Task DeliverAsync(OutboxDelivery delivery, CancellationToken cancellation)
    {
        var notice = delivery.Item.Read<SealingNotice>();
        if (await grains.Enterprise(new CreditCode(delivery.Item.Target)).GetAdministrator() is Done<UserId>(var administrator) && administrator != notice.Holder)
        {
            await grains.Inbox(administrator).Post(notice.Entry);
        }
    }
}
