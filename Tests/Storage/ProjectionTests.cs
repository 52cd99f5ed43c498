using Bzt.Grains.Foundations;
using Bzt.Silo.Projections;
using Bzt.Silo.Storage;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Storage;

namespace Bzt.Tests.Storage;

public sealed class ProjectionTests(PostgresFixture postgres)
{
    private static readonly DateTimeOffset Day = new(2026, 11, 25, 0, 0, 0, TimeSpan.Zero);
    private static readonly GrainId Source = GrainId.Create("test-shop", "1");

    public static TheoryData<string> Stores => ["sqlite", "postgres"];

    [Theory, MemberData(nameof(Stores))]
    public async Task A_repeated_or_older_item_changes_nothing(string store)
    {
        await using var silo = await StartAsync(store);
        var projections = silo.Services.GetRequiredService<IProjectionStore>();
        await projections.ApplyAsync(Source, 1, Enterprise("old"));
        await projections.ApplyAsync(Source, 2, Enterprise("new"));
        await projections.ApplyAsync(Source, 1, Enterprise("old"));
        await projections.ApplyAsync(Source, 2, Enterprise("other"));
        Assert.Equal(Enterprise("new"), await projections.FindEnterpriseAsync("914205000000000001"));
        Assert.Null(await projections.FindEnterpriseAsync("914205000000000002"));
    }

    [Theory, MemberData(nameof(Stores))]
    public async Task An_item_whose_write_failed_in_either_way_is_applied_by_its_repeat(string store)
    {
        await using var silo = await StartAsync(store);
        var projections = silo.Services.GetRequiredService<IProjectionStore>();
        foreach (var (fault, sequence) in new[] { (WriteFault.NotPersisted, 1), (WriteFault.Persisted, 2) })
        {
            silo.Faults.FailNext(fault, write => write.Kind == "projection");
            await Assert.ThrowsAsync<IOException>(() => projections.ApplyAsync(Source, sequence, Enterprise($"{fault}")));
            await projections.ApplyAsync(Source, sequence, Enterprise($"{fault}"));
            Assert.Equal($"{fault}", (await projections.FindEnterpriseAsync("914205000000000001"))?.Name);
        }
    }

    [Theory, MemberData(nameof(Stores))]
    public async Task Enterprises_are_found_by_name_and_code_and_wildcards_are_letters(string store)
    {
        await using var silo = await StartAsync(store);
        var projections = silo.Services.GetRequiredService<IProjectionStore>();
        string[] names = ["宜昌建设有限公司", "荆州建设有限公司", "100%_公司"];
        for (var i = 0; i < names.Length; i++)
        {
            await projections.ApplyAsync(GrainId.Create("test-shop", $"{i}"), 1, new EnterpriseRow($"9142{i}", names[i], false, null));
        }

        Assert.Equal(["宜昌建设有限公司", "荆州建设有限公司"], await Names("建设"));
        Assert.Equal(["荆州建设有限公司"], await Names("91421"));
        Assert.Equal(["100%_公司"], await Names("%_"));
        Assert.Equal(["100%_公司"], await Names("%"));
        Assert.Empty(await Names("142"));

        async Task<IEnumerable<string>> Names(string text) =>
            (await projections.SearchEnterprisesAsync(text, new PageRequest(10))).Items.Select(row => row.Name);
    }

    [Theory, MemberData(nameof(Stores))]
    public async Task Pages_show_every_row_once_and_in_order(string store)
    {
        await using var silo = await StartAsync(store);
        var projections = silo.Services.GetRequiredService<IProjectionStore>();
        for (var i = 0; i < 7; i++)
        {
            // Two share each time: the key has to break the tie.
            var at = Day.AddHours(i / 2);
            var source = GrainId.Create("test-shop", $"{i}");
            await projections.ApplyAsync(source, 1, new OrderRow($"o{i}", "alice", "certificate", "c1", 10_000, "paid", at));
            await projections.ApplyAsync(source, 3, new CertificateRow($"c{i}", "alice", "9142", null, "yichang", "active", i == 6 ? null : at));
        }

        await projections.ApplyAsync(GrainId.Create("test-shop", "9"), 1, new OrderRow("o9", "bob", "certificate", "c9", 1, "open", Day));
        string[] newestFirst = ["6", "5", "4", "3", "2", "1", "0"];
        Assert.Equal(newestFirst.Select(i => "o" + i), await All(page => projections.OrdersOfOwnerAsync("alice", page), row => row.OrderId));
        Assert.Equal(newestFirst.Reverse().Select(i => "c" + i), await All(page => projections.CertificatesOfOwnerAsync("alice", page), row => row.CertificateId));
        Assert.Equal(newestFirst.Reverse().Select(i => "c" + i), await All(page => projections.CertificatesOfEnterpriseAsync("9142", page), row => row.CertificateId));
        Assert.Equal(["c2", "c3", "c4", "c5"], await All(page => projections.CertificatesExpiringAsync(Day.AddHours(1), Day.AddHours(3), page), row => row.CertificateId));
        Assert.Empty((await projections.OrdersOfOwnerAsync("alice", new PageRequest(10, "no cursor"))).Items);

        static async Task<List<string>> All<T>(Func<PageRequest, Task<Page<T>>> read, Func<T, string> key)
        {
            var keys = new List<string>();
            string? after = null;
            do
            {
                var page = await read(new PageRequest(3, after));
                Assert.InRange(page.Items.Count, 1, 3);
                keys.AddRange(page.Items.Select(key));
                after = page.Next;
            }
            while (after is not null);
            return keys;
        }
    }

    [Theory, MemberData(nameof(Stores))]
    public async Task A_grains_outbox_feeds_them_and_a_rebuild_makes_the_same_from_the_states(string store)
    {
        await using var silo = await StartAsync(store);
        var projections = silo.Services.GetRequiredService<IProjectionStore>();
        foreach (var code in new[] { "91A", "91B" })
        {
            var shop = silo.Grains.GetGrain<IShopGrain>(code);
            await shop.Rename("first");
            await shop.Rename("name of " + code);
            await silo.DrainAsync(shop);
        }

        var expected = (await projections.SearchEnterprisesAsync("91", new PageRequest(10))).Items;
        Assert.Equal(["name of 91A", "name of 91B"], expected.Select(row => row.Name));

        // Lost, falsified, and left over from a state that is gone.
        var sql = silo.Services.GetRequiredService<SqlStore>();
        await sql.WriteAsync(async connection =>
        {
            await connection.ExecuteAsync("DELETE FROM projection_enterprise WHERE credit_code = '91A'");
            await connection.ExecuteAsync("UPDATE projection_enterprise SET name = 'wrong' WHERE credit_code = '91B'");
            return await connection.ExecuteAsync(
                "INSERT INTO projection_enterprise (credit_code, name, claimed, source) VALUES ('91C', 'orphan', 0, 'test-shop/91C')");
        });
        Assert.Equal(2, await silo.Services.GetRequiredService<ProjectionRebuild>().RunAsync());
        Assert.Equal(expected, (await projections.SearchEnterprisesAsync("91", new PageRequest(10))).Items);

        // The feed goes on behind a rebuild.
        var again = silo.Grains.GetGrain<IShopGrain>("91A");
        await again.Rename("later");
        await silo.DrainAsync(again);
        Assert.Equal("later", (await projections.FindEnterpriseAsync("91A"))?.Name);
    }

    [Fact]
    public async Task A_rebuild_does_not_undo_what_is_newer_than_the_state_it_read()
    {
        await using var silo = await StartAsync("sqlite");
        var projections = silo.Services.GetRequiredService<IProjectionStore>();
        var state = new GrainState<ShopState>(new ShopState { Name = "old", Outbox = new Outbox(1, []) });
        await silo.Services.GetRequiredService<IGrainStorage>().WriteStateAsync("shop", GrainId.Create("test-shop", "91A"), state);
        await projections.ApplyAsync(GrainId.Create("test-shop", "91A"), 2, new EnterpriseRow("91A", "newer", false, null));
        await silo.Services.GetRequiredService<ProjectionRebuild>().RunAsync();
        Assert.Equal("newer", (await projections.FindEnterpriseAsync("91A"))?.Name);
    }

    private async Task<TestSilo> StartAsync(string store) => await TestSilo.StartAsync(
        builder => builder.Services.AddSingleton<IStateProjector, ShopProjector>(),
        postgres: store == "postgres" ? await postgres.NewDatabaseAsync() : null);

    private static EnterpriseRow Enterprise(string name) => new("914205000000000001", name, Claimed: true, "user");
}

[Alias("bzt.tests.IShopGrain")]
public interface IShopGrain : IGrainWithStringKey
{
    [Alias("Rename")]
    Task Rename(string name);
}

public sealed record ShopState : IHasOutbox<ShopState>
{
    public string Name { get; init; } = "";

    public Outbox Outbox { get; init; } = Outbox.Empty;

    public ShopState WithOutbox(Outbox outbox) => this with { Outbox = outbox };
}

[GrainType("test-shop")]
public sealed class ShopGrain : Grain, IShopGrain, IOutboxOwner
{
    private readonly IPersistentState<ShopState> state;
    private readonly OutboxDrain<ShopState> drain;

    public ShopGrain([PersistentState("shop")] IPersistentState<ShopState> state, OutboxDrains drains)
    {
        this.state = state;
        drain = drains.Attach(this, state);
    }

    public Task Rename(string name) => drain.WriteAsync(state.State with
    {
        Name = name,
        Outbox = state.State.Outbox.Project(new EnterpriseRow(this.GetPrimaryKeyString(), name, false, null)),
    });

    public Task DrainOutbox() => drain.DrainAsync();
}

public sealed class ShopProjector : IStateProjector
{
    public string GrainType => "test-shop";

    public string StateName => "shop";

    public Type State => typeof(ShopState);

    public IReadOnlyList<Type> Rows => [typeof(EnterpriseRow)];

    public IEnumerable<ProjectionRow> Project(GrainId grain, IHasOutbox state) =>
        [new EnterpriseRow(grain.Key.ToString()!, ((ShopState)state).Name, false, null)];
}
