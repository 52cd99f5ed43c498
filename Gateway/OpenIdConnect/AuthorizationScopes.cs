using Bzt.Grains.Platforms;
using OpenIddict.Abstractions;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace Bzt.Gateway.OpenIdConnect;

/// <summary>What an authorization request is for.</summary>
public enum AuthorizationPurpose
{
    /// <summary>OpenID Connect.</summary>
    Login,

    /// <summary>CSC: listing the user's credentials and asking for signatures.</summary>
    Service,

    /// <summary>CSC: signatures over exactly these hashes.</summary>
    Credential,
}

internal static class AuthorizationScopes
{
    public static AuthorizationPurpose? PurposeOf(OpenIddictRequest request)
    {
        var scopes = request.GetScopes();
        return scopes switch
        {
            // CSC §8.4.2: service when nothing is said; authorization_details say the other.
            [] => request["authorization_details"] is null ? AuthorizationPurpose.Service : AuthorizationPurpose.Credential,
            [AuthorizationServer.ServiceScope] => AuthorizationPurpose.Service,
            [AuthorizationServer.CredentialScope] => AuthorizationPurpose.Credential,
            _ when scopes.Contains(Scopes.OpenId) && !scopes.Contains(AuthorizationServer.ServiceScope) && !scopes.Contains(AuthorizationServer.CredentialScope) => AuthorizationPurpose.Login,
            _ => null,
        };
    }

    public static (string Error, string Description)? Fault(OpenIddictRequest request, PlatformFacts platform) => PurposeOf(request) switch
    {
        null => (Errors.InvalidScope, "Either openid, or one of service and credential alone."),
        AuthorizationPurpose.Login => null,
        _ => platform.MaySignHashes ? null : (Errors.UnauthorizedClient, "This client may not have hashes signed."),
    };
}
