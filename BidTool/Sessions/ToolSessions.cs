using Bzt.BidTool.Commands;
using Bzt.BidTool.Terminal;
using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;

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
        http = new HttpClient(new ToolHandler(login.Token, key)) { BaseAddress = login.Bzt, Timeout = TimeSpan.FromMinutes(3) };
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
            catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException or Contracts.ApiRefusedException)
            {
                // It times out by itself.
            }

            throw;
        }
    }

    public void Dispose()
    {
        http.Dispose();
        key.Dispose();
    }

    private static ToolException Ended(SessionEnd? end) => end switch
    {
        SessionEnd.Refused => new("refused", "手机上已拒绝"),
        SessionEnd.TimedOut => new("timed_out", "二维码已超时，请重新运行命令后扫码"),
        SessionEnd.WrongPin => new("wrong_pin", "PIN码错误且已超时，请重新运行命令"),
        SessionEnd.Locked => new("locked", "证书已锁定，解锁时间见手机"),
        SessionEnd.CertificateUnusable => new("certificate_unusable", "证书不可用，详情见手机"),
        SessionEnd.Cancelled => new("cancelled", "请求已取消"),
        _ => new("protocol_failure", "通信失败，请重试"),
    };
}
