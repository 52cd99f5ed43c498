using System.Diagnostics;
using Bzt.Silo.Storage;

namespace Bzt.Tests.KeyProtection;

/// <summary>The silo's program as an operator runs it: a command, and what it said.</summary>
internal static class SiloCommand
{
    public static async Task<string> RunAsync(IReadOnlyDictionary<string, string> settings, params string[] arguments)
    {
        var (exit, said) = await TryAsync(settings, arguments);
        Assert.True(exit == 0, said);
        return said;
    }

    public static async Task<string> RefusedAsync(IReadOnlyDictionary<string, string> settings, params string[] arguments)
    {
        var (exit, said) = await TryAsync(settings, arguments);
        Assert.Equal(1, exit);
        return said;
    }

    private static async Task<(int Exit, string Said)> TryAsync(IReadOnlyDictionary<string, string> settings, string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(SqlStore).Assembly.Location, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in settings)
        {
            start.Environment[name.Replace(":", "__", StringComparison.Ordinal)] = value;
        }

        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output + await errors);
    }
}
