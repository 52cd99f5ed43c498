using System.Data.Common;
using Bzt.Silo.Hosting;
using Bzt.Silo.Operators;
using Bzt.Silo.Storage;
using Microsoft.Extensions.Options;

namespace Bzt.Silo.KeyProtection;

/// <summary>
/// What an operator does with the cluster's keys: <c>keys create</c> before the first silo; <c>list</c>, <c>rotate</c>, <c>rewrap</c>,
/// <c>move</c>, <c>drop</c> later, while it runs. Settings are those of a silo: from the environment, files, and behind the command.
/// </summary>
internal static class KeyCommands
{
    public const string Usage = "keys create [FILE] | list | rotate | rewrap | move | drop ROOT, then settings (--Storage:…, --Protection:…)";

    /// <summary>Section of the root key that <c>move</c> moves away from.</summary>
    private const string From = "From";

    public static async Task<bool> TryRunAsync(string[] arguments)
    {
        if (arguments is not ["keys", var command, .. var rest])
        {
            return false;
        }

        try
        {
            await RunAsync(command, rest);
        }
        catch (Exception exception) when (exception is InvalidOperationException or DbException or RootKeyUnavailableException or IOException or OptionsValidationException)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            Environment.ExitCode = 1;
        }

        return true;
    }

    private static Task RunAsync(string command, string[] rest)
    {
        if (command is not ("create" or "list" or "rotate" or "rewrap" or "move" or "drop") || (command == "drop" && rest is not [_, ..]))
        {
            throw new InvalidOperationException(Usage);
        }

        // `keys create FILE`: nothing but a file, for processes that are not set up yet.
        string[] settings = rest is [var file, ..] && !file.StartsWith("--", StringComparison.Ordinal) && command == "create"
            ? [$"--{ProtectionOptions.Section}:{nameof(ProtectionOptions.RootKeyFile)}={file}", .. rest[1..]] : rest;
        var builder = Host.CreateApplicationBuilder(command == "drop" ? settings[1..] : settings);
        builder.AddSettingFiles();
        var protection = builder.Bind<ProtectionOptions>(ProtectionOptions.Section);
        return command switch
        {
            "create" => Create(protection),
            "list" => WithStoreAsync(builder, "keys list", store => ListAsync(store)),
            "rotate" => WithStoreAsync(builder, "keys rotate", store => RotateAsync(store, protection)),
            "rewrap" => WithStoreAsync(builder, "keys rewrap", RewrapAsync),
            "move" => WithStoreAsync(builder, "keys move", store => MoveAsync(store, protection, builder.Bind<ProtectionOptions>($"{ProtectionOptions.Section}{From}"))),
            _ => WithStoreAsync(builder, $"keys drop {rest[0]}", store => DropAsync(store, protection, rest[0])),
        };
    }

    private static Task Create(ProtectionOptions protection)
    {
        if (protection.Pkcs11 is { } pkcs11)
        {
            Console.WriteLine($"{Pkcs11RootKey.Create(pkcs11)} is on the token {pkcs11.Token}. Back it up as the module's maker says, and apart from the backups of the store.");
        }
        else
        {
            FileRootKey.Create(protection);
            Console.WriteLine($"{protection.RootKeyFile} is there. Keep a copy apart from the backups of the store, and give the same file to every process.");
        }

        return Task.CompletedTask;
    }

    private static async Task ListAsync(SqlStore store)
    {
        foreach (var key in new KeyRingStore(store).Read())
        {
            var use = key.Id == KeyRing.LookupId ? "keyed hashes" : $"key {key.Id}";
            Console.WriteLine($"{use}\t{key.Root}\t{(key.Created == DateTimeOffset.UnixEpoch ? "from the start" : key.Created.ToString("u", null))}");
        }

        foreach (var line in await RewrapProgress.ReadAsync(store))
        {
            Console.WriteLine(line.Describe());
        }
    }

    private static async Task RotateAsync(SqlStore store, ProtectionOptions protection)
    {
        using var root = protection.OpenRootKey();
        var id = await new KeyRingStore(store).RotateAsync(root, DateTimeOffset.UtcNow);
        Console.WriteLine($"In {protection.Activation.TotalSeconds:0.#} s everything new is sealed under key {id}; then the silos move what is there. `keys list` tells how far they are.");
    }

    private static async Task RewrapAsync(SqlStore store) => Console.WriteLine(await RewrapProgress.AgainAsync(store)
        ? "The silos go over everything sealed once more. `keys list` tells how far they are."
        : "There was no rotation yet: everything sealed is under the one key.");

    private static async Task MoveAsync(SqlStore store, ProtectionOptions to, ProtectionOptions from)
    {
        using var old = from.OpenRootKey();
        using var young = to.OpenRootKey();
        var count = await new KeyRingStore(store).MoveAsync(old, young);
        Console.WriteLine($"{count} keys are wrapped by {young.Name} as well. Restart every process with the new root key, one after another; then `keys drop {old.Name}`, then `keys rotate`.");
    }

    private static async Task DropAsync(SqlStore store, ProtectionOptions protection, string name)
    {
        using var root = protection.OpenRootKey();
        var count = await new KeyRingStore(store).DropAsync(root, name);
        Console.WriteLine($"{count} keys are no longer wrapped by {name}. Backups from before still are: keep that root key as long as those, or destroy both.");
    }

    /// <summary>Beside the processes that run: on SQLite too, where the writer's lock makes two take turns.</summary>
    private static async Task WithStoreAsync(IHostApplicationBuilder builder, string command, Func<SqlStore, Task> work)
    {
        await using var store = builder.Bind<StorageOptions>(StorageOptions.Section).OpenExisting();
        await OperatorAudit.CommandAsync(store, command);
        await work(store);
    }
}
