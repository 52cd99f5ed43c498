using System.Data.Common;
using System.Diagnostics;
using System.Security.Cryptography;
using Bzt.Grains.Foundations;

namespace Bzt.Silo.KeyProtection;

/// <summary>The key protector: the ring's keys in memory, for as long as the root key is there.</summary>
/// <remarks>
/// A root key that may vanish gives a sign of life every few seconds (<see cref="KeyProtectionWatch"/>). Without one for longer than the
/// lease nothing is sealed or opened, and the keys are destroyed; the lease is measured here too, so that a module that hangs, and the
/// watch with it, ends it as well. Times are the machine's, not the system's clock.
/// </remarks>
public sealed class KeyProtector(IRootKey root, KeyRingStore store, ProtectionOptions options) : IKeyProtector, IDisposable
{
    private static readonly TimeSpan AskAgain = TimeSpan.FromSeconds(1);

    /// <summary>Readers use keys; the writer takes them away: nobody ever seals under a key that was just zeroed.</summary>
    private readonly ReaderWriterLockSlim gate = new();
    private KeyRing? ring;
    private long proven;
    private long asked = long.MinValue;

    /// <summary>With the keys of a store that has its ring.</summary>
    public static KeyProtector Open(IRootKey root, KeyRingStore store, ProtectionOptions options)
    {
        var protector = new KeyProtector(root, store, options);
        protector.Renew();
        return protector;
    }

    public string Root => root.Name;

    /// <summary>Whether work that needs keys can be done.</summary>
    public bool IsAvailable => Volatile.Read(ref ring) is not null && !HasLapsed;

    /// <summary>When the key that new blobs are sealed under was added; null without keys.</summary>
    internal DateTimeOffset? NewestSince => Volatile.Read(ref ring) is { } keys ? keys.Rows.First(row => row.Id == keys.Newest).Created : null;

    /// <summary>The newest key, when there are older ones and blobs can move to it; else null.</summary>
    internal uint? KeyToMoveTo => Volatile.Read(ref ring) is { } keys && keys.Newest > KeyRing.FirstId && keys.Rows.Any(row => row.Id != KeyRing.LookupId && row.Id < keys.Newest)
        ? keys.Newest : null;

    /// <summary>Without a sign of life of its root key this process destroys its keys.</summary>
    internal bool MayLapse => root.MayVanish;

    private bool HasLapsed => root.MayVanish && Stopwatch.GetElapsedTime(Volatile.Read(ref proven)) > options.Lease;

    public byte[] Protect(string purpose, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> plaintext)
    {
        gate.EnterReadLock();
        try
        {
            return Require().Seal(purpose, associatedData, plaintext);
        }
        finally
        {
            gate.ExitReadLock();
        }
    }

    public SecretBytes Unprotect(string purpose, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> blob)
    {
        if (!SealedBlob.TryReadKeyId(blob, out var id))
        {
            throw new CryptographicException("Not a sealed blob.");
        }

        Learn(id);
        gate.EnterReadLock();
        try
        {
            var keys = Require();
            return keys.Has(id) ? keys.Open(id, purpose, associatedData, blob) : throw new CryptographicException($"The key ring has no key {id}.");
        }
        finally
        {
            gate.ExitReadLock();
        }
    }

    public string KeyedHash(string purpose, ReadOnlySpan<byte> value)
    {
        gate.EnterReadLock();
        try
        {
            return Require().KeyedHash(purpose, value);
        }
        finally
        {
            gate.ExitReadLock();
        }
    }

    /// <summary>Puts a blob under the newest key, in place; false when there is nothing to do or it is not ours.</summary>
    internal bool TryRewrap(Span<byte> blob)
    {
        gate.EnterReadLock();
        try
        {
            return Require().TryRewrap(blob);
        }
        finally
        {
            gate.ExitReadLock();
        }
    }

    /// <summary>Reads the ring and has the root key open it, or at least the key it proves its life by.</summary>
    /// <exception cref="RootKeyUnavailableException">The lease goes on; when it is over the keys are gone.</exception>
    /// <exception cref="RingWithoutRootException">The keys are gone: this root key is none of the store's any more.</exception>
    /// <exception cref="DbException">The ring was not read. The root key was asked all the same, and the known keys stay.</exception>
    internal void Renew()
    {
        var started = Stopwatch.GetTimestamp();
        try
        {
            var rows = ReadRing(started);
            if (rows.Count == 0)
            {
                Exchange(null);
                throw new RingWithoutRootException(root.Name);
            }

            var now = DateTimeOffset.UtcNow;
            if (Volatile.Read(ref ring) is { } known && known.Newest == KeyRing.NewestOf(rows, now, options.Activation)
                && known.Rows.Select(row => row.Id).SequenceEqual(rows.Select(row => row.Id)))
            {
                ProveLife(known);
            }
            else
            {
                Exchange(new KeyRing(rows, root, now, options.Activation));
            }

            // The sign of life is as old as the question.
            Volatile.Write(ref proven, started);
        }
        finally
        {
            if (HasLapsed)
            {
                Exchange(null);
            }
        }
    }

    /// <summary>What a look that hangs in the module would not come to.</summary>
    internal void DropIfLapsed()
    {
        if (HasLapsed && Volatile.Read(ref ring) is not null)
        {
            Exchange(null);
        }
    }

    /// <summary>Again and again does no harm; whoever still comes finds no keys.</summary>
    public void Dispose() => Exchange(null);

    /// <summary>A blob may name a key that another process learnt of before this one. Asked for once a second at most: ids also come from outside.</summary>
    private void Learn(uint id)
    {
        var last = Volatile.Read(ref asked);
        if (HasLapsed || Volatile.Read(ref ring) is not { } known || known.Has(id) || (last != long.MinValue && Stopwatch.GetElapsedTime(last) < AskAgain)
            || Interlocked.CompareExchange(ref asked, Stopwatch.GetTimestamp(), last) != last)
        {
            return;
        }

        try
        {
            Renew();
        }
        catch (Exception exception) when (exception is RootKeyUnavailableException or RingWithoutRootException)
        {
            // The watch says so; here the key is just not known.
        }
    }

    /// <summary>A store that is away says nothing about the root key, which proves its life by what is known.</summary>
    private IReadOnlyList<WrappedKey> ReadRing(long started)
    {
        try
        {
            return store.Read(root.Name);
        }
        catch (DbException) when (Volatile.Read(ref ring) is { } known)
        {
            ProveLife(known);
            Volatile.Write(ref proven, started);
            throw;
        }
    }

    private void ProveLife(KeyRing known)
    {
        if (root.MayVanish)
        {
            root.Unwrap(known.Rows[0].Id, known.Rows[0].Wrapped).Dispose();
        }
    }

    private void Exchange(KeyRing? next)
    {
        gate.EnterWriteLock();
        try
        {
            ring?.Dispose();
            Volatile.Write(ref ring, next);
        }
        finally
        {
            gate.ExitWriteLock();
        }
    }

    private KeyRing Require() => ring is { } keys && !HasLapsed ? keys : throw new KeyProtectionUnavailableException();
}
