using System.Runtime.InteropServices;

namespace Bzt.Silo.Storage;

/// <summary>A renamed file survives a power cut only once its folder is on the disk too; the framework has no call for that.</summary>
internal static partial class DurableFolder
{
    public static void Sync(string folder)
    {
        if (!OperatingSystem.IsLinux() && !OperatingSystem.IsMacOS())
        {
            return;
        }

        var handle = Open(folder, 0);
        if (handle < 0)
        {
            throw new IOException($"The folder {folder} cannot be opened ({Marshal.GetLastPInvokeError()}).");
        }

        var synced = FSync(handle);
        var error = Marshal.GetLastPInvokeError();
        _ = Close(handle);
        if (synced != 0)
        {
            throw new IOException($"The folder {folder} was not synced ({error}).");
        }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FSync(int handle);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int handle);
}
