using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Bzt.Simulators.Sms;

/// <summary>The server's side of Aliyun's V3 request signature, ACS3-HMAC-SHA256.</summary>
static class AliyunSignature
{
    const string Algorithm = "ACS3-HMAC-SHA256";
    static readonly TimeSpan Window = TimeSpan.FromMinutes(15);

    /// <summary>The error code Aliyun's gateway answers, or null when the request is authentic and new.</summary>
    public static string? Check(HttpRequest request, byte[] body, SimulatorKeys keys, SimulatorState state, DateTimeOffset now)
    {
        // 1. The header's parts.
        if (!TryParse(request.Headers.Authorization.ToString(), out var credential, out var signedHeaders, out var signature))
        {
            return "IncompleteSignature";
        }

        if (credential != keys.SmsAccessKeyId)
        {
            return "InvalidAccessKeyId.NotFound";
        }

        // 2. Host and every x-acs header must be among what is signed; a header outside could be changed on the way.
        var required = request.Headers.Keys.Select(name => name.ToLowerInvariant())
            .Where(name => name == "host" || name.StartsWith("x-acs-", StringComparison.Ordinal));
        if (required.Except(signedHeaders).Any())
        {
            return "IncompleteSignature";
        }

        // 3. The body's hash, then the signature over the canonical request.
        var payload = Convert.ToHexStringLower(SHA256.HashData(body));
        if (request.Headers["x-acs-content-sha256"] != payload)
        {
            return "SignatureDoesNotMatch";
        }

        var canonical = string.Join('\n',
            request.Method,
            request.Path.Value,
            CanonicalQuery(request.Query),
            string.Concat(signedHeaders.Select(name => $"{name}:{string.Join(',', request.Headers[name].Select(value => value!.Trim()).Order(StringComparer.Ordinal))}\n")),
            string.Join(';', signedHeaders),
            payload);
        var toSign = $"{Algorithm}\n{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)))}";
        var expected = HMACSHA256.HashData(Encoding.UTF8.GetBytes(keys.SmsAccessKeySecret), Encoding.UTF8.GetBytes(toSign));
        if (!CryptographicOperations.FixedTimeEquals(expected, signature))
        {
            return "SignatureDoesNotMatch";
        }

        // 4. Fresh and not seen before; only now, so that a forger cannot use up nonces.
        if (!DateTimeOffset.TryParseExact(request.Headers["x-acs-date"], "yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date))
        {
            return "InvalidTimeStamp.Format";
        }

        if ((now - date).Duration() > Window)
        {
            return "InvalidTimeStamp.Expired";
        }

        var nonce = request.Headers["x-acs-signature-nonce"].ToString();
        return nonce.Length == 0 ? "MissingSignatureNonce" : state.TryUseNonce("aliyun/" + nonce, now, Window) ? null : "SignatureNonceUsed";
    }

    static bool TryParse(string header, out string credential, out string[] signedHeaders, out byte[] signature)
    {
        (credential, signedHeaders, signature) = ("", [], []);
        if (!header.StartsWith(Algorithm + " ", StringComparison.Ordinal))
        {
            return false;
        }

        foreach (var part in header[(Algorithm.Length + 1)..].Split(',', StringSplitOptions.TrimEntries))
        {
            var (name, value) = part.IndexOf('=') is > 0 and var at ? (part[..at], part[(at + 1)..]) : (part, "");
            switch (name)
            {
                case "Credential": credential = value; break;
                case "SignedHeaders": signedHeaders = value.Split(';'); break;
                case "Signature" when value.Length == 64 && value.All(char.IsAsciiHexDigit): signature = Convert.FromHexString(value); break;
            }
        }

        return credential.Length > 0 && signedHeaders.Length > 0 && signature.Length == 32;
    }

    // RFC 3986 percent-encoding, which Uri.EscapeDataString is.
    static string CanonicalQuery(IQueryCollection query) => string.Join('&', query
        .SelectMany(pair => pair.Value.Select(value => (Key: Uri.EscapeDataString(pair.Key), Value: Uri.EscapeDataString(value ?? ""))))
        .OrderBy(pair => pair.Key, StringComparer.Ordinal)
        .Select(pair => $"{pair.Key}={pair.Value}"));
}
