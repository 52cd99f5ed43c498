using System.Security.Cryptography;
using Bzt.BidTool.Sessions;
using Bzt.BidTool.Terminal;
using Bzt.Contracts.Platforms;
using Bzt.Documents.Certificates;
using Bzt.Documents.Pdf;
using Bzt.Protocol.Certificates;
using static Bzt.BidTool.Terminal.Words;

namespace Bzt.BidTool.Commands;

/// <summary>
/// Says of every seal on a PDF who made it, when, and what happened to the document since. The document stays here; a login lets the service judge the
/// certificates, which knows the CAs' roots, asks them for revocation, and knows what was withdrawn.
/// </summary>
internal sealed class VerifyCommand(UserInterface ui, LoginProfile profile)
{
    public async Task RunAsync(string input, IReadOnlyList<string> rootFiles, bool offline, CancellationToken stop)
    {
        var roots = await RootsAsync(rootFiles, stop);
        IReadOnlyList<PdfSealReport> seals;
        using (var pdf = new FileStream(input, FileMode.Open, FileAccess.Read, FileShare.Read))
        {
            seals = PdfSealVerifier.Verify(pdf, roots);
        }

        if (seals.Count == 0)
        {
            throw new ToolException("no_seals", Say("文件上没有签章", "There is no seal on the file"));
        }

        using var sessions = !offline && profile.Exists && profile.Load() is { Token: not null } login ? new ToolSessions(login, ui) : null;
        var verdicts = new List<SealVerdict>();
        foreach (var seal in seals)
        {
            verdicts.Add(new SealVerdict(seal, sessions is not null && seal.Contents.Length > 0 && Sm2Certificate.TryParse(seal.Certificate, out _)
                ? await sessions.Client.VerifyAsync(new VerifyRequest { Seal = new SealToVerify(seal.Contents, seal.Digest) }, stop)
                : null));
        }

        foreach (var verdict in verdicts)
        {
            ui.Seal(verdict.Title, verdict.InWords(), verdict.Facts());
        }

        if (verdicts.Exists(verdict => !verdict.Valid))
        {
            throw new ToolException("seal_invalid", Say($"{verdicts.Count} 处签章中有 {verdicts.Count(verdict => !verdict.Valid)} 处无效或无法确认", $"Of {verdicts.Count} seals {verdicts.Count(verdict => !verdict.Valid)} are invalid or cannot be confirmed"));
        }

        ui.Done(Say($"{verdicts.Count} 处签章全部有效", $"All {verdicts.Count} seals are valid"), new Dictionary<string, object?> { ["file"] = input, ["seals"] = verdicts.Count });
    }

    private static async Task<IReadOnlyList<byte[]>> RootsAsync(IReadOnlyList<string> files, CancellationToken stop)
    {
        var roots = new List<byte[]>();
        foreach (var file in files)
        {
            var found = Certificates(await File.ReadAllBytesAsync(file, stop));
            roots.AddRange(found.Count > 0 && found.TrueForAll(der => LockCertificate.TryParse(der, out _))
                ? found
                : throw new ToolException("root_unreadable", Say($"不是根证书：{file}", $"This is no root certificate: {file}")));
        }

        return roots;
    }

    /// <summary>One in DER, or as many as a PEM file holds: a CA's chain is one file.</summary>
    private static List<byte[]> Certificates(byte[] file)
    {
        var found = new List<byte[]>();
        ReadOnlySpan<byte> rest = file;
        while (PemEncoding.TryFindUtf8(rest, out var fields))
        {
            found.Add(Convert.FromBase64String(System.Text.Encoding.ASCII.GetString(rest[fields.Base64Data])));
            rest = rest[fields.Location.End..];
        }

        return found.Count > 0 ? found : [file];
    }
}
