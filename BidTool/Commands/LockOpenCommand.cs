using System.Security.Cryptography;
using Bzt.BidTool.Locks;
using Bzt.Documents.BidFiles;
using static Bzt.BidTool.Terminal.Words;

namespace Bzt.BidTool.Commands;

/// <summary>
/// Opens bid files with the CA lock they were generated with: one PIN for all. No login is needed, no network, and no certificate that is still valid:
/// a bid may be opened after its certificate has expired.
/// </summary>
internal sealed class LockOpenCommand(Invocation invocation)
{
    /// <inheritdoc cref="OpenCommand.RunAsync"/>
    public async Task RunAsync(IReadOnlyList<string> inputs, string output, IReadOnlyList<string> only, CancellationToken stop)
    {
        var opened = new List<string>();
        CaLock? ca = null;
        try
        {
            foreach (var input in inputs)
            {
                await using var reader = await BidFileReader.OpenAsync(input, stop);
                var sections = OpenCommand.Choose(reader, only);
                var first = ca is null;
                ca ??= CaLock.Open(invocation.Lock);
                if (first && !ca.ShowsCertificates)
                {
                    ca.LogIn(PinEntry.Read(ca.Tries));
                    first = false;
                }

                var wrapped = Mine(ca, reader, sections);
                if (first)
                {
                    ca.LogIn(PinEntry.Read(ca.Tries));
                }

                var folder = Directory.CreateDirectory(inputs.Count > 1 ? Path.Combine(output, Path.GetFileNameWithoutExtension(input)) : output).FullName;
                foreach (var key in wrapped)
                {
                    var name = reader.Header.Sections[key.Section].Name;
                    await OpenAsync(reader, key, ca.Decrypt(key), Path.Combine(folder, name), Say($"解密 {name}", $"Opening {name}"), stop);
                    opened.Add(name);
                }
            }
        }
        finally
        {
            ca?.Dispose();
        }

        invocation.Ui.Done(Say("已解密", "Opened"), new Dictionary<string, object?> { ["folder"] = output, ["sections"] = string.Join('、', opened) });
    }

    /// <summary>Before a PIN is asked for: whether the file is for this lock, and whose word it is.</summary>
    private static List<WrappedSectionKey> Mine(CaLock ca, BidFileReader reader, List<int> sections)
    {
        var wrapped = ca.Mine(reader).Where(key => sections.Contains(key.Section)).OrderBy(key => key.Section).ToList();
        if (wrapped.Count != sections.Count)
        {
            throw new ToolException("other_recipient", Say("这个投标文件不是用这把CA锁的证书加密的", "This bid file is not encrypted to a certificate of this CA lock"));
        }

        // This lock's own word, or, after its certificate was renewed, somebody's under the authorities on it.
        var report = reader.VerifySignature(ca.Authorities);
        return report.IsGood && (report.IsValid || ca.Holds(reader.Signature.Certificates[0]))
            ? wrapped
            : throw new BidFileException(BidFileFault.BadSignature, "the manifest is not signed by this lock, nor under its CA");
    }

    private async Task OpenAsync(BidFileReader reader, WrappedSectionKey wrapped, byte[] key, string folder, string shown, CancellationToken stop)
    {
        try
        {
            await reader.OpenSectionAsync(wrapped.Section, key, folder, invocation.Ui.Progress(shown), stop);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }
}
