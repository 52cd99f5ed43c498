namespace Bzt.Silo.Storage;

/// <summary>The few texts that differ between the stores.</summary>
/// <param name="PendingOutboxes">States that a crash left with something to tell.</param>
/// <param name="NothingPending">A condition: this one has nothing to tell.</param>
/// <param name="Clock">The server's, in seconds since 1970; null where the store is inside the process.</param>
/// <param name="Now">The same within a statement; the process' own, as the parameter <c>now</c>, where the store is inside it.</param>
/// <param name="Lock">Until the transaction ends nobody else gets the lock of that name; null where only one writes at a time.</param>
/// <param name="Lacks">A condition: the stored JSON does not have these octets, the parameter <c>member</c>: a member's name with its quotes and colon, or a value.</param>
/// <param name="RowId">Of a row in a table without a key.</param>
public sealed record SqlTexts(string PendingOutboxes, string NothingPending, string? Clock, string? Lock, string Now, string Lacks, string RowId)
{
    // The WHERE clauses repeat those of the partial indexes in 0001_grain_state.sql: otherwise the index is not used.
    public static readonly SqlTexts Sqlite = new(PendingOutboxes: """
        SELECT GrainTypeString, GrainIdExtensionString, unixepoch() - ModifiedOn FROM OrleansStorage
        WHERE (instr('0123456789ABCDEF', substr(hex(substr(PayloadBinary, 3, 1)), 2, 1)) - 1) & 1 = 1
          AND ServiceId = @service AND ModifiedOn <= unixepoch() - @age
        ORDER BY ModifiedOn
        """, NothingPending: "(instr('0123456789ABCDEF', substr(hex(substr(PayloadBinary, 3, 1)), 2, 1)) - 1) & 1 = 0", Clock: null, Lock: null, Now: "@now", Lacks: "instr(PayloadBinary, @member) = 0", RowId: "rowid");

    public static readonly SqlTexts Postgres = new(PendingOutboxes: """
        SELECT GrainTypeString, GrainIdExtensionString, extract(epoch from now())::bigint - ModifiedOn FROM OrleansStorage
        WHERE CASE WHEN length(PayloadBinary) > 2 THEN get_byte(PayloadBinary, 2) & 1 ELSE 0 END = 1
          AND ServiceId = @service AND ModifiedOn <= extract(epoch from now())::bigint - @age
        ORDER BY ModifiedOn
        """, NothingPending: "CASE WHEN length(PayloadBinary) > 2 THEN get_byte(PayloadBinary, 2) & 1 ELSE 0 END = 0", Clock: "SELECT extract(epoch from clock_timestamp())::bigint",
        Lock: "SELECT pg_advisory_xact_lock(hashtextextended(@name, 0))", Now: "extract(epoch from clock_timestamp())::bigint", Lacks: "position(@member in PayloadBinary) = 0", RowId: "ctid");
}
