using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Bzt.LoadTests.Flows;

/// <summary>The figures of one run. Per flow where the name does not say otherwise; null where the server's processes are not ours to look at.</summary>
/// <param name="GroupOperationsMs">The least the cryptography could take: its group operations in full batches.</param>
/// <param name="LoadAverage">Of the machine when the run ended: above its cores, others worked too.</param>
internal sealed record FlowReport(
    string Target, string Kind, int Documents, int Phones, int Concurrency, double Seconds, long Flows, IReadOnlyDictionary<string, int> Errors,
    double FlowsPerSecond, double P50Ms, double P90Ms, double P99Ms, double MaxMs,
    double? ServerCpuMs, double CryptographyCpuMs, double? RestCpuMs, double GroupOperationsMs, double SimulatorsCpuMs,
    double PinStretchMs, int PinRounds, double PhonesProvisionedPerSecond, int Cores, double LoadAverage)
{
    /// <summary>Where the server's processor time went, the largest first; empty when nobody looked.</summary>
    public IReadOnlyList<ProfilePart> Profile { get; init; } = [];

    /// <summary>Of each of the server's processes.</summary>
    public IReadOnlyDictionary<string, double> ServerCpuMsOf { get; init; } = new Dictionary<string, double>();

    /// <summary>The part of the machine's processors that was busy while flows were counted, whoever with.</summary>
    public double? MachineBusy { get; init; }

    private static readonly JsonSerializerOptions Form = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    public static FlowReport Of(
        string target, FlowOptions options, FlowCount count, FlowCosts costs, int phones, double provisionedPerSecond, double load)
    {
        double PerFlow(TimeSpan time) => time.TotalMilliseconds / Math.Max(1, count.Flows);
        double Percentile(double percent) => count.Flows == 0 ? 0 : count.Latency.GetValueAtPercentile(percent) / 1000.0;
        var cryptography = costs.Cryptography.TotalMilliseconds;
        double? server = count.ServerCpu is { } cpu ? PerFlow(cpu) : null;
        return new FlowReport(
            target, options.Kind.ToString().ToLowerInvariant(), options.Documents, phones, options.Concurrency, count.Elapsed.TotalSeconds, count.Flows, count.Errors,
            count.Flows / count.Elapsed.TotalSeconds, Percentile(50), Percentile(90), Percentile(99), Percentile(100),
            server, cryptography, server - cryptography, costs.GroupOperations.TotalMilliseconds, PerFlow(count.OwnCpu),
            costs.PinStretch.TotalMilliseconds, costs.PinRounds, provisionedPerSecond, Environment.ProcessorCount, load)
        {
            MachineBusy = count.MachineBusy,
        };
    }

    public void Print(TextWriter output)
    {
        void Line(string name, FormattableString value) => output.WriteLine($"{name,-56}{value.ToString(CultureInfo.InvariantCulture)}");
        output.WriteLine();
        Line("target", $"{Target}, {Kind} with {Documents} document(s), {Phones} phones, {Concurrency} flows at once");
        Line("flows counted, errors", $"{Flows} in {Seconds:F1} s, {Errors.Values.Sum()}");
        foreach (var (error, count) in Errors)
        {
            Line("", $"{count} × {error}");
        }

        Line("flows per second", $"{FlowsPerSecond:F1}");
        Line("PC opens → signature verified, ms", $"p50 {P50Ms:F1}, p90 {P90Ms:F1}, p99 {P99Ms:F1}, longest {MaxMs:F1}");
        if (ServerCpuMs is { } server)
        {
            Line("server CPU per flow, ms", $"{server:F2} = cryptography {CryptographyCpuMs:F2} + the rest {RestCpuMs:F2}");
        }
        else
        {
            Line("server's cryptography per flow, ms", $"{CryptographyCpuMs:F2}");
        }

        foreach (var (process, ms) in ServerCpuMsOf)
        {
            Line("  " + process, $"{ms:F2}");
        }

        Line("  its group operations in full batches, ms", $"{GroupOperationsMs:F3}");
        Line("CPU of phones and platform per flow, ms", $"{SimulatorsCpuMs:F2}, on the same machine");
        Line("one PIN stretched, ms", $"{PinStretchMs:F0} ({PinRounds} rounds; on the phone, cached here, in no other figure)");
        Line("phones provisioned per second", $"{PhonesProvisionedPerSecond:F2}");
        foreach (var part in Profile)
        {
            Line("  " + part.Name, $"{part.Ms,8:F3} ms a flow {100 * part.Share,5:F1} %");
        }

        Line("machine", $"{Cores} cores, {100 * MachineBusy:F0} % busy, load average {LoadAverage:F1}");
    }

    public string ToJson() => JsonSerializer.Serialize(this, Form);
}
