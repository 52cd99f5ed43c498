using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Protocol.Forms;
using Bzt.Tests.Applications;
using Bzt.Tests.Certificates;
using Bzt.Tests.Embedded;

namespace Bzt.Tests.Accounts;

[Trait("Feature", "M018"), Trait("Surface", "api")]
public sealed class NumberChangeTests
{
    [Fact]
    public async Task With_the_PIN_of_a_certificate_the_new_number_logs_in_the_old_one_is_told_and_free_and_the_certificate_stays()
    {
        await using var system = await EmbeddedSystem.StartAsync();
        using var phone = await CertifiedPhone.ActiveAsync(system);
        var (old, number) = (phone.Phone.Person.Phone, EmbeddedSystem.NextPerson().Phone);
        var code = await CodeAsync(system, phone.Phone, number);
        var operation = Guid.NewGuid();
        Assert.Equal(ErrorCodes.SmsCodeWrong, await Refused(() => phone.Client.ChangeNumberAsync(new NumberChangeRequest(Guid.NewGuid(), number, code == "000000" ? "000001" : "000000"))));
        var asked = await phone.Client.ChangeNumberAsync(new NumberChangeRequest(operation, number, code));
        Assert.Equal((false, phone.Certificate), (asked.Done, asked.CertificateId));

        // Until the PIN nothing has happened, across a restart too.
        await system.RestartAsync();
        phone.Phone.Reconnect();
        await phone.ReconnectAsync();
        Assert.Equal(Masked(old), (await phone.Client.GetMeAsync()).MaskedPhoneNumber);
        Assert.IsType<PinOutcome.WrongPin>(await phone.Client.ConfirmTaskAsync(phone.Certificate, operation, CertifiedPhone.WrongPin, _ => true));
        Assert.False((await phone.Client.GetNumberChangeAsync(operation)).Done);

        IReadOnlyList<SigningForm>? shown = null;
        Assert.IsType<PinOutcome.Done>(await phone.Client.ConfirmTaskAsync(phone.Certificate, operation, CertifiedPhone.Pin, forms => (shown = forms) is not null));
        var instruction = Assert.IsType<InstructionForm>(Assert.Single(shown!));
        Assert.Equal(("change-phone-number", Masked(old), Masked(number)), (instruction.Operation, instruction.Facts[0].Value, instruction.Facts[1].Value));
        await Wait.UntilAsync(() => phone.Client.GetNumberChangeAsync(operation), change => change.Done);

        await system.RestartAsync();
        phone.Phone.Reconnect();
        await phone.ReconnectAsync();
        Assert.Equal(Masked(number), (await phone.Client.GetMeAsync()).MaskedPhoneNumber);
        Assert.Equal(CertificateState.Active, Assert.Single(await phone.Client.GetCertificatesAsync()).State);
        var notice = await Wait.UntilAsync(() => system.Simulators.LastMessageAsync(old), message => message!.Text.Contains("更换", StringComparison.Ordinal));
        Assert.Contains($"尾号{number[^4..]}", notice!.Text, StringComparison.Ordinal);
        await phone.Phone.MessageAsync("手机号已更换");

        // The new number is this account, the old one nobody's: whoever gets it next begins anew.
        system.Clock.Advance(TimeSpan.FromMinutes(2));
        using var renamed = new TestPhone(system, phone.Phone.Person with { Phone = number }, phone.Phone.Key);
        Assert.Equal(phone.Phone.Login!.UserId, (await renamed.LogInAsync()).UserId);
        using var next = system.NewPhone(phone.Phone.Person);
        var stranger = await next.LogInAsync();
        Assert.True(stranger.NewUser);
        Assert.NotEqual(phone.Phone.Login.UserId, stranger.UserId);
    }

    [Fact]
    public async Task Without_a_certificate_the_real_name_is_proven_anew_on_this_device()
    {
        await using var system = await EmbeddedSystem.StartAsync();
        using var phone = await system.RealNamedPhoneAsync();
        var number = EmbeddedSystem.NextPerson().Phone;
        system.Clock.Advance(TimeSpan.FromMinutes(11));
        var code = await CodeAsync(system, phone, number);
        var operation = Guid.NewGuid();
        Assert.Equal(ErrorCodes.RealNameProofNeeded, await Refused(() => ChangeAsync(phone, operation, number, code)));
        Assert.Equal(ErrorCodes.NumberChangeUnknown, await Refused(() => phone.Http.GetAsync(
            Routes.Phone.NumberChange.Replace("{operationId}", operation.ToString(), StringComparison.Ordinal), BztJson.Default.NumberChangeInfo)));

        // The refusal cost no code.
        await phone.ProveRealNameAsync();
        Assert.True((await ChangeAsync(phone, operation, number, code)).Done);
        await system.RestartAsync();
        phone.Reconnect();
        Assert.True((await ChangeAsync(phone, operation, number, code)).Done);
        Assert.Equal(Masked(number), (await phone.MeAsync()).MaskedPhoneNumber);
        Assert.Equal(ErrorCodes.IdempotencyConflict, await Refused(() => ChangeAsync(phone, operation, EmbeddedSystem.NextPerson().Phone, code)));
    }

    [Fact]
    public async Task Somebody_elses_number_is_refused_and_only_to_who_has_it_in_hand()
    {
        var system = await EmbeddedSystem.SharedAsync();
        using var other = await system.LoggedInPhoneAsync();
        using var phone = await system.RealNamedPhoneAsync();
        var code = await CodeAsync(system, phone, other.Person.Phone);
        Assert.Equal(ErrorCodes.SmsCodeWrong, await Refused(() => ChangeAsync(phone, Guid.NewGuid(), other.Person.Phone, code == "000000" ? "000001" : "000000")));
        Assert.Equal(ErrorCodes.PhoneNumberTaken, await Refused(() => ChangeAsync(phone, Guid.NewGuid(), other.Person.Phone, code)));
        Assert.Equal(Masked(phone.Person.Phone), (await phone.MeAsync()).MaskedPhoneNumber);
        Assert.Equal(ErrorCodes.InvalidRequest, await Refused(() => ChangeAsync(phone, Guid.NewGuid(), phone.Person.Phone, code)));
    }

    [Fact]
    public async Task Two_accounts_that_confirm_a_change_to_the_same_number_at_once_have_one_winner_and_the_other_is_told()
    {
        await using var system = await EmbeddedSystem.StartAsync();
        using var first = await CertifiedPhone.ActiveAsync(system);
        using var second = await CertifiedPhone.ActiveAsync(system);
        var number = EmbeddedSystem.NextPerson().Phone;
        var operations = new[] { Guid.NewGuid(), Guid.NewGuid() };
        await first.Client.ChangeNumberAsync(new NumberChangeRequest(operations[0], number, await CodeAsync(system, first.Phone, number)));
        // One code a minute to a number.
        system.Clock.Advance(TimeSpan.FromMinutes(1));
        await second.Client.ChangeNumberAsync(new NumberChangeRequest(operations[1], number, await CodeAsync(system, second.Phone, number)));

        await Task.WhenAll(Sign(first, operations[0]), Sign(second, operations[1]));
        var message = await await Task.WhenAny(first.Phone.MessageAsync("手机号未能更换"), second.Phone.MessageAsync("手机号未能更换"));
        Assert.Contains(Masked(number), message.Body, StringComparison.Ordinal);
        await Wait.UntilAsync(async () => (await Task.WhenAll(first.Client.GetMeAsync(), second.Client.GetMeAsync())).Count(me => me.MaskedPhoneNumber == Masked(number)), having => having == 1);

        static async Task Sign(CertifiedPhone phone, Guid operation) =>
            Assert.IsType<PinOutcome.Done>(await phone.Client.ConfirmTaskAsync(phone.Certificate, operation, CertifiedPhone.Pin, _ => true));
    }

    [Fact]
    public async Task One_code_used_by_two_changes_at_once_serves_one()
    {
        var system = await EmbeddedSystem.SharedAsync();
        using var first = await system.RealNamedPhoneAsync();
        using var second = await system.RealNamedPhoneAsync();
        var number = EmbeddedSystem.NextPerson().Phone;
        var code = await CodeAsync(system, first, number);
        var outcomes = await Task.WhenAll(new[] { first, second }.Select(async phone =>
        {
            try
            {
                return (await ChangeAsync(phone, Guid.NewGuid(), number, code)).Done ? "done" : "asked";
            }
            catch (ApiRefusedException refused)
            {
                return refused.Code;
            }
        }));
        Assert.Equal(["done", ErrorCodes.SmsCodeExpired], outcomes.Order(StringComparer.Ordinal));
        Assert.Single(await Task.WhenAll(first.MeAsync(), second.MeAsync()), me => me.MaskedPhoneNumber == Masked(number));
    }

    private static string Masked(string number) => $"{number[..3]}****{number[^4..]}";

    private static async Task<string> CodeAsync(EmbeddedSystem system, TestPhone phone, string number)
    {
        await phone.Http.PostAsync(Routes.Phone.OwnSmsCodes, new OwnSmsCodeRequest(SmsPurpose.ChangeNumber, number), BztJson.Default.OwnSmsCodeRequest, BztJson.Default.SmsCodeSent);
        return (await system.Simulators.LastMessageAsync(number))!.Code;
    }

    private static Task<NumberChangeInfo> ChangeAsync(TestPhone phone, Guid operation, string number, string code) => phone.Http.PostAsync(
        Routes.Phone.NumberChanges, new NumberChangeRequest(operation, number, code), BztJson.Default.NumberChangeRequest, BztJson.Default.NumberChangeInfo);

    private static async Task<string> Refused(Func<Task> call) => (await Assert.ThrowsAsync<ApiRefusedException>(call)).Code;
}
