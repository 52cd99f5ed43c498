using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Grains;
using Bzt.Grains.CaVendors;
using Bzt.Grains.Certificates;
using Bzt.Protocol.Evidence;
using Bzt.Protocol.Forms;
using Bzt.Tests.Applications;
using Bzt.Tests.Embedded;
using CertificateRemedy = Bzt.Contracts.Phone.CertificateRemedy;
using PinResetPhase = Bzt.Contracts.Phone.PinResetPhase;
using RemedyKind = Bzt.Contracts.Phone.RemedyKind;


namespace Bzt.Tests.Certificates;

// Whoever watches: the owner's other devices, the administrator, and what a thief gets.
public partial class PinResetTests
{
    [Fact]
    [Trait("Feature", "X22"), Trait("Surface", "api")]
    public async Task A_stolen_sim_gets_nothing()
    {
        using var phone = await CertifiedPhone.ActiveAsync(system);

        // The thief logs in with the number on a phone of his own: he looks, and cannot even ask for a code.
        system.Clock.Advance(TimeSpan.FromMinutes(2));
        using var thief = await system.LoggedInPhoneAsync(phone.Phone.Person);
        Assert.True(thief.Login!.Limited);
        await RefusedAsync(ErrorCodes.DeviceLimited, () => thief.ReceiveOwnCodeAsync(SmsPurpose.RecoverPin));
        await RefusedAsync(ErrorCodes.DeviceLimited, () => thief.Http.PostAsync(
            Path(Routes.Phone.PinReset, phone), new PinResetRequest(Guid.NewGuid(), "000000"), BztJson.Default.PinResetRequest, BztJson.Default.PinResetInfo));
        await RefusedAsync(ErrorCodes.DeviceLimited, () => thief.Http.PostAsync(
            Path(Routes.Phone.PinChangeApproval, phone), new PinChangeApprovalRequest(Guid.NewGuid(), "000000"), BztJson.Default.PinChangeApprovalRequest, BztJson.Default.PinChangeApproval));

        // The owner's reset he can stop, and that is all: the phone that has the key is another one.
        await AskAsync(phone);
        var stopped = await thief.Http.PostAsync(Path(Routes.Phone.PinResetObjection, phone), BztJson.Default.PinResetInfo);
        Assert.Equal(PinResetPhase.Stopped, stopped.Phase);

        // Should he get through the real name as well, his phone is still not the one with the key.
        await thief.ProveRealNameAsync();
        system.Clock.Advance(TimeSpan.FromMinutes(2));
        var code = await thief.ReceiveOwnCodeAsync(SmsPurpose.RecoverPin);
        await RefusedAsync(ErrorCodes.Forbidden, () => thief.Http.PostAsync(
            Path(Routes.Phone.PinReset, phone), new PinResetRequest(Guid.NewGuid(), code), BztJson.Default.PinResetRequest, BztJson.Default.PinResetInfo));
    }

    [Fact]
    [Trait("Feature", "X22"), Trait("Surface", "api")]
    public async Task An_objection_stops_it_pauses_and_the_old_pin_stays()
    {
        using var phone = await CertifiedPhone.ActiveAsync(system);
        system.Clock.Advance(TimeSpan.FromMinutes(2));
        using var old = await system.LoggedInPhoneAsync(phone.Phone.Person);
        await AskAsync(phone);
        system.Clock.Advance(TimeSpan.FromHours(24));
        await StopAsync(old, phone);
        await StopAsync(old, phone);
        Assert.IsType<PinOutcome.ResetUnavailable>(await phone.Client.ResetPinAsync(phone.Certificate, NewPin));
        await RestartAsync(phone);
        Assert.IsType<PinOutcome.ResetUnavailable>(await phone.Client.ResetPinAsync(phone.Certificate, NewPin));
        await phone.MessagesAsync("PIN码重置已被阻止", 1);

        var again = Assert.NotNull((await phone.Client.GetPinResetAsync(phone.Certificate)).AgainFrom);
        var paused = await RefusedAsync(ErrorCodes.PinResetPaused, () => AskAsync(phone));
        Assert.NotNull(paused.RetryAfterSeconds);
        var (_, scanned) = await phone.BindSessionAsync(await phone.PlatformAsync());
        Assert.IsType<PinOutcome.Done>(await phone.ConfirmAsync(scanned, CertifiedPhone.Pin));

        // After the pause again, three times in thirty days; taken back by the phone itself it pauses nothing.
        system.Clock.Advance(again - system.Clock.GetUtcNow());
        for (var request = 2; request <= 3; request++)
        {
            await AskAsync(phone);
            Assert.Equal(PinResetPhase.Withdrawn, (await phone.Client.StopPinResetAsync(phone.Certificate)).Phase);
            system.Clock.Advance(TimeSpan.FromMinutes(2));
        }

        await RefusedAsync(ErrorCodes.PinResetTooMany, () => AskAsync(phone));
        system.Clock.Advance(TimeSpan.FromDays(30));
        Assert.Equal(PinResetPhase.Waiting, (await AskAsync(phone)).Phase);
    }

    [Fact]
    [Trait("Feature", "X22"), Trait("Surface", "api")]
    public async Task Objection_and_release_have_an_order_and_a_late_objection_stops_the_key()
    {
        // Whichever comes first wins, and the other is told.
        using var phone = await CertifiedPhone.ActiveAsync(system);
        system.Clock.Advance(TimeSpan.FromMinutes(2));
        using var old = await system.LoggedInPhoneAsync(phone.Phone.Person);
        await AskAsync(phone);
        system.Clock.Advance(TimeSpan.FromHours(24));
        var objecting = Task.Run(() => TryStopAsync(old, phone));
        var outcome = await phone.Client.ResetPinAsync(phone.Certificate, NewPin);
        var refusal = await objecting;
        var info = await phone.Client.GetCertificateAsync(phone.Certificate);
        if (outcome is PinOutcome.Done)
        {
            Assert.Equal(ErrorCodes.PinResetTooLate, refusal);
            Assert.Equal(CertificateState.Active, info.State);
        }
        else
        {
            // Before the release nothing happened; between release and new PIN the key is stopped.
            Assert.Null(refusal);
            Assert.True(outcome is PinOutcome.ResetUnavailable && info.State == CertificateState.Active || info.State == CertificateState.Frozen, $"{outcome} {info.State}");
        }

        // A phone that took the deposit and set no PIN has what it needs to sign: only stopping the key helps.
        using var taken = await CertifiedPhone.ActiveAsync(system);
        system.Clock.Advance(TimeSpan.FromMinutes(2));
        using var watching = await system.LoggedInPhoneAsync(taken.Phone.Person);
        await AskAsync(taken);
        system.Clock.Advance(TimeSpan.FromHours(24));
        await FetchOnlyAsync(taken);
        await taken.MessagesAsync("正在设置新PIN码", 1);
        await StopAsync(watching, taken);
        await RestartAsync(taken);
        var frozen = await taken.Client.GetCertificateAsync(taken.Certificate);
        Assert.Equal((CertificateState.Frozen, new CertificateRemedy(RemedyKind.Recovery, false, null, 5000)), (frozen.State, frozen.Remedy));
        await taken.MessagesAsync("证书已冻结", 1);
        Assert.IsType<PinOutcome.Frozen>(await taken.Client.ResetPinAsync(taken.Certificate, NewPin));
    }

    [Fact]
    [Trait("Feature", "X22"), Trait("Surface", "api")]
    public async Task The_administrator_is_told_of_a_members_reset_and_may_stop_it_or_waive_the_wait_with_his_own_pin()
    {
        using var administrator = await CertifiedPhone.ActiveAsync(system);
        await Wait.UntilAsync(() => system.Grains.Enterprise(new CreditCode(administrator.Enterprise.CreditCode)).GetView(), view => view.Claimed);
        using var member = await administrator.ColleagueAsync();
        using var other = await administrator.ColleagueAsync();
        using var stranger = await CertifiedPhone.ActiveAsync(system);

        // His own reset tells him once, as its holder.
        await AskAsync(administrator);
        await administrator.MessagesAsync("有人申请重置PIN码", 1);
        Assert.DoesNotContain((await administrator.Client.GetInboxAsync()).Messages, message => message.Title == "成员申请重置PIN码");
        await RefusedAsync(ErrorCodes.Forbidden, () => administrator.Client.WaivePinResetAsync(administrator.Certificate, administrator.Certificate));
        await administrator.Client.StopPinResetAsync(administrator.Certificate);

        // A member's: told at once, seen, stopped. Who is neither learns nothing.
        await AskAsync(member);
        // Whose it is, masked, and which certificate: there is somebody else's in the same enterprise.
        var serial = (await member.Client.GetCertificateAsync(member.Certificate)).SigningSerial!;
        var (name, tail) = (member.Phone.Person.Name[..1] + "*", serial[^4..].ToUpperInvariant());
        var told = await ToldAsync(administrator, member, "成员申请重置PIN码");
        Assert.Contains($"成员{name}", told.Body, StringComparison.Ordinal);
        Assert.Contains($"尾号{tail}）", told.Body, StringComparison.Ordinal);
        Assert.DoesNotContain(member.Phone.Person.Name, told.Body, StringComparison.Ordinal);
        var seen = await administrator.Client.GetPinResetAsync(member.Certificate);
        Assert.Equal((PinResetPhase.Waiting, administrator.Enterprise.Name, "宜昌CA", serial), (seen.Phase, seen.EnterpriseName, seen.CaName, seen.SigningSerial));
        Assert.StartsWith(name, seen.Member, StringComparison.Ordinal);
        Assert.Null((await member.Client.GetPinResetAsync(member.Certificate)).SigningSerial);
        foreach (var nobody in (CertifiedPhone[])[stranger, other])
        {
            await RefusedAsync(ErrorCodes.NotFound, () => nobody.Client.GetPinResetAsync(member.Certificate));
            await RefusedAsync(ErrorCodes.NotFound, () => nobody.Client.StopPinResetAsync(member.Certificate));
            await RefusedAsync(ErrorCodes.NotFound, () => nobody.Client.WaivePinResetAsync(member.Certificate, nobody.Certificate));
        }

        await RefusedAsync(ErrorCodes.Forbidden, () => member.Client.WaivePinResetAsync(member.Certificate, member.Certificate));
        system.Clock.Advance(TimeSpan.FromMinutes(2));
        using var thief = await system.LoggedInPhoneAsync(administrator.Phone.Person);
        await RefusedAsync(ErrorCodes.DeviceLimited, () => StopAsync(thief, member));
        Assert.Equal(PinResetPhase.Stopped, (await administrator.Client.StopPinResetAsync(member.Certificate)).Phase);
        Assert.Contains($"成员{name}", (await ToldAsync(administrator, member, "PIN码重置已被阻止")).Body, StringComparison.Ordinal);

        // Another member's: waived. Neither with somebody else's certificate nor with a wrong PIN, and not twice.
        await AskAsync(other);
        await RefusedAsync(ErrorCodes.CertificateNotEligible, () => administrator.Client.WaivePinResetAsync(other.Certificate, other.Certificate));
        await RefusedAsync(ErrorCodes.CertificateNotEligible, () => administrator.Client.WaivePinResetAsync(other.Certificate, stranger.Certificate));
        var task = await administrator.Client.WaivePinResetAsync(other.Certificate, administrator.Certificate);
        Assert.Equal(task, await administrator.Client.WaivePinResetAsync(other.Certificate, administrator.Certificate));
        Assert.IsType<PinOutcome.WrongPin>(await administrator.Client.ConfirmTaskAsync(administrator.Certificate, task.TaskId, CertifiedPhone.WrongPin, _ => true));
        Assert.IsType<PinOutcome.ResetUnavailable>(await other.Client.ResetPinAsync(other.Certificate, NewPin));
        await system.RestartAsync();
        foreach (var phone in (CertifiedPhone[])[administrator, member, other])
        {
            phone.Phone.Reconnect();
            await phone.ReconnectAsync();
        }

        IReadOnlyList<SigningForm>? shown = null;
        Assert.IsType<PinOutcome.Done>(await administrator.Client.ConfirmTaskAsync(
            administrator.Certificate, task.TaskId, CertifiedPhone.Pin, forms => (shown = forms) is not null));
        var instruction = Assert.IsType<InstructionForm>(Assert.Single(shown!));
        Assert.Equal(("免除PIN码重置等待", administrator.Enterprise.Name), (instruction.Title, instruction.Facts[0].Value));
        var waived = await Wait.UntilAsync(() => other.Client.GetPinResetAsync(other.Certificate), reset => reset.Phase == PinResetPhase.Ready);
        Assert.True(waived.Waived);
        await other.MessagesAsync("可以设置新PIN码", 1);
        Assert.IsType<PinOutcome.Done>(await other.Client.ResetPinAsync(other.Certificate, NewPin));
        await RefusedAsync(ErrorCodes.PinResetNone, () => administrator.Client.WaivePinResetAsync(other.Certificate, administrator.Certificate));
        Assert.Contains(EvidenceKind.PinResetWaived, (await other.EvidenceAsync()).Entries.Select(entry => entry.Kind));

        // Stopped when the deposit had left: the member's key is stopped, and both are told.
        system.Clock.Advance(TimeSpan.FromHours(72));
        await AskAsync(member);
        system.Clock.Advance(TimeSpan.FromHours(24));
        await FetchOnlyAsync(member);
        await administrator.Client.StopPinResetAsync(member.Certificate);
        Assert.Equal(CertificateState.Frozen, (await member.Client.GetCertificateAsync(member.Certificate)).State);
        await ToldAsync(administrator, member, "成员证书已冻结");
        await member.MessagesAsync("证书已冻结", 1);

        // The new PIN is the PIN: it changes itself.
        await other.ApprovePinChangeAsync();
        Assert.IsType<PinOutcome.WrongPin>(await other.Client.ChangePinAsync(other.Certificate, CertifiedPhone.Pin, "836159"));
        Assert.IsType<PinOutcome.Done>(await other.Client.ChangePinAsync(other.Certificate, NewPin, "836159"));
    }

    [Fact]
    [Trait("Feature", "X22"), Trait("Surface", "api")]
    public async Task Whoever_is_not_administrator_any_more_waives_nothing()
    {
        using var administrator = await CertifiedPhone.ActiveAsync(system);
        var code = new CreditCode(administrator.Enterprise.CreditCode);
        await Wait.UntilAsync(() => system.Grains.Enterprise(code).GetView(), view => view.Claimed);
        using var member = await administrator.ColleagueAsync();
        await AskAsync(member);
        var record = await certificates.StoredAsync(member.Certificate);
        var pin = system.Grains.CertificatePin(new CertificateId(member.Certificate));
        var waiver = record.Pin!.Reset!.Waiver;
        var signing = (await administrator.Client.GetCertificateAsync(administrator.Certificate)).SigningCertificate!;
        using var stranger = await CertifiedPhone.ActiveAsync(system);
        var foreign = (await stranger.Client.GetCertificateAsync(stranger.Certificate)).SigningCertificate!;

        // Not an administrator's word, not under a certificate of the enterprise, another task's, the holder's own.
        await pin.PinResetWaived(Signed(waiver, stranger, signing));
        await pin.PinResetWaived(Signed(waiver, administrator, foreign));
        await pin.PinResetWaived(Signed(Guid.NewGuid(), administrator, signing));
        await pin.PinResetWaived(Signed(waiver, member, signing));
        Assert.Equal(waiver, await WaiverAsync(member));

        // His, by every word of it, and signed by nobody; he is asked under another id.
        await pin.PinResetWaived(Signed(waiver, administrator, signing));
        Assert.Equal(PinResetPhase.Waiting, (await member.Client.GetPinResetAsync(member.Certificate)).Phase);
        Assert.NotEqual(waiver, await WaiverAsync(member));

        // What he signs counts, and once.
        var task = await administrator.Client.WaivePinResetAsync(member.Certificate, administrator.Certificate);
        Assert.IsType<PinOutcome.Done>(await administrator.Client.ConfirmTaskAsync(administrator.Certificate, task.TaskId, CertifiedPhone.Pin, _ => true));
        var signed = (await certificates.StoredAsync(administrator.Certificate)).Outbox.Items.Last(item => item.Kind == PinOutbox.Waived).Read<TaskSigned>();
        var waived = await Wait.UntilAsync(() => member.Client.GetPinResetAsync(member.Certificate), reset => reset.Phase == PinResetPhase.Ready);
        system.Clock.Advance(TimeSpan.FromMinutes(5));
        await pin.PinResetWaived(signed);
        Assert.Equal(waived, await member.Client.GetPinResetAsync(member.Certificate));

        // For that member's request, and under the certificate he has.
        using var other = await administrator.ColleagueAsync();
        await AskAsync(other);
        foreach (var word in (Func<TaskSigned>[])
            [
                () => signed, () => signed with { Signatures = [] }, () => signed with { Signatures = [.. signed.Signatures, .. signed.Signatures] }, () => signed with { Certificate = new CertificateId(stranger.Certificate) },
            ])
        {
            await system.Grains.CertificatePin(new CertificateId(other.Certificate)).PinResetWaived(word() with { Id = await WaiverAsync(other) });
            Assert.Equal(PinResetPhase.Waiting, (await other.Client.GetPinResetAsync(other.Certificate)).Phase);
        }

        TaskSigned Signed(Guid task, CertifiedPhone by, byte[] certificate) => new(
            task, new CertificateId(by.Certificate), new UserId(by.Phone.Login!.UserId), [new byte[64]], certificate, system.Clock.GetUtcNow());

        async Task<Guid> WaiverAsync(CertifiedPhone phone) => (await certificates.StoredAsync(phone.Certificate)).Pin!.Reset!.Waiver;
    }

    /// <summary>The certificate, its path and its holder are looked at, beside the signature.</summary>
    [Fact]
    public async Task A_waiver_is_signed_only_by_a_certificate_in_use_with_a_path_to_its_cas_root()
    {
        using var phone = await CertifiedPhone.ActiveAsync(system);
        var now = system.Clock.GetUtcNow();
        var id = new CertificateId(phone.Certificate);
        var facts = ((Done<CertificateFacts>)await system.Grains.Certificate(id).GetFacts()).Value;
        var trust = await system.Grains.CaAdapter(facts.Ca).GetTrust();
        var form = new InstructionForm("waive-pin-reset", "免除PIN码重置等待", [new("企业", facts.EnterpriseName)], Guid.NewGuid(), DateTimeOffset.FromUnixTimeSeconds(now.ToUnixTimeSeconds() + 3600));
        var asked = new CertificateTask(form.Id, PinOutbox.Waived, id.ToString(), [new TaskDocument(SigningForms.Instruction, form.Content)], form.ExpiresAt);
        Assert.IsType<Done<Nothing>>(await system.Grains.Certificate(id).Ask(asked));
        Assert.IsType<PinOutcome.Done>(await phone.Client.ConfirmTaskAsync(phone.Certificate, asked.Id, CertifiedPhone.Pin, _ => true));
        var signed = (await certificates.StoredAsync(phone.Certificate)).Outbox.Items.Last(item => item.Kind == PinOutbox.Waived).Read<TaskSigned>();

        Assert.True(PinWaiverRules.IsSigned(asked, signed, facts, trust, now));
        Assert.False(PinWaiverRules.IsSigned(asked with { Id = Guid.NewGuid() }, signed, facts, trust, now));
        Assert.False(PinWaiverRules.IsSigned(asked with { Documents = [new TaskDocument(SigningForms.Instruction, [.. form.Content, 0])] }, signed, facts, trust, now));
        Assert.False(PinWaiverRules.IsSigned(asked, signed, facts with { Holder = new UserId(Guid.NewGuid()) }, trust, now));
        Assert.False(PinWaiverRules.IsSigned(asked, signed, facts with { State = CertificateState.Revoked }, trust, now));
        Assert.False(PinWaiverRules.IsSigned(asked, signed, facts with { PublicKey = new byte[65] }, trust, now));
        Assert.False(PinWaiverRules.IsSigned(asked, signed, facts, new CaTrust([], []), now));
        Assert.False(PinWaiverRules.IsSigned(asked, signed, facts, trust, now.AddYears(20)));
        Assert.False(PinWaiverRules.IsSigned(asked, signed with { SigningCertificate = facts.Issued!.EncryptionCertificate }, facts, trust, now));
    }

    private static async Task<MessageInfo> ToldAsync(CertifiedPhone administrator, CertifiedPhone member, string title)
    {
        var messages = await Wait.UntilAsync(async () => (await administrator.Client.GetInboxAsync()).Messages, found => found.Any(IsIt));
        return messages.First(IsIt);

        bool IsIt(MessageInfo message) => message.Title == title && message.Subject == member.Certificate.ToString();
    }
}
