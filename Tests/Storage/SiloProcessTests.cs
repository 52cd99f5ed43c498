using System.Diagnostics;
using Bzt.Silo.Storage;
using Bzt.Simulators.Control;
using Bzt.Tests.Peers;

namespace Bzt.Tests.Storage;

/// <summary>The silo as a process: its program, its pages for operators, and dying at a write.</summary>
public sealed class SiloProcessTests : IDisposable
{
    private const int Killed = 128 + 9;

    private readonly TempFolder folder = new();

    public SiloProcessTests() => File.WriteAllText(folder.File("providers.json"), ProviderSettings.ToJson(NoProviders.Settings));

    public void Dispose() => folder.Dispose();

    /// <summary>The first durable write of a fresh process is ASP.NET's key ring.</summary>
    [Theory]
    [InlineData("1:before", 0)]
    [InlineData("1:after", 1)]
    public async Task Killed_at_a_write_it_has_written_or_not(string setting, int keys)
    {
        using var silo = Start("Development", $"--Faults:KillAtWrite={setting}");
        await silo.WaitForExitAsync(Limit());
        Assert.Equal(Killed, silo.ExitCode);
        await using var store = new SqliteStore(folder.File("data/bzt.db"));
        Assert.Equal(keys, (await store.QueryAsync("SELECT count(*) FROM data_protection_key", row => row.GetInt32(0)))[0]);
    }

    [Fact]
    public async Task It_refuses_to_die_by_setting_in_production()
    {
        using var silo = Start("Production", "--Faults:KillAtWrite=1:before");
        await silo.WaitForExitAsync(Limit());
        Assert.NotEqual(0, silo.ExitCode);
        Assert.NotEqual(Killed, silo.ExitCode);
        Assert.False(Directory.Exists(folder.File("data")));
    }

    [Fact]
    public async Task It_is_alive_ready_and_measured()
    {
        using var silo = Start("Production");
        try
        {
            using var http = new HttpClient { BaseAddress = await AddressAsync(silo) };
            Assert.Equal("Healthy", await http.GetStringAsync("/health/live", Limit()));
            Assert.Equal("Healthy", await http.GetStringAsync("/health/ready", Limit()));
            Assert.Contains("Healthy", await RunAsync("health", new Uri(http.BaseAddress, "/health/ready").ToString()), StringComparison.Ordinal);
            Assert.Contains("orleans", await http.GetStringAsync("/metrics", Limit()), StringComparison.OrdinalIgnoreCase);
            using var answer = await http.GetAsync("/health/live", Limit());
            Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
        }
        finally
        {
            silo.Kill();
            await silo.WaitForExitAsync(Limit());
        }
    }

    [Fact]
    public async Task Asked_for_its_health_it_tells_by_its_exit_code()
    {
        using var nobody = Launch("Production", ["health", "http://127.0.0.1:9/health/live"]);
        await nobody.WaitForExitAsync(Limit());
        Assert.Equal(1, nobody.ExitCode);
    }

    [Fact]
    public async Task The_root_key_is_created_by_command()
    {
        var root = folder.File("cluster/root.key");
        Assert.Contains(root, await RunAsync("keys", "create", root), StringComparison.Ordinal);
        Assert.Equal(32, new FileInfo(root).Length);
    }

    [Theory]
    [InlineData(2, "keys create [FILE]", "key", "list")]
    [InlineData(2, "keys create [FILE]", "keys")]
    [InlineData(2, "health URL", "health")]
    [InlineData(1, "keys create [FILE]", "keys", "lsit")]
    [InlineData(1, "keys create [FILE]", "keys", "drop")]
    [InlineData(1, "Storage:DataFolder", "--urls=http://127.0.0.1:0")]
    public async Task A_mistyped_command_or_a_missing_setting_ends_in_one_line_and_not_in_a_silo(int code, string told, params string[] arguments)
    {
        var run = await PeerProcess.Run("env", ["DOTNET_ENVIRONMENT=Production", "ASPNETCORE_ENVIRONMENT=Production", "dotnet", typeof(SqlStore).Assembly.Location, .. arguments]);
        Assert.Equal(code, run.ExitCode);
        Assert.Contains(told, Assert.Single(run.Error.TrimEnd('\n').Split('\n')), StringComparison.Ordinal);
    }

    private Process Start(string environment, params string[] settings) => Launch(environment, [
        "--urls=http://127.0.0.1:0", "--EmbeddedCa:PublicUrl=http://ca.test/ca", $"--SettingFiles:Json={folder.File("providers.json")}", $"--Storage:DataFolder={folder.File("data")}", $"--Protection:RootKeyFile={folder.File("keys/root.key")}", .. settings]);

    private static async Task<string> RunAsync(params string[] arguments)
    {
        using var process = Launch("Production", arguments);
        var output = await process.StandardOutput.ReadToEndAsync(Limit());
        await process.WaitForExitAsync(Limit());
        Assert.Equal(0, process.ExitCode);
        return output;
    }

    private static Process Launch(string environment, string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(SqlStore).Assembly.Location, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["ASPNETCORE_ENVIRONMENT"] = environment, ["DOTNET_ENVIRONMENT"] = environment },
        };
        var process = Process.Start(start)!;
        // Whoever does not read a pipe stops the writer.
        _ = process.StandardError.ReadToEndAsync(CancellationToken.None);
        return process;
    }

    /// <summary>As the server says it: it was given no port.</summary>
    private static async Task<Uri> AddressAsync(Process silo)
    {
        const string said = "Now listening on: ";
        while (await silo.StandardOutput.ReadLineAsync(Limit()) is { } line)
        {
            if (line.IndexOf(said, StringComparison.Ordinal) is var at and >= 0)
            {
                _ = silo.StandardOutput.ReadToEndAsync(CancellationToken.None);
                return new Uri(line[(at + said.Length)..]);
            }
        }

        throw new InvalidOperationException("The silo ended before it listened.");
    }

    private static CancellationToken Limit() => new CancellationTokenSource(TimeSpan.FromSeconds(90)).Token;
}
