using System.Text.RegularExpressions;
using Bzt.Grains.Foundations;
using Bzt.Silo.KeyProtection;
using Bzt.Silo.Storage;

namespace Bzt.Silo.Blobs;

/// <summary>The embedded form: a file per blob. A blob appears whole and on the disk, or not at all.</summary>
internal sealed partial class FolderBlobStore : IBlobStore, IBlobRetention, IMovableBlobs, IDisposable
{
    private readonly BlobCipher cipher;
    private readonly KeyProtector protector;

    /// <summary>A blob that is rewritten under another key must not come back after its deletion, and one that is put again must not go with the one before.</summary>
    private readonly SemaphoreSlim replacing = new(1, 1);
    private readonly IStorageFaults faults;
    private readonly WaitingBlobs waiting;
    private readonly string folder;
    private readonly string incoming;

    public FolderBlobStore(string folder, SqlStore store, KeyProtector protector, IStorageFaults faults, TimeProvider time)
    {
        (cipher, this.protector, this.faults, waiting) = (new BlobCipher(protector), protector, faults, new WaitingBlobs(store, time));
        (this.folder, incoming) = (folder, Path.Combine(folder, "incoming"));
        // What a crash left half written: nobody was told of it.
        if (Directory.Exists(incoming))
        {
            Directory.Delete(incoming, recursive: true);
        }

        Directory.CreateDirectory(incoming);
    }

    public async Task<PutBlob> PutAsync(string owner, Stream content, long limit, CancellationToken cancellation = default)
    {
        var temporary = Path.Combine(incoming, Guid.NewGuid().ToString("N"));
        try
        {
            (BlobId Id, long Size)? written;
            await using (var file = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write))
            {
                written = await cipher.EncryptAsync(owner, content, file, limit, cancellation);
                file.Flush(flushToDisk: true);
            }

            if (written is not var (id, size))
            {
                return new PutBlob.TooLarge(limit);
            }

            var write = new DurableWrite("blob", id.Value);
            await faults.BeforeAsync(write);

            // Its row first, then the file: a crash between leaves a row, which the round takes away. An equal blob that is being ended meanwhile
            // goes before this one's file comes, and leaves the row.
            await waiting.AnewAsync(owner, id, cancellation);
            await ReplacingAsync(
                () =>
                {
                    var target = FileOf(id);
                    Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                    File.Move(temporary, target, overwrite: true);
                    DurableFolder.Sync(Path.GetDirectoryName(target)!);
                    return Task.FromResult(true);
                },
                cancellation);
            await faults.AfterAsync(write);
            return new PutBlob.Stored(id, size);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    public async Task<bool> ReadAsync(string owner, BlobId id, Stream destination, CancellationToken cancellation = default)
    {
        await using var file = Open(id);
        return file is not null && await cipher.DecryptAsync(owner, file, destination, cancellation);
    }

    public async Task<bool> RenewAsync(string owner, BlobId id, CancellationToken cancellation = default)
    {
        await using (var file = Open(id))
        {
            if (file is null || !await cipher.BelongsToAsync(owner, file, cancellation))
            {
                return false;
            }
        }

        await waiting.AnewAsync(owner, id, cancellation);
        return await ReplacingAsync(() => Task.FromResult(File.Exists(FileOf(id))), cancellation);
    }

    public Task ReleaseAsync(string owner, BlobId id, CancellationToken cancellation = default) => waiting.AnewAsync(owner, id, cancellation);

    public Task<IReadOnlyList<WaitingBlob>> WaitingAsync(DateTimeOffset before, WaitingBlob? after, int limit) => waiting.PageAsync(before, after, limit);

    public Task<IReadOnlyList<BlobId>> WaitingOfAsync(string owner, CancellationToken cancellation = default) => waiting.OfAsync(owner, cancellation);

    public Task SettleAsync(WaitingBlob blob) => waiting.RemoveAsync(blob);

    public Task<bool> EndAsync(WaitingBlob blob) => ReplacingAsync(
        async () =>
        {
            if (!await waiting.IsSameAsync(blob))
            {
                return false;
            }

            // The file first: cut off here, the row brings the next round back to it.
            if (Form().IsMatch(blob.Id.Value) && File.Exists(FileOf(blob.Id)))
            {
                File.Delete(FileOf(blob.Id));
                DurableFolder.Sync(Path.GetDirectoryName(FileOf(blob.Id))!);
            }

            var write = new DurableWrite("erase", $"blob/{blob.Id}");
            await faults.BeforeAsync(write);
            await waiting.RemoveAsync(blob);
            await faults.AfterAsync(write);
            return true;
        },
        CancellationToken.None);

    public Task<long> CountAsync(CancellationToken cancellation) => Task.FromResult((long)Files().Count());

    public async Task RewrapAsync(Rewrapping.Step advance, CancellationToken cancellation)
    {
        foreach (var page in Files().Chunk(100))
        {
            var (moved, fixedForms) = (0, 0);
            foreach (var file in page)
            {
                var (done, isFixed) = await RewrapAsync(file, cancellation);
                (moved, fixedForms) = (moved + (done ? 1 : 0), fixedForms + (isFixed ? 1 : 0));
            }

            await advance(page.Length, moved, fixedForms);
        }
    }

    public void Dispose() => replacing.Dispose();

    private async Task<T> ReplacingAsync<T>(Func<Task<T>> work, CancellationToken cancellation)
    {
        await replacing.WaitAsync(cancellation);
        try
        {
            return await work();
        }
        finally
        {
            replacing.Release();
        }
    }

    private IEnumerable<string> Files() => Directory.EnumerateDirectories(folder).Where(inner => inner != incoming).SelectMany(Directory.EnumerateFiles);

    /// <summary>A new file beside it, then a rename: a crash leaves the one or the other.</summary>
    private async Task<(bool Moved, bool IsFixed)> RewrapAsync(string file, CancellationToken cancellation)
    {
        await replacing.WaitAsync(cancellation);
        var temporary = Path.Combine(incoming, Guid.NewGuid().ToString("N"));
        try
        {
            await using (var stored = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete))
            {
                var start = new byte[BlobCipher.LongestHeader];
                var length = await stored.ReadAtLeastAsync(start, start.Length, throwOnEndOfStream: false, cancellation);
                if (BlobCipher.Rewrap(start.AsSpan(0, length), protector, out var isFixed) is not { } header)
                {
                    return (false, isFixed);
                }

                await using var copy = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write);
                await copy.WriteAsync(header, cancellation);
                stored.Position = header.Length;
                await stored.CopyToAsync(copy, cancellation);
                copy.Flush(flushToDisk: true);
            }

            File.Move(temporary, file, overwrite: true);
            DurableFolder.Sync(Path.GetDirectoryName(file)!);
            return (true, false);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            // Deleted since it was listed.
            return (false, false);
        }
        finally
        {
            File.Delete(temporary);
            replacing.Release();
        }
    }

    private FileStream? Open(BlobId id)
    {
        // An id comes from outside and becomes a path: nothing but the form we give out.
        if (!Form().IsMatch(id.Value))
        {
            return null;
        }

        try
        {
            return new FileStream(FileOf(id), FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    private string FileOf(BlobId id) => Path.Combine(folder, id.Value[..2], id.Value);

    [GeneratedRegex("^[0-9a-f]{64}\\z")]
    private static partial Regex Form();
}
