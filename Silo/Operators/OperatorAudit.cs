using Bzt.Silo.Storage;

namespace Bzt.Silo.Operators;

/// <param name="At">UTC.</param>
/// <param name="Operator">As he named himself; for a refusal too.</param>
internal sealed record OperatorAction(DateTimeOffset At, string Operator, string Action);

/// <summary>What operators did, append-only, in the cluster's store: no process of ours changes or removes a row.</summary>
internal sealed class OperatorAudit(SqlStore store, TimeProvider time)
{
    private const int Newest = 500;

    /// <summary>A command of the program, by the user of the machine it ran as.</summary>
    /// <remarks>Before it is done: what cannot be put on record does not happen. One that fails later stands there all the same.</remarks>
    public static Task CommandAsync(SqlStore store, string command) =>
        new OperatorAudit(store, TimeProvider.System).AppendAsync(Me, command);

    public static string Me => $"{Environment.UserName}@{Environment.MachineName}";

    public Task AppendAsync(string operatorName, string action) => store.WriteAsync(async connection => await connection.ExecuteAsync(
        "INSERT INTO operator_audit (at, operator, action) VALUES (@at, @operator, @action)",
        ("at", time.GetUtcNow().ToUnixTimeMilliseconds()), ("operator", operatorName), ("action", action)));

    public Task<List<OperatorAction>> ReadAsync(CancellationToken cancellation) => store.QueryAsync(
        "SELECT at, operator, action FROM operator_audit ORDER BY at DESC LIMIT @newest",
        row => new OperatorAction(DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(0)), row.GetString(1), row.GetString(2)),
        cancellation,
        ("newest", Newest));
}
