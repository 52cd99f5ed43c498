namespace Bzt.Grains.Providers.BankCards;

/// <summary>银行卡四要素: do name, ID number, card and the phone number kept at the bank belong together?</summary>
public interface IBankCardVerifier
{
    /// <summary>False when the configuration does not want this way.</summary>
    bool IsOffered { get; }

    /// <param name="name">As on the identity card.</param>
    /// <param name="idNumber">Eighteen characters.</param>
    /// <param name="cardNumber">Digits only.</param>
    /// <param name="phone">Eleven digits.</param>
    /// <param name="requestId">The caller's id of this check: asked again with the same one, the provider answers the same and charges once.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    Task<BankCardResult> VerifyAsync(string name, string idNumber, string cardNumber, string phone, string requestId, CancellationToken cancellation = default);
}

public abstract record BankCardResult
{
    private BankCardResult() { }

    /// <summary>All four belong together.</summary>
    /// <param name="ReceiptId">The provider's.</param>
    /// <param name="Bank">Whose card it is; null when the provider does not say.</param>
    public sealed record Ok(string ReceiptId, string? Bank = null) : BankCardResult;

    /// <summary>The bank's definite no.</summary>
    public sealed record Refused(BankCardRefusal Code, string ProviderCode) : BankCardResult;

    /// <summary>No answer, or none that could be understood or trusted: nothing is known about the person.</summary>
    public sealed record Unavailable(string Reason) : BankCardResult;
}

public enum BankCardRefusal
{
    /// <summary>They do not belong together; which one differs is not told.</summary>
    Mismatch,
    /// <summary>Lost, frozen or closed card.</summary>
    CardUnusable,
    /// <summary>A card or bank that cannot be checked in this way.</summary>
    CardUnsupported,
    /// <summary>The bank's limit of checks for this card today.</summary>
    TooMany,
    /// <summary>Our account at the provider. Operators must look.</summary>
    Account,
    Other,
}
