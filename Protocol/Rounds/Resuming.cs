using System.Security.Cryptography;
using Bzt.Protocol.Wire;

namespace Bzt.Protocol.Rounds;

// Resuming, steps R0 to R3: what became of an attempt whose answer was lost; and the only place where a copy of the
// phone's store is declared.
public sealed partial class KeyShareServer
{
    private static readonly TimeSpan ChallengeLifetime = TimeSpan.FromMinutes(2);

    private Decision HandleResumeOpen(KeyShareState state, OpenRounds rounds, DateTimeOffset now)
    {
        // R1 A new challenge replaces the old one: of several answers on their way only one can count.
        var nonce = random.Bytes(32);
        rounds.Challenge = new(nonce, state.Epoch, state.Pending?.Attempt, now + ChallengeLifetime);
        return new(state, new Challenge(nonce));
    }

    private Decision Handle(KeyShareState state, OpenRounds rounds, Resume request, DateTimeOffset now)
    {
        // R3.1 The phone read its store after this challenge, and the state has not moved since the challenge. So an
        // honest answer held back by somebody in between, until the phone has gone on, is not taken for a copy's.
        var challenge = rounds.Challenge;
        rounds.Challenge = null;
        if (challenge is null || challenge.Expires <= now || challenge.Epoch != state.Epoch ||
            !Same(challenge.PendingAttempt, state.Pending?.Attempt) || !CryptographicOperations.FixedTimeEquals(challenge.Nonce, request.Nonce))
        {
            return new(state, new Failed(ProtocolFailure.Unexpected));
        }

        // R3.2 The attempt was answered: the same answer again.
        var attempt = request.Pending is { } p ? PinProvedRequest.AttemptOf(p.RequestId, p.Alpha) : null;
        if (attempt is not null && state.Answers.FirstOrDefault(a => Same(a.Attempt, attempt)) is { } recorded && Open(recorded) is { } answer)
        {
            return new(state, answer);
        }

        // R3.3 In step: an attempt without an answer is declared dead, durably.
        var counts = state.Pending?.Epoch ?? state.Epoch;
        if (request.Epoch == counts)
        {
            return attempt is null
                ? new(state, new Acknowledged())
                : DeclareVoid(state, rounds, request.Pending!.RequestId, attempt);
        }

        // R3.4 A phone ahead means the server lost state. Never a freeze, never a PIN try.
        if (request.Epoch > counts)
        {
            return new(state, new SiloBehind(), new RoundEffect.StateLost(request.Epoch, counts));
        }

        // R3.5 The device's key signed that its store, read just now, is older than a success that only the holder of
        // the other store could have produced.
        rounds.Dispose();
        return new(state with { IsFrozen = true }, new Frozen(), new RoundEffect.CopySuspected(request.Epoch, counts));
    }

    private static bool Same(byte[]? a, byte[]? b) => a is null || b is null ? a == b : a.AsSpan().SequenceEqual(b);
}
