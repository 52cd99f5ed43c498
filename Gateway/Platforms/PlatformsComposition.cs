using Microsoft.Extensions.Options;

namespace Bzt.Gateway.Platforms;

internal static class PlatformsComposition
{
    public static void AddPlatforms(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<ProjectTokens>();
        builder.Services.AddSingleton<PlatformTokens>();
        builder.Services.AddSingleton<SessionStreams>();
        builder.Services.AddSingleton<Verification.TrustedAuthorities>();
        builder.Services.AddSingleton<Verification.CertificateJudge>();
        builder.Services.AddSingleton<Sessions.PhoneSessions>();
        builder.Services.AddSingleton<IValidateOptions<PlatformsOptions>, ValidatePlatforms>();
        builder.Services.AddOptions<PlatformsOptions>().Bind(builder.Configuration).ValidateOnStart();
        builder.Services.AddHostedService<PlatformRegistrations>();
    }
}
