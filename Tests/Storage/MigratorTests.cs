using Bzt.Silo.Storage;

namespace Bzt.Tests.Storage;

public sealed class MigratorTests(PostgresFixture postgres)
{
    [Fact]
    public async Task Silos_that_start_at_once_migrate_postgres_once()
    {
        var database = await postgres.NewDatabaseAsync();
        await AssertMigratedOnceAsync("postgres", () => new PostgresStore(database));
    }

    [Fact]
    public async Task Processes_that_start_at_once_migrate_sqlite_once()
    {
        using var folder = new TempFolder();
        await AssertMigratedOnceAsync("sqlite", () => new SqliteStore(folder.File("bzt.db")));
    }

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public void No_number_is_given_twice(string dialect)
    {
        var numbers = Migrator.Scripts(dialect).Select(script => script.Number).ToList();
        Assert.NotEmpty(numbers);
        Assert.Equal(numbers.Distinct().Order(), numbers);
    }

    private static async Task AssertMigratedOnceAsync(string dialect, Func<SqlStore> open)
    {
        var stores = Enumerable.Range(0, 6).Select(_ => open()).ToList();
        try
        {
            await Task.WhenAll(stores.Select(store => Task.Run(() => Migrator.MigrateAsync(store))));
            var applied = await stores[0].QueryAsync("SELECT number FROM schema_migration ORDER BY number", row => row.GetInt32(0));
            Assert.Equal(Migrator.Scripts(dialect).Select(script => script.Number), applied);
        }
        finally
        {
            foreach (var store in stores)
            {
                await store.DisposeAsync();
            }
        }
    }
}
