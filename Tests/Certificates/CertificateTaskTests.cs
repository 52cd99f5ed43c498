using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Grains;
using Bzt.Grains.Certificates;
using Bzt.Grains.Foundations;
using Bzt.Protocol.Arithmetic;
using Bzt.Protocol.Certificates;
using Bzt.Protocol.Evidence;
using Bzt.Protocol.Forms;
using Bzt.Protocol.Primitives;
using Bzt.Protocol.Wire;
using Bzt.Tests.Embedded;

namespace Bzt.Tests.Certificates;

/// <summary>What the service asks a holder to confirm with his PIN: from the question to the asker's answer, over HTTP.</summary>
[Collection(CertificateSystem.Name)]
public class CertificateTaskTests(CertificateSystem certificates)
{
    private readonly EmbeddedSystem system = certificates.System;

    [Fact]
    public async Task A_task_is_signed_once_with_the_PIN_and_its_asker_is_told()
    {
        using var phone = await CertifiedPhone.ActiveAsync(system);
        using var other = await CertifiedPhone.ActiveAsync(system);
        var task = Instruction(phone, minutes: 10);
        await AskedAsync(phone, task);
        await AskedAsync(phone, task);

        // Another certificate knows nothing of it.
        Assert.Equal(nameof(ProtocolFailure.UnknownRequest), Assert.IsType<PinOutcome.Failed>(await ConfirmAsync(other, other.Certificate, task.Id)).Code);

        // It rests in the store. A wrong PIN is a try like any other; not accepted by the user it stays.
        await certificates.ForgetAsync(phone.Certificate);
        Assert.IsType<PinOutcome.Failed>(await phone.Client.ConfirmTaskAsync(phone.Certificate, task.Id, CertifiedPhone.Pin, _ => false));
        Assert.Equal(1, Assert.IsType<PinOutcome.WrongPin>(await ConfirmAsync(phone, phone.Certificate, task.Id, CertifiedPhone.WrongPin)).Failures);
        Assert.Empty(certificates.SignedTasks.Of(task.Id));

        IReadOnlyList<SigningForm>? shown = null;
        Assert.IsType<PinOutcome.Done>(await phone.Client.ConfirmTaskAsync(phone.Certificate, task.Id, CertifiedPhone.Pin, forms => (shown = forms) is not null));
        var instruction = Assert.IsType<InstructionForm>(Assert.Single(shown!));
        Assert.Equal(("转授管理员", "新管理员", "张*"), (instruction.Title, instruction.Facts[1].Label, instruction.Facts[1].Value));

        // The asker has a signature that verifies under the certificate, over what was shown.
        await DrainAsync(phone);
        var signed = Assert.Single(certificates.SignedTasks.Of(task.Id));
        Assert.Equal((phone.Certificate, phone.Phone.Login!.UserId), (signed.Certificate.Value, signed.Holder.Value));
        Assert.True(Sm2Certificate.TryParse(signed.SigningCertificate, out var certificate));
        Assert.True(Sm2Signature.TryParseRaw(Assert.Single(signed.Signatures), out var signature));
        Assert.True(signature!.Verify(certificate.PublicKey, instruction.Digest(certificate.PublicKey)));

        // Over: asked again it is done and tells nobody twice, also after a restart; opened again it is unknown.
        await system.RestartAsync();
        await phone.ReconnectAsync();
        await AskedAsync(phone, task);
        Assert.Equal(nameof(ProtocolFailure.UnknownRequest), Assert.IsType<PinOutcome.Failed>(await ConfirmAsync(phone, phone.Certificate, task.Id)).Code);
        await DrainAsync(phone);
        Assert.Single(certificates.SignedTasks.Of(task.Id));
        var entry = (await phone.EvidenceAsync()).Entries.Last(entry => entry.Kind == EvidenceKind.Signed);
        Assert.Equal(task.Id, entry.Request);
        Assert.Equal("task", Assert.Single(entry.Facts).Name);
        Assert.Equal(instruction.Digest(certificate.PublicKey), Assert.Single(entry.Digests));
    }

    [Fact]
    public async Task A_task_that_was_withdrawn_or_ran_out_while_the_user_looked_is_not_signed_says_nothing_of_the_PIN_and_gives_no_guess_away()
    {
        using var phone = await CertifiedPhone.ActiveAsync(system);
        var grain = system.Grains.Certificate(new CertificateId(phone.Certificate));
        var withdrawn = Instruction(phone, minutes: 10);
        await AskedAsync(phone, withdrawn);
        using (var opened = Assert.IsType<TaskOpening.Opened>(await phone.Client.OpenTaskAsync(phone.Certificate, withdrawn.Id)).Task)
        {
            await grain.Withdraw(withdrawn.Id);
            Assert.IsType<PinOutcome.Ended>(await phone.Client.ConfirmAsync(opened, CertifiedPhone.WrongPin));
        }

        // Whoever has the phone may take back what he asked for himself: it is a try all the same, also after a restart.
        await certificates.ForgetAsync(phone.Certificate);
        Assert.Equal(1, (await phone.Client.GetCertificateAsync(phone.Certificate)).Failures);

        var late = Instruction(phone, minutes: 1);
        await AskedAsync(phone, late);
        using (var opened = Assert.IsType<TaskOpening.Opened>(await phone.Client.OpenTaskAsync(phone.Certificate, late.Id)).Task)
        {
            system.Clock.Advance(TimeSpan.FromSeconds(61));
            Assert.IsType<PinOutcome.Ended>(await phone.Client.ConfirmAsync(opened, CertifiedPhone.Pin));
        }

        Assert.IsType<PinOutcome.Failed>(await ConfirmAsync(phone, phone.Certificate, late.Id));
        await DrainAsync(phone);
        Assert.Empty(certificates.SignedTasks.Of(withdrawn.Id).Concat(certificates.SignedTasks.Of(late.Id)));
        Assert.Equal(withdrawn.Id, Assert.Single((await phone.EvidenceAsync()).Entries, entry => entry.Kind == EvidenceKind.WrongPin).Request);
    }

    [Fact]
    public async Task What_cannot_be_a_task_is_not_let_in()
    {
        using var phone = await CertifiedPhone.ReadyAsync(system);
        var grain = system.Grains.Certificate(new CertificateId(phone.Certificate));
        var task = Instruction(phone, minutes: 10);
        Assert.Equal(RefusalCode.CertificateUnusable, RefusalOf(await grain.Ask(task)));
        Assert.Equal(RefusalCode.NotFound, RefusalOf(await system.Grains.Certificate(new CertificateId(Guid.NewGuid())).Ask(task)));
        Assert.IsType<DownloadOutcome.Active>(await phone.Client.ContinueDownloadAsync(phone.Certificate, CertifiedPhone.Pin));

        await AskedAsync(phone, task);
        Assert.Equal(RefusalCode.IdempotencyConflict, RefusalOf(await grain.Ask(task with { Target = "elsewhere" })));
        var now = system.Clock.GetUtcNow();
        var record = (await certificates.StoredAsync(phone.Certificate)) with { Tasks = [] };
        for (var i = 0; i < CertificateTasks.Waiting; i++)
        {
            (record, var refusal) = CertificateTasks.Ask(record, Instruction(phone, minutes: i + 1), now);
            Assert.Null(refusal);
        }

        var firstEnd = record.Tasks[0].ExpiresAt;
        Assert.Equal(firstEnd, CertificateTasks.Ask(record, Instruction(phone, minutes: 1), now).Refusal?.RetryAfter);
        Assert.Null(CertificateTasks.Ask(record, Instruction(phone, minutes: 1), firstEnd).Refusal);

        Assert.Throws<ArgumentException>(() => CertificateTasks.Ask(record, task with { Documents = [] }, now));
        Assert.Throws<ArgumentException>(() => CertificateTasks.Ask(record, task with { Documents = [new TaskDocument(SigningForms.Instruction, [0x30, 0])] }, now));
        var request = new CsrForm(record.PublicKey, [new("2.5.4.3", "宜昌")]);
        Assert.Throws<ArgumentException>(() => CertificateTasks.Ask(record, task with { Documents = [new TaskDocument(SigningForms.Csr, request.Content)] }, now));
    }

    private CertificateTask Instruction(CertifiedPhone phone, int minutes)
    {
        var id = Guid.CreateVersion7();
        var now = system.Clock.GetUtcNow();
        var expires = now.AddMinutes(minutes).AddTicks(-(now.Ticks % TimeSpan.TicksPerSecond));
        var form = new InstructionForm("transfer-administrator", "转授管理员", [new("企业", phone.Enterprise.Name), new("新管理员", "张*")], id, expires);
        return new CertificateTask(id, certificates.SignedTasks.Kind, id.ToString(), [new TaskDocument(SigningForms.Instruction, form.Content)], now.AddMinutes(minutes));
    }

    private async Task AskedAsync(CertifiedPhone phone, CertificateTask task) =>
        Assert.IsType<Done<Nothing>>(await system.Grains.Certificate(new CertificateId(phone.Certificate)).Ask(task));

    private static Task<PinOutcome> ConfirmAsync(CertifiedPhone phone, Guid certificate, Guid task, string pin = CertifiedPhone.Pin) =>
        phone.Client.ConfirmTaskAsync(certificate, task, pin, _ => true);

    private Task DrainAsync(CertifiedPhone phone) => system.Grains.Certificate(new CertificateId(phone.Certificate)).AsReference<IOutboxOwner>().DrainOutbox();

    private static RefusalCode? RefusalOf<T>(Reply<T> reply) => (reply as Refused<T>)?.Refusal.Code;
}
