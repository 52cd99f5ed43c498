using Bzt.Grains;
using Bzt.Grains.Platforms;
using Bzt.Protocol.Forms;
using Microsoft.Extensions.Options;
using Orleans.Runtime;

namespace Bzt.Gateway.Platforms;

/// <summary>The platforms an operator lists in the configuration, section <c>Platforms</c>.</summary>
internal sealed class PlatformsOptions
{
    public List<Registration> Platforms { get; init; } = [];

    internal sealed class Registration
    {
        public string Id { get; init; } = "";

        public string Name { get; init; } = "";

        /// <summary>Certificates of this group serve the platform (M062).</summary>
        public string RecognitionGroup { get; init; } = "";

        /// <summary>At least 32 characters.</summary>
        public string ClientSecret { get; init; } = "";

        public bool MaySignHashes { get; init; }

        /// <summary>Of OpenID Connect and OAuth: where a login may return to.</summary>
        public List<string> RedirectUris { get; init; } = [];

        public List<string> PostLogoutRedirectUris { get; init; } = [];

        /// <summary>Where browsers on the phone itself may be sent back to: https, without query.</summary>
        public List<string> ReturnUrls { get; init; } = [];

        /// <summary>For development with mock phones: no certificate of anybody serves it.</summary>
        public bool Sandbox { get; init; }
    }
}

internal sealed class ValidatePlatforms : IValidateOptions<PlatformsOptions>
{
    public ValidateOptionsResult Validate(string? name, PlatformsOptions options)
    {
        foreach (var platform in options.Platforms)
        {
            if (platform.Id.Length is 0 or > 100 || platform.Id.Any(c => !char.IsAsciiLetterOrDigit(c) && c != '-'))
            {
                return ValidateOptionsResult.Fail($"Platforms: the id '{platform.Id}' must be letters, digits and hyphens.");
            }

            if (platform.Name.Length is 0 or > 100 || !VisibleText.Is(platform.Name) || platform.RecognitionGroup.Length is 0 or > 50)
            {
                return ValidateOptionsResult.Fail($"Platforms: {platform.Id} needs a Name and a RecognitionGroup.");
            }

            if (platform.ClientSecret.Length < 32)
            {
                return ValidateOptionsResult.Fail($"Platforms: {platform.Id} needs a ClientSecret of at least 32 random characters.");
            }

            List<string> returns = [.. platform.RedirectUris, .. platform.PostLogoutRedirectUris];
            if (returns.FirstOrDefault(uri => !RedirectUris.IsValid(uri)) is { } invalid)
            {
                return ValidateOptionsResult.Fail($"Platforms: {platform.Id} cannot return to '{invalid}': https (http on loopback), absolute, without fragment.");
            }

            if (platform.RedirectUris.Count > RedirectUris.Most || platform.PostLogoutRedirectUris.Count > RedirectUris.Most)
            {
                return ValidateOptionsResult.Fail($"Platforms: {platform.Id} has more than {RedirectUris.Most} addresses to return to.");
            }

            if (platform.ReturnUrls.Find(url => !PlatformReturns.IsReturnUrl(url)) is { } url)
            {
                return ValidateOptionsResult.Fail($"Platforms: {platform.Id}: '{url}' is no https address without a query.");
            }
        }

        return ValidateOptionsResult.Success;
    }
}

/// <summary>Brings the listed platforms into the cluster at start; those already there and unchanged are left alone.</summary>
internal sealed class PlatformRegistrations(IGrainFactory grains, IOptions<PlatformsOptions> options) : IHostedService
{
    private const int MostTries = 5;
    private static readonly TimeSpan BetweenTries = TimeSpan.FromSeconds(1);

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var platform in options.Value.Platforms)
        {
            var command = new RegisterPlatform(platform.Name, platform.RecognitionGroup, platform.ClientSecret, platform.MaySignHashes)
            {
                RedirectUris = platform.RedirectUris,
                PostLogoutRedirectUris = platform.PostLogoutRedirectUris,
                ReturnUrls = platform.ReturnUrls,
                Sandbox = platform.Sandbox,
            };
            var reply = await RegisterAsync(platform.Id, command, cancellationToken);
            if (reply is Refused<Nothing>(var refusal))
            {
                throw new InvalidOperationException($"The platform {platform.Id} was refused: {refusal.Code}.");
            }
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>A gateway that starts while a silo dies outlasts it: registering is idempotent.</summary>
    private async Task<Reply<Nothing>> RegisterAsync(string id, RegisterPlatform command, CancellationToken cancellationToken)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                return await grains.GetGrain<IPlatformGrain>(id).Register(command);
            }
            catch (Exception exception) when (exception is TimeoutException or OrleansException && tries < MostTries)
            {
                await Task.Delay(BetweenTries, cancellationToken);
            }
        }
    }
}
