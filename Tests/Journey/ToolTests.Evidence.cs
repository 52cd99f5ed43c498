using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;
using Bzt.Protocol;
using Bzt.Protocol.Arithmetic;
using Bzt.Protocol.Evidence;
using Bzt.Protocol.Secrets;

namespace Bzt.Tests.Journey;

// What is verified without the gateway: evidence, and the checkpoints somebody kept.
public sealed partial class ToolTests
{
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
}
