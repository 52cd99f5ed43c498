namespace Bzt.Grains.Accounts;

/// <summary>
/// 支付宝认证 or 中金认证: begins a check that the person goes through on the provider's page; the latter is refused with
/// <see cref="RefusalCode.ConsentRequired"/> without a consent to face data.
/// </summary>
/// <param name="Operation">A repeat is the same check.</param>
/// <param name="Device">The device that proves.</param>
/// <param name="Way">Not <see cref="RealNameWay.BankCard"/>.</param>
/// <param name="Name">As on the identity card.</param>
/// <param name="IdNumber">Eighteen characters.</param>
/// <param name="ReturnUrl">The app's own page; a one-time state is added to its query.</param>
[GenerateSerializer, Immutable, Alias("bzt.ProveOnPage")]
public sealed record ProveOnPage(
    [property: Id(0)] Guid Operation,
    [property: Id(1)] DeviceId Device,
    [property: Id(2)] RealNameWay Way,
    [property: Id(3)] string Name,
    [property: Id(4)] string IdNumber,
    [property: Id(5)] Uri ReturnUrl)
{
    /// <summary>Only the type: a record would print the person into a log.</summary>
    public override string ToString() => nameof(ProveOnPage);
}

/// <summary>Where an operation stands. Neither proven nor refused: it waits, for the person or for the provider.</summary>
/// <param name="Operation">The phone's id of it.</param>
/// <param name="Way">Which of the three.</param>
/// <param name="Page">The provider's page, while the person may still go through it. Another time it may be another address.</param>
/// <param name="ExpiresAt">When waiting ends.</param>
/// <param name="ProviderAway">The provider was asked now and did not answer.</param>
/// <param name="Proven">It is the person.</param>
/// <param name="Refusal">What it ended with instead.</param>
[GenerateSerializer, Immutable, Alias("bzt.RealNameCheck")]
public sealed record RealNameCheck(
    [property: Id(0)] Guid Operation,
    [property: Id(1)] RealNameWay Way,
    [property: Id(2)] Uri? Page,
    [property: Id(3)] DateTimeOffset? ExpiresAt,
    [property: Id(4)] bool ProviderAway,
    [property: Id(5)] RealName? Proven,
    [property: Id(6)] RefusalCode? Refusal);

/// <param name="Operation">A repeat gets the recorded outcome.</param>
/// <param name="Device">The device that proves.</param>
[GenerateSerializer, Immutable, Alias("bzt.ProveByBankCard")]
public sealed record ProveByBankCard(
    [property: Id(0)] Guid Operation,
    [property: Id(1)] DeviceId Device,
    [property: Id(2)] string Name,
    [property: Id(3)] string IdNumber,
    [property: Id(4)] string CardNumber,
    [property: Id(5)] string PhoneNumber)
{
    /// <summary>Only the type: a record would print the person into a log.</summary>
    public override string ToString() => nameof(ProveByBankCard);
}
