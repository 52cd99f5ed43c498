using System.Data.Common;
using Bzt.Grains;
using Bzt.Grains.Foundations;
using Bzt.Silo.KeyProtection;
using Bzt.Silo.Operators;
using Bzt.Silo.Storage;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;

namespace Bzt.Silo.Hosting;

/// <summary>
/// <c>backup FOLDER</c>: a copy of an embedded system's data while it runs; of a cluster PostgreSQL's own tools make one.
/// <c>hold</c>, <c>release</c>, <c>holds</c>: certificates that are kept beyond their period, for a dispute.
/// <c>restored</c>: said once after either was put back, before the first process starts on it. Settings as of a silo.
/// </summary>
internal static class StoreCommands
{
    public const string Usage = "backup FOLDER | restored | hold CERTIFICATE REASON | release CERTIFICATE | holds, then settings (--Storage:…)";

    public static async Task<bool> TryRunAsync(string[] arguments)
    {
        if (arguments is not ["backup" or "restored" or "hold" or "release" or "holds", ..])
        {
            return false;
        }

        try
        {
            await RunAsync(arguments);
        }
        catch (Exception exception) when (exception is InvalidOperationException or DbException or RootKeyUnavailableException or KeyProtectionUnavailableException or IOException or OptionsValidationException)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            Environment.ExitCode = 1;
        }

        return true;
    }

    private static async Task RunAsync(string[] arguments)
    {
        if (arguments[0] is "hold" or "release" or "holds")
        {
            await HoldAsync(arguments);
            return;
        }

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

    /// <summary>Beside the processes that run, as commands of keys are.</summary>
    private static async Task HoldAsync(string[] arguments)
    {
        var (certificate, reason, settings) = arguments switch
        {
            ["hold", var id, var why, .. var rest] when Guid.TryParse(id, out var named) && !why.StartsWith("--", StringComparison.Ordinal) => (named, why, rest),
            ["release", var id, .. var rest] when Guid.TryParse(id, out var named) => (named, "", rest),
            ["holds", .. var rest] => (Guid.Empty, "", rest),
            _ => throw new InvalidOperationException(Usage),
        };
        var builder = Host.CreateApplicationBuilder(settings);
        builder.AddSettingFiles();
        await using var store = builder.Bind<StorageOptions>(StorageOptions.Section).OpenExisting();
        await OperatorAudit.CommandAsync(store, certificate == Guid.Empty ? "holds" : $"{arguments[0]} certificate {certificate:D}");
        switch (arguments[0])
        {
            case "hold":
                if (!await RetentionHolds.SetAsync(store, new CertificateId(certificate), reason, DateTimeOffset.UtcNow, OperatorAudit.Me))
                {
                    throw new InvalidOperationException($"There is no certificate {certificate:D}, or its period has ended it: nothing is held.");
                }

                Console.WriteLine($"Certificate {certificate:D} is kept, with its evidence and what there is of applications, until it is released.");
                break;
            case "release":
                Console.WriteLine(await RetentionHolds.ReleaseAsync(store, new CertificateId(certificate))
                    ? $"Certificate {certificate:D} is released: the next round ends it if its period is over."
                    : $"Certificate {certificate:D} was not held.");
                break;
            default:
                foreach (var line in await store.QueryAsync(
                    "SELECT certificate_id, since, operator, reason FROM retention_hold ORDER BY since",
                    row => $"{row.GetString(0)}\t{DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(1)):u}\t{row.GetString(2)}\t{row.GetString(3)}"))
                {
                    Console.WriteLine(line);
                }

                break;
        }
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
