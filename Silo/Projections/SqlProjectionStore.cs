using System.Data.Common;
using System.Globalization;
using Bzt.Grains.Foundations;
using Bzt.Silo.Storage;

namespace Bzt.Silo.Projections;

/// <summary>The projections in the relational store; its SQL is the same on SQLite and PostgreSQL.</summary>
internal sealed class SqlProjectionStore(SqlStore store, IStorageFaults faults) : IProjectionStore
{
    private const int LargestPage = 200;

    public async Task ApplyAsync(GrainId source, long sequence, ProjectionRow row, CancellationToken cancellation = default)
    {
        var name = source.ToString();
        var table = ProjectionTables.Of(row.GetType());
        var write = new DurableWrite("projection", $"{table.Name}/{name}");
        await faults.BeforeAsync(write);
        await store.WriteAsync(async connection =>
        {
            // The guard and the row are one transaction: a repeat finds the guard, a crash leaves neither.
            var isNew = await connection.ExecuteAsync(
                """
                INSERT INTO projection_source (source, sequence) VALUES (@source, @sequence)
                ON CONFLICT (source) DO UPDATE SET sequence = excluded.sequence WHERE projection_source.sequence < excluded.sequence
                """,
                ("source", name), ("sequence", sequence)) == 1;
            return isNew && await connection.ExecuteAsync(table.Upsert, table.Parameters(name, row)) == 1;
        }, cancellation);
        await faults.AfterAsync(write);
    }

    public async Task<EnterpriseRow?> FindEnterpriseAsync(string creditCode, CancellationToken cancellation = default) =>
        (await store.QueryAsync(
            $"SELECT {ProjectionTables.Enterprise.ColumnList} FROM projection_enterprise WHERE credit_code = @code",
            ProjectionTables.ReadEnterprise, cancellation, ("code", creditCode))).SingleOrDefault();

    public Task<Page<EnterpriseRow>> SearchEnterprisesAsync(string text, PageRequest page, CancellationToken cancellation = default)
    {
        // The user's % and _ are letters, not wildcards.
        var letters = text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("%", "\\%", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal);
        return PageByKeyAsync(
            ProjectionTables.Enterprise, "(name LIKE @part ESCAPE '\\' OR credit_code LIKE @begin ESCAPE '\\')",
            ProjectionTables.ReadEnterprise, row => row.CreditCode, page, cancellation, ("part", $"%{letters}%"), ("begin", $"{letters}%"));
    }

    public Task<Page<CertificateRow>> CertificatesOfOwnerAsync(string owner, PageRequest page, CancellationToken cancellation = default) =>
        PageByKeyAsync(ProjectionTables.Certificate, "owner = @owner", ProjectionTables.ReadCertificate, row => row.CertificateId, page, cancellation, ("owner", owner));

    public Task<Page<CertificateRow>> CertificatesOfEnterpriseAsync(string creditCode, PageRequest page, CancellationToken cancellation = default) =>
        PageByKeyAsync(ProjectionTables.Certificate, "enterprise = @code", ProjectionTables.ReadCertificate, row => row.CertificateId, page, cancellation, ("code", creditCode));

    public Task<Page<CertificateRow>> CertificatesExpiringAsync(
        DateTimeOffset after, DateTimeOffset before, PageRequest page, CancellationToken cancellation = default) =>
        PageByTimeAsync(
            ProjectionTables.Certificate, "not_after >= @after AND not_after < @before", "not_after", newestFirst: false, ProjectionTables.ReadCertificate,
            row => (row.NotAfter!.Value, row.CertificateId), page, cancellation, ("after", after.ToUnixTimeMilliseconds()), ("before", before.ToUnixTimeMilliseconds()));

    public Task<Page<OrderRow>> OrdersOfOwnerAsync(string owner, PageRequest page, CancellationToken cancellation = default) =>
        PageByTimeAsync(
            ProjectionTables.Order, "owner = @owner", "created", newestFirst: true, ProjectionTables.ReadOrder,
            row => (row.Created, row.OrderId), page, cancellation, ("owner", owner));

    public Task<Page<ApplicationRow>> ApplicationsOfOwnerAsync(string owner, PageRequest page, CancellationToken cancellation = default) =>
        PageByTimeAsync(
            ProjectionTables.Application, "owner = @owner", "created", newestFirst: true, ProjectionTables.ReadApplication,
            row => (row.Created, row.ApplicationId), page, cancellation, ("owner", owner));

    public Task<Page<ApplicationRow>> ApplicationsOfEnterpriseAsync(
        string creditCode, IReadOnlyList<string> states, PageRequest page, CancellationToken cancellation = default)
    {
        var names = states.Select((state, at) => ($"state{at}", (object?)state)).ToArray();
        return PageByTimeAsync(
            ProjectionTables.Application, $"enterprise = @code AND state IN ({string.Join(", ", names.Select(name => "@" + name.Item1))})", "created",
            newestFirst: true, ProjectionTables.ReadApplication, row => (row.Created, row.ApplicationId), page, cancellation, [("code", creditCode), .. names]);
    }

    public Task<Page<ApplicationRow>> ApplicationsExpiringAsync(DateTimeOffset before, PageRequest page, CancellationToken cancellation = default) =>
        PageByTimeAsync(
            ProjectionTables.Application, "expires_at < @before", "expires_at", newestFirst: false, ProjectionTables.ReadApplication,
            row => (row.ExpiresAt!.Value, row.ApplicationId), page, cancellation, ("before", before.ToUnixTimeMilliseconds()));

    private Task<Page<T>> PageByKeyAsync<T>(
        ProjectionTable table, string where, Func<DbDataReader, T> read, Func<T, string> key, PageRequest page, CancellationToken cancellation,
        params (string Name, object? Value)[] parameters)
    {
        var from = page.After is null ? "" : $"AND {table.Columns[0]} > @after";
        return PageAsync(
            $"SELECT {table.ColumnList} FROM {table.Name} WHERE {where} {from} ORDER BY {table.Columns[0]} LIMIT @limit",
            read, key, page, page.After is null ? parameters : [.. parameters, ("after", page.After)], cancellation);
    }

    /// <summary>Keyset paging: rows that come or go between two pages shift nothing.</summary>
    private Task<Page<T>> PageByTimeAsync<T>(
        ProjectionTable table, string where, string time, bool newestFirst, Func<DbDataReader, T> read,
        Func<T, (DateTimeOffset Time, string Key)> position, PageRequest page, CancellationToken cancellation,
        params (string Name, object? Value)[] parameters)
    {
        var (beyond, order) = newestFirst ? ("<", "DESC") : (">", "ASC");
        var from = "";
        if (page.After is { } after)
        {
            var split = after.IndexOf('.', StringComparison.Ordinal);
            if (split < 0 || !long.TryParse(after.AsSpan(0, split), NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds))
            {
                return Task.FromResult(new Page<T>([], null));
            }

            from = $"AND ({time}, {table.Columns[0]}) {beyond} (@time, @key)";
            parameters = [.. parameters, ("time", milliseconds), ("key", after[(split + 1)..])];
        }

        return PageAsync(
            $"SELECT {table.ColumnList} FROM {table.Name} WHERE {where} {from} ORDER BY {time} {order}, {table.Columns[0]} {order} LIMIT @limit",
            read, row => PageRequest.Cursor(position(row).Time, position(row).Key), page, parameters, cancellation);
    }

    private async Task<Page<T>> PageAsync<T>(
        string sql, Func<DbDataReader, T> read, Func<T, string> cursor, PageRequest page,
        (string Name, object? Value)[] parameters, CancellationToken cancellation)
    {
        var size = Math.Clamp(page.Size, 1, LargestPage);
        // One more than asked for tells whether there is a next page.
        var rows = await store.QueryAsync(sql, read, cancellation, [.. parameters, ("limit", size + 1)]);
        if (rows.Count <= size)
        {
            return new Page<T>(rows, null);
        }

        rows.RemoveAt(size);
        return new Page<T>(rows, cursor(rows[^1]));
    }
}
