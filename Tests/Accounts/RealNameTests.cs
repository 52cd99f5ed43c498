using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Grains;
using Bzt.Grains.Accounts;
using Bzt.Grains.Foundations;
using Bzt.Protocol;
using Bzt.Simulators;
using Bzt.Tests.Embedded;
using Bzt.Tests.Storage;
using Microsoft.Extensions.DependencyInjection;
using RealNameWay = Bzt.Contracts.Phone.RealNameWay;

namespace Bzt.Tests.Accounts;

[Trait("Feature", "M017"), Trait("Surface", "api")]
public sealed class RealNameTests(RealNameSystem one) : IClassFixture<RealNameSystem>
{
    [Fact]
    public async Task Four_matching_elements_prove_a_person_and_the_proof_survives_a_restart()
    {
        var system = one.System;
        using var phone = await system.LoggedInPhoneAsync();
        var proven = await phone.ProveRealNameAsync();
        Assert.Equal(RealNameWay.BankCard, proven.Way);
        Assert.Equal(phone.Person.Name[..1] + "**", proven.MaskedName);
        Assert.Equal($"420***********{phone.Person.IdNumber[^4..]}", proven.MaskedIdNumber);

        await system.RestartAsync();
        phone.Reconnect();
        Assert.Equal(proven, (await phone.MeAsync()).RealName);

        // Inside the silo the person is known in clear, for the certificate's subject.
        var person = Assert.IsType<Done<Person>>(await system.Grains.User(new UserId(phone.Login!.UserId)).GetPerson()).Value;
        Assert.Equal(new Person(phone.Person.Name, phone.Person.IdNumber, phone.Person.Phone), person);
    }

    [Fact]
    public async Task A_mismatch_is_refused_and_a_repeat_of_the_operation_gets_the_recorded_outcome()
    {
        var system = one.System;
        using var phone = await system.LoggedInPhoneAsync();
        var person = phone.Person;
        var wrong = person with { CardNumber = EmbeddedSystem.NextPerson().CardNumber };
        var operation = Guid.NewGuid();
        Assert.Equal(ErrorCodes.RealNameMismatch, await Refused(() => phone.ProveRealNameAsync(operation, wrong)));

        await system.RestartAsync();
        phone.Reconnect();
        // Were the provider asked again, it would now fail.
        await system.Simulators.SteerAsync("bankcard", new Steer(Disturbance.Garbage));
        Assert.Equal(ErrorCodes.RealNameMismatch, await Refused(() => phone.ProveRealNameAsync(operation, wrong)));
        Assert.Equal(ErrorCodes.IdempotencyConflict, await Refused(() => phone.ProveRealNameAsync(operation)));
        Assert.Null((await phone.MeAsync()).RealName);
        await system.Simulators.ClearAsync("bankcard");
    }

    [Fact]
    public async Task A_provider_without_an_answer_costs_no_try_and_the_same_operation_goes_on()
    {
        var system = one.System;
        using var phone = await system.LoggedInPhoneAsync();
        var operation = Guid.NewGuid();
        for (var i = 0; i < 6; i++)
        {
            await system.Simulators.SteerAsync("bankcard", new Steer(Disturbance.Garbage));
            Assert.Equal(ErrorCodes.ProviderUnavailable, await Refused(() => phone.ProveRealNameAsync(operation)));
        }

        await phone.ProveRealNameAsync(operation);
        Assert.NotNull((await phone.MeAsync()).RealName);
    }

    [Fact]
    public async Task A_bank_that_answers_twice_late_or_never_is_given_up_on_and_charges_once()
    {
        var system = one.System;
        using var phone = await system.LoggedInPhoneAsync();
        var (operation, before) = (Guid.NewGuid(), await ChecksMadeAsync(system));
        foreach (var trouble in new[] { Disturbance.Twice, Disturbance.Silence, Disturbance.Never })
        {
            await system.Simulators.SteerAsync("bankcard", new Steer(trouble));
            Assert.Equal(ErrorCodes.ProviderUnavailable, await Refused(() => phone.ProveRealNameAsync(operation)));
            // The bank has said yes by now, and nobody heard it: nothing is proven.
            Assert.Null((await phone.MeAsync()).RealName);
        }

        await system.RestartAsync();
        phone.Reconnect();
        await phone.ProveRealNameAsync(operation);
        Assert.Equal(before + 1, await ChecksMadeAsync(system));
    }

    [Fact]
    public async Task Submitted_twice_at_once_it_is_one_check()
    {
        var system = one.System;
        using var phone = await system.LoggedInPhoneAsync();
        var (operation, before) = (Guid.NewGuid(), await ChecksMadeAsync(system));
        var all = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => phone.ProveRealNameAsync(operation)));
        Assert.All(all, proven => Assert.Equal(all[0], proven));
        Assert.Equal(before + 1, await ChecksMadeAsync(system));
        // Two operations at once are two checks of one person.
        await Task.WhenAll(phone.ProveRealNameAsync(), phone.ProveRealNameAsync());
        Assert.Equal(before + 3, await ChecksMadeAsync(system));
    }

    [Fact]
    public async Task Children_never_reach_the_bank_and_cost_no_try()
    {
        var system = one.System;
        using var phone = await system.LoggedInPhoneAsync();
        var child = phone.Person with { IdNumber = "0123456789X".Select(check => "42000020200101001" + check).Single(number => IdNumber.TryReadBirth(number, out _)) };
        var before = await ChecksMadeAsync(system);
        for (var i = 0; i < 6; i++)
        {
            Assert.Equal(ErrorCodes.RealNameUnderage, await Refused(() => phone.ProveRealNameAsync(other: child)));
        }

        Assert.Equal(before, await ChecksMadeAsync(system));
        await phone.ProveRealNameAsync();
    }

    [Fact]
    public async Task A_card_that_cannot_be_used_and_a_bank_s_own_limit_are_told()
    {
        var system = one.System;
        using var phone = await system.LoggedInPhoneAsync();
        foreach (var (answer, code) in new[] { ("CARD_UNUSABLE", ErrorCodes.BankCardUnusable), ("CARD_UNSUPPORTED", ErrorCodes.BankCardUnusable), ("TOO_MANY", ErrorCodes.RateLimited), ("SOMETHING_NEW", ErrorCodes.ProviderUnavailable) })
        {
            await system.Simulators.SteerAsync("bankcard", new Steer(Disturbance.Fail, answer));
            Assert.Equal(code, await Refused(() => phone.ProveRealNameAsync()));
        }
    }

    [Fact]
    [Trait("Feature", "M016")]
    public async Task The_phone_s_client_goes_all_the_ways()
    {
        var system = one.System;
        using var phone = await system.LoggedInPhoneAsync();
        var client = new PhoneClient(
            system.Gateway, phone.Key, new MemoryPhoneKeyStore(), new DotNetPinStretcher(), await ChannelTrust.FetchAsync(system.Gateway), system.Clock, SystemRandom.Instance)
        {
            Login = new PhoneLogin(phone.Login!.AccessToken, phone.Login.UserId, phone.Login.DeviceId),
        };
        Assert.Contains(RealNameWay.Alipay, (await client.GetRealNameWaysAsync()).Ways);
        var given = Guid.NewGuid();
        await client.ProveRealNameByAlipayAsync(new PageRealNameRequest(given, phone.Person.Name, phone.Person.IdNumber));
        Assert.Equal(ErrorCodes.RealNameCancelled, (await client.CancelRealNameAsync(given)).Code);
        Assert.Equal(ErrorCodes.ConsentRequired, await Refused(() => client.ProveRealNameByFaceAsync(new PageRealNameRequest(Guid.NewGuid(), phone.Person.Name, phone.Person.IdNumber))));

        var operation = Guid.NewGuid();
        var begun = await client.ProveRealNameByAlipayAsync(new PageRealNameRequest(operation, phone.Person.Name, phone.Person.IdNumber));
        var back = System.Web.HttpUtility.ParseQueryString((await system.Simulators.CertifyAsync(new Uri(begun.PageUrl!))).Query);
        Assert.Equal(RealNameProgress.Proven, (await client.ReturnFromRealNamePageAsync(Guid.Parse(back["operation"]!), back["state"]!)).Progress);

        // The bank card's operations are seen as the others are, and what has ended stays as it is.
        var card = Guid.NewGuid();
        await phone.ProveRealNameAsync(card);
        var check = await client.GetRealNameCheckAsync(card);
        Assert.Equal((RealNameProgress.Proven, RealNameWay.BankCard), (check.Progress, check.Way));
        Assert.Equal(check, await client.CancelRealNameAsync(card));
    }

    [Fact]
    public async Task Five_checks_a_day()
    {
        var system = one.System;
        using var phone = await system.LoggedInPhoneAsync();
        var wrong = phone.Person with { CardNumber = EmbeddedSystem.NextPerson().CardNumber };
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(ErrorCodes.RealNameMismatch, await Refused(() => phone.ProveRealNameAsync(other: wrong)));
        }

        Assert.Equal(ErrorCodes.RateLimited, await Refused(() => phone.ProveRealNameAsync()));
        system.Clock.Advance(TimeSpan.FromDays(1));
        await phone.ProveRealNameAsync();
    }

    [Fact]
    public async Task A_person_has_one_account()
    {
        var system = one.System;
        using var first = await system.RealNamedPhoneAsync();
        using var second = await system.LoggedInPhoneAsync();
        Assert.Equal(ErrorCodes.RealNameTaken, await Refused(() => second.ProveRealNameAsync(other: first.Person)));
        Assert.Null((await second.MeAsync()).RealName);
        await second.ProveRealNameAsync();
    }

    /// <summary>The write that says whose the person is comes after the claim: as after a crash between the two, whoever proves him next has him, and only one.</summary>
    [Theory]
    [InlineData(WriteFault.NotPersisted)]
    [InlineData(WriteFault.Persisted)]
    public async Task A_person_whose_account_could_not_store_him_is_had_by_who_proves_him_next(WriteFault fault)
    {
        var system = one.System;
        using var first = await system.LoggedInPhoneAsync();
        using var second = await system.LoggedInPhoneAsync();
        var (operation, row) = (Guid.NewGuid(), $"user/user/{first.Login!.UserId:N}");
        var writes = 0;
        one.Faults.FailNext(fault, write => write.Subject == row && Interlocked.Increment(ref writes) == 2);
        Assert.NotEqual(ErrorCodes.RealNameTaken, await Refused(() => first.ProveRealNameAsync(operation, second.Person)));
        Assert.True(writes >= 2);

        if (fault is WriteFault.Persisted)
        {
            Assert.Equal(ErrorCodes.RealNameTaken, await Refused(() => second.ProveRealNameAsync()));
            Assert.NotNull((await first.ProveRealNameAsync(operation, second.Person)));
            return;
        }

        await second.ProveRealNameAsync();
        Assert.Equal(ErrorCodes.RealNameTaken, await Refused(() => first.ProveRealNameAsync(operation, second.Person)));
        Assert.Null((await first.MeAsync()).RealName);
        await first.ProveRealNameAsync();
    }

    [Fact]
    public async Task A_person_that_two_accounts_prove_at_once_is_one_s()
    {
        var system = one.System;
        using var left = await system.LoggedInPhoneAsync();
        using var first = await system.LoggedInPhoneAsync();
        using var second = await system.LoggedInPhoneAsync();
        var person = system.Services.GetRequiredService<IKeyProtector>().KeyedHash("id-number", first.Person.IdNumber);
        await system.Grains.Person(person).Claim(new UserId(left.Login!.UserId));
        var proven = await Task.WhenAll(new[] { left, first, second }.Select(async phone =>
        {
            try
            {
                await phone.ProveRealNameAsync(other: first.Person);
                return true;
            }
            catch (ApiRefusedException refused) when (refused.Code == ErrorCodes.RealNameTaken)
            {
                return false;
            }
        }));
        Assert.Single(proven, true);
        Assert.Single(await Task.WhenAll(left.MeAsync(), first.MeAsync(), second.MeAsync()), me => me.RealName is not null);
    }

    [Fact]
    public async Task The_active_device_proves_again_and_each_device_s_last_proof_is_its_own()
    {
        var system = one.System;
        using var phone = await system.LoggedInPhoneAsync();
        var (user, device) = (system.Grains.User(new UserId(phone.Login!.UserId)), new DeviceId(phone.Login.DeviceId));
        Assert.Equal(RefusalCode.RealNameRequired, Assert.IsType<Refused<DateTimeOffset>>(await user.GetLastProof(device)).Refusal.Code);
        Assert.Equal(RefusalCode.NotFound, Assert.IsType<Refused<DateTimeOffset>>(await user.GetLastProof(DeviceId.New())).Refusal.Code);

        var first = (await phone.ProveRealNameAsync()).At;
        Assert.Equal(first, Assert.IsType<Done<DateTimeOffset>>(await user.GetLastProof(device)).Value);
        system.Clock.Advance(TimeSpan.FromHours(1));
        var again = (await phone.ProveRealNameAsync()).At;
        Assert.True(again >= first.AddHours(1));
        Assert.False((await phone.MeAsync()).Limited);

        // The account's holder on another phone: his proof there is not this one's.
        using var other = await system.LoggedInPhoneAsync(phone.Person);
        var second = new DeviceId(other.Login!.DeviceId);
        Assert.Equal(RefusalCode.RealNameRequired, Assert.IsType<Refused<DateTimeOffset>>(await user.GetLastProof(second)).Refusal.Code);
        var moved = (await other.ProveRealNameAsync()).At;

        await system.RestartAsync();
        user = system.Grains.User(new UserId(phone.Login.UserId));
        Assert.Equal(again, Assert.IsType<Done<DateTimeOffset>>(await user.GetLastProof(device)).Value);
        Assert.Equal(moved, Assert.IsType<Done<DateTimeOffset>>(await user.GetLastProof(second)).Value);
    }

    [Fact]
    public async Task An_identity_once_proven_is_not_exchanged()
    {
        var system = one.System;
        using var phone = await system.RealNamedPhoneAsync();
        Assert.Equal(ErrorCodes.RealNameAlready, await Refused(() => phone.ProveRealNameAsync(other: EmbeddedSystem.NextPerson())));
    }

    [Fact]
    public async Task An_id_number_with_a_wrong_check_character_is_refused_by_name()
    {
        var system = one.System;
        using var phone = await system.LoggedInPhoneAsync();
        var id = phone.Person.IdNumber;
        var wrong = phone.Person with { IdNumber = id[..17] + (id[17] == '1' ? '2' : '1') };
        var refused = await Assert.ThrowsAsync<ApiRefusedException>(() => phone.ProveRealNameAsync(other: wrong));
        Assert.Equal(ErrorCodes.InvalidRequest, refused.Code);
        Assert.Contains("idNumber", refused.Problem.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_of_a_person_lies_in_the_data_folder_in_clear()
    {
        var system = one.System;
        using var phone = await system.RealNamedPhoneAsync();
        await system.RestartAsync();
        string[] secrets = [phone.Person.Name, phone.Person.IdNumber, phone.Person.CardNumber, phone.Person.Phone, phone.Login!.AccessToken.Split('.')[2]];
        foreach (var file in Directory.EnumerateFiles(system.DataFolder, "*", SearchOption.AllDirectories).Where(file => !file.EndsWith(".lock", StringComparison.Ordinal)))
        {
            await using var open = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var memory = new MemoryStream();
            await open.CopyToAsync(memory);
            foreach (var secret in secrets)
            {
                Assert.True(memory.GetBuffer().AsSpan(0, (int)memory.Length).IndexOf(System.Text.Encoding.UTF8.GetBytes(secret)) < 0, $"{Path.GetFileName(file)} holds personal data.");
            }
        }
    }

    [Theory]
    [Trait("Feature", "M014")]
    [InlineData("POST", Routes.Phone.Scan)]
    [InlineData("GET", Routes.Phone.Certificates)]
    [InlineData("GET", Routes.Phone.Applications)]
    [InlineData("POST", Routes.Phone.Claims)]
    public async Task Without_a_real_name_certificates_applications_and_scanning_are_closed(string method, string path)
    {
        var system = one.System;
        using var phone = await system.LoggedInPhoneAsync();
        var refused = await Assert.ThrowsAsync<ApiRefusedException>(() => phone.Http.SendAsync(new HttpMethod(method), path, method == "POST" ? "{}"u8.ToArray() : null, "application/json"));
        Assert.Equal(ErrorCodes.RealNameRequired, refused.Code);
        Assert.Equal("尚未实名认证，无法操作", refused.Problem.Title);

        // With one, the same request gets past that door.
        await phone.ProveRealNameAsync();
        try
        {
            (await phone.Http.SendAsync(new HttpMethod(method), path, method == "POST" ? "{}"u8.ToArray() : null, "application/json")).Dispose();
        }
        catch (ApiRefusedException other)
        {
            Assert.Equal(ErrorCodes.InvalidRequest, other.Code);
        }
    }

    private static async Task<int> ChecksMadeAsync(EmbeddedSystem system) => (await system.Simulators.ChecksMadeAsync()).BankCards;

    private static async Task<string> Refused(Func<Task> call) => (await Assert.ThrowsAsync<ApiRefusedException>(call)).Code;
}
