namespace Bzt.Grains.Accounts;

/// <summary>
/// What one network address asked for without an account, at whichever gateway. Key: the keyed hash of the address, or of a network
/// of many. In memory only: it is a brake in front of each number's own limits, which are durable, and nothing of an address is kept.
/// </summary>
[Alias("bzt.IAddressGrain")]
public interface IAddressGrain : IGrainWithStringKey
{
    /// <summary>As <see cref="Take"/> would answer, counting nothing.</summary>
    [Alias("May")]
    Task<Reply<Nothing>> May(AddressUse use, AddressLimits limits);

    /// <summary>Counts a login or a request for a code. Refused with <see cref="RefusalCode.RateLimited"/>.</summary>
    [Alias("Take")]
    Task<Reply<Nothing>> Take(AddressUse use, AddressLimits limits);
}

/// <summary>Sent by value.</summary>
public enum AddressUse
{
    Login = 0,
    SmsCode = 1,
}

/// <param name="PerMinute">Logins and codes.</param>
/// <param name="CodesPerDay">Codes.</param>
[GenerateSerializer, Immutable, Alias("bzt.AddressLimits")]
public readonly record struct AddressLimits([property: Id(0)] int PerMinute, [property: Id(1)] int CodesPerDay);
