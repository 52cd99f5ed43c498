using System.Runtime.InteropServices;
using Bzt.Contracts;
using Bzt.LoadTests.Flows;
using Bzt.Samples.Demo;

namespace Bzt.LoadTests.Runs;

/// <summary>What every long command shares: it can be broken off, and tells what it cannot do in one line.</summary>
internal static class CommandLine
{
    public static bool AsksForHelp(string[] args) => args.Contains("--help") || args.Contains("-h");

    public static void Help(TextWriter output, string command, string summary, IReadOnlyList<CommandOption> options, IReadOnlyList<string> examples)
    {
        output.WriteLine($"loadtests {command}: {summary}\n\noptions");
        foreach (var option in options)
        {
            output.WriteLine($"  {"--" + option.Name + " " + option.Placeholder,-34}{option.Text}{(option.Default.Length > 0 ? $" ({option.Default})" : "")}");
        }

        output.WriteLine("\nexamples");
        foreach (var example in examples)
        {
            output.WriteLine("  loadtests " + example);
        }

        output.WriteLine("\nexit code: 0 when all that must hold held, 1 when not, 2 when the command line is wrong");
    }

    /// <returns>The exit code: the body's, 1 when something was not there or the run was broken off, 2 when the command line is wrong.</returns>
    public static async Task<int> RunAsync(Func<CancellationToken, Task<int>> body)
    {
        using var stop = new CancellationTokenSource();
        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            stop.Cancel();
        }

        // What was started is stopped again, however the run ends.
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        try
        {
            return await body(stop.Token);
        }
        catch (CommandException exception)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return 2;
        }
        catch (Exception exception) when (exception is DemoException or FlowFailedException or ApiRefusedException or HttpRequestException or IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return 1;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return 1;
        }
    }
}
