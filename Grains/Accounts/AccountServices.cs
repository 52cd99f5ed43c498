using Bzt.Grains.Accounts.Legal;
using Bzt.Grains.Accounts.Passwords;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Bzt.Grains.Accounts;

public static class AccountServices
{
    /// <summary>What the accounts' grains need beside the foundations.</summary>
    public static IServiceCollection AddAccountGrains(this IServiceCollection services)
    {
        services.AddOptions<LegalOptions>().BindConfiguration(LegalOptions.Section);
        services.AddSingleton<LegalTexts>();
        services.AddSingleton<PasswordHashing>();
        services.AddHostedService<TextsAtStart>();
        return services;
    }

    /// <summary>Reads the texts before anybody is asked to agree: a process with bad ones does not start.</summary>
    private sealed class TextsAtStart(IServiceProvider services) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            _ = services.GetRequiredService<LegalTexts>();
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
