using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Bzt.Contracts;
using Bzt.Contracts.Platforms;
using Bzt.Gateway.Hosting;
using Bzt.Grains;
using Bzt.Grains.Csc;
using Bzt.Grains.Sessions;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Options;

namespace Bzt.Gateway.OpenIdConnect;

/// <param name="Secret">Makes the dynamic QR; it reaches the browser sealed only, so that the page cannot make codes ahead.</param>
/// <param name="Request">
/// SHA-256 of the query string the page was opened with, hexadecimal: a confirmation serves that request and no other. Not the query itself, which may have
/// 8 KiB: browsers drop a cookie of more than 4096 octets (RFC 6265 §6.1) without a word.
/// </param>
internal sealed record LoginTicket(
    Guid Session, string Token, byte[] Secret, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt, string Platform, AuthorizationPurpose Purpose, string Request)
{
    public SessionId SessionId => new(Session);

    public SessionRequester Requester => Purpose == AuthorizationPurpose.Credential ? CscSessions.Requester(new PlatformId(Platform)) : new(new PlatformId(Platform), null);

    public string Link(DateTimeOffset now, string linkBase) => DynamicQr.Link(new SessionCreated(Session, Token, Secret, linkBase, ExpiresAt, now), now - CreatedAt);
}

/// <summary>
/// What ties a login page to its browser: a cookie no script reads, sealed under the gateways' keys, named after the request. Whoever has the
/// page's address without it gets a page, and a code, of his own.
/// </summary>
internal sealed class LoginTickets(IDataProtectionProvider protection, TimeProvider clock, IOptions<GatewayOptions> options)
{
    private readonly string prefix = HostCookies.Name(options.Value, "bzt-login-");

    /// <summary>After the session's end the page still says how it ended.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(5);

    private const int NameLength = 16;

    private readonly IDataProtector protector = protection.CreateProtector("bzt/v1/login-ticket");

    public static string DigestOf(string query) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(query)));

    /// <summary>Of the cookie: the digest, cut short.</summary>
    public static string NameOf(string digest) => digest[..NameLength];

    public void Give(HttpContext http, LoginTicket ticket)
    {
        var content = protector.Protect(JsonSerializer.SerializeToUtf8Bytes(ticket));
        http.Response.Cookies.Append(prefix + NameOf(ticket.Request), Base64Url.EncodeToString(content), Options(http, ticket.ExpiresAt + Grace - clock.GetUtcNow()));
    }

    public void Take(HttpContext http, LoginTicket ticket) => http.Response.Cookies.Delete(prefix + NameOf(ticket.Request), Options(http, null));

    public bool TryRead(HttpContext http, string name, [NotNullWhen(true)] out LoginTicket? ticket)
    {
        ticket = null;
        if (http.Request.Cookies[prefix + name] is not { Length: > 0 and < 4096 } cookie)
        {
            return false;
        }

        try
        {
            ticket = JsonSerializer.Deserialize<LoginTicket>(protector.Unprotect(Base64Url.DecodeFromChars(cookie)));
        }
        catch (Exception exception) when (exception is FormatException or CryptographicException)
        {
            return false;
        }

        // The name is the digest cut short: whoever goes on by a request compares all of it.
        if (ticket is { Request.Length: SHA256.HashSizeInBytes * 2 } && NameOf(ticket.Request) == name && clock.GetUtcNow() < ticket.ExpiresAt + Grace)
        {
            return true;
        }

        ticket = null;
        return false;
    }

    private CookieOptions Options(HttpContext http, TimeSpan? age) => new()
    {
        HttpOnly = true,
        Secure = http.Request.IsHttps,
        // Sent when the platform's page leads here; never with a request another site's page makes by itself.
        SameSite = SameSiteMode.Lax,
        Path = HostCookies.Path(options.Value, "/connect"),
        MaxAge = age,
        IsEssential = true,
    };
}
