using System.Security.Cryptography;
using Bzt.Contracts;
using Bzt.Gateway.Platforms;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace Bzt.Gateway.OpenIdConnect;

/// <summary>
/// OAuth 2.0 and OpenID Connect by OpenIddict: client credentials for platforms' backends, the code flow for their users. Clients are platforms'
/// grains, so OpenIddict keeps no store of its own (its degraded mode): tokens and codes are under the gateways' data protection keys, what may
/// happen once is decided by <c>OAuthGrant</c>, and ID tokens are signed with the cluster's <see cref="SigningKeys"/>. So all of it holds at
/// every gateway and after a restart.
/// </summary>
internal static class AuthorizationServer
{
    public static readonly TimeSpan TokenLifetime = TimeSpan.FromMinutes(30);
    public static readonly TimeSpan CodeLifetime = TimeSpan.FromSeconds(60);
    public static readonly TimeSpan CredentialLifetime = TimeSpan.FromMinutes(5);

    /// <summary>A pushed request lives as long as the page it is shown on, twice.</summary>
    public static readonly TimeSpan PushedRequestLifetime = TimeSpan.FromMinutes(10);

    /// <summary>CSC §8.4.2: each alone.</summary>
    public const string ServiceScope = "service";
    public const string CredentialScope = "credential";

    private static readonly string[] ClientPaths =
    [
        Routes.Token, Routes.Connect.PushedAuthorization, Routes.Connect.Revocation, Routes.Csc.Token, Routes.Csc.PushedAuthorization, Routes.Csc.Revocation,
    ];

    private static readonly string[] Paths = ["/connect", "/.well-known", Routes.Csc.Base];

    public static void AddAuthorizationServer(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<SigningKeys>();
        builder.Services.AddSingleton<LoginTickets>();
        builder.Services.AddSingleton<LoginClaims>();
        builder.Services.AddSingleton<ClientChecks.Clients>();
        builder.Services.AddHostedService(services => services.GetRequiredService<SigningKeys>());
        builder.Services.AddSingleton<IConfigureOptions<OpenIddictServerOptions>>(services => services.GetRequiredService<SigningKeys>());
        builder.Services.AddSingleton<IOptionsChangeTokenSource<OpenIddictServerOptions>>(services => services.GetRequiredService<SigningKeys>());
        builder.Services.AddAuthentication();
        builder.Services.AddOpenIddict()
            .AddServer(Configure)
            .AddValidation(validation =>
            {
                validation.UseLocalServer();
                validation.UseDataProtection();
                // In the header and nowhere else: an address stands in logs and in other pages' hands, and a form is sent by any page.
                validation.UseAspNetCore().DisableAccessTokenExtractionFromQueryString().DisableAccessTokenExtractionFromBodyForm();
            });
        builder.Services.AddOptions<OpenIddictServerOptions>().Configure<TimeProvider>((server, clock) => server.TimeProvider = clock);
        builder.Services.AddOptions<OpenIddict.Validation.OpenIddictValidationOptions>().Configure<TimeProvider>((validation, clock) => validation.TimeProvider = clock);
    }

    /// <summary>
    /// OpenIddict makes addresses from the request, whose Host header is the caller's to choose: it is given ours in its place. It looks closely at
    /// every request it is shown, so it is shown those to its own endpoints, and those whose token it has to read.
    /// </summary>
    public static void UseAuthorizationServer(this WebApplication app)
    {
        var known = app.Services.GetRequiredService<PlatformTokens>();
        app.Use(async (context, next) =>
        {
            if (IsItsOwn(context))
            {
                var address = context.RequestServices.GetRequiredService<Hosting.PublicAddress>().Base;
                context.Request.Scheme = address.Scheme;
                context.Request.Host = HostString.FromUriComponent(address);
                await context.RequestServices.GetRequiredService<SigningKeys>().RefreshAsync();
            }

            await next(context);
        });
        app.UseWhen(
            context => (context.GetEndpoint()?.Metadata.GetMetadata<PlatformAccessMetadata>() is not null && !known.Recall(context)) || IsItsOwn(context),
            shown => shown.UseAuthentication());

        // An application that says nothing itself shows it every request.
        ((IApplicationBuilder)app).Properties["__AuthenticationMiddlewareSet"] = true;
    }

    /// <summary>Where a platform's backend says who it is, perhaps with its secret in the form (RFC 6749 §2.3.1).</summary>
    internal static bool IsForClients(HttpRequest request) =>
        HttpMethods.IsPost(request.Method) && Array.Exists(ClientPaths, path => request.Path.Equals(path, StringComparison.OrdinalIgnoreCase));

    private static bool IsItsOwn(HttpContext context) => Array.Exists(Paths, path => context.Request.Path.StartsWithSegments(path, StringComparison.OrdinalIgnoreCase));

    private static void Configure(OpenIddictServerBuilder server)
    {
        server.SetConfigurationEndpointUris(Routes.Connect.Discovery, Routes.Connect.ServerMetadata)
            .SetJsonWebKeySetEndpointUris(Routes.Connect.Keys)
            .SetAuthorizationEndpointUris(Routes.Connect.Authorize, Routes.Connect.Continue, Routes.Connect.Cancel, Routes.Csc.Authorize)
            .SetPushedAuthorizationEndpointUris(Routes.Connect.PushedAuthorization, Routes.Csc.PushedAuthorization)
            .SetTokenEndpointUris(Routes.Token, Routes.Csc.Token)
            .SetUserInfoEndpointUris(Routes.Connect.UserInfo)
            .SetRevocationEndpointUris(Routes.Connect.Revocation, Routes.Csc.Revocation)
            .SetEndSessionEndpointUris(Routes.Connect.EndSession)
            .AllowClientCredentialsFlow()
            .AllowAuthorizationCodeFlow()
            .RequireProofKeyForCodeExchange()
            .RegisterScopes(OpenIddictConstants.Scopes.Profile, ServiceScope, CredentialScope)
            .RegisterClaims(OpenIdClaims.Published)
            .EnableDegradedMode()
            .SetAccessTokenLifetime(TokenLifetime)
            .SetAuthorizationCodeLifetime(CodeLifetime)
            .SetIdentityTokenLifetime(TimeSpan.FromMinutes(5))
            .UseDataProtection();
        server.Configure(options =>
        {
            options.RequestTokenLifetime = PushedRequestLifetime;
            options.CodeChallengeMethods.Clear();
            options.CodeChallengeMethods.Add(OpenIddictConstants.CodeChallengeMethods.Sha256);
            options.ResponseModes.Remove(OpenIddictConstants.ResponseModes.Fragment);
            options.SubjectTypes.Clear();
            options.SubjectTypes.Add(OpenIddictConstants.SubjectTypes.Pairwise);
            options.ClientAuthenticationMethods.Clear();
            options.ClientAuthenticationMethods.Add(OpenIddictConstants.ClientAuthenticationMethods.ClientSecretBasic);
            options.ClientAuthenticationMethods.Add(OpenIddictConstants.ClientAuthenticationMethods.ClientSecretPost);
        });

        // OpenIddict wants one to be there; with data protection no token of ours is made with it. An ephemeral RSA key would cost the first request half a second.
        server.AddEncryptionKey(new SymmetricSecurityKey(RandomNumberGenerator.GetBytes(32)));
        server.UseAspNetCore()
            .DisableTransportSecurityRequirement()
            .EnableAuthorizationEndpointPassthrough()
            .EnableEndSessionEndpointPassthrough()
            .EnableErrorPassthrough();
        server.AddEventHandler<ValidateAuthorizationRequestContext>(handler => handler.UseScopedHandler<ClientChecks.OfAuthorization>());
        server.AddEventHandler<ValidatePushedAuthorizationRequestContext>(handler => handler.UseScopedHandler<ClientChecks.OfPushedAuthorization>());
        server.AddEventHandler<ValidateTokenRequestContext>(handler => handler.UseScopedHandler<ClientChecks.OfToken>());
        server.AddEventHandler<ValidateRevocationRequestContext>(handler => handler.UseScopedHandler<ClientChecks.OfRevocation>());
        server.AddEventHandler<ValidateEndSessionRequestContext>(handler => handler.UseScopedHandler<ClientChecks.OfEndSession>());
        server.AddEventHandler<HandleTokenRequestContext>(handler => handler.UseScopedHandler<TokenIssue>());
        server.AddEventHandler<ExtractUserInfoRequestContext>(handler => handler.UseSingletonHandler<UserInfoTokenPlace>().SetOrder(UserInfoTokenPlace.Order));
        server.AddEventHandler<HandleUserInfoRequestContext>(handler => handler.UseScopedHandler<UserInfoAnswer>());
        server.AddEventHandler<HandleRevocationRequestContext>(handler => handler.UseScopedHandler<TokenRevocation>());
        server.AddEventHandler<HandleEndSessionRequestContext>(handler => handler.UseScopedHandler<LoginEnd>());
        server.AddEventHandler<ApplyAuthorizationResponseContext>(handler => handler.UseSingletonHandler<FormPostPage>().SetOrder(FormPostPage.Order));
    }
}
