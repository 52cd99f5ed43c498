using Bzt.Contracts.Phone;
using Bzt.Grains.Foundations;
using Orleans.Runtime;

namespace Bzt.Grains.Applications;

/// <summary>The applications of a user and of an enterprise, and which of them the clock is to end.</summary>
public sealed class ApplicationProjector : IStateProjector
{
    public string GrainType => "application";

    public string StateName => "application";

    public Type State => typeof(StoredApplication);

    public IReadOnlyList<Type> Rows => [typeof(ApplicationRow)];

    public static ApplicationRow Row(ApplicationId id, ApplicationRecord application) =>
        new(id.ToString(), application.Applicant.User.ToString(), application.Timeline[0].At)
        {
            State = application.State.ToString(),
            Enterprise = application.Claim.CreditCode.Value is { Length: > 0 } code ? code : null,
            ExpiresAt = application.ExpiresAt,
        };

    public IEnumerable<ProjectionRow> Project(GrainId grain, IHasOutbox state) =>
        state is StoredApplication { Application: { } application } ? [Row(new ApplicationId(grain.GetGuidKey()), application)] : [];
}

/// <summary>A user's bill.</summary>
public sealed class OrderProjector : IStateProjector
{
    public const string Kind = "certificate-fee";

    public string GrainType => "order";

    public string StateName => "order";

    public Type State => typeof(StoredOrder);

    public IReadOnlyList<Type> Rows => [typeof(OrderRow)];

    public static OrderRow Row(OrderId id, OrderRecord order) =>
        new(id.ToString(), order.Owner.ToString(), Kind, order.Subject, order.AmountFen, order.State.ToString(), order.CreatedAt);

    /// <summary>Reads back what <see cref="Row"/> wrote.</summary>
    public static OrderState StateOf(OrderRow row) => Enum.Parse<OrderState>(row.State);

    public IEnumerable<ProjectionRow> Project(GrainId grain, IHasOutbox state) =>
        state is StoredOrder { Order: { } order } ? [Row(new OrderId(grain.GetGuidKey()), order)] : [];
}
