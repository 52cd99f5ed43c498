using Bzt.Grains;
using Bzt.Grains.Certificates;
using Bzt.Grains.Foundations;
using Bzt.Grains.Platforms;
using Bzt.Silo.Hosting;
using Bzt.Silo.Storage;
using Bzt.Tests.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
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
        Assert.False(RetentionRules.MayErase(revoked, 0, Now));
    }

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task Rows_that_rest_go_with_their_archived_ones_and_what_has_something_to_tell_stays(string kind)
    {
        var stop = TestContext.Current.CancellationToken;
        await using var silo = await TestSilo.StartAsync(postgres: kind == "postgres" ? await postgres.NewDatabaseAsync() : null);
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

        Assert.Equal(0, await erasure.EraseClearedAsync(yesterday));
        Assert.Equal(4, await erasure.EraseRestingAsync("qr-session/qr-session", later, 3));
        Assert.Equal(3, await erasure.EraseRestingAsync("qr-session/qr-session", later, 3));
        Assert.Equal(1, await erasure.EraseRestingAsync("qr-session/qr-session", later, 3));
        Assert.Equal(0, await erasure.EraseRestingAsync("qr-session/qr-session", later, 3));
        Assert.Equal(1, await erasure.EraseRestingAsync("oauth-grant/oauth-grant", later, 3));
        Assert.Equal(1, await erasure.EraseRestingAsync("sealing-session/sealing-session", later, 3));
        Assert.Equal(1, await erasure.EraseClearedAsync(later));
        Assert.Equal(
            ["sealing-session/sealing-session:telling"],
            await store.QueryAsync(
                "SELECT GrainTypeString || GrainIdExtensionString FROM OrleansStorage WHERE GrainTypeString LIKE '%session%' OR GrainTypeString LIKE 'oauth%' OR GrainTypeString LIKE 'counter%'",
                row => row.GetString(0), stop));
        Assert.Empty(await store.QueryAsync("SELECT key FROM archived_state", row => row.GetString(0), stop));

        async Task<GrainState<T>> WriteAsync<T>(string type, string key, T value)
        {
            var state = new GrainState<T>(value);
            await storage.WriteStateAsync(type, GrainId.Create(type, key), state);
            return state;
        }
    }
}
