using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;
using Bzt.Documents.BidFiles;
using Bzt.Protocol;
using Bzt.Protocol.Arithmetic;
using Bzt.Protocol.Evidence;
using Bzt.Protocol.Secrets;
using Bzt.Tests.Certificates;
using Bzt.Tests.Peers;

namespace Bzt.Tests.Journey;

/// <summary>The bid tool's command line, as a program drives it: what it makes, what it refuses, and a gateway that dies in between.</summary>
public sealed partial class ToolTests(ToolBench bench) : IClassFixture<ToolBench>
{
    private const string TwoNodes = "1,120,180";

    [Fact]
    [Trait("Feature", "M067"), Trait("Surface", "tool")]
    public async Task A_document_is_sealed_at_its_nodes_through_a_slip_of_the_finger_and_a_restart_between_two_nodes()
    {
        var scans = 0;
        var output = bench.Folder["sealed.pdf"];
        bench.First.Outcomes.Clear();
        var run = await bench.RunAsync(bench.First, ["seal", bench.Pdf, "--node", TwoNodes, "--node", "-1,20,20", "-o", output], async (link, code) =>
        {
            if (scans++ == 1)
            {
                // The second session is open when the gateway dies. It is there again, and the same QR is scanned.
                await bench.RestartAsync();
                await bench.First.ConfirmAsync(link, code, CertifiedPhone.WrongPin, CertifiedPhone.Pin);
            }
            else
            {
                await bench.First.ConfirmAsync(link, code);
            }
        });
        Assert.True(run.ExitCode == 0, run.ToString());
        Assert.Equal(2, scans);
        Assert.Equal(["Done", "WrongPin", "Done"], bench.First.Outcomes.Select(outcome => outcome.GetType().Name));
        var report = await PdfBox.Verify(output);
        Assert.Equal([true, true], report.Seals.Select(seal => seal.Good));
        Assert.All(report.Seals, seal => Assert.Contains(bench.First.EnterpriseName, seal.Subject, StringComparison.Ordinal));
    }

    [Fact]
    [Trait("Feature", "M071"), Trait("Surface", "tool")]
    public async Task In_a_sealing_session_one_scan_serves_all_nodes_and_the_next_command()
    {
        using var stop = new CancellationTokenSource();
        Task<SealingSessionInfo>? running = null;
        var sealing = Guid.CreateVersion7();
        string[] command = ["seal", bench.Pdf, "--session", "--node", TwoNodes, "--node", "-1,20,20", "-o"];
        var first = await bench.RunAsync(bench.First, [.. command, bench.Folder["in-session.pdf"]], async (link, _) =>
        {
            using var request = Assert.IsType<RequestOpening.Opened>(await bench.First.Client.OpenRequestAsync(await bench.First.ScanAsync(link), bench.First.Certificate)).Request;
            var begun = await bench.First.Client.ConfirmWithSealingSessionAsync(
                request, new SealingSessionRequest(sealing, bench.First.Certificate, 10, 60, Automatic: true), CertifiedPhone.Pin);
            Assert.IsType<PinOutcome.Done>(begun.Session);
            running = bench.First.Client.RunSealingSessionAsync(sealing, cancellation: stop.Token);
        });
        Assert.True(first.ExitCode == 0, first.ToString());
        Assert.Equal(1, Pushed(first));

        // The tool is started again: the session is the login's.
        var second = await bench.RunAsync(bench.First, [.. command, bench.Folder["again.pdf"]]);
        Assert.True(second.ExitCode == 0, second.ToString());
        Assert.Equal((2, 0), (Pushed(second), second.Events.Count(said => said.GetProperty("event").GetString() == "qr")));
        Assert.Equal([true, true], (await PdfBox.Verify(bench.Folder["again.pdf"])).Seals.Select(seal => seal.Good));

        // Ended on the phone: the QR is shown again, and refused.
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running!);
        await bench.First.Client.EndSealingSessionAsync(sealing);
        Assert.Equal((1, "refused"), Of(await bench.RunAsync(bench.First, [.. command, bench.Folder["never-again.pdf"]], bench.First.RefuseAsync)));

        static int Pushed(ToolRun run) => run.Events.Count(said => said.GetProperty("event").GetString() == "pushed");
    }

    [Fact]
    [Trait("Feature", "X15"), Trait("Surface", "tool")]
    public async Task Evidence_is_verified_offline_under_the_key_the_verifier_kept()
    {
        var key = (await bench.First.TrustAsync()).EvidenceKey;
        var evidence = await bench.First.EvidenceAsync();
        var file = bench.Folder["evidence.json"];
        await File.WriteAllBytesAsync(file, JsonSerializer.SerializeToUtf8Bytes(evidence, BztJson.Default.EvidenceExport));
        var good = await bench.RunAsync(bench.First, ["evidence", "verify", file, "--key", Convert.ToHexString(key)]);
        Assert.True(good.ExitCode == 0, good.ToString());
        Assert.Equal(evidence.Entries.Count, good.Events[^1].GetProperty("entries").GetInt32());

        // The key may be kept as the file the operator publishes.
        var trust = bench.Folder["trust.json"];
        await File.WriteAllBytesAsync(trust, JsonSerializer.SerializeToUtf8Bytes(new ChannelTrust([4]) { EvidenceKey = key }, BztJson.Default.ChannelTrust));
        Assert.Equal(0, (await bench.RunAsync(bench.First, ["evidence", "verify", file, "--key", trust])).ExitCode);

        // Altered, cut, of another key, no evidence at all: one line, and an exit code that says no.
        var altered = bench.Folder["altered.json"];
        await File.WriteAllBytesAsync(altered, JsonSerializer.SerializeToUtf8Bytes(evidence with { Entries = [.. evidence.Entries.SkipLast(1)] }, BztJson.Default.EvidenceExport));
        var garbage = bench.Folder["garbage.json"];
        await File.WriteAllTextAsync(garbage, """{"entries":[null],"head":{}}""");
        foreach (var (code, arguments) in new (string, string[])[]
        {
            ("evidence_invalid", ["evidence", "verify", altered, "--key", Convert.ToHexString(key)]),
            ("evidence_invalid", ["evidence", "verify", file, "--key", Convert.ToHexString(new byte[65])]),
            ("evidence_malformed", ["evidence", "verify", garbage, "--key", Convert.ToHexString(key)]),
            ("evidence_malformed", ["evidence", "verify", bench.Pdf, "--key", Convert.ToHexString(key)]),
            ("key_malformed", ["evidence", "verify", file, "--key", garbage]),
            ("file_missing", ["evidence", "verify", file, "--key", bench.Folder["nowhere"]]),
        })
        {
            var refused = await bench.RunAsync(bench.First, arguments);
            Assert.Equal((1, code), (refused.ExitCode, refused.FailedCode));
        }
    }

    [Fact]
    [Trait("Feature", "X15"), Trait("Surface", "tool")]
    public async Task Evidence_is_found_in_the_checkpoints_that_somebody_kept()
    {
        // An operator of our own, with a key of our own: what it publishes, and what it would like to have published.
        var real = await bench.First.EvidenceAsync();
        Assert.True(Scalar.TryDecode([.. new byte[31], 7], out var scalar));
        using var key = new SecretScalar(scalar);
        var publicKey = Sm2Group.MultiplyBase(key.Value);
        var other = EvidenceCheckpoint.Leaf(Guid.NewGuid(), 5, new byte[32]);
        var leaf = EvidenceCheckpoint.Leaf(real.CertificateId, real.Head.Sequence, real.Head.Hash);
        var first = Sign(new EvidenceCheckpoint(1, EvidenceEntry.Beginning, 1, MerkleTree.Root([other]), real.Head.SignedAt));
        var second = Sign(new EvidenceCheckpoint(2, first.ToCheckpoint().Hash(), 2, MerkleTree.Root([other, leaf]), real.Head.SignedAt));
        var head = new EvidenceHead(real.CertificateId, real.Head.Sequence, real.Head.Hash, real.Head.SignedAt);
        var export = real with
        {
            EvidenceKey = publicKey.Encode(), Head = real.Head with { Signature = head.Sign(key, publicKey, SystemRandom.Instance).ToRaw() },
            Checkpoint = new EvidenceCheckpointProof(second, real.Head.Sequence, 1, MerkleTree.Path([other, leaf], 1)),
        };
        var file = await WriteAsync("checkpointed.json", export, BztJson.Default.EvidenceExport);
        var kept = await WriteAsync("checkpoints.json", new EvidenceCheckpoints([first, second], 2), BztJson.Default.EvidenceCheckpoints);
        var good = await VerifyAsync(file, kept);
        Assert.True(good.ExitCode == 0, good.ToString());
        Assert.Equal(2, good.Events[^1].GetProperty("checkpoint").GetInt32());

        var earlier = await WriteAsync("earlier.json", new EvidenceCheckpoints([first], 1), BztJson.Default.EvidenceCheckpoints);
        var gap = await WriteAsync("gap.json", new EvidenceCheckpoints([second, first], 2), BztJson.Default.EvidenceCheckpoints);
        var moved = await WriteAsync("moved.json", export with { Checkpoint = export.Checkpoint with { Index = 0 } }, BztJson.Default.EvidenceExport);
        var without = await WriteAsync("without.json", export with { Checkpoint = null }, BztJson.Default.EvidenceExport);
        Assert.Equal("checkpoint_missing", (await VerifyAsync(file, earlier)).FailedCode);
        Assert.Equal("checkpoint_missing", (await VerifyAsync(without, kept)).FailedCode);
        Assert.Equal("checkpoints_invalid", (await VerifyAsync(file, gap)).FailedCode);
        Assert.Equal("checkpoints_malformed", (await VerifyAsync(file, bench.Pdf)).FailedCode);
        Assert.Equal("evidence_invalid", (await VerifyAsync(moved, kept)).FailedCode);

        EvidenceCheckpointInfo Sign(EvidenceCheckpoint checkpoint) => new(
            checkpoint.Number, checkpoint.Previous, checkpoint.Size, checkpoint.Root, checkpoint.At, checkpoint.Sign(key, publicKey, SystemRandom.Instance).ToRaw());

        async Task<string> WriteAsync<T>(string name, T content, JsonTypeInfo<T> type)
        {
            await File.WriteAllBytesAsync(bench.Folder[name], JsonSerializer.SerializeToUtf8Bytes(content, type));
            return bench.Folder[name];
        }

        Task<ToolRun> VerifyAsync(string evidence, string checkpoints) => bench.RunAsync(
            bench.First, ["evidence", "verify", evidence, "--key", Convert.ToHexString(publicKey.Encode()), "--checkpoints", checkpoints]);
    }

    [Fact]
    [Trait("Feature", "M067"), Trait("Surface", "tool")]
    public async Task A_seal_that_is_refused_leaves_no_file()
    {
        var output = bench.Folder["never.pdf"];
        var refused = await bench.RunAsync(bench.First, ["seal", bench.Pdf, "--node", TwoNodes, "-o", output], bench.First.RefuseAsync);
        Assert.Equal((1, "refused"), (refused.ExitCode, refused.FailedCode));

        // Another enterprise's phone may not serve it, and is told so before anything is shown; then the right one ends it.
        var other = await bench.RunAsync(bench.First, ["seal", bench.Pdf, "--node", TwoNodes, "-o", output], async (link, _) =>
        {
            var scanned = await bench.Second.ScanAsync(link);
            Assert.Equal((0, ErrorCodes.EnterpriseMismatch), (scanned.Session.Certificates.Count, scanned.Session.NotEligibleCode));
            var told = await Assert.ThrowsAsync<ApiRefusedException>(() => bench.Second.Client.OpenRequestAsync(scanned, bench.Second.Certificate));
            Assert.Equal(ErrorCodes.EnterpriseMismatch, told.Code);
            await bench.Second.Client.RefuseAsync(scanned.Session.SessionId);
        });
        Assert.Equal((1, "refused"), (other.ExitCode, other.FailedCode));

        var garbage = bench.Folder.Write("garbage.pdf", "this is no PDF"u8);
        Assert.Equal((1, "pdf_refused"), Of(await bench.RunAsync(bench.First, ["seal", garbage, "--node", TwoNodes, "-o", output])));
        Assert.Equal((1, "pdf_refused"), Of(await bench.RunAsync(bench.First, ["seal", bench.Pdf, "--node", "99,10,10", "-o", output])));
        Assert.Equal((1, "file_missing"), Of(await bench.RunAsync(bench.First, ["seal", bench.Folder["nothing.pdf"], "--node", TwoNodes, "-o", output])));
        Assert.Equal((1, "not_logged_in"), Of(await bench.RunAsync(null, ["seal", bench.Pdf, "--node", TwoNodes, "-o", output])));
        Assert.Equal(2, (await bench.RunAsync(bench.First, ["seal", bench.Pdf, "--node", "nowhere", "-o", output])).ExitCode);
        Assert.Empty(Directory.GetFiles(bench.Folder.FullName, "never.pdf*"));
    }

    [Fact]
    [Trait("Feature", "M067"), Trait("Surface", "tool")]
    public async Task The_enterprises_own_seals_are_put_on_in_their_own_size()
    {
        foreach (var (seal, width) in ((string, double)[])[("enterprise", 41), ("signature", 38)])
        {
            var output = bench.Folder[$"own-{seal}.pdf"];
            var run = await bench.RunAsync(bench.First, ["seal", bench.Pdf, "--seal", seal, "--node", TwoNodes, "-o", output], bench.First.ConfirmAsync);
            Assert.True(run.ExitCode == 0, run.ToString());
            Assert.True(Assert.Single((await PdfBox.Verify(output)).Seals).Good);
            var pictures = (await PeerProcess.Run("pdfimages", ["-list", output])).OrFail().Output;
            Assert.Matches("(?m)^ +1 +[0-9]+ image +480 +480 ", pictures);
            var rectangle = Regex.Matches(Encoding.Latin1.GetString(await File.ReadAllBytesAsync(output)), @"/Rect ?\[([0-9. ]+)\]")[^1].Groups[1].Value.Split(' ').Select(double.Parse).ToArray();
            Assert.Equal(width, (rectangle[2] - rectangle[0]) / 72 * 25.4, 0.1);
        }

        // A person's seal is not made up.
        var never = bench.Folder["never-legal.pdf"];
        Assert.Equal((1, "seal_missing"), Of(await bench.RunAsync(bench.First, ["seal", bench.Pdf, "--seal", "legal", "--node", TwoNodes, "-o", never])));
        Assert.Equal(2, (await bench.RunAsync(bench.First, ["seal", bench.Pdf, "--seal", "another", "--node", TwoNodes, "-o", never])).ExitCode);
        Assert.False(File.Exists(never));
    }

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
