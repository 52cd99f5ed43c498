using System.ComponentModel.DataAnnotations;

namespace Bzt.Silo.KeyProtection;

/// <summary>Section <c>Protection</c>: the keys under which the store is sealed. Never in the data folder, nor in its backups.</summary>
public sealed class ProtectionOptions
{
    public const string Section = "Protection";

    /// <summary>32 random bytes, readable by its owner alone. The embedded form makes it at its first run.</summary>
    [Required(ErrorMessage = "Protection:RootKeyFile names the root key's file, outside the data folder.")]
    public string RootKeyFile { get; set; } = "";

    /// <summary>The keys that rotations added, wrapped by the root key; without it <c>keyring.json</c> beside the root key.</summary>
    public string? KeyRingFile { get; set; }

    public string RingFile => KeyRingFile ?? Path.Combine(Path.GetDirectoryName(Path.GetFullPath(RootKeyFile))!, "keyring.json");
}
