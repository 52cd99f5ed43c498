using System.Data.Common;

namespace Bzt.Silo.Storage;

/// <summary>The one relational store of a process: SQLite in a folder, or PostgreSQL.</summary>
public abstract class SqlStore : IAsyncDisposable
{
    /// <summary>The name Orleans' AdoNet providers know the driver by.</summary>
    public abstract string Invariant { get; }

    /// <summary>The folder of embedded SQL under <c>Storage/Migrations</c>.</summary>
    public abstract string Dialect { get; }

    public abstract SqlTexts Texts { get; }

    /// <summary>For Orleans' providers and for reads; on SQLite its connections hand writes to the one writer.</summary>
    public abstract DbDataSource DataSource { get; }

    /// <summary>Runs <paramref name="unit"/> as one durable transaction: all of it or nothing.</summary>
    /// <remarks>The unit only talks to the connection it is given; on SQLite everybody's writes wait for it.</remarks>
    public abstract Task<T> WriteAsync<T>(Func<DbConnection, Task<T>> unit, CancellationToken cancellation = default);

    /// <summary>The same for <see cref="Migrator"/>: whoever migrates first is the only one until it is done.</summary>
    internal abstract Task MigrateAsync(Func<DbConnection, Task> unit, CancellationToken cancellation);

    public async Task<List<T>> QueryAsync<T>(
        string sql, Func<DbDataReader, T> row, CancellationToken cancellation = default, params (string Name, object? Value)[] parameters)
    {
        await using var connection = await DataSource.OpenConnectionAsync(cancellation);
        return await connection.QueryAsync(sql, row, parameters);
    }

    /// <summary>The same for what may go over whole tables.</summary>
    internal async Task<List<T>> QueryPatientlyAsync<T>(string sql, Func<DbDataReader, T> row, params (string Name, object? Value)[] parameters)
    {
        await using var connection = await DataSource.OpenConnectionAsync();
        await using var command = SqlCommands.Command(connection, sql, parameters);
        command.CommandTimeout = SqlCommands.PatientSeconds;
        await using var reader = await command.ExecuteReaderAsync();
        return await SqlCommands.ReadAsync(reader, row);
    }

    /// <summary>A <c>SELECT count(*)</c>, which may go over everything there is.</summary>
    public async Task<long> CountAsync(string sql, CancellationToken cancellation = default)
    {
        await using var connection = await DataSource.OpenConnectionAsync(cancellation);
        await using var command = SqlCommands.Command(connection, sql, []);
        command.CommandTimeout = SqlCommands.PatientSeconds;
        return Convert.ToInt64(await command.ExecuteScalarAsync(cancellation), System.Globalization.CultureInfo.InvariantCulture);
    }

    public abstract ValueTask DisposeAsync();
}

/// <summary>A connection that parses each text once.</summary>
internal interface IKeepsStatements
{
    /// <summary>Without parameters. Disposed of by its user, it stays for the next; it is not used twice at once.</summary>
    DbCommand Statement(string sql);
}

public static class SqlCommands
{
    /// <summary>For what goes over whole tables while nobody waits for an answer; everything else ends within the connection's bound.</summary>
    internal const int PatientSeconds = 600;

    internal static async Task<int> ExecutePatientlyAsync(this DbConnection connection, string sql, params (string Name, object? Value)[] parameters)
    {
        await using var command = Command(connection, sql, parameters);
        command.CommandTimeout = PatientSeconds;
        return await command.ExecuteNonQueryAsync();
    }

    public static async Task<int> ExecuteAsync(this DbConnection connection, string sql, params (string Name, object? Value)[] parameters)
    {
        await using var command = Command(connection, sql, parameters);
        return await command.ExecuteNonQueryAsync();
    }

    public static async Task<List<T>> QueryAsync<T>(
        this DbConnection connection, string sql, Func<DbDataReader, T> row, params (string Name, object? Value)[] parameters)
    {
        await using var command = Command(connection, sql, parameters);
        await using var reader = await command.ExecuteReaderAsync();
        return await ReadAsync(reader, row);
    }

    internal static async Task<List<T>> ReadAsync<T>(DbDataReader reader, Func<DbDataReader, T> row)
    {
        var rows = new List<T>();
        while (await reader.ReadAsync())
        {
            rows.Add(row(reader));
        }

        return rows;
    }

    internal static DbCommand Command(DbConnection connection, string sql, (string Name, object? Value)[] parameters)
    {
        var command = (connection as IKeepsStatements)?.Statement(sql) ?? connection.CreateCommand();
#pragma warning disable CA2100 // Every text is a constant of this assembly; values are parameters.
        if (command.CommandText.Length == 0)
        {
            command.CommandText = sql;
        }
#pragma warning restore CA2100
        foreach (var (name, value) in parameters)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = name;
            parameter.Value = value ?? DBNull.Value;
            command.Parameters.Add(parameter);
        }

        return command;
    }
}
