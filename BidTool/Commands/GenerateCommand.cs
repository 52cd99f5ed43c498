using Bzt.BidTool.Sessions;
using Bzt.BidTool.Terminal;
using Bzt.Contracts;
using Bzt.Contracts.Platforms;
using Bzt.Documents.BidFiles;
using Bzt.Protocol.Forms;

namespace Bzt.BidTool.Commands;

/// <summary>Generates the encrypted bid file: encrypts every section to the bidder's own certificate, then has the manifest signed by the phone.</summary>
internal sealed class GenerateCommand(UserInterface ui, ToolLogin login)
{
    public async Task RunAsync(IReadOnlyList<SectionSource> sources, string output, CancellationToken stop)
    {
        var sections = sources.Select(source => new BidFileSection(source.Name, Files(source.Path))).ToList();
        using var sessions = new ToolSessions(login, ui);
        var signer = await sessions.Client.GetSignerAsync(login.Enterprise.CreditCode, stop);
        var description = new BidFileDescription(
            login.PlatformId, login.Project.ProjectId, login.Project.Name, login.Project.OpeningTime,
            signer.Enterprise.Name, signer.Enterprise.CreditCode, DateTimeOffset.UtcNow);

        await BidFileWriter.WriteAsync(
            output, description, sections, [signer.EncryptionCertificate],
            (manifest, cancellation) => SignAsync(sessions, manifest, cancellation), ui.Progress("加密"), stop);
        ui.Done("已生成加密投标文件", new Dictionary<string, object?>
        {
            ["file"] = output,
            ["size"] = new FileInfo(output).Length,
            ["sections"] = sections.Count,
            ["openingTime"] = login.Project.OpeningTime,
        });
    }

    private async Task<BidManifestSignature> SignAsync(ToolSessions sessions, BidManifestForm manifest, CancellationToken stop)
    {
        var (_, result) = await sessions.RunAsync(
            new CreateSessionRequest(SessionKind.Encrypt) { Project = login.Project, Documents = [new DocumentRequest(SigningForms.BidManifest, manifest.Content)] },
            $"扫码生成：{login.Project.Name}", null, null, stop);
        return new BidManifestSignature(result.Signatures[0].Signature, [result.SigningCertificate, .. result.Chain]);
    }

    private static IReadOnlyList<BidSectionFile> Files(string path) =>
        Directory.Exists(path) ? BidSectionFile.FromFolder(path)
        : File.Exists(path) ? [BidSectionFile.FromFile(path)]
        : throw new ToolException("file_missing", $"找不到文件：{path}");
}
