using System.Collections.Concurrent;
using System.Data;
using System.Data.Common;
using System.Runtime.ExceptionServices;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Bzt.Silo.Storage;

/// <summary>
/// The only connection that writes, on a thread of its own. It takes what has gathered in its queue, runs each unit inside
/// a savepoint, and commits all of them with one sync; only then is anybody answered.
/// </summary>
/// <remarks>
/// A unit that fails rolls back alone; a lone unit is the transaction and needs no savepoint. When the transaction itself fails, every unit of it fails: none was acknowledged, and
/// if the failure was the commit's, the outcome is unknown, as after any failed write.
/// </remarks>
internal sealed class SqliteWriter : IDisposable
{
    private const int MaxBatch = 256;

    private readonly BlockingCollection<Unit> queue = [];
    private readonly WritingConnection connection;
    private readonly Thread thread;
    private bool closed;

    public SqliteWriter(string connectionString)
    {
        connection = new WritingConnection(connectionString);
        connection.Open();
        // WAL: readers never wait. FULL: a commit is on the disk before it is acknowledged.
        Execute("PRAGMA journal_mode=WAL");
        Execute("PRAGMA synchronous=FULL");
        Execute("PRAGMA wal_autocheckpoint=4000");
        Execute("PRAGMA secure_delete=ON");
        // Plans look at texts, never at values: a value compared with a column that a partial index names would have each write planned anew, which
        // takes ten times what the write does.
        raw.sqlite3_db_config(connection.Handle, raw.SQLITE_DBCONFIG_ENABLE_QPSG, 1, out _);
        thread = new Thread(Run) { IsBackground = true, Name = "sqlite-writer" };
        thread.Start();
    }

    public Task<T> WriteAsync<T>(Func<SqliteConnection, T> work)
    {
        var unit = new Unit<T>(work);
        try
        {
            queue.Add(unit);
        }
        catch (InvalidOperationException)
        {
            throw new ObjectDisposedException(nameof(SqliteWriter));
        }

        return unit.Outcome;
    }

    /// <summary>One statement with the caller's parameters; its rows are read before the commit.</summary>
    public Task<DataTable> ExecuteAsync(string sql, SqliteParameterCollection parameters)
    {
        var copies = new SqliteParameter[parameters.Count];
        for (var i = 0; i < copies.Length; i++)
        {
            copies[i] = new SqliteParameter(parameters[i].ParameterName, parameters[i].Value);
        }

        return WriteAsync(_ =>
        {
            using var command = connection.Statement(sql);
            command.Parameters.AddRange(copies);
            using var reader = command.ExecuteReader();
            return ReadAll(reader);
        });
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref closed, true))
        {
            return;
        }

        queue.CompleteAdding();
        thread.Join();
        connection.Dispose();
        queue.Dispose();
    }

    private void Run()
    {
        var batch = new List<Unit>(MaxBatch);
        foreach (var first in queue.GetConsumingEnumerable())
        {
            batch.Clear();
            batch.Add(first);
            while (batch.Count < MaxBatch && queue.TryTake(out var next))
            {
                batch.Add(next);
            }

            Commit(batch);
        }
    }

    private void Commit(List<Unit> batch)
    {
        try
        {
            Execute("BEGIN IMMEDIATE");
            Execute(batch is [var lone] ? lone.Run(connection) ? "COMMIT" : "ROLLBACK" : RunEach(batch));
        }
        catch (Exception exception)
        {
            if (raw.sqlite3_get_autocommit(connection.Handle) == 0)
            {
                Execute("ROLLBACK");
            }

            foreach (var unit in batch)
            {
                unit.Fail(exception);
            }

            return;
        }

        foreach (var unit in batch)
        {
            unit.Acknowledge();
        }
    }

    private string RunEach(List<Unit> batch)
    {
        foreach (var unit in batch)
        {
            Execute("SAVEPOINT unit");
            if (!unit.Run(connection))
            {
                // Errors such as a full disk have already rolled everything back: then this throws, and all fail.
                Execute("ROLLBACK TO unit");
            }

            Execute("RELEASE unit");
        }

        return "COMMIT";
    }

    private void Execute(string sql)
    {
        using var command = connection.Statement(sql);
        command.ExecuteNonQuery();
    }

    private static DataTable ReadAll(SqliteDataReader reader)
    {
        var table = new DataTable();
        for (var i = 0; i < reader.FieldCount; i++)
        {
            table.Columns.Add(reader.GetName(i), typeof(object));
        }

        while (reader.Read())
        {
            var row = new object[reader.FieldCount];
            reader.GetValues(row);
            table.Rows.Add(row);
        }

        while (reader.NextResult())
        {
            // Statements behind the one that answers run here.
        }

        return table;
    }

    private abstract class Unit
    {
        /// <summary>False when it failed and has to be rolled back alone.</summary>
        public abstract bool Run(SqliteConnection connection);

        public abstract void Acknowledge();

        public abstract void Fail(Exception exception);
    }

    private sealed class Unit<T>(Func<SqliteConnection, T> work) : Unit
    {
        private readonly TaskCompletionSource<T> outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private T? result;
        private ExceptionDispatchInfo? failure;

        public Task<T> Outcome => outcome.Task;

        public override bool Run(SqliteConnection connection)
        {
            try
            {
                result = work(connection);
                return true;
            }
            catch (Exception exception)
            {
                failure = ExceptionDispatchInfo.Capture(exception);
                return false;
            }
        }

        public override void Acknowledge()
        {
            if (failure is not null)
            {
                outcome.SetException(failure.SourceException);
            }
            else
            {
                outcome.SetResult(result!);
            }
        }

        public override void Fail(Exception exception) => outcome.SetException(failure?.SourceException ?? exception);
    }

    /// <summary>
    /// Parses each text once: that takes as long as running it. Texts are constants of this assembly and the provider's queries, which our
    /// migrations wrote; beyond a number of them, which only migrations reach, each is parsed for itself.
    /// </summary>
    private sealed class WritingConnection(string connectionString) : SqliteConnection(connectionString), IKeepsStatements
    {
        private const int MostKept = 100;

        private readonly Dictionary<string, KeptCommand> statements = new(StringComparer.Ordinal);

        public SqliteCommand Statement(string sql)
        {
            if (statements.TryGetValue(sql, out var known))
            {
                return known;
            }

#pragma warning disable CA2100 // Every text is a constant of this assembly; values are parameters.
            var command = statements.Count < MostKept ? new KeptCommand { Connection = this, CommandText = sql } : new SqliteCommand(sql, this);
#pragma warning restore CA2100
            if (command is KeptCommand one)
            {
                statements.Add(sql, one);
            }

            return command;
        }

        DbCommand IKeepsStatements.Statement(string sql) => Statement(sql);

        protected override void Dispose(bool disposing)
        {
            foreach (var command in statements.Values)
            {
                command.End();
            }

            statements.Clear();
            base.Dispose(disposing);
        }
    }

    /// <summary>Whoever used it disposes of it, and it stays for the next.</summary>
    private sealed class KeptCommand : SqliteCommand
    {
        private bool ended;

        public void End()
        {
            ended = true;
            Dispose();
        }

        protected override void Dispose(bool disposing)
        {
            Parameters.Clear();
            if (ended)
            {
                base.Dispose(disposing);
            }
        }
    }
}
