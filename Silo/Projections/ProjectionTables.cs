using System.Data.Common;
using Bzt.Grains.Foundations;

namespace Bzt.Silo.Projections;

/// <summary>A row type's table: its columns in the order of the record, the first of them the key.</summary>
internal sealed record ProjectionTable(string Name, string[] Columns, Func<ProjectionRow, object?[]> Values)
{
    public string ColumnList { get; } = string.Join(", ", Columns);

    public string Upsert { get; } =
        $"INSERT INTO {Name} ({string.Join(", ", Columns)}, source) VALUES ({string.Join(", ", Columns.Select(column => "@" + column))}, @source) " +
        $"ON CONFLICT ({Columns[0]}) DO UPDATE SET {string.Join(", ", Columns.Skip(1).Append("source").Select(column => $"{column} = excluded.{column}"))}";

    public (string Name, object? Value)[] Parameters(string source, ProjectionRow row) =>
        [.. Columns.Zip(Values(row)), ("source", source)];
}

internal static class ProjectionTables
{
    public static readonly ProjectionTable Enterprise = new(
        "projection_enterprise", ["credit_code", "name", "claimed", "admin_user_id"],
        row => row is EnterpriseRow e ? [e.CreditCode, e.Name, e.Claimed ? 1 : 0, e.AdminUserId] : throw Wrong(row));

    public static readonly ProjectionTable Certificate = new(
        "projection_certificate", ["certificate_id", "owner", "enterprise", "serial", "ca", "state", "not_after"],
        row => row is CertificateRow c ? [c.CertificateId, c.Owner, c.Enterprise, c.Serial, c.Ca, c.State, c.NotAfter?.ToUnixTimeMilliseconds()] : throw Wrong(row));

    public static readonly ProjectionTable Order = new(
        "projection_order", ["order_id", "owner", "kind", "subject", "amount", "state", "created"],
        row => row is OrderRow o ? [o.OrderId, o.Owner, o.Kind, o.Subject, o.Amount, o.State, o.Created.ToUnixTimeMilliseconds()] : throw Wrong(row));

    public static readonly ProjectionTable Application = new(
        "projection_application", ["application_id", "owner", "created", "state", "enterprise", "expires_at"],
        row => row is ApplicationRow a
            ? [a.ApplicationId, a.Owner, a.Created.ToUnixTimeMilliseconds(), a.State, a.Enterprise, a.ExpiresAt?.ToUnixTimeMilliseconds()]
            : throw Wrong(row));

    public static ProjectionTable Of(Type row) => row switch
    {
        _ when row == typeof(EnterpriseRow) => Enterprise,
        _ when row == typeof(CertificateRow) => Certificate,
        _ when row == typeof(OrderRow) => Order,
        _ when row == typeof(ApplicationRow) => Application,
        _ => throw new InvalidOperationException($"{row.Name} has no table."),
    };

    public static EnterpriseRow ReadEnterprise(DbDataReader row) =>
        new(row.GetString(0), row.GetString(1), row.GetInt32(2) != 0, Text(row, 3));

    public static CertificateRow ReadCertificate(DbDataReader row) =>
        new(row.GetString(0), row.GetString(1), Text(row, 2), Text(row, 3), row.GetString(4), row.GetString(5), row.IsDBNull(6) ? null : Time(row, 6));

    public static OrderRow ReadOrder(DbDataReader row) =>
        new(row.GetString(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetInt64(4), row.GetString(5), Time(row, 6));

    public static ApplicationRow ReadApplication(DbDataReader row) => new(row.GetString(0), row.GetString(1), Time(row, 2))
    {
        State = Text(row, 3),
        Enterprise = Text(row, 4),
        ExpiresAt = row.IsDBNull(5) ? null : Time(row, 5),
    };

    private static string? Text(DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private static DateTimeOffset Time(DbDataReader row, int column) => DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(column));

    private static InvalidOperationException Wrong(ProjectionRow row) => new($"{row.GetType().Name} is not a row of this table.");
}
