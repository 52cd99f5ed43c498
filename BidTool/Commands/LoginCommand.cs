using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Bzt.BidTool.Sessions;
using Bzt.BidTool.Signing;
using Bzt.BidTool.Terminal;
using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;
using Bzt.Protocol.Forms;
using static Bzt.BidTool.Terminal.Words;

namespace Bzt.BidTool.Commands;

/// <summary>
/// Logs the bidder in to a tender at its platform: with the QR the platform shows through the tool, or with a CA lock that signs the platform's challenge.
/// Either way the platform gives a token for the tool's one-time key.
/// </summary>
internal sealed class LoginCommand(Invocation invocation)
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan FormIsGood = TimeSpan.FromMinutes(5);

    private UserInterface Ui => invocation.Ui;

    /// <param name="address">Null: the configured platform, or the last one.</param>
    /// <param name="tender">The tender's number.</param>
    /// <param name="stop">Interrupts.</param>
    public async Task RunAsync(string? address, string tender, CancellationToken stop)
    {
        address ??= invocation.Configuration.Platform ?? invocation.Profile.LastPlatform()?.ToString()
            ?? throw new ToolException("platform_missing", Say("请用 --platform 指定交易平台的地址，之后会记住", "Name the platform with --platform; it is remembered"));
        var platform = ToolConfiguration.PlatformAddress(address);

        var byLock = invocation.Confirmation == Confirmation.Lock
            || (invocation.Confirmation == Confirmation.AsLoggedIn && invocation.Configuration.Lock?.Module is not null
                && Ui.Choose(Say("选择认证方式", "How do you log in?"), [Say("扫码认证", "By phone"), Say("CA锁", "By CA lock")]) == 1);
        using var http = new HttpClient { BaseAddress = platform, Timeout = TimeSpan.FromSeconds(30) };
        using var key = new EcdsaDeviceKey();
        await (byLock ? WithLockAsync(http, tender, key, stop) : WithPhoneAsync(http, tender, key, stop));
    }

    private async Task WithPhoneAsync(HttpClient http, string tender, EcdsaDeviceKey key, CancellationToken stop)
    {
        Ui.NeedQr();
        var id = (await PostAsync(http, "bidtool/pairings", new { tenderId = tender, toolKeyThumbprint = DpopProofs.ThumbprintOf(key.PublicKey) }, stop)).GetProperty("id").GetString()!;
        var link = "";
        IShownQr? shown = null;
        try
        {
            for (string? seen = null; ; await Task.Delay(Poll, stop))
            {
                var pairing = await http.GetFromJsonAsync<JsonElement>($"bidtool/pairings/{id}", stop);
                var state = pairing.GetProperty("state").GetString();
                if (state == nameof(SessionState.Completed))
                {
                    Finish(http.BaseAddress!, pairing, key, byLock: false);
                    return;
                }

                link = pairing.GetProperty("link").GetString()!;
                shown ??= Ui.ShowQr(Say("扫码登录项目", "Scan to log in"), () => link, null);
                if (state != seen && Enum.TryParse<SessionState>(state, out var parsed))
                {
                    seen = state;
                    shown.State(parsed);
                }
            }
        }
        finally
        {
            shown?.Dispose();
        }
    }

    /// <summary>
    /// What is signed is the form a phone would sign and show: the platform, its challenge, the enterprise, the certificate, the span of time. The challenge
    /// is signed together with this tool's key: whoever passes another platform's challenge on to it gets a token that only this tool can use.
    /// </summary>
    private async Task WithLockAsync(HttpClient http, string tender, EcdsaDeviceKey key, CancellationToken stop)
    {
        using var bidder = LockBidder.Open(invocation.Lock, null, bound: false, Ui, TimeProvider.System);
        var asked = await PostAsync(http, "bidtool/locks", new { tenderId = tender, toolKeyThumbprint = DpopProofs.ThumbprintOf(key.PublicKey) }, stop);
        var (now, thumbprint) = (DateTimeOffset.FromUnixTimeSeconds(DateTimeOffset.UtcNow.ToUnixTimeSeconds()), DpopProofs.ThumbprintOf(key.PublicKey));
        var challenge = SHA256.HashData([.. asked.GetProperty("challenge").GetBytesFromBase64(), .. Encoding.ASCII.GetBytes(thumbprint)]);
        var form = new LoginForm(
            LoginPurpose.Login, asked.GetProperty("platformId").GetString()!, asked.GetProperty("platformName").GetString()!, bidder.Enterprise.Name, bidder.Enterprise.CreditCode,
            bidder.Certificate.Serial, challenge, now, now + FormIsGood);
        var answer = await PostAsync(http, $"bidtool/locks/{asked.GetProperty("id").GetString()}", new
        {
            form = form.Content,
            signature = bidder.Sign(form.Content),
            certificates = (byte[][])[bidder.Certificate.Der, .. bidder.Chain],
        }, stop);
        Finish(http.BaseAddress!, answer, key, byLock: true);
    }

    private void Finish(Uri platform, JsonElement answer, EcdsaDeviceKey key, bool byLock)
    {
        var end = answer.GetProperty("end").GetString();
        if (end != "Ok")
        {
            throw end switch
            {
                "NotRegistered" => new ToolException("not_registered", Say("该企业尚未在交易平台注册，请先注册并绑定证书", "The enterprise is not registered at the platform: register it and bind its certificate first")),
                "LockUntrusted" => new ToolException("lock_untrusted", Say("交易平台不接受这把CA锁的发证机构", "The platform does not accept the CA of this lock")),
                "LockRevoked" => new ToolException("certificate_revoked", Say("CA锁的证书已被吊销，请联系CA机构", "The lock's certificate is revoked: ask its CA")),
                "LockExpired" => new ToolException("certificate_expired", Say("CA锁的证书不在有效期内，请到CA机构更新", "The lock's certificate is not valid now: have its CA renew it")),
                nameof(SessionEnd.Refused) => new ToolException("refused", Say("手机上已拒绝", "Refused on the phone")),
                nameof(SessionEnd.TimedOut) => new ToolException("timed_out", Say("登录已超时，请重新运行命令", "The login has timed out: run the command again")),
                _ => new ToolException("login_failed", Say($"登录未成功（{end}），请重试", $"The login failed ({end}): try again")),
            };
        }

        var project = answer.GetProperty("project");
        var enterprise = answer.GetProperty("enterprise");
        var login = new ToolLogin(
            platform,
            new Uri(answer.GetProperty("bzt").GetString()!),
            answer.GetProperty("platformId").GetString()!,
            answer.GetProperty("platformName").GetString()!,
            new ProjectInfo(project.GetProperty("id").GetString()!, project.GetProperty("name").GetString()!, project.GetProperty("openingTime").GetDateTimeOffset()),
            new EnterpriseInfo(enterprise.GetProperty("name").GetString()!, enterprise.GetProperty("creditCode").GetString()!),
            answer.GetProperty("token").GetString(),
            answer.GetProperty("expiresAt").GetDateTimeOffset(),
            key.ExportPkcs8(),
            ByLock: byLock);
        invocation.Profile.Save(login);
        Ui.Done(Say("已登录项目", "Logged in"), new Dictionary<string, object?>
        {
            ["project"] = login.Project.Name,
            ["enterprise"] = login.Enterprise.Name,
            ["by"] = byLock ? "lock" : "scan",
        });
    }

    private static async Task<JsonElement> PostAsync(HttpClient http, string path, object content, CancellationToken stop)
    {
        using var response = await http.PostAsJsonAsync(path, content, stop);
        JsonElement answer = default;
        try
        {
            answer = await response.Content.ReadFromJsonAsync<JsonElement>(stop);
        }
        catch (JsonException)
        {
            // Told below: not what a platform answers.
        }

        return response.IsSuccessStatusCode && answer.ValueKind == JsonValueKind.Object
            ? answer
            : throw new ToolException("platform_refused", answer.ValueKind == JsonValueKind.Object && answer.TryGetProperty("error", out var error)
                ? error.GetString()!
                : Say($"这不是交易平台的地址，或平台暂不可用（{(int)response.StatusCode}）", $"This is no trading platform's address, or it is not available now ({(int)response.StatusCode})"));
    }
}
