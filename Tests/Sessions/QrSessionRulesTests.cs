using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;
using Bzt.Grains;
using Bzt.Grains.Platforms;
using Bzt.Grains.Sessions;
using Bzt.Protocol.Forms;

namespace Bzt.Tests.Sessions;

public class QrSessionRulesTests
{
    private static readonly DateTimeOffset Created = new(2026, 11, 25, 1, 0, 0, TimeSpan.Zero);
    private static readonly byte[] Secret = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];
    private static readonly PlatformFacts Platform = new(new PlatformId("yichang"), "宜昌公共资源电子交易平台", "hubei", MaySignHashes: false);
    private static readonly UserId User = new(Guid.Parse("00000000-0000-7000-8000-000000000001"));
    private static readonly DeviceId Device = new(Guid.Parse("00000000-0000-7000-8000-000000000002"));
    private static readonly SessionProject Project = new("YC-1", "滨江路", Created.AddDays(1));

    private static readonly SessionSigner Signer = new(
        User, new CertificateId(Guid.Parse("00000000-0000-7000-8000-000000000003")), "宜昌测试建设有限公司", new CreditCode("91420500TEST000001"), "hubei", "0A", ["0B"]);

    [Theory]
    [InlineData(0, 0)]
    [InlineData(10, 10)]
    [InlineData(10, 5)]
    [InlineData(10, 12)]
    public void A_code_of_the_last_seconds_is_good_and_a_clock_may_run_a_little_ahead(int now, int elapsed)
    {
        var (state, refusal) = Scan(Login(), elapsed, Created.AddSeconds(now));

        Assert.Null(refusal);
        Assert.Equal(User, state.Scanner!.User);
    }

    [Theory]
    [InlineData(10, 4)]
    [InlineData(290, 0)]
    [InlineData(10, 13)]
    public void A_code_that_is_older_or_from_the_future_is_stale(int now, int elapsed) =>
        Assert.Equal(RefusalCode.QrStale, Scan(Login(), elapsed, Created.AddSeconds(now)).Refusal?.Code);

    [Fact]
    public void A_code_made_without_the_secret_or_for_another_second_is_invalid()
    {
        var forged = new ScanSession(User, Device, "token", 3, DynamicQr.Code("token", new byte[32], 3));
        var moved = new ScanSession(User, Device, "token", 4, DynamicQr.Code("token", Secret, 3));
        var foreign = new ScanSession(User, Device, "other", 3, DynamicQr.Code("other", Secret, 3));

        foreach (var scan in (ScanSession[])[forged, moved, foreign])
        {
            var (state, refusal) = QrSessionRules.Scan(Login(), scan, Secret, Created.AddSeconds(4));
            Assert.Equal(RefusalCode.QrInvalid, refusal?.Code);
            Assert.Null(state.Scanner);
        }
    }

    [Fact]
    public void A_code_that_nobody_scanned_is_counted_apart_from_a_phone_that_did_not_come_to_its_end()
    {
        var late = Created.AddDays(1);
        Assert.Equal("not_scanned", QrSessionRules.EndCounted(QrSessionRules.Age(Login(), late, confirming: false), looked: true));
        var scanned = Scan(Login(), 0, Created).State;
        Assert.Equal("timed_out", QrSessionRules.EndCounted(QrSessionRules.Age(scanned, late, confirming: false), looked: true));
        Assert.Equal("wrong_pin", QrSessionRules.EndCounted(QrSessionRules.Age(scanned with { WrongPin = true }, late, confirming: false), looked: true));
        Assert.Equal("cancelled", QrSessionRules.EndCounted(Login() with { End = SessionEnd.Cancelled }, looked: false));
    }

    [Fact]
    public void The_first_user_to_scan_has_the_session()
    {
        var scanned = Scan(Login(), 0, Created).State;
        var other = new ScanSession(UserId.New(), Device, "token", 1, DynamicQr.Code("token", Secret, 1));

        Assert.Equal(RefusalCode.SessionTaken, QrSessionRules.Scan(scanned, other, Secret, Created.AddSeconds(1)).Refusal?.Code);
        Assert.Null(Scan(scanned, 1, Created.AddSeconds(1)).Refusal);
    }

    [Fact]
    public void Time_ends_a_session_but_not_a_confirmation_under_way()
    {
        var late = Created.AddSeconds(300);

        Assert.Equal(SessionEnd.TimedOut, QrSessionRules.Age(Login(), late, confirming: false).End);
        Assert.Null(QrSessionRules.Age(Login(), late, confirming: true).End);
        Assert.Null(QrSessionRules.Age(Login(), late.AddSeconds(-1), confirming: false).End);
        Assert.Equal(SessionEnd.WrongPin, QrSessionRules.Age(Login() with { WrongPin = true }, late, confirming: false).End);
    }

    [Fact]
    public void A_session_that_nobody_can_scan_since_the_clock_was_set_back_ends_and_one_that_was_scanned_goes_on()
    {
        var scanned = Scan(Login(), 3, Created.AddSeconds(4)).State;
        var before = Created.AddSeconds(-11);

        Assert.Equal(RefusalCode.QrStale, Scan(Login(), 3, before).Refusal?.Code);
        Assert.Equal(SessionEnd.TimedOut, QrSessionRules.Age(Login(), before, confirming: false).End);
        Assert.NotNull(scanned.Scanner);
        Assert.Null(QrSessionRules.Age(scanned, before, confirming: false).End);

        // Its user scans once more after the silo went; another is refused by the code's age as ever.
        Assert.Null(Scan(scanned, 9, before).Refusal);
        var other = new ScanSession(UserId.New(), Device, "token", 9, DynamicQr.Code("token", Secret, 9));
        Assert.Equal(RefusalCode.QrStale, QrSessionRules.Scan(scanned, other, Secret, before).Refusal?.Code);
        Assert.Null(QrSessionRules.Age(Login(), Created.AddSeconds(-9), confirming: false).End);
    }

    [Fact]
    public void A_wrong_PIN_leaves_the_session_open_and_the_first_end_stays()
    {
        var wrong = QrSessionRules.Complete(Login(), Outcome(SessionEnd.WrongPin));
        Assert.Null(wrong.End);

        var ok = QrSessionRules.Complete(wrong, Outcome(SessionEnd.Ok));
        Assert.Equal(SessionEnd.Ok, ok.End);
        Assert.Equal(SessionEnd.Ok, QrSessionRules.Complete(ok, Outcome(SessionEnd.Locked)).End);
    }

    [Fact]
    public void A_certificate_of_another_group_enterprise_or_user_may_not_serve()
    {
        var scanned = Scan(Login(), 0, Created).State;

        Assert.Null(QrSessionRules.MayServe(scanned, Signer));
        Assert.Equal(RefusalCode.CertificateNotEligible, QrSessionRules.MayServe(scanned, Signer with { RecognitionGroup = "hunan" })?.Code);
        Assert.Equal(RefusalCode.NotFound, QrSessionRules.MayServe(scanned, Signer with { User = UserId.New() })?.Code);

        var bound = scanned with { Command = scanned.Command! with { Enterprise = new SessionEnterprise("宜昌别的有限公司", Signer.CreditCode) } };
        Assert.Equal(RefusalCode.EnterpriseMismatch, QrSessionRules.MayServe(bound, Signer)?.Code);

        var tool = scanned with { Command = scanned.Command! with { OnlyFor = new CreditCode("91420500TEST000009") } };
        Assert.Equal(RefusalCode.EnterpriseMismatch, QrSessionRules.MayServe(tool, Signer)?.Code);
    }

    [Fact]
    public void What_a_login_signs_names_everything_and_is_the_same_every_time()
    {
        var scanned = Scan(Login(), 0, Created).State;

        var document = Assert.Single(QrSessionRules.Documents(scanned, new SessionId(default), Signer));
        Assert.Equal(document.ToBeSigned, QrSessionRules.Documents(scanned, new SessionId(default), Signer)[0].ToBeSigned);
        Assert.True(SigningForm.TryDecode(new SigningDocument(SigningFormKind.Login, document.ToBeSigned), out var decoded));
        var form = Assert.IsType<LoginForm>(decoded);
        Assert.Equal((LoginPurpose.Login, "yichang", Platform.Name), (form.Purpose, form.PlatformId, form.PlatformName));
        Assert.Equal((Signer.EnterpriseName, Signer.CreditCode.Value, "0A"), (form.EnterpriseName, form.CreditCode, form.CertificateSerial));
        Assert.Equal((Created, Created.AddSeconds(300)), (form.IssuedAt, form.ExpiresAt));
    }

    [Fact]
    public void A_request_that_lacks_what_its_kind_needs_is_refused()
    {
        var manifest = new BidManifestForm("yichang", "YC-1", "滨江路", Project.OpeningTime, new byte[32], [new BidSection("唱标信息", 10, new byte[32])], ["0B"]);
        var encrypt = Request(SessionKind.Encrypt) with { Challenge = null, Project = Project, Documents = [new SessionDocument(SigningForms.BidManifest, manifest.Content)] };

        Assert.Null(QrSessionRules.Check(Request(SessionKind.Login), Platform));
        Assert.Null(QrSessionRules.Check(encrypt, Platform));
        Assert.Equal(RefusalCode.InvalidRequest, QrSessionRules.Check(Request(SessionKind.Login) with { Challenge = new byte[31] }, Platform)?.Code);
        Assert.Equal(RefusalCode.InvalidRequest, QrSessionRules.Check(Request(SessionKind.Login) with { TimeoutSeconds = 29 }, Platform)?.Code);
        Assert.Equal(RefusalCode.InvalidRequest, QrSessionRules.Check(Request(SessionKind.Bind), Platform)?.Code);
        Assert.Equal(RefusalCode.InvalidRequest, QrSessionRules.Check(Request(SessionKind.Seal) with { Challenge = null }, Platform)?.Code);
        Assert.Equal(RefusalCode.InvalidRequest, QrSessionRules.Check(Request(SessionKind.Decrypt) with { Challenge = null, Project = Project }, Platform)?.Code);
        Assert.Equal(RefusalCode.InvalidRequest, QrSessionRules.Check(encrypt with { Project = null }, Platform)?.Code);

        // A manifest signed for a project is not shown as being for another one.
        Assert.Equal(RefusalCode.DocumentRefused, QrSessionRules.Check(encrypt with { Project = Project with { Name = "别的项目" } }, Platform)?.Code);

        // Bytes that do not decode strictly, and a form the kind may not carry.
        Assert.Equal(RefusalCode.DocumentRefused, QrSessionRules.Check(encrypt with { Documents = [new SessionDocument(SigningForms.BidManifest, [.. manifest.Content, 0])] }, Platform)?.Code);
        Assert.Equal(RefusalCode.KindNotAllowed, QrSessionRules.Check(encrypt with { Documents = [new SessionDocument(SigningForms.Login, manifest.Content)] }, Platform)?.Code);

        var hash = Request(SessionKind.Sign) with { Challenge = null, Documents = [new SessionDocument(SigningForms.HashOnly, new HashOnlyForm(new byte[32], "合同").Content)] };
        Assert.Equal(RefusalCode.KindNotAllowed, QrSessionRules.Check(hash, Platform)?.Code);
        Assert.Null(QrSessionRules.Check(hash, Platform with { MaySignHashes = true }));
    }

    [Fact]
    public void Documents_that_come_with_several_seals_are_signed_with_the_chosen_one()
    {
        SessionDocument[] documents =
        [
            .. from seal in (SealKind[])[SealKind.Enterprise, SealKind.Signature]
               from name in (string[])["投标函.pdf", "报价单.pdf"]
               select new SessionDocument(SigningForms.CmsPdf, new CmsPdfForm(name, [.. Enumerable.Repeat((byte)seal, 32)], new byte[32]).Content) { Seal = seal },
        ];
        var request = Request(SessionKind.Seal) with { Challenge = null, Documents = documents };
        var state = Login() with { Command = request };

        Assert.Null(QrSessionRules.Check(request, Platform));
        Assert.Equal([SealKind.Enterprise, SealKind.Signature], QrSessionRules.Seals(state));
        Assert.Equal(documents[..2], QrSessionRules.Documents(state, new SessionId(default), Signer));
        Assert.Equal(documents[2..], QrSessionRules.Documents(state with { Seal = SealKind.Signature }, new SessionId(default), Signer));

        // A seal without one of the documents, other names under another seal, a document without a seal.
        Assert.Equal(RefusalCode.DocumentRefused, QrSessionRules.Check(request with { Documents = documents[..3] }, Platform)?.Code);
        Assert.Equal(RefusalCode.DocumentRefused, QrSessionRules.Check(request with { Documents = [documents[0], documents[3]] }, Platform)?.Code);
        Assert.Equal(RefusalCode.DocumentRefused, QrSessionRules.Check(request with { Documents = [documents[0], documents[2] with { Seal = null }] }, Platform)?.Code);
    }

    private static CreateSession Request(SessionKind kind) =>
        new(new SessionRequester(Platform.Platform, null), kind, new byte[32], null, null, null, [], null, 300);

    private static QrSessionState Login() => new()
    {
        Command = Request(SessionKind.Login),
        Platform = Platform,
        Token = "token",
        CreatedAt = Created,
        ExpiresAt = Created.AddSeconds(300),
    };

    private static (QrSessionState State, Refusal? Refusal) Scan(QrSessionState state, long elapsed, DateTimeOffset now) =>
        QrSessionRules.Scan(state, new ScanSession(User, Device, "token", elapsed, DynamicQr.Code("token", Secret, elapsed)), Secret, now);

    private static SessionOutcome Outcome(SessionEnd end) => new(Signer.Certificate, end, null, [], null);
}
