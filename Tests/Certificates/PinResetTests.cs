using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Grains;
using Bzt.Grains.Certificates;
using Bzt.Protocol.Evidence;
using Bzt.Tests.Applications;
using Bzt.Tests.Embedded;
using Bzt.Tests.Storage;
using CertificateRemedy = Bzt.Contracts.Phone.CertificateRemedy;
using PinResetPhase = Bzt.Contracts.Phone.PinResetPhase;
using RemedyKind = Bzt.Contracts.Phone.RemedyKind;

namespace Bzt.Tests.Certificates;

/// <summary>忘记原PIN码: without the PIN, but with everybody's eyes on it.</summary>
[Collection(CertificateSystem.Name)]
public partial class PinResetTests(CertificateSystem certificates)
{
    private const string NewPin = "604817";

    private readonly EmbeddedSystem system = certificates.System;

    [Fact]
    [Trait("Feature", "M020"), Trait("Feature", "X22"), Trait("Surface", "api")]
    public async Task A_forgotten_pin_is_set_anew_after_proof_notice_and_a_day_through_restarts_at_every_step()
    {
        using var phone = await CertifiedPhone.ActiveAsync(system);
        await RefusedAsync(ErrorCodes.PinResetNone, () => phone.Client.GetPinResetAsync(phone.Certificate));
        await FailAsync(phone, 5);

        // The person was proved when the account was new, not now: the code is not even looked at.
        system.Clock.Advance(TimeSpan.FromMinutes(11));
        await RefusedAsync(ErrorCodes.PinResetNeedsProof, () => phone.Client.RequestPinResetAsync(phone.Certificate, "000000"));
        await phone.Phone.ProveRealNameAsync();
        var code = await phone.ReceiveCodeAsync(SmsPurpose.RecoverPin);
        await RefusedAsync(ErrorCodes.SmsCodeWrong, () => phone.Client.RequestPinResetAsync(phone.Certificate, code == "111222" ? "222111" : "111222"));
        var operation = Guid.NewGuid();
        var asked = await phone.Client.RequestPinResetAsync(phone.Certificate, code, operation);
        Assert.Equal((operation, PinResetPhase.Waiting, TimeSpan.FromHours(24)), (asked.OperationId, asked.Phase, asked.NotBefore - asked.AskedAt));
        await RestartAsync(phone);
        Assert.Equal(asked, await phone.Client.RequestPinResetAsync(phone.Certificate, code, operation));
        await RefusedAsync(ErrorCodes.PinResetRunning, () => phone.Client.RequestPinResetAsync(phone.Certificate, code));

        // Noticed at once: in the inbox and by SMS.
        await phone.MessagesAsync("有人申请重置PIN码", 1);
        await Wait.UntilAsync(() => system.Simulators.LastMessageAsync(phone.Phone.Person.Phone), message => message!.Text.Contains("有人申请重置", StringComparison.Ordinal));

        // Not under a lock, and not before its time.
        Assert.IsType<PinOutcome.Locked>(await phone.Client.ResetPinAsync(phone.Certificate, NewPin));
        system.Clock.Advance(asked.NotBefore - TimeSpan.FromMinutes(3) - system.Clock.GetUtcNow());
        Assert.IsType<PinOutcome.ResetUnavailable>(await phone.Client.ResetPinAsync(phone.Certificate, NewPin));
        system.Clock.Advance(TimeSpan.FromMinutes(3));
        await RestartAsync(phone);
        Assert.Equal(PinResetPhase.Ready, (await phone.Client.GetPinResetAsync(phone.Certificate)).Phase);

        // Every other answer lost, and the new PIN holds; released once, and over.
        phone.Net.Lose = number => number % 2 == 1;
        Assert.IsType<PinOutcome.Done>(await phone.Client.ResetPinAsync(phone.Certificate, NewPin));
        phone.Net.Lose = _ => false;
        Assert.Equal(PinResetPhase.Done, (await phone.Client.GetPinResetAsync(phone.Certificate)).Phase);
        await phone.MessagesAsync("PIN码已重置", 1);
        await RestartAsync(phone);
        Assert.IsType<PinOutcome.ResetUnavailable>(await phone.Client.ResetPinAsync(phone.Certificate, "836159"));
        await RefusedAsync(ErrorCodes.PinResetTooLate, () => phone.Client.StopPinResetAsync(phone.Certificate));

        var (_, scanned) = await phone.BindSessionAsync(await phone.PlatformAsync());
        Assert.Equal(new PinOutcome.WrongPin(1, 9, null, false), await phone.ConfirmAsync(scanned, CertifiedPhone.Pin));
        Assert.IsType<PinOutcome.Done>(await phone.ConfirmAsync(scanned, NewPin));
        var kinds = (await phone.EvidenceAsync()).Entries.Select(entry => entry.Kind).ToList();
        Assert.Single(kinds, EvidenceKind.PinResetAsked);
        Assert.Single(kinds, EvidenceKind.PinResetReleased);
    }

    [Fact]
    [Trait("Feature", "X22"), Trait("Surface", "api")]
    public async Task Whoever_knows_the_pin_has_not_forgotten_it_and_the_lock_for_good_leaves_recovery_only()
    {
        using var phone = await CertifiedPhone.ActiveAsync(system);
        await AskAsync(phone);
        var (_, scanned) = await phone.BindSessionAsync(await phone.PlatformAsync());
        Assert.IsType<PinOutcome.Done>(await phone.ConfirmAsync(scanned, CertifiedPhone.Pin));
        Assert.Equal(PinResetPhase.Overtaken, (await phone.Client.GetPinResetAsync(phone.Certificate)).Phase);
        system.Clock.Advance(TimeSpan.FromHours(24));
        Assert.IsType<PinOutcome.ResetUnavailable>(await phone.Client.ResetPinAsync(phone.Certificate, NewPin));

        // A request that waits ends with the lock for good: the deposit is gone.
        await AskAsync(phone);
        await FailAsync(phone, 10);
        var info = await phone.Client.GetCertificateAsync(phone.Certificate);
        Assert.Equal((CertificateState.Locked, true, 10, 0, 0), (info.State, info.LockedForGood, info.Failures, info.TriesLeft, info.TriesLeftForGood));
        Assert.Equal(new CertificateRemedy(RemedyKind.Recovery, false, null, 5000), info.Remedy);
        Assert.Equal(PinResetPhase.Overtaken, (await phone.Client.GetPinResetAsync(phone.Certificate)).Phase);
        Assert.Empty((await certificates.StoredAsync(phone.Certificate)).Shares!.Deposits);
        await RefusedAsync(ErrorCodes.PinLockedForGood, () => AskAsync(phone));
        await RefusedAsync(ErrorCodes.PinLockedForGood, () => phone.Client.ApprovePinChangeAsync(phone.Certificate, "000000"));
        Assert.Equal(new PinOutcome.Locked(null), await phone.Client.ResetPinAsync(phone.Certificate, NewPin));
    }

    [Fact]
    [Trait("Feature", "X22"), Trait("Surface", "api")]
    public async Task The_deposit_is_released_once_however_often_and_by_whomever_it_is_asked_for()
    {
        using var phone = await CertifiedPhone.ActiveAsync(system);
        await AskAsync(phone);
        system.Clock.Advance(TimeSpan.FromHours(24));

        // The same phone in two windows at once. They may void each other's attempts, then one goes on alone; nothing is released twice.
        var window = await phone.WindowAsync();
        var outcomes = await Task.WhenAll(phone.Client.ResetPinAsync(phone.Certificate, NewPin), window.ResetPinAsync(phone.Certificate, NewPin));
        if (!outcomes.Any(outcome => outcome is PinOutcome.Done))
        {
            Assert.IsType<PinOutcome.Done>(await phone.Client.ResetPinAsync(phone.Certificate, NewPin));
        }

        Assert.Equal(0, (await phone.Client.GetCertificateAsync(phone.Certificate)).Failures);
        Assert.Single((await phone.EvidenceAsync()).Entries, entry => entry.Kind == EvidenceKind.PinResetReleased);
        Assert.Equal(PinResetPhase.Done, (await phone.Client.GetPinResetAsync(phone.Certificate)).Phase);
        Assert.Null((await certificates.StoredAsync(phone.Certificate)).Shares!.Approval);
        Assert.Single((await certificates.StoredAsync(phone.Certificate)).Shares!.Deposits);
        Assert.IsType<PinOutcome.ResetUnavailable>(await phone.Client.ResetPinAsync(phone.Certificate, "836159"));

        // A lapsed request gives nothing, and leaves room for another.
        await AskAsync(phone);
        system.Clock.Advance(TimeSpan.FromHours(24 + 72));
        Assert.IsType<PinOutcome.ResetUnavailable>(await phone.Client.ResetPinAsync(phone.Certificate, "836159"));
        Assert.Equal(PinResetPhase.Lapsed, (await phone.Client.GetPinResetAsync(phone.Certificate)).Phase);
        Assert.Equal(PinResetPhase.Waiting, (await AskAsync(phone)).Phase);
    }

    [Theory]
    [InlineData(WriteFault.NotPersisted)]
    [InlineData(WriteFault.Persisted)]
    public async Task Whichever_write_of_the_certificate_fails_a_reset_goes_on_and_happens_once(WriteFault fault)
    {
        using var phone = await CertifiedPhone.ActiveAsync(system);
        var row = $"certificate/certificate/{phone.Certificate:N}";
        await certificates.ForgetAsync(phone.Certificate);

        // The request: the code was used up, the write failed, and the same question uses it again.
        using (var struck = certificates.Store.StrikeAt(row, 1, fault))
        {
            Assert.Equal(PinResetPhase.Waiting, (await AskAsync(phone)).Phase);
            Assert.True(struck.Happened);
        }

        system.Clock.Advance(TimeSpan.FromHours(24));
        for (var write = 1; ; write++)
        {
            using var struck = certificates.Store.StrikeAt(row, write, fault);
            var outcome = await phone.Client.ResetPinAsync(phone.Certificate, NewPin);
            if (outcome is PinOutcome.Done)
            {
                Assert.Equal(PinResetPhase.Done, (await phone.Client.GetPinResetAsync(phone.Certificate)).Phase);
                break;
            }

            Assert.True(write < 4 && struck.Happened, $"{outcome}");
        }

        var kinds = (await phone.EvidenceAsync()).Entries.Select(entry => entry.Kind).ToList();
        Assert.Single(kinds, EvidenceKind.PinResetAsked);
        Assert.Single(kinds, EvidenceKind.PinResetReleased);
        await phone.ApprovePinChangeAsync();
        Assert.IsType<PinOutcome.Done>(await phone.Client.ChangePinAsync(phone.Certificate, NewPin, "836159"));
    }

    /// <summary>What became of an earlier attempt is asked for in two messages, the deposit fetched in two; nothing after them is answered.</summary>
    private async Task FetchOnlyAsync(CertifiedPhone phone)
    {
        // The phone's user gives up at the first lost answer, and does not sit through the retries.
        using var givenUp = new CancellationTokenSource();
        var before = phone.Net.Exchanges;
        phone.Net.Lose = number =>
        {
            if (number <= before + 4)
            {
                return false;
            }

            givenUp.Cancel();
            return true;
        };
        await Assert.ThrowsAnyAsync<Exception>(() => phone.Client.ResetPinAsync(phone.Certificate, NewPin, givenUp.Token));
        phone.Net.Lose = _ => false;
        Assert.Contains(EvidenceKind.PinResetReleased, (await phone.EvidenceAsync()).Entries.Select(entry => entry.Kind));
        Assert.True((await certificates.StoredAsync(phone.Certificate)).Shares!.Approval!.IsReleased);
    }

    private static string Path(string template, CertifiedPhone phone) => template.Replace("{certificateId}", phone.Certificate.ToString(), StringComparison.Ordinal);

    private static Task<PinResetInfo> AskAsync(CertifiedPhone phone) => phone.AskResetAsync();

    private static async Task StopAsync(TestPhone device, CertifiedPhone phone) =>
        Assert.Equal(PinResetPhase.Stopped, (await device.Http.PostAsync(Path(Routes.Phone.PinResetObjection, phone), BztJson.Default.PinResetInfo)).Phase);

    private static async Task<string?> TryStopAsync(TestPhone device, CertifiedPhone phone)
    {
        try
        {
            await StopAsync(device, phone);
            return null;
        }
        catch (ApiRefusedException refused)
        {
            return refused.Code;
        }
    }

    private async Task RestartAsync(CertifiedPhone phone)
    {
        await system.RestartAsync();
        phone.Phone.Reconnect();
        await phone.ReconnectAsync();
    }

    /// <summary>That many wrong PINs in a row, waiting out the locks between them.</summary>
    private async Task FailAsync(CertifiedPhone phone, int failures)
    {
        for (var failure = 1; failure <= failures; failure++)
        {
            var (_, scanned) = await phone.BindSessionAsync(await phone.PlatformAsync());
            var wrong = Assert.IsType<PinOutcome.WrongPin>(await phone.ConfirmAsync(scanned, CertifiedPhone.WrongPin));
            Assert.Equal(failure, wrong.Failures);
            if (wrong.LockedUntil is { } until && failure < failures)
            {
                // The phone is told the time in whole units.
                system.Clock.Advance(until - system.Clock.GetUtcNow() + TimeSpan.FromSeconds(1));
            }
        }
    }

    private static async Task<Problem> RefusedAsync(string code, Func<Task> call)
    {
        var refused = await Assert.ThrowsAsync<ApiRefusedException>(call);
        Assert.Equal(code, refused.Code);
        return refused.Problem;
    }
}
