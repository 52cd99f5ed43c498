using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json;
using Bzt.Contracts;
using Bzt.Contracts.Platforms;
using Bzt.Documents.BidFiles;
using Bzt.Protocol.Evidence;
using Bzt.Tests.Peers;

namespace Bzt.Tests.Journey;

// M066: the same commands with a CA lock, SoftHSM2 standing in for the USB key.
public sealed partial class ToolTests
{
    private static readonly string[] LockLogin = ["login", "--tender", ToolBench.Tender, "--lock", TestLocks.Module];

    [Fact]
    [Trait("Feature", "M066"), Trait("Feature", "X16"), Trait("Surface", "tool")]
    public async Task A_bidder_logs_in_seals_generates_and_opens_with_a_CA_lock_as_with_the_phone()
    {
        using var key = RSA.Create(2048);
        var locks = await new TestLocks(bench.Folder, "rsa").PlugInAsync("宜昌CA", key, bench.LockCa.Issue(key, bench.First.EnterpriseName, bench.First.Enterprise.CreditCode), bench.LockCa.Issuing);
        var profile = bench.Folder["lock-login.json"];
        var login = await LockAsync([.. LockLogin, "--platform", bench.PlatformAddress.ToString()]);
        Assert.True(login.ExitCode == 0, login.ToString());
        Assert.Equal(("lock", bench.First.EnterpriseName), (login.Events[^1].GetProperty("by").GetString(), login.Events[^1].GetProperty("enterprise").GetString()));

        // The gateway dies; the tool's login is a file, the lock's keys are in the lock, and the platform is remembered.
        await bench.RestartAsync();
        Assert.Equal((1, "wrong_pin"), Of(await LockAsync(LockLogin, TestLocks.WrongPin)));
        Assert.Equal(0, (await LockAsync(LockLogin)).ExitCode);

        // Sealed twice without a word about the lock: as at the login. The enterprise's own seal comes from the service; a stock reader verifies it.
        var pdf = bench.Folder["lock-sealed.pdf"];
        string[] seal = ["seal", bench.Pdf, "--node", TwoNodes, "--node", "-1,20,20", "-o", pdf];
        Assert.Equal((1, "wrong_pin"), Of(await LockAsync(seal, TestLocks.WrongPin)));
        Assert.False(File.Exists(pdf));
        var run = await LockAsync(seal);
        Assert.True(run.ExitCode == 0, run.ToString());
        var poppler = (await PeerProcess.Run("pdfsig", ["-nocert", pdf])).Output;
        Assert.Equal(2, poppler.Split("Signature is Valid.").Length - 1);
        Assert.Equal(2, poppler.Split("SHA-256").Length - 1);
        Assert.Equal([true, true], (await PdfBox.Verify(pdf, bench.LockCa.Root.RawData)).Seals.Select(s => s.Good));
        using (var stream = File.OpenRead(pdf))
        {
            var reports = Bzt.Documents.Pdf.PdfSealVerifier.Verify(stream, [bench.LockCa.Root.RawData]);
            Assert.All(reports, report => Assert.True(report.IsValid && report.Signer == bench.First.EnterpriseName, $"{report.State} {report.Coverage} {report.Path.Fault}"));
        }

        var changed = await File.ReadAllBytesAsync(pdf);
        changed[20] ^= 1;
        using (var stream = new MemoryStream(changed))
        {
            Assert.All(Bzt.Documents.Pdf.PdfSealVerifier.Verify(stream, [bench.LockCa.Root.RawData]), report => Assert.Equal(Bzt.Documents.Pdf.SealState.Altered, report.State));
        }

        // Generated and opened, offline for all the lock cares.
        var (bid, opened) = (bench.Folder["lock.bztb"], bench.Folder["lock-opened"]);
        var generated = await LockAsync(["generate", "--section", "投标文件=" + bench.Pdf, "-o", bid]);
        Assert.True(generated.ExitCode == 0, generated.ToString());
        Assert.Equal((1, "wrong_pin"), Of(await LockAsync(["open", bid, "-o", opened], TestLocks.WrongPin)));
        Assert.False(Directory.Exists(opened));
        Assert.Equal(0, (await LockAsync(["open", bid, "-o", opened])).ExitCode);
        Assert.Equal(await File.ReadAllBytesAsync(bench.Pdf), await File.ReadAllBytesAsync(Path.Combine(opened, "投标文件", Path.GetFileName(bench.Pdf))));

        // At a terminal a bar goes along, and what came of it is told in words.
        var (shown, folder) = (bench.Folder["lock-shown.bztb"], bench.Folder["lock-shown"]);
        var said = await bench.InTerminalAsync(locks, TestLocks.Pin, AtTheLock(["generate", "--section", "唱标信息=" + bench.Pdf, "--section", "投标文件=" + bench.Pdf, "-o", shown]));
        Assert.True(said.Contains("100%", StringComparison.Ordinal) && said.Contains("开标时间", StringComparison.Ordinal) && said.Contains("（北京时间）", StringComparison.Ordinal), said);
        said = await bench.InTerminalAsync(locks, TestLocks.Pin, AtTheLock(["open", shown, "-o", folder]));
        Assert.True(said.Contains("100%", StringComparison.Ordinal), said);
        Assert.Equal(await File.ReadAllBytesAsync(bench.Pdf), await File.ReadAllBytesAsync(Path.Combine(folder, "投标文件", Path.GetFileName(bench.Pdf))));

        // At an opening the platform announced: not before its time, then with one PIN for both files, and each result is in its record.
        var second = bench.Folder["lock-2.bztb"];
        Assert.Equal(0, (await LockAsync(["generate", "--section", "投标文件=" + bench.Pdf, "-o", second])).ExitCode);
        var whole = await File.ReadAllBytesAsync(second);
        var spoilt = whole.ToArray();
        spoilt[12 + BinaryPrimitives.ReadInt32BigEndian(spoilt.AsSpan(8)) + 50] ^= 1;
        var files = new List<OpeningFile>();
        foreach (var path in (string[])[bid, second])
        {
            await using var reader = await BidFileReader.OpenAsync(path);
            files.Add(new OpeningFile($"L-{files.Count + 1}", "投标文件", bench.First.Enterprise, reader.ManifestDigest));
        }

        await File.WriteAllBytesAsync(second, spoilt);
        var (now, hall) = (DateTimeOffset.UtcNow, bench.Folder["lock-hall"]);
        var later = await bench.Platform.CreateOpeningAsync(new CreateOpeningRequest(new ProjectInfo(ToolBench.Tender, "滨江路", now.AddHours(1)), now.AddHours(2), files));
        var running = await bench.Platform.CreateOpeningAsync(new CreateOpeningRequest(new ProjectInfo(ToolBench.Tender, "滨江路", now.AddSeconds(-5)), now.AddHours(1), files));
        string[] open = ["open", bid, second, "-o", hall, "--opening"];
        Assert.Equal((1, "opening_not_begun"), Of(await LockAsync([.. open, later.OpeningId.ToString()], pin: "")));
        Assert.Equal((1, "wrong_pin"), Of(await LockAsync([.. open, running.OpeningId.ToString()], TestLocks.WrongPin)));
        Assert.False(Directory.Exists(hall));
        Assert.Equal((1, "bid_file_refused"), Of(await LockAsync([.. open, running.OpeningId.ToString()])));
        Assert.True(Directory.Exists(Path.Combine(hall, "lock", "投标文件")));
        var stands = await bench.Platform.GetOpeningAsync(running.OpeningId);
        Assert.Equal([(OpeningVerdict.Opened, OpeningCause.None), (OpeningVerdict.Pending, OpeningCause.Altered)], stands.Files.Select(file => (file.Judgement.Verdict, file.Judgement.Cause)));

        // Copied anew, and gone on with after a restart: what is open is left alone and not told again.
        await File.WriteAllBytesAsync(second, whole);
        await bench.RestartAsync();
        await bench.Platform.ChangeOpeningAsync(running.OpeningId, new ChangeOpeningRequest("网络故障") { Deadline = running.Deadline.AddMinutes(30) });
        var resumed = await LockAsync([.. open, running.OpeningId.ToString(), "--resume"]);
        Assert.True(resumed.ExitCode == 0, resumed.ToString());
        Assert.Equal(0, (await LockAsync([.. open, running.OpeningId.ToString(), "--resume"], pin: "")).ExitCode);
        await bench.Platform.EndOpeningAsync(running.OpeningId);
        Assert.Equal((1, "opening_ended"), Of(await LockAsync(["open", bid, "-o", bench.Folder["late"], "--opening", running.OpeningId.ToString()], pin: "")));
        Assert.False(Directory.Exists(bench.Folder["late"]));
        var record = await bench.Platform.GetOpeningRecordAsync(running.OpeningId, "L-2");
        Assert.Equal(
            [(OpeningEventKind.OpenedByLock, OpeningOutcome.Altered), (OpeningEventKind.OpenedByLock, OpeningOutcome.Opened)], record.Record.Events.Select(e => (e.Kind, e.Outcome!.Value)));
        Assert.Single((await bench.Platform.GetOpeningRecordAsync(running.OpeningId, "L-1")).Record.Events);
        var kept = bench.Folder.Write("lock-record.json", JsonSerializer.SerializeToUtf8Bytes(record, BztJson.Default.SignedOpeningRecord));
        var told = (await bench.RunAsync(null, ["evidence", "verify", kept, "--key", Convert.ToHexString((await bench.First.TrustAsync()).EvidenceKey)])).Events[^1];
        Assert.Contains("用CA锁解密成功", told.GetProperty("events").GetString(), StringComparison.Ordinal);
        Assert.Contains("网络故障", told.GetProperty("changes").GetString(), StringComparison.Ordinal);

        // What the lock opened the platform could not read: its word stands beside the bidder's, and the verifier comes to the same.
        var attempt = (await bench.Platform.GetOpeningRecordAsync(running.OpeningId, "L-1")).Record.Events[0].Session;
        await bench.Platform.ReportOpeningAsync(running.OpeningId, "L-1", new OpeningReport(attempt, OpeningOutcome.WrongKey, [new OpeningSection("投标文件", OpeningOutcome.WrongKey)]));
        kept = bench.Folder.Write("lock-denied.json", JsonSerializer.SerializeToUtf8Bytes(await bench.Platform.GetOpeningRecordAsync(running.OpeningId, "L-1"), BztJson.Default.SignedOpeningRecord));
        told = (await bench.RunAsync(null, ["evidence", "verify", kept, "--key", Convert.ToHexString((await bench.First.TrustAsync()).EvidenceKey)])).Events[^1];
        Assert.Equal(("not_opened", "wrong_key", "undetermined"), (told.GetProperty("verdict").GetString(), told.GetProperty("cause").GetString(), told.GetProperty("responsible").GetString()));

        // A file whose manifest this lock did not sign is refused before the PIN is asked for.
        var bytes = await File.ReadAllBytesAsync(bid);
        await using (var reader = await Bzt.Documents.BidFiles.BidFileReader.OpenAsync(bid))
        {
            Assert.False(reader.VerifySignature([]).IsValid);
            Assert.True(reader.VerifySignature([bench.LockCa.Root.RawData]).IsValid);
            bytes[bytes.AsSpan().IndexOf(reader.Signature.Signature) + 40] ^= 1;
        }

        Assert.Equal((1, "bid_file_refused"), Of(await LockAsync(["open", bench.Folder.Write("lock-unsigned.bztb", bytes), "-o", bench.Folder["lock-unsigned"]], pin: "")));

        // Another way than its own opens neither.
        var foreign = bench.Folder["foreign-opened"];
        Assert.Equal((1, "bid_file_refused"), Of(await bench.RunAsync(bench.First, ["open", bid, "-o", foreign])));
        using var otherKey = RSA.Create(2048);
        var other = await new TestLocks(bench.Folder, "other").PlugInAsync("other", otherKey, bench.LockCa.Issue(otherKey, "宜昌另一演示有限公司", "91420500MA30000035"), bench.LockCa.Issuing);
        Assert.Equal((1, "other_recipient"), Of(await bench.RunAsync(null, ["open", bid, "-o", foreign, "--lock", TestLocks.Module], locks: other, input: TestLocks.Pin)));
        Assert.Equal((1, "other_certificate"), Of(await bench.RunAsync(null, ["generate", "--section", "投标文件=" + bench.Pdf, "-o", bid, "--lock", TestLocks.Module, "--profile", profile], locks: other, input: TestLocks.Pin)));
        Assert.Equal((1, "not_registered"), Of(await bench.RunAsync(null, [.. LockLogin, "--platform", bench.PlatformAddress.ToString()], locks: other, input: TestLocks.Pin)));
        Assert.False(Directory.Exists(foreign));

        Task<ToolRun> LockAsync(string[] arguments, string pin = TestLocks.Pin) =>
            bench.RunAsync(null, AtTheLock(arguments), locks: locks, input: pin);

        string[] AtTheLock(string[] arguments) => [.. arguments, "--profile", profile, "--config", bench.LockConfiguration];
    }

    [Fact]
    [Trait("Feature", "M066"), Trait("Surface", "tool")]
    public async Task A_lock_that_does_not_serve_says_why_in_one_line()
    {
        string[] seal = ["seal", bench.Pdf, "--node", TwoNodes, "-o", bench.Folder["no-lock.pdf"], "--lock", TestLocks.Module];
        var login = LockLogin.Append("--platform").Append(bench.PlatformAddress.ToString()).ToArray();
        using var key = RSA.Create(2048);
        using var curve = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var locks = new TestLocks(bench.Folder, "many");
        Assert.Equal((1, "lock_missing"), Of(await RunAsync(seal)));
        await locks.PlugInAsync("expired", key, bench.LockCa.Issue(key, bench.First.EnterpriseName, bench.First.Enterprise.CreditCode, -700, -10), bench.LockCa.Issuing);
        Assert.Equal((1, "certificate_expired"), Of(await RunAsync(seal)));
        await locks.PlugInAsync("future", key, bench.LockCa.Issue(key, bench.First.EnterpriseName, bench.First.Enterprise.CreditCode, 10, 700), bench.LockCa.Issuing);
        Assert.Equal((1, "lock_ambiguous"), Of(await RunAsync(seal)));
        Assert.Equal((1, "lock_missing"), Of(await RunAsync([.. seal, "--token", "nobody's"])));
        Assert.Equal((1, "certificate_not_yet"), Of(await RunAsync([.. seal, "--token", "future"])));
        Assert.Equal((1, "lock_module"), Of(await RunAsync([.. seal[..^1], bench.Pdf + ".so"])));
        Assert.Equal((1, "lock_module"), Of(await RunAsync([.. seal[..^1], "--module", bench.Pdf])));
        Assert.Equal((1, "lock_module"), Of(await RunAsync(seal[..^1])));
        Assert.Equal(2, (await RunAsync([.. seal, "--scan"])).ExitCode);

        // A CA this platform does not know, and one of its own certificates on its own list.
        using var stranger = new TestLockCa("Stranger");
        await locks.PlugInAsync("stranger", key, stranger.Issue(key, bench.First.EnterpriseName, bench.First.Enterprise.CreditCode), stranger.Issuing);
        Assert.Equal((1, "lock_untrusted"), Of(await RunAsync([.. login, "--token", "stranger"])));
        var revoked = bench.LockCa.Issue(key, bench.First.EnterpriseName, bench.First.Enterprise.CreditCode);
        await locks.PlugInAsync("revoked", key, revoked, bench.LockCa.Issuing);
        Assert.Equal(0, (await RunAsync([.. login, "--token", "revoked"])).ExitCode);
        await File.WriteAllBytesAsync(Path.Combine(bench.LockRoots, "issuing.crl"), bench.LockCa.Revoke(revoked));
        Assert.Equal((1, "certificate_revoked"), Of(await RunAsync([.. login, "--token", "revoked"])));

        // A certificate whose key is another than the lock's is noticed before anything leaves.
        using var another = RSA.Create(2048);
        await locks.PlugInAsync("swapped", key, bench.LockCa.Issue(another, bench.First.EnterpriseName, bench.First.Enterprise.CreditCode), bench.LockCa.Issuing);
        Assert.Equal((1, "lock_mechanism"), Of(await RunAsync([.. seal, "--token", "swapped"])));

        // An ECDSA lock logs in and seals; what it cannot do it says.
        await locks.PlugInAsync("curve", curve, bench.LockCa.Issue(curve, bench.First.EnterpriseName, bench.First.Enterprise.CreditCode), bench.LockCa.Issuing);
        Assert.Equal(0, (await RunAsync([.. login, "--token", "curve"])).ExitCode);
        var sealedByCurve = bench.Folder["curve.pdf"];
        Assert.Equal(0, (await RunAsync(["seal", bench.Pdf, "--node", TwoNodes, "-o", sealedByCurve, "--lock", TestLocks.Module, "--token", "curve"])).ExitCode);
        Assert.Contains("Signature is Valid.", (await PeerProcess.Run("pdfsig", ["-nocert", sealedByCurve])).Output, StringComparison.Ordinal);
        Assert.Equal((1, "lock_empty"), Of(await RunAsync(["generate", "--section", "投标文件=" + bench.Pdf, "-o", bench.Folder["curve.bztb"], "--lock", TestLocks.Module, "--token", "curve"])));
        locks.PullOut();
        Assert.Equal((1, "lock_missing"), Of(await RunAsync(seal)));
        Assert.Empty(Directory.GetFiles(bench.Folder.FullName, "no-lock.pdf*"));
        Assert.Empty(Directory.GetFiles(bench.Folder.FullName, "curve.bztb*"));

        async Task<ToolRun> RunAsync(string[] arguments)
        {
            var run = await bench.RunAsync(null, [.. arguments, "--profile", bench.Folder["many.json"], "--config", bench.Folder["many-config.json"]], locks: locks, input: TestLocks.Pin);
            Assert.Equal("", run.Errors);
            return run;
        }
    }
}
