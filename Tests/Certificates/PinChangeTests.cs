using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Protocol.Evidence;
using Bzt.Tests.Embedded;

namespace Bzt.Tests.Certificates;

/// <summary>修改证书PIN码: SMS code, old PIN, new PIN.</summary>
[Collection(CertificateSystem.Name)]
public class PinChangeTests(CertificateSystem certificates)
{
    private const string NewPin = "604817";
    private const string ThirdPin = "836159";

    private readonly EmbeddedSystem system = certificates.System;

    [Fact]
    [Trait("Feature", "M020"), Trait("Surface", "api")]
    public async Task The_pin_is_changed_with_a_code_and_the_old_one_and_once_for_a_code()
    {
        using var phone = await CertifiedPhone.ActiveAsync(system);

        // Refused: without a code nothing is tried and nothing counted; a wrong code; a code for something else; a weak PIN.
        Assert.IsType<PinOutcome.CodeNeeded>(await phone.Client.ChangePinAsync(phone.Certificate, CertifiedPhone.Pin, NewPin));
        Assert.IsType<PinOutcome.CodeNeeded>(await phone.Client.ChangePinAsync(phone.Certificate, CertifiedPhone.WrongPin, NewPin));
        Assert.Equal(0, (await phone.Client.GetCertificateAsync(phone.Certificate)).Failures);
        var other = await phone.ReceiveCodeAsync(SmsPurpose.RecoverPin);
        var code = await phone.ReceiveCodeAsync(SmsPurpose.ChangePin);
        var wrong = code == "111222" ? "222111" : "111222";
        await RefusedAsync(ErrorCodes.SmsCodeWrong, () => phone.Client.ApprovePinChangeAsync(phone.Certificate, wrong));
        if (other != code)
        {
            await RefusedAsync(ErrorCodes.SmsCodeWrong, () => phone.Client.ApprovePinChangeAsync(phone.Certificate, other));
        }

        await Assert.ThrowsAsync<ArgumentException>(() => phone.Client.ChangePinAsync(phone.Certificate, CertifiedPhone.Pin, "123456"));

        var operation = Guid.NewGuid();
        var approval = await phone.Client.ApprovePinChangeAsync(phone.Certificate, code, operation);
        Assert.Equal(approval, await phone.Client.ApprovePinChangeAsync(phone.Certificate, code, operation));
        await system.RestartAsync();
        await phone.ReconnectAsync();

        // A wrong old PIN is a try like any other and does not use the code up.
        Assert.Equal(new PinOutcome.WrongPin(1, 9, null, false), await phone.Client.ChangePinAsync(phone.Certificate, CertifiedPhone.WrongPin, NewPin));
        await certificates.ForgetAsync(phone.Certificate);
        Assert.IsType<PinOutcome.Done>(await phone.Client.ChangePinAsync(phone.Certificate, CertifiedPhone.Pin, NewPin));
        await phone.MessagesAsync("PIN码已修改", 1);

        // Once, and the code is used: neither the same operation nor another gets a second change out of it.
        Assert.IsType<PinOutcome.CodeNeeded>(await phone.Client.ChangePinAsync(phone.Certificate, NewPin, ThirdPin));
        await phone.Client.ApprovePinChangeAsync(phone.Certificate, code, operation);
        Assert.IsType<PinOutcome.CodeNeeded>(await phone.Client.ChangePinAsync(phone.Certificate, NewPin, ThirdPin));
        await RefusedAsync(ErrorCodes.SmsCodeExpired, () => phone.Client.ApprovePinChangeAsync(phone.Certificate, code));

        await system.RestartAsync();
        await phone.ReconnectAsync();
        var (_, scanned) = await phone.BindSessionAsync(await phone.PlatformAsync());
        Assert.IsType<PinOutcome.WrongPin>(await phone.ConfirmAsync(scanned, CertifiedPhone.Pin));
        Assert.IsType<PinOutcome.Done>(await phone.ConfirmAsync(scanned, NewPin));
        Assert.Equal(
            [EvidenceKind.WrongPin, EvidenceKind.PinChanged, EvidenceKind.WrongPin, EvidenceKind.Signed],
            (await phone.EvidenceAsync()).Entries.TakeLast(4).Select(entry => entry.Kind));
    }

    [Fact]
    [Trait("Feature", "M020"), Trait("Surface", "api")]
    public async Task A_code_serves_the_certificate_it_was_given_for_and_for_ten_minutes()
    {
        using var phone = await CertifiedPhone.ActiveAsync(system);
        using var second = await phone.NextAsync();
        Assert.IsType<DownloadOutcome.Active>(await second.Client.ContinueDownloadAsync(second.Certificate, CertifiedPhone.Pin));
        using var stranger = await CertifiedPhone.ActiveAsync(system);
        var code = await phone.ReceiveCodeAsync(SmsPurpose.ChangePin);
        await RefusedAsync(ErrorCodes.NotFound, () => stranger.Client.ApprovePinChangeAsync(phone.Certificate, code));
        await phone.Client.ApprovePinChangeAsync(phone.Certificate, code);
        Assert.IsType<PinOutcome.CodeNeeded>(await second.Client.ChangePinAsync(second.Certificate, CertifiedPhone.Pin, NewPin));
        await RefusedAsync(ErrorCodes.SmsCodeExpired, () => second.Client.ApprovePinChangeAsync(second.Certificate, code));

        system.Clock.Advance(TimeSpan.FromMinutes(10));
        Assert.IsType<PinOutcome.CodeNeeded>(await phone.Client.ChangePinAsync(phone.Certificate, CertifiedPhone.Pin, NewPin));
        await phone.ApprovePinChangeAsync();
        Assert.IsType<PinOutcome.Done>(await phone.Client.ChangePinAsync(phone.Certificate, CertifiedPhone.Pin, NewPin));
    }

    [Fact]
    [Trait("Feature", "M020"), Trait("Surface", "api")]
    public async Task A_change_goes_on_under_its_one_code_when_every_other_answer_is_lost()
    {
        using var phone = await CertifiedPhone.ActiveAsync(system);
        await phone.ApprovePinChangeAsync();
        phone.Net.Lose = number => number % 2 == 1;
        Assert.IsType<PinOutcome.Done>(await phone.Client.ChangePinAsync(phone.Certificate, CertifiedPhone.Pin, NewPin));
        phone.Net.Lose = _ => false;
        var (_, scanned) = await phone.BindSessionAsync(await phone.PlatformAsync());
        Assert.IsType<PinOutcome.Done>(await phone.ConfirmAsync(scanned, NewPin));
    }

    private static async Task RefusedAsync(string code, Func<Task> call) => Assert.Equal(code, (await Assert.ThrowsAsync<ApiRefusedException>(call)).Code);
}
