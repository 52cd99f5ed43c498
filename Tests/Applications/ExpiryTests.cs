using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Grains.Applications;
using Bzt.Tests.Embedded;
using Microsoft.Extensions.DependencyInjection;

namespace Bzt.Tests.Applications;

public sealed class ExpiryTests
{
    [Fact, Trait("Feature", "M025"), Trait("Surface", "api")]
    public async Task Who_vanishes_in_a_download_loses_the_reservation_and_gets_the_fee_back()
    {
        await using var system = await ClaimSteps.StartAsync();
        using var vanished = await system.RealNamedPhoneAsync();
        using var rival = await system.RealNamedPhoneAsync();
        using var reviewer = await TestReviewer.LogInAsync(system);
        var enterprise = ClaimSteps.NextEnterprise();
        var (first, order) = await vanished.PaidClaimAsync(system, reviewer, enterprise);
        var (second, _) = await rival.PaidClaimAsync(system, reviewer, enterprise);
        await vanished.DownloadAsync(first);
        await ClaimSteps.RefusedAsync(ErrorCodes.EnterpriseClaimed, () => rival.DownloadAsync(second));

        // Six days are no reason to take anything from anybody.
        system.Clock.Advance(TimeSpan.FromDays(6));
        await SweepAsync(system);
        Assert.Equal(ApplicationState.Downloading, (await vanished.ApplicationAsync(first)).State);

        system.Clock.Advance(TimeSpan.FromDays(2));
        await system.RestartAsync();
        vanished.Reconnect();
        rival.Reconnect();
        await SweepAsync(system);
        await vanished.UntilAsync(first, ApplicationState.Expired);
        await Wait.UntilAsync(() => vanished.OrderAsync(order), view => view.State is OrderState.RefundDue or OrderState.Refunded);
        Assert.Equal(first.ToString(), (await vanished.MessageAsync("证书申请已过期")).Subject);
        await ClaimSteps.RefusedAsync(ErrorCodes.ApplicationStateWrong, () => vanished.DownloadAsync(first));

        // The enterprise is free again.
        await Wait.UntilAsync(
            async () =>
            {
                try
                {
                    return await rival.DownloadAsync(second);
                }
                catch (ApiRefusedException refused) when (refused.Code == ErrorCodes.EnterpriseClaimed)
                {
                    return null;
                }
            },
            started => started is not null);
    }

    private static Task SweepAsync(EmbeddedSystem system) =>
        system.Services.GetRequiredService<ApplicationSweep>().SweepAsync(TestContext.Current.CancellationToken);
}
