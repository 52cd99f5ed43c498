using System.ComponentModel.DataAnnotations;

namespace Bzt.Silo.KeyProtection;

/// <summary>Section <c>Protection</c>: the root key, under which the store's keys are sealed. Never in the data folder, nor in its backups.</summary>
public sealed class ProtectionOptions : IValidatableObject
{
    public const string Section = "Protection";

    /// <summary>32 random bytes, readable by its owner alone. The embedded form makes it at its first run.</summary>
    public string? RootKeyFile { get; set; }

    /// <summary>Instead of a file: a key that never leaves a hardware security module.</summary>
    public Pkcs11Options? Pkcs11 { get; set; }

    /// <summary>Keys that rotations added before the ring lay in the store; without it <c>keyring.json</c> beside the root key. Taken over at start.</summary>
    public string? KeyRingFile { get; set; }

    /// <summary>How often a process reads the ring and asks the module for a sign of life.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:00:30")]
    public TimeSpan RefreshPeriod { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a process works on after the module's last sign of life; then its keys are destroyed until there is another.</summary>
    [Range(typeof(TimeSpan), "00:00:00.3", "00:05:00")]
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Nobody seals under a new key before everybody has had three occasions to learn of it.</summary>
    public TimeSpan Activation => 3 * RefreshPeriod;

    /// <summary>The ring's file of former releases; null without a root key's file.</summary>
    public string? RingFile => RootKeyFile is null ? null : KeyRingFile ?? Path.Combine(Path.GetDirectoryName(Path.GetFullPath(RootKeyFile))!, "keyring.json");

    internal IRootKey OpenRootKey() => Pkcs11 is { } pkcs11 ? new Pkcs11RootKey(pkcs11) : new FileRootKey(this);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (string.IsNullOrWhiteSpace(RootKeyFile) == (Pkcs11 is null))
        {
            yield return new(
                "Protection:RootKeyFile names the root key's file, outside the data folder, or Protection:Pkcs11 a key in a module: one of the two, since there is no falling back from one to the other.",
                [nameof(RootKeyFile)]);
        }

        if (Lease < 2 * RefreshPeriod)
        {
            yield return new("Protection:Lease is at least twice Protection:RefreshPeriod: one missed sign of life is no outage.", [nameof(Lease)]);
        }

        var failures = new List<ValidationResult>();
        if (Pkcs11 is not null && !Validator.TryValidateObject(Pkcs11, new ValidationContext(Pkcs11), failures, validateAllProperties: true))
        {
            foreach (var failure in failures)
            {
                yield return failure;
            }
        }
    }
}

/// <summary>Section <c>Protection:Pkcs11</c>: where the root key is in a hardware security module (PKCS #11 v2.40).</summary>
public sealed class Pkcs11Options
{
    /// <summary>The module's library, by its full path.</summary>
    [Required(ErrorMessage = "Protection:Pkcs11:Library is the path of the module's library.")]
    public string Library { get; set; } = "";

    /// <summary>The token's label.</summary>
    [Required(ErrorMessage = "Protection:Pkcs11:Token is the token's label.")]
    public string Token { get; set; } = "";

    /// <summary>The root key's label on the token.</summary>
    [Required]
    public string Key { get; set; } = "bzt-root";

    /// <summary>Holds the user's PIN on the token, readable by its owner alone. It is no setting by itself: those show in process lists.</summary>
    [Required(ErrorMessage = "Protection:Pkcs11:PinFile names the file with the PIN of the token's user.")]
    public string PinFile { get; set; } = "";

    /// <summary>Sessions kept open, so many calls at once.</summary>
    [Range(1, 64)]
    public int Sessions { get; set; } = 4;
}
