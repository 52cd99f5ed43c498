using System.Diagnostics;

namespace Bzt.Samples.Demo;

/// <summary>A file system of its own in a file (a loop device, as root), which can be filled to the last block and freed again without anybody else's harm.</summary>
internal sealed class SmallDisk : IAsyncDisposable
{
    private const int MiB = 1 << 20;
    private const int Size = 1024;
    private const int Block = 4096;

    private readonly string folder;
    private readonly string image;

    private SmallDisk(string folder, string image) => (this.folder, this.image) = (folder, image);

    /// <param name="folder">Empty; from then on it is the disk, still its owner's.</param>
    /// <param name="owner">User and group.</param>
    /// <param name="cancellation">Gives up.</param>
    public static async Task<SmallDisk> MountAsync(string folder, string owner, CancellationToken cancellation)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            throw new DemoException("A disk of its own needs root: it is mounted.");
        }

        var disk = new SmallDisk(folder, folder + ".disk");
        await RunAsync("truncate", ["-s", $"{Size}M", disk.image], cancellation);
        await RunAsync("mkfs.ext4", ["-q", "-F", "-m", "0", disk.image], cancellation);
        await RunAsync("mount", ["-o", "loop", disk.image, folder], cancellation);
        await RunAsync("chown", [owner, folder], cancellation);
        await RunAsync("chmod", ["700", folder], cancellation);
        return disk;
    }

    /// <summary>To the last block.</summary>
    public void Fill()
    {
        var number = 0;
        for (long octets = (long)Size * MiB; octets >= Block; octets /= 2)
        {
            while (TryTake(Filler(number), octets))
            {
                number++;
            }
        }
    }

    public void Free()
    {
        foreach (var filler in Directory.GetFiles(folder, "filler-*"))
        {
            File.Delete(filler);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await RunAsync("umount", [folder], CancellationToken.None);
        File.Delete(image);
    }

    private string Filler(int number) => Path.Combine(folder, $"filler-{number}");

    private static bool TryTake(string file, long octets)
    {
        try
        {
            new FileStream(file, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, PreallocationSize = octets }).Dispose();
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static async Task RunAsync(string program, string[] arguments, CancellationToken cancellation)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        var error = await process.StandardError.ReadToEndAsync(cancellation);
        await process.WaitForExitAsync(cancellation);
        if (process.ExitCode != 0)
        {
            throw new DemoException($"{program} ended with {process.ExitCode}: {error.Trim()}");
        }
    }
}
