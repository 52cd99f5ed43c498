using System.Text.RegularExpressions;
using Bzt.Grains.Foundations;
using Bzt.Silo.Storage;

namespace Bzt.Silo.Blobs;

/// <summary>The embedded form: a file per blob. A blob appears whole and on the disk, or not at all.</summary>
internal sealed partial class FolderBlobStore : IBlobStore
{
    private readonly BlobCipher cipher;
    private readonly IStorageFaults faults;
    private readonly string folder;
    private readonly string incoming;

    public FolderBlobStore(string folder, IKeyProtector protector, IStorageFaults faults)
    {
        (cipher, this.faults, this.folder, incoming) = (new BlobCipher(protector), faults, folder, Path.Combine(folder, "incoming"));
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
            var target = FileOf(id);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Move(temporary, target, overwrite: true);
            DurableFolder.Sync(Path.GetDirectoryName(target)!);
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

    public async Task<bool> DeleteAsync(string owner, BlobId id, CancellationToken cancellation = default)
    {
        await using (var file = Open(id))
        {
            if (file is null || !await cipher.BelongsToAsync(owner, file, cancellation))
            {
                return false;
            }
        }

        File.Delete(FileOf(id));
        return true;
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
