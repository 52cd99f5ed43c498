using System.Runtime.Versioning;
using Bzt.Protocol.Arithmetic;
using Bzt.Protocol.Channel;
using Bzt.Protocol.Phone;

namespace Bzt.Contracts.Phone;

/// <summary>Stretches PINs: WebCrypto in the browser, .NET elsewhere. Both take some hundred milliseconds on purpose.</summary>
public interface IPinStretcher
{
    /// <summary>The stretched PIN; the caller disposes it as soon as the outcome is known.</summary>
    ValueTask<StretchedPin> StretchAsync(PinStretch parameters, string pin);
}

/// <summary>PBKDF2 of .NET, off the caller's thread.</summary>
[UnsupportedOSPlatform("browser")]
public sealed class DotNetPinStretcher : IPinStretcher
{
    /// <inheritdoc/>
    public async ValueTask<StretchedPin> StretchAsync(PinStretch parameters, string pin)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        return await Task.Run(() => parameters.Stretch(pin));
    }
}

/// <summary>Key records in memory, as the bytes a phone would store: for phones that live as long as a test.</summary>
public sealed class MemoryPhoneKeyStore : IPhoneKeyStore
{
    private readonly Dictionary<string, byte[]> records = new(StringComparer.Ordinal);
    private readonly Lock gate = new();

    /// <summary>What rests in the store for a key; null when nothing does.</summary>
    public byte[]? this[string keyId]
    {
        get
        {
            lock (gate)
            {
                return records.GetValueOrDefault(keyId);
            }
        }

        set
        {
            lock (gate)
            {
                if (value is null)
                {
                    records.Remove(keyId);
                }
                else
                {
                    records[keyId] = value;
                }
            }
        }
    }

    /// <inheritdoc/>
    public ValueTask<T> UpdateAsync<T>(string keyId, Func<PhoneKeyRecord?, (PhoneKeyRecord? Record, T Result)> change)
    {
        ArgumentNullException.ThrowIfNull(change);
        lock (gate)
        {
            var record = StoredRecord.Parse(records.GetValueOrDefault(keyId));
            var (next, result) = change(record);
            if (next is null)
            {
                records.Remove(keyId);
            }
            else if (!ReferenceEquals(next, record))
            {
                records[keyId] = next.Encode();
            }

            return ValueTask.FromResult(result);
        }
    }

    /// <inheritdoc/>
    public ValueTask<bool> FollowAsync(Point root, ClusterKeyList list)
    {
        ArgumentNullException.ThrowIfNull(list);
        lock (gate)
        {
            var next = list.Follow(records.GetValueOrDefault(ClusterKeyList.NameOf(root)));
            if (next is not null)
            {
                records[ClusterKeyList.NameOf(root)] = next;
            }

            return ValueTask.FromResult(next is not null);
        }
    }

    /// <inheritdoc/>
    public ValueTask<T> UpdateSealingAsync<T>(string keyId, Func<byte[]?, (byte[]? Octets, T Result)> change)
    {
        ArgumentNullException.ThrowIfNull(change);
        lock (gate)
        {
            var name = OwnSealings.NameOf(keyId);
            var (next, result) = change(this[name]);
            this[name] = next;
            return ValueTask.FromResult(result);
        }
    }
}

/// <summary>A file for each key, for phones on a PC. One lock for all processes that share the folder; a crash leaves the old record or the new one.</summary>
[UnsupportedOSPlatform("browser")]
public sealed class FilePhoneKeyStore : IPhoneKeyStore, IDisposable
{
    private static readonly TimeSpan LockRetry = TimeSpan.FromMilliseconds(20);

    private readonly SemaphoreSlim gate = new(1, 1);
    private readonly string folder;

    /// <summary>The folder is made when it is not there.</summary>
    public FilePhoneKeyStore(string folder)
    {
        this.folder = folder;
        Directory.CreateDirectory(folder);
    }

    /// <inheritdoc/>
    public ValueTask<T> UpdateAsync<T>(string keyId, Func<PhoneKeyRecord?, (PhoneKeyRecord? Record, T Result)> change)
    {
        ArgumentNullException.ThrowIfNull(change);
        return UpdateAsync(keyId, bytes =>
        {
            var record = StoredRecord.Parse(bytes);
            var (next, result) = change(record);
            return (ReferenceEquals(next, record) ? bytes : next?.Encode(), result);
        });
    }

    /// <inheritdoc/>
    public ValueTask<bool> FollowAsync(Point root, ClusterKeyList list)
    {
        ArgumentNullException.ThrowIfNull(list);
        return UpdateAsync(ClusterKeyList.NameOf(root), kept => list.Follow(kept) is { } next ? (next, true) : (kept, false));
    }

    /// <inheritdoc/>
    public ValueTask<T> UpdateSealingAsync<T>(string keyId, Func<byte[]?, (byte[]? Octets, T Result)> change) => UpdateAsync(OwnSealings.NameOf(keyId), change);

    /// <inheritdoc/>
    public void Dispose() => gate.Dispose();

    private async ValueTask<T> UpdateAsync<T>(string name, Func<byte[]?, (byte[]? Bytes, T Result)> change)
    {
        await gate.WaitAsync();
        try
        {
            using var exclusive = await LockAsync();
            var file = Path.Combine(folder, Convert.ToHexStringLower(System.Text.Encoding.UTF8.GetBytes(name)) + ".key");
            var bytes = File.Exists(file) ? await File.ReadAllBytesAsync(file) : null;
            var (next, result) = change(bytes);
            if (next is null)
            {
                File.Delete(file);
            }
            else if (!ReferenceEquals(next, bytes))
            {
                Replace(file, next);
            }

            return result;
        }
        finally
        {
            gate.Release();
        }
    }

    private async Task<FileStream> LockAsync()
    {
        while (true)
        {
            try
            {
                return new FileStream(Path.Combine(folder, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException)
            {
                // Another process has it; it is released even when that process is killed.
                await Task.Delay(LockRetry);
            }
        }
    }

    private static void Replace(string file, ReadOnlySpan<byte> content)
    {
        var fresh = file + ".new";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var stream = new FileStream(fresh, options))
        {
            stream.Write(content);
            stream.Flush(flushToDisk: true);
        }

        File.Move(fresh, file, overwrite: true);
    }
}

internal static class StoredRecord
{
    public static PhoneKeyRecord? Parse(byte[]? bytes) => bytes is null
        ? null
        : PhoneKeyRecord.TryParse(bytes, out var record) ? record : throw new InvalidDataException("A stored key record is damaged.");
}
