using System.Diagnostics;
using Bzt.Tests.Storage;

namespace Bzt.Tests.KeyProtection;

/// <summary>A token of SoftHSM's in a folder of its own: takes the place of a hardware security module, and can be pulled out.</summary>
internal sealed class SoftHsm : IDisposable
{
    public const string Token = "bzt";

    private readonly TempFolder folder = new();

    private SoftHsm()
    {
    }

    public string Tokens => folder.File("tokens");

    private string Away => folder.File("tokens.away");

    public string PinFile => folder.File("pin");

    /// <summary>For processes that are to use it.</summary>
    public IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string>
    {
        ["SOFTHSM2_CONF"] = folder.File("softhsm2.conf"),
        ["Protection:Pkcs11:Library"] = "/usr/lib/softhsm/libsofthsm2.so",
        ["Protection:Pkcs11:Token"] = Token,
        ["Protection:Pkcs11:PinFile"] = PinFile,
    };

    public static async Task<SoftHsm> CreateAsync()
    {
        var hsm = new SoftHsm();
        Directory.CreateDirectory(hsm.Tokens);
        await File.WriteAllTextAsync(hsm.folder.File("softhsm2.conf"), $"directories.tokendir = {hsm.Tokens}\nobjectstore.backend = file\nlog.level = ERROR\n");
        await File.WriteAllTextAsync(hsm.PinFile, "20261125\n");
        File.SetUnixFileMode(hsm.PinFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var start = new ProcessStartInfo("softhsm2-util", ["--init-token", "--free", "--label", Token, "--so-pin", "so-20261125", "--pin", "20261125"])
        {
            RedirectStandardOutput = true,
            Environment = { ["SOFTHSM2_CONF"] = hsm.folder.File("softhsm2.conf") },
        };
        using var process = Process.Start(start)!;
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, process.ExitCode);
        return hsm;
    }

    /// <summary>The cable.</summary>
    public void PullOut() => Directory.Move(Tokens, Away);

    public void PutBack() => Directory.Move(Away, Tokens);

    public void Dispose() => folder.Dispose();
}
