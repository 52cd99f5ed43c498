using System.Security.Cryptography;
using System.Text;
using Bzt.Grains.Foundations;
using Bzt.Grains.Providers.BankCards;

namespace Bzt.Grains.Accounts;

// Who the account's holder is, and when a device last proved it.
public sealed partial class UserGrain
{
    // Below Orleans' response timeout, so that the phone hears of the provider and not of us.
    private static readonly TimeSpan ProviderTimeout = TimeSpan.FromSeconds(6);

    public Task<Reply<DateTimeOffset>> GetLastProof(DeviceId device) => Task.FromResult<Reply<DateTimeOffset>>(
        durable.Devices.FirstOrDefault(known => known.Id == device.Value) switch
        {
            null => new Refusal(RefusalCode.NotFound),
            { ProvenAt: { } at } => at,
            _ => new Refusal(RefusalCode.RealNameRequired),
        });

    public async Task<Reply<RealName>> ProveByBankCard(ProveByBankCard command)
    {
        // 1. Identify: an operation seen before, an identity that cannot be.
        var now = time.GetUtcNow();
        var inputHash = protector.KeyedHash("real-name-input", string.Join('\n', command.Name, command.IdNumber, command.CardNumber, command.PhoneNumber));
        var idNumberHash = protector.KeyedHash("id-number", command.IdNumber);
        if (RealNameRules.Before(durable, command, inputHash, idNumberHash, now) is { } decided)
        {
            return Answer(decided);
        }

        // 2. Count the try before the provider is asked.
        var (begun, limited) = RealNameRules.Begin(durable, command.Operation, inputHash, now);
        if (limited is not null)
        {
            return limited;
        }

        if (begun != durable)
        {
            await WriteAsync(begun);
        }

        // 3. Ask. The same operation is the same request to the provider, whichever activation asks.
        var result = await VerifyAsync(command);
        if (RealNameRules.Read(result) is { } refusal)
        {
            await WriteAsync(refusal is RefusalCode.ProviderUnavailable ? RealNameRules.Undo(durable, command.Operation) : RealNameRules.End(durable, command.Operation, refusal));
            return Answer(new RealNameOutcome(refusal));
        }

        // 4. One account a person. A crash after this leaves the person claimed by us; the repeat finds that and goes on.
        if (await GrainFactory.Person(idNumberHash).Claim(Id) != Id)
        {
            await WriteAsync(RealNameRules.End(durable, command.Operation, RefusalCode.RealNameTaken));
            return new Refusal(RefusalCode.RealNameTaken);
        }

        // 5. The decision: who it is, and that the device that proved it is the active one.
        var proven = new ProvenPerson(
            personalData.Seal(Person, durable.PersonKey!, "name", command.Name),
            personalData.Seal(Person, durable.PersonKey!, "id-number", command.IdNumber),
            idNumberHash, Masks.Name(command.Name), Masks.IdNumber(command.IdNumber), RealNameWay.BankCard, now, ((BankCardResult.Ok)result).ReceiptId);
        await WriteAsync(DeviceRules.Prove(RealNameRules.End(durable, command.Operation, refusal: null), command.Device, now) with { RealName = proven });
        return Show(proven);
    }

    private async Task<BankCardResult> VerifyAsync(ProveByBankCard command)
    {
        // Two users' phones may choose the same operation id; the provider must not mix them up.
        var requestId = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{Person}|{command.Operation:N}")).AsSpan(0, 16));
        using var giveUp = new CancellationTokenSource(ProviderTimeout, time);
        try
        {
            return await bankCards.VerifyAsync(command.Name, command.IdNumber, command.CardNumber, command.PhoneNumber, requestId, giveUp.Token);
        }
        catch (OperationCanceledException) when (giveUp.IsCancellationRequested)
        {
            return new BankCardResult.Unavailable("no answer in time");
        }
    }

    private Reply<RealName> Answer(RealNameOutcome outcome) => outcome.Refusal switch
    {
        { } code => new Refusal(code, code is RefusalCode.RateLimited ? time.GetUtcNow().AddDays(1) : null),
        null => Show(durable.RealName!),
    };

    private static RealName Show(ProvenPerson person) => new(person.MaskedName, person.MaskedIdNumber, person.Way, person.At);
}
