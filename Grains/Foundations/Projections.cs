using System.Globalization;
using System.Text.Json.Serialization;
using Orleans.Runtime;

namespace Bzt.Grains.Foundations;

/// <summary>What a list or a search shows. A grain puts rows into its outbox with <see cref="ProjectionOutbox.Project"/>.</summary>
[JsonDerivedType(typeof(EnterpriseRow), "enterprise")]
[JsonDerivedType(typeof(CertificateRow), "certificate")]
[JsonDerivedType(typeof(OrderRow), "order")]
[JsonDerivedType(typeof(ApplicationRow), "application")]
public abstract record ProjectionRow;

[GenerateSerializer, Immutable, Alias("bzt.EnterpriseRow")]
public sealed record EnterpriseRow(
    [property: Id(0)] string CreditCode, [property: Id(1)] string Name, [property: Id(2)] bool Claimed, [property: Id(3)] string? AdminUserId)
    : ProjectionRow;

/// <param name="Owner">The holder's user id.</param>
/// <param name="Enterprise">The credit code; null for a personal certificate.</param>
[GenerateSerializer, Immutable, Alias("bzt.CertificateRow")]
public sealed record CertificateRow(
    [property: Id(0)] string CertificateId, [property: Id(1)] string Owner, [property: Id(2)] string? Enterprise, [property: Id(3)] string? Serial,
    [property: Id(4)] string Ca, [property: Id(5)] string State, [property: Id(6)] DateTimeOffset? NotAfter)
    : ProjectionRow;

/// <param name="Amount">In fen.</param>
[GenerateSerializer, Immutable, Alias("bzt.OrderRow")]
public sealed record OrderRow(
    [property: Id(0)] string OrderId, [property: Id(1)] string Owner, [property: Id(2)] string Kind, [property: Id(3)] string Subject,
    [property: Id(4)] long Amount, [property: Id(5)] string State, [property: Id(6)] DateTimeOffset Created)
    : ProjectionRow;

[GenerateSerializer, Immutable, Alias("bzt.ApplicationRow")]
public sealed record ApplicationRow([property: Id(0)] string ApplicationId, [property: Id(1)] string Owner, [property: Id(2)] DateTimeOffset Created)
    : ProjectionRow
{
    [Id(3)]
    public string? State { get; init; }

    /// <summary>The credit code; null for a personal certificate.</summary>
    [Id(4)]
    public string? Enterprise { get; init; }

    /// <summary>Null: the clock does not end it as it stands.</summary>
    [Id(5)]
    public DateTimeOffset? ExpiresAt { get; init; }
}

/// <param name="After">Where the page before ended: its <see cref="Page{T}.Next"/>; null for the first.</param>
[GenerateSerializer, Immutable, Alias("bzt.PageRequest")]
public readonly record struct PageRequest([property: Id(0)] int Size, [property: Id(1)] string? After = null)
{
    /// <summary>The page of a list by time that begins after this row.</summary>
    public static string Cursor(DateTimeOffset time, string key) => string.Create(CultureInfo.InvariantCulture, $"{time.ToUnixTimeMilliseconds()}.{key}");
}

/// <param name="Next">Null when this page is the last.</param>
[GenerateSerializer, Immutable, Alias("bzt.Page`1")]
public sealed record Page<T>([property: Id(0)] IReadOnlyList<T> Items, [property: Id(1)] string? Next);

/// <summary>Lists and searches. They lag behind the grains by the time an outbox takes: nothing is decided upon them.</summary>
public interface IProjectionStore
{
    /// <summary>Idempotent by source and sequence; a grain's items come in order.</summary>
    Task ApplyAsync(GrainId source, long sequence, ProjectionRow row, CancellationToken cancellation = default);

    Task<EnterpriseRow?> FindEnterpriseAsync(string creditCode, CancellationToken cancellation = default);

    /// <summary>By a part of the name, or the beginning of the credit code.</summary>
    Task<Page<EnterpriseRow>> SearchEnterprisesAsync(string text, PageRequest page, CancellationToken cancellation = default);

    Task<Page<CertificateRow>> CertificatesOfOwnerAsync(string owner, PageRequest page, CancellationToken cancellation = default);

    Task<Page<CertificateRow>> CertificatesOfEnterpriseAsync(string creditCode, PageRequest page, CancellationToken cancellation = default);

    /// <summary>Those that end in that span, in the order of their end: what the daily sweep goes through.</summary>
    Task<Page<CertificateRow>> CertificatesExpiringAsync(DateTimeOffset after, DateTimeOffset before, PageRequest page, CancellationToken cancellation = default);

    /// <summary>Newest first.</summary>
    Task<Page<OrderRow>> OrdersOfOwnerAsync(string owner, PageRequest page, CancellationToken cancellation = default);

    /// <summary>Newest first.</summary>
    Task<Page<ApplicationRow>> ApplicationsOfOwnerAsync(string owner, PageRequest page, CancellationToken cancellation = default);

    /// <summary>Those in one of the states, newest first.</summary>
    Task<Page<ApplicationRow>> ApplicationsOfEnterpriseAsync(
        string creditCode, IReadOnlyList<string> states, PageRequest page, CancellationToken cancellation = default);

    /// <summary>In the order in which their time is over.</summary>
    Task<Page<ApplicationRow>> ApplicationsExpiringAsync(DateTimeOffset before, PageRequest page, CancellationToken cancellation = default);
}

/// <summary>
/// What a state's rows are now: for rebuilding the projections from the states. Found by type in the grains' assembly; a grain
/// best takes the rows it puts into its outbox from here too.
/// </summary>
public interface IStateProjector
{
    /// <summary>As <c>[GrainType]</c> says.</summary>
    string GrainType { get; }

    /// <summary>As <c>[PersistentState]</c> says.</summary>
    string StateName { get; }

    Type State { get; }

    /// <summary>The kinds of rows a rebuild replaces for each of these grains.</summary>
    IReadOnlyList<Type> Rows { get; }

    IEnumerable<ProjectionRow> Project(GrainId grain, IHasOutbox state);
}

public static class ProjectionOutbox
{
    public const string Kind = "projection";

    public static Outbox Project(this Outbox outbox, ProjectionRow row) => outbox.Add(Kind, row.GetType().Name, row);
}

/// <summary>Feeds the projections from the outboxes.</summary>
public sealed class ProjectionHandler(IProjectionStore projections) : IOutboxHandler
{
    public string Kind => ProjectionOutbox.Kind;

    public Task DeliverAsync(OutboxDelivery delivery, CancellationToken cancellation) =>
        projections.ApplyAsync(delivery.Source, delivery.Item.Sequence, delivery.Item.Read<ProjectionRow>(), cancellation);
}
