using System.Diagnostics;
using Bzt.Gateway.Hosting;
using Bzt.Silo.Hosting;
using Bzt.Silo.Storage;
using Bzt.Tests.Embedded;

namespace Bzt.Tests.Faults;

/// <summary>
/// The embedded gateway as a process on a folder and an address of its own. Whenever it was killed it is started again on the same folder,
/// with the next fault in the queue, as a supervisor of services would.
/// </summary>
internal sealed class KillableGateway : IAsyncDisposable
{
    private const int Killed = 128 + 9;
    private const string Obituary = "Killed ";

    private readonly Queue<string> faults = new();
    private readonly List<string> lines = [];
    private readonly List<string> deaths = [];
    private readonly Lock gate = new();
    private readonly Dictionary<string, string?> settings;
    private readonly Task supervision;
    private readonly HttpClient probe = new() { Timeout = TimeSpan.FromSeconds(10) };
    private Process? process;
    private string? failure;
    private bool stopping;

    private KillableGateway(EmbeddedSystem system, IReadOnlyDictionary<string, string?> more, IEnumerable<string> faults)
    {
        Address = new Uri($"http://127.0.0.1:{EmbeddedPort.Take()}");
        settings = new(system.ProviderSettings)
        {
            ["ASPNETCORE_ENVIRONMENT"] = "Development",
            ["ASPNETCORE_URLS"] = Address.GetLeftPart(UriPartial.Authority),
            ["Storage:DataFolder"] = system.DataFolder,
            ["Protection:RootKeyFile"] = system.RootKeyFile,
            ["Gateway:LoginsPerMinute"] = "100000",
            // What a crash left in an outbox is looked for at once, not when it has been there for a minute.
            ["Outbox:PendingAge"] = "00:00:00",
            ["Outbox:Period"] = "00:00:01",
        };
        foreach (var (key, value) in more)
        {
            settings[key] = value;
        }

        Array.ForEach([.. faults], this.faults.Enqueue);
        supervision = SuperviseAsync();
    }

    /// <summary>The same after every start.</summary>
    public Uri Address { get; }

    /// <summary>Where each kill by a fault happened: <c>before state certificate/certificate/…</c>.</summary>
    public IReadOnlyList<string> Deaths
    {
        get
        {
            lock (gate)
            {
                return [.. deaths];
            }
        }
    }

    /// <summary>Everything it wrote, from all its lives.</summary>
    public string Log
    {
        get
        {
            lock (gate)
            {
                return string.Join('\n', lines);
            }
        }
    }

    /// <summary>Faults that no life has been given yet.</summary>
    public int FaultsLeft
    {
        get
        {
            lock (gate)
            {
                return faults.Count;
            }
        }
    }

    public int Lives { get; private set; }

    /// <param name="system">Its gateway is stopped: this one goes on with its files.</param>
    /// <param name="settings">Win over those of the system.</param>
    /// <param name="faults">Values of <c>Faults:KillAtWrite</c>, one for each life.</param>
    public static async Task<KillableGateway> StartAsync(EmbeddedSystem system, IReadOnlyDictionary<string, string?>? settings = null, params IEnumerable<string> faults)
    {
        var gateway = new KillableGateway(system, settings ?? new Dictionary<string, string?>(), faults);
        try
        {
            await gateway.UpAsync();
            return gateway;
        }
        catch
        {
            await gateway.DisposeAsync();
            throw;
        }
    }

    /// <summary>Until it answers.</summary>
    public async Task UpAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(120));
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(25));
        while (true)
        {
            Assert.Null(failure);
            try
            {
                using var answer = await probe.GetAsync(new Uri(Address, "/health/live"), patience.Token);
                if (answer.IsSuccessStatusCode)
                {
                    return;
                }
            }
            catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException && !patience.IsCancellationRequested)
            {
                // Not there yet.
            }

            await pace.WaitForNextTickAsync(patience.Token);
        }
    }

    /// <summary>From outside, whatever it is doing.</summary>
    public void Kill()
    {
        lock (gate)
        {
            if (process is { HasExited: false })
            {
                process.Kill();
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        stopping = true;
        Kill();
        await supervision;
        probe.Dispose();
    }

    private async Task SuperviseAsync()
    {
        while (!stopping)
        {
            Lives++;
            var life = Launch();
            var output = ReadAsync(life.StandardOutput);
            var errors = ReadAsync(life.StandardError);
            if (stopping)
            {
                Kill();
            }

            await life.WaitForExitAsync();
            await Task.WhenAll(output, errors);
            lock (gate)
            {
                if (life.ExitCode != Killed && !stopping)
                {
                    failure = $"The gateway ended with {life.ExitCode}:\n{string.Join('\n', lines.TakeLast(30))}";
                    stopping = true;
                }

                process = null;
            }

            life.Dispose();
        }
    }

    private Process Launch()
    {
        lock (gate)
        {
            var start = new ProcessStartInfo("dotnet", [typeof(GatewayHost).Assembly.Location]) { RedirectStandardOutput = true, RedirectStandardError = true };
            foreach (var (key, value) in settings)
            {
                start.Environment[key.Replace(":", "__", StringComparison.Ordinal)] = value;
            }

            if (faults.TryDequeue(out var fault))
            {
                start.Environment[KillAtWrite.Setting.Replace(":", "__", StringComparison.Ordinal)] = fault;
            }

            return process = Process.Start(start)!;
        }
    }

    private async Task ReadAsync(StreamReader reader)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            lock (gate)
            {
                lines.Add(line);
                if (line.StartsWith(Obituary, StringComparison.Ordinal))
                {
                    deaths.Add(line[Obituary.Length..]);
                }
            }
        }
    }
}

/// <summary>The network of somebody who tries again when the service is back, and then finds it.</summary>
internal sealed class PatientNetwork(KillableGateway gateway) : DelegatingHandler(new SocketsHttpHandler())
{
    private int requests;

    /// <summary>Requests sent so far.</summary>
    public int Requests => requests;

    /// <summary>Called while the n-th request is under way.</summary>
    public Action<int>? UnderWay { get; set; }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var number = Interlocked.Increment(ref requests);
        try
        {
            var answer = base.SendAsync(request, cancellationToken);
            UnderWay?.Invoke(number);
            return await answer;
        }
        catch (HttpRequestException)
        {
            await gateway.UpAsync();
            throw;
        }
    }
}
