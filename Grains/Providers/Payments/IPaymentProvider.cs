using System.Diagnostics.CodeAnalysis;

namespace Bzt.Grains.Providers.Payments;

/// <summary>
/// A way to pay. Money is settled by a notification or a query whose order and amount the caller compares with its own
/// order; the browser coming back to the return address proves nothing.
/// </summary>
public interface IPaymentProvider
{
    /// <summary>Stable name, part of the notification's route: <c>alipay</c>.</summary>
    string Name { get; }

    /// <summary>An address where the user pays this order. The same order may be asked for again until it is paid or closed.</summary>
    Task<PaymentCreation> CreateAsync(string orderId, long amountFen, string subject, Uri notifyUrl, Uri returnUrl, CancellationToken cancellation = default);

    /// <summary>
    /// Checks the signature and the addressee of a notification (the POST's form fields, decoded) and reads it. False: it is not from the provider,
    /// not for us, or not readable; answer it without <see cref="NotificationReceived"/> and change nothing.
    /// </summary>
    bool TryReadNotification(IReadOnlyDictionary<string, string> form, [NotNullWhen(true)] out PaymentNotification? notification);

    /// <summary>The body that tells the provider that its notification was stored; with anything else it sends it again.</summary>
    string NotificationReceived { get; }

    Task<PaymentQuery> QueryAsync(string orderId, CancellationToken cancellation = default);
}

public abstract record PaymentCreation
{
    private PaymentCreation() { }

    public sealed record Ok(Uri PayUrl) : PaymentCreation;

    public sealed record Refused(string ProviderCode) : PaymentCreation;

    public sealed record Unavailable(string Reason) : PaymentCreation;
}

public abstract record PaymentQuery
{
    private PaymentQuery() { }

    public sealed record Ok(PaymentStatus Status) : PaymentQuery;

    /// <summary>The provider answers, but not about this order. An order whose page was never opened is unknown to it.</summary>
    public sealed record Refused(PaymentRefusal Code, string ProviderCode) : PaymentQuery;

    public sealed record Unavailable(string Reason) : PaymentQuery;
}

public enum PaymentRefusal
{
    UnknownOrder,
    Account,
    Other,
}

/// <param name="OrderId">Ours.</param>
/// <param name="TradeId">The provider's.</param>
/// <param name="State">As of this answer.</param>
/// <param name="AmountFen">What the provider was asked to collect: compare it with the order.</param>
/// <param name="PaidAt">When it was paid, if it was and the provider says so.</param>
public sealed record PaymentStatus(string OrderId, string TradeId, PaymentState State, long AmountFen, DateTimeOffset? PaidAt);

/// <param name="NotificationId">The provider's id of this notification; a repetition keeps it.</param>
/// <param name="Status">What it says.</param>
public sealed record PaymentNotification(string NotificationId, PaymentStatus Status);

public enum PaymentState
{
    Waiting,
    Paid,
    /// <summary>Never paid in time, closed by either side, or refunded in full.</summary>
    Closed,
}
