using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace Bzt.Tests.Peers;

/// <summary>What a program of others answered.</summary>
public sealed record PeerResult(int ExitCode, string Output, string Error)
{
    public bool Succeeded => ExitCode == 0;

    /// <summary>Fails the test with everything the program said.</summary>
    public PeerResult OrFail() => Succeeded ? this : throw new InvalidOperationException($"exit code {ExitCode}\n{Output}\n{Error}");
}

/// <summary>Runs outside programs. A missing one fails the test: a peer that is not asked has not agreed.</summary>
internal static class PeerProcess
{
    public static async Task<PeerResult> Run(string program, IEnumerable<string> arguments, string? folder = null, string? input = null)
    {
        var start = new ProcessStartInfo(program)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            WorkingDirectory = folder ?? Path.GetTempPath(),
        };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        Process process;
        try
        {
            process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start");
        }
        catch (Win32Exception e)
        {
            throw new InvalidOperationException($"The outside verifier '{program}' is not installed; ./test.sh installs what the tests need.", e);
        }
        using (process)
        {
            using var timeout = new CancellationTokenSource(TimeSpan.FromMinutes(3));
            try
            {
                var (output, error) = (process.StandardOutput.ReadToEndAsync(timeout.Token), process.StandardError.ReadToEndAsync(timeout.Token));
                if (input is not null) await process.StandardInput.WriteAsync(input);
                process.StandardInput.Close();
                await process.WaitForExitAsync(timeout.Token);
                return new PeerResult(process.ExitCode, await output, await error);
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
                throw new TimeoutException($"{program} {string.Join(' ', start.ArgumentList)} took more than three minutes");
            }
        }
    }

    /// <summary>A folder of this directory in the sources.</summary>
    public static string Sources(string name)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "BztCluster.sln"))) return Path.Combine(folder.FullName, "Tests", "Peers", name);
        }
        throw new DirectoryNotFoundException("The tests run inside a checkout of the sources.");
    }
}

/// <summary>A folder of one test, removed with it.</summary>
public sealed class TemporaryFolder : IDisposable
{
    public string FullName { get; } = Directory.CreateTempSubdirectory("bzt-test-").FullName;

    public string this[string name] => Path.Combine(FullName, name);

    public string Write(string name, ReadOnlySpan<byte> content)
    {
        File.WriteAllBytes(this[name], content);
        return this[name];
    }

    public void Dispose() => Directory.Delete(FullName, recursive: true);
}
