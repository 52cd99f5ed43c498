using System.Collections.Concurrent;
using Bzt.Grains;
using Bzt.Grains.Certificates;
using Bzt.Grains.Foundations;
using Bzt.Silo.Storage;
using Bzt.Tests.Applications;
using Bzt.Tests.Embedded;
using Bzt.Tests.Storage;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Core.Internal;
using Orleans.Runtime;
using Orleans.Storage;

namespace Bzt.Tests.Certificates;

/// <summary>
/// One system for the tests of certificates that restart it, move its clock or steer its store. They run one after another, each with
/// phones of its own; a test leaves the store unsteered.
/// </summary>
[CollectionDefinition(Name)]
public sealed class CertificateSystem : ICollectionFixture<CertificateSystem>, IAsyncLifetime
{
    public const string Name = "certificates";

    public EmbeddedSystem System { get; private set; } = null!;

    internal SteeredStore Store { get; } = new();

    internal SignedTasks SignedTasks { get; } = new();

    public async ValueTask InitializeAsync() =>
        System = await EmbeddedSystem.StartAsync(builder =>
        {
            builder.Services.AddSingleton<IStorageFaults>(Store);
            builder.Services.AddSingleton<IOutboxHandler>(SignedTasks);
        });

    public ValueTask DisposeAsync() => System.DisposeAsync();

    /// <summary>The certificate's activation ends with all it had in memory; the next message begins another one, from what the store has.</summary>
    internal async Task ForgetAsync(Guid certificate)
    {
        var grain = System.Grains.Certificate(new CertificateId(certificate));
        await grain.AsReference<IOutboxOwner>().DrainOutbox();
        await grain.AsReference<IGrainManagementExtension>().DeactivateOnIdle();
    }

    /// <summary>What rests in the store about a certificate.</summary>
    internal async Task<CertificateRecord> StoredAsync(Guid certificate) => (await ReadAsync(certificate)).State!;

    /// <summary>Stores the same once more, as another activation would have written: the one that runs now has lost its race.</summary>
    internal async Task OvertakeAsync(Guid certificate) =>
        await Storage.WriteStateAsync("certificate", KeyOf(certificate), await ReadAsync(certificate));

    /// <summary>Writes a row past the silo, as somebody with the database does. The certificate is not in anybody's memory.</summary>
    internal async Task ReplaceAsync(Guid certificate, CertificateRecord record)
    {
        for (var tries = 1; ; tries++)
        {
            await ForgetAsync(certificate);
            var state = await ReadAsync(certificate);
            state.State = record;
            try
            {
                await Storage.WriteStateAsync("certificate", KeyOf(certificate), state);
                return;
            }
            catch (InconsistentStateException) when (tries < 20)
            {
                // The activation that ends trimmed its outbox meanwhile.
            }
        }
    }

    /// <summary>The certificate's row is one that no release wrote, and it is in nobody's memory.</summary>
    /// <returns>What it was, in hexadecimal.</returns>
    internal async Task<string> SpoilAsync(Guid certificate)
    {
        await ForgetAsync(certificate);
        var row = Assert.Single(await Rows.QueryAsync($"SELECT hex(PayloadBinary) FROM OrleansStorage WHERE {WhichRow}", reader => reader.GetString(0), default, ("key", $":{certificate:N}")));
        await Rows.WriteAsync(connection => connection.ExecuteAsync("UPDATE OrleansStorage SET PayloadBinary = X'42FF007B7D', Version = Version + 1 WHERE " + WhichRow, ("key", $":{certificate:N}")));
        // Whoever called in between brought to life what was there before; it can write nothing any more.
        await Wait.UntilAsync(() => IsUnreadableAsync(certificate), unreadable => unreadable);
        return row;
    }

    private async Task<bool> IsUnreadableAsync(Guid certificate)
    {
        try
        {
            await ForgetAsync(certificate);
            return false;
        }
        catch (StateUnreadableException)
        {
            return true;
        }
    }

    internal Task MendAsync(Guid certificate, string row) =>
        Rows.WriteAsync(connection => connection.ExecuteAsync($"UPDATE OrleansStorage SET PayloadBinary = X'{row}' WHERE {WhichRow}", ("key", $":{certificate:N}")));

    private const string WhichRow = "GrainTypeString = 'certificate/certificate' AND GrainIdExtensionString = @key";

    private SqlStore Rows => System.Services.GetRequiredService<SqlStore>();

    private IGrainStorage Storage => System.Services.GetRequiredService<IGrainStorage>();

    private async Task<GrainState<CertificateRecord>> ReadAsync(Guid certificate)
    {
        var state = new GrainState<CertificateRecord>();
        await Storage.ReadStateAsync("certificate", KeyOf(certificate), state);
        return state;
    }

    private GrainId KeyOf(Guid certificate) => System.Grains.Certificate(new CertificateId(certificate)).GetGrainId();
}

/// <summary>A store that fails or holds the writes a test chooses.</summary>
internal sealed class SteeredStore : IStorageFaults
{
    private volatile Func<DurableWrite, WriteFault?>? strike;
    private volatile HeldWrites? held;

    /// <summary>Which writes fail from now on, and how. Null: none.</summary>
    public Func<DurableWrite, WriteFault?>? Strike
    {
        get => strike;
        set => strike = value;
    }

    /// <summary>Fails the n-th write of a row from now, counting from 1.</summary>
    public StruckWrite StrikeAt(string row, int number, WriteFault fault)
    {
        var struck = new StruckWrite(this);
        var writes = 0;
        Strike = write => write.Subject == row && Interlocked.Increment(ref writes) == number && struck.Hit() ? fault : null;
        return struck;
    }

    /// <summary>From now on no write happens but the first of each of these kinds of rows, until what is returned is disposed.</summary>
    public HeldWrites HoldAllBut(params string[] rows) => held = new HeldWrites(this, rows);

    public async ValueTask BeforeAsync(DurableWrite write)
    {
        if (held is { } holding && !holding.Passes(write))
        {
            await holding.Released;
        }

        Throw(write, WriteFault.NotPersisted);
    }

    public ValueTask AfterAsync(DurableWrite write)
    {
        Throw(write, WriteFault.Persisted);
        return default;
    }

    // A write is looked at once, before it happens. A row has one writer at a time.
    private readonly ConcurrentDictionary<string, WriteFault?> chosen = new();

    private void Throw(DurableWrite write, WriteFault fault)
    {
        if (fault == WriteFault.NotPersisted)
        {
            chosen[write.Subject] = strike?.Invoke(write);
        }

        if (chosen.GetValueOrDefault(write.Subject) == fault)
        {
            throw new IOException($"A test failed the write of {write.Subject} ({fault}).");
        }
    }

    internal sealed class StruckWrite(SteeredStore store) : IDisposable
    {
        private int hits;

        /// <summary>Whether the write came that was to fail.</summary>
        public bool Happened => hits > 0;

        public void Dispose() => store.Strike = null;

        internal bool Hit() => Interlocked.Increment(ref hits) > 0;
    }

    internal sealed class HeldWrites(SteeredStore store, IReadOnlyList<string> rows) : IDisposable
    {
        private readonly TaskCompletionSource released = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly List<string> passed = [];

        private readonly ConcurrentDictionary<string, bool> stopped = new();

        public Task Released => released.Task;

        /// <summary>Whether a write of this row waits.</summary>
        public bool Stopped(string row) => stopped.ContainsKey(row);

        /// <summary>The writes that happened, in order.</summary>
        public IReadOnlyList<string> Passed
        {
            get
            {
                lock (passed)
                {
                    return [.. passed];
                }
            }
        }

        public void Dispose()
        {
            store.held = null;
            released.TrySetResult();
        }

        internal bool Passes(DurableWrite write)
        {
            lock (passed)
            {
                var row = rows.FirstOrDefault(row => write.Subject.StartsWith(row + "/", StringComparison.Ordinal));
                if (row is null || passed.Contains(row))
                {
                    stopped[write.Subject] = true;
                    return false;
                }

                passed.Add(row);
                return true;
            }
        }
    }
}

/// <summary>The asker of the tests' tasks.</summary>
internal sealed class SignedTasks : IOutboxHandler
{
    private readonly ConcurrentQueue<(string Target, TaskSigned Signed)> told = new();

    public string Kind => "tests/signed";

    public IEnumerable<TaskSigned> Of(Guid task) => told.Where(entry => entry.Signed.Id == task && entry.Target == task.ToString()).Select(entry => entry.Signed);

    public Task DeliverAsync(OutboxDelivery delivery, CancellationToken cancellation)
    {
        told.Enqueue((delivery.Item.Target, delivery.Item.Read<TaskSigned>()));
        return Task.CompletedTask;
    }
}
