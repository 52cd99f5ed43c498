using Bzt.Protocol.Arithmetic;
using Bzt.Protocol.Forms;
using Bzt.Protocol.Primitives;
using Bzt.Protocol.Rounds;
using Bzt.Protocol.Wire;

namespace Bzt.Tests.Protocol;

/// <summary>Attacks on a phone that signs by itself within bounds: guesses between its signatures, requests and commitments taken twice, a lock meanwhile.</summary>
public sealed class SealingAttackTests
{
    private readonly byte[] good = Sm3.Hash("approve 1 CNY"u8);
    private readonly byte[] evil = Sm3.Hash("transfer 1000000 CNY"u8);

    [Fact]
    public async Task Guesses_between_automatic_signatures_are_counted_and_end_the_session()
    {
        var key = await TestKey.CreateAsync();
        key.Ask("bounds", "bounds");
        Assert.IsType<Signed>(await key.SignAsync("bounds"));
        var phone = key.Phone;
        KeyShareServer.BeginSession(key.Silo.Rounds, "s", key.Silo.Now.AddMinutes(30));
        using var pin = key.Pin();
        using var session = await phone.BeginSessionAsync("s", pin);
        Assert.IsType<Acknowledged>(await phone.SendAsync(session, session.Commit(3)));
        var document = new HashOnlyForm(good, "a").ToDocument();
        var failuresBefore = key.Silo.State!.Pin.Failures;
        var epochBefore = key.Record.Epoch;

        var offer = key.Silo.Offer("s", "q1", document)!;
        Assert.True(SessionOffer.TryParse(offer.Encode(), out offer));
        var signed = Assert.IsType<SessionSigned>(await phone.SendAsync(session, session.Answer(offer!, _ => true)!));
        Assert.True(Assert.Single(signed.Signatures).Verify(key.Record.PublicKey, good));
        Assert.Null(session.Answer(offer!, _ => true));
        Assert.Equal((failuresBefore, epochBefore), (key.Silo.State.Pin.Failures, key.Record.Epoch));

        // Outside the bounds nothing is answered.
        Assert.Null(session.Answer(key.Silo.Offer("s", "q2", document)!, _ => false));

        var last = key.Silo.Offer("s", "q3", document)!;
        var guess = session.Answer(last, _ => true)!;
        guess = guess with { Parts = [guess.Parts[0] with { Part = guess.Parts[0].Part with { S1 = guess.Parts[0].Part.S1 + Scalar.One } }] };
        Assert.Equal(failuresBefore + 1, Assert.IsType<WrongPin>(await phone.SendAsync(session, guess)).Failures);
        Assert.Equal(new Failed(ProtocolFailure.SessionEnded), await phone.SendAsync(session, session.Commit(1)));
    }

    [Fact]
    public async Task A_pushed_request_is_all_or_nothing_and_its_nonces_are_answered_once()
    {
        var key = await TestKey.CreateAsync();
        var phone = key.Phone;
        KeyShareServer.BeginSession(key.Silo.Rounds, "s", key.Silo.Now.AddMinutes(30));
        using var pin = key.Pin();
        using var session = await phone.BeginSessionAsync("s", pin);
        var deposit = session.Commit(6);
        Assert.IsType<Acknowledged>(await phone.SendAsync(session, deposit));

        // The very same commitments again, as after a lost answer, are no more commitments.
        Assert.IsType<Acknowledged>(await phone.SendAsync(session, deposit));
        Assert.Equal(6, KeyShareServer.CommitmentsLeft(key.Silo.Rounds, "s"));
        var (a, b) = (new HashOnlyForm(good, "a").ToDocument(), new HashOnlyForm(evil, "b").ToDocument());

        // Asked for again it is the very same offer: one W2 for one commitment and one e. Other documents under the same request are none.
        var offer = key.Silo.Offer("s", "q1", a, b)!;
        Assert.Equal(offer.Encode(), key.Silo.Offer("s", "q1", a, b)!.Encode());
        Assert.Throws<ArgumentException>(() => key.Silo.Offer("s", "q1", b, a));
        Assert.Null(key.Silo.Offer("s", "q2", a, b, a, b, a));

        // Commitments of two offers swapped, or the proof of another document, are not answered.
        var other = key.Silo.Offer("s", "q3", a, b)!;
        Assert.Null(session.Answer(offer with { Commitments = [.. offer.Commitments.Reverse()] }, _ => true));
        Assert.Null(session.Answer(other with { Opened = other.Opened with { Documents = [a, a] } }, _ => true));

        var last = key.Silo.Offer("s", "q4", a, b)!;
        var sign = session.Answer(last, _ => true)!;
        var signed = Assert.IsType<SessionSigned>(await phone.SendAsync(session, sign));
        Assert.True(session.Verify(last, signed));
        Assert.False(session.Verify(last, new SessionSigned([signed.Signatures[1], signed.Signatures[0]])));
        Assert.Equal(new Failed(ProtocolFailure.SessionEnded), await phone.SendAsync(session, sign));

        // A guess in one of two documents is one wrong PIN, releases nothing, says nothing of which, and ends the session.
        Assert.IsType<Acknowledged>(await phone.SendAsync(session, session.Commit(2)));
        var guessed = key.Silo.Offer("s", "q5", a, b)!;
        sign = session.Answer(guessed, _ => true)!;
        var spoilt = sign with { Parts = [sign.Parts[0], sign.Parts[1] with { Part = sign.Parts[1].Part with { S1 = sign.Parts[1].Part.S1 + Scalar.One } }] };
        Assert.Equal(1, Assert.IsType<WrongPin>(await phone.SendAsync(session, spoilt)).Failures);
        Assert.Equal(new Failed(ProtocolFailure.SessionEnded), await phone.SendAsync(session, sign));
        Assert.Null(key.Silo.Offer("s", "q6", a));
    }

    [Fact]
    public async Task A_lock_ends_sessions_and_no_message_of_one_unlocks_or_signs()
    {
        var key = await TestKey.CreateAsync();
        var phone = key.Phone;
        KeyShareServer.BeginSession(key.Silo.Rounds, "s", key.Silo.Now.AddMinutes(30));
        using var pin = key.Pin();
        using var session = await phone.BeginSessionAsync("s", pin);
        Assert.IsType<Acknowledged>(await phone.SendAsync(session, session.Commit(2)));
        var offer = key.Silo.Offer("s", "q1", new HashOnlyForm(good, "a").ToDocument())!;
        var sign = session.Answer(offer, _ => true)!;
        using var wrong = key.Pin("271828");
        for (var tries = 0; tries < 5; tries++)
        {
            key.Ask($"r{tries}", "a");
            using var signing = (await phone.OpenSigningAsync($"r{tries}")).Round!;
            Assert.IsType<WrongPin>(await signing.ConfirmAsync(wrong));
        }

        Assert.IsType<Locked>(await phone.SendAsync(session, sign));
        Assert.IsType<Locked>(await phone.SendAsync(session, session.Commit(1)));
        key.Silo.Now += TimeSpan.FromMinutes(31);
        Assert.Equal(new Failed(ProtocolFailure.SessionEnded), await phone.SendAsync(session, sign));
    }

    [Fact]
    public async Task A_confirmation_during_a_session_moves_its_share_along()
    {
        var key = await TestKey.CreateAsync();
        var phone = key.Phone;
        KeyShareServer.BeginSession(key.Silo.Rounds, "s", key.Silo.Now.AddMinutes(30));
        using var pin = key.Pin();
        using var session = await phone.BeginSessionAsync("s", pin);
        Assert.IsType<Acknowledged>(await phone.SendAsync(session, session.Commit(2)));
        key.Ask("r", "a");
        using (var signing = (await phone.OpenSigningAsync("r")).Round!)
        {
            Assert.IsType<Signed>(await signing.ConfirmAsync(pin));
        }

        var document = new HashOnlyForm(good, "a").ToDocument();
        Assert.Null(key.Silo.Offer("s", "q1", document));
        Assert.Equal(0, session.Unused);
        Assert.IsType<Acknowledged>(await phone.SendAsync(session, session.Commit(1)));
        var answer = session.Answer(key.Silo.Offer("s", "q1", document)!, _ => true)!;
        Assert.IsType<SessionSigned>(await phone.SendAsync(session, answer));
    }
}
