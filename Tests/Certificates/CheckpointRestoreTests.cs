using System.Diagnostics;
using System.Text.Json;
using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Grains;
using Bzt.Protocol.Evidence;
using Bzt.Tests.Applications;
using Bzt.Tests.Embedded;
using Bzt.Tests.Journey;
using Bzt.Tests.KeyProtection;
using Bzt.Tests.Storage;

namespace Bzt.Tests.Certificates;

/// <summary>A store put back from a backup, and declared: no number is signed a second time, and who kept the checkpoints of both sides is told what happened.</summary>
public sealed class CheckpointRestoreTests
{
    [Fact]
    [Trait("Feature", "X15"), Trait("Surface", "tool")]
    public async Task A_declared_restore_signs_no_number_twice_and_a_keeper_of_both_sides_is_told_of_it()
    {
        using var folder = new TempFolder();
        await using var system = await ClaimSteps.StartAsync();
        using var phone = await CertifiedPhone.ActiveAsync(system);
        var (kept, key, backup) = (folder.File("kept"), folder.File("trust.json"), folder.File("backup"));
        var trust = await ChannelTrust.FetchAsync(system.Gateway);
        await File.WriteAllBytesAsync(key, JsonSerializer.SerializeToUtf8Bytes(trust, BztJson.Default.ChannelTrust));
        await phone.EvidenceAsync();
        await system.Grains.EvidenceNotary().Sweep();
        await KeepAsync();
        await system.StopAsync();
        Copy(system.DataFolder, backup);
        await system.RestartAsync();
        await phone.ReconnectAsync();

        // The time that will be lost: a try, and its checkpoint.
        await TryAsync();
        await system.Grains.EvidenceNotary().Sweep();
        await KeepAsync();
        var lost = await phone.EvidenceAsync();
        Assert.Equal(2, lost.Checkpoint!.Checkpoint.Number);

        await system.StopAsync();
        Directory.Delete(system.DataFolder, recursive: true);
        Copy(backup, system.DataFolder);
        await SiloCommand.RunAsync(new Dictionary<string, string> { ["Storage:DataFolder"] = system.DataFolder, ["Protection:RootKeyFile"] = system.RootKeyFile }, "restored");
        await system.RestartAsync();
        await phone.ReconnectAsync();

        // Said by itself, whether anything moved or not, and once.
        await system.Grains.EvidenceNotary().Sweep();
        await system.Grains.EvidenceNotary().Sweep();
        await TryAsync();
        await system.Grains.EvidenceNotary().Sweep();
        var published = JsonSerializer.Deserialize(await system.Gateway.GetByteArrayAsync(Routes.Phone.EvidenceCheckpoints), BztJson.Default.EvidenceCheckpoints)!;
        var restored = published.Checkpoints[1].Number;
        Assert.True(CheckpointNumber.IsAfterRestore(restored));
        Assert.Equal([1, restored, restored + 1], published.Checkpoints.Select(checkpoint => checkpoint.Number));
        Assert.True(published.Verify(trust.EvidenceKey));

        await KeepAsync();
        var both = JsonSerializer.Deserialize(await File.ReadAllBytesAsync(Path.Combine(kept, "checkpoints.json")), BztJson.Default.EvidenceCheckpoints)!;
        Assert.Equal([1, 2, restored, restored + 1], both.Checkpoints.Select(checkpoint => checkpoint.Number));
        Assert.True(both.Verify(trust.EvidenceKey));
        var told = Assert.Single(both.Restores());
        Assert.Equal((restored, 1L, 2L), (told.Number, told.Continues, told.LastLost));

        // Evidence of either side is good, and said to be behind a restore in the place of forged.
        var now = await phone.EvidenceAsync();
        Assert.Equal(lost.Entries.Count, now.Entries.Count);
        foreach (var evidence in (EvidenceExport[])[now, lost])
        {
            var file = folder.File("evidence.json");
            await File.WriteAllBytesAsync(file, JsonSerializer.SerializeToUtf8Bytes(evidence, BztJson.Default.EvidenceExport));
            var run = await ToolAsync("evidence", "verify", file, "--key", key, "--checkpoints", kept);
            Assert.True(run.ExitCode == 0, run.ToString());
            Assert.Equal(restored, run.Events[^1].GetProperty("behindRestore").GetInt64());
        }

        // On its own side each still has to have what its leaves say.
        Assert.Equal(KeptFault.Shorter, Compare(now with { Entries = [.. now.Entries.SkipLast(1)] }));

        // Without the declaration the numbers give it away.
        Assert.False((both with { Checkpoints = [.. both.Checkpoints.Where(checkpoint => checkpoint.Number != restored)] }).Verify(trust.EvidenceKey));

        async Task TryAsync()
        {
            var (_, scanned) = await phone.BindSessionAsync(await phone.PlatformAsync());
            await phone.ConfirmAsync(scanned, CertifiedPhone.WrongPin);
            await phone.EvidenceAsync();
        }

        KeptFault Compare(EvidenceExport evidence) => EvidenceKept.Compare(evidence, both, both.Checkpoints.Select(checkpoint =>
            JsonSerializer.Deserialize(File.ReadAllBytes(Path.Combine(kept, "leaves", $"{checkpoint.Number}.json")), BztJson.Default.EvidenceLeaves)!)).Fault;

        async Task KeepAsync()
        {
            var run = await ToolAsync("evidence", "keep", kept, "--from", system.Address.ToString(), "--key", key);
            Assert.True(run.ExitCode == 0, run.ToString());
        }

        Task<ToolRun> ToolAsync(params string[] arguments) => ToolProcess.RunAsync(
            new ProcessStartInfo("dotnet", [typeof(BidTool.Commands.Failure).Assembly.Location, .. arguments, "--json"])
            {
                RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, Environment = { ["XDG_CONFIG_HOME"] = folder.File("xdg") },
            }, null, "");
    }

    [Fact]
    public void The_number_after_a_restore_is_of_its_minute_and_counts_on_from_there()
    {
        var declared = DateTimeOffset.UnixEpoch.AddMinutes(29_000_000).AddSeconds(30);
        Assert.Equal(9, CheckpointNumber.Next(8, null));
        var first = CheckpointNumber.Next(8, declared);
        Assert.Equal(29_000_000 * CheckpointNumber.Run, first);
        Assert.True(CheckpointNumber.IsAfterRestore(first));
        Assert.Equal(first + 1, CheckpointNumber.Next(first, declared));
        Assert.False(CheckpointNumber.IsAfterRestore(first + 1));
        Assert.Equal((first, first, 1, 1), (CheckpointNumber.First(first), CheckpointNumber.First(first + 7), CheckpointNumber.First(1), CheckpointNumber.First(99)));
        Assert.False(CheckpointNumber.IsAfterRestore(0));
    }

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }
}
