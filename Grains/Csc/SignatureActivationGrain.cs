using System.Collections.Immutable;
using Bzt.Grains.Foundations;
using Bzt.Grains.Inbox;
using Bzt.Grains.Sessions;
using Orleans.Runtime;

namespace Bzt.Grains.Csc;

/// <summary>An authorisation at rest: which of the session's documents were handed out. What they are is the session's own state.</summary>
public sealed record SignatureActivationState
{
    public ImmutableArray<int> Used { get; init; } = [];
}

/// <inheritdoc cref="ISignatureActivationGrain"/>
[GrainType("signature-activation")]
internal sealed class SignatureActivationGrain(
    [PersistentState("signature-activation")] IPersistentState<SignatureActivationState> store, TimeProvider clock) : Grain, ISignatureActivationGrain
{
    public async Task<Reply<DateTimeOffset>> Push(PushHashes command)
    {
        // 1. A holder is not buried under the requests of one platform.
        var (requester, holder) = (command.Session.Requester, command.Session.Holder!);
        if (await GrainFactory.SessionQuota($"pushed/{requester.Platform}/{holder.User}").Wait(
            new PushedRequest(new SessionId(this.GetPrimaryKey()), requester, clock.GetUtcNow() + TimeSpan.FromSeconds(command.Session.TimeoutSeconds)), SignatureActivationRules.MostWaiting) is Refused<Nothing>(var tooMany))
        {
            return tooMany;
        }

        // 2. A crash between the two leaves a session nobody hears of, which times out: the caller, who got no answer, asks anew.
        var session = new SessionId(this.GetPrimaryKey());
        var reply = await GrainFactory.QrSession(session).Create(command.Session);
        if (reply is not Done<SessionOpened>(var opened))
        {
            return ((Refused<SessionOpened>)reply).Refusal;
        }

        await GrainFactory.Inbox(holder.User).Post(SignatureActivationMessages.Asked(session, command.Session.Documents.Count, clock.GetUtcNow(), opened.ExpiresAt));
        return opened.ExpiresAt;
    }

    public async Task<Reply<IReadOnlyList<byte[]>>> Sign(SignHashes command)
    {
        if (await GrainFactory.QrSession(new SessionId(this.GetPrimaryKey())).GetStatus(CscSessions.Requester(command.Platform), null, TimeSpan.Zero) is not Done<SessionView>(var view))
        {
            return new Refusal(RefusalCode.NotFound);
        }

        var reply = SignatureActivationRules.Use(view.Outcome, store.State.Used, command.Credential, command.Hashes);
        if (reply is not Done<IReadOnlyList<int>>(var taken))
        {
            return ((Refused<IReadOnlyList<int>>)reply).Refusal;
        }

        // Used before handed out: a crash in between costs the caller a new authorisation, and never gives a signature twice.
        await store.WriteAsync(this, new SignatureActivationState { Used = store.State.Used.AddRange(taken) });
        return new Done<IReadOnlyList<byte[]>>([.. taken.Select(index => view.Outcome!.Signatures[index].Signature)]);
    }
}

internal static class SignatureActivationMessages
{
    public static InboxEntry Asked(SessionId session, int count, DateTimeOffset at, DateTimeOffset until) => new(
        $"csc/{session}", MessageKind.SignatureAsked, "签名请求", $"有 {count} 份内容待您确认签名（仅摘要）。若不是您本人发起，请忽略或拒绝。", session.ToString(), at, until);
}
