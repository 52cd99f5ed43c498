using Bzt.Contracts.Phone;

namespace Bzt.Grains.Accounts;

/// <summary>The account as it may be shown: everything personal is masked.</summary>
[GenerateSerializer, Immutable, Alias("bzt.Account")]
public sealed record Account(
    [property: Id(0)] string MaskedPhoneNumber,
    [property: Id(1)] RealName? RealName,
    [property: Id(2)] IReadOnlyList<Membership> Memberships,
    [property: Id(3)] bool HasPassword = false,
    [property: Id(4)] bool WeChatTied = false,
    [property: Id(5)] bool FaceConsent = false,
    [property: Id(6)] IReadOnlyList<LegalDocument>? ConsentsDue = null);

[GenerateSerializer, Immutable, Alias("bzt.RealName")]
public sealed record RealName(
    [property: Id(0)] string MaskedName,
    [property: Id(1)] string MaskedIdNumber,
    [property: Id(2)] RealNameWay Way,
    [property: Id(3)] DateTimeOffset At);

/// <summary>Stored and sent by value; values are never reused.</summary>
public enum RealNameWay
{
    BankCard = 0,
    Alipay = 1,
    Face = 2,
}

[GenerateSerializer, Immutable, Alias("bzt.Membership")]
public sealed record Membership(
    [property: Id(0)] CreditCode CreditCode,
    [property: Id(1)] string EnterpriseName,
    [property: Id(2)] MemberRole Role);

/// <summary>Stored and sent by value; values are never reused.</summary>
public enum MemberRole
{
    Administrator = 0,
    Staff = 1,
}

/// <param name="Name">As on the identity card.</param>
/// <param name="IdNumber">Eighteen characters.</param>
/// <param name="PhoneNumber">Of the account.</param>
[GenerateSerializer, Immutable, Alias("bzt.Person")]
public sealed record Person(
    [property: Id(0)] string Name,
    [property: Id(1)] string IdNumber,
    [property: Id(2)] string PhoneNumber)
{
    /// <summary>Only the type: a record would print the person into a log.</summary>
    public override string ToString() => nameof(Person);
}

/// <param name="Subject">Which: an enterprise's or an order's name.</param>
[GenerateSerializer, Immutable, Alias("bzt.ClosureBlocker")]
public sealed record ClosureBlocker([property: Id(0)] ClosureReason Reason, [property: Id(1)] string Subject);

[GenerateSerializer, Immutable, Alias("bzt.PersonalExport")]
public sealed record PersonalExport(
    [property: Id(0)] string PhoneNumber,
    [property: Id(1)] Person? Person,
    [property: Id(2)] RealName? RealName,
    [property: Id(3)] DateTimeOffset RegisteredAt,
    [property: Id(4)] DateTimeOffset? PasswordSetAt,
    [property: Id(5)] DateTimeOffset? WeChatTiedAt,
    [property: Id(6)] IReadOnlyList<DeviceView> Devices,
    [property: Id(7)] IReadOnlyList<Membership> Memberships,
    [property: Id(8)] IReadOnlyList<ConsentView> Consents)
{
    /// <summary>Only the type: a record would print the person into a log.</summary>
    public override string ToString() => nameof(PersonalExport);
}

[GenerateSerializer, Immutable, Alias("bzt.ConsentView")]
public sealed record ConsentView(
    [property: Id(0)] LegalDocument Document,
    [property: Id(1)] string Version,
    [property: Id(2)] DateTimeOffset At,
    [property: Id(3)] DateTimeOffset? WithdrawnAt);
