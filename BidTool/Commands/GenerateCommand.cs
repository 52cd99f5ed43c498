using Bzt.BidTool.Signing;
using Bzt.Contracts.Platforms;
using Bzt.Documents.BidFiles;
using static Bzt.BidTool.Terminal.Words;

namespace Bzt.BidTool.Commands;

/// <summary>Generates the encrypted bid file: encrypts every section to the bidder's own certificate, then has the manifest signed by phone or lock.</summary>
internal sealed class GenerateCommand(Invocation invocation)
{
    /// <param name="sources">The sections.</param>
    /// <param name="output">The file.</param>
    /// <param name="certificate">Serial of the phone's certificate it is encrypted to and confirmed with; null: the one the service leads with.</param>
    /// <param name="resume">Keeps what is encrypted when phone or lock does not sign, and goes on from there: a gigabyte is not encrypted twice for a slip of the finger.</param>
    /// <param name="stop">Interrupts.</param>
    public async Task RunAsync(IReadOnlyList<SectionSource> sources, string output, string? certificate, bool resume, CancellationToken stop)
    {
        var login = invocation.Profile.Load();
        var sections = sources.Select(source => new BidFileSection(source.Name, Files(source.Path))).ToList();
        using var bidder = await invocation.BidderAsync(new WantedCertificate(SessionKind.Encrypt, certificate), tender: true, inSession: false, stop);
        var description = new BidFileDescription(
            login.PlatformId, login.Project.ProjectId, login.Project.Name, login.Project.OpeningTime,
            bidder.Enterprise.Name, bidder.Enterprise.CreditCode, DateTimeOffset.UtcNow);

        await BidFileWriter.WriteAsync(
            output, description, sections, [bidder.EncryptionCertificate], bidder.SignAsync, invocation.Ui.Progress(Say("加密", "Encrypting")), resume ? output + ".draft" : null, stop);
        invocation.Ui.Done(Say("已生成加密投标文件", "The encrypted bid file is there"), new Dictionary<string, object?>
        {
            ["file"] = output,
            ["size"] = new FileInfo(output).Length,
            ["sections"] = sections.Count,
            ["openingTime"] = login.Project.OpeningTime,
        });
    }

    private static IReadOnlyList<BidSectionFile> Files(string path) =>
        Directory.Exists(path) ? BidSectionFile.FromFolder(path)
        : File.Exists(path) ? [BidSectionFile.FromFile(path)]
        : throw new ToolException("file_missing", Say($"找不到文件：{path}", $"There is no file {path}"));
}
