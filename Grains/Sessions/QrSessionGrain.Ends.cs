using System.Security.Cryptography;
using System.Text;
using Bzt.Contracts.Platforms;
using Bzt.Grains.Foundations;
using Bzt.Grains.Openings;

namespace Bzt.Grains.Sessions;

// What follows an end: telling it, and the way back of a browser on the same device. And what may begin at all.
internal sealed partial class QrSessionGrain
{
    private const string ReturnPurpose = "session-return";

    /// <summary>Of one file of a bid opening, at once: a tool that was started anew, on a second PC.</summary>
    private const int MostOpenOfFile = 8;

    /// <summary>Of one file of a bid opening: some hundred tries.</summary>
    private const int MostEventsOfFile = 400;

    public Task DrainOutbox() => outbox.DrainAsync();

    public async Task Settle()
    {
        Age();
        if (state.End is not null && store.State.End is null)
        {
            await Write(state);
        }
    }

    public Task<OpeningAnswered?> GetOpeningAnswer()
    {
        Age();
        return Task.FromResult(state is { Command.Opening: not null, End: not null } ? QrSessionRules.OpeningAnswer(state, new SessionId(this.GetPrimaryKey())) : null);
    }

    public async Task EndOpening(OpeningId opening)
    {
        Age();
        if (state.Command?.Opening?.Opening == opening && state.End is null && !Confirming)
        {
            await Write(state with { End = SessionEnd.Cancelled });
        }
    }

    public Task<Reply<string>> GetReturn(UserId user)
    {
        Age();
        return Task.FromResult<Reply<string>>(
            state.Scanner is not { SameDevice: true } scanner || scanner.User != user ? new Refusal(RefusalCode.NotFound)
            : state.End is null ? new Refusal(RefusalCode.ReturnMismatch)
            : Platforms.PlatformReturns.Of(state.Command!.ReturnUrl!, this.GetPrimaryKey(), ReturnValue()));
    }

    public async Task<Reply<SessionView>> RedeemReturn(SessionRequester requester, string value, string nonce)
    {
        if (!QrSessionRules.Owns(state, requester))
        {
            return new Refusal(RefusalCode.NotFound);
        }

        // Both are looked at whichever is wrong: which of them it was is nobody's business.
        Age();
        var right = Same(value, ReturnValue()) & Same(nonce, state.Command!.ReturnNonce ?? "") & (state.End is not null) & (state.Scanner is { SameDevice: true });
        if (!right)
        {
            return new Refusal(RefusalCode.ReturnMismatch);
        }

        if (state.Returned)
        {
            return new Refusal(RefusalCode.ReturnUsed);
        }

        await Write(state with { Returned = true });
        return View();
    }

    /// <summary>Made by a key of ours that the platform does not have, from this session's token: the same each time the phone asks, and no write before it.</summary>
    private string ReturnValue() => protector.KeyedHash(ReturnPurpose, state.Token);

    private static bool Same(string given, string right) => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), Encoding.UTF8.GetBytes(right));

    /// <summary>The bid opening's own word, when there is one: that it runs, and whose files they are.</summary>
    private async Task<Reply<OpeningAdmission?>> Admit(CreateSession command) => command.Opening is not { } opening
        ? new Done<OpeningAdmission?>(null)
        : await GrainFactory.Opening(opening.Opening).MayAsk(new OpeningAsk(command.Requester.Platform, command.Project!.ProjectId, command.OnlyFor, opening.Files)) switch
        {
            Done<OpeningAdmission>(var admission) => new Done<OpeningAdmission?>(admission),
            Refused<OpeningAdmission>(var refusal) => new Refused<OpeningAdmission?>(refusal),
            _ => throw new InvalidOperationException("An opening answered something else."),
        };

    /// <summary>A file that is asked for again and again would grow its record without bound.</summary>
    private async Task<bool> IsCrowded(SessionOpening opening)
    {
        return (await Task.WhenAll(opening.Files.Select(IsCrowdedAsync))).Any(crowded => crowded);

        async Task<bool> IsCrowdedAsync(string file)
        {
            var record = GrainFactory.OpeningFile(opening.Opening, file);
            return (await record.GetOpenSessions()).Count >= MostOpenOfFile || (await record.GetEvents()).Count >= MostEventsOfFile;
        }
    }

    /// <summary>Nobody uses up what belongs to others: a visitor before a platform, a tool before its platform.</summary>
    private async Task<Refusal?> Take(CreateSession command)
    {
        var platform = command.Requester.Platform.Value;
        List<(string Who, int PerMinute)> quotas = [];
        if (command.Visitor is { } visitor)
        {
            quotas.Add(($"visitor/{platform}/{visitor}", limits.PerVisitor));
        }

        if (command.Requester.ToolKeyThumbprint is { } tool && command.Requester != CscSessions.Requester(command.Requester.Platform))
        {
            quotas.Add(($"tool/{platform}/{tool}", limits.PerTool));
        }

        quotas.Add(($"platform/{platform}", limits.PerPlatform));
        foreach (var (who, perMinute) in quotas)
        {
            if (await GrainFactory.SessionQuota(who).Take(perMinute) is Refused<Nothing>(var refusal))
            {
                return refusal;
            }
        }

        return null;
    }
}
