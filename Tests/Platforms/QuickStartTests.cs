using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Tests.Certificates;
using Bzt.Tests.Embedded;
using Bzt.Tests.Storage;

namespace Bzt.Tests.Platforms;

/// <summary>The commands of <c>docs/platforms/quick-start.md</c>, as they stand, in one shell; a phone scans what they print.</summary>
public sealed class QuickStartTests
{
    [Fact]
    [Trait("Feature", "X05"), Trait("Surface", "api")]
    public async Task The_commands_of_the_quick_start_work()
    {
        var system = await EmbeddedSystem.SharedAsync();
        using var party = await RelyingParty.RegisterAsync(system);
        using var user = await system.RealNamedPhoneAsync();
        using var phone = await ScanningPhone.CreateAsync(system, user);
        using var shell = new Shell();
        var address = system.Address.GetLeftPart(UriPartial.Authority);
        await shell.RunAsync($"BZT={address} CLIENT_ID={party.Id} CLIENT_SECRET={party.Secret}");

        await shell.RunAsync(Block("TOKEN=$("));
        Assert.Contains("\"sessionId\"", await shell.RunAsync(Block("SESSION=$(")), StringComparison.Ordinal);
        var started = TimeProvider.System.GetTimestamp();
        for (var link = await shell.RunAsync(Block("link()")); ; link = await shell.RunAsync("link"))
        {
            try
            {
                await phone.Client.ScanAsync(link.Trim());
                break;
            }
            catch (ApiRefusedException exception) when (exception.Code == ErrorCodes.QrStale && TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromSeconds(60))
            {
                // The next code.
            }
        }

        Assert.Contains("\"state\":\"scanned\"", await shell.RunAsync(Block("seen=created")), StringComparison.Ordinal);
        Assert.Contains("\"end\":\"cancelled\"", await shell.RunAsync(Block("-X DELETE")), StringComparison.Ordinal);
        Assert.Contains("\"code\":\"invalid_request\"", await shell.RunAsync(Block("'{\"kind\":\"login\"}'")), StringComparison.Ordinal);
    }

    /// <summary>Every block of <c>calls.md</c> in order, as it stands; wherever one shows a QR, a phone scans and confirms.</summary>
    [Fact]
    public async Task The_commands_of_every_call_work()
    {
        var system = await EmbeddedSystem.SharedAsync();
        using var party = await RelyingParty.RegisterAsync(system, maySignHashes: true);
        using var phone = await CertifiedPhone.ActiveAsync(system);
        using var folder = new TempFolder();
        using var shell = new Shell();
        await shell.RunAsync($"cd '{Directory.CreateDirectory(folder.File("work")).FullName}'; BZT={system.Address.GetLeftPart(UriPartial.Authority)} CLIENT_ID={party.Id} CLIENT_SECRET={party.Secret} NAME={phone.Enterprise.Name} CODE={phone.Enterprise.CreditCode}");
        await shell.RunAsync(Block("TOKEN=$("));
        await shell.RunAsync(Block("SESSION=$("));
        await shell.RunAsync(Block("link()"));

        var outputs = new List<string>();
        foreach (var block in PlatformDocs.Blocks("calls.md"))
        {
            var output = await shell.RunAsync(block);
            if (block.TrimEnd().EndsWith("\nlink", StringComparison.Ordinal))
            {
                await ConfirmAsync(shell, phone, output.Trim().Split('\n')[^1]);
            }

            outputs.Add(output);
        }

        string[] expected =
        [
            "", "", "\"sessionToken\"", "\"end\":\"ok\"", phone.Enterprise.CreditCode, "404", "\"sessionToken\"", "\"end\":\"ok\"", "Verified OK", "\"sessionToken\"", "\"end\":\"cancelled\"", "", "\"token\"",
        ];
        Assert.Equal(expected.Length, outputs.Count);
        Assert.All(expected.Zip(outputs), pair => Assert.Contains(pair.First, pair.Second, StringComparison.Ordinal));
    }

    /// <summary>Every block of <c>callbacks.md</c> in order, as it stands, after the quick start's token and session.</summary>
    [Fact]
    [Trait("Feature", "X08"), Trait("Surface", "api")]
    public async Task The_commands_of_streams_and_callbacks_work()
    {
        var system = await EmbeddedSystem.SharedAsync();
        using var party = await RelyingParty.RegisterAsync(system);
        using var shell = new Shell();
        await shell.RunAsync($"BZT={system.Address.GetLeftPart(UriPartial.Authority)} CLIENT_ID={party.Id} CLIENT_SECRET={party.Secret}");
        await shell.RunAsync(Block("TOKEN=$("));
        await shell.RunAsync(Block("SESSION=$("));
        string[] expected = ["event: state\nid: created\ndata: {\"sessionId\"", "\"secret\":\"whsec_", "\"secret\":\"whsec_", "\"letters\":[]"];
        var blocks = PlatformDocs.Blocks("callbacks.md").ToList();
        Assert.Equal(expected.Length, blocks.Count);
        foreach (var (block, answer) in blocks.Zip(expected))
        {
            Assert.Contains(answer, await shell.RunAsync(block), StringComparison.Ordinal);
        }
    }

    private static async Task ConfirmAsync(Shell shell, CertifiedPhone phone, string link)
    {
        for (var started = TimeProvider.System.GetTimestamp(); ; link = (await shell.RunAsync("link")).Trim())
        {
            try
            {
                Assert.Equal(new PinOutcome.Done(), await phone.ConfirmAsync(await phone.Client.ScanAsync(link), CertifiedPhone.Pin));
                return;
            }
            catch (ApiRefusedException exception) when (exception.Code == ErrorCodes.QrStale && TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromSeconds(60))
            {
                // The next code.
            }
        }
    }

    private static string Block(string containing) => PlatformDocs.Block("quick-start.md", containing);
}
