using System.Diagnostics.CodeAnalysis;
using Bzt.Grains.Remittances;

namespace Bzt.Grains.Providers.Remittances;

/// <summary>
/// The bank's side of 对公打款: an account that exists for one reference, and what comes in on it. Whether that is what was
/// agreed is ours to judge (<see cref="RemittanceRules"/>).
/// </summary>
public interface IRemittances
{
    /// <summary>Opens the account of this reference; the same one again when it is open.</summary>
    /// <param name="reference">Ours.</param>
    /// <param name="expiresAt">Until then at least the bank tells of what comes in.</param>
    /// <param name="notifyUrl">Where it tells us.</param>
    /// <param name="cancellation">Gives up waiting; the account may be open all the same.</param>
    Task<RemittanceResult> ExpectAsync(Guid reference, DateTimeOffset expiresAt, Uri notifyUrl, CancellationToken cancellation = default);

    /// <summary>Everything that came in on the account of this reference, as far as the bank has told us a readable word.</summary>
    Task<RemittanceQuery> GetAsync(Guid reference, CancellationToken cancellation = default);

    /// <summary>Checks that a notification is the bank's and meant for us, and reads it.</summary>
    bool TryReadNotification(SignedMessage message, [NotNullWhen(true)] out RemittanceNotification? notification);
}

public abstract record RemittanceResult
{
    private RemittanceResult() { }

    public sealed record Ok(PayeeAccount Payee) : RemittanceResult;

    public sealed record Refused(string ProviderCode) : RemittanceResult;

    public sealed record Unavailable(string Reason) : RemittanceResult;
}

public abstract record RemittanceQuery
{
    private RemittanceQuery() { }

    public sealed record Ok(IReadOnlyList<IncomingRemittance> Remittances) : RemittanceQuery;

    public sealed record Refused(string ProviderCode) : RemittanceQuery;

    public sealed record Unavailable(string Reason) : RemittanceQuery;
}

/// <param name="Reference">Ours.</param>
/// <param name="Remittances">Everything that came in so far.</param>
public sealed record RemittanceNotification(Guid Reference, IReadOnlyList<IncomingRemittance> Remittances);
