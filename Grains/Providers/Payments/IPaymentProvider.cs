using System.Diagnostics.CodeAnalysis;

namespace Bzt.Grains.Providers.Payments;

/// <summary>
/// A way to pay. Money is settled by a notification or a query whose order and amount the caller compares with its own
/// order; the browser coming back to the return address proves nothing.
/// </summary>
public interface IPaymentProvider
{
    /// <summary>Stable name, part of the notification's route: <c>alipay</c>, <c>wechat</c>.</summary>
    string Name { get; }

    /// <summary>Whether this installation has an account there.</summary>
    bool Offered { get; }

    /// <summary>An address where the user pays this order. The same order may be asked for again until it is paid or closed.</summary>
    /// <param name="orderId">Ours, 6 to 32 of letters, digits, <c>-</c> and <c>_</c>; Alipay takes up to 64.</param>
    /// <param name="amountFen">分.</param>
    /// <param name="subject">What the buyer reads.</param>
    /// <param name="notifyUrl">Where the provider tells us.</param>
    /// <param name="returnUrl">Where the browser comes back to.</param>
    /// <param name="payerAddress">The buyer's IP address, which WeChat wants to know.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    Task<PaymentCreation> CreateAsync(
        string orderId, long amountFen, string subject, Uri notifyUrl, Uri returnUrl, string? payerAddress = null, CancellationToken cancellation = default);

    /// <summary>
    /// Checks the signature and the addressee of a notification and reads it. False: it is not from the provider,
    /// not for us, or not readable; answer it without <see cref="NotificationReceived"/> and change nothing.
    /// </summary>
    /// <param name="message">
    /// The POST's form fields, decoded. Of a JSON body: the body as it came, as <c>body</c>, and the <c>wechatpay-…</c> headers in lower case.
    /// </param>
    /// <param name="notification">What it says.</param>
    bool TryReadNotification(IReadOnlyDictionary<string, string> message, [NotNullWhen(true)] out PaymentNotification? notification);

    /// <summary>The body that tells the provider that its notification was stored; with anything else it sends it again.</summary>
    string NotificationReceived { get; }

    Task<PaymentQuery> QueryAsync(string orderId, CancellationToken cancellation = default);

    /// <summary>Makes the order unpayable. Refused for one that is paid or unknown.</summary>
    Task<PaymentClosing> CloseAsync(string orderId, CancellationToken cancellation = default);

    /// <summary>
    /// Pays back. Asked again under the same refund number it is the same refund and tells how far it is: ask until it is
    /// <see cref="RefundResult.Ok"/> or <see cref="RefundResult.Refused"/>.
    /// </summary>
    /// <param name="tradeId">The provider's number of the payment.</param>
    /// <param name="refundNumber">Ours, 1 to 64 of letters, digits, <c>-</c> and <c>_</c>.</param>
    /// <param name="amountFen">All that was paid.</param>
    /// <param name="reason">What the buyer reads.</param>
    /// <param name="cancellation">Gives up waiting; the refund may happen all the same.</param>
    Task<RefundResult> RefundAsync(string tradeId, string refundNumber, long amountFen, string reason, CancellationToken cancellation = default);
}

public abstract record PaymentCreation
{
    private PaymentCreation() { }

    /// <param name="PayUrl">Where the user pays.</param>
    /// <param name="GoodUntil">When another must be asked for; null: as long as the order is open.</param>
    public sealed record Ok(Uri PayUrl, DateTimeOffset? GoodUntil = null) : PaymentCreation;

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

public abstract record PaymentClosing
{
    private PaymentClosing() { }

    public sealed record Ok : PaymentClosing;

    public sealed record Refused(PaymentRefusal Code, string ProviderCode) : PaymentClosing;

    public sealed record Unavailable(string Reason) : PaymentClosing;
}

public abstract record RefundResult
{
    private RefundResult() { }

    /// <summary>The money is back.</summary>
    public sealed record Ok : RefundResult;

    /// <summary>The provider took it and works on it. Hours, with some banks.</summary>
    public sealed record Processing : RefundResult;

    /// <summary>The provider will not do it as it is; operators must look. Asking again may help once they did.</summary>
    public sealed record Refused(string ProviderCode) : RefundResult;

    /// <summary>No answer, or none that could be understood: it may or may not happen. Ask again.</summary>
    public sealed record Unavailable(string Reason) : RefundResult;
}

public enum PaymentRefusal
{
    UnknownOrder,
    Account,
    Other,
    /// <summary>Paid already, so it is not closed.</summary>
    Paid,
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
