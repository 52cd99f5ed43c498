using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;
using Bzt.Grains;
using Bzt.Grains.CaVendors;
using Bzt.Grains.Certificates;
using Bzt.Grains.Evidence;
using Bzt.Grains.Sessions;
using Bzt.Protocol;
using Bzt.Protocol.Arithmetic;
using Bzt.Protocol.Evidence;
using Bzt.Protocol.Forms;
using Bzt.Protocol.Primitives;
using Bzt.Protocol.Rounds;
using Bzt.Protocol.Secrets;
using Bzt.Protocol.Wire;

namespace Bzt.Tests.Certificates;

public class CertificateRulesTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 25, 8, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Opening = Now.AddDays(1);
    private static readonly CertificateId Id = new(Guid.Parse("019ab000-0000-7000-8000-000000000001"));
    private static readonly PlatformId Platform = new("yichang-ggzy");
    private static readonly SessionProject Project = new("P-1", "某道路工程", Opening);
    private static readonly string Request = Guid.Parse("019ab000-0000-7000-8000-000000000002").ToString("D");

    [Fact]
    public void A_bid_that_is_encrypted_is_open_until_it_was_decrypted_after_its_opening_time()
    {
        var encrypted = Encrypt(Encrypt(Active(), Project), Project with { ProjectId = "P-2" });
        Assert.Equal(
            [new OpenBid(Platform, "P-1", "某道路工程", Opening), new OpenBid(Platform, "P-2", "某道路工程", Opening)], encrypted.OpenBids);

        // Generated again it is the same bid; its opening may have been put off.
        var again = Encrypt(encrypted, Project with { OpeningTime = Opening.AddDays(7) });
        Assert.Equal([("P-2", Opening), ("P-1", Opening.AddDays(7))], again.OpenBids.Select(bid => (bid.ProjectId, bid.OpeningTime)));

        // Looked into before its time it stays; another project's or platform's decryption is not its own.
        Assert.Equal(encrypted.OpenBids, Decrypt(encrypted, Platform, Project, Opening.AddSeconds(-1)).OpenBids);
        Assert.Equal(encrypted.OpenBids, Decrypt(encrypted, Platform, Project with { ProjectId = "P-3" }, Opening).OpenBids);
        Assert.Equal(encrypted.OpenBids, Decrypt(encrypted, new PlatformId("other"), Project, Opening).OpenBids);
        Assert.Equal("P-2", Assert.Single(Decrypt(encrypted, Platform, Project, Opening).OpenBids).ProjectId);
    }

    [Fact]
    public void Only_the_answer_to_the_present_request_is_taken()
    {
        var record = Active() with { Request = [1], ActivatedAt = null };
        var garbage = new IssuedCertificates([9], [9], [9], []);
        Assert.IsType<IssuanceVerdict.NotOurs>(IssuanceRules.Judge(record, [1], garbage, Now));
        Assert.IsType<IssuanceVerdict.NotAwaited>(IssuanceRules.Judge(record, [2], garbage, Now));
        Assert.IsType<IssuanceVerdict.NotAwaited>(IssuanceRules.Judge(record with { Request = null }, [1], garbage, Now));
        Assert.IsType<IssuanceVerdict.NotAwaited>(IssuanceRules.Judge(record with { Issued = garbage }, [1], garbage, Now));
    }

    [Fact]
    public void A_certificate_that_ends_before_it_was_active_keeps_nothing_of_its_key()
    {
        var asked = Active() with { Request = [1], ActivatedAt = null };
        asked = asked with { Outbox = asked.Outbox.AddIssue(Id, asked.Created!, [1]) };

        var ended = CertificateEndings.NotIssued(asked, Id, [1], "拒绝", Now);
        Assert.Equal((null, null, CertificateState.Abandoned), (ended.Shares, ended.Request, ended.StateAt(Now)));
        Assert.DoesNotContain(ended.Outbox.Items, item => item.Kind == CertificateOutbox.Issue);
        Assert.Contains(ended.Outbox.Items, item => item.Kind == CertificateOutbox.NotIssued && item.Target == ended.Created!.Application.ToString());
        Assert.Contains(ended.Outbox.Items, item => item.Kind == CertificateOutbox.Evidence && item.Read<EvidenceRecord>().Kind == EvidenceKind.Abandoned);

        // An end is an end; a repeat is done.
        Assert.Equal((ended, null), CertificateEndings.Abandon(ended, Id, Now.AddDays(1)));
        var other = ended.Created! with { Device = new DeviceId(Guid.NewGuid()), DevicePublicKey = [4, 9] };
        Assert.NotNull(CertificateEndings.BeginAgain(ended, Id, other, Now).Refusal);
        Assert.NotNull(CertificateEndings.BeginAgain(ended, Id, ended.Created!, Now).Refusal);

        // Begun anew, it belongs to the other device; for another holder, or once active, it does not.
        var (again, refusal) = CertificateEndings.BeginAgain(asked, Id, other, Now);
        Assert.Equal((null, null, null, CertificateState.Generating), (refusal, again.Shares, again.Request, again.StateAt(Now)));
        Assert.Equal(other, again.Created);
        Assert.Equal(RefusalCode.IdempotencyConflict, CertificateEndings.BeginAgain(asked, Id, other with { Holder = new UserId(Guid.NewGuid()) }, Now).Refusal?.Code);
        Assert.Equal(RefusalCode.IdempotencyConflict, CertificateEndings.BeginAgain(Active(), Id, other, Now).Refusal?.Code);
        Assert.Equal(RefusalCode.ApplicationStateWrong, CertificateEndings.Abandon(Active(), Id, Now).Refusal?.Code);
    }

    [Fact]
    public void A_wrong_PIN_for_what_is_over_is_counted_and_its_platform_told_nothing()
    {
        var work = new SessionWork(SessionKind.Login, Platform, "平台", null, [], null);
        var failed = new RoundEffect.PinFailed(Request, 1, null);
        foreach (var isOver in (bool[])[false, true])
        {
            var record = Active();
            var next = CertificateRules.Apply(record, Id, new Decision(record.Shares, new Voided(), failed), work, Now, isOver);
            Assert.Contains(next.Outbox.Items, item => item.Kind == CertificateOutbox.Evidence && item.Read<EvidenceRecord>().Kind == EvidenceKind.WrongPin);
            Assert.Equal(!isOver, next.Outbox.Items.Any(item => item.Kind == CertificateOutbox.Session));

            // Whoever is told, the device has counted before.
            Assert.Equal(PinOutbox.DeviceCount, next.Outbox.Items[0].Kind);
            Assert.Single(next.Outbox.Items, item => item.Kind == PinOutbox.DeviceCount);
        }
    }

    private static CertificateRecord Encrypt(CertificateRecord record, SessionProject project)
    {
        var document = new SessionDocument("hash-only", new HashOnlyForm(new byte[32], "标书").Content);
        var work = new SessionWork(SessionKind.Encrypt, Platform, "平台", project, [document], null);
        var released = new RoundEffect.SignaturesReleased(
            Request, [new SigningDocument(SigningFormKind.HashOnly, document.ToBeSigned)], [Signature()]);
        return CertificateRules.Apply(record, Id, new Decision(record.Shares, new Voided(), released), work, Now);
    }

    private static CertificateRecord Decrypt(CertificateRecord record, PlatformId platform, SessionProject project, DateTimeOffset now)
    {
        var decryption = new SessionDecryption([], Contracts.Platforms.DecryptionRecipient.ThisPc, "0B", [new SessionWrappedKey("投标文件", [1])]);
        var work = new SessionWork(SessionKind.Decrypt, platform, "平台", project, [], decryption);
        return CertificateRules.Apply(record, Id, new Decision(record.Shares, new Voided(), new RoundEffect.DecryptionReleased(Request, [1], [2])), work, now);
    }

    private static CertificateRecord Active() => new()
    {
        Created = new CreateCertificate(
            new Bzt.Grains.ApplicationId(Id.Value), "1", new UserId(Id.Value), new DeviceId(Id.Value), [4, 5], new CreditCode("91420500MA49ABCD28"), "宜昌测试有限公司",
            new CaId("yichang-ca"), "宜昌CA", "hubei", new CertificateSubject("宜昌测试有限公司", null, null)),
        Shares = new KeyShareState { KeyId = Id.ToString(), DeviceId = Id.ToString(), PublicKey = Key(1).Encode(), SealedShare = [], KeygenTranscript = [] },
        ActivatedAt = Now,
        Evidence = EvidenceLog.Begin(new byte[32]),
    };

    private static Sm2Signature Signature()
    {
        using var key = SecretScalar.Random(SystemRandom.Instance);
        return Sm2Signature.Sign(key, new byte[32], SystemRandom.Instance);
    }

    private static Point Key(byte secret)
    {
        Assert.True(Scalar.TryDecode([.. new byte[31], secret], out var scalar));
        return Sm2Group.MultiplyBase(scalar);
    }
}
