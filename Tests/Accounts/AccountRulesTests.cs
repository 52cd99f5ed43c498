using Bzt.Contracts.Phone;
using Bzt.Grains;
using Bzt.Grains.Accounts;
using CsCheck;
using PhoneNumberRules = Bzt.Grains.Accounts.PhoneNumberRules;

namespace Bzt.Tests.Accounts;

public sealed class AccountRulesTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 25, 8, 0, 0, TimeSpan.Zero);

    [Theory]
    // GB 11643's own example, and one that ends in X.
    [InlineData("11010519491231002X", true)]
    [InlineData("440524188001010014", true)]
    [InlineData("11010519491231002x", false)]
    [InlineData("110105194912310021", false)]
    [InlineData("110105194913310021", false)]
    [InlineData("11010519491231002", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void Id_numbers(string? number, bool valid) => Assert.Equal(valid, IdNumber.TryReadBirth(number, out _));

    [Fact]
    public void One_changed_digit_of_an_id_number_is_always_noticed() =>
        Gen.Int[0, 16].Select(Gen.Int[1, 9]).Sample((place, shift) =>
        {
            var digits = "440524188001010014".ToCharArray();
            digits[place] = (char)('0' + ((digits[place] - '0' + shift) % 10));
            return !IdNumber.TryReadBirth(new string(digits), out _);
        });

    [Theory]
    [InlineData(2008, 11, 25, 18)]
    [InlineData(2008, 11, 26, 17)]
    [InlineData(2008, 2, 29, 18)]
    public void Age_in_full_years(int year, int month, int day, int age) => Assert.Equal(age, IdNumber.AgeAt(new DateOnly(year, month, day), new DateOnly(2026, 11, 25)));

    [Fact]
    public void Who_comes_of_age_today_in_Shanghai_may_prove_his_name_and_not_the_day_before()
    {
        // 26 November begins in Shanghai at 16:00 UTC.
        var (operation, idNumber) = (Guid.NewGuid(), WithCheck("42000020081126001"));
        Assert.Equal(RefusalCode.RealNameUnderage, RealNameRules.Before(new UserState(), operation, "i", idNumber, "h", Now)!.Refusal);
        Assert.Null(RealNameRules.Before(new UserState(), operation, "i", idNumber, "h", Now.AddHours(8)));
    }

    [Fact]
    public void However_proofs_go_on_ended_is_for_ever_tries_are_counted_once_and_nothing_of_a_person_stays() =>
        Gen.Select(Gen.Int[0, 6], Gen.Int[0, 6], Gen.Int[0, 40]).Array[1, 60].Sample(steps =>
        {
            var (state, now, begun) = (new UserState(), Now, new List<DateTimeOffset>());
            foreach (var (kind, number, minutes) in steps)
            {
                now += TimeSpan.FromMinutes(minutes);
                var (before, id) = (state, new Guid(number, 0, 0, new byte[8]));
                var known = RealNameRules.Find(state, id);
                var waiting = known is { Outcome: null, Page: not null };
                switch (kind)
                {
                    case 0:
                        (state, var refusal) = RealNameRules.Begin(state, new RealNameOperation(id, "input", null, Grains.Accounts.RealNameWay.Face, Guid.Empty), now);
                        if (known is not null || refusal is not null)
                        {
                            Assert.Equal(before, state);
                        }
                        else
                        {
                            begun.Add(now);
                        }

                        break;
                    case 1 when known is { Outcome: null, Page: null }:
                        state = RealNameRules.Wait(state, id, new PageProof("r", null, [], [1], [2], "h", now + RealNameRules.PageLifetime, "1.0", Returned: false));
                        break;
                    case 2:
                        state = RealNameRules.Settle(state, id, new RealNameVerdict.Unknown(), now);
                        if (known is { Outcome: null, Page: null })
                        {
                            Assert.Null(RealNameRules.Find(state, id));
                            Assert.Equal(before.RealNameTries.Length - (before.RealNameTries.Contains(known.At!.Value) ? 1 : 0), state.RealNameTries.Length);
                            begun.Remove(known.At.Value);
                        }

                        break;
                    case 3:
                        state = RealNameRules.Settle(state, id, new RealNameVerdict.Waiting(), now);
                        Assert.True(!waiting || (now >= known!.Page!.ExpiresAt) == (RealNameRules.Find(state, id)!.Outcome is not null));
                        break;
                    case 4:
                        state = RealNameRules.Settle(state, id, new RealNameVerdict.Refused(RefusalCode.RealNameNotPassed), now);
                        break;
                    case 5 when known is { Outcome: null }:
                        state = RealNameRules.Prove(state, id, DeviceId.New(), new ProvenPerson([], [], "h", "m", "m", Grains.Accounts.RealNameWay.Face, now, "r"), now);
                        break;
                    case 6 when waiting:
                        state = RealNameRules.Return(state, id);
                        break;
                }

                Assert.True(begun.Count(at => at > now - TimeSpan.FromDays(1)) <= RealNameRules.TriesPerDay);
                Assert.All(before.Operations.Where(operation => operation.Outcome is not null), operation =>
                    Assert.True(RealNameRules.Find(state, operation.Id) is not { } kept || kept.Outcome == operation.Outcome));
                Assert.All(state.Operations, operation => Assert.True(operation.Outcome is null || operation.Page is null or { Name: null, IdNumber: null }));
            }
        });

    [Fact]
    public void A_code_is_used_by_one_key()
    {
        var (state, refusal) = PhoneNumberRules.Issue(new PhoneNumberState(), SmsCodePurpose.Login, "right", Now);
        Assert.Null(refusal);
        (state, refusal) = PhoneNumberRules.Use(state, SmsCodePurpose.Login, "right", "key a", Now);
        Assert.Null(refusal);
        Assert.Null(PhoneNumberRules.Use(state, SmsCodePurpose.Login, "right", "key a", Now).Refusal);
        Assert.Equal(RefusalCode.SmsCodeExpired, PhoneNumberRules.Use(state, SmsCodePurpose.Login, "right", "key b", Now).Refusal!.Code);
        Assert.Equal(RefusalCode.SmsCodeExpired, PhoneNumberRules.Use(state, SmsCodePurpose.ChangePin, "right", "key a", Now).Refusal!.Code);
    }

    [Fact]
    public void However_tries_and_codes_alternate_a_day_gives_fifty_guesses_at_most() =>
        Gen.Int[0, 600].Array[20, 400].Sample(pauses =>
        {
            var (state, now, guesses) = (new PhoneNumberState(), Now, 0);
            foreach (var pause in pauses)
            {
                now += TimeSpan.FromSeconds(pause % 90);
                if (now - Now >= TimeSpan.FromDays(1))
                {
                    break;
                }

                state = PhoneNumberRules.Issue(state, SmsCodePurpose.Login, "right", now).State;
                (state, var refusal) = PhoneNumberRules.Use(state, SmsCodePurpose.Login, "wrong", "key", now);
                guesses += refusal!.Code == RefusalCode.SmsCodeWrong ? 1 : 0;
            }

            return guesses <= PhoneNumberRules.CodesPerDay * PhoneNumberRules.TriesPerCode;
        });

    [Fact]
    public void At_most_one_device_is_active_and_a_named_account_never_gets_another_by_login_alone() =>
        Gen.Select(Gen.Int[0, 2], Gen.Int[0, 14]).Array[1, 60].Sample(steps =>
        {
            var state = new UserState();
            foreach (var (kind, key) in steps)
            {
                var before = state;
                switch (kind)
                {
                    case 0:
                        state = DeviceRules.LogIn(state, new LogIn("h", "19900000001", new byte[65], $"key {key}", "phone", [1]), DeviceId.New(), Now).State;
                        Assert.True(before.RealName is null || !state.Devices.Any(device => device.Active && !before.Devices.Any(old => old.Id == device.Id && old.Active)));
                        break;
                    case 1 when state.Devices.FirstOrDefault(device => device.Jkt == $"key {key}") is { } device:
                        state = DeviceRules.LogOut(state, new DeviceId(device.Id));
                        break;
                    case 2 when state.Devices.FirstOrDefault(device => device.Jkt == $"key {key}") is { } device:
                        state = DeviceRules.Prove(state, new DeviceId(device.Id), Now) with { RealName = new ProvenPerson([], [], "h", "m", "m", Grains.Accounts.RealNameWay.BankCard, Now, "r") };
                        break;
                }

                Assert.True(state.Devices.Count(device => device.Active) <= 1);
                Assert.True(state.Devices.Length <= DeviceRules.Kept);
                Assert.True(!before.Devices.Any(device => device.Active) || state.Devices.Any(device => device.Active));
            }
        });

    [Fact]
    public void A_token_ends_after_its_lifetime()
    {
        var (state, device, _) = DeviceRules.LogIn(new UserState(), new LogIn("h", "19900000001", new byte[65], "key", "phone", [1, 2]), DeviceId.New(), Now);
        var id = new DeviceId(device.Id);
        Assert.IsType<Done<AuthenticatedDevice>>(DeviceRules.Authenticate(state, id, [1, 2], "key", Now + DeviceRules.TokenLifetime - TimeSpan.FromSeconds(1)));
        Assert.IsType<Refused<AuthenticatedDevice>>(DeviceRules.Authenticate(state, id, [1, 2], "key", Now + DeviceRules.TokenLifetime));
        Assert.IsType<Refused<AuthenticatedDevice>>(DeviceRules.Authenticate(state, id, [1, 3], "key", Now));
        Assert.IsType<Refused<AuthenticatedDevice>>(DeviceRules.Authenticate(state, id, [1, 2], "other", Now));
    }

    private static string WithCheck(string seventeen) => "0123456789X".Select(check => seventeen + check).Single(number => IdNumber.TryReadBirth(number, out _));
}
