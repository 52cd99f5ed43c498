using System.Text.Json;
using System.Text.Json.Serialization;
using Bzt.BidTool.Commands;
using Bzt.BidTool.Locks;
using static Bzt.BidTool.Terminal.Words;

namespace Bzt.BidTool.Sessions;

/// <summary>What a user sets once, in <c>config.json</c> of the folder the XDG Base Directory Specification names (<c>~/.config/bidtool</c>).</summary>
internal sealed record ToolConfiguration(string? Platform = null, string? Language = null, LockSettings? Lock = null)
{
    /// <summary>Every setting by the name <c>bidtool config</c> knows it by.</summary>
    public static readonly IReadOnlyDictionary<string, (Func<ToolConfiguration, string?> Get, Func<ToolConfiguration, string?, ToolConfiguration> With)> Settings =
        new Dictionary<string, (Func<ToolConfiguration, string?>, Func<ToolConfiguration, string?, ToolConfiguration>)>
        {
            ["platform"] = (c => c.Platform, (c, value) => c with { Platform = value is null ? null : PlatformAddress(value).ToString() }),
            ["language"] = (c => c.Language, (c, value) => c with { Language = value is null or "zh" or "en" ? value : throw Wrong("language", "zh, en") }),
            ["lock.module"] = (c => c.Lock?.Module, (c, value) => c with { Lock = (c.Lock ?? new()) with { Module = value } }),
            ["lock.token"] = (c => c.Lock?.Token, (c, value) => c with { Lock = (c.Lock ?? new()) with { Token = value } }),
            ["lock.sm2-sign"] = (c => c.Lock?.Sm2Sign, (c, value) => c with { Lock = (c.Lock ?? new()) with { Sm2Sign = Checked(value) } }),
            ["lock.sm2-decrypt"] = (c => c.Lock?.Sm2Decrypt, (c, value) => c with { Lock = (c.Lock ?? new()) with { Sm2Decrypt = Checked(value) } }),
            ["lock.sm2-ciphertext"] = (
                c => c.Lock?.Sm2Ciphertext,
                (c, value) => c with { Lock = (c.Lock ?? new()) with { Sm2Ciphertext = value is null or "der" or "c1c3c2" or "c1c2c3" ? value : throw Wrong("lock.sm2-ciphertext", "der, c1c3c2, c1c2c3") } }),
        };

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    public static string DefaultPath(string name) =>
        Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.ApplicationData, Environment.SpecialFolderOption.DoNotVerify), "bidtool", name);

    public static ToolConfiguration Load(string path)
    {
        try
        {
            return File.Exists(path) ? JsonSerializer.Deserialize<ToolConfiguration>(File.ReadAllBytes(path), Json) ?? new() : new();
        }
        catch (JsonException)
        {
            throw new ToolException("config_malformed", Say($"配置文件 {path} 无法读取，请修改或删除", $"The configuration file {path} cannot be read: correct or delete it"));
        }
    }

    public void Save(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        var partial = $"{path}.{Guid.NewGuid():N}";
        File.WriteAllBytes(partial, JsonSerializer.SerializeToUtf8Bytes(this, Json));
        File.Move(partial, path, overwrite: true);
    }

    /// <exception cref="ToolException">Not a whole address.</exception>
    public static Uri PlatformAddress(string text) => Uri.TryCreate(text.TrimEnd('/') + "/", UriKind.Absolute, out var address) && address.Scheme is "http" or "https"
        ? address
        : throw new ToolException("platform_address", Say("交易平台应为完整地址，例如 https://ggzy.example.gov.cn", "A platform is a whole address, such as https://ggzy.example.gov.cn"));

    private static string? Checked(string? mechanism)
    {
        _ = LockSettings.Mechanism(mechanism);
        return mechanism;
    }

    private static ToolException Wrong(string setting, string values) => new("config_malformed", Say($"{setting} 应为 {values} 之一", $"{setting} is one of {values}"));
}
