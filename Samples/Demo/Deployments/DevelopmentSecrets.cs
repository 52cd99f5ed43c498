using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;

namespace Bzt.Samples.Demo;

/// <summary>Passwords and secrets of a development deployment: random, made at the first run, kept in a file only its owner reads.</summary>
internal sealed record DevelopmentSecrets(
    string SimulatorsPassword,
    string SimulatorsToken,
    string CaConsolePassword,
    string PlatformSecret,
    string OtherPlatformSecret)
{
    /// <summary>Of the accounts on the sample trading platform; a file of before they were there gets one.</summary>
    public string TradingPlatformPassword { get; init; } = "";

    /// <summary>Of the platform for development, which mock phones serve.</summary>
    public string SandboxSecret { get; init; } = "";

    public static DevelopmentSecrets LoadOrCreate(string file)
    {
        if (File.Exists(file))
        {
            var known = JsonSerializer.Deserialize<DevelopmentSecrets>(File.ReadAllText(file))
                ?? throw new DemoException($"{file} is empty; delete it, and new secrets are made.");
            if (known.TradingPlatformPassword.Length > 0 && known.SandboxSecret.Length > 0)
            {
                return known;
            }

            known = known with { TradingPlatformPassword = known.TradingPlatformPassword is { Length: > 0 } password ? password : Word(9), SandboxSecret = Word(32) };
            File.WriteAllText(file, JsonSerializer.Serialize(known, Indented));
            return known;
        }

        var secrets = new DevelopmentSecrets(Word(12), Word(32), Word(12), Word(32), Word(32)) { TradingPlatformPassword = Word(9), SandboxSecret = Word(32) };
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        using var stream = new FileStream(file, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
        JsonSerializer.Serialize(stream, secrets, Indented);
        return secrets;
    }

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private static string Word(int octets) => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(octets));
}
