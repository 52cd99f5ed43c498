using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;

namespace Bzt.Samples.TradingPlatform.Data;

/// <summary>What the platform keeps of its own, in one SQLite file. Each part makes its tables, and only ever adds to them.</summary>
public sealed class Database
{
    private readonly string connectionString;

    public Database(IOptions<PlatformOptions> options)
    {
        // Password hashes, sealed bids and the keys of cookies lie here: nobody else on the machine reads them.
        Folder = Directory.CreateDirectory(options.Value.DataFolder).FullName;
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(Folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        connectionString = new SqliteConnectionStringBuilder { DataSource = Path.Combine(Folder, "platform.db") }.ToString();
    }

    /// <summary>Where files lie beside the database.</summary>
    public string Folder { get; }

    public int Execute(string sql, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        using var connection = Open();
        using var command = Command(connection, sql, parameters);
        return command.ExecuteNonQuery();
    }

    /// <summary>All of them or none.</summary>
    public void Together(params ReadOnlySpan<(string Sql, (string Name, object Value)[] Parameters)> commands)
    {
        using var connection = Open();
        using var transaction = connection.BeginTransaction();
        foreach (var (sql, parameters) in commands)
        {
            using var command = Command(connection, sql, parameters);
            command.Transaction = transaction;
            command.ExecuteNonQuery();
        }

        transaction.Commit();
    }

    public List<T> Query<T>(string sql, Func<SqliteDataReader, T> read, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        using var connection = Open();
        using var command = Command(connection, sql, parameters);
        using var reader = command.ExecuteReader();
        var rows = new List<T>();
        while (reader.Read())
        {
            rows.Add(read(reader));
        }

        return rows;
    }

    public static string Text(DateTimeOffset time) => time.ToUniversalTime().ToString("O");

    public static DateTimeOffset Time(SqliteDataReader reader, int column) => DateTimeOffset.Parse(reader.GetString(column));

    private SqliteConnection Open()
    {
        var connection = new SqliteConnection(connectionString);
        connection.Open();
        return connection;
    }

    private static SqliteCommand Command(SqliteConnection connection, string sql, ReadOnlySpan<(string Name, object Value)> parameters)
    {
        var command = connection.CreateCommand();
        // Constant texts of the classes in this folder; values go in as parameters.
#pragma warning disable CA2100
        command.CommandText = sql;
#pragma warning restore CA2100
        foreach (var (name, value) in parameters)
        {
            command.Parameters.AddWithValue(name, value);
        }

        return command;
    }
}
