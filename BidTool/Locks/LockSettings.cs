using System.Globalization;
using Bzt.BidTool.Commands;
using Bzt.Protocol.Primitives;
using static Bzt.BidTool.Terminal.Words;

namespace Bzt.BidTool.Locks;

/// <summary>Which lock, and what its maker's module calls SM2. PKCS #11 has no number for SM2: every maker has chosen its own.</summary>
/// <param name="Module">The maker's PKCS #11 library.</param>
/// <param name="Token">Label or serial number, when several locks are plugged in.</param>
/// <param name="Sm2Sign">The mechanism that signs a digest of 32 bytes.</param>
/// <param name="Sm2Decrypt">The mechanism that decrypts.</param>
/// <param name="Sm2Ciphertext">The form of a ciphertext for that mechanism: <c>der</c> (GB/T 35276), <c>c1c3c2</c> or the older <c>c1c2c3</c>.</param>
internal sealed record LockSettings(string? Module = null, string? Token = null, string? Sm2Sign = null, string? Sm2Decrypt = null, string? Sm2Ciphertext = null)
{
    private const int Point = 65;

    /// <summary>Hexadecimal with 0x, as makers' headers have it, or decimal.</summary>
    public static ulong? Mechanism(string? text) =>
        text is null ? null
        : text.StartsWith("0x", StringComparison.OrdinalIgnoreCase) && ulong.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var hexadecimal) ? hexadecimal
        : ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
        : throw new ToolException("config_malformed", Say($"机制号 {text} 不正确，应为 0x80000001 这样的数", $"{text} is no mechanism number; write it like 0x80000001"));

    /// <summary>The SM2Cipher of a bid file in the form the lock takes.</summary>
    public byte[] ToLock(byte[] der)
    {
        if (!Protocol.Primitives.Sm2Ciphertext.TryParse(der, out var parsed))
        {
            throw new ToolException("bid_file_refused", Say("投标文件中的密钥无法读取", "The keys in the bid file cannot be read"));
        }

        var raw = parsed!.ToRaw();
        return Sm2Ciphertext switch
        {
            null or "der" => der,
            "c1c3c2" => raw,
            "c1c2c3" => [.. raw[..Point], .. raw[(Point + Sm3.Length)..], .. raw[Point..(Point + Sm3.Length)]],
            var other => throw new ToolException("config_malformed", Say($"lock.sm2-ciphertext 应为 der、c1c3c2 或 c1c2c3，而不是 {other}", $"lock.sm2-ciphertext is der, c1c3c2 or c1c2c3, not {other}")),
        };
    }
}
