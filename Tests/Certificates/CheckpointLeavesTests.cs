using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Grains;
using Bzt.Grains.Certificates;
using Bzt.Grains.Evidence;
using Bzt.Protocol.Evidence;
using Bzt.Silo.Storage;
using Bzt.Tests.Applications;
using Bzt.Tests.Embedded;
using Bzt.Tests.Journey;
using Bzt.Tests.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Bzt.Tests.Certificates;

/// <summary>Published leaves: whoever kept them sees a chain that was cut or continued otherwise, and learns nothing of anybody whose evidence he was not given.</summary>
public sealed class CheckpointLeavesTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 25, 1, 0, 0, TimeSpan.Zero);

    [Fact]
    [Trait("Feature", "X15"), Trait("Surface", "tool")]
    public async Task Rows_put_back_together_with_their_evidence_are_seen_by_who_kept_the_leaves()
    {
        using var folder = new TempFolder();
        await using var system = await ClaimSteps.StartAsync();
        using var phone = await CertifiedPhone.ActiveAsync(system);
        var (kept, key, file) = (folder.File("kept"), folder.File("trust.json"), folder.File("evidence.json"));
        await File.WriteAllBytesAsync(key, JsonSerializer.SerializeToUtf8Bytes(await ChannelTrust.FetchAsync(system.Gateway), BztJson.Default.ChannelTrust));
        var platform = await phone.PlatformAsync();
        await phone.EvidenceAsync();
        await system.Grains.EvidenceNotary().Sweep();
        await KeepRowsAsync();
        Assert.Equal(0, (await KeepAsync()).ExitCode);

        // A try at the PIN; a checkpoint; the try is undone in the store, with all that tells of it.
        await TryAsync();
        await system.Grains.EvidenceNotary().Sweep();
        var second = await KeepAsync();
        Assert.Equal((0, 2, 1, 1), (second.ExitCode, Fact(second, "checkpoints"), Fact(second, "added"), Fact(second, "leaves")));
        var whole = await phone.EvidenceAsync();
        var verified = await VerifyAsync(whole);
        Assert.True(verified.ExitCode == 0, verified.ToString());
        Assert.Equal(2, Fact(verified, "leaves"));
        await PutRowsBackAsync();
        await system.RestartAsync();
        await phone.ReconnectAsync();

        // What is left has its own checkpoint, signatures and all: only the leaf says that there was more.
        var cut = await phone.EvidenceAsync();
        Assert.Equal(whole.Entries.Count - 1, cut.Entries.Count);
        Assert.Equal("evidence_shorter", (await VerifyAsync(cut)).FailedCode);

        // The next try takes the place of the one that was undone, and is in a checkpoint of its own.
        await TryAsync();
        await system.Grains.EvidenceNotary().Sweep();
        var third = await KeepAsync();
        Assert.True(third.ExitCode == 0, third.ToString());
        var forked = await phone.EvidenceAsync();
        Assert.Equal((whole.Entries.Count, 3L), (forked.Entries.Count, forked.Checkpoint!.Checkpoint.Number));
        Assert.Equal("evidence_forked", (await VerifyAsync(forked)).FailedCode);

        // Without leaves neither shows.
        Assert.Equal(0, (await VerifyAsync(forked, Path.Combine(kept, "checkpoints.json"))).ExitCode);

        // Leaves that were tampered with accuse nobody.
        var leaves = Path.Combine(kept, "leaves", "2.json");
        var real = JsonSerializer.Deserialize(await File.ReadAllBytesAsync(leaves), BztJson.Default.EvidenceLeaves)!;
        var altered = real with { Leaves = [.. real.Leaves.Select(leaf => leaf with { Leaf = new byte[32] })] };
        await File.WriteAllBytesAsync(leaves, JsonSerializer.SerializeToUtf8Bytes(altered, BztJson.Default.EvidenceLeaves));
        Assert.Equal("leaves_invalid", (await VerifyAsync(forked)).FailedCode);
        await File.WriteAllTextAsync(leaves, "{}");
        Assert.Equal("leaves_invalid", (await VerifyAsync(forked)).FailedCode);

        async Task TryAsync()
        {
            var (_, scanned) = await phone.BindSessionAsync(platform);
            await phone.ConfirmAsync(scanned, CertifiedPhone.WrongPin);
            await phone.EvidenceAsync();
        }

        Task<ToolRun> KeepAsync() => ToolAsync(folder, "evidence", "keep", kept, "--from", system.Address.ToString(), "--key", key);

        async Task<ToolRun> VerifyAsync(EvidenceExport evidence, string? checkpoints = null)
        {
            await File.WriteAllBytesAsync(file, JsonSerializer.SerializeToUtf8Bytes(evidence, BztJson.Default.EvidenceExport));
            return await ToolAsync(folder, "evidence", "verify", file, "--key", key, "--checkpoints", checkpoints ?? kept);
        }

        Task KeepRowsAsync() => StoreAsync("CREATE TABLE kept_rows AS SELECT * FROM OrleansStorage WHERE " + OfCertificate);

        async Task PutRowsBackAsync()
        {
            await StoreAsync("DELETE FROM OrleansStorage WHERE " + OfCertificate);
            await StoreAsync("INSERT INTO OrleansStorage SELECT * FROM kept_rows");
        }

        Task StoreAsync(string sql) => system.Services.GetRequiredService<SqlStore>().WriteAsync(connection => connection.ExecuteAsync(
            sql.Replace("@d", $"'%{phone.Certificate:D}%'", StringComparison.Ordinal).Replace("@n", $"'%{phone.Certificate:N}%'", StringComparison.Ordinal)));
    }

    [Fact]
    [Trait("Feature", "X15"), Trait("Surface", "api")]
    public async Task Leaves_are_the_checkpoints_and_say_nothing_to_who_was_not_given_the_evidence()
    {
        await using var system = await ClaimSteps.StartAsync();
        using var phone = await CertifiedPhone.ActiveAsync(system);
        using var other = await CertifiedPhone.ActiveAsync(system);
        var first = await phone.EvidenceAsync();
        await other.EvidenceAsync();
        await system.Grains.EvidenceNotary().Sweep();
        await phone.BindAsync(await phone.PlatformAsync());
        var second = await phone.EvidenceAsync();
        await system.Grains.EvidenceNotary().Sweep();
        var checkpoints = await ReadAsync(system, Routes.Phone.EvidenceCheckpoints, BztJson.Default.EvidenceCheckpoints);
        EvidenceLeaves[] leaves = [await LeavesAsync(system, 1), await LeavesAsync(system, 2)];
        Assert.True(leaves[0].Leaves.Count >= 2);
        Assert.Single(leaves[1].Leaves);
        Assert.Equal([0L, 1L], leaves.Select(set => set.Continues));
        Assert.All(leaves.Zip(checkpoints.Checkpoints), pair => Assert.True(pair.First.AreOf(pair.Second)));
        Assert.False(leaves[0].AreOf(checkpoints.Checkpoints[1]));
        Assert.False((leaves[1] with { Leaves = [leaves[1].Leaves[0] with { Mark = new byte[CheckpointMark.Length] }] }).AreOf(checkpoints.Checkpoints[1]));
        Assert.False((leaves[1] with { Continues = 0 }).AreOf(checkpoints.Checkpoints[1]));
        Assert.False((leaves[1] with { Continues = null }).AreOf(checkpoints.Checkpoints[1]));

        // Who has the evidence finds its leaves: what there is now, and that an earlier copy is behind.
        var now = await phone.EvidenceAsync();
        Assert.Equal((KeptFault.None, 2, 1L), Summary(EvidenceKept.Compare(now, checkpoints, leaves)));
        Assert.Equal((KeptFault.None, 1, 1L), Summary(EvidenceKept.Compare(first, checkpoints, leaves[..1])));
        var behind = EvidenceKept.Compare(first, checkpoints, leaves);
        Assert.Equal((KeptFault.Shorter, 2L, now.Head.Sequence), (behind.Fault, behind.Checkpoint!.Number, behind.Sequence));
        Assert.Equal((KeptFault.None, 1, 1L), Summary(EvidenceKept.Compare(await other.EvidenceAsync(), checkpoints, leaves)));

        // Who has not finds no id, no hash of an entry, no number of records, and nothing that comes again.
        var text = Encoding.UTF8.GetString(await system.Gateway.GetByteArrayAsync(LeavesOf(1))) + Encoding.UTF8.GetString(await system.Gateway.GetByteArrayAsync(LeavesOf(2)));
        Assert.DoesNotContain(phone.Certificate.ToString(), text, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(Convert.ToBase64String(first.Head.Hash), text, StringComparison.Ordinal);
        Assert.DoesNotContain(Convert.ToBase64String(second.Head.Hash), text, StringComparison.Ordinal);
        var marks = leaves.SelectMany(set => set.Leaves).Select(leaf => Convert.ToHexString(leaf.Mark)).ToList();
        Assert.Equal(marks.Count, marks.Distinct().Count());
        Assert.All(leaves[0].Leaves.Zip(leaves[0].Leaves.Skip(1)), pair => Assert.True(pair.First.Leaf.AsSpan().SequenceCompareTo(pair.Second.Leaf) < 0));

        // Unchanged after a restart, for caches to keep; of no other number anything.
        var before = await system.Gateway.GetByteArrayAsync(LeavesOf(1));
        await system.RestartAsync();
        using var again = await system.Gateway.GetAsync(LeavesOf(1));
        Assert.Equal(before, await again.Content.ReadAsByteArrayAsync());
        Assert.True(again.Headers.CacheControl is { Public: true, MaxAge.TotalDays: > 300 });
        foreach (var number in (long[])[-1, 0, 3, long.MaxValue])
        {
            using var none = await system.Gateway.GetAsync(LeavesOf(number));
            Assert.Equal(404, (int)none.StatusCode);
        }

        static (KeptFault, int, long?) Summary(KeptComparison comparison) => (comparison.Fault, comparison.Found, comparison.First?.Number);
    }

    /// <summary>As a release before this one kept it, and reads it.</summary>
    [Fact]
    public void A_checkpoint_without_marks_is_published_and_says_less()
    {
        var leaf = new CheckpointLeaf(new CertificateId(Guid.CreateVersion7()), 3, new byte[32]);
        var made = CheckpointRules.Make(1, EvidenceEntry.Beginning, [leaf], Now);
        var stored = new StoredCheckpoint(new SignedCheckpoint(1, made.Previous, made.Size, made.Root, made.At, [1]), [leaf]);
        var published = CheckpointRules.Publish(stored, new StoredMarks())!;
        Assert.Null(published.Continues);
        Assert.Empty(Assert.Single(published.Marks));
        Assert.True(new EvidenceLeaves(1, null, [new EvidenceLeafInfo(published.Leaves[0], [])]).AreOf(new EvidenceCheckpointInfo(1, made.Previous, made.Size, made.Root, made.At, [1])));
        Assert.Null(CheckpointRules.Publish(new StoredCheckpoint(), new StoredMarks()));
    }

    [Fact]
    public void A_mark_is_read_by_who_knows_the_first_entry_only()
    {
        var first = Enumerable.Repeat((byte)7, 32).ToArray();
        var mark = CheckpointMark.Of(first, 8, 15);
        Assert.Equal(CheckpointMark.Length, mark.Length);
        Assert.Equal(15, CheckpointMark.Read(mark, first, 8));
        Assert.Null(CheckpointMark.Read(mark, first, 9));
        Assert.Null(CheckpointMark.Read(mark, new byte[32], 8));
        Assert.Null(CheckpointMark.Read([], first, 8));
        Assert.Null(CheckpointMark.Read([.. mark, 0], first, 8));
    }

    private const string OfCertificate = "(GrainIdExtensionString LIKE @d OR GrainIdExtensionString LIKE @n)";

    private static string LeavesOf(long number) => Routes.Phone.EvidenceLeaves.Replace("{number}", $"{number}", StringComparison.Ordinal);

    private static Task<EvidenceLeaves> LeavesAsync(EmbeddedSystem system, long number) => ReadAsync(system, LeavesOf(number), BztJson.Default.EvidenceLeaves);

    private static async Task<T> ReadAsync<T>(EmbeddedSystem system, string path, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type) =>
        JsonSerializer.Deserialize(await system.Gateway.GetByteArrayAsync(path), type)!;

    private static int Fact(ToolRun run, string name) => run.Events[^1].GetProperty(name).GetInt32();

    private static Task<ToolRun> ToolAsync(TempFolder folder, params string[] arguments) => ToolProcess.RunAsync(
        new ProcessStartInfo("dotnet", [typeof(BidTool.Commands.Failure).Assembly.Location, .. arguments, "--json"])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, Environment = { ["XDG_CONFIG_HOME"] = folder.File("xdg") },
        }, null, "");
}
