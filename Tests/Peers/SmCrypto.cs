using System.Text.Json;
using System.Text.Json.Nodes;

namespace Bzt.Tests.Peers;

/// <summary>npm's sm-crypto: the library most Chinese web pages use.</summary>
public static class SmCrypto
{
    /// <summary>SM2 with SM3, default signer id unless another is given; key as 04‖x‖y, signature as DER or r‖s.</summary>
    public static async Task<bool> VerifySignature(byte[] publicKey, byte[] message, byte[] signature, bool der, string? userId = null)
    {
        var question = new JsonObject { ["message"] = Hex(message), ["signature"] = Hex(signature), ["publicKey"] = Hex(publicKey), ["der"] = der };
        if (userId is not null) question["userId"] = userId;
        return (await Ask("verify", question)).GetBoolean();
    }

    /// <summary>04‖C1‖C3‖C2.</summary>
    public static async Task<byte[]> Encrypt(byte[] publicKey, byte[] plaintext) =>
        Convert.FromHexString((await Ask("encrypt", new JsonObject { ["message"] = Hex(plaintext), ["publicKey"] = Hex(publicKey) })).GetString()!);

    /// <summary>From C1‖C3‖C2 with or without the leading 04. Empty when sm-crypto refuses.</summary>
    public static async Task<byte[]> Decrypt(byte[] privateKey, byte[] ciphertext) =>
        Convert.FromHexString((await Ask("decrypt", new JsonObject { ["ciphertext"] = Hex(ciphertext), ["privateKey"] = Hex(privateKey) })).GetString()!);

    public static async Task<byte[]> Sm3(byte[] message) =>
        Convert.FromHexString((await Ask("sm3", new JsonObject { ["message"] = Hex(message) })).GetString()!);

    /// <summary>SM4 in ECB without padding.</summary>
    public static async Task<byte[]> Sm4(byte[] key, byte[] blocks) =>
        Convert.FromHexString((await Ask("sm4", new JsonObject { ["message"] = Hex(blocks), ["key"] = Hex(key) })).GetString()!);

    private static async Task<JsonElement> Ask(string ask, JsonObject question)
    {
        var folder = PeerProcess.Sources("node");
        if (!Directory.Exists(Path.Combine(folder, "node_modules", "sm-crypto")))
        {
            throw new DirectoryNotFoundException("sm-crypto is missing: run npm ci in Tests/Peers/node, as ./test.sh does.");
        }
        question["ask"] = ask;
        var result = (await PeerProcess.Run("node", ["sm2.js"], folder, question.ToJsonString())).OrFail();
        using var answer = JsonDocument.Parse(result.Output);
        return answer.RootElement.GetProperty("answer").Clone();
    }

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);
}
