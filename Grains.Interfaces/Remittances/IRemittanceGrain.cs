namespace Bzt.Grains.Remittances;

/// <summary>
/// One 对公打款: an enterprise shows that an account is its own by remitting a small agreed amount from it to an account of ours
/// that exists for this alone. Keyed by the asker's id; everything about it is idempotent.
/// </summary>
[Alias("bzt.IRemittance")]
public interface IRemittanceGrain : IGrainWithGuidKey
{
    /// <summary>
    /// Has the bank open an account to remit to. The same command again gets the same; another one conflicts.
    /// <see cref="RefusalCode.ProviderUnavailable"/> leaves nothing behind: ask again.
    /// </summary>
    [Alias("open")]
    Task<Reply<RemittanceView>> Open(OpenRemittance command);

    /// <summary>
    /// As it stands. While it waits the bank is asked too, so that a lost notification loses nothing.
    /// <see cref="RefusalCode.NotFound"/> for anybody but the owner.
    /// </summary>
    [Alias("view")]
    Task<Reply<RemittanceView>> GetView(UserId caller);

    /// <summary>From the bank, verified: what has come in so far.</summary>
    [Alias("received")]
    Task<Reply<Nothing>> Received(IReadOnlyList<IncomingRemittance> remittances);

    /// <summary>What it was for is withdrawn: from now on no remittance proves anything.</summary>
    [Alias("close")]
    Task Close();
}

/// <param name="Owner">Who may look.</param>
/// <param name="AmountFen">1 to 99, the asker's choice.</param>
/// <param name="PayerName">The enterprise; full-width forms and spaces make no difference.</param>
/// <param name="AccountTail">The last six digits of the account it remits from.</param>
/// <param name="ExpiresAt">What the bank receives later proves nothing.</param>
/// <param name="NotifyUrl">Where the bank tells us.</param>
/// <param name="Kind">The kind of outbox item, and so the handler, that is told of every change, with a <see cref="RemittanceView"/> as payload.</param>
/// <param name="Target">Whom that handler tells, in its own terms.</param>
[GenerateSerializer, Immutable, Alias("bzt.OpenRemittance")]
public sealed record OpenRemittance(
    [property: Id(0)] UserId Owner,
    [property: Id(1)] int AmountFen,
    [property: Id(2)] string PayerName,
    [property: Id(3)] string AccountTail,
    [property: Id(4)] DateTimeOffset ExpiresAt,
    [property: Id(5)] Uri NotifyUrl,
    [property: Id(6)] string Kind,
    [property: Id(7)] string Target);

/// <param name="Received">Everything that came in, in the bank's order, each with what it counts for.</param>
[GenerateSerializer, Immutable, Alias("bzt.RemittanceView")]
public sealed record RemittanceView(
    [property: Id(0)] Guid Id,
    [property: Id(1)] RemittanceState State,
    [property: Id(2)] int AmountFen,
    [property: Id(3)] string PayerName,
    [property: Id(4)] string AccountTail,
    [property: Id(5)] PayeeAccount Payee,
    [property: Id(6)] DateTimeOffset ExpiresAt,
    [property: Id(7)] IReadOnlyList<ReceivedRemittance> Received);

/// <summary>Where to remit to.</summary>
[GenerateSerializer, Immutable, Alias("bzt.PayeeAccount")]
public sealed record PayeeAccount([property: Id(0)] string Name, [property: Id(1)] string Bank, [property: Id(2)] string Account);

public enum RemittanceState
{
    /// <summary>Nothing right came in yet; what came in wrong is in the list.</summary>
    Waiting = 0,
    /// <summary>The account is the enterprise's.</summary>
    Matched = 1,
    /// <summary>Nothing right came in in time. A remittance in time that the bank tells of late still matches.</summary>
    Expired = 2,
    /// <summary>Withdrawn.</summary>
    Closed = 3,
}

/// <param name="Serial">The bank's number of it.</param>
[GenerateSerializer, Immutable, Alias("bzt.IncomingRemittance")]
public sealed record IncomingRemittance(
    [property: Id(0)] string Serial,
    [property: Id(1)] string PayerName,
    [property: Id(2)] string PayerAccountTail,
    [property: Id(3)] long AmountFen,
    [property: Id(4)] DateTimeOffset ReceivedAt);

/// <summary>A remittance as judged. Who sent a wrong one is nobody's business here.</summary>
[GenerateSerializer, Immutable, Alias("bzt.ReceivedRemittance")]
public sealed record ReceivedRemittance(
    [property: Id(0)] string Serial,
    [property: Id(1)] long AmountFen,
    [property: Id(2)] DateTimeOffset ReceivedAt,
    [property: Id(3)] RemittanceVerdict Verdict);

public enum RemittanceVerdict
{
    Matched = 0,
    WrongAmount = 1,
    /// <summary>Another name, or another account of the same name.</summary>
    WrongPayer = 2,
    /// <summary>After it expired or was withdrawn.</summary>
    Late = 3,
    /// <summary>Right, but after another right one.</summary>
    Doubled = 4,
}
