using Bzt.Contracts.Platforms;
using Bzt.Grains;
using Bzt.Grains.Certificates;
using Bzt.Grains.Foundations;
using Bzt.Grains.Inbox;
using Bzt.Grains.Sealing;
using Bzt.Grains.Sessions;
using Bzt.Tests.Storage;

namespace Bzt.Tests.Sealing;

/// <summary>What a release has stored, every later one reads.</summary>
public sealed class StoredSealingTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 25, 8, 0, 0, TimeSpan.Zero);
    private static readonly Guid Id = new("019ab000-0000-7000-8000-000000000001");
    private static readonly PlatformId Platform = new("yichang-ggzy");

    [Fact]
    public void Sealing_session() => GoldenState.Verify("sealing-session-v1", new SealingState
    {
        Command = new ProposeSealing(new CertificateCaller(new UserId(Id), new DeviceId(Id)), new SessionId(Id), new CertificateId(Id), 50, 60, Automatic: true),
        Origin = new SealingOrigin(new SessionRequester(Platform, "thumbprint"), Platform, "宜昌公共资源电子交易平台", new SessionProject("P-1", "某道路工程", At.AddDays(9))),
        CreditCode = new CreditCode("91420500MA49ABCD28"),
        EnterpriseName = "宜昌测试有限公司",
        StartedAt = At,
        ExpiresAt = At.AddHours(1),
        Phase = SealingSessionState.Ended,
        End = SealingSessionEnd.CountReached,
        Used = 2,
        Begun = true,
        Log = [new SealingLogLine(new SessionId(Id), ["投标函.pdf"], At, SessionEnd.Ok, At), new SealingLogLine(new SessionId(Id), ["清单.pdf", "报价.pdf"], At)],
        Outbox = Outbox.Empty
            .AddIndex($"user/{Id}", new SealingId(Id))
            .AddBegun(new CreditCode("91420500MA49ABCD28"), new UserId(Id), new InboxEntry("sealing-session/1/begun", MessageKind.SealingSessionBegun, "标题", "正文", Id.ToString(), At)),
    });

    [Fact]
    public void Index() => GoldenState.Verify("sealing-session-index-v1", new SealingIndexState { Sessions = [new SealingId(Id)] });

    /// <summary>A request as it is stored with a sealing session, and as it was before there were any.</summary>
    [Fact]
    public void Request()
    {
        var state = new QrSessionState
        {
            Command = new CreateSession(
                new SessionRequester(Platform, null), SessionKind.Seal, null, null, null, new SessionProject("P-1", "某道路工程", At.AddDays(9)),
                [new SessionDocument("cms-pdf", [1])], null, 300),
            Token = "token",
            ProtectedSecret = [2],
            CreatedAt = At,
            ExpiresAt = At.AddMinutes(5),
        };
        GoldenState.Loads("qr-session-v1", state);
        GoldenState.Loads("qr-session-v1-pushed", state with
        {
            Command = state.Command with { Sealing = new SealingId(Id), Holder = new SessionHolder(new UserId(Id), new DeviceId(Id), new CertificateId(Id), Pushed: true) },
            Scanner = new SessionScanner(new UserId(Id), new DeviceId(Id)),
            Sealing = new SealingId(Id),
        });
    }
}
