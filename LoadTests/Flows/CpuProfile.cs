using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Bzt.LoadTests.Flows;

/// <param name="Ms">Of processor time, for each flow.</param>
internal sealed record ProfilePart(string Name, double Ms, double Share);

/// <summary>
/// Where the server's processor time goes: Linux' <c>perf</c> looks at its stacks while flows are counted, and each sample goes to the part whose
/// code is nearest to the processor. .NET names its compiled methods in a file for perf when it is told so at its start.
/// </summary>
internal sealed partial class CpuProfile : IDisposable
{
    private const int PerSecond = 499;
    private const string Unnamed = "runtime, thread pool, kernel, without a caller of ours";

    /// <summary>The first that a frame matches has the sample. With a question mark: unless an owner further up claims what it does for it.</summary>
    private static readonly ImmutableArray<(string Part, Regex Frames)> Parts =
    [
        ("tokens: OpenIddict, data protection", new(@"OpenIddict|Microsoft\.IdentityModel|DataProtection")),
        ("DPoP and device tokens", new(@"Dpop|DeviceKeys|Phones\.AccessToken")),
        ("our cryptography", new(@"Bzt\.Protocol|Silo\.Batching")),
        ("limits", new(@"Gateway\.Admission|RateLimiting")),
        ("?JSON", new(@"System\.Text\.Json")),
        ("?OpenSSL", new(@"libcrypto|Security\.Cryptography")),
        ("storage", new(@"sqlite|Sqlite|Npgsql|System\.Data|Orleans\.Storage|Orleans\.Persistence|Silo\.Storage|Silo\.Projections")),
        ("metrics, traces, logs", new(@"OpenTelemetry|Diagnostics\.Metrics|DiagnosticSource|Extensions\.Logging|HostingApplicationDiagnostics")),
        ("grains", new(@"Bzt\.(Grains|Silo)")),
        ("Orleans' serialisation", new(@"Orleans\.Serialization|OrleansCodeGen")),
        ("Orleans", new("Orleans")),
        ("gateway's endpoints", new(@"Bzt\.(Gateway|Contracts)")),
        ("Kestrel, sockets", new(@"Kestrel|System\.Net\.Sockets|IO\.Pipelines")),
        ("ASP.NET", new(@"Microsoft\.AspNetCore|Extensions\.DependencyInjection")),
        ("compiling methods", new("libclrjit")),
    ];

    private static readonly ImmutableHashSet<string> Owners = ["tokens: OpenIddict, data protection", "DPoP and device tokens", "our cryptography"];

    private readonly Process perf;
    private readonly string file;

    private CpuProfile(Process perf, string file) => (this.perf, this.file) = (perf, file);

    /// <summary>Before the processes start: they inherit it.</summary>
    public static void Prepare()
    {
        // Only the file of names; and compiled code in memory that has no other name.
        Environment.SetEnvironmentVariable("DOTNET_PerfMapEnabled", "3");
        Environment.SetEnvironmentVariable("DOTNET_EnableWriteXorExecute", "0");
    }

    public static CpuProfile Begin(IReadOnlyList<int> processes, TimeSpan length)
    {
        var file = Path.Combine(Path.GetTempPath(), $"bzt-profile-{Guid.NewGuid():N}.data");
        return new CpuProfile(
            Start("record", "-q", "-F", $"{PerSecond}", "-g", "-p", string.Join(',', processes), "-o", file, "--", "sleep", length.TotalSeconds.ToString("F0", CultureInfo.InvariantCulture)), file);
    }

    /// <param name="flows">That were counted meanwhile.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<IReadOnlyList<ProfilePart>> EndAsync(long flows, CancellationToken cancellation)
    {
        await perf.WaitForExitAsync(cancellation);
        using var script = Start("script", "-i", file, "-F", "comm,ip,sym,dso");
        var errors = script.StandardError.ReadToEndAsync(cancellation);
        var samples = new Dictionary<string, int>(StringComparer.Ordinal);
        await foreach (var part in PartsAsync(script.StandardOutput, cancellation))
        {
            samples[part] = samples.GetValueOrDefault(part) + 1;
        }

        await script.WaitForExitAsync(cancellation);
        if (samples.Count == 0)
        {
            throw new FlowFailedException($"perf saw nothing: {await errors}");
        }

        double all = samples.Values.Sum();
        return [.. samples.OrderByDescending(part => part.Value).Select(part => new ProfilePart(part.Key, part.Value * 1000.0 / PerSecond / Math.Max(1, flows), part.Value / all))];
    }

    public void Dispose()
    {
        if (!perf.HasExited)
        {
            perf.Kill(entireProcessTree: true);
        }

        perf.Dispose();
        File.Delete(file);
    }

    /// <summary>A sample is the thread's name on a line of its own, its frames from the processor outwards, and an empty line.</summary>
    internal static async IAsyncEnumerable<string> PartsAsync(TextReader script, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        var (thread, frames) = ("", new List<string>());
        while (await script.ReadLineAsync(cancellation) is { } line)
        {
            if (line.Length > 0 && char.IsWhiteSpace(line[0]))
            {
                frames.Add(line);
            }
            else if (line.Length > 0)
            {
                thread = line;
            }
            else if (thread.Length > 0)
            {
                yield return PartOf(thread, frames);
                (thread, frames) = ("", []);
            }
        }
    }

    private static string PartOf(string thread, List<string> frames)
    {
        if (GarbageCollector().IsMatch(thread))
        {
            return "garbage collector";
        }

        if (thread.Contains("sqlite", StringComparison.Ordinal))
        {
            return "storage";
        }

        if (thread.Contains("Tiered", StringComparison.Ordinal))
        {
            return "compiling methods";
        }

        string? meanwhile = null;
        foreach (var frame in frames)
        {
            if (Parts.FirstOrDefault(part => part.Frames.IsMatch(frame)).Part is not { } part)
            {
                continue;
            }

            if (part[0] != '?')
            {
                return meanwhile is null || Owners.Contains(part) ? part : meanwhile;
            }

            meanwhile ??= part[1..];
        }

        return meanwhile ?? Unnamed;
    }

    private static Process Start(params string[] arguments)
    {
        try
        {
            var start = new ProcessStartInfo("perf") { RedirectStandardOutput = arguments[0] == "script", RedirectStandardError = arguments[0] == "script" };
            foreach (var argument in arguments)
            {
                start.ArgumentList.Add(argument);
            }

            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            throw new FlowFailedException("--profile needs perf (Debian: linux-perf) and the right to use it.");
        }
    }

    [GeneratedRegex("GC|Finalizer")]
    private static partial Regex GarbageCollector();
}
