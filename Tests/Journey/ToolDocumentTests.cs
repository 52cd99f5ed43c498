using System.Text.Json;
using System.Text.RegularExpressions;
using Bzt.Contracts;
using Bzt.Contracts.Platforms;
using Bzt.Documents.BidFiles;
using Bzt.Tests.Peers;

namespace Bzt.Tests.Journey;

// docs/bidtool.md, run as it stands.
public sealed partial class ToolTests
{
    /// <summary>The number in the document stands for the one the platform shows.</summary>
    private const string Opening = "0197f3a2-6d4e-7c11-9a55-0d2f6b1c8e42";

    [Fact]
    public async Task What_the_document_of_the_tool_says_is_what_the_tool_does()
    {
        var document = await File.ReadAllTextAsync(Path.Combine(PeerProcess.Sources(""), "..", "..", "docs", "bidtool.md"));
        var commands = Regex.Matches(document, "(?ms)^```sh\n(.*?)^```").SelectMany(block => block.Groups[1].Value.Split('\n', StringSplitOptions.RemoveEmptyEntries)).ToList();
        foreach (var name in (string[])["login", "seal", "verify", "generate", "open", "opening", "withdraw", "evidence", "config", "completion"])
        {
            Assert.Contains(commands, command => command.StartsWith($"bidtool {name}", StringComparison.Ordinal));
        }

        // The folder the reader is in.
        var folder = Directory.CreateDirectory(bench.Folder["document"]).FullName;
        using var key = System.Security.Cryptography.RSA.Create(2048);
        var locks = await new TestLocks(bench.Folder, "document-lock").PlugInAsync(
            "document", key, bench.LockCa.Issue(key, bench.First.EnterpriseName, bench.First.Enterprise.CreditCode), bench.LockCa.Issuing);
        File.Copy(bench.Pdf, Path.Combine(folder, "bid.pdf"));
        await File.WriteAllTextAsync(Path.Combine(folder, "price.txt"), "投标报价：12345.00");
        await File.WriteAllBytesAsync(Path.Combine(folder, "lock-root.cer"), bench.LockCa.Root.RawData);
        await File.WriteAllBytesAsync(Path.Combine(folder, "evidence.json"), JsonSerializer.SerializeToUtf8Bytes(await bench.First.EvidenceAsync(), BztJson.Default.EvidenceExport));
        await File.WriteAllBytesAsync(Path.Combine(folder, "trust.json"), JsonSerializer.SerializeToUtf8Bytes(await bench.First.TrustAsync(), BztJson.Default.ChannelTrust));
        string? opening = null;
        foreach (var command in commands)
        {
            if (command.Contains(Opening, StringComparison.Ordinal))
            {
                opening ??= await AnnounceAsync(Path.Combine(folder, "bid.bztb"));
            }

            var words = command.Replace(Opening, opening, StringComparison.Ordinal).Replace("https://ggzy.example.gov.cn", bench.PlatformAddress.ToString(), StringComparison.Ordinal).Replace("https://bzt.example.com", bench.Gateway.Address.ToString(), StringComparison.Ordinal).Replace("/usr/lib/libcalock.so", TestLocks.Module, StringComparison.Ordinal).Split(' ');
            if (words[1] == "completion")
            {
                (await PeerProcess.Run("dotnet", [typeof(BidTool.Commands.Failure).Assembly.Location, .. words.Skip(1)])).OrFail();
                continue;
            }

            var run = await bench.RunAsync(
                null, [.. words.Skip(1), "--profile", Path.Combine(folder, "login.json"), "--config", Path.Combine(folder, "config.json")], bench.First.ConfirmAsync, locks, TestLocks.Pin, folder);
            Assert.True(run.ExitCode == 0, $"{command}: {run}");
        }

        foreach (var opened in (string[])["opened", "hall"])
        {
            Assert.Equal("投标报价：12345.00", await File.ReadAllTextAsync(Path.Combine(folder, opened, "唱标信息", "price.txt")));
        }

        Assert.Equal(await File.ReadAllBytesAsync(Path.Combine(folder, "lock-sealed.pdf")), await File.ReadAllBytesAsync(Path.Combine(folder, "lock-opened", "投标文件", "lock-sealed.pdf")));
    }

    private async Task<string> AnnounceAsync(string bid)
    {
        await using var reader = await BidFileReader.OpenAsync(bid);
        var now = DateTimeOffset.UtcNow;
        return (await bench.Platform.CreateOpeningAsync(new CreateOpeningRequest(
            new ProjectInfo(ToolBench.Tender, "滨江路", now.AddSeconds(-5)), now.AddHours(1), [new OpeningFile("F-1", "投标文件", bench.First.Enterprise, reader.ManifestDigest)]))).OpeningId.ToString();
    }
}
