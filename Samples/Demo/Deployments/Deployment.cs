using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace Bzt.Samples.Demo;

/// <summary>A running system on this machine and what is needed to use it.</summary>
internal abstract class Deployment(string folder, DevelopmentSecrets secrets) : IAsyncDisposable
{
    private readonly List<ManagedProcess> processes = [];

    /// <summary>Where everything of this deployment lies; starting again on it finds all there.</summary>
    protected string Folder { get; } = folder;

    public DevelopmentSecrets Secrets { get; } = secrets;

    public abstract Uri Gateway { get; }

    public abstract Uri Simulators { get; }

    public abstract Uri TradingPlatform { get; }

    /// <summary>Without the sample trading platform: a program plays it.</summary>
    public bool Headless { get; init; }

    /// <summary>Settings of the gateways that differ from a development deployment's.</summary>
    public IReadOnlyDictionary<string, string> GatewayOverrides { get; init; } = new Dictionary<string, string>();

    /// <summary>The CA of the catalogue that the simulated vendor stands for; all run inside the product without one.</summary>
    public string? CaVendorFor { get; init; }

    public IReadOnlyList<ManagedProcess> Processes => processes;

    public const string PlatformId = "yichang-ggzy";
    public const string PlatformName = "宜昌公共资源电子交易平台";
    public const string OtherPlatformId = "jingzhou-ggzy";
    public const string OtherPlatformName = "荆州公共资源交易中心";

    /// <summary>For the commands of docs/platforms/openid-connect.md and csc.md; nobody listens there.</summary>
    public const string OtherPlatformRedirect = "http://127.0.0.1:8765/callback";

    public const string RecognitionGroup = "hubei";

    public abstract Task StartAsync(CancellationToken cancellation);

    /// <summary>In reverse order, so that nobody loses what it stands on.</summary>
    public virtual async ValueTask DisposeAsync()
    {
        for (var i = processes.Count - 1; i >= 0; i--)
        {
            await processes[i].DisposeAsync();
        }

        processes.Clear();
    }

    /// <summary>All of a deployment that was not to last.</summary>
    public static void Delete(string folder)
    {
        PostgresServer.DeleteData(folder);
        Directory.Delete(folder, recursive: true);
    }

    protected ManagedProcess Run(string name, string assembly, IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        var process = ManagedProcess.Start(name, assembly, arguments, environment, Path.Combine(Folder, "logs"));
        processes.Add(process);
        return process;
    }

    /// <summary>A program that is not one of ours.</summary>
    protected ManagedProcess Adopt(string name, System.Diagnostics.ProcessStartInfo start)
    {
        var process = ManagedProcess.Start(name, start, Path.Combine(Folder, "logs"));
        processes.Add(process);
        return process;
    }

    /// <summary>Stops one that is to be started again.</summary>
    protected async Task StopAsync(ManagedProcess process)
    {
        processes.Remove(process);
        await process.DisposeAsync();
    }

    private string ProvidersFile => Path.Combine(Folder, "simulators", "providers.json");

    protected async Task RunSimulatorsAsync(CancellationToken cancellation)
    {
        var settings = new Dictionary<string, string>
        {
            ["ASPNETCORE_ENVIRONMENT"] = "Development",
            ["Simulators:Password"] = Secrets.SimulatorsPassword,
            ["Simulators:ControlToken"] = Secrets.SimulatorsToken,
            ["Simulators:DataFolder"] = Path.Combine(Folder, "simulators"),
        };
        if (CaVendorFor is not null)
        {
            settings["Simulators:CaVendorFor"] = CaVendorFor;
        }

        // Of this run: ports and the CA's root may be others than in the last one.
        if (File.Exists(ProvidersFile))
        {
            File.Delete(ProvidersFile);
        }

        var simulators = Run("simulators", Binaries.Simulators, settings, "--urls", Listen(Simulators));
        await simulators.WaitUntilReadyAsync(new Uri(Simulators, "login"), cancellation, ProvidersFile);
    }

    protected async Task RunTradingPlatformAsync(CancellationToken cancellation)
    {
        if (Headless)
        {
            return;
        }

        var platform = Run("trading-platform", Binaries.TradingPlatform, new Dictionary<string, string>
        {
            ["ASPNETCORE_ENVIRONMENT"] = "Development",
            ["Platform:DataFolder"] = Path.Combine(Folder, "trading-platform"),
            ["Platform:PublicBaseUrl"] = TradingPlatform.ToString(),
            ["Platform:DemoPassword"] = Secrets.TradingPlatformPassword,
            ["Platform:Bzt:BaseUrl"] = Gateway.ToString(),
            ["Platform:Bzt:ClientId"] = PlatformId,
            ["Platform:Bzt:ClientSecret"] = Secrets.PlatformSecret,
        }, "--urls", Listen(TradingPlatform));
        await platform.WaitUntilReadyAsync(new Uri(TradingPlatform, "health"), cancellation);
    }

    /// <summary>What every gateway of a development deployment is told.</summary>
    protected Dictionary<string, string> GatewaySettings()
    {
        var settings = new Dictionary<string, string>
        {
            ["ASPNETCORE_ENVIRONMENT"] = "Development",
            ["Gateway:PublicBaseUrl"] = Gateway.GetLeftPart(UriPartial.Authority),
            // A number nobody has.
            ["Gateway:ConsultationPhone"] = "400-000-0000",
            ["Gateway:ConsultationHours"] = "工作日 8:30–17:30",
            ["Protection:RootKeyFile"] = Path.Combine(Folder, "keys", "root.key"),
            ["CaConsole:Password"] = Secrets.CaConsolePassword,
            ["Platforms:0:Id"] = PlatformId,
            ["Platforms:0:Name"] = PlatformName,
            ["Platforms:0:RecognitionGroup"] = RecognitionGroup,
            ["Platforms:0:ClientSecret"] = Secrets.PlatformSecret,
            ["Platforms:0:RedirectUris:0"] = new Uri(TradingPlatform, "signin-bzt").ToString(),
            ["Platforms:1:Id"] = OtherPlatformId,
            ["Platforms:1:Name"] = OtherPlatformName,
            ["Platforms:1:RecognitionGroup"] = RecognitionGroup,
            ["Platforms:1:ClientSecret"] = Secrets.OtherPlatformSecret,
            ["Platforms:1:RedirectUris:0"] = OtherPlatformRedirect,
            ["Platforms:1:PostLogoutRedirectUris:0"] = "http://127.0.0.1:8765/",
            ["Platforms:1:MaySignHashes"] = "true",
        };
        if (File.Exists(Path.Combine(Binaries.PhoneApp, "index.html")))
        {
            // The headless demo does without.
            settings["Gateway:PhoneAppFolder"] = Binaries.PhoneApp;
        }

        foreach (var (key, value) in GatewayOverrides)
        {
            settings[key] = value;
        }

        return settings;
    }

    /// <summary>For the process with the grains: the accounts at the simulated providers, as the simulators wrote them down at their start.</summary>
    protected void AddProviders(Dictionary<string, string> settings)
    {
        using var providers = JsonDocument.Parse(File.ReadAllBytes(ProvidersFile));
        Flatten("", providers.RootElement, settings);
    }

    private static void Flatten(string prefix, JsonElement element, Dictionary<string, string> settings)
    {
        foreach (var member in element.EnumerateObject())
        {
            var key = prefix.Length == 0 ? member.Name : $"{prefix}:{member.Name}";
            if (member.Value.ValueKind == JsonValueKind.Object)
            {
                Flatten(key, member.Value, settings);
            }
            else
            {
                settings[key] = member.Value.ToString();
            }
        }
    }

    /// <summary>On loopback only, both families, so that <c>localhost</c> finds it.</summary>
    protected static string Listen(Uri address) => address.GetLeftPart(UriPartial.Authority);

    /// <summary>Below the range the system gives to outgoing connections, so that none takes it before the process that is to listen there.</summary>
    public static int FreePort()
    {
        while (true)
        {
            var port = Random.Shared.Next(12_000, 32_000);
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
                return port;
            }
            catch (SocketException)
            {
                // Somebody's.
            }
        }
    }
}
