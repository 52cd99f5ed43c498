using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Silo.Storage;
using Bzt.Tests.Embedded;
using Bzt.Tests.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Bzt.Tests.Applications;

/// <summary>An enterprise is reserved in one write and downloaded in another: what lies between them.</summary>
[Trait("Feature", "M025"), Trait("Surface", "api")]
public sealed class ReservationTests
{
    private readonly TestFaults faults = new();

    [Theory]
    [InlineData(WriteFault.NotPersisted)]
    [InlineData(WriteFault.Persisted)]
    public async Task A_reservation_left_without_its_download_keeps_nobody_out_and_one_with_it_does(WriteFault fault)
    {
        await using var system = await StartAsync();
        using var reviewer = await TestReviewer.LogInAsync(system);
        using var vanished = await system.RealNamedPhoneAsync();
        using var rival = await system.RealNamedPhoneAsync();
        var enterprise = ClaimSteps.NextEnterprise();
        var (first, _) = await vanished.PaidClaimAsync(system, reviewer, enterprise);
        var (second, _) = await rival.PaidClaimAsync(system, reviewer, enterprise);
        faults.FailNext(fault, write => write.Subject == RowOf(first));
        await ClaimSteps.RefusedAsync(ErrorCodes.Unavailable, () => vanished.DownloadAsync(first));
        if (fault == WriteFault.Persisted)
        {
            // It downloads, whatever it was told; and goes on when it asks again.
            await ClaimSteps.RefusedAsync(ErrorCodes.EnterpriseClaimed, () => rival.DownloadAsync(second));
            await vanished.DownloadAsync(first);
            return;
        }

        await rival.DownloadAsync(second);
        await ClaimSteps.RefusedAsync(ErrorCodes.EnterpriseClaimed, () => vanished.DownloadAsync(first));
        Assert.Equal(ApplicationState.DownloadReady, (await vanished.ApplicationAsync(first)).State);
        await rival.DownloadAsync(second);
    }

    [Fact]
    public async Task Who_comes_back_first_after_the_crash_finds_the_reservation_to_be_his_own()
    {
        await using var system = await StartAsync();
        using var reviewer = await TestReviewer.LogInAsync(system);
        using var vanished = await system.RealNamedPhoneAsync();
        using var rival = await system.RealNamedPhoneAsync();
        var enterprise = ClaimSteps.NextEnterprise();
        var (first, _) = await vanished.PaidClaimAsync(system, reviewer, enterprise);
        var (second, _) = await rival.PaidClaimAsync(system, reviewer, enterprise);
        faults.FailNext(WriteFault.NotPersisted, write => write.Subject == RowOf(first));
        await ClaimSteps.RefusedAsync(ErrorCodes.Unavailable, () => vanished.DownloadAsync(first));
        await system.RestartAsync();
        vanished.Reconnect();
        rival.Reconnect();
        await vanished.DownloadAsync(first);
        await ClaimSteps.RefusedAsync(ErrorCodes.EnterpriseClaimed, () => rival.DownloadAsync(second));
    }

    [Fact]
    public async Task A_download_on_its_way_into_the_store_is_overtaken_by_nobody()
    {
        await using var system = await StartAsync();
        using var reviewer = await TestReviewer.LogInAsync(system);
        using var slow = await system.RealNamedPhoneAsync();
        using var rival = await system.RealNamedPhoneAsync();
        var enterprise = ClaimSteps.NextEnterprise();
        var (first, _) = await slow.PaidClaimAsync(system, reviewer, enterprise);
        var (second, _) = await rival.PaidClaimAsync(system, reviewer, enterprise);
        var held = new HeldWrites(write => write.Subject == RowOf(first));
        faults.Hold(held);
        var started = slow.DownloadAsync(first);
        await Wait.UntilAsync(() => Task.FromResult(held.Count), count => count == 1);
        await ClaimSteps.RefusedAsync(ErrorCodes.EnterpriseClaimed, () => rival.DownloadAsync(second));
        held.Release();
        await started;
        await ClaimSteps.RefusedAsync(ErrorCodes.EnterpriseClaimed, () => rival.DownloadAsync(second));
    }

    private Task<EmbeddedSystem> StartAsync() => EmbeddedSystem.StartAsync(builder =>
    {
        builder.Configuration["CaConsole:Password"] = ClaimSteps.ConsolePassword;
        builder.Services.AddSingleton<IStorageFaults>(faults);
    });

    private static string RowOf(Guid application) => $"application/application/{application:N}";
}
