using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;
using Bzt.Grains;
using Bzt.Grains.Certificates;
using Bzt.Grains.Sessions;
using Bzt.Protocol.Evidence;
using Bzt.Protocol.Phone;
using Bzt.Tests.Applications;
using Bzt.Tests.Certificates;
using Bzt.Tests.Embedded;
using Bzt.Tests.Platforms;
using Bzt.Tests.Storage;
using Orleans.Core.Internal;
using Refusal = Bzt.Tests.Platforms.Refusal;

namespace Bzt.Tests.Sessions;

/// <summary>A session is one certificate's: of two of the same user exactly one signs it, and what the other did leaves no trace.</summary>
[Collection(CertificateSystem.Name)]
public sealed class OneCertificateTests(CertificateSystem certificates)
{
    private readonly EmbeddedSystem system = certificates.System;

    [Fact]
    [Trait("Feature", "X07"), Trait("Surface", "api")]
    public async Task Who_goes_on_with_another_certificate_uses_neither_pin_nor_nonce_of_the_first()
    {
        using var party = await RelyingParty.RegisterAsync(system);
        using var first = await BoundAsync(await CertifiedPhone.ActiveAsync(system), party);
        using var second = await BoundAsync(await NextAsync(first), party);
        var opened = await party.OpenLoginAsync();
        var scanned = await first.Client.ScanAsync(opened);
        using var left = await first.OpenAsync(scanned);
        using var taken = await second.OpenAsync(scanned);

        // A wrong PIN is not looked at.
        Assert.Equal(ErrorCodes.SessionOtherCertificate, await Refusal.OfAsync(() => first.Client.ConfirmAsync(left, CertifiedPhone.WrongPin)));
        Assert.IsType<PinOutcome.Done>(await second.Client.ConfirmAsync(taken, CertifiedPhone.Pin));
        await SignedByAsync(party, opened, second, first);
    }

    [Fact]
    public async Task The_first_may_have_it_back()
    {
        using var party = await RelyingParty.RegisterAsync(system);
        using var first = await BoundAsync(await CertifiedPhone.ActiveAsync(system), party);
        using var second = await BoundAsync(await NextAsync(first), party);
        var opened = await party.OpenLoginAsync();
        var scanned = await first.Client.ScanAsync(opened);
        (await first.OpenAsync(scanned)).Dispose();
        using var left = await second.OpenAsync(scanned);
        Assert.IsType<PinOutcome.Done>(await first.ConfirmAsync(scanned, CertifiedPhone.Pin));
        Assert.Equal(ErrorCodes.SessionOtherCertificate, await Refusal.OfAsync(() => second.Client.ConfirmAsync(left, CertifiedPhone.Pin)));
        await SignedByAsync(party, opened, first, second);
    }

    [Fact]
    [Trait("Feature", "X07"), Trait("Surface", "api")]
    public async Task Of_two_that_race_for_a_session_exactly_one_signs()
    {
        using var party = await RelyingParty.RegisterAsync(system);
        using var first = await BoundAsync(await CertifiedPhone.ActiveAsync(system), party);
        using var second = await BoundAsync(await NextAsync(first), party);
        for (var race = 0; race < 12; race++)
        {
            var opened = await party.OpenLoginAsync();
            var scanned = await first.Client.ScanAsync(opened);
            var outcomes = await Task.WhenAll(RaceAsync(first, scanned, late: false), RaceAsync(second, scanned, late: race % 2 == 1));

            // Both may have taken it from each other; then the user tries once more.
            if (!outcomes.Contains(true))
            {
                outcomes[0] = await RaceAsync(first, scanned, late: false);
            }

            Assert.Single(outcomes, true);
            var (winner, loser) = outcomes[0] ? (first, second) : (second, first);
            await SignedByAsync(party, opened, winner, loser);
        }
    }

    [Fact]
    [Trait("Feature", "X07"), Trait("Surface", "api")]
    public async Task A_session_that_lost_its_memory_is_not_signed_by_the_one_it_had_named()
    {
        using var party = await RelyingParty.RegisterAsync(system);
        using var first = await BoundAsync(await CertifiedPhone.ActiveAsync(system), party);
        using var second = await BoundAsync(await NextAsync(first), party);
        var opened = await party.OpenLoginAsync();
        var scanned = await first.Client.ScanAsync(opened);
        using var left = await first.OpenAsync(scanned);

        // Named, and about to sign; then the session's silo is gone. The user scans anew and takes the other certificate.
        Assert.IsType<Done<Nothing>>(await Session(opened).BeginCompletion(new CertificateId(first.Certificate)));
        await ForgetAsync(opened);
        scanned = await second.Client.ScanAsync(opened);
        using var taken = await second.OpenAsync(scanned);
        Assert.Equal(ErrorCodes.SessionOtherCertificate, await Refusal.OfAsync(() => first.Client.ConfirmAsync(left, CertifiedPhone.WrongPin)));
        Assert.IsType<PinOutcome.Done>(await second.Client.ConfirmAsync(taken, CertifiedPhone.Pin));
        await SignedByAsync(party, opened, second, first);
    }

    [Fact]
    [Trait("Feature", "X07"), Trait("Surface", "api")]
    public async Task A_signature_on_its_way_to_a_session_that_lost_its_memory_keeps_every_other_one_out()
    {
        using var party = await RelyingParty.RegisterAsync(system);
        using var first = await BoundAsync(await CertifiedPhone.ActiveAsync(system), party);
        using var second = await BoundAsync(await NextAsync(first), party);
        var opened = await party.OpenLoginAsync();
        var scanned = await first.Client.ScanAsync(opened);
        var row = $"qr-session/qr-session/{opened.SessionId:N}";

        // The session cannot store its end: each time it tries, it loses what it has in memory.
        certificates.Store.Strike = write => write.Subject == row ? WriteFault.NotPersisted : null;
        try
        {
            Assert.IsType<PinOutcome.Done>(await first.ConfirmAsync(scanned, CertifiedPhone.Pin));
            foreach (var other in (CertifiedPhone[])[second, first])
            {
                var code = await Wait.UntilAsync(() => RefusedAsync(other, opened), found => found is not null);
                Assert.Equal(other == second ? ErrorCodes.SessionOtherCertificate : ErrorCodes.SessionEnded, code);
            }
        }
        finally
        {
            certificates.Store.Strike = null;
        }

        await SignedByAsync(party, opened, first, second);
    }

    [Fact]
    public async Task A_confirmation_of_one_that_let_go_does_not_hold_the_session_open()
    {
        using var party = await RelyingParty.RegisterAsync(system);
        using var first = await BoundAsync(await CertifiedPhone.ActiveAsync(system), party);
        using var second = await BoundAsync(await NextAsync(first), party);
        var opened = await party.OpenLoginAsync();
        using var left = await first.OpenAsync(await first.Client.ScanAsync(opened));
        Assert.IsType<Done<Nothing>>(await Session(opened).BeginCompletion(new CertificateId(first.Certificate)));
        Assert.Equal(SessionState.Confirmed, (await party.Client.GetAsync(opened.SessionId)).State);
        Assert.Equal(ErrorCodes.SessionConfirming, await Refusal.OfAsync(() => party.Client.CancelAsync(opened.SessionId)));

        using var taken = await second.OpenAsync(await second.Client.ScanAsync(opened));
        Assert.Equal(SessionState.Scanned, (await party.Client.GetAsync(opened.SessionId)).State);
        Assert.Equal(SessionEnd.Cancelled, (await party.Client.CancelAsync(opened.SessionId)).End);
    }

    /// <summary>A session that came up anew tells what is written: until it is, nobody is told that time ended it.</summary>
    [Fact]
    public async Task A_confirmation_whose_end_is_being_written_when_time_is_over_has_not_timed_out()
    {
        using var party = await RelyingParty.RegisterAsync(system);
        using var phone = await BoundAsync(await CertifiedPhone.ActiveAsync(system), party);
        var opened = await party.OpenLoginAsync();
        await ForgetAsync(opened);
        using var request = await phone.OpenAsync(await phone.Client.ScanAsync(opened));
        system.Clock.Advance((await party.Client.GetAsync(opened.SessionId)).ExpiresAt - system.Clock.GetUtcNow() - TimeSpan.FromSeconds(5));
        using (var held = certificates.Store.HoldAllBut("certificate"))
        {
            Assert.IsType<PinOutcome.Done>(await phone.Client.ConfirmAsync(request, CertifiedPhone.Pin));
            await Wait.UntilAsync(() => Task.FromResult(held.Stopped($"qr-session/qr-session/{opened.SessionId:N}")), stopped => stopped);
            system.Clock.Advance(TimeSpan.FromSeconds(10));
            var status = await party.Client.GetAsync(opened.SessionId);
            Assert.Equal((SessionState.Confirmed, null), (status.State, status.End));
        }

        Assert.Equal(SessionEnd.Ok, (await party.Client.WaitAsync(opened.SessionId)).End);
    }

    /// <summary>The other one was refused meanwhile: what nobody waits for any more takes nothing from the one that was too busy to answer.</summary>
    [Fact]
    public async Task One_that_is_too_busy_to_let_go_in_time_keeps_what_it_has_opened()
    {
        using var party = await RelyingParty.RegisterAsync(system);
        using var first = await BoundAsync(await CertifiedPhone.ActiveAsync(system), party);
        using var second = await BoundAsync(await NextAsync(first), party);
        var opened = await party.OpenLoginAsync();
        using var left = await first.OpenAsync(await first.Client.ScanAsync(opened));
        await ForgetAsync(opened);
        var (certificate, login) = (system.Grains.Certificate(new CertificateId(first.Certificate)), first.Phone.Login!);
        Task busy;
        var scanned = await second.Client.ScanAsync(opened);
        using (certificates.Store.HoldAllBut())
        {
            busy = certificate.AskRevocation(new CertificateCaller(new UserId(login.UserId), new DeviceId(login.DeviceId)), Guid.NewGuid(), insist: true);
            Assert.Equal(ErrorCodes.SessionOtherCertificate, await Refusal.OfAsync(() => second.OpenAsync(scanned)));
        }

        await busy;
        Assert.IsType<PinOutcome.Done>(await first.Client.ConfirmAsync(left, CertifiedPhone.Pin));
        await SignedByAsync(party, opened, first, second);
    }

    [Fact]
    [Trait("Feature", "X07"), Trait("Surface", "api")]
    public async Task A_certificate_whose_row_cannot_be_read_keeps_no_other_from_a_session_that_lost_its_memory()
    {
        using var party = await RelyingParty.RegisterAsync(system);
        using var first = await BoundAsync(await CertifiedPhone.ActiveAsync(system), party);
        using var second = await BoundAsync(await NextAsync(first), party);
        var opened = await party.OpenLoginAsync();
        using var left = await first.OpenAsync(await first.Client.ScanAsync(opened));
        Assert.IsType<Done<Nothing>>(await Session(opened).BeginCompletion(new CertificateId(first.Certificate)));
        await ForgetAsync(opened);
        var row = await certificates.SpoilAsync(first.Certificate);
        try
        {
            Assert.IsType<PinOutcome.Done>(await second.ConfirmAsync(await second.Client.ScanAsync(opened), CertifiedPhone.Pin));
            Assert.Equal([second.Certificate], (await second.Client.GetCertificatesAsync()).Select(certificate => certificate.CertificateId));
        }
        finally
        {
            await certificates.MendAsync(first.Certificate, row);
        }

        // Mended it finds that it came too late.
        Assert.Equal(ErrorCodes.SessionEnded, await Refusal.OfAsync(() => first.Client.ConfirmAsync(left, CertifiedPhone.Pin)));
        await SignedByAsync(party, opened, second, first);
    }

    /// <summary>Nobody knows whom to ask: both sign, one of them for nothing, and he is told.</summary>
    [Fact]
    [Trait("Feature", "X07"), Trait("Surface", "api")]
    public async Task Of_two_users_who_signed_a_session_that_lost_its_memory_one_has_it_and_the_other_is_told()
    {
        using var party = await RelyingParty.RegisterAsync(system);
        using var first = await BoundAsync(await CertifiedPhone.ActiveAsync(system), party);
        using var second = await BoundAsync(await CertifiedPhone.ActiveAsync(system), party);
        var opened = await party.OpenLoginAsync();
        var scanned = await first.Client.ScanAsync(opened);
        var row = $"qr-session/qr-session/{opened.SessionId:N}";
        certificates.Store.Strike = write => write.Subject == row ? WriteFault.NotPersisted : null;
        try
        {
            Assert.IsType<PinOutcome.Done>(await first.ConfirmAsync(scanned, CertifiedPhone.Pin));
            await Wait.UntilAsync(() => TrySignAsync(second, opened), signed => signed);
        }
        finally
        {
            certificates.Store.Strike = null;
        }

        var status = await party.Client.WaitAsync(opened.SessionId);
        Assert.Equal(SessionEnd.Ok, status.End);
        var (winner, loser) = status.Result!.Enterprise.CreditCode == first.Enterprise.CreditCode ? (first, second) : (second, first);
        Assert.Equal(winner.Enterprise.CreditCode, status.Result.Enterprise.CreditCode);
        await loser.MessagesAsync("确认未被采用", 1);
        await winner.MessagesAsync("确认未被采用", 0);

        // Told again it is the same, and the session's result stays.
        foreach (var phone in (CertifiedPhone[])[first, second])
        {
            var outcome = new SessionOutcome(new CertificateId(phone.Certificate), SessionEnd.Ok, null, [], null);
            Assert.Equal(phone == winner, await Session(opened).Deliver(outcome));
            Assert.Contains((await phone.EvidenceAsync()).Entries, entry => entry.Request == opened.SessionId && entry.Kind == EvidenceKind.Signed);
        }

        Assert.Equal(status.Result.Signatures[0].Signature, (await party.Client.GetAsync(opened.SessionId)).Result!.Signatures[0].Signature);
    }

    /// <summary>Whether it got through: the session forgets who scanned it each time it fails to store its end.</summary>
    private static async Task<bool> TrySignAsync(CertifiedPhone phone, OpenedSession opened)
    {
        try
        {
            return await phone.ConfirmAsync(await phone.Client.ScanAsync(opened), CertifiedPhone.Pin) is PinOutcome.Done;
        }
        catch (Exception exception) when (exception is ApiRefusedException or PhoneLinkException)
        {
            return false;
        }
    }

    /// <summary>With which code this certificate is kept out of a session that was scanned anew; null when something else kept it from asking.</summary>
    private static async Task<string?> RefusedAsync(CertifiedPhone phone, OpenedSession opened)
    {
        try
        {
            (await phone.OpenAsync(await phone.Client.ScanAsync(opened))).Dispose();
            throw new InvalidOperationException("A second certificate got a session that was signed.");
        }
        catch (ApiRefusedException refused) when (refused.Code is ErrorCodes.SessionOtherCertificate or ErrorCodes.SessionEnded)
        {
            return refused.Code;
        }
        catch (Exception exception) when (exception is ApiRefusedException or PhoneLinkException)
        {
            return null;
        }
    }

    /// <summary>Whether it signed. One that is refused is told so with the one code, and nothing else.</summary>
    private static async Task<bool> RaceAsync(CertifiedPhone phone, ScannedSession scanned, bool late)
    {
        await Task.Yield();
        try
        {
            using var request = await phone.OpenAsync(scanned);
            if (late)
            {
                await Task.Delay(Random.Shared.Next(30), TestContext.Current.CancellationToken);
            }

            return await phone.Client.ConfirmAsync(request, CertifiedPhone.Pin) is PinOutcome.Done;
        }
        catch (ApiRefusedException refused)
        {
            Assert.Contains(refused.Code, (string[])[ErrorCodes.SessionOtherCertificate, ErrorCodes.SessionEnded]);
            return false;
        }
    }

    private async Task SignedByAsync(RelyingParty party, OpenedSession opened, CertifiedPhone winner, CertifiedPhone loser)
    {
        var status = await party.Client.WaitAsync(opened.SessionId);
        Assert.Equal(SessionEnd.Ok, status.End);
        Assert.Equal(winner.Enterprise.CreditCode, status.Result!.Enterprise.CreditCode);
        Assert.True(PhoneInHand.Verifies(status.Result, status.Result.Signatures[0]));
        Assert.Equal(EvidenceKind.Signed, Assert.Single((await winner.EvidenceAsync()).Entries, entry => entry.Request == opened.SessionId).Kind);
        Assert.DoesNotContain((await loser.EvidenceAsync()).Entries, entry => entry.Request == opened.SessionId);
        Assert.Equal(0, (await certificates.StoredAsync(loser.Certificate)).Shares!.Pin.Failures);
    }

    private IQrSessionGrain Session(OpenedSession opened) => system.Grains.QrSession(new SessionId(opened.SessionId));

    private async Task ForgetAsync(OpenedSession opened) => await Session(opened).AsReference<IGrainManagementExtension>().DeactivateOnIdle();

    private static async Task<CertifiedPhone> NextAsync(CertifiedPhone phone)
    {
        var next = await phone.NextAsync();
        Assert.IsType<DownloadOutcome.Active>(await next.Client.ContinueDownloadAsync(next.Certificate, CertifiedPhone.Pin));
        return next;
    }

    private static async Task<CertifiedPhone> BoundAsync(CertifiedPhone phone, RelyingParty party)
    {
        await phone.BindToAsync(party.Client);
        return phone;
    }
}
