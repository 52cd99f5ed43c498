using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;
using Bzt.Grains;
using Bzt.Grains.Enterprises;
using Bzt.Grains.Seals;
using Bzt.Samples.Demo;
using Bzt.Samples.TradingPlatform;
using Bzt.Tests.Certificates;
using Bzt.Tests.Documents;
using Bzt.Tests.Embedded;
using Bzt.Tests.Faults;
using Bzt.Tests.Peers;
using Bzt.Tests.Platforms;
using Bzt.Tests.Seals;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;

namespace Bzt.Tests.Journey;

/// <summary>
/// The bid tool as a process beside a gateway as a process, the sample trading platform and two enterprises' phones, both registered and bound there;
/// the tool is logged in for the first.
/// </summary>
public sealed class ToolBench : IAsyncLifetime
{
    public const string Tender = "YC-2026-0417";

    private CaVendors.Signpost signpost = null!;
    private EmbeddedSystem system = null!;
    private WebApplication platform = null!;
    private Uri platformAddress = null!;

    internal KillableGateway Gateway { get; private set; } = null!;

    internal TemporaryFolder Folder { get; } = new();

    internal Bidder First { get; private set; } = null!;

    internal Bidder Second { get; private set; } = null!;

    /// <summary>Administrator of an enterprise whose <see cref="Colleague"/> has bound a certificate too, later, and may do as much.</summary>
    internal Bidder Third { get; private set; } = null!;

    internal Bidder Colleague { get; private set; } = null!;

    internal string Pdf { get; private set; } = "";

    /// <summary>What the trading platform's backend calls with.</summary>
    internal PlatformClient Platform { get; private set; } = null!;

    internal string DataFolder => system.DataFolder;

    internal Uri PlatformAddress => platformAddress;

    /// <summary>The CA whose locks the platform accepts.</summary>
    internal TestLockCa LockCa { get; } = new("Yichang CA");

    internal string LockRoots => Folder["lock-roots"];

    /// <summary>Where the lock's module is configured, so that no command has to name it.</summary>
    internal string LockConfiguration => Folder["lock-config.json"];

    public async ValueTask InitializeAsync()
    {
        // The CA's address stands in every certificate: it is known before the first one, and leads to the gateway that is a process later.
        signpost = await CaVendors.Signpost.StartAsync();
        system = await EmbeddedSystem.StartAsync(builder => builder.Configuration["EmbeddedCa:PublicUrl"] = new Uri(signpost.Address, "ca").AbsoluteUri);
        var (first, second) = (await CertifiedPhone.ActiveAsync(system), await CertifiedPhone.ActiveAsync(system));
        await first.PlatformAsync();
        await GiveSealsAsync(first);
        var third = await CertifiedPhone.ActiveAsync(system);
        await Applications.Wait.UntilAsync(third.Phone.MeAsync, me => me.Enterprises.Count == 1);
        var colleague = await third.ColleagueAsync();
        await GrantAsync(colleague);
        await system.StopAsync();
        Gateway = await KillableGateway.StartAsync(system);
        signpost.Target = Gateway.Address;
        Directory.CreateDirectory(LockRoots);
        await File.WriteAllBytesAsync(Path.Combine(LockRoots, "root.cer"), LockCa.Root.RawData);
        await File.WriteAllTextAsync(LockConfiguration, JsonSerializer.Serialize(new { @lock = new { module = TestLocks.Module } }));
        platformAddress = new Uri($"http://127.0.0.1:{Silo.Hosting.EmbeddedPort.Take()}/");
        platform = PlatformHost.Build(["--urls", platformAddress.ToString()], builder =>
        {
            builder.Logging.ClearProviders();
            builder.Configuration["Platform:DataFolder"] = Folder["platform"];
            builder.Configuration["Platform:PublicBaseUrl"] = platformAddress.ToString();
            builder.Configuration["Platform:LockRoots"] = LockRoots;
            builder.Configuration["Platform:Bzt:BaseUrl"] = Gateway.Address.ToString();
            builder.Configuration["Platform:Bzt:ClientId"] = CertifiedPhone.PlatformId;
            builder.Configuration["Platform:Bzt:ClientSecret"] = CertifiedPhone.PlatformSecret;
        });
        await platform.StartAsync();
        First = await RegisterAsync(first);
        Second = await RegisterAsync(second);
        Third = await RegisterAsync(third);
        await LogInAsync(First);
        Pdf = await ForeignPdfs.Make("cairo", Folder);
        var token = new HttpClient(new PatientNetwork(Gateway)) { BaseAddress = Gateway.Address };
        Platform = new PlatformClient(
            new HttpClient(new ClientCredentialsHandler(token, CertifiedPhone.PlatformId, CertifiedPhone.PlatformSecret, TimeProvider.System) { InnerHandler = new PatientNetwork(Gateway) }) { BaseAddress = Gateway.Address },
            TimeProvider.System);
        Colleague = new Bidder(this, colleague, Third.Profile);
        await Colleague.ConnectAsync();
        var binding = await Platform.OpenAsync(RelyingParty.Bind(third.Enterprise));
        await Colleague.ConfirmAsync(() => binding.Link(), null);
        await LogInAsync(Third);
    }

    private async Task GrantAsync(CertifiedPhone member)
    {
        var (now, code) = (TimeProvider.System.GetUtcNow(), new CreditCode(member.Enterprise.CreditCode));
        Assert.IsType<Done<Nothing>>(await system.Grains.Enterprise(code).Grant(new GrantAuthorisation(
            Guid.NewGuid(), new UserId(member.Phone.Login!.UserId), new PlatformId(CertifiedPhone.PlatformId),
            [AuthorisationScope.Login, AuthorisationScope.Seal, AuthorisationScope.Encrypt, AuthorisationScope.Decrypt],
            new CertificateId(member.Certificate), now.AddMinutes(-1), now.AddYears(1), null, null)));
    }

    /// <summary>The first enterprise has a round seal of its own and its legal representative's signature, but no seal of his.</summary>
    private async Task GiveSealsAsync(CertifiedPhone phone)
    {
        var blob = (await phone.Client.UploadBlobAsync("form", SyntheticPaper.SealPng(), "image/png")).BlobId;
        await system.Grains.EnterpriseSeals(new CreditCode(phone.Enterprise.CreditCode)).Receive(new GiveSeals(
            Guid.NewGuid(), default, new UserId(phone.Phone.Login!.UserId), system.Clock.GetUtcNow(),
            [new SealFacts(SealKind.Enterprise, blob, 41, 41), new SealFacts(SealKind.Signature, blob, 38, 38)]));
    }

    public async ValueTask DisposeAsync()
    {
        if (platform is not null)
        {
            await platform.StopAsync();
            await platform.DisposeAsync();
        }

        if (Gateway is not null)
        {
            await Gateway.DisposeAsync();
        }

        First?.Dispose();
        Second?.Dispose();
        Third?.Dispose();
        Colleague?.Dispose();
        await system.DisposeAsync();
        await signpost.DisposeAsync();
        LockCa.Dispose();
        Folder.Dispose();
    }

    /// <summary>Stops the gateway by force and waits until it is there again.</summary>
    public async Task RestartAsync()
    {
        var lives = Gateway.Lives;
        Gateway.Kill();
        await Applications.Wait.UntilAsync(() => Task.FromResult(Gateway.Lives), now => now > lives);
        await Gateway.UpAsync();
    }

    internal async Task LogInAsync(Bidder bidder)
    {
        var login = await RunAsync(bidder, ["login", "--platform", platformAddress.ToString(), "--tender", Tender], bidder.ConfirmAsync);
        Assert.True(login.ExitCode == 0, login.ToString());
    }

    /// <param name="whose">Whose login the tool has.</param>
    /// <param name="arguments">The command.</param>
    /// <param name="scan">What the person with the phone does at each QR: its link of this second, its check code.</param>
    /// <param name="locks">The CA locks in the PC.</param>
    /// <param name="input">What is typed.</param>
    /// <param name="folder">Where the person is.</param>
    internal async Task<ToolRun> RunAsync(
        Bidder? whose, IReadOnlyList<string> arguments, Func<Func<string>, string?, Task>? scan = null, TestLocks? locks = null, string input = "", string? folder = null)
    {
        IReadOnlyList<string> profile = arguments.Contains("--profile") ? [] : ["--profile", whose?.Profile ?? Folder["nobody.json"]];
        var start = new ProcessStartInfo("dotnet", [typeof(BidTool.Commands.Failure).Assembly.Location, .. arguments, "--json", .. profile])
        {
            WorkingDirectory = folder ?? Folder.FullName,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["XDG_CONFIG_HOME"] = Folder["xdg"], ["SOFTHSM2_CONF"] = locks?.Configuration ?? "/dev/null" },
        };
        return await ToolProcess.RunAsync(start, scan, input);
    }

    /// <summary>The tool in a terminal of its own, in Chinese; the PIN is typed when it is asked for.</summary>
    /// <returns>What the terminal showed of a command that ended well.</returns>
    internal async Task<string> InTerminalAsync(TestLocks locks, string pin, IReadOnlyList<string> arguments)
    {
        var command = string.Join(' ', ((string[])["dotnet", typeof(BidTool.Commands.Failure).Assembly.Location, .. arguments, "--lang", "zh"]).Select(word => $"'{word}'"));
        using var terminal = Process.Start(new ProcessStartInfo("script", ["-qefc", command, "/dev/null"])
        {
            WorkingDirectory = Folder.FullName,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            Environment = { ["XDG_CONFIG_HOME"] = Folder["xdg"], ["SOFTHSM2_CONF"] = locks.Configuration, ["TERM"] = "xterm" },
        })!;
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        using var ended = patience.Token.Register(() => terminal.Kill(entireProcessTree: true));
        var shown = new StringBuilder();
        var typed = false;
        var part = new char[4096];
        while (await terminal.StandardOutput.ReadAsync(part) is > 0 and var count)
        {
            shown.Append(part, 0, count);
            if (!typed && shown.ToString().Contains("PIN码：", StringComparison.Ordinal))
            {
                typed = true;
                await terminal.StandardInput.WriteAsync(pin + "\r");
                await terminal.StandardInput.FlushAsync();
            }
        }

        await terminal.WaitForExitAsync(CancellationToken.None);
        Assert.True(terminal.ExitCode == 0, shown.ToString());
        return shown.ToString();
    }

    private async Task<Bidder> RegisterAsync(CertifiedPhone phone)
    {
        var bidder = new Bidder(this, phone, Folder[$"{phone.Enterprise.CreditCode}.json"]);
        await bidder.ConnectAsync();
        using var browser = new PlatformBrowser(platformAddress);
        await browser.RegisterAsync(new SyntheticEnterprise(phone.Enterprise.Name, phone.Enterprise.CreditCode), CancellationToken.None);
        var qr = await browser.StartQrAsync("qr/bind", CancellationToken.None);
        var link = await browser.LinkAsync(qr, CancellationToken.None);
        await bidder.ConfirmAsync(() => link, null);
        await browser.FinishQrAsync(qr, CancellationToken.None);
        return bidder;
    }
}
