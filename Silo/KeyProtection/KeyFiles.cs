using System.Security.Cryptography;

namespace Bzt.Silo.KeyProtection;

/// <summary>The root key's file and the care it needs.</summary>
internal static class KeyFiles
{
    public const int RootKeyLength = 32;

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Others =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute |
        UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>Whoever takes the folder (a backup, a disk) must not take the key with it.</summary>
    public static void RequireOutside(string folder, string file)
    {
        var inside = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)) + Path.DirectorySeparatorChar;
        var link = File.Exists(file) ? File.ResolveLinkTarget(file, returnFinalTarget: true) : null;
        var target = link?.FullName ?? Path.GetFullPath(file);
        if (target.StartsWith(inside, StringComparison.Ordinal))
        {
            throw new InvalidOperationException($"The key file {file} lies inside the data folder {folder}. Keep it outside.");
        }
    }

    public static byte[] ReadOwnerOnly(string file)
    {
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(file) & Others) != 0)
        {
            throw new InvalidOperationException($"Others than its owner have rights on the key file {file}. Set its mode to 0600.");
        }

        return File.ReadAllBytes(file);
    }

    /// <summary>Appears whole and on the disk, or not at all; loses against a process that was faster.</summary>
    public static void WriteNew(string file, ReadOnlySpan<byte> content)
    {
        var temporary = WriteBeside(file, content);
        try
        {
            File.Move(temporary, file, overwrite: false);
        }
        catch (IOException) when (File.Exists(file))
        {
            File.Delete(temporary);
        }
    }

    public static void Replace(string file, ReadOnlySpan<byte> content) => File.Move(WriteBeside(file, content), file, overwrite: true);

    public static byte[] NewRootKey() => RandomNumberGenerator.GetBytes(RootKeyLength);

    private static string WriteBeside(string file, ReadOnlySpan<byte> content)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(file))!;
        Directory.CreateDirectory(folder);
        var temporary = Path.Combine(folder, $".{Path.GetFileName(file)}.{Guid.NewGuid():N}");
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }

        using var stream = new FileStream(temporary, options);
        stream.Write(content);
        stream.Flush(flushToDisk: true);
        return temporary;
    }
}
