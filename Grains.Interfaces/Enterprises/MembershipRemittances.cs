namespace Bzt.Grains.Enterprises;

public static class MembershipRemittances
{
    /// <summary>What a remittance that is to make a member is opened with; its target is the enterprise's credit code.</summary>
    public const string OutboxKind = "enterprise/remittance";
}

/// <summary>对公打款: the caller wants to belong to the enterprise by a remittance from its account.</summary>
/// <param name="Id">Of the remittance.</param>
/// <param name="EnterpriseName">As the bank knows the payer; a claimed enterprise's own.</param>
/// <param name="AccountTail">The last six digits of the account it remits from.</param>
[GenerateSerializer, Immutable, Alias("bzt.BeginRemittance")]
public sealed record BeginRemittance(
    [property: Id(0)] Guid Id,
    [property: Id(1)] UserId Caller,
    [property: Id(2)] string EnterpriseName,
    [property: Id(3)] string AccountTail);

/// <param name="AmountFen">1 to 99; no other open remittance from that account has it.</param>
[GenerateSerializer, Immutable, Alias("bzt.RemittanceTerms")]
public sealed record RemittanceTerms([property: Id(0)] int AmountFen, [property: Id(1)] DateTimeOffset ExpiresAt);
