using Bzt.Protocol.Forms;
using Bzt.Protocol.Rounds;
using Bzt.Protocol.Wire;
using Xunit;

namespace Bzt.Tests.Protocol;

public class SigningTests
{
    [Fact]
    public async Task A_batch_is_signed_with_one_confirmation_and_every_signature_verifies()
    {
        var key = await TestKey.CreateAsync();
        key.Ask("r1", "a", "b", "c");
        var signed = Assert.IsType<Signed>(await key.SignAsync("r1"));
        Assert.Equal(3, signed.Signatures.Count);
        var work = Assert.IsType<RoundWork.Signing>(key.Silo.Work["r1"]);
        for (var i = 0; i < 3; i++)
        {
            Assert.True(SigningForm.TryDecode(work.Documents[i], out var form));
            Assert.True(signed.Signatures[i].Verify(key.Record.PublicKey, form.Digest(key.Record.PublicKey)));
        }

        Assert.Equal(1, key.Record.Epoch);
        key.Ask("r2", "d");
        Assert.IsType<Signed>(await key.SignAsync("r2"));
        Assert.Equal(2, key.Record.Epoch);
        Assert.Equal(1, key.Silo.State!.Epoch);
    }

    [Fact]
    public async Task Wrong_PINs_are_counted_lock_at_five_eight_and_ten_and_survive_restarts()
    {
        var key = await TestKey.CreateAsync();
        key.Ask("r", "a");
        Assert.IsType<Signed>(await key.SignAsync("r"));
        for (var failures = 1; failures <= 10; failures++)
        {
            key.Silo.Restart();
            var wrong = Assert.IsType<WrongPin>(await key.SignAsync("r", "000000"));
            Assert.Equal(failures, wrong.Failures);
            Assert.Equal(10 - failures, wrong.TriesLeft);
            if (wrong.Lock is { Until: { } until })
            {
                Assert.Equal(failures == 5 ? TimeSpan.FromMinutes(30) : TimeSpan.FromHours(24), until - key.Silo.Now);
                Assert.Equal(wrong.Lock, Assert.IsType<Locked>(await key.SignAsync("r")).Lock);
                key.Silo.Now = until;
            }
            else
            {
                Assert.Equal(failures == 10, wrong.Lock is not null);
            }
        }

        key.Silo.Now += TimeSpan.FromDays(1000);
        Assert.Null(Assert.IsType<Locked>(await key.SignAsync("r")).Lock.Until);
        Assert.Empty(key.Silo.State!.Deposits);
    }

    [Fact]
    public async Task A_right_PIN_sets_the_count_back()
    {
        var key = await TestKey.CreateAsync();
        key.Ask("r", "a");
        for (var i = 0; i < 4; i++)
        {
            Assert.IsType<WrongPin>(await key.SignAsync("r", "000000"));
        }

        Assert.IsType<Signed>(await key.SignAsync("r"));
        Assert.Equal(1, Assert.IsType<WrongPin>(await key.SignAsync("r", "000000")).Failures);
    }
}
