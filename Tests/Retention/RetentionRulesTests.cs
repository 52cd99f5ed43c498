using Bzt.Grains;
using Bzt.Grains.Certificates;
using Bzt.Grains.Foundations;
using Bzt.Grains.Platforms;
using Bzt.Grains.Retention;
using Bzt.Silo.Hosting;
using Bzt.Silo.Storage;
using Bzt.Tests.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Orleans.Storage;

namespace Bzt.Tests.Retention;

/// <summary>Periods: which may be set, when they are over, and which rows they end.</summary>
public sealed class RetentionRulesTests(PostgresFixture postgres)
{
    private static readonly DateTimeOffset Now = new(2032, 11, 25, 1, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("CertificateYears", "4")]
    [InlineData("SessionDays", "183")]
    [InlineData("ApplicationDays", "30")]
    [InlineData("InboxDays", "0")]
    [InlineData("Period", "2.00:00:00")]
    public void Less_than_the_law_wants_does_not_start(string setting, string value)
    {
        using var folder = new TempFolder();
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { EnvironmentName = "Testing" });
        builder.Configuration["Storage:DataFolder"] = folder.File("data");
        builder.Configuration["Protection:RootKeyFile"] = folder.File("keys/root.key");
        builder.Configuration[$"Retention:{setting}"] = value;
        var refused = Assert.Throws<OptionsValidationException>(() => builder.AddBztSilo());
        Assert.Contains(setting, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_certificate_is_kept_until_its_period_after_its_end_and_longer_for_what_is_open()
    {
        var created = new CreateCertificate(
            new Bzt.Grains.ApplicationId(Guid.NewGuid()), "application-1", UserId.New(), DeviceId.New(), [4], new CreditCode("91420500MA49ABCD28"), "宜昌测试有限公司",
            new CaId("yichang-ca"), "宜昌CA", "hubei", new CertificateSubject("宜昌测试有限公司", "宜昌测试有限公司", "91420500MA49ABCD28"));
        var revoked = new CertificateRecord { Created = created, RevokedAt = Now.AddYears(-5) };
        Assert.True(RetentionRules.MayErase(revoked, 5, Now));
        Assert.False(RetentionRules.MayErase(revoked, 5, Now.AddSeconds(-1)));
        Assert.False(RetentionRules.MayErase(revoked, 6, Now));
        Assert.True(RetentionRules.MayErase(revoked with { RevokedAt = Now, HolderRemovedAt = Now.AddYears(-5) }, 5, Now));

        // Still to be told; a bid that is opened later; nothing at all; still in use.
        Assert.False(RetentionRules.MayErase(revoked with { Outbox = Outbox.Empty.Add("kind", "target", 1) }, 5, Now));
        OpenBid bid = new(new PlatformId("yichang-ggzy"), "P-1", "某道路工程", Now.AddYears(-5).AddDays(1));
        Assert.False(RetentionRules.MayErase(revoked with { OpenBids = [bid] }, 5, Now));
        Assert.True(RetentionRules.MayErase(revoked with { OpenBids = [bid with { OpeningTime = Now.AddYears(-5) }] }, 5, Now));
        Assert.False(RetentionRules.MayErase(new CertificateRecord(), 5, Now));
        Assert.False(RetentionRules.MayErase(new CertificateRecord { Created = created }, 5, Now));

        // Never certified: at once, and nothing else is.
        Assert.True(RetentionRules.MayErase(new CertificateRecord { Created = created, AbandonedAt = Now }, 0, Now));
        Assert.False(RetentionRules.MayErase(new CertificateRecord { Created = created, AbandonedAt = Now, ActivatedAt = Now }, 0, Now));
        Assert.True(RetentionRules.MayErase(new CertificateRecord { Created = created, HolderRemovedAt = Now }, 0, Now));
        Assert.False(RetentionRules.MayErase(revoked, 0, Now));
    }

    [Fact]
    public void After_a_jump_of_the_clock_nothing_ends_for_a_week_and_after_the_way_back_neither()
    {
        var first = RetentionClock.Next(new StoredRetention(), Now);
        Assert.Equal((Now, null), (first.LastRound, first.QuietUntil));
        Assert.Null(RetentionClock.Next(first, Now.AddDays(7)).QuietUntil);
        Assert.Null(RetentionClock.Next(first, Now.AddMinutes(-10)).QuietUntil);

        var ahead = RetentionClock.Next(first, Now.AddYears(5));
        Assert.Equal((Now.AddYears(5), Now.AddYears(5).AddDays(7)), (ahead.LastRound, ahead.QuietUntil));
        var quiet = RetentionClock.Next(ahead, Now.AddYears(5).AddDays(6));
        Assert.Equal(ahead.QuietUntil, quiet.QuietUntil);
        Assert.Null(RetentionClock.Next(quiet, ahead.QuietUntil!.Value).QuietUntil);

        // Set right: a week from there, not from when it was wrong.
        var back = RetentionClock.Next(quiet, Now.AddHours(1));
        Assert.Equal(Now.AddHours(1).AddDays(7), back.QuietUntil);
        Assert.Null(RetentionClock.Next(back with { LastRound = Now.AddDays(7) }, Now.AddDays(8)).QuietUntil);
        Assert.NotNull(RetentionClock.Next(first, Now.AddMinutes(-11)).QuietUntil);
    }

    [Fact]
    public void Stored() => GoldenState.Verify("retention-v1", new StoredRetention
    {
        LastRound = Now, QuietUntil = Now.AddDays(7),
        Ending = [new EndingCertificate(new UserId(new Guid("019aa000-0000-7000-8000-000000000001")), new CertificateId(new Guid("019aa000-0000-7000-8000-000000000002")))],
    });

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task Rows_that_rest_go_with_their_archived_ones_and_what_has_something_to_tell_stays(string kind)
    {
        var stop = TestContext.Current.CancellationToken;
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var silo = await TestSilo.StartAsync(clock: clock, postgres: kind == "postgres" ? await postgres.NewDatabaseAsync() : null);
        var (storage, store, erasure) = (silo.Services.GetRequiredService<IGrainStorage>(), silo.Services.GetRequiredService<SqlStore>(), silo.Services.GetRequiredService<IStateErasure>());
        foreach (var id in Enumerable.Range(0, 7))
        {
            await WriteAsync("qr-session", $"{id}", new CounterState { Value = id });
        }

        await silo.Services.GetRequiredService<StateArchive>().SweepAsync(TimeSpan.FromDays(-2), stop);
        await WriteAsync("qr-session", "young", new CounterState());
        await WriteAsync("oauth-grant", "1", new CounterState());
        await WriteAsync("sealing-session", "told", new Bzt.Grains.Sealing.SealingState());
        await WriteAsync("sealing-session", "telling", new Bzt.Grains.Sealing.SealingState { Outbox = Outbox.Empty.Add("kind", "target", 1) });
        var cleared = await WriteAsync("counter", "cleared", new CounterState());
        await storage.ClearStateAsync("counter", GrainId.Create("counter", "cleared"), cleared);

        // By the store's clock everything is from today: not older than yesterday, all of it older than the day after tomorrow.
        var (yesterday, later) = (DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(2));
        foreach (var type in (string[])["qr-session", "oauth-grant", "sealing-session"])
        {
            Assert.Equal(0, await erasure.EraseRestingAsync($"{type}/{type}", yesterday, 100));
        }

        // From an archive of an earlier release: without a time, brought back long ago.
        foreach (var id in Enumerable.Range(0, 4))
        {
            await store.WriteAsync(connection => connection.ExecuteAsync(
                "INSERT INTO archived_state (type, key, service, id_hash, type_hash, n0, n1, version, payload) VALUES (@type, @key, 'other', 0, 0, 0, 0, 1, @empty)",
                ("type", "evidence/evidence"), ("key", $":{id}"), ("empty", Array.Empty<byte>())));
        }

        Assert.Equal(0, await erasure.EraseClearedAsync(yesterday, 3));
        Assert.Equal(0, await store.CountAsync("SELECT count(*) FROM archived_state WHERE modified IS NULL", stop));
        Assert.Equal(4, await store.CountAsync("SELECT count(*) FROM archived_state WHERE length(payload) = 0", stop));
        Assert.Equal(4, await erasure.EraseRestingAsync("qr-session/qr-session", later, 3));
        Assert.Equal(3, await erasure.EraseRestingAsync("qr-session/qr-session", later, 3));
        Assert.Equal(1, await erasure.EraseRestingAsync("qr-session/qr-session", later, 3));
        Assert.Equal(0, await erasure.EraseRestingAsync("qr-session/qr-session", later, 3));
        Assert.Equal(1, await erasure.EraseRestingAsync("oauth-grant/oauth-grant", later, 3));
        Assert.Equal(1, await erasure.EraseRestingAsync("sealing-session/sealing-session", later, 3));
        Assert.Equal(4, await erasure.EraseClearedAsync(later, 3));
        Assert.Equal(1, await erasure.EraseClearedAsync(later, 3));
        Assert.Equal(0, await erasure.EraseClearedAsync(later, 3));
        Assert.Equal(
            ["sealing-session/sealing-session:telling"],
            await store.QueryAsync(
                "SELECT GrainTypeString || GrainIdExtensionString FROM OrleansStorage WHERE GrainTypeString LIKE '%session%' OR GrainTypeString LIKE 'oauth%' OR GrainTypeString LIKE 'counter%'",
                row => row.GetString(0), stop));
        Assert.Empty(await store.QueryAsync("SELECT key FROM archived_state", row => row.GetString(0), stop));

        // A silo whose clock is not the store's ends nothing, and says so; the store inside the process has no other.
        await WriteAsync("wechat-sign-in", "1", new CounterState());
        clock.SetUtcNow(DateTimeOffset.UtcNow);
        Assert.Equal(0, (await silo.Grains.Retention().Sweep()).Failed);

        // One question fails: the others are asked all the same.
        await store.WriteAsync(connection => connection.ExecuteAsync("ALTER TABLE projection_application RENAME TO away"));
        Assert.Equal(1, (await silo.Grains.Retention().Sweep()).Failed);
        clock.Advance(TimeSpan.FromDays(6));
        Assert.Equal(1, (await silo.Grains.Retention().Sweep()).Failed);
        Assert.Equal(kind == "postgres" ? 1 : 0, await store.CountAsync("SELECT count(*) FROM OrleansStorage WHERE GrainTypeString = 'wechat-sign-in/wechat-sign-in'", stop));

        async Task<GrainState<T>> WriteAsync<T>(string type, string key, T value)
        {
            var state = new GrainState<T>(value);
            await storage.WriteStateAsync(type, GrainId.Create(type, key), state);
            return state;
        }
    }
}
