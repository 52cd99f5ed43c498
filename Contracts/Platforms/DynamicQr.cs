using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Bzt.Contracts.Platforms;

/// <summary>
/// The dynamic QR link (X05): token, seconds since the session was created, and an HMAC-SHA-256 over both that only the
/// holder of the session's secret (the platform's backend, or the bid tool) can make. Renewed every second.
/// </summary>
public static class DynamicQr
{
    /// <summary>Seconds a shown code stays good, and how far the backend's clock may run ahead.</summary>
    public const int StaleAfterSeconds = 5;
    public const int ClockSkewSeconds = 2;

    private const string Label = "bzt/v1/qr";
    private const string DeviceLabel = "bzt/v1/device-link";

    /// <summary>The link to show now.</summary>
    /// <param name="session">The answer to the session's creation.</param>
    /// <param name="elapsed">Time since the session was created, by a clock that only runs on: how old it was when the answer came, and the time since.</param>
    /// <param name="fragment">For decryption: base64url of SM3 over pkX and list; read by the app's own scanner only, never sent to a server.</param>
    public static string Link(SessionCreated session, TimeSpan elapsed, string? fragment = null)
    {
        ArgumentNullException.ThrowIfNull(session);
        var seconds = Math.Max(0, (long)elapsed.TotalSeconds);
        var link = string.Create(CultureInfo.InvariantCulture, $"{session.LinkBase}?v=1&t={session.SessionToken}&s={seconds}&c={Code(session.SessionToken, session.SessionSecret, seconds)}");
        return fragment is null ? link : $"{link}#{fragment}";
    }

    /// <summary>base64url of the first 16 octets of HMAC-SHA-256(secret, label ‖ 0 ‖ token ‖ 0 ‖ seconds).</summary>
    public static string Code(string token, ReadOnlySpan<byte> secret, long elapsedSeconds)
    {
        var text = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Label}\0{token}\0{elapsedSeconds}"));
        return Base64Url.EncodeToString(HMACSHA256.HashData(secret, text).AsSpan(0, 16));
    }

    /// <summary>base64url of the first 16 octets of HMAC-SHA-256(secret, label ‖ 0 ‖ token): of the link that opens the app on the same device.</summary>
    public static string DeviceCode(string token, ReadOnlySpan<byte> secret) =>
        Base64Url.EncodeToString(HMACSHA256.HashData(secret, Encoding.ASCII.GetBytes($"{DeviceLabel}\0{token}")).AsSpan(0, 16));

    /// <summary>The link that opens the app on the phone the browser runs on.</summary>
    public static string DeviceLink(string linkBase, string token, ReadOnlySpan<byte> secret) => $"{linkBase}?v=1&t={token}&d=1&c={DeviceCode(token, secret)}";
}
