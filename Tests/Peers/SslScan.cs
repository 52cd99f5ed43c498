using System.Net;
using System.Xml.Linq;

namespace Bzt.Tests.Peers;

/// <summary>Debian's sslscan: what a server offers to whoever asks, by asking.</summary>
internal static class SslScan
{
    /// <summary>Everything offered that should not be, or is missing.</summary>
    public static async Task<IReadOnlyList<string>> FaultsAsync(IPAddress address, int port, string host)
    {
        var scanned = XDocument.Parse((await PeerProcess.Run("sslscan", ["--xml=-", "--no-colour", $"--sni-name={host}", $"{address}:{port}"])).OrFail().Output).Root!;
        var found = scanned.Element("ssltest") ?? throw new InvalidOperationException(scanned.ToString());
        static string Of(XElement element, string name) => (string?)element.Attribute(name) ?? "";
        List<string> faults = [];
        var protocols = found.Elements("protocol").Where(protocol => Of(protocol, "enabled") == "1").Select(protocol => $"{Of(protocol, "type")} {Of(protocol, "version")}").ToList();
        faults.AddRange(protocols.SequenceEqual(["tls 1.2", "tls 1.3"]) ? [] : [$"protocols: {string.Join(", ", protocols)}"]);
        var ciphers = found.Elements("cipher").ToList();
        faults.AddRange(ciphers.Select(cipher => Of(cipher, "sslversion")).Distinct().Count() == 2 ? [] : ["ciphers of either version are missing"]);
        faults.AddRange(ciphers.Where(cipher => !IsGood(Of(cipher, "cipher"), Of(cipher, "sslversion"))).Select(cipher => $"cipher: {Of(cipher, "cipher")}"));
        var groups = found.Elements("group").Select(group => Of(group, "name")).Distinct().Order().ToList();
        faults.AddRange(groups.SequenceEqual(["secp256r1 (NIST P-256)", "x25519"]) ? [] : [$"groups: {string.Join(", ", groups)}"]);
        faults.AddRange(found.Elements("renegotiation").Any(renegotiation => Of(renegotiation, "supported") == "0") ? [] : ["renegotiation"]);
        // Told of by a build of OpenSSL that could compress.
        faults.AddRange(found.Elements("compression").Where(compression => Of(compression, "supported") != "0").Select(_ => "compression"));
        faults.AddRange(found.Elements("heartbleed").Where(heartbleed => Of(heartbleed, "vulnerable") != "0").Select(_ => "heartbleed"));
        return faults;
    }

    /// <summary>Encryption that authenticates, under a key that later theft of the server's does not give.</summary>
    private static bool IsGood(string cipher, string version) =>
        (version == "TLSv1.3" || cipher.StartsWith("ECDHE-", StringComparison.Ordinal))
        && (cipher.Contains("GCM", StringComparison.Ordinal) || cipher.Contains("CHACHA20", StringComparison.Ordinal));
}
