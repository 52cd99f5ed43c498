using System.Collections.Immutable;
using Bzt.Grains;
using Bzt.Grains.Accounts;
using Bzt.Grains.Accounts.Legal;
using Bzt.Grains.Accounts.WeChat;
using Bzt.Grains.Inbox;
using Bzt.Tests.Storage;
using LegalDocument = Bzt.Contracts.Phone.LegalDocument;

namespace Bzt.Tests.Accounts;

/// <summary>What a release has stored, every later one reads.</summary>
public sealed class StoredStateTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 25, 8, 0, 0, TimeSpan.Zero);
    private static readonly Guid Id = new("019ab000-0000-7000-8000-000000000001");
    private static readonly InboxEntry Entry = new("device-1", MessageKind.NewDevice, "新设备登录", "设备“手机”登录了您的账号。", null, At);

    [Fact]
    public void Phone_number() => GoldenState.Verify("phone-number-v1", new PhoneNumberState
    {
        Owner = Id,
        Codes = ImmutableDictionary<SmsCodePurpose, IssuedCode>.Empty.Add(SmsCodePurpose.Login, new IssuedCode("hash", At, 1, "jkt")),
        Sent = [At],
    });

    [Fact]
    public void Person() => GoldenState.Verify("person-v1", new PersonState { User = Id });

    [Fact]
    public void User() => GoldenState.Verify("user-v1", new UserState
    {
        RegisteredAt = At,
        PersonKey = [1],
        PhoneNumber = [2],
        MaskedPhoneNumber = "199****0001",
        Devices = [new Device(Id, [4, 5], "jkt", "手机", [6], Active: true, At), new Device(Id, [4, 6], "jkt2", "旧手机", null, Active: false, At)],
        RealName = new ProvenPerson([7], [8], "hash", "王**", "420***********0017", RealNameWay.BankCard, At, "receipt"),
        Operations = [new RealNameOperation(Id, "input", new RealNameOutcome(RefusalCode.RealNameMismatch)), new RealNameOperation(Id, "input", new RealNameOutcome(null)), new RealNameOperation(Id, "input", null)],
        RealNameTries = [At],
        Memberships = [new MembershipState("91420000000000000X", "湖北测试有限公司", MemberRole.Administrator)],
        Outbox = Bzt.Grains.Foundations.Outbox.Empty.AddMessage(new UserId(Id), Entry),
    });

    [Fact]
    public void User_whose_device_has_proven() => GoldenState.Verify("user-v1-proven", new UserState
    {
        Devices = [new Device(Id, [4, 5], "jkt", "手机", [6], Active: true, At, At)],
    });

    [Fact]
    public void Phone_number_whose_password_was_guessed() => GoldenState.Verify("phone-number-v1-passwords", new PhoneNumberState { Owner = Id, WrongPasswords = [At, At] });

    [Fact]
    public void User_with_settings() => GoldenState.Verify("user-v1-settings", new UserState
    {
        RegisteredAt = At,
        Devices = [new Device(Id, [4, 5], "jkt", "手机", [6], Active: true, At, SeenAt: At)],
        Password = new LoginPassword([9], At, Id),
        Consents = [new Consent(LegalDocument.UserAgreement, "1.0", At, Id), new Consent(LegalDocument.PrivacyPolicy, "1.0", At, Id), new Consent(LegalDocument.FaceData, "1.0", At, Id, At)],
    });

    [Fact]
    public void User_who_is_at_a_provider_s_page() => GoldenState.Verify("user-v1-page", new UserState
    {
        RealName = new ProvenPerson([7], [8], "hash", "王**", "420***********0017", RealNameWay.Face, At, "receipt", "2026-11"),
        Operations =
        [
            new RealNameOperation(Id, "input", null, RealNameWay.BankCard, Id, At),
            new RealNameOperation(Id, "input", null, RealNameWay.Face, Id, At, new PageProof("reference", "https://face.example.com/1", [1], [2], [3], "hash", At, "2026-11", Returned: true)),
            new RealNameOperation(Id, "input", new RealNameOutcome(RefusalCode.RealNameNotPassed), RealNameWay.Alipay, Id, At, new PageProof("reference", null, [1], null, null, "hash", At, null, Returned: false)),
        ],
    });

    [Fact]
    public void User_who_changes_his_number() => GoldenState.Verify("user-v1-number", new UserState
    {
        RegisteredAt = At,
        WeChat = new WeChatTie("hash", At),
        NumberChange = new NumberChange(Id, "hash", [1], "199****0002", Id, Id, At, Done: true),
        Outbox = Bzt.Grains.Foundations.Outbox.Empty
            .AddReleaseNumber(new UserId(Id), "hash").AddNumberNotice(new UserId(Id), new NumberNotice([2], "0002"))
            .AddReleasePerson(new UserId(Id), "hash").AddReleaseWeChat(new UserId(Id), "hash").AddClearInbox(new UserId(Id)),
    });

    [Fact]
    public void User_whose_account_is_closed() => GoldenState.Verify("user-v1-closed", new UserState { RegisteredAt = At, ClosedAt = At });

    [Fact]
    public void WeChat_sign_in() => GoldenState.Verify("wechat-sign-in-v1", new WeChatSignInState { SignIn = new SignIn("jkt", "code", "account", At, Id) });

    [Fact]
    public void WeChat_account() => GoldenState.Verify("wechat-account-v1", new WeChatAccountState { User = Id });

    [Fact]
    public void Inbox() => GoldenState.Verify("inbox-v1", new InboxState { Messages = [new StoredMessage(Entry, Read: true), new StoredMessage(Entry with { Subject = "1" }, Read: false)] });
}
