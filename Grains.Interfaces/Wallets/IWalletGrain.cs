namespace Bzt.Grains.Wallets;

/// <summary>The bank cards of a user (银行卡). Key: the user id.</summary>
[Alias("bzt.IWallet")]
public interface IWalletGrain : IGrainWithGuidKey
{
    /// <summary>
    /// Binds a card that the bank says is the user's own. The same command again gets the recorded outcome.
    /// <see cref="RefusalCode.RealNameRequired"/>, <see cref="RefusalCode.BankCardBound"/>, <see cref="RefusalCode.BankCardsTooMany"/>,
    /// <see cref="RefusalCode.BankCardMismatch"/>, <see cref="RefusalCode.BankCardUnusable"/>, <see cref="RefusalCode.RateLimited"/>,
    /// <see cref="RefusalCode.ProviderUnavailable"/>: nothing was learnt, ask again.
    /// </summary>
    [Alias("bind")]
    Task<Reply<BankCard>> Bind(BindBankCard command);

    /// <summary>The bound ones, oldest first.</summary>
    [Alias("list")]
    Task<IReadOnlyList<BankCard>> List();

    /// <summary>Idempotent. <see cref="RefusalCode.NotFound"/> for a card that never was this user's.</summary>
    [Alias("unbind")]
    Task<Reply<Nothing>> Unbind(BankCardId card);

    /// <summary>The account is closed: forgets everything.</summary>
    [Alias("clear")]
    Task Clear();
}

/// <param name="Operation">Made by the phone; a repeat of the same id is the same card.</param>
/// <param name="CardNumber">12 to 19 digits.</param>
/// <param name="PhoneNumber">Kept at the bank; eleven digits.</param>
[GenerateSerializer, Immutable, Alias("bzt.BindBankCard")]
public sealed record BindBankCard(
    [property: Id(0)] Guid Operation,
    [property: Id(1)] string CardNumber,
    [property: Id(2)] string PhoneNumber)
{
    /// <summary>Only the operation: commands reach logs and exception texts.</summary>
    public override string ToString() => $"BindBankCard {Operation:D}";
}

/// <param name="Bank">As the bank calls itself; null when the provider did not say.</param>
/// <param name="Ending">The last four digits, all that is kept of the number.</param>
[GenerateSerializer, Immutable, Alias("bzt.BankCard")]
public sealed record BankCard(
    [property: Id(0)] BankCardId Card,
    [property: Id(1)] string? Bank,
    [property: Id(2)] string Ending,
    [property: Id(3)] DateTimeOffset BoundAt)
{
    public override string ToString() => $"BankCard {Card}";
}
