using System.Buffers.Text;
using System.Security.Cryptography;
using Bzt.Grains.Callbacks;
using Bzt.Grains.Foundations;
using Bzt.Grains.Openings;
using Bzt.Grains.Platforms;
using Bzt.Grains.Seals;

namespace Bzt.Grains.Sessions;

// What may begin at all, and what it begins with.
internal sealed partial class QrSessionGrain
{
    public async Task<Reply<SessionOpened>> Create(CreateSession command)
    {
        if (state.Command is { } known)
        {
            return SameCommand.Is(known, command) ? Opened() : new Refusal(RefusalCode.IdempotencyConflict);
        }

        if (await GrainFactory.GetGrain<IPlatformGrain>(command.Requester.Platform.Value).GetFacts() is not Done<PlatformFacts> { Value: var platform })
        {
            return new Refusal(RefusalCode.Forbidden);
        }

        if (QrSessionRules.Check(command, platform) is { } refusal)
        {
            return refusal;
        }

        if (command.Withdrawal is { } seal && await GrainFactory.SealWithdrawal(seal.SealId, seal.Owner).Get() is not null)
        {
            return new Refusal(RefusalCode.SealWithdrawn);
        }

        if (await Take(command) is { } tooMany)
        {
            return tooMany;
        }

        var admission = await Admit(command);
        if (admission is Refused<OpeningAdmission?>(var notAdmitted))
        {
            return notAdmitted;
        }

        if (command.Opening is { } opening && await IsCrowded(opening))
        {
            return new Refusal(RefusalCode.RateLimited);
        }

        // The watch is of the creation's own write: a crash after it leaves no session whose end nobody tells.
        var tells = await GrainFactory.CallbackEndpoint(command.Requester.Platform).GetTarget() is not null;
        var now = clock.GetUtcNow();
        var created = DateTimeOffset.FromUnixTimeSeconds(now.ToUnixTimeSeconds());
        var secret = RandomNumberGenerator.GetBytes(32);
        var expires = created.AddSeconds(command.TimeoutSeconds);
        var outbox = state.Outbox;
        if (admission is Done<OpeningAdmission?>({ } admitted))
        {
            expires = expires < admitted.Deadline ? expires : admitted.Deadline;
            outbox = outbox.AddAsked(command.Opening!, new OpeningAsked(new SessionId(this.GetPrimaryKey()), now, command.Decryption!.Recipient, expires));
        }

        await Write(state with
        {
            Command = command,
            Tells = tells,
            Outbox = tells ? outbox.AddWatch(this.GetPrimaryKey(), new SessionWatch(command.Requester.Platform, expires)) : outbox,
            OpeningBidder = (admission as Done<OpeningAdmission?>)?.Value?.Bidder,
            Platform = platform,
            Token = Base64Url.EncodeToString([.. this.GetPrimaryKey().ToByteArray(), .. RandomNumberGenerator.GetBytes(16)]),
            ProtectedSecret = protector.Protect(SecretPurpose, SecretContext, secret),
            CreatedAt = created,
            ExpiresAt = expires,
            // A pushed request is its holder's from the beginning, and after a restart too.
            Scanner = command.Holder is { Pushed: true } holder ? new SessionScanner(holder.User, holder.Device) : null,
        });
        return Opened();
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

    /// <summary>The bid opening's own word, when there is one: that it runs, and whose files they are.</summary>
    private async Task<Reply<OpeningAdmission?>> Admit(CreateSession command) => command.Opening is not { } opening
        ? new Done<OpeningAdmission?>(null)
        : await GrainFactory.Opening(opening.Opening).MayAsk(new OpeningAsk(command.Requester.Platform, command.Project!.ProjectId, command.OnlyFor, opening.Files)) switch
        {
            Done<OpeningAdmission>(var admission) => new Done<OpeningAdmission?>(admission),
            Refused<OpeningAdmission>(var refusal) => new Refused<OpeningAdmission?>(refusal),
            _ => throw new InvalidOperationException("An opening answered something else."),
        };

    private async Task<bool> IsCrowded(SessionOpening opening)
    {
        var files = await Task.WhenAll(opening.Files.Select(file => GrainFactory.OpeningFile(opening.Opening, file).GetEvents()));
        return files.Any(OpeningRules.IsCrowded);
    }

    private SessionOpened Opened()
    {
        using var secret = protector.Unprotect(SecretPurpose, SecretContext, state.ProtectedSecret);
        return new SessionOpened(state.Token, secret.Span.ToArray(), state.CreatedAt, state.ExpiresAt);
    }
}
