using Bzt.Grains.Foundations;

namespace Bzt.Tests.Storage;

public sealed class EmbeddedSiloTests
{
    [Fact]
    public async Task State_survives_a_restart()
    {
        await using var silo = await TestSilo.StartAsync();
        Assert.Equal(3, await silo.Grains.GetGrain<ICounterGrain>("a").Add(3));
        await silo.RestartAsync();
        Assert.Equal(3, await silo.Grains.GetGrain<ICounterGrain>("a").Value());
        Assert.Equal(5, await silo.Grains.GetGrain<ICounterGrain>("a").Add(2));
    }

    [Fact]
    public async Task A_cleared_state_stays_cleared_and_can_be_written_again()
    {
        await using var silo = await TestSilo.StartAsync();
        var grain = silo.Grains.GetGrain<ICounterGrain>("a");
        await grain.Add(3);
        await grain.Clear();
        await silo.RestartAsync();
        grain = silo.Grains.GetGrain<ICounterGrain>("a");
        Assert.Equal(0, await grain.Value());
        Assert.Equal(1, await grain.Add(1));
    }

    /// <summary>Orleans' provider alone reads such keys as hexadecimal numbers and files them under one row.</summary>
    [Fact]
    public async Task Keys_that_look_like_numbers_do_not_share_a_row()
    {
        string[] keys = ["1a", "1A", "01A", "001a", "13800000000", "013800000000"];
        await using var silo = await TestSilo.StartAsync();
        for (var i = 0; i < keys.Length; i++)
        {
            Assert.Equal(i + 1, await silo.Grains.GetGrain<ICounterGrain>(keys[i]).Add(i + 1));
        }

        await silo.RestartAsync();
        for (var i = 0; i < keys.Length; i++)
        {
            Assert.Equal(i + 1, await silo.Grains.GetGrain<ICounterGrain>(keys[i]).Value());
        }
    }

    [Theory]
    [InlineData(WriteFault.NotPersisted, 3)]
    [InlineData(WriteFault.Persisted, 5)]
    public async Task After_a_failed_write_the_grain_shows_what_the_store_has(WriteFault fault, int expected)
    {
        await using var silo = await TestSilo.StartAsync();
        var grain = silo.Grains.GetGrain<ICounterGrain>("a");
        await grain.Add(3);
        silo.Faults.FailNext(fault);
        await Assert.ThrowsAsync<StorageFailedException>(() => grain.Add(2));
        Assert.Equal(expected, await grain.Value());
        Assert.Equal(expected + 1, await grain.Add(1));
    }
}
