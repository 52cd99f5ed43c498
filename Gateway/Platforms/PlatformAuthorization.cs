using System.Security.Claims;
using Bzt.Contracts;
using Bzt.Gateway.Hosting;
using Bzt.Grains;
using Bzt.Grains.Platforms;
using Microsoft.Extensions.Options;
using OpenIddict.Abstractions;
using OpenIddict.Server;

namespace Bzt.Gateway.Platforms;

/// <summary>
/// OAuth 2.0 client credentials (RFC 6749 §4.4) by OpenIddict. Clients are platforms' grains, so OpenIddict keeps no store of its own
/// (its degraded mode); tokens are under the gateways' data protection keys, so they hold at every gateway and after a restart.
/// </summary>
internal static class PlatformAuthorization
{
    public static readonly TimeSpan TokenLifetime = TimeSpan.FromMinutes(30);

    public static void AddPlatforms(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<ProjectTokens>();
        builder.Services.AddSingleton<Sessions.PhoneSessions>();
        builder.Services.AddSingleton<IValidateOptions<PlatformsOptions>, ValidatePlatforms>();
        builder.Services.AddOptions<PlatformsOptions>().Bind(builder.Configuration).ValidateOnStart();
        builder.Services.AddHostedService<PlatformRegistrations>();
        builder.Services.AddAuthentication();
        builder.Services.AddOpenIddict()
            .AddServer(server =>
            {
                server.SetTokenEndpointUris(Routes.Token)
                    .AllowClientCredentialsFlow()
                    .EnableDegradedMode()
                    .SetAccessTokenLifetime(TokenLifetime)
                    .UseDataProtection();
                // OpenIddict wants keys to be there; with data protection no token of ours is made with these.
                server.AddEphemeralEncryptionKey().AddEphemeralSigningKey();
                server.UseAspNetCore().DisableTransportSecurityRequirement();
                server.AddEventHandler<OpenIddictServerEvents.ValidateTokenRequestContext>(handler => handler.UseScopedHandler<ValidateClient>());
                server.AddEventHandler<OpenIddictServerEvents.HandleTokenRequestContext>(handler => handler.UseScopedHandler<IssueToken>());
            })
            .AddValidation(validation =>
            {
                validation.UseLocalServer();
                validation.UseDataProtection();
                validation.UseAspNetCore();
            });
        builder.Services.AddOptions<OpenIddictServerOptions>().Configure<TimeProvider>((server, clock) => server.TimeProvider = clock);
        builder.Services.AddOptions<OpenIddict.Validation.OpenIddictValidationOptions>().Configure<TimeProvider>((validation, clock) => validation.TimeProvider = clock);
    }

    /// <summary>Every client has a secret, and it is checked by the platform's own grain.</summary>
    internal sealed class ValidateClient(IGrainFactory grains) : IOpenIddictServerHandler<OpenIddictServerEvents.ValidateTokenRequestContext>
    {
        public async ValueTask HandleAsync(OpenIddictServerEvents.ValidateTokenRequestContext context)
        {
            if (context.ClientId is not { Length: > 0 and <= 100 } client || context.ClientSecret is not { Length: > 0 and <= 500 } secret
                || await grains.GetGrain<IPlatformGrain>(client).Authenticate(secret) is not Done<PlatformFacts>)
            {
                context.Reject(OpenIddictConstants.Errors.InvalidClient, "The client is unknown or its secret is wrong.");
            }
        }
    }

    internal sealed class IssueToken : IOpenIddictServerHandler<OpenIddictServerEvents.HandleTokenRequestContext>
    {
        public ValueTask HandleAsync(OpenIddictServerEvents.HandleTokenRequestContext context)
        {
            var identity = new ClaimsIdentity("platform");
            identity.SetClaim(OpenIddictConstants.Claims.Subject, context.ClientId);
            identity.SetDestinations(_ => [OpenIddictConstants.Destinations.AccessToken]);
            context.SignIn(new ClaimsPrincipal(identity));
            return ValueTask.CompletedTask;
        }
    }
}
