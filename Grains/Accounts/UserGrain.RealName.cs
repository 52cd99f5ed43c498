using System.Security.Cryptography;
using System.Text;
using Bzt.Grains.Foundations;
using Bzt.Grains.Providers.BankCards;
using Bzt.Grains.Providers.RealNames;
using Microsoft.Extensions.Logging;

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
        if (RealNameRules.Before(durable, command.Operation, inputHash, command.IdNumber, idNumberHash, now) is { } decided)
        {
            return Answer(decided);
        }

        if (!bankCards.IsOffered)
        {
            return new Refusal(RefusalCode.RealNameWayClosed);
        }

        // 2. Count the try before the provider is asked.
        if (await BeginAsync(new RealNameOperation(command.Operation, inputHash, null, RealNameWay.BankCard, command.Device.Value), now) is { } limited)
        {
            return limited;
        }

        // 3. Ask. The same operation is the same request to the provider, whichever activation asks.
        var result = await AskAsync(
            giveUp => bankCards.VerifyAsync(command.Name, command.IdNumber, command.CardNumber, command.PhoneNumber, RequestId(command.Operation), giveUp),
            reason => new BankCardResult.Unavailable(reason));
        var verdict = RealNameRules.Read(result);
        Tell(verdict, RealNameWay.BankCard, (result as BankCardResult.Refused)?.ProviderCode ?? (result as BankCardResult.Unavailable)?.Reason);

        // 4. Decide.
        if (verdict is not RealNameVerdict.Passed(var receipt))
        {
            await WriteAsync(RealNameRules.Settle(durable, command.Operation, verdict, now));
            return Answer(RealNameRules.Find(durable, command.Operation)?.Outcome ?? new RealNameOutcome(RefusalCode.ProviderUnavailable));
        }

        await ProveAsync(command.Operation, command.Device, Seal(command.Name, command.IdNumber, idNumberHash, RealNameWay.BankCard, now, receipt), now);
        return Answer(RealNameRules.Find(durable, command.Operation)!.Outcome!);
    }

    private async Task<Refusal?> BeginAsync(RealNameOperation operation, DateTimeOffset now)
    {
        var (begun, limited) = RealNameRules.Begin(durable, operation, now);
        if (limited is null && begun != durable)
        {
            await WriteAsync(begun);
        }

        return limited;
    }

    /// <summary>One account a person. A crash after the claim leaves the person claimed by us; the repeat finds that and goes on, and whoever else asks has it given up.</summary>
    private async Task ProveAsync(Guid operation, DeviceId device, ProvenPerson person, DateTimeOffset now) => await WriteAsync(
        RealNameRules.IsAnother(durable, person.IdNumberHash) ? RealNameRules.End(durable, operation, RefusalCode.RealNameAlready)
        : !await ClaimAsync(person.IdNumberHash) ? RealNameRules.End(durable, operation, RefusalCode.RealNameTaken)
        : RealNameRules.Prove(durable, operation, device, person, now));

    private async Task<bool> ClaimAsync(string idNumberHash)
    {
        var person = GrainFactory.Person(idNumberHash);
        var holder = await person.Claim(Id);
        if (holder == Id)
        {
            return true;
        }

        // Bounded: two accounts that ask each other would wait for ever. The same operation is asked for again.
        await GrainFactory.GetGrain<IUserSteps>(holder.Value).GiveUpPerson(idNumberHash).WaitAsync(LongestStep, time);
        return await person.Claim(Id) == Id;
    }

    public async Task GiveUpPerson(string idNumberHash)
    {
        if (durable.RealName?.IdNumberHash == idNumberHash)
        {
            return;
        }

        // Unchanged, so that an activation which this one knows nothing of, and which is about to store the person, loses its race.
        if (durable.RegisteredAt is not null)
        {
            await WriteAsync(durable);
        }

        await GrainFactory.Person(idNumberHash).Release(Id);
    }

    private ProvenPerson Seal(string name, string idNumber, string idNumberHash, RealNameWay way, DateTimeOffset now, string receipt, string? faceConsent = null) => new(
        personalData.Seal(Person, durable.PersonKey!, "name", name),
        personalData.Seal(Person, durable.PersonKey!, "id-number", idNumber),
        idNumberHash, Masks.Name(name), Masks.IdNumber(idNumber), way, now, receipt, faceConsent);

    private async Task<T> AskAsync<T>(Func<CancellationToken, Task<T>> ask, Func<string, T> unavailable)
    {
        using var giveUp = new CancellationTokenSource(ProviderTimeout, time);
        try
        {
            return await ask(giveUp.Token);
        }
        catch (OperationCanceledException) when (giveUp.IsCancellationRequested)
        {
            return unavailable("no answer in time");
        }
    }

    // The user is told that the provider is away; why is for operators, who may have to pay a bill or renew a key.
    private void Tell(RealNameVerdict verdict, RealNameWay way, string? reason)
    {
        if (verdict is RealNameVerdict.Unknown)
        {
            ProviderUnavailable(logger, way, reason);
        }
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "Real names by {Way}: no verdict: {Reason}")]
    private static partial void ProviderUnavailable(ILogger logger, RealNameWay way, string? reason);

    // Two users' phones may choose the same operation id; the provider must not mix them up.
    private string RequestId(Guid operation) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{Person}|{operation:N}")).AsSpan(0, 16));

    private Reply<RealName> Answer(RealNameOutcome outcome) => outcome.Refusal is { } code ? Refuse(code) : Show(durable.RealName!);

    private Refusal Refuse(RefusalCode code) => new(code, code is RefusalCode.RateLimited ? time.GetUtcNow().AddDays(1) : null);

    private static RealName Show(ProvenPerson person) => new(person.MaskedName, person.MaskedIdNumber, person.Way, person.At);
}
