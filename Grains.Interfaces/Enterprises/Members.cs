using Bzt.Grains.Accounts;

namespace Bzt.Grains.Enterprises;

/// <summary>How somebody came to belong to an enterprise. Stored and sent by value; values are never reused.</summary>
public enum MemberVia
{
    Claim = 0,
    Join = 1,
    Remittance = 2,
    Invitation = 3,
    /// <summary>The legal representative's new form, in place of an administrator who cannot be reached.</summary>
    Replacement = 4,
}

/// <param name="Operation">What was decided, the application's or invitation's id: a repeat adds nobody twice and brings nobody back.</param>
[GenerateSerializer, Immutable, Alias("bzt.AddMember")]
public sealed record AddMember(
    [property: Id(0)] Guid Operation,
    [property: Id(1)] UserId User,
    [property: Id(2)] MemberVia Via,
    [property: Id(3)] string MaskedName,
    [property: Id(4)] string MaskedPhoneNumber);

[GenerateSerializer, Immutable, Alias("bzt.MemberView")]
public sealed record MemberView(
    [property: Id(0)] UserId User,
    [property: Id(1)] MemberRole Role,
    [property: Id(2)] DateTimeOffset Since,
    [property: Id(3)] MemberVia Via,
    [property: Id(4)] string MaskedName,
    [property: Id(5)] string MaskedPhoneNumber);
