using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace Bzt.Silo.Storage;

/// <summary>
/// One SQLite file, one writer. Readers see the last commit (WAL) and never wait; writes queue for <see cref="SqliteWriter"/>,
/// which commits what has gathered with one sync of the disk.
/// </summary>
public sealed class SqliteStore : SqlStore
{
    private readonly SqliteWriter writer;
    private readonly SqliteDataSource source;

    public SqliteStore(string file)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
        writer = new SqliteWriter(new SqliteConnectionStringBuilder { DataSource = file, Pooling = false }.ToString());
        var readOnly = new SqliteConnectionStringBuilder { DataSource = file, Mode = SqliteOpenMode.ReadOnly }.ToString();
        source = new SqliteDataSource(readOnly, writer);
    }

    /// <summary>Orleans' name for SQLite; it loads Microsoft.Data.Sqlite under it.</summary>
    public override string Invariant => "System.Data.SQLite";

    public override string Dialect => "sqlite";

    public override SqlTexts Texts => SqlTexts.Sqlite;

    public override DbDataSource DataSource => source;

    public override Task<T> WriteAsync<T>(Func<DbConnection, Task<T>> unit, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        // The driver has no asynchronous work: a unit that keeps to its connection has finished when it returns.
        return writer.WriteAsync(connection => unit(connection).GetAwaiter().GetResult());
    }

    internal override Task MigrateAsync(Func<DbConnection, Task> unit, CancellationToken cancellation) => WriteAsync(async connection =>
    {
        await unit(connection);
        return true;
    }, cancellation);

    public override async ValueTask DisposeAsync()
    {
        writer.Dispose();
        await source.DisposeAsync();
    }
}
