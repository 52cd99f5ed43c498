using System.Data.Common;
using Npgsql;

namespace Bzt.Silo.Storage;

public sealed class PostgresStore : SqlStore
{
    /// <summary>Any constant of our own: the advisory lock under which migrations run.</summary>
    private const long MigrationLock = 0x627A_7401;

    private readonly NpgsqlDataSource source;

    private readonly string migrating;

    public PostgresStore(string connectionString)
    {
        var settings = Bounded(connectionString);
        source = new NpgsqlDataSourceBuilder(settings.ConnectionString).Build();

        // Building an index over a million rows takes its time, and nobody waits for an answer yet. Opened once: no pool.
        settings.CommandTimeout = 0;
        settings.Pooling = false;
        migrating = settings.ConnectionString;
    }

    /// <summary>What a connection may cost, where the operator's own string does not say otherwise.</summary>
    internal static NpgsqlConnectionStringBuilder Bounded(string connectionString)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString);

        // Below the 10 s after which a call of a grain counts as unanswered: the caller learns that the store failed, and the grain is free again.
        Default("Command Timeout", 8);

        // A connection, or a free one of the pool. A silo that gets none refuses early: its callers repeat.
        Default("Timeout", 5);

        // Durable writes wait for one log and are committed in groups: more connections do not make it faster. PostgreSQL allows 100 as it comes,
        // for all processes together.
        Default("Maximum Pool Size", 40);

        // After a failover the address is another server's: within an hour nobody holds on to the old one. Idle ones go sooner.
        Default("Connection Lifetime", 3600);
        Default("Connection Idle Lifetime", 120);

        // A server that went without a word is noticed by a connection that waits for nothing. A socket in the file system has no such thing.
        if (settings.Host is { } host && !host.StartsWith('/'))
        {
            Default("TCP Keepalive", true);
            Default("TCP Keepalive Time", 15);
            Default("TCP Keepalive Interval", 5);
        }

        // A process that is frozen in a transaction must not hold the rows it wrote for ever.
        Default("Options", "-c idle_in_transaction_session_timeout=30s");
        if (settings.MaxAutoPrepare == 0)
        {
            // Measured: 3,075 → 5,247 state writes a second.
            settings.MaxAutoPrepare = 50;
            settings.AutoPrepareMinUsages = 2;
        }

        return settings;

        void Default(string keyword, object value)
        {
            if (!settings.ShouldSerialize(keyword))
            {
                settings[keyword] = value;
            }
        }
    }

    public override string Invariant => "Npgsql";

    public override string Dialect => "postgres";

    public override SqlTexts Texts => SqlTexts.Postgres;

    public override DbDataSource DataSource => source;

    public override async Task<T> WriteAsync<T>(Func<DbConnection, Task<T>> unit, CancellationToken cancellation = default)
    {
        await using var connection = await source.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        var result = await unit(connection);
        // From here the caller's cancellation no longer decides: a commit interrupted half-way has an unknown outcome.
        await transaction.CommitAsync(CancellationToken.None);
        return result;
    }

    internal override async Task MigrateAsync(Func<DbConnection, Task> unit, CancellationToken cancellation)
    {
        await using var connection = new NpgsqlConnection(migrating);
        await connection.OpenAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await connection.ExecuteAsync("SELECT pg_advisory_xact_lock(@key)", ("key", MigrationLock));
        await unit(connection);
        await transaction.CommitAsync(CancellationToken.None);
    }

    public override ValueTask DisposeAsync() => source.DisposeAsync();
}
