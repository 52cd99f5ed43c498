using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;
using Bzt.Grains;
using Bzt.Grains.CaVendors;
using Bzt.Grains.Certificates;
using Bzt.Protocol.Evidence;
using Bzt.Protocol.Forms;
using Bzt.Tests.Applications;
using Bzt.Tests.Embedded;
using Bzt.Tests.Platforms;

namespace Bzt.Tests.Certificates;

/// <summary>证书注销 and what holds it back, over HTTP.</summary>
[Collection(CertificateSystem.Name)]
public class RevocationTests(CertificateSystem certificates)
{
    private readonly EmbeddedSystem system = certificates.System;

    [Fact]
    [Trait("Feature", "M060"), Trait("Surface", "api")]
    public async Task A_certificate_is_revoked_with_its_pin_for_good_and_its_ca_says_so()
    {
        using var phone = await CertifiedPhone.ActiveAsync(system);
        using var other = await CertifiedPhone.ActiveAsync(system);
        var platform = await phone.PlatformAsync();
        await phone.BindAsync(platform);
        var info = await phone.Client.GetCertificateAsync(phone.Certificate);

        // Refused: another user; without an id.
        await ClaimSteps.RefusedAsync(ErrorCodes.NotFound, () => other.Client.AskRevocationAsync(phone.Certificate, Guid.NewGuid()));
        await ClaimSteps.RefusedAsync(ErrorCodes.InvalidRequest, () => phone.Client.AskRevocationAsync(phone.Certificate, Guid.Empty));

        // Asked for twice it is one question. A wrong PIN revokes nothing, a restart forgets nothing.
        var operation = Guid.NewGuid();
        var task = await phone.Client.AskRevocationAsync(phone.Certificate, operation);
        Assert.Equal(task, await phone.Client.AskRevocationAsync(phone.Certificate, operation));
        Assert.IsType<PinOutcome.WrongPin>(await phone.Client.ConfirmTaskAsync(phone.Certificate, task.TaskId, CertifiedPhone.WrongPin, _ => true));
        await system.RestartAsync();
        await phone.ReconnectAsync();
        Assert.Equal(CertificateState.Active, (await phone.Client.GetCertificateAsync(phone.Certificate)).State);

        // A session stands open on the same phone when the PIN is entered for the revocation; and the answer gets lost.
        platform = await phone.PlatformAsync();
        var (opened, scanned) = await phone.BindSessionAsync(platform);
        using var raced = await phone.OpenAsync(scanned);
        using var asked = Assert.IsType<TaskOpening.Opened>(await phone.Client.OpenTaskAsync(phone.Certificate, task.TaskId)).Task;
        var answered = phone.Net.Exchanges;
        phone.Net.Lose = number => number == answered + 1;
        Assert.IsType<PinOutcome.Done>(await phone.Client.ConfirmAsync(asked, CertifiedPhone.Pin));
        phone.Net.Lose = _ => false;
        var instruction = Assert.IsType<InstructionForm>(Assert.Single(asked.Forms));
        Assert.Equal("注销证书", instruction.Title);
        Assert.Contains(instruction.Facts, fact => fact.Value == info.SigningSerial);
        Assert.Contains(instruction.Facts, fact => fact.Value.StartsWith("CA证书一经注销，不能恢复，无法解密原有文件", StringComparison.Ordinal));

        // From that write on it serves nothing: not the session that was open, not a new one, not a second revocation.
        Assert.IsNotType<PinOutcome.Done>(await TryAsync(() => phone.Client.ConfirmAsync(raced, CertifiedPhone.Pin)));
        Assert.Equal(SessionEnd.CertificateUnusable, (await platform.WaitAsync(opened.SessionId)).End);
        await ClaimSteps.RefusedAsync(ErrorCodes.CertificateUnusable, () => phone.Client.AskRevocationAsync(phone.Certificate, Guid.NewGuid()));

        // At rest nothing is left of the silo's shares; the CA's list has it; holder, evidence and list say so after a restart too.
        await system.RestartAsync();
        await phone.ReconnectAsync();
        Assert.Equal(CertificateState.Revoked, (await phone.Client.GetCertificateAsync(phone.Certificate)).State);
        var stored = (await certificates.StoredAsync(phone.Certificate)).Shares!;
        Assert.Equal((0, 0, 0), (stored.SealedShare.Length, stored.EncryptionKeys.Count, stored.Deposits.Count));
        Assert.Null(stored.Pending);
        await phone.MessagesAsync("证书已注销", 1);
        Assert.Equal([EvidenceKind.Signed, EvidenceKind.Revoked], (await phone.EvidenceAsync()).Entries.TakeLast(2).Select(entry => entry.Kind));
        await Wait.UntilAsync(() => IsRevokedAtCaAsync(info.SigningSerial!), revoked => revoked);
    }

    [Fact]
    [Trait("Feature", "X23"), Trait("Surface", "api")]
    public async Task Bids_that_are_not_opened_hold_a_revocation_back_until_the_user_insists_and_is_shown_each()
    {
        using var phone = await CertifiedPhone.ActiveAsync(system);
        using var other = await CertifiedPhone.ActiveAsync(system);
        var platform = await phone.PlatformAsync();
        await phone.BindAsync(platform);
        await EncryptAsync(phone, platform, "P-1", "滨江路改造");
        await system.RestartAsync();
        await phone.ReconnectAsync();
        await other.ReconnectAsync();
        platform = await phone.PlatformAsync();
        Assert.Equal("滨江路改造", Assert.Single(await phone.Client.GetUnopenedBidsAsync(phone.Certificate)).ProjectName);
        Assert.Empty(await other.Client.GetUnopenedBidsAsync(other.Certificate));
        await ClaimSteps.RefusedAsync(ErrorCodes.NotFound, () => other.Client.GetUnopenedBidsAsync(phone.Certificate));
        await ClaimSteps.RefusedAsync(ErrorCodes.BidsUnopened, () => phone.Client.AskRevocationAsync(phone.Certificate, Guid.NewGuid()));

        // Insisted upon, the instruction names the bid; a bid that comes after it makes it void.
        var first = await phone.Client.AskRevocationAsync(phone.Certificate, Guid.NewGuid(), insist: true);
        await EncryptAsync(phone, platform, "P-2", "沿江大道绿化");
        Assert.IsType<PinOutcome.Failed>(await phone.Client.ConfirmTaskAsync(phone.Certificate, first.TaskId, CertifiedPhone.Pin, _ => true));

        var second = await phone.Client.AskRevocationAsync(phone.Certificate, Guid.NewGuid(), insist: true);
        IReadOnlyList<SigningForm>? shown = null;
        Assert.IsType<PinOutcome.Done>(await phone.Client.ConfirmTaskAsync(phone.Certificate, second.TaskId, CertifiedPhone.Pin, forms => (shown = forms) is not null));
        var named = Assert.IsType<InstructionForm>(Assert.Single(shown!)).Facts.Where(fact => fact.Label == "未开标").Select(fact => fact.Value).ToArray();
        Assert.Equal(2, named.Length);
        Assert.StartsWith("滨江路改造", named[0], StringComparison.Ordinal);
        Assert.Equal(CertificateState.Revoked, (await phone.Client.GetCertificateAsync(phone.Certificate)).State);
    }

    [Fact]
    public async Task A_holder_is_told_once_each_30_7_and_1_days_before_the_end()
    {
        using var phone = await CertifiedPhone.ActiveAsync(system);
        var end = (await phone.Client.GetCertificateAsync(phone.Certificate)).NotAfter!.Value;
        await certificates.ForgetAsync(phone.Certificate);
        var record = await certificates.StoredAsync(phone.Certificate);
        var id = new CertificateId(phone.Certificate);
        (double Ahead, int? Days)[] days = [(31, null), (30, 30), (29, null), (8, null), (7, 7), (6.9, null), (1, 1), (0.5, null), (-1, null)];
        foreach (var (ahead, expected) in days)
        {
            var next = ExpiryRules.Notice(record, id, end.AddDays(-ahead));
            Assert.Equal(expected, ReferenceEquals(next, record) ? null : next.Noticed!.Days);
            record = next;
        }

        // Asleep until the last day it says the nearest only; revoked or never active it says nothing.
        var fresh = await certificates.StoredAsync(phone.Certificate);
        Assert.Equal(1, ExpiryRules.Notice(fresh, id, end.AddHours(-3)).Noticed!.Days);
        Assert.Same(fresh, ExpiryRules.Notice(fresh, id, end.AddDays(-40)));
        var revoked = fresh with { RevokedAt = end.AddDays(-50) };
        Assert.Same(revoked, ExpiryRules.Notice(revoked, id, end.AddHours(-3)));
        var arriving = fresh with { ActivatedAt = null };
        Assert.Same(arriving, ExpiryRules.Notice(arriving, id, end.AddHours(-3)));
    }

    [Fact]
    public async Task What_the_ca_still_issues_after_the_end_is_taken_back_and_a_repeat_of_its_own_is_not()
    {
        using var phone = await CertifiedPhone.ActiveAsync(system);
        await certificates.ForgetAsync(phone.Certificate);
        var record = await certificates.StoredAsync(phone.Certificate);
        using var other = await CertifiedPhone.ActiveAsync(system);
        await certificates.ForgetAsync(other.Certificate);
        var foreign = (await certificates.StoredAsync(other.Certificate)).Issued!;
        var id = new CertificateId(phone.Certificate);
        var now = system.Clock.GetUtcNow();

        // The end while a renewal is with the CA: its answer is awaited no more, and goes back.
        var renewing = record with { Renewal = new PendingRenewal(new Bzt.Grains.ApplicationId(Guid.NewGuid()), "renewal", [1], null) };
        Assert.True(IssuanceRules.IsAwaited(renewing, [1]));
        foreach (var ended in new[] { RevocationRules.Revoke(renewing, id, now), CertificateEndings.RemoveHolder(renewing, id, new CreditCode(phone.Enterprise.CreditCode), now) })
        {
            Assert.IsType<IssuanceVerdict.NotAwaited>(IssuanceRules.Judge(ended, [1], foreign, now));

            // Who paid for the renewal is told, and its application may end.
            var told = Assert.Single(ended.Outbox.Items, item => item.Kind == CertificateOutbox.NotIssued);
            Assert.Equal(renewing.Renewal!.Application.ToString(), told.Target);
            Assert.True(CertificateLife.Finishes(renewing, "renewal", now));
            Assert.False(CertificateLife.Finishes(ended, "renewal", now));
            var back = IssuanceRules.TakeBack(ended, foreign);
            Assert.Equal(CertificateOutbox.Revocation, back.Outbox.Items[^1].Kind);
            Assert.Same(ended, IssuanceRules.TakeBack(ended, record.Issued!));
        }

        // Unsigned it needs the certificate alive; finished it stays finished.
        var unsigned = renewing with { Renewal = renewing.Renewal! with { Request = null } };
        Assert.True(CertificateLife.Finishes(unsigned, "renewal", now));
        Assert.False(CertificateLife.Finishes(unsigned, "another", now));
        Assert.False(CertificateLife.Finishes(unsigned, "renewal", now.AddYears(3)));
        Assert.True(CertificateLife.Finishes(record with { Fulfilled = ["renewal"] }, "renewal", now.AddYears(3)));

        // What has come for a renewal already is revoked beside the certificate.
        var arrived = RevocationRules.Revoke(renewing with { Renewal = renewing.Renewal! with { Issued = foreign } }, id, now);
        Assert.Equal(2, arrived.Outbox.Items.Count(item => item.Kind == CertificateOutbox.Revocation));
    }

    private async Task<bool> IsRevokedAtCaAsync(string serial)
    {
        var reply = await system.Grains.CaAuthority(new CaId("yichang-ca")).Publish();
        var list = new Org.BouncyCastle.X509.X509Crl(((Done<CaPublications>)reply).Value.RevocationList);
        return list.GetRevokedCertificate(new Org.BouncyCastle.Math.BigInteger(serial, 16)) is not null;
    }

    private static async Task<PinOutcome> TryAsync(Func<Task<PinOutcome>> act)
    {
        try
        {
            return await act();
        }
        catch (ApiRefusedException refused)
        {
            return new PinOutcome.Failed(refused.Code);
        }
    }

    private static async Task EncryptAsync(CertifiedPhone phone, PlatformClient platform, string id, string name)
    {
        var project = new ProjectInfo(id, name, new DateTimeOffset(2040, 1, 1, 1, 30, 0, TimeSpan.Zero));
        var serial = (await phone.Client.GetCertificateAsync(phone.Certificate)).EncryptionSerial!;
        var manifest = new BidManifestForm(
            CertifiedPhone.PlatformId, project.ProjectId, project.Name, project.OpeningTime, new byte[32], [new BidSection("唱标信息", 10, new byte[32])], [serial]);
        var opened = await platform.OpenAsync(new CreateSessionRequest(SessionKind.Encrypt)
        {
            Project = project,
            Documents = [new DocumentRequest(SigningForms.BidManifest, manifest.Content)],
        });
        Assert.IsType<PinOutcome.Done>(await phone.ConfirmAsync(await phone.Client.ScanAsync(opened), CertifiedPhone.Pin));
        Assert.Equal(SessionEnd.Ok, (await platform.WaitAsync(opened.SessionId)).End);
    }
}
