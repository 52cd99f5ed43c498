namespace Bzt.Silo.KeyProtection;

/// <summary>
/// What an operator does with the cluster's keys: <c>keys create ROOT-KEY-FILE [KEY-RING-FILE]</c> before the first silo, and
/// <c>keys rotate …</c> later.
/// </summary>
internal static class KeyCommands
{
    public static bool TryRun(string[] arguments)
    {
        if (arguments is not ["keys", var command, var root, .. var rest])
        {
            return false;
        }

        var options = new ProtectionOptions { RootKeyFile = root, KeyRingFile = rest.Length > 0 ? rest[0] : null };
        switch (command)
        {
            case "create":
                KeyRing.Create(options);
                Console.WriteLine($"{options.RootKeyFile} is there. Keep a copy apart from the backups of the store, and give the same file to every process.");
                return true;
            case "rotate":
                Console.WriteLine($"New blobs are sealed under key {KeyRing.Rotate(options)} by processes started from now on.");
                return true;
            default:
                return false;
        }
    }
}
