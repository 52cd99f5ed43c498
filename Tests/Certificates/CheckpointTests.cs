using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text.Json;
using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Grains;
using Bzt.Grains.Certificates;
using Bzt.Grains.Evidence;
using Bzt.Grains.Foundations;
using Bzt.Protocol.Evidence;
using Bzt.Silo.Storage;
using Bzt.Tests.Applications;
using Bzt.Tests.Embedded;
using Bzt.Tests.Storage;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;

namespace Bzt.Tests.Certificates;

/// <summary>Checkpoints over all chains: published, kept by somebody else, and after that nothing below them changes unseen.</summary>
public sealed class CheckpointTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 25, 1, 0, 0, TimeSpan.Zero);

    [Fact]
    [Trait("Feature", "X15"), Trait("Surface", "api")]
    public async Task Who_kept_the_published_checkpoints_notices_any_later_change()
    {
        await using var system = await ClaimSteps.StartAsync();
        using var phone = await CertifiedPhone.ActiveAsync(system);
        using var other = await CertifiedPhone.ActiveAsync(system);
        var key = (await ChannelTrust.FetchAsync(system.Gateway)).EvidenceKey;
        Assert.Empty((await PublishedAsync(system)).Checkpoints);
        Assert.Null((await phone.EvidenceAsync()).Checkpoint);

        // The reminder would do it within the hour.
        var before = await phone.EvidenceAsync();
        await other.EvidenceAsync();
        await system.Grains.EvidenceNotary().Sweep();
        var kept = await PublishedAsync(system);
        var first = Assert.Single(kept.Checkpoints);
        Assert.True(first.Size >= 3);
        Assert.True(kept.Verify(key));

        // Nothing moved, nothing to say; after a restart too.
        await system.RestartAsync();
        await phone.ReconnectAsync();
        await system.Grains.EvidenceNotary().Sweep();
        Assert.Equal(1, (await PublishedAsync(system)).Newest);

        var export = await phone.EvidenceAsync();
        Assert.Equal(EvidenceFault.None, export.Verify(key));
        Assert.Equal((1, (long)before.Entries.Count), (export.Checkpoint!.Checkpoint.Number, export.Checkpoint.Sequence));
        Assert.True(kept.Contain(export.Checkpoint.Checkpoint));

        // One chain moves: the next checkpoint continues the first, and the other chain stays where it was.
        await phone.BindAsync(await phone.PlatformAsync());
        var moved = await Wait.UntilAsync(phone.EvidenceAsync, chain => chain.Entries.Count > before.Entries.Count);
        Assert.Equal(1, moved.Checkpoint!.Checkpoint.Number);
        Assert.Equal(EvidenceFault.None, moved.Verify(key));
        await system.Grains.EvidenceNotary().Sweep();
        var published = await PublishedAsync(system);
        Assert.Equal([1L, 2L], published.Checkpoints.Select(checkpoint => checkpoint.Number));
        // The chain's leaf, and the one that binds the marks.
        Assert.Equal(2, published.Checkpoints[1].Size);
        Assert.True(published.Verify(key));
        Assert.Equal(2, Assert.Single((await PublishedAsync(system, after: 1)).Checkpoints).Number);
        Assert.Empty((await PublishedAsync(system, after: 7)).Checkpoints);

        // Read again, no checkpoint is asked any more.
        await system.Grains.GetGrain<IManagementGrain>(0).ForceActivationCollection(TimeSpan.Zero);
        var type = system.Grains.EvidenceCheckpoint(1).GetGrainId().Type;
        await Wait.UntilAsync(async () => (await system.Grains.GetGrain<IManagementGrain>(0).GetActiveGrains(type)).Count, active => active == 0);
        Assert.Equal(2, (await PublishedAsync(system)).Checkpoints.Count);
        Assert.Empty(await system.Grains.GetGrain<IManagementGrain>(0).GetActiveGrains(type));
        await ClaimSteps.RefusedAsync(ErrorCodes.InvalidRequest, () => PhoneOf(phone).GetAsync($"{Routes.Phone.EvidenceCheckpoints}?after=-1", BztJson.Default.EvidenceCheckpoints));
        moved = await phone.EvidenceAsync();
        Assert.Equal((2L, moved.Head.Sequence), (moved.Checkpoint!.Checkpoint.Number, moved.Checkpoint.Sequence));
        Assert.Equal(1, (await other.EvidenceAsync()).Checkpoint!.Checkpoint.Number);

        // Another chain's proof, another root, a checkpoint that was left out or altered.
        Assert.Equal(EvidenceFault.CheckpointMismatch, (moved with { Checkpoint = (await other.EvidenceAsync()).Checkpoint }).Verify(key));
        Assert.Equal(EvidenceFault.CheckpointMismatch, (moved with { Checkpoint = moved.Checkpoint with { Checkpoint = first } }).Verify(key));
        Assert.False((published with { Checkpoints = [.. published.Checkpoints.Reverse()] }).Verify(key));
        Assert.False((published with { Checkpoints = [published.Checkpoints[0] with { Size = 9 }, published.Checkpoints[1]] }).Verify(key));
        Assert.False(kept.Contain(moved.Checkpoint.Checkpoint));
    }

    /// <summary>Somebody altered it, say: the others are published all the same, and it comes into the next one that it can be read for.</summary>
    [Fact]
    public async Task A_chain_that_cannot_be_read_keeps_no_other_from_its_checkpoint_and_is_not_forgotten()
    {
        var unreadable = new UnreadablePage();
        await using var system = await EmbeddedSystem.StartAsync(builder =>
        {
            builder.Configuration["CaConsole:Password"] = ClaimSteps.ConsolePassword;
            builder.Services.AddSingleton<IIncomingGrainCallFilter>(unreadable);
        });
        using var phone = await CertifiedPhone.ActiveAsync(system);
        using var other = await CertifiedPhone.ActiveAsync(system);
        await phone.EvidenceAsync();
        await other.EvidenceAsync();
        unreadable.Certificate = phone.Certificate;

        // Long before the other: a sweep that only looks back a little would not come to it again.
        await AgeAsync(phone, 10_000);
        using var misses = new DutyMisses(Duties.Checkpoints);
        await system.Grains.EvidenceNotary().Sweep();
        Assert.Equal(1, (await other.EvidenceAsync()).Checkpoint?.Checkpoint.Number);
        Assert.Null((await phone.EvidenceAsync()).Checkpoint);
        Assert.Equal(1, misses.Count);

        // Gone past: the other, written since, is not read again, hour after hour, and what could not be read is, after a restart too.
        await AgeAsync(other, 5000);
        await system.RestartAsync();
        await Task.WhenAll(phone.ReconnectAsync(), other.ReconnectAsync());
        unreadable.Asked.Clear();
        await system.Grains.EvidenceNotary().Sweep();
        Assert.Equal([phone.Certificate], unreadable.Asked.Distinct());
        Assert.Equal(2, misses.Count);

        unreadable.Certificate = null;
        await system.Grains.EvidenceNotary().Sweep();
        Assert.Equal(2, (await phone.EvidenceAsync()).Checkpoint?.Checkpoint.Number);
        Assert.Equal(1, (await other.EvidenceAsync()).Checkpoint?.Checkpoint.Number);
        Assert.True((await PublishedAsync(system)).Verify((await ChannelTrust.FetchAsync(system.Gateway)).EvidenceKey));

        // In a checkpoint, it is one like the others again.
        await AgeAsync(phone, 5000);
        unreadable.Asked.Clear();
        await system.Grains.EvidenceNotary().Sweep();
        Assert.DoesNotContain(phone.Certificate, unreadable.Asked);
        Assert.Equal(2, misses.Count);

        Task AgeAsync(CertifiedPhone whose, int seconds) => system.Services.GetRequiredService<SqlStore>().WriteAsync(connection => connection.ExecuteAsync(
            "UPDATE OrleansStorage SET ModifiedOn = ModifiedOn - @seconds WHERE GrainTypeString LIKE 'evidence/%' AND GrainIdExtensionString LIKE @page",
            ("seconds", seconds), ("page", $":{new CertificateId(whose.Certificate)}/%")));
    }

    /// <summary>Many altered rows beside each other, as a hand in the store leaves them, are gone past too; a store that is away is not gone past.</summary>
    [Fact]
    public async Task Many_unreadable_chains_beside_each_other_do_not_stop_the_notary()
    {
        var unreadable = new UnreadablePage { Every = true };
        await using var system = await EmbeddedSystem.StartAsync(builder => builder.Services.AddSingleton<IIncomingGrainCallFilter>(unreadable));
        var certificates = Enumerable.Range(0, 40).Select(_ => new CertificateId(Guid.CreateVersion7())).ToList();
        foreach (var certificate in certificates)
        {
            var (_, first) = EvidenceLog.Begin(new byte[32]).Append(certificate, new UserId(Guid.NewGuid()), Now, EvidenceKind.Signed, Guid.NewGuid(), [("platform", "平台")], [new byte[32]]);
            await system.Grains.Evidence(certificate, 0).Append(first);
        }

        await Assert.ThrowsAnyAsync<Exception>(() => system.Grains.EvidenceNotary().Sweep());
        unreadable.Except = certificates[^1].Value;
        await system.Grains.EvidenceNotary().Sweep();
        Assert.Equal(1 + 1, Assert.Single((await PublishedAsync(system)).Checkpoints).Size);
        unreadable.Every = false;
        await system.Grains.EvidenceNotary().Sweep();
        Assert.Equal([1 + 1, 1 + 39], (await PublishedAsync(system)).Checkpoints.Select(checkpoint => checkpoint.Size));
    }

    [Fact]
    public void What_could_not_be_read_is_remembered_once_and_up_to_a_bound()
    {
        var known = new UnreadPages(["b", "a"]).With(["a", "c", "c"], out var beyond);
        Assert.Equal(["b", "a", "c"], known.Keys);
        Assert.Equal(0, beyond);
        var full = known.With(Enumerable.Range(0, 300).Select(i => $"{i}"), out beyond);
        Assert.Equal((UnreadPages.Most, 303 - UnreadPages.Most), (full.Keys.Length, beyond));
        Assert.Equal(known.Keys, full.Keys.Take(3));
    }

    private sealed class UnreadablePage : IIncomingGrainCallFilter
    {
        public Guid? Certificate { get; set; }

        public bool Every { get; set; }

        public Guid? Except { get; set; }

        public ConcurrentBag<Guid> Asked { get; } = [];

        public Task Invoke(IIncomingGrainCallContext context)
        {
            if (context.ImplementationMethod.Name != nameof(IEvidenceGrain.GetUnchecked))
            {
                return context.Invoke();
            }

            var certificate = EvidencePages.CertificateOf(context.TargetId.Key.ToString()!).Value;
            Asked.Add(certificate);
            return Every ? certificate != Except ? throw new StorageFailedException("unreadable") : context.Invoke()
                : certificate == Certificate ? throw new StorageFailedException("unreadable")
                : context.Invoke();
        }
    }

    /// <summary>What a duty's counter of misses rose by since this began to listen.</summary>
    private sealed class DutyMisses : IDisposable
    {
        private readonly MeterListener listener = new();
        private long count;

        public DutyMisses(string duty)
        {
            listener.InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Name == "bzt.duty.misses")
                {
                    self.EnableMeasurementEvents(instrument);
                }
            };
            listener.SetMeasurementEventCallback<long>((_, value, tags, _) => Interlocked.Add(ref count, tags.ToArray().Contains(new("duty", duty)) ? value : 0));
            listener.Start();
        }

        public long Count => Volatile.Read(ref count);

        public void Dispose() => listener.Dispose();
    }

    [Fact]
    public void A_number_that_was_kept_before_a_crash_is_never_signed_for_something_else()
    {
        var (one, two) = (Leaf("019aa000-0000-7000-8000-000000000001", 3), Leaf("019aa000-0000-7000-8000-000000000002", 1));
        var ordered = CheckpointRules.Order([two, one with { Sequence = 2 }, one]);
        Assert.Equal([one, two], ordered);
        var made = CheckpointRules.Make(1, EvidenceEntry.Beginning, ordered, Now.AddTicks(5));
        Assert.Equal((2, Now), (made.Size, made.At));
        var stored = new StoredCheckpoint(new SignedCheckpoint(1, made.Previous, made.Size, made.Root, made.At, [1]), [.. ordered]);
        var proof = CheckpointRules.Prove(stored, two.Certificate)!;
        Assert.Equal((1, 1L), (proof.Index, proof.Sequence));
        Assert.True(MerkleTree.IsIncluded(EvidenceCheckpoint.Leaf(two.Certificate.Value, 1, two.Hash), 1, 2, proof.Path, made.Root));
        Assert.Null(CheckpointRules.Prove(stored, new CertificateId(Guid.NewGuid())));
    }

    [Fact]
    public void Stored()
    {
        GoldenState.Verify("evidence-checkpoint-v1", new StoredCheckpoint(new SignedCheckpoint(1, new byte[32], 1, [1], Now, [2]), [Leaf("019aa000-0000-7000-8000-000000000001", 3)]));
        GoldenState.Verify("evidence-checkpoint-marks-v1", new StoredMarks([[1, 2], []]));
        GoldenState.Verify("evidence-notary-v1", new StoredNotary(1, [1], 1_790_000_000));
        GoldenState.Verify("evidence-notary-unread-v1", new UnreadPages(["019aa000-0000-7000-8000-000000000001/0"]));
    }

    private static CheckpointLeaf Leaf(string certificate, long sequence) => new(new CertificateId(new Guid(certificate)), sequence, new byte[32]);

    private static Task<EvidenceCheckpoints> PublishedAsync(EmbeddedSystem system, long? after = null) => GetAsync(system, after);

    private static async Task<EvidenceCheckpoints> GetAsync(EmbeddedSystem system, long? after)
    {
        using var answer = await system.Gateway.GetAsync(after is null ? Routes.Phone.EvidenceCheckpoints : $"{Routes.Phone.EvidenceCheckpoints}?after={after}");
        answer.EnsureSuccessStatusCode();
        return JsonSerializer.Deserialize(await answer.Content.ReadAsByteArrayAsync(), BztJson.Default.EvidenceCheckpoints)!;
    }

    private static PhoneHttp PhoneOf(CertifiedPhone phone)
    {
        phone.Phone.Reconnect();
        return phone.Phone.Http;
    }
}
