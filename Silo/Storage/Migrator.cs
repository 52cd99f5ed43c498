using System.Reflection;

namespace Bzt.Silo.Storage;

/// <summary>Brings a store's schema to this release: numbered SQL files, embedded, each applied once and never edited afterwards.</summary>
/// <remarks>
/// All of it is one transaction under the store's migration lock, so several silos may start at once and a crash leaves the
/// old schema. A schema newer than this release is left alone: during a rolling upgrade old silos still run on it.
/// </remarks>
public static class Migrator
{
    public static Task MigrateAsync(SqlStore store, CancellationToken cancellation = default) =>
        store.MigrateAsync(async connection =>
        {
            await connection.ExecuteAsync("CREATE TABLE IF NOT EXISTS schema_migration (number INTEGER PRIMARY KEY, name TEXT NOT NULL)");
            var applied = (await connection.QueryAsync("SELECT number FROM schema_migration", row => row.GetInt32(0))).ToHashSet();
            foreach (var (number, name, sql) in Scripts(store.Dialect).Where(script => !applied.Contains(script.Number)))
            {
                await connection.ExecuteAsync(sql);
                await connection.ExecuteAsync(
                    "INSERT INTO schema_migration (number, name) VALUES (@number, @name)", ("number", number), ("name", name));
            }
        }, cancellation);

    internal static IEnumerable<(int Number, string Name, string Sql)> Scripts(string dialect)
    {
        var assembly = typeof(Migrator).Assembly;
        return from resource in assembly.GetManifestResourceNames()
               where resource.StartsWith($"migrations/{dialect}/", StringComparison.Ordinal) || resource.StartsWith("migrations/both/", StringComparison.Ordinal)
               let name = Path.GetFileNameWithoutExtension(resource)
               orderby name
               select (int.Parse(name.AsSpan(0, 4)), name, Text(assembly, resource));
    }

    private static string Text(Assembly assembly, string resource)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
        return reader.ReadToEnd();
    }
}
