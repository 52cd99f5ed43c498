using System.Collections.Immutable;
using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Grains;
using Bzt.Grains.Providers.BankCards;
using Bzt.Grains.Wallets;
using Bzt.Simulators;
using Bzt.Simulators.BankCards;
using Bzt.Tests.Applications;
using Bzt.Tests.Embedded;
using Bzt.Tests.Storage;
using BankCardRequest = Bzt.Contracts.Phone.BankCardRequest;

namespace Bzt.Tests.Wallets;

/// <summary>银行卡: bound when the bank says it is the user's own, unbound at once.</summary>
public sealed class BankCardTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 25, 1, 0, 0, TimeSpan.Zero);
    private static readonly Guid Id = new("019aa000-0000-7000-8000-00000000000d");
    private static readonly StoredCard Card = new(Id, "hash", [1], "模拟银行", "BC1", Now);

    [Fact]
    [Trait("Feature", "M072"), Trait("Surface", "api")]
    public async Task The_users_own_card_is_bound_once_and_unbound_for_good()
    {
        await using var system = await ClaimSteps.StartAsync();
        using var applying = await Applying.PersonAsync(system);
        var phone = applying.Phone;
        var request = Own(phone.Person);

        // Not a number, a mistyped one, somebody else's card, another phone number at the bank.
        await ClaimSteps.RefusedAsync(ErrorCodes.InvalidRequest, () => applying.Client.BindBankCardAsync(request with { CardNumber = "6299990000" }));
        await ClaimSteps.RefusedAsync(ErrorCodes.InvalidRequest, () => applying.Client.BindBankCardAsync(request with { CardNumber = request.CardNumber[..^1] + (char)('0' + ((request.CardNumber[^1] - '0' + 1) % 10)) }));
        await ClaimSteps.RefusedAsync(ErrorCodes.BankCardMismatch, () => applying.Client.BindBankCardAsync(Own(EmbeddedSystem.NextPerson())));
        var mistaken = request with { OperationId = Guid.NewGuid(), PhoneNumber = EmbeddedSystem.NextPerson().Phone };
        await ClaimSteps.RefusedAsync(ErrorCodes.BankCardMismatch, () => applying.Client.BindBankCardAsync(mistaken));
        Assert.Empty(await applying.Client.GetBankCardsAsync());

        // Nothing learnt costs no try, and the same operation goes on.
        await system.Simulators.SteerAsync("bankcard", new(Disturbance.Garbage));
        await ClaimSteps.RefusedAsync(ErrorCodes.ProviderUnavailable, () => phone.Http.PostAsync(Routes.Phone.BankCards, request, BztJson.Default.BankCardRequest, BztJson.Default.BankCardInfo));
        var card = await applying.Client.BindBankCardAsync(request);
        Assert.Equal(("模拟银行", request.CardNumber[^4..]), (card.Bank, card.Ending));

        await system.RestartAsync();
        await applying.ReconnectAsync();
        Assert.Equal(card, await applying.Client.BindBankCardAsync(request));
        Assert.Equal(card, Assert.Single(await applying.Client.GetBankCardsAsync()));
        await ClaimSteps.RefusedAsync(ErrorCodes.IdempotencyConflict, () => applying.Client.BindBankCardAsync(request with { PhoneNumber = mistaken.PhoneNumber }));
        await ClaimSteps.RefusedAsync(ErrorCodes.BankCardBound, () => applying.Client.BindBankCardAsync(request with { OperationId = Guid.NewGuid() }));

        // Nobody else's; and it goes once, however often it is asked.
        using var other = await Applying.PersonAsync(system);
        await ClaimSteps.RefusedAsync(ErrorCodes.NotFound, () => other.Client.UnbindBankCardAsync(card.BankCardId));
        Assert.Empty(await other.Client.GetBankCardsAsync());
        await applying.Client.UnbindBankCardAsync(card.BankCardId);
        await applying.Client.UnbindBankCardAsync(card.BankCardId);
        Assert.Empty(await applying.Client.GetBankCardsAsync());
        await ClaimSteps.RefusedAsync(ErrorCodes.NotFound, () => applying.Client.BindBankCardAsync(request));

        // Three were counted: two more, and then tomorrow.
        Assert.NotEqual(card.BankCardId, (await applying.Client.BindBankCardAsync(request with { OperationId = Guid.NewGuid() })).BankCardId);
        await ClaimSteps.RefusedAsync(ErrorCodes.BankCardMismatch, () => applying.Client.BindBankCardAsync(Own(EmbeddedSystem.NextPerson())));
        await system.RestartAsync();
        await applying.ReconnectAsync();
        await ClaimSteps.RefusedAsync(ErrorCodes.RateLimited, () => applying.Client.BindBankCardAsync(Own(EmbeddedSystem.NextPerson())));
        Assert.Single(await applying.Client.GetBankCardsAsync());
    }

    [Fact]
    public void A_try_is_counted_before_the_bank_is_asked_and_given_back_when_nothing_was_learnt()
    {
        var state = new StoredWallet();
        for (var i = 0; i < WalletRules.TriesPerDay; i++)
        {
            var (begun, refusal) = WalletRules.Begin(state, Guid.NewGuid(), "input", Now.AddMinutes(i));
            Assert.Null(refusal);
            state = begun;
        }

        Assert.Equal((RefusalCode.RateLimited, Now.AddDays(1)), Refused(WalletRules.Begin(state, Guid.NewGuid(), "input", Now.AddHours(1))));
        var asking = state.Operations[^1];
        Assert.Equal((state, null), WalletRules.Begin(state, asking.Id, "input", Now.AddHours(1)));
        var back = WalletRules.Answered(state, asking.Id, new BankCardResult.Unavailable("no answer in time"), Card);
        Assert.Null(WalletRules.Find(back, asking.Id));
        Assert.Null(WalletRules.Begin(back, Guid.NewGuid(), "input", Now.AddHours(1)).Refusal);
        Assert.Null(WalletRules.Begin(state, Guid.NewGuid(), "input", Now.AddDays(1)).Refusal);

        static (RefusalCode, DateTimeOffset?) Refused((StoredWallet, Refusal? Refusal) outcome) => (outcome.Refusal!.Code, outcome.Refusal.RetryAfter);
    }

    [Fact]
    public void Ten_cards_at_most_and_of_the_unbound_ones_only_that_they_were()
    {
        var state = new StoredWallet([1], [.. Enumerable.Range(0, WalletRules.MostCards).Select(i => Card with { Id = Guid.NewGuid(), NumberHash = $"hash{i}" })], [], []);
        Assert.Equal(RefusalCode.BankCardBound, WalletRules.Refuse(state, "hash3"));
        Assert.Equal(RefusalCode.BankCardsTooMany, WalletRules.Refuse(state, "another"));
        Assert.Null(WalletRules.Unbind(state, Guid.NewGuid(), Now));

        var unbound = WalletRules.Unbind(state, state.Cards[3].Id, Now)!;
        Assert.Equal((null, null, Now), (unbound.Cards[3].NumberHash, unbound.Cards[3].SealedEnding, unbound.Cards[3].UnboundAt));
        Assert.Null(WalletRules.Refuse(unbound, "hash3"));
        Assert.Same(unbound, WalletRules.Unbind(unbound, state.Cards[3].Id, Now.AddDays(1)));

        for (var i = 0; i < 3 * WalletRules.UnboundKept; i++)
        {
            var next = Card with { Id = Guid.NewGuid() };
            unbound = WalletRules.Unbind(unbound with { Cards = unbound.Cards.Add(next) }, next.Id, Now.AddDays(i))!;
        }

        Assert.Equal((WalletRules.MostCards - 1, WalletRules.UnboundKept), (WalletRules.Bound(unbound).Count(), unbound.Cards.Count(card => card.UnboundAt is not null)));
    }

    [Fact]
    public void Stored() => GoldenState.Verify("wallet-v1", new StoredWallet(
        [1], [Card, Card with { NumberHash = null, SealedEnding = null, UnboundAt = Now }],
        [new BindOperation(Id, "input", Now), new BindOperation(Id, "input", Now, new BindOutcome(RefusalCode.BankCardMismatch)), new BindOperation(Id, "input", Now, new BindOutcome(null, Id))],
        ImmutableArray.Create(Now)));

    private static BankCardRequest Own(TestPerson person) => new(Guid.NewGuid(), person.CardNumber, person.Phone);
}
