using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace Bzt.Silo.Storage;

/// <summary>Which of a driver's exceptions say that the store is away or overloaded, and not that it was asked something wrong.</summary>
public static class StoreFaults
{
    /// <summary>SQLITE_BUSY, SQLITE_LOCKED, SQLITE_IOERR, SQLITE_FULL, SQLITE_CANTOPEN.</summary>
    private static readonly int[] OfSqlite = [5, 6, 10, 13, 14];

    /// <summary>Classes of SQLSTATE: connection, resources, an operator's intervention, a fault of its system.</summary>
    private static readonly string[] Classes = ["08", "53", "57", "58"];

    /// <summary>The same request may succeed later.</summary>
    public static bool IsPassing(this DbException exception) =>
        exception.IsTransient || (exception is SqliteException sqlite && OfSqlite.Contains(sqlite.SqliteErrorCode))
        || (exception.SqlState is { Length: 5 } state && Classes.Contains(state[..2]));
}
