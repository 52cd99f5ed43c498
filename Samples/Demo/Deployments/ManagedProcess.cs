using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Bzt.Samples.Demo;

/// <summary>A process of the deployment: its output in a log file, stopped by SIGTERM and, if it does not go, killed.</summary>
internal sealed partial class ManagedProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Process process;
    private readonly StreamWriter log;

    private ManagedProcess(string name, string logFile, Process process)
    {
        Name = name;
        LogFile = logFile;
        this.process = process;
        log = new StreamWriter(logFile, append: true) { AutoFlush = true };
        process.OutputDataReceived += (_, line) => Write(line.Data);
        process.ErrorDataReceived += (_, line) => Write(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public string Name { get; }

    public string LogFile { get; }

    public int Id => process.Id;

    public bool HasExited => process.HasExited;

    /// <summary>It has ended, and not well.</summary>
    public bool Failed => process.HasExited && process.ExitCode != 0;

    public Task Exited => process.WaitForExitAsync();

    /// <param name="assembly">Full path of the .dll.</param>
    public static ManagedProcess Start(string name, string assembly, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment, string logFolder)
    {
        var start = new ProcessStartInfo("dotnet") { WorkingDirectory = Path.GetDirectoryName(assembly)! };
        start.ArgumentList.Add(assembly);
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var (key, value) in environment)
        {
            start.Environment[key.Replace(":", "__", StringComparison.Ordinal)] = value;
        }

        return Start(name, start, logFolder);
    }

    public static ManagedProcess Start(string name, ProcessStartInfo start, string logFolder)
    {
        Directory.CreateDirectory(logFolder);
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        start.UseShellExecute = false;
        return new ManagedProcess(name, Path.Combine(logFolder, name + ".log"), new Process { StartInfo = start });
    }

    /// <summary>Waits until the address answers with success, and until a file is there that it writes afterwards.</summary>
    /// <exception cref="DemoException">The process ended, or did not get ready in time.</exception>
    public async Task WaitUntilReadyAsync(Uri health, CancellationToken cancellation, string? file = null)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(2) };
        var since = Stopwatch.StartNew();
        while (since.Elapsed < TimeSpan.FromSeconds(120))
        {
            if (process.HasExited)
            {
                throw new DemoException($"{Name} ended at start; see {LogFile}:\n{await TailAsync()}");
            }

            try
            {
                using var response = await http.GetAsync(health, cancellation);
                if (response.IsSuccessStatusCode && (file is null || File.Exists(file)))
                {
                    return;
                }
            }
            catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException && !cancellation.IsCancellationRequested)
            {
                // Not there yet.
            }

            await Task.Delay(200, cancellation);
        }

        throw new DemoException($"{Name} did not get ready; see {LogFile}");
    }

    /// <summary>As a power cut would: nothing is finished, nothing is said.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
    }

    /// <summary>As a machine that hangs: connections stay, nothing answers.</summary>
    public void Freeze() => Signal(process.Id, SigStop);

    public void Thaw() => Signal(process.Id, SigCont);

    /// <summary>To a process that is not a child; one that is gone is passed over.</summary>
    public static void Signal(int id, int signal) => _ = Kill(id, signal);

    public const int SigCont = 18;
    public const int SigStop = 19;

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            const int SigTerm = 15;
            Thaw();
            _ = Kill(process.Id, SigTerm);
            try
            {
                await process.WaitForExitAsync().WaitAsync(Patience);
            }
            catch (TimeoutException)
            {
                process.Kill(entireProcessTree: true);
                await process.WaitForExitAsync();
            }
        }

        process.Dispose();
        await log.DisposeAsync();
    }

    public async Task<string> TailAsync()
    {
        await using var stream = new FileStream(LogFile, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(stream);
        var lines = (await reader.ReadToEndAsync()).Split('\n');
        // What an ended process says stands before its stack.
        return string.Join('\n', lines.TakeLast(40));
    }

    private void Write(string? line)
    {
        if (line is not null)
        {
            lock (log)
            {
                log.WriteLine(line);
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int pid, int signal);
}

/// <summary>Something the person at the terminal is told in one line.</summary>
internal sealed class DemoException(string message) : Exception(message);
