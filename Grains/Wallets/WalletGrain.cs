using System.Security.Cryptography;
using System.Text;
using Bzt.Grains.Accounts;
using Bzt.Grains.Foundations;
using Bzt.Grains.Providers.BankCards;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Bzt.Grains.Wallets;

/// <inheritdoc cref="IWalletGrain"/>
/// <remarks>The card's number passes through once, to the bank; its last four digits stay, sealed, and a keyed hash.</remarks>
[GrainType("wallet")]
public sealed partial class WalletGrain(
    [PersistentState("wallet")] IPersistentState<StoredWallet> storage, IBankCardVerifier bankCards, IKeyProtector protector, PersonalData personalData,
    TimeProvider time, ILogger<WalletGrain> log)
    : Grain, IWalletGrain
{
    private const string EndingField = "bank-card-ending";

    // Below Orleans' response timeout, so that the phone hears of the bank and not of us.
    private static readonly TimeSpan ProviderTimeout = TimeSpan.FromSeconds(6);

    private UserId User => new(this.GetPrimaryKey());

    private string Owner => $"wallets/{User}";

    public async Task<Reply<BankCard>> Bind(BindBankCard command)
    {
        // 1. Asked before?
        var inputHash = protector.KeyedHash("bank-card-input", $"{command.CardNumber}\n{command.PhoneNumber}");
        var known = WalletRules.Find(storage.State, command.Operation);
        if (known is not null && known.InputHash != inputHash)
        {
            return new Refusal(RefusalCode.IdempotencyConflict);
        }

        if (known?.Outcome is { } recorded)
        {
            return Answer(recorded);
        }

        // 2. The user's own card, not bound yet.
        if (await GrainFactory.User(User).GetPerson() is not Done<Person>(var person))
        {
            return new Refusal(RefusalCode.RealNameRequired);
        }

        var numberHash = protector.KeyedHash("bank-card", command.CardNumber);
        if (WalletRules.Refuse(storage.State, numberHash) is { } refusal)
        {
            return new Refusal(refusal);
        }

        // 3. Count the try before the bank is asked.
        var now = time.GetUtcNow();
        var (begun, limited) = WalletRules.Begin(storage.State, command.Operation, inputHash, now);
        if (limited is not null)
        {
            return limited;
        }

        if (begun != storage.State)
        {
            await storage.WriteAsync(this, begun);
        }

        // 4. Ask, and decide in one write. The same operation is the same request to the bank, whichever activation asks.
        var answer = await AskAsync(person, command);
        var key = storage.State.WrappedKey ?? personalData.NewKey(Owner);
        var card = new StoredCard(
            Guid.CreateVersion7(now), numberHash, personalData.Seal(Owner, key, EndingField, command.CardNumber[^4..]), (answer as BankCardResult.Ok)?.Bank,
            (answer as BankCardResult.Ok)?.ReceiptId ?? "", now);
        await storage.WriteAsync(this, WalletRules.Answered(storage.State, command.Operation, answer, card) with { WrappedKey = key });
        return WalletRules.Find(storage.State, command.Operation)?.Outcome is { } outcome ? Answer(outcome) : new Refusal(RefusalCode.ProviderUnavailable);
    }

    public Task<IReadOnlyList<BankCard>> List() => Task.FromResult<IReadOnlyList<BankCard>>([.. WalletRules.Bound(storage.State).Select(View)]);

    public async Task<Reply<Nothing>> Unbind(BankCardId card)
    {
        if (WalletRules.Unbind(storage.State, card.Value, time.GetUtcNow()) is not { } next)
        {
            return new Refusal(RefusalCode.NotFound);
        }

        if (next != storage.State)
        {
            await storage.WriteAsync(this, next);
        }

        return new Nothing();
    }

    public Task Clear() => storage.WriteAsync(this, new StoredWallet());

    private async Task<BankCardResult> AskAsync(Person person, BindBankCard command)
    {
        using var giveUp = new CancellationTokenSource(ProviderTimeout, time);
        BankCardResult answer;
        try
        {
            // Two users' phones may choose the same operation id; the bank must not mix them up.
            var requestId = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{Owner}|{command.Operation:N}")).AsSpan(0, 16));
            answer = await bankCards.VerifyAsync(person.Name, person.IdNumber, command.CardNumber, command.PhoneNumber, requestId, giveUp.Token);
        }
        catch (OperationCanceledException) when (giveUp.IsCancellationRequested)
        {
            answer = new BankCardResult.Unavailable("no answer in time");
        }

        if (answer is BankCardResult.Unavailable or BankCardResult.Refused { Code: BankCardRefusal.Account or BankCardRefusal.Other })
        {
            LogNoVerdict((answer as BankCardResult.Refused)?.ProviderCode ?? (answer as BankCardResult.Unavailable)?.Reason);
        }

        return answer;
    }

    // A card that was unbound since is bound by a new operation, never by the repeat of an old one.
    private Reply<BankCard> Answer(BindOutcome outcome) =>
        outcome.Refusal is { } code ? new Refusal(code, code is RefusalCode.RateLimited ? time.GetUtcNow().AddDays(1) : null)
        : WalletRules.Bound(storage.State).FirstOrDefault(card => card.Id == outcome.Card) is { } card ? View(card)
        : new Refusal(RefusalCode.NotFound);

    private BankCard View(StoredCard card) =>
        new(new BankCardId(card.Id), card.Bank, personalData.Open(Owner, storage.State.WrappedKey!, EndingField, card.SealedEnding!), card.BoundAt);

    [LoggerMessage(EventId = 346, Level = LogLevel.Warning, Message = "A bank card is not bound: no verdict: {Reason}")]
    private partial void LogNoVerdict(string? reason);
}
