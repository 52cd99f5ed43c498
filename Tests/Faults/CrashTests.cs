using Bzt.Contracts.Phone;
using Bzt.Tests.Applications;
using Bzt.Tests.Certificates;
using Bzt.Tests.Embedded;

namespace Bzt.Tests.Faults;

/// <summary>SIGKILL around durable writes of the real process, on a real folder, with a phone and a platform at work.</summary>
public sealed class CrashTests(ITestOutputHelper output)
{
    private const string OtherPin = "604817";

    /// <summary>
    /// Each life of the gateway ends before or after its n-th durable write; the writes that recovery makes are counted among them, so a
    /// kill also hits what the kill before left to be done.
    /// </summary>
    [Fact]
    [Trait("Feature", "X01"), Trait("Feature", "X02"), Trait("Surface", "api")]
    public async Task Any_write_around_a_confirmation_may_be_the_last_one()
    {
        await using var system = await EmbeddedSystem.StartAsync();
        using var certified = await BoundPhoneAsync(system);
        string[] aimed = [.. ((string[])["certificate/", "qr-session/"]).SelectMany(write => (string[])[$"1:before:{write}", $"1:after:{write}"])];
        await using var gateway = await KillableGateway.StartAsync(
            system, null, [.. Enumerable.Range(1, 4).SelectMany(write => (string[])[$"{write}:after", $"{write}:before"]), .. aimed]);
        using var journey = await JourneyAsync(system, gateway, certified);
        await PlayToTheLastFaultAsync(gateway, journey);

        // Not by chance: on both sides of the session's creation and of the certificate's decision.
        foreach (var write in (string[])["certificate", "qr-session"])
        {
            Assert.Contains(gateway.Deaths, death => death.StartsWith($"before state {write}/", StringComparison.Ordinal));
            Assert.Contains(gateway.Deaths, death => death.StartsWith($"after state {write}/", StringComparison.Ordinal));
        }
    }

    [Fact]
    [Trait("Feature", "X02"), Trait("Surface", "api")]
    public async Task A_process_killed_in_the_middle_of_requests_loses_nothing_it_answered()
    {
        await using var system = await EmbeddedSystem.StartAsync();
        using var certified = await BoundPhoneAsync(system);
        await using var gateway = await KillableGateway.StartAsync(system);
        using var journey = await JourneyAsync(system, gateway, certified);
        var random = new Random(20261125);
        var at = random.Next(2, 9);
        var kills = 0;
        journey.Network.UnderWay = number =>
        {
            if (number == at && kills < 4)
            {
                kills++;
                at += random.Next(4, 12);
                gateway.Kill();
            }
        };
        do
        {
            await journey.PlayAsync();
        }
        while (kills < 4);
        Assert.Equal(kills + 1, gateway.Lives);
    }

    [Fact]
    [Trait("Feature", "M031"), Trait("Feature", "M033"), Trait("Feature", "M034"), Trait("Surface", "api")]
    public Task A_claim_and_its_certificate_come_through_whatever_is_killed() =>
        WholeJourneyAsync(["3:before", "2:after", "6:after", "1:before", "4:after", "7:before", "3:after", "5:before"]);

    /// <summary>The long form: twenty kills at random over the whole journey. Run by <c>-explicit only</c>; the seed is in the output.</summary>
    [Fact(Explicit = true)]
    public async Task Twenty_kills_at_random_over_the_whole_journey()
    {
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        await WholeJourneyAsync([.. Enumerable.Range(0, 20).Select(_ => $"{random.Next(1, 16)}:{(random.Next(2) == 0 ? "before" : "after")}")]);
    }

    /// <summary>The long form of the first test: every write up to the twentieth, before it and after it.</summary>
    [Fact(Explicit = true)]
    public async Task Every_write_up_to_the_twentieth()
    {
        await using var system = await EmbeddedSystem.StartAsync();
        using var certified = await BoundPhoneAsync(system);
        await using var gateway = await KillableGateway.StartAsync(system, null, Enumerable.Range(1, 20).SelectMany(write => (string[])[$"{write}:after", $"{write}:before"]));
        using var journey = await JourneyAsync(system, gateway, certified);
        await PlayToTheLastFaultAsync(gateway, journey);
    }

    /// <summary>From a phone number to a sealed document, a decryption and another PIN.</summary>
    private async Task WholeJourneyAsync(IReadOnlyList<string> faults)
    {
        const string platformSecret = "a secret of the platform in the tests";
        await using var system = await EmbeddedSystem.StartAsync();
        await system.StopAsync();
        var settings = new Dictionary<string, string?>
        {
            ["CaConsole:Password"] = ClaimSteps.ConsolePassword,
            ["Platforms:0:Id"] = CertifiedPhone.PlatformId,
            ["Platforms:0:Name"] = CertifiedPhone.PlatformName,
            ["Platforms:0:RecognitionGroup"] = "hubei",
            ["Platforms:0:ClientSecret"] = platformSecret,
        };
        await using var gateway = await KillableGateway.StartAsync(system, settings, faults);
        using var key = new EcdsaDeviceKey();
        using var journey = new CrashJourney(
            gateway, key, new MemoryPhoneKeyStore(), await TrustAsync(gateway), (CertifiedPhone.PlatformId, platformSecret), (CertifiedPhone.Pin, OtherPin, CertifiedPhone.WrongPin));
        await journey.ClaimAsync(system.Simulators, EmbeddedSystem.NextPerson(), ClaimSteps.NextEnterprise());
        await PlayToTheLastFaultAsync(gateway, journey);
    }

    private async Task PlayToTheLastFaultAsync(KillableGateway gateway, CrashJourney journey)
    {
        // The last life has no fault left: what it does is the journey going on to its end.
        bool faulty;
        do
        {
            faulty = gateway.FaultsLeft > 0 || gateway.Deaths.Count < gateway.Lives - 1;
            await journey.PlayAsync();
        }
        while (faulty);

        foreach (var death in gateway.Deaths)
        {
            output.WriteLine(death);
        }
    }

    private static async Task<CertifiedPhone> BoundPhoneAsync(EmbeddedSystem system)
    {
        var phone = await CertifiedPhone.ActiveAsync(system);
        await phone.BindAsync(await phone.PlatformAsync());
        await system.StopAsync();
        return phone;
    }

    private static async Task<CrashJourney> JourneyAsync(EmbeddedSystem system, KillableGateway gateway, CertifiedPhone phone)
    {
        var journey = new CrashJourney(
            gateway, phone.Phone.Key, phone.Store, await TrustAsync(gateway),
            (CertifiedPhone.PlatformId, CertifiedPhone.PlatformSecret), (CertifiedPhone.Pin, OtherPin, CertifiedPhone.WrongPin));
        journey.Take(phone.Client.Login!, phone.Certificate, system.Simulators, phone.Phone.Person.Phone);
        return journey;
    }

    private static async Task<ChannelTrust> TrustAsync(KillableGateway gateway)
    {
        using var http = new HttpClient(new PatientNetwork(gateway)) { BaseAddress = gateway.Address };
        while (true)
        {
            try
            {
                return await ChannelTrust.FetchAsync(http);
            }
            catch (HttpRequestException)
            {
                // Killed: the network waited until it was back.
            }
        }
    }
}
