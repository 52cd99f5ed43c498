using System.Buffers.Binary;
using System.Text;

namespace Bzt.Documents.BidFiles;

/// <summary>Takes a section's content as it is decrypted and writes its files below one folder, and nowhere else.</summary>
internal sealed class SectionExtractor(string folder) : IAsyncDisposable
{
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);
    private readonly HashSet<string> names = new(StringComparer.OrdinalIgnoreCase);
    private readonly byte[] heading = new byte[2 + BidFileFormat.MaximumNameBytes + 8];
    private int collected;
    private FileStream? file;
    private long remaining;

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> content, CancellationToken cancellation)
    {
        while (content.Length > 0)
        {
            if (file is not null)
            {
                var n = (int)Math.Min(remaining, content.Length);
                await file.WriteAsync(content[..n], cancellation);
                (content, remaining) = (content[n..], remaining - n);
                await CloseIfCompleteAsync();
                continue;
            }
            var wanted = HeadingLength() - collected;
            var taken = Math.Min(wanted, content.Length);
            content[..taken].CopyTo(heading.AsMemory(collected));
            (content, collected) = (content[taken..], collected + taken);
            if (collected >= 2 && collected == HeadingLength())
            {
                Begin();
                await CloseIfCompleteAsync();
            }
        }
    }

    /// <summary>The content ended: it must have ended with a file.</summary>
    public void End()
    {
        if (file is not null || collected > 0) throw new BidFileException(BidFileFault.Malformed, "a section ends inside a file");
    }

    public async ValueTask DisposeAsync()
    {
        if (file is not null) await file.DisposeAsync();
    }

    /// <summary>Two bytes first; they say how many more.</summary>
    private int HeadingLength()
    {
        if (collected < 2) return 2;
        var name = BinaryPrimitives.ReadUInt16BigEndian(heading);
        if (name is 0 or > BidFileFormat.MaximumNameBytes) throw new BidFileException(BidFileFault.UnsafeName, "length of a name");
        return 2 + name + 8;
    }

    private void Begin()
    {
        string name;
        try
        {
            name = StrictUtf8.GetString(heading, 2, collected - 10);
        }
        catch (DecoderFallbackException e)
        {
            throw new BidFileException(BidFileFault.UnsafeName, "not UTF-8", e);
        }
        remaining = BinaryPrimitives.ReadInt64BigEndian(heading.AsSpan(collected - 8));
        collected = 0;
        if (!SafeName.IsPath(name)) throw new BidFileException(BidFileFault.UnsafeName, "a file's name");
        if (remaining < 0 || names.Count == BidFileFormat.MaximumEntries) throw new BidFileException(BidFileFault.TooLarge, "files in one section");
        if (!names.Add(name)) throw new BidFileException(BidFileFault.UnsafeName, "two files of one name");
        var path = Path.Combine(folder, name.Replace('/', Path.DirectorySeparatorChar));
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 0, FileOptions.Asynchronous);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException && (Path.Exists(path) || names.Any(n => name.StartsWith(n + "/", StringComparison.OrdinalIgnoreCase))))
        {
            throw new BidFileException(BidFileFault.UnsafeName, "a name is file and folder at once", e);
        }
    }

    private async ValueTask CloseIfCompleteAsync()
    {
        if (remaining > 0) return;
        await file!.DisposeAsync();
        file = null;
    }
}
