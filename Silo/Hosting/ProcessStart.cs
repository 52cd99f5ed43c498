using Microsoft.Extensions.Options;

namespace Bzt.Silo.Hosting;

/// <summary>How a process begins that is no command: or else it says in one line why it does not.</summary>
public static class ProcessStart
{
    private const int WrongUsage = 2;

    /// <param name="arguments">Settings only. A command that is mistyped must not become a silo, which would join the cluster.</param>
    /// <param name="commands">What there is, for whoever mistyped.</param>
    /// <param name="run">Builds the process and runs it to its end.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(string[] arguments, string commands, Func<Task> run)
    {
        if (arguments is [var first, ..] && !first.StartsWith('-') && !first.StartsWith('/') && !first.Contains('=', StringComparison.Ordinal))
        {
            await Console.Error.WriteLineAsync(commands);
            return WrongUsage;
        }

        try
        {
            await run();
            return Environment.ExitCode;
        }
        catch (OptionsValidationException unsafeSetting)
        {
            await Console.Error.WriteLineAsync(unsafeSetting.Message);
            return 1;
        }
    }
}
