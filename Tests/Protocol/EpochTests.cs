using Bzt.Protocol;
using Bzt.Protocol.Phone;
using Bzt.Protocol.Rounds;
using Bzt.Protocol.Wire;
using Xunit;

namespace Bzt.Tests.Protocol;

/// <summary>Refresh and copies: the real code of both roles under loss, crash, duplication and restored stores.</summary>
public class EpochTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Whatever_is_lost_crashes_or_is_repeated_phone_and_silo_come_together_again(int seed)
    {
        var random = new Random(seed);
        var key = await TestKey.CreateAsync();
        var past = new List<PhoneRequest>();
        var signed = 0;
        for (var i = 0; i < 60; i++)
        {
            key.Ask($"r{i}", $"document {i}");
            var (loseRequest, loseAnswer, restart, replay) = (random.Next(12), random.Next(12), random.Next(5), random.Next(3));
            key.Silo.OnRequest = request =>
            {
                past.Add(request);
                if (restart == 0 && request is SigningFinish or Resume)
                {
                    restart = -1;
                    key.Silo.Restart();
                }

                if (loseRequest-- == 0)
                {
                    throw new PhoneLinkException("lost");
                }
            };
            key.Silo.OnAnswer = (request, answer) => loseAnswer-- == 0 && request is not ResumeOpen ? throw new PhoneLinkException("lost") : answer;
            try
            {
                signed += await key.SignAsync($"r{i}") is Signed ? 1 : 0;
            }
            catch (PhoneLinkException)
            {
                // The app is closed here; what is in the store is all that is left.
            }

            if (replay == 0 && past.Count > 0)
            {
                // The gateway delivers something old once more. Only what the registered device signed at some time.
                key.Silo.Handle(past[random.Next(past.Count)]);
            }

            Assert.False(key.Silo.State!.IsFrozen);
            Assert.Equal(0, key.Silo.State.Pin.Failures);
        }

        (key.Silo.OnRequest, key.Silo.OnAnswer) = (_ => { }, (_, answer) => answer);
        key.Ask("last", "last document");
        Assert.IsType<Signed>(await key.SignAsync("last"));
        Assert.Equal(key.Silo.State!.Pending!.Epoch, key.Record.Epoch);
        Assert.True(signed > 5, "The faults left too few signatures to say anything.");
    }

    [Fact]
    public async Task A_lost_answer_is_fetched_and_the_same_signature_is_not_made_twice()
    {
        var key = await TestKey.CreateAsync();
        key.Ask("r", "a");
        key.Silo.OnAnswer = (request, answer) => request is SigningFinish ? throw new PhoneLinkException("lost") : answer;
        Assert.IsType<Signed>(await key.SignAsync("r"));
        Assert.Single(key.Silo.Effects.OfType<RoundEffect.SignaturesReleased>());
        Assert.Equal(1, key.Record.Epoch);
    }

    [Fact]
    public async Task A_restart_before_the_confirmation_voids_the_round_and_the_user_is_not_asked_again()
    {
        var key = await TestKey.CreateAsync();
        key.Ask("r", "a");
        using var round = (await key.Phone.OpenSigningAsync("r")).Round!;
        key.Silo.Restart();
        using var pin = key.Pin();
        Assert.IsType<Signed>(await round.ConfirmAsync(pin));
        Assert.Equal(0, key.Silo.State!.Pin.Failures);
    }

    [Fact]
    public async Task A_copy_of_the_store_freezes_the_key_and_the_evidence_names_the_epochs()
    {
        var key = await TestKey.CreateAsync();
        key.Ask("r1", "a");
        var copied = key.Store.Bytes(TestKey.KeyId)!;
        Assert.IsType<Signed>(await key.SignAsync("r1"));
        key.Store.Restore(TestKey.KeyId, copied);
        key.Ask("r2", "b");
        Assert.IsType<Frozen>(await key.SignAsync("r2"));
        Assert.True(key.Silo.State!.IsFrozen);
        Assert.Equal(new RoundEffect.CopySuspected(0, 1), key.Silo.Effects[^1]);
        Assert.IsType<Frozen>(await key.SignAsync("r2"));
    }

    [Fact]
    public async Task An_honest_answer_held_back_until_the_phone_went_on_freezes_nobody()
    {
        var key = await TestKey.CreateAsync();
        var held = Assert.IsType<Challenge>(key.Silo.Handle(new ResumeOpen()));
        var late = new Resume(held.Nonce, key.Record.Epoch, null);
        key.Ask("r", "a");
        Assert.IsType<Signed>(await key.SignAsync("r"));
        Assert.Equal(new Failed(ProtocolFailure.Unexpected), key.Silo.Handle(late));
        Assert.False(key.Silo.State!.IsFrozen);
    }

    [Fact]
    public async Task A_challenge_that_a_jump_of_the_clock_outlived_is_asked_for_once_more()
    {
        var key = await TestKey.CreateAsync();
        key.Ask("r", "a");
        var jumps = 1;
        (key.Silo.OnAnswer, key.Silo.OnRequest) = (
            (request, answer) => request is SigningFinish && jumps > 0 ? throw new PhoneLinkException("lost") : answer,
            request => key.Silo.Now += request is Resume && jumps-- > 0 ? TimeSpan.FromHours(1) : TimeSpan.Zero);
        Assert.IsType<Signed>(await key.SignAsync("r"));
        Assert.Single(key.Silo.Effects.OfType<RoundEffect.SignaturesReleased>());

        // Only once more: a silo that never accepts one is no endless loop.
        key.Silo.OnRequest = request => key.Silo.Now += request is Resume ? TimeSpan.FromHours(1) : TimeSpan.Zero;
        Assert.Equal(new Failed(ProtocolFailure.Unexpected), await key.Phone.ResumeAsync());
    }

    [Fact]
    public async Task A_phone_ahead_means_the_server_lost_state_and_is_nobodys_wrong_PIN()
    {
        var key = await TestKey.CreateAsync();
        key.Ask("r1", "a");
        var old = key.Silo.State;
        Assert.IsType<Signed>(await key.SignAsync("r1"));
        key.Silo.State = old;
        key.Silo.Restart();
        Assert.IsType<SiloBehind>(await key.SignAsync("r1"));
        Assert.Equal(new RoundEffect.StateLost(1, 0), key.Silo.Effects[^1]);
        Assert.Equal(0, key.Silo.State!.Pin.Failures);
        Assert.False(key.Silo.State.IsFrozen);
    }

    [Fact]
    public async Task A_wrong_try_repeated_byte_for_byte_counts_once()
    {
        var key = await TestKey.CreateAsync();
        key.Ask("r", "a");
        SigningFinish? sent = null;
        key.Silo.OnRequest = request => sent = request as SigningFinish ?? sent;
        var wrong = Assert.IsType<WrongPin>(await key.SignAsync("r", "000000"));
        Assert.Equal(wrong, key.Silo.Handle(sent!));
        Assert.Equal(1, key.Silo.State!.Pin.Failures);
    }

    [Fact]
    public async Task A_changed_PIN_takes_effect_with_the_epoch_and_a_lost_answer_leaves_the_old_one()
    {
        var key = await TestKey.CreateAsync();
        key.Ask("r", "a");
        using (var wrongOld = key.Pin("000000"))
        using (var fresh = PinStretch.Create(SystemRandom.Instance, TestKey.Rounds).Stretch("271828"))
        {
            Assert.IsType<WrongPin>(await key.Phone.ChangePinAsync(wrongOld, fresh));
            using var old = key.Pin();
            Assert.IsType<Proved>(await key.Phone.ChangePinAsync(old, fresh));
        }

        Assert.Equal((1, 1), (key.Record.Epoch, key.Record.MaskNumber));
        Assert.Equal(1, Assert.Single(key.Silo.State!.Deposits).Number);
        Assert.IsType<WrongPin>(await key.SignAsync("r"));
        Assert.IsType<Signed>(await key.SignAsync("r", "271828"));

        key.Silo.OnAnswer = (request, answer) => request is PinChangeProof or Resume ? throw new PhoneLinkException("lost") : answer;
        using var before = key.Pin("271828");
        using var never = PinStretch.Create(SystemRandom.Instance, TestKey.Rounds).Stretch("314159");
        await Assert.ThrowsAsync<PhoneLinkException>(async () => await key.Phone.ChangePinAsync(before, never));
        key.Silo.OnAnswer = (_, answer) => answer;
        Assert.IsType<Signed>(await key.SignAsync("r", "271828"));
        Assert.Equal(2, key.Silo.State!.Deposits.Count);
    }

    [Fact]
    public async Task A_forgotten_PIN_is_replaced_only_within_its_approval()
    {
        var key = await TestKey.CreateAsync();
        using var fresh = PinStretch.Create(SystemRandom.Instance, TestKey.Rounds).Stretch("271828");
        Assert.Equal(new Failed(ProtocolFailure.DepositUnavailable), await key.Phone.RecoverPinAsync("a1", fresh));
        key.Silo.State = key.Silo.State! with { Approval = new("a1", key.Silo.Now.AddHours(24), key.Silo.Now.AddHours(48)) };
        Assert.Equal(new Failed(ProtocolFailure.DepositUnavailable), await key.Phone.RecoverPinAsync("a1", fresh));
        key.Silo.Now = key.Silo.Now.AddHours(24);
        Assert.Equal(new Failed(ProtocolFailure.DepositUnavailable), await key.Phone.RecoverPinAsync("another", fresh));
        Assert.IsType<Proved>(await key.Phone.RecoverPinAsync("a1", fresh));
        Assert.Null(key.Silo.State!.Approval);
        key.Ask("r", "a");
        Assert.IsType<Signed>(await key.SignAsync("r", "271828"));
    }
}
