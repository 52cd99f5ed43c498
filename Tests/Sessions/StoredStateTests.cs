using Bzt.Contracts.Platforms;
using Bzt.Grains;
using Bzt.Grains.Callbacks;
using Bzt.Grains.Platforms;
using Bzt.Grains.Sessions;
using Bzt.Tests.Storage;

namespace Bzt.Tests.Sessions;

/// <summary>What a release has stored, every later one reads.</summary>
public sealed class StoredStateTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 25, 8, 0, 0, TimeSpan.Zero);
    private static readonly Guid Id = new("019ab000-0000-7000-8000-000000000001");
    private static readonly PlatformId Platform = new("yichang-ggzy");

    private static readonly QrSessionState Before = new()
    {
        Command = new CreateSession(
            new SessionRequester(Platform, "jkt"), SessionKind.Seal, null, new SessionEnterprise("宜昌测试有限公司", new CreditCode("91420500MA00000018")), new CreditCode("91420500MA00000018"),
            new SessionProject("YC-1", "滨江路", At), [new SessionDocument("cms-pdf", [1, 2])], null, 300),
        Platform = new PlatformFacts(Platform, "宜昌公共资源电子交易平台", "hubei", MaySignHashes: true),
        Token = "token",
        ProtectedSecret = [3],
        CreatedAt = At,
        ExpiresAt = At.AddMinutes(5),
        Scanner = new SessionScanner(new UserId(Id), new DeviceId(Id)),
        WrongPin = true,
        End = SessionEnd.Ok,
        Outcome = new SessionOutcome(
            new CertificateId(Id), SessionEnd.Ok, new SessionSignerFacts("宜昌测试有限公司", new CreditCode("91420500MA00000018"), "0A", [4], "0B", [5], [[6]]),
            [new SessionSignature("cms-pdf", [1, 2], [7])], null),
    };

    [Fact]
    public void Session() => GoldenState.Verify("qr-session-v1-told", Before with
    {
        Command = Before.Command! with { ReturnUrl = "https://platform.example/return", ReturnNonce = "0123456789012345678901", Visitor = "visitor" },
        Scanner = Before.Scanner! with { SameDevice = true },
        Tells = true,
        Returned = true,
        Outbox = Before.Outbox.AddWatch(Id, new SessionWatch(Platform, At)).AddEnded(Id, new SessionEnded(SessionKind.Seal, SessionEnd.Ok, At)),
    });

    [Fact]
    public void Session_that_withdraws() => GoldenState.Verify("qr-session-v1-withdraws", Before with
    {
        Command = Before.Command! with { Kind = SessionKind.Withdraw, Documents = [], Withdrawal = new SessionWithdrawal("AB", "91420500MA00000018", "宜昌测试有限公司", "投标函.pdf", At, "报价有误") },
    });

    [Fact]
    public void Session_before_callbacks() => GoldenState.Loads("qr-session-v1-before-callbacks", Before);

    [Fact]
    public void Callback_endpoint() => GoldenState.Verify("callback-endpoint-v1", new StoredCallbackEndpoint
    {
        Url = "https://platform.example/callbacks",
        Secrets = [new StoredCallbackSecret([1], At, At.AddDays(1)), new StoredCallbackSecret([2], At)],
        Dead = [new DeadCallback(Id, At, 10, "500")],
        Dropped = 3,
    });

    [Fact]
    public void Session_callback() => GoldenState.Verify("session-callback-v1", new StoredSessionCallback
    {
        Watch = new SessionWatch(Platform, At),
        Ended = new SessionEnded(SessionKind.Login, SessionEnd.TimedOut, At),
        Attempts = 2,
        NextAttempt = At.AddMinutes(2),
    });

    [Fact]
    public void Platform_registration() => GoldenState.Verify("platform-v1", new PlatformState
    {
        Name = "宜昌公共资源电子交易平台",
        RecognitionGroup = "hubei",
        SecretHash = [1],
        MaySignHashes = true,
        ReturnUrls = ["https://platform.example/return"],
        Sandbox = true,
    });
}
