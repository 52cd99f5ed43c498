using Bzt.Grains.Foundations;

namespace Bzt.Grains.Accounts;

// Codes to the account's own number. These methods interleave and write nothing.
public sealed partial class UserGrain
{
    public async Task<Reply<CodeSent>> SendCode(SmsCodePurpose purpose) => OwnNumber() is { } number
        ? await NumberGrain(number).SendCode(number, purpose)
        : new Refusal(RefusalCode.NotFound);

    public async Task<Reply<Nothing>> UseCode(SmsCodePurpose purpose, SmsCode code, string usedBy) => OwnNumber() is { } number
        ? await NumberGrain(number).Use(purpose, code, usedBy)
        : new Refusal(RefusalCode.NotFound);

    /// <summary>In clear; null before registration and after closure.</summary>
    private string? OwnNumber() =>
        durable is { PhoneNumber: { } number, PersonKey: { } key } ? personalData.Open(Person, key, "phone-number", number) : null;

    private IPhoneNumberGrain NumberGrain(string number) => GrainFactory.PhoneNumber(protector.KeyedHash("phone-number", number));
}
