using System.Buffers.Binary;
using System.Text.Json;
using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;
using Bzt.Documents.BidFiles;
using Bzt.Tests.Certificates;

namespace Bzt.Tests.Journey;

/// <summary>
/// The bid tool's command line, as a program drives it: what it makes, what it refuses, and a gateway that dies in between. Here bid files and their
/// openings; beside it sealing, the seals' forms, locks, evidence, interrupts.
/// </summary>
public sealed partial class ToolTests(ToolBench bench) : IClassFixture<ToolBench>
{
    private const string TwoNodes = "1,120,180";

    [Fact]
    [Trait("Feature", "M068"), Trait("Feature", "M069"), Trait("Surface", "tool")]
    public async Task A_bid_file_is_generated_and_opened_again_after_the_gateway_died()
    {
        var (bid, opened) = (bench.Folder["bid.bztb"], bench.Folder["opened"]);
        var generated = await bench.RunAsync(bench.First, ["generate", "--section", "投标文件=" + bench.Pdf, "-o", bid], async (link, code) =>
        {
            await bench.RestartAsync();
            await bench.First.ConfirmAsync(link, code);
        });
        Assert.True(generated.ExitCode == 0, generated.ToString());

        // M069 after another restart; a wrong PIN first, and the right one opens.
        await bench.RestartAsync();
        bench.First.Outcomes.Clear();
        var run = await bench.RunAsync(bench.First, ["open", bid, "-o", opened], (link, code) => bench.First.ConfirmAsync(link, code, CertifiedPhone.WrongPin, CertifiedPhone.Pin));
        Assert.True(run.ExitCode == 0, run.ToString());
        Assert.Equal(["WrongPin", "Done"], bench.First.Outcomes.Select(outcome => outcome.GetType().Name));
        Assert.Equal(await File.ReadAllBytesAsync(bench.Pdf), await File.ReadAllBytesAsync(Path.Combine(opened, "投标文件", Path.GetFileName(bench.Pdf))));
    }

    [Fact]
    [Trait("Feature", "X16"), Trait("Feature", "M069"), Trait("Surface", "tool")]
    public async Task Two_files_are_opened_with_one_confirmation_at_an_opening_and_their_records_are_verified_offline()
    {
        string[] bids = [bench.Folder["一标段.bztb"], bench.Folder["二标段.bztb"]];
        var digests = new List<byte[]>();
        foreach (var bid in bids)
        {
            var generated = await bench.RunAsync(bench.First, ["generate", "--section", "投标文件=" + bench.Pdf, "-o", bid], bench.First.ConfirmAsync);
            Assert.True(generated.ExitCode == 0, generated.ToString());
            await using var reader = await BidFileReader.OpenAsync(bid);
            digests.Add(reader.ManifestDigest);
        }

        var now = DateTimeOffset.UtcNow;
        var enterprise = bench.First.Enterprise;
        var opening = await bench.Platform.CreateOpeningAsync(new CreateOpeningRequest(
            new ProjectInfo(ToolBench.Tender, "滨江路", now.AddSeconds(-5)), now.AddHours(1), [.. digests.Select((digest, i) => new OpeningFile($"F-{i + 1}", $"{i + 1}标段投标文件", enterprise, digest))]));
        var (id, output) = (opening.OpeningId.ToString(), bench.Folder["opening"]);

        // The second is damaged on the bidder's disk after the platform took it in. One confirmation, a result for each, and the file that is whole opens.
        var bytes = await File.ReadAllBytesAsync(bids[1]);
        bytes[12 + BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(8)) + 50] ^= 1;
        await File.WriteAllBytesAsync(bids[1], bytes);
        var confirmations = 0;
        var run = await bench.RunAsync(bench.First, ["open", .. bids, "-o", output, "--opening", id], (link, code) =>
        {
            confirmations++;
            return bench.First.ConfirmAsync(link, code);
        });
        Assert.Equal((1, "bid_file_refused", 1), (run.ExitCode, run.FailedCode, confirmations));
        Assert.InRange(run.Events.First(said => said.TryGetProperty("secondsLeft", out _)).GetProperty("secondsLeft").GetInt32(), 1, 3600);
        Assert.Equal(await File.ReadAllBytesAsync(bench.Pdf), await File.ReadAllBytesAsync(Path.Combine(output, "一标段", "投标文件", Path.GetFileName(bench.Pdf))));
        Assert.False(Directory.Exists(Path.Combine(output, "二标段", "投标文件")));
        var done = await bench.RunAsync(bench.First, ["open", bids[0], "-o", Path.Combine(output, "一标段"), "--resume"]);
        Assert.True(done.ExitCode == 0, done.ToString());

        // The bidder looks, and keeps the records; after a restart too.
        await bench.RestartAsync();
        var records = bench.Folder["records"];
        var looked = await bench.RunAsync(bench.First, ["opening", id, "-o", records]);
        Assert.True(looked.ExitCode == 0, looked.ToString());
        Assert.Equal(["opened", "pending"], looked.Events.Where(said => said.TryGetProperty("verdict", out _)).Select(said => said.GetProperty("verdict").GetString()));
        await bench.Platform.EndOpeningAsync(opening.OpeningId);
        looked = await bench.RunAsync(bench.First, ["opening", id, "-o", records]);
        Assert.Contains(looked.Events, said => said.TryGetProperty("state", out var state) && state.GetString() == "ended");
        Assert.Equal((1, "opening_ended"), Of(await bench.RunAsync(bench.First, ["open", bids[1], "-o", output, "--opening", id])));
        var other = await bench.RunAsync(bench.First, ["generate", "--section", "投标文件=" + bench.Pdf, "-o", bench.Folder["other.bztb"]], bench.First.ConfirmAsync);
        Assert.True(other.ExitCode == 0, other.ToString());
        Assert.Equal((1, "file_not_announced"), Of(await bench.RunAsync(bench.First, ["open", bench.Folder["other.bztb"], "-o", output, "--opening", id])));
        Assert.Equal((1, ErrorCodes.NotFound), Of(await bench.RunAsync(bench.First, ["opening", Guid.NewGuid().ToString()])));

        // Offline: what the record says is told only when it is the cluster's word, unchanged. Platform and bidder have the same.
        var key = Convert.ToHexString((await bench.First.TrustAsync()).EvidenceKey);
        foreach (var (file, verdict, cause, responsible) in ((string, string, string, string)[])[("F-1", "opened", "none", "nobody"), ("F-2", "not_opened", "altered", "bidder")])
        {
            var kept = Path.Combine(records, $"{file}.json");
            var verified = await bench.RunAsync(null, ["evidence", "verify", kept, "--key", key]);
            Assert.True(verified.ExitCode == 0, verified.ToString());
            var said = verified.Events[^1];
            Assert.Equal((file, verdict, cause, responsible), (said.GetProperty("file").GetString(), said.GetProperty("verdict").GetString(), said.GetProperty("cause").GetString(), said.GetProperty("responsible").GetString()));
            var platforms = await bench.Platform.GetOpeningRecordAsync(opening.OpeningId, file);
            Assert.Equal(JsonSerializer.Deserialize(await File.ReadAllBytesAsync(kept), BztJson.Default.SignedOpeningRecord)!.Record.Events.Count, platforms.Record.Events.Count);
            var altered = bench.Folder.Write($"altered-{file}.json", JsonSerializer.SerializeToUtf8Bytes(
                platforms with { Record = platforms.Record with { Events = [.. platforms.Record.Events.SkipLast(1)] } }, BztJson.Default.SignedOpeningRecord));
            Assert.Equal((1, "evidence_invalid"), Of(await bench.RunAsync(null, ["evidence", "verify", altered, "--key", key])));
        }
    }

    [Fact]
    [Trait("Feature", "M068"), Trait("Feature", "M069"), Trait("Surface", "tool")]
    public async Task Of_several_certificates_the_one_a_bid_is_encrypted_to_confirms_it_and_opens_it()
    {
        var (mine, theirs) = (bench.Folder["administrator.bztb"], bench.Folder["colleague.bztb"]);
        string[] Generate(string bid, params string[] more) => ["generate", "--section", "投标文件=" + bench.Pdf, "-o", bid, .. more];
        var serial = (await bench.Third.Client.GetCertificateAsync(bench.Third.Certificate)).SigningSerial!;

        // The newest leads: the tool says which, and another certificate of the enterprise is refused before anything is signed.
        var run = await bench.RunAsync(bench.Third, Generate(mine), async (link, _) =>
        {
            var scanned = await bench.Third.ScanAsync(link);
            Assert.Equal(ErrorCodes.CertificateNotEligible, scanned.Session.NotEligibleCode);
            Assert.Equal(ErrorCodes.CertificateNotEligible, (await Assert.ThrowsAsync<ApiRefusedException>(() => bench.Third.Client.OpenRequestAsync(scanned, bench.Third.Certificate))).Code);
            await bench.Third.Client.RefuseAsync(scanned.Session.SessionId);
        });
        Assert.Equal((1, "refused"), Of(run));
        Assert.Contains(run.Events, said => said.ToString().Contains(serial, StringComparison.OrdinalIgnoreCase));
        Assert.False(File.Exists(mine));
        Assert.Equal((1, "certificate_unknown"), Of(await bench.RunAsync(bench.Third, Generate(mine, "--certificate", "0B"))));

        // Named, the administrator's own; at the opening it is his, whoever bound last.
        foreach (var (who, arguments) in new[] { (bench.Third, Generate(mine, "--certificate", serial)), (bench.Colleague, Generate(theirs)), (bench.Third, ["open", mine, "-o", bench.Folder["administrator"]]) })
        {
            run = await bench.RunAsync(bench.Third, arguments, who.ConfirmAsync);
            Assert.True(run.ExitCode == 0, run.ToString());
        }

        Assert.Equal(await File.ReadAllBytesAsync(bench.Pdf), await File.ReadAllBytesAsync(Path.Combine(bench.Folder["administrator"], "投标文件", Path.GetFileName(bench.Pdf))));
        Assert.Equal((1, "several_recipients"), Of(await bench.RunAsync(bench.Third, ["open", mine, theirs, "-o", bench.Folder["both"]])));
    }

    [Fact]
    [Trait("Feature", "M068"), Trait("Surface", "tool")]
    public async Task A_bid_file_that_is_not_signed_does_not_come_to_be()
    {
        var bid = bench.Folder["never.bztb"];
        var refused = await bench.RunAsync(bench.First, ["generate", "--section", "投标文件=" + bench.Pdf, "-o", bid], bench.First.RefuseAsync);
        Assert.Equal((1, "refused"), Of(refused));
        Assert.Equal((1, "file_missing"), Of(await bench.RunAsync(bench.First, ["generate", "--section", "投标文件=" + bench.Folder["nothing"], "-o", bid])));

        // With --resume what is encrypted waits, and the next try only has it signed.
        var later = bench.Folder["later.bztb"];
        Assert.Equal((1, "refused"), Of(await bench.RunAsync(bench.First, ["generate", "--section", "投标文件=" + bench.Pdf, "-o", later, "--resume"], bench.First.RefuseAsync)));
        Assert.Equal([later + ".draft"], Directory.GetFiles(bench.Folder.FullName, "later.bztb*"));
        var resumed = await bench.RunAsync(bench.First, ["generate", "--section", "投标文件=" + bench.Pdf, "-o", later, "--resume"], bench.First.ConfirmAsync);
        Assert.True(resumed.ExitCode == 0 && resumed.Events.All(said => said.GetProperty("event").GetString() != "progress"), resumed.ToString());
        Assert.Equal([later], Directory.GetFiles(bench.Folder.FullName, "later.bztb*"));
        Assert.Equal(2, (await bench.RunAsync(bench.First, ["generate", "--section", "投标文件", "-o", bid])).ExitCode);
        Assert.Empty(Directory.GetFiles(bench.Folder.FullName, "never.bztb*"));
    }

    [Fact]
    [Trait("Feature", "M069"), Trait("Feature", "X04"), Trait("Surface", "tool")]
    public async Task Nobody_but_this_pc_with_its_bidder_opens_the_file()
    {
        var bid = bench.Folder["mine.bztb"];
        var run = await bench.RunAsync(bench.First, ["generate", "--section", "投标文件=" + bench.Pdf, "-o", bid], bench.First.ConfirmAsync);
        Assert.True(run.ExitCode == 0, run.ToString());
        var output = bench.Folder["closed"];

        // X04: without the QR's fragment, and with another one, the phone shows nothing and gives nothing.
        var altered = await bench.RunAsync(bench.First, ["open", bid, "-o", output], async (link, _) =>
        {
            Assert.Matches("#[A-Za-z0-9_-]{43}$", link());
            foreach (var fragment in (string[])["", "#" + new string('A', 43)])
            {
                var scanned = await bench.First.ScanAsync(link, shown => shown[..shown.IndexOf('#', StringComparison.Ordinal)] + fragment);
                Assert.IsType<RequestOpening.NotOpened>(await bench.First.Client.OpenRequestAsync(scanned, bench.First.Certificate));
            }

            await bench.First.RefuseAsync(link, null);
        });
        Assert.Equal((1, "refused"), Of(altered));

        // Another enterprise's phone.
        var foreign = await bench.RunAsync(bench.First, ["open", bid, "-o", output], async (link, _) =>
        {
            var scanned = await bench.Second.ScanAsync(link);
            Assert.Empty(scanned.Session.Certificates);
            await Assert.ThrowsAsync<ApiRefusedException>(() => bench.Second.Client.OpenRequestAsync(scanned, bench.Second.Certificate));
            await bench.Second.Client.RefuseAsync(scanned.Session.SessionId);
        });
        Assert.Equal((1, "refused"), Of(foreign));

        // Garbage, and a file with a byte changed.
        var garbage = bench.Folder.Write("garbage.bztb", new byte[5000]);
        Assert.Equal((1, "bid_file_refused"), Of(await bench.RunAsync(bench.First, ["open", garbage, "-o", output])));
        var bytes = await File.ReadAllBytesAsync(bid);
        bytes[12 + BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(8)) + 50] ^= 1;
        var damaged = bench.Folder.Write("damaged.bztb", bytes);
        Assert.Equal((1, "bid_file_refused"), Of(await bench.RunAsync(bench.First, ["open", damaged, "-o", output], bench.First.ConfirmAsync)));

        // One whose manifest the bidder did not sign is refused before a phone is asked.
        bytes = await File.ReadAllBytesAsync(bid);
        byte[] signature;
        await using (var reader = await BidFileReader.OpenAsync(bid))
        {
            signature = reader.Signature.Signature;
        }

        bytes[bytes.AsSpan().IndexOf(signature) + 40] ^= 1;
        var unsigned = bench.Folder.Write("unsigned.bztb", bytes);
        Assert.Equal((1, "bid_file_refused"), Of(await bench.RunAsync(bench.First, ["open", unsigned, "-o", output])));
        Assert.True(!Directory.Exists(output) || Directory.GetFiles(output, "*", SearchOption.AllDirectories).Length == 0, "Something was left behind.");

        // And what did go through the server is not there: no content of the file in its folder, after a restart and all.
        await bench.RestartAsync();
        var content = (await File.ReadAllBytesAsync(bench.Pdf)).AsMemory(100, 64);
        foreach (var file in Directory.GetFiles(bench.DataFolder, "*", SearchOption.AllDirectories).Where(file => !file.EndsWith(".lock", StringComparison.Ordinal)))
        {
            await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var memory = new MemoryStream();
            await stream.CopyToAsync(memory);
            Assert.Equal(-1, memory.ToArray().AsSpan().IndexOf(content.Span));
        }
    }

    private static (int ExitCode, string? Code) Of(ToolRun run) => (run.ExitCode, run.FailedCode);
}
