using Bzt.Grains.Foundations;
using Bzt.Silo.KeyProtection;
using Bzt.Silo.Operators;
using Bzt.Silo.Storage;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;

namespace Bzt.Silo.Hosting;

/// <summary>
/// <c>backup FOLDER</c>: a copy of an embedded system's data while it runs; of a cluster PostgreSQL's own tools make one.
/// <c>restored</c>: said once after either was put back, before the first process starts on it. Settings as of a silo.
/// </summary>
internal static class StoreCommands
{
    public static async Task<bool> TryRunAsync(string[] arguments)
    {
        if (arguments is not ["backup" or "restored", ..])
        {
            return false;
        }

        try
        {
            await RunAsync(arguments);
        }
        catch (Exception exception) when (exception is InvalidOperationException or RootKeyUnavailableException or KeyProtectionUnavailableException or IOException or OptionsValidationException)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            Environment.ExitCode = 1;
        }

        return true;
    }

    private static async Task RunAsync(string[] arguments)
    {
        var target = arguments is ["backup", var folder, ..] && !folder.StartsWith("--", StringComparison.Ordinal) ? folder : null;
        var builder = Host.CreateApplicationBuilder(arguments[(target is null ? 1 : 2)..]);
        builder.AddSettingFiles();
        var storage = builder.Bind<StorageOptions>(StorageOptions.Section);
        if (arguments[0] == "restored")
        {
            await DeclareRestoredAsync(storage, builder.Bind<ProtectionOptions>(ProtectionOptions.Section));
        }
        else if (target is null || !storage.IsEmbedded)
        {
            throw new InvalidOperationException("backup FOLDER copies an embedded system's data. Of PostgreSQL take a base backup with its WAL, or pg_dump; docs/operations.md says how.");
        }
        else
        {
            await BackupAsync(storage, target);
        }
    }

    /// <summary>The database first: what it names among the blobs was there before it, and blobs are never changed.</summary>
    private static async Task BackupAsync(StorageOptions storage, string target)
    {
        if (!File.Exists(storage.DatabaseFile))
        {
            throw new InvalidOperationException($"There is no database in {storage.DataFolder}.");
        }

        if (Directory.Exists(target) && Directory.EnumerateFileSystemEntries(target).Any())
        {
            throw new InvalidOperationException($"{target} is not empty.");
        }

        await using (var store = storage.OpenExisting())
        {
            await OperatorAudit.CommandAsync(store, $"backup {target}");
        }

        Directory.CreateDirectory(target);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(target, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        using (var from = Open(storage.DatabaseFile, SqliteOpenMode.ReadOnly))
        using (var to = Open(Path.Combine(target, Path.GetFileName(storage.DatabaseFile)), SqliteOpenMode.ReadWriteCreate))
        {
            from.BackupDatabase(to);
        }

        var (blobs, copies) = (Path.Combine(storage.DataFolder!, "blobs"), 0);
        foreach (var file in Directory.Exists(blobs) ? Directory.EnumerateFiles(blobs, "*", SearchOption.AllDirectories) : [])
        {
            var copy = Path.Combine(target, "blobs", Path.GetRelativePath(blobs, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            try
            {
                File.Copy(file, copy);
                copies++;
            }
            catch (FileNotFoundException)
            {
                // Deleted since it was listed, or one that is being written.
            }
        }

        Console.WriteLine($"{target} has the database and {copies} blobs. The root key is not among them: keep its copy elsewhere.");
    }

    private static async Task DeclareRestoredAsync(StorageOptions storage, ProtectionOptions protection)
    {
        using var folder = storage.IsEmbedded ? new DataFolderLock(storage.DataFolder!) : null;
        await using var store = storage.OpenExisting();
        await Migrator.MigrateAsync(store);
        using var root = protection.OpenRootKey();
        using var protector = KeyProtector.Open(root, new KeyRingStore(store), protection);
        await OperatorAudit.CommandAsync(store, "restored");
        var number = await StoreRestores.DeclareAsync(store, protector, DateTimeOffset.UtcNow);
        Console.WriteLine($"Restore {number} is declared. Start the processes: certificates whose phones know more than this store are stopped at their next use, and their holders recover them.");
    }

    private static SqliteConnection Open(string file, SqliteOpenMode mode)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Mode = mode, Pooling = false }.ToString());
        connection.Open();
        return connection;
    }
}
