using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text.Json;
using Bzt.Contracts.Platforms;
using Microsoft.AspNetCore.DataProtection;

namespace Bzt.Gateway.Platforms;

/// <summary>
/// Tokens for bid tools. They carry their grant under the gateways' shared data protection keys, so every gateway reads them, also after a
/// restart; without the tool's private key they are worth nothing.
/// </summary>
internal sealed class ProjectTokens(IDataProtectionProvider protection, TimeProvider clock)
{
    public static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    private readonly IDataProtector protector = protection.CreateProtector("bzt/v1/project-token");

    public ProjectToken Issue(ProjectGrant grant, TimeSpan lifetime)
    {
        var expires = clock.GetUtcNow() + lifetime;
        var content = JsonSerializer.SerializeToUtf8Bytes(new Content(grant, expires));
        return new ProjectToken(System.Buffers.Text.Base64Url.EncodeToString(protector.Protect(content)), expires);
    }

    public bool TryRead(string token, [NotNullWhen(true)] out ProjectGrant? grant)
    {
        grant = null;
        if (token.Length > 4096)
        {
            return false;
        }

        try
        {
            var content = JsonSerializer.Deserialize<Content>(protector.Unprotect(System.Buffers.Text.Base64Url.DecodeFromChars(token)));
            if (content is null || clock.GetUtcNow() >= content.Expires)
            {
                return false;
            }

            grant = content.Grant;
            return true;
        }
        catch (Exception exception) when (exception is FormatException or CryptographicException)
        {
            return false;
        }
    }

    private sealed record Content(ProjectGrant Grant, DateTimeOffset Expires);
}
