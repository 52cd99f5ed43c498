using System.Security.Cryptography;

namespace Bzt.Tests.Peers;

/// <summary>OpenSSL 3. The signer id is always the default one: 1234567812345678.</summary>
public static class OpenSsl
{
    private const string Id = "distid:1234567812345678";

    /// <summary>The bare program.</summary>
    public static Task<PeerResult> Run(params IEnumerable<string> arguments) => PeerProcess.Run("openssl", arguments);

    /// <summary>SM2 with SM3 over a message. Key as SubjectPublicKeyInfo or a certificate (DER), signature as DER.</summary>
    public static async Task<bool> VerifySignature(byte[] key, byte[] message, byte[] signatureDer)
    {
        using var folder = new TemporaryFolder();
        var publicKey = await PublicKey(folder, key);
        var result = await Run("dgst", "-sm3", "-verify", publicKey, "-sigopt", Id, "-signature", folder.Write("signature", signatureDer), folder.Write("message", message));
        return result.Succeeded && result.Output.Contains("Verified OK");
    }

    /// <summary>The proof of possession of a PKCS#10 request (DER).</summary>
    public static async Task<bool> VerifyRequest(byte[] request)
    {
        using var folder = new TemporaryFolder();
        var result = await Run("req", "-inform", "DER", "-in", folder.Write("request", request), "-verify", "-noout", "-vfyopt", Id);
        return result.Succeeded && (result.Output + result.Error).Contains("verify OK");
    }

    /// <summary>A chain (DER, the leaf first, the root last), link by link: OpenSSL 3.0 applies the id to leaves only.</summary>
    public static async Task<bool> VerifyChain(params IReadOnlyList<byte[]> chain)
    {
        using var folder = new TemporaryFolder();
        for (var i = 0; i + 1 < chain.Count; i++)
        {
            var (below, above) = (folder.Write("below.pem", Pem("CERTIFICATE", chain[i])), folder.Write("above.pem", Pem("CERTIFICATE", chain[i + 1])));
            // -no_check_time is not given: an expired certificate has to fail.
            if (!(await Run("verify", "-vfyopt", Id, "-partial_chain", "-trusted", above, below)).Succeeded) return false;
        }
        return chain.Count > 1;
    }

    /// <summary>Encrypts to an SM2 key (SubjectPublicKeyInfo or certificate, DER); the answer is DER C1‖C3‖C2.</summary>
    public static async Task<byte[]> Encrypt(byte[] key, byte[] plaintext)
    {
        using var folder = new TemporaryFolder();
        var publicKey = await PublicKey(folder, key);
        (await Run("pkeyutl", "-encrypt", "-pubin", "-inkey", publicKey, "-in", folder.Write("plain", plaintext), "-out", folder["cipher"])).OrFail();
        return await File.ReadAllBytesAsync(folder["cipher"]);
    }

    /// <summary>Decrypts DER C1‖C3‖C2 with a private key (PKCS#8, DER); null when OpenSSL refuses.</summary>
    public static async Task<byte[]?> Decrypt(byte[] privateKey, byte[] ciphertext)
    {
        using var folder = new TemporaryFolder();
        var result = await Run("pkeyutl", "-decrypt", "-inkey", folder.Write("key.pem", Pem("PRIVATE KEY", privateKey)), "-in", folder.Write("cipher", ciphertext), "-out", folder["plain"]);
        return result.Succeeded ? await File.ReadAllBytesAsync(folder["plain"]) : null;
    }

    private static async Task<string> PublicKey(TemporaryFolder folder, byte[] key)
    {
        // A certificate begins with a SEQUENCE in a SEQUENCE of which the first is [0]; let OpenSSL itself tell.
        var certificate = await Run("x509", "-inform", "DER", "-in", folder.Write("key", key), "-noout", "-pubkey");
        return folder.Write("public.pem", certificate.Succeeded ? System.Text.Encoding.ASCII.GetBytes(certificate.Output) : Pem("PUBLIC KEY", key));
    }

    private static byte[] Pem(string label, byte[] der) => System.Text.Encoding.ASCII.GetBytes(PemEncoding.WriteString(label, der) + "\n");
}
