using System.Buffers.Text;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Bzt.BidTool.Sessions;
using Bzt.BidTool.Terminal;
using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;

namespace Bzt.BidTool.Commands;

/// <summary>Pairs the tool with a project: the platform shows its login QR through the tool, and gives a token for the tool's one-time key.</summary>
internal sealed class LoginCommand(UserInterface ui, LoginProfile profile)
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(500);

    public async Task RunAsync(string address, string tender, CancellationToken stop)
    {
        if (!Uri.TryCreate(address.TrimEnd('/') + "/", UriKind.Absolute, out var platform) || platform.Scheme is not ("http" or "https"))
        {
            throw new ToolException("platform_address", "--platform 应为完整地址，例如 https://ggzy.example.gov.cn");
        }

        using var http = new HttpClient { BaseAddress = platform, Timeout = TimeSpan.FromSeconds(30) };
        using var key = new EcdsaDeviceKey();
        var id = (await PostAsync(http, "bidtool/pairings", new { tenderId = tender, toolKeyThumbprint = Thumbprint(key.PublicKey) }, stop)).GetProperty("id").GetString()!;
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
                    Finish(platform, pairing, key);
                    return;
                }

                link = pairing.GetProperty("link").GetString()!;
                shown ??= ui.ShowQr("扫码登录项目", () => link, null);
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

    private void Finish(Uri platform, JsonElement pairing, EcdsaDeviceKey key)
    {
        var end = pairing.GetProperty("end").GetString();
        if (end != "Ok")
        {
            throw end switch
            {
                "NotRegistered" => new ToolException("not_registered", "该企业尚未在交易平台注册，请先注册并绑定证书"),
                nameof(SessionEnd.Refused) => new ToolException("refused", "手机上已拒绝"),
                nameof(SessionEnd.TimedOut) => new ToolException("timed_out", "二维码已超时，请重新运行命令"),
                _ => new ToolException("login_failed", $"登录未成功（{end}），请重试"),
            };
        }

        var project = pairing.GetProperty("project");
        var enterprise = pairing.GetProperty("enterprise");
        var login = new ToolLogin(
            platform,
            new Uri(pairing.GetProperty("bzt").GetString()!),
            pairing.GetProperty("platformId").GetString()!,
            pairing.GetProperty("platformName").GetString()!,
            new ProjectInfo(project.GetProperty("id").GetString()!, project.GetProperty("name").GetString()!, project.GetProperty("openingTime").GetDateTimeOffset()),
            new EnterpriseInfo(enterprise.GetProperty("name").GetString()!, enterprise.GetProperty("creditCode").GetString()!),
            pairing.GetProperty("token").GetString()!,
            pairing.GetProperty("expiresAt").GetDateTimeOffset(),
            key.ExportPkcs8());
        profile.Save(login);
        ui.Done("已登录项目", new Dictionary<string, object?> { ["project"] = login.Project.Name, ["enterprise"] = login.Enterprise.Name });
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
                : $"这不是交易平台的地址，或平台暂不可用（{(int)response.StatusCode}）");
    }

    /// <summary>RFC 7638.</summary>
    internal static string Thumbprint(byte[] publicKey)
    {
        var json = $$"""{"crv":"P-256","kty":"EC","x":"{{Base64Url.EncodeToString(publicKey.AsSpan(1, 32))}}","y":"{{Base64Url.EncodeToString(publicKey.AsSpan(33, 32))}}"}""";
        return Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(json)));
    }
}
