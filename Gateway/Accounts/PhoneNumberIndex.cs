using Bzt.Grains;
using Bzt.Grains.Accounts;
using Bzt.Grains.Foundations;

namespace Bzt.Gateway.Accounts;

/// <summary>Finds a number's grain without letting the number out into keys and logs.</summary>
internal sealed class PhoneNumberIndex(IGrainFactory grains, IKeyProtector protector)
{
    public IPhoneNumberGrain Find(string phoneNumber) => grains.PhoneNumber(Hash(phoneNumber));

    public string Hash(string phoneNumber) => protector.KeyedHash("phone-number", phoneNumber);
}
