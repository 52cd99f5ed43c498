using Bzt.Contracts;
using Bzt.Contracts.Platforms;
using Bzt.Grains.Sessions;
using Bzt.Tests.Embedded;
using Bzt.Tests.Platforms;
using Microsoft.Extensions.DependencyInjection;
using Refusal = Bzt.Tests.Platforms.Refusal;

namespace Bzt.Tests.Openings;

/// <summary>How many openings a platform announces, and how often it moves them: each change is a message to every bidder.</summary>
public sealed class OpeningQuotaTests
{
    [Fact]
    public async Task A_platform_announces_and_moves_so_many_in_a_minute_and_another_has_its_own()
    {
        await using var system = await EmbeddedSystem.StartAsync();
        var limits = system.Services.GetRequiredService<SessionQuotas>();
        (limits.OpeningsPerPlatform, limits.OpeningChangesPerPlatform) = (2, 1);
        using var party = await RelyingParty.RegisterAsync(system);
        using var other = await RelyingParty.RegisterAsync(system);
        var project = new ProjectInfo("P-1", "某桥梁工程", DateTimeOffset.FromUnixTimeSeconds(system.Clock.GetUtcNow().ToUnixTimeSeconds() + 3600));
        var announced = new CreateOpeningRequest(project, project.OpeningTime.AddMinutes(30), [new OpeningFile("F-1", "投标文件", OpeningTests.Rival, new byte[32])]);
        var id = (await party.Client.CreateOpeningAsync(announced, "one")).OpeningId;
        await party.Client.CreateOpeningAsync(announced, "two");
        Assert.Equal(ErrorCodes.RateLimited, await Refusal.OfAsync(() => party.Client.CreateOpeningAsync(announced, "three")));

        // A repeat opens nothing and is not counted.
        Assert.Equal(id, (await party.Client.CreateOpeningAsync(announced, "one")).OpeningId);
        await other.Client.CreateOpeningAsync(announced);

        var later = new ChangeOpeningRequest("场地调整") { Deadline = announced.Deadline.AddMinutes(5) };
        await party.Client.ChangeOpeningAsync(id, later, "once");
        await party.Client.ChangeOpeningAsync(id, later, "once");
        var again = later with { Deadline = announced.Deadline.AddMinutes(10) };
        Assert.Equal(ErrorCodes.RateLimited, await Refusal.OfAsync(() => party.Client.ChangeOpeningAsync(id, again)));
        system.Clock.Advance(TimeSpan.FromMinutes(1));
        await party.Client.ChangeOpeningAsync(id, again);
    }
}
