namespace Bzt.Tests.Peers;

/// <summary>BouncyCastle-Java as a relying party that wants to know whether a certificate is still good. Signer id: the default one.</summary>
public static class JavaStatus
{
    private static readonly JavaProgram Program = new("VerifyStatus", "bcprov.jar", "bcpkix.jar", "bcutil.jar");

    /// <summary>An OCSP request with a nonce.</summary>
    public static async Task<byte[]> RequestAsync(byte[] leaf, byte[] issuer)
    {
        using var folder = new TemporaryFolder();
        await Program.RunAsync("request", folder.Write("leaf", leaf), folder.Write("issuer", issuer), folder["request"]);
        return await File.ReadAllBytesAsync(folder["request"]);
    }

    /// <summary>good, revoked, unknown, or why the answer was not believed.</summary>
    public static async Task<string> OcspAsync(byte[] request, byte[] response, byte[] leaf, byte[] issuer)
    {
        using var folder = new TemporaryFolder();
        return (await Program.RunAsync(
            "ocsp", folder.Write("request", request), folder.Write("response", response), folder.Write("leaf", leaf), folder.Write("issuer", issuer))).Output.Trim();
    }

    /// <summary>good, revoked, or why the list was not believed.</summary>
    public static async Task<string> CrlAsync(byte[] list, byte[] leaf, byte[] issuer, byte[] root)
    {
        using var folder = new TemporaryFolder();
        return (await Program.RunAsync("crl", folder.Write("list", list), folder.Write("leaf", leaf), folder.Write("issuer", issuer), folder.Write("root", root))).Output.Trim();
    }
}
