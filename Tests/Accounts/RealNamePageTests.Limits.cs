using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Grains;
using Bzt.Grains.Accounts;
using Bzt.Simulators;
using Bzt.Simulators.BankCards;
using Bzt.Tests.Applications;
using Bzt.Tests.Embedded;
using RealNameWay = Bzt.Contracts.Phone.RealNameWay;


namespace Bzt.Tests.Accounts;

// Providers that are away, and what is counted and belongs to whom, whichever page it is.
public abstract partial class RealNamePageTests
{
    [Fact]
    public async Task A_provider_that_is_down_at_the_start_costs_no_try_and_the_same_operation_goes_on()
    {
        var system = System;
        using var phone = await system.LoggedInPhoneAsync();
        var client = new ClientOf(phone);
        var operation = Guid.NewGuid();
        Disturbance[] troubles = [Disturbance.Garbage, Disturbance.Silence, Disturbance.Twice, Disturbance.Garbage, Disturbance.Silence, Disturbance.Twice];
        foreach (var trouble in troubles)
        {
            await system.Simulators.SteerAsync(Provider, new Steer(trouble));
            Assert.Equal(ErrorCodes.ProviderUnavailable, await Refused(() => BeginAsync(client, operation)));
            Assert.Equal(ErrorCodes.NotFound, await Refused(() => client.CheckAsync(operation)));
        }

        var begun = await BeginAsync(client, operation);
        var back = await PassAsync(system, new Uri(begun.PageUrl!));
        Assert.Equal(RealNameProgress.Proven, (await client.ReturnAsync(operation, StateOf(back))).Progress);
    }

    [Fact]
    public async Task A_provider_that_is_down_while_one_waits_is_said_to_be_and_asked_again()
    {
        var system = System;
        using var phone = await system.LoggedInPhoneAsync();
        var client = new ClientOf(phone);
        var operation = Guid.NewGuid();
        var back = await PassAsync(system, new Uri((await BeginAsync(client, operation)).PageUrl!));
        foreach (var trouble in new[] { Disturbance.Garbage, Disturbance.Silence, Disturbance.Twice })
        {
            await system.Simulators.SteerAsync(Provider, new Steer(trouble));
            var away = await client.ReturnAsync(operation, StateOf(back));
            Assert.Equal((RealNameProgress.Waiting, true), (away.Progress, away.ProviderAway));
            system.Clock.Advance(RealNameRules.AskIntervalInTrouble);
        }

        Assert.Equal(RealNameProgress.Proven, (await client.CheckAsync(operation)).Progress);
    }

    [Fact]
    public async Task A_provider_that_never_answers_is_given_up_on_in_seconds()
    {
        var system = System;
        using var phone = await system.LoggedInPhoneAsync();
        var client = new ClientOf(phone);
        var operation = Guid.NewGuid();
        await system.Simulators.SteerAsync(Provider, new Steer(Disturbance.Never));
        Assert.Equal(ErrorCodes.ProviderUnavailable, await Refused(() => BeginAsync(client, operation)));

        var back = await PassAsync(system, new Uri((await BeginAsync(client, operation)).PageUrl!));
        await system.Simulators.SteerAsync(Provider, new Steer(Disturbance.Never));
        Assert.True((await client.ReturnAsync(operation, StateOf(back))).ProviderAway);
        system.Clock.Advance(RealNameRules.AskIntervalInTrouble);
        Assert.Equal(RealNameProgress.Proven, (await client.CheckAsync(operation)).Progress);
    }

    [Fact]
    public async Task Five_checks_a_day_on_whichever_way()
    {
        var system = System;
        using var phone = await system.LoggedInPhoneAsync();
        var client = new ClientOf(phone);
        var before = await MadeAsync(system);
        var wrong = phone.Person with { CardNumber = EmbeddedSystem.NextPerson().CardNumber };
        for (var i = 0; i < 2; i++)
        {
            Assert.Equal(ErrorCodes.RealNameMismatch, await Refused(() => phone.ProveRealNameAsync(other: wrong)));
        }

        for (var i = 0; i < 3; i++)
        {
            await BeginAsync(client, Guid.NewGuid());
        }

        Assert.Equal(ErrorCodes.RateLimited, await Refused(() => BeginAsync(client, Guid.NewGuid())));
        Assert.Equal(ErrorCodes.RateLimited, await Refused(() => phone.ProveRealNameAsync()));
        Assert.Equal(before + 3, await MadeAsync(system));
        system.Clock.Advance(TimeSpan.FromDays(1));
        await BeginAsync(client, Guid.NewGuid());
    }

    [Fact]
    public async Task An_operation_belongs_to_its_account_and_its_device()
    {
        var system = System;
        using var phone = await system.LoggedInPhoneAsync();
        using var other = await system.LoggedInPhoneAsync();
        var (client, stranger) = (new ClientOf(phone), new ClientOf(other));
        var operation = Guid.NewGuid();
        var back = await PassAsync(system, new Uri((await BeginAsync(client, operation)).PageUrl!));

        // To anybody else it is not there; his own operation of that id is another check, with another state.
        foreach (var call in new Func<Task>[] { () => stranger.CheckAsync(operation), () => stranger.ReturnAsync(operation, StateOf(back)), () => stranger.CancelAsync(operation) })
        {
            Assert.Equal(ErrorCodes.NotFound, await Refused(call));
        }

        var own = await BeginAsync(stranger, operation);
        Assert.Equal(RealNameProgress.Waiting, own.Progress);
        Assert.Equal(ErrorCodes.RealNameReturnInvalid, await Refused(() => stranger.ReturnAsync(operation, StateOf(back))));
        Assert.Equal(ErrorCodes.RealNameReturnInvalid, await Refused(() => client.ReturnAsync(operation, "AAAAAAAAAAAAAAAAAAAAAA")));
        Assert.Equal(RealNameProgress.Waiting, (await stranger.CheckAsync(operation)).Progress);
        Assert.Null((await other.MeAsync()).RealName);
        Assert.Equal(RealNameProgress.Proven, (await client.ReturnAsync(operation, StateOf(back))).Progress);
    }

    [Fact]
    public async Task A_person_has_one_account_and_an_account_one_person()
    {
        var system = System;
        using var first = await system.RealNamedPhoneAsync();
        using var second = await system.LoggedInPhoneAsync();
        var client = new ClientOf(second);
        var operation = Guid.NewGuid();
        var back = await PassAsync(system, new Uri((await BeginAsync(client, operation, first.Person)).PageUrl!));
        var taken = await client.ReturnAsync(operation, StateOf(back));
        Assert.Equal((RealNameProgress.Refused, ErrorCodes.RealNameTaken), (taken.Progress, taken.Code));

        Assert.Equal(ErrorCodes.RealNameAlready, await Refused(() => BeginAsync(new ClientOf(first), Guid.NewGuid(), EmbeddedSystem.NextPerson())));

        // Begun as one person, proven meanwhile as another: the later yes is too late.
        var third = EmbeddedSystem.NextPerson();
        var pending = Guid.NewGuid();
        back = await PassAsync(system, new Uri((await BeginAsync(client, pending, third)).PageUrl!));
        await second.ProveRealNameAsync();
        Assert.Equal(ErrorCodes.RealNameAlready, (await client.ReturnAsync(pending, StateOf(back))).Code);
        Assert.Equal($"420***********{second.Person.IdNumber[^4..]}", (await second.MeAsync()).RealName!.MaskedIdNumber);
    }

    [Fact]
    public async Task Children_and_impossible_numbers_never_reach_the_provider()
    {
        var system = System;
        using var phone = await system.LoggedInPhoneAsync();
        var client = new ClientOf(phone);
        var child = phone.Person with { IdNumber = "0123456789X".Select(check => "42000020200101001" + check).Single(number => IdNumber.TryReadBirth(number, out _)) };
        Assert.Equal(ErrorCodes.RealNameUnderage, await Refused(() => BeginAsync(client, Guid.NewGuid(), child)));
        Assert.Equal(ErrorCodes.InvalidRequest, await Refused(() => BeginAsync(client, Guid.NewGuid(), phone.Person with { IdNumber = phone.Person.IdNumber[..17] + "A" })));
        Assert.Equal(ErrorCodes.InvalidRequest, await Refused(() => BeginAsync(client, Guid.NewGuid(), phone.Person with { Name = "王" })));
        Assert.Equal(ErrorCodes.InvalidRequest, await Refused(() => BeginAsync(client, Guid.Empty)));
    }
}
