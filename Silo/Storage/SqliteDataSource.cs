using System.Data;
using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace Bzt.Silo.Storage;

/// <summary>What Orleans' AdoNet providers open their connections from.</summary>
/// <remarks>Connections are read-only, so a write that did not take the way through the writer fails instead of bypassing it.</remarks>
public sealed class SqliteDataSource : DbDataSource
{
    private readonly SqliteWriter writer;

    internal SqliteDataSource(string readOnlyConnectionString, SqliteWriter writer)
    {
        ConnectionString = readOnlyConnectionString;
        this.writer = writer;
    }

    public override string ConnectionString { get; }

    // Orleans insists on a connection that derives from the driver's own.
    protected override DbConnection CreateDbConnection() => new RoutingConnection(ConnectionString, writer);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            using var connection = new SqliteConnection(ConnectionString);
            SqliteConnection.ClearPool(connection);
        }

        base.Dispose(disposing);
    }

    // Disposed asynchronously, the base says nothing of what is managed.
    protected override async ValueTask DisposeAsyncCore()
    {
        Dispose(disposing: true);
        await base.DisposeAsyncCore();
    }

    private sealed class RoutingConnection(string connectionString, SqliteWriter writer) : SqliteConnection(connectionString)
    {
        public override SqliteCommand CreateCommand() => new RoutingCommand(writer) { Connection = this, CommandTimeout = DefaultTimeout };
    }

    private sealed class RoutingCommand(SqliteWriter writer) : SqliteCommand
    {
        protected override async Task<DbDataReader> ExecuteDbDataReaderAsync(CommandBehavior behavior, CancellationToken cancellationToken)
        {
            if (CommandText.AsSpan().TrimStart().StartsWith("SELECT", StringComparison.OrdinalIgnoreCase))
            {
                return await base.ExecuteDbDataReaderAsync(behavior, cancellationToken);
            }

            // Answered only after the commit: the rows a RETURNING clause gives are true by then.
            var rows = await writer.ExecuteAsync(CommandText, Parameters);
            return rows.CreateDataReader();
        }
    }
}
