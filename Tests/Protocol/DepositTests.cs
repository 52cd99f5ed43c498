using Bzt.Protocol;
using Bzt.Protocol.Phone;
using Bzt.Protocol.Rounds;
using Bzt.Protocol.Wire;

namespace Bzt.Tests.Protocol;

/// <summary>The deposit against a forgotten PIN and the approval that releases it (F0, F1, P3 to P5).</summary>
public class DepositTests
{
    private const string NewPin = "271828";

    [Fact]
    public async Task A_released_deposit_serves_again_until_the_phone_has_its_new_PIN_and_only_itself()
    {
        var key = await TestKey.CreateAsync();
        Approve(key);
        using var fresh = Fresh();

        // The change succeeded and the phone never heard of it: the PIN that is forgotten still holds, and the approval with it.
        var proved = false;
        key.Silo.OnAnswer = (request, answer) =>
        {
            proved |= request is PinChangeProof;
            return proved ? throw new PhoneLinkException("lost") : answer;
        };
        await Assert.ThrowsAsync<PhoneLinkException>(async () => await key.Phone.RecoverPinAsync("a1", fresh));
        Assert.Equal((true, 0), (key.Silo.State!.Approval!.IsReleased, key.Silo.State.Approval.Number));
        Assert.Equal(2, key.Silo.State.Deposits.Count);

        // Its new deposit is not to be had under the same approval.
        Assert.Equal(new Failed(ProtocolFailure.DepositUnavailable), key.Silo.Handle(new DepositFetch("a1", 1)));

        key.Silo.OnAnswer = (_, answer) => answer;
        Assert.IsType<Proved>(await key.Phone.RecoverPinAsync("a1", fresh));
        Assert.Null(key.Silo.State.Approval);
        Assert.Equal(1, Assert.Single(key.Silo.State.Deposits).Number);
        Assert.Single(key.Silo.Effects.OfType<RoundEffect.DepositReleased>());
        Assert.Equal(new Failed(ProtocolFailure.DepositUnavailable), key.Silo.Handle(new DepositFetch("a1", 1)));
        key.Ask("r", "a");
        Assert.IsType<Signed>(await key.SignAsync("r", NewPin));
    }

    [Fact]
    public async Task A_confirmation_that_was_lost_leaves_no_way_to_the_new_deposit()
    {
        var key = await TestKey.CreateAsync();
        Approve(key);
        using var fresh = Fresh();
        key.Silo.OnRequest = request => _ = request is DepositConfirm ? throw new PhoneLinkException("lost") : 0;
        Assert.IsType<Proved>(await key.Phone.RecoverPinAsync("a1", fresh));
        key.Silo.OnRequest = _ => { };

        // Released before its end, for another number than the phone's mask has now.
        Assert.Equal(new Failed(ProtocolFailure.DepositUnavailable), await key.Phone.RecoverPinAsync("a1", fresh));

        // The next success under the PIN ends what is left.
        key.Ask("r", "a");
        Assert.IsType<Signed>(await key.SignAsync("r", NewPin));
        Assert.Null(key.Silo.State!.Approval);
    }

    [Fact]
    public async Task A_success_under_the_PIN_ends_an_approval_that_waits()
    {
        var key = await TestKey.CreateAsync();
        Approve(key);
        key.Ask("r", "a");
        Assert.IsType<WrongPin>(await key.SignAsync("r", "000000"));
        Assert.NotNull(key.Silo.State!.Approval);
        Assert.IsType<Signed>(await key.SignAsync("r"));
        Assert.Null(key.Silo.State.Approval);
        using var fresh = Fresh();
        Assert.Equal(new Failed(ProtocolFailure.DepositUnavailable), await key.Phone.RecoverPinAsync("a1", fresh));
    }

    [Fact]
    public async Task Nothing_is_released_under_a_lock_and_the_lock_for_good_deletes_it()
    {
        var key = await TestKey.CreateAsync();
        Approve(key);
        await FailAsync(key, 5);
        using var fresh = Fresh();
        Assert.IsType<Locked>(await key.Phone.RecoverPinAsync("a1", fresh));
        Assert.False(key.Silo.State!.Approval!.IsReleased);

        key.Silo.Now = key.Silo.Now.AddMinutes(30);
        await FailAsync(key, 3);
        key.Silo.Now = key.Silo.Now.AddHours(24);
        await FailAsync(key, 2);
        Assert.Empty(key.Silo.State.Deposits);
        Assert.Null(key.Silo.State.Approval);
        Assert.Equal(new Locked(new PinLock(null)), await key.Phone.RecoverPinAsync("a1", fresh));
        Assert.Empty(key.Silo.Effects.OfType<RoundEffect.DepositReleased>());
    }

    private static StretchedPin Fresh() => PinStretch.Create(SystemRandom.Instance, TestKey.Rounds).Stretch(NewPin);

    private static void Approve(TestKey key) =>
        key.Silo.State = key.Silo.State! with { Approval = new("a1", key.Silo.Now, key.Silo.Now.AddHours(72)) };

    private static async Task FailAsync(TestKey key, int times)
    {
        for (var failure = 0; failure < times; failure++)
        {
            key.Ask($"f{key.Silo.State!.Pin.Failures}", "a");
            Assert.IsType<WrongPin>(await key.SignAsync($"f{key.Silo.State.Pin.Failures}", "000000"));
        }
    }
}
