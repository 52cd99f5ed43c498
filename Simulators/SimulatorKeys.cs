using System.Security.Cryptography;
using System.Text.Json;
using Bzt.Simulators.WeChatPay;

namespace Bzt.Simulators;

/// <summary>
/// The accounts the product has with the simulated providers, drawn at random at the first start. The merchant's RSA key is here too:
/// like a provider's sandbox, the simulators hand out the whole configuration.
/// </summary>
public sealed record SimulatorKeys(
    string SmsAccessKeyId,
    string SmsAccessKeySecret,
    string BankCardAppId,
    string BankCardSecret,
    string AlipayAppId,
    string AlipaySellerId,
    string AlipayPrivateKey,
    string MerchantPrivateKey,
    WeChatAccount WeChat,
    NeutralAccount Remittance,
    TencentSmsAccount TencentSms,
    NeutralAccount Face,
    WeChatPayAccount WeChatPay,
    NeutralAccount CaVendor,
    NeutralAccount Invoice,
    NeutralAccount Licence)
{
    const string FileName = "keys.json";

    public static SimulatorKeys LoadOrCreate(string? folder)
    {
        if (folder is null)
        {
            return Create();
        }

        var path = Path.Combine(folder, FileName);
        if (File.Exists(path))
        {
            var known = JsonSerializer.Deserialize<SimulatorKeys>(File.ReadAllText(path))
                ?? throw new InvalidDataException($"{path} holds no keys.");
            var complete = known.Complete();
            if (complete != known)
            {
                PrivateFile.Write(path, JsonSerializer.Serialize(complete));
            }

            return complete;
        }

        var keys = Create();
        PrivateFile.Write(path, JsonSerializer.Serialize(keys));
        return keys;
    }

    /// <summary>The key Alipay's answers and notifications verify under: SubjectPublicKeyInfo, base64, as Alipay's console shows it.</summary>
    public string AlipayPublicKey() => PublicKeyOf(AlipayPrivateKey);

    /// <summary>The key the merchant has registered.</summary>
    public string MerchantPublicKey() => PublicKeyOf(MerchantPrivateKey);

    /// <summary>A file of an earlier release knows fewer providers.</summary>
    SimulatorKeys Complete() => this with
    {
        WeChat = WeChat ?? WeChatAccount.Draw(),
        Face = Face ?? NeutralAccount.Draw("fc"),
        Remittance = Remittance ?? NeutralAccount.Draw("rm"),
        CaVendor = CaVendor ?? NeutralAccount.Draw("ca"),
        TencentSms = TencentSms ?? TencentSmsAccount.Draw(),
        Invoice = Invoice ?? NeutralAccount.Draw("iv"),
        Licence = Licence ?? NeutralAccount.Draw("lr"),
        WeChatPay = WeChatPay ?? WeChatPayAccount.Draw(),
    };

    static SimulatorKeys Create() => new(
        "LTAI" + RandomNumberGenerator.GetString(Letters, 20),
        RandomNumberGenerator.GetString(Letters, 30),
        "bc" + RandomNumberGenerator.GetString(Digits, 12),
        RandomNumberGenerator.GetHexString(64, lowercase: true),
        "9021" + RandomNumberGenerator.GetString(Digits, 12),
        "2088" + RandomNumberGenerator.GetString(Digits, 12),
        NewRsaKey(),
        NewRsaKey(),
        WeChatAccount.Draw(),
        NeutralAccount.Draw("rm"),
        TencentSmsAccount.Draw(),
        NeutralAccount.Draw("fc"),
        WeChatPayAccount.Draw(),
        NeutralAccount.Draw("ca"),
        NeutralAccount.Draw("iv"),
        NeutralAccount.Draw("lr"));

    static string NewRsaKey()
    {
        using var rsa = RSA.Create(2048);
        return Convert.ToBase64String(rsa.ExportPkcs8PrivateKey());
    }

    static string PublicKeyOf(string privateKey)
    {
        using var rsa = RSA.Create();
        rsa.ImportPkcs8PrivateKey(Convert.FromBase64String(privateKey), out _);
        return Convert.ToBase64String(rsa.ExportSubjectPublicKeyInfo());
    }

    internal const string Digits = "0123456789";
    internal const string Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
}

/// <summary>腾讯云短信.</summary>
public sealed record TencentSmsAccount(string SecretId, string SecretKey, string SdkAppId)
{
    internal static TencentSmsAccount Draw() => new(
        "AKID" + RandomNumberGenerator.GetString(SimulatorKeys.Letters, 32), RandomNumberGenerator.GetString(SimulatorKeys.Letters, 32), "1400" + RandomNumberGenerator.GetString(SimulatorKeys.Digits, 6));
}

/// <summary>An application at WeChat's open platform.</summary>
public sealed record WeChatAccount(string AppId, string AppSecret)
{
    internal static WeChatAccount Draw() => new("wx" + RandomNumberGenerator.GetHexString(16, lowercase: true), RandomNumberGenerator.GetHexString(32, lowercase: true));
}

/// <summary>Files only their owner may read, replaced whole: a crash leaves the old or the new one.</summary>
static class PrivateFile
{
    public static void Write(string path, string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var next = path + ".new";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var writer = new StreamWriter(next, options))
        {
            writer.Write(content);
        }

        File.Move(next, path, overwrite: true);
    }
}
