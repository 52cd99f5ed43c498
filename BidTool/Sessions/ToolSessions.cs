using System.Net.Sockets;
using Bzt.BidTool.Commands;
using Bzt.BidTool.Terminal;
using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;
using static Bzt.BidTool.Terminal.Words;

namespace Bzt.BidTool.Sessions;

/// <summary>Opens sessions under the project token, shows their QR, and waits for the phone.</summary>
internal sealed class ToolSessions : IDisposable
{
    private readonly UserInterface ui;
    private readonly EcdsaDeviceKey key;
    private readonly HttpClient http;

    public ToolSessions(ToolLogin login, UserInterface ui)
    {
        this.ui = ui;
        key = EcdsaDeviceKey.ImportPkcs8(login.ToolKey);
        http = new HttpClient(new ToolHandler(login.Token ?? throw NoToken(), key)) { BaseAddress = login.Bzt, Timeout = TimeSpan.FromMinutes(3) };
        Client = new PlatformClient(http, TimeProvider.System);
    }

    public PlatformClient Client { get; }

    /// <summary>One request to the phone, from the QR to its result.</summary>
    /// <param name="request">What is asked.</param>
    /// <param name="purpose">In words, above the QR.</param>
    /// <param name="fragment">For decryption: what only the app's own scanner sees.</param>
    /// <param name="checkCode">For decryption: shown by tool and phone alike.</param>
    /// <param name="stop">Cancels the session too: nobody shall confirm what nobody waits for.</param>
    /// <exception cref="ToolException">The phone said no, or it ended in another way without a result.</exception>
    public async Task<(Guid SessionId, SessionResult Result)> RunAsync(CreateSessionRequest request, string purpose, string? fragment, string? checkCode, CancellationToken stop)
    {
        ui.NeedQr();
        var opened = await Client.OpenAsync(request, cancellation: stop);
        using var shown = ui.ShowQr(purpose, () => opened.Link(fragment), checkCode);
        return await WaitAsync(opened, shown, stop);
    }

    /// <summary>A request in a sealing session: the phone gets it by itself.</summary>
    public async Task<(Guid SessionId, SessionResult Result)> PushAsync(CreateSessionRequest request, string purpose, SealingSessionStatus sealing, CancellationToken stop)
    {
        var opened = await Client.OpenAsync(request, cancellation: stop);
        using var shown = ui.ShowPushed(purpose, sealing);
        return await WaitAsync(opened, shown, stop);
    }

    private async Task<(Guid SessionId, SessionResult Result)> WaitAsync(OpenedSession opened, IShownQr shown, CancellationToken stop)
    {
        try
        {
            var status = await Client.WaitAsync(opened.SessionId, now => shown.State(now.State), stop);
            return status is { End: SessionEnd.Ok, Result: { } result } ? (opened.SessionId, result) : throw Ended(status.End);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            using var brief = new CancellationTokenSource(TimeSpan.FromSeconds(3));
            try
            {
                await Client.CancelAsync(opened.SessionId, brief.Token);
            }
            catch (Exception exception) when (exception is HttpRequestException or SocketException or OperationCanceledException or Contracts.ApiRefusedException)
            {
                // It times out by itself.
            }

            throw;
        }
    }

    private static ToolException NoToken() => new(
        "lock_only", Say("本次是用CA锁登录的，企业未在标证通绑定证书：请加 --lock，或用 bidtool login --scan 重新登录", "This login is by CA lock, and the enterprise has no certificate in the phone app: use --lock, or log in again with --scan"));

    public void Dispose()
    {
        http.Dispose();
        key.Dispose();
    }

    private static ToolException Ended(SessionEnd? end) => end switch
    {
        SessionEnd.Refused => new("refused", Say("手机上已拒绝", "Refused on the phone")),
        SessionEnd.TimedOut => new("timed_out", Say("二维码已超时，请重新运行命令后扫码", "The QR has timed out: run the command again and scan")),
        SessionEnd.WrongPin => new("wrong_pin", Say("PIN码错误且已超时，请重新运行命令", "Wrong PIN, and timed out: run the command again")),
        SessionEnd.Locked => new("locked", Say("证书已锁定，解锁时间见手机", "The certificate is locked: the phone shows until when")),
        SessionEnd.CertificateUnusable => new("certificate_unusable", Say("证书不可用，详情见手机", "The certificate cannot be used: the phone says why")),
        SessionEnd.Cancelled => new("cancelled", Say("请求已取消", "The request was cancelled")),
        _ => new("protocol_failure", Say("通信失败，请重试", "The exchange failed: try again")),
    };
}
