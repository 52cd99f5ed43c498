using System.Buffers.Binary;
using System.Text;
using Bzt.Protocol.Forms;

namespace Bzt.Documents.BidFiles;

/// <summary>One file that goes into a section.</summary>
/// <param name="Name">Relative path inside the section, '/' between folders.</param>
/// <param name="Length">Its length; a source that gives more or less is refused.</param>
/// <param name="Open">Opens the content for reading once, from the beginning.</param>
public sealed record BidSectionFile(string Name, long Length, Func<Stream> Open)
{
    /// <summary>A file on disk.</summary>
    public static BidSectionFile FromFile(string path, string? name = null) =>
        new(name ?? Path.GetFileName(path), new FileInfo(path).Length, () => new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 0, FileOptions.Asynchronous | FileOptions.SequentialScan));

    /// <summary>Every file below a folder, in the order of their names.</summary>
    public static IReadOnlyList<BidSectionFile> FromFolder(string folder) =>
        [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Select(path => (Path: path, Name: Path.GetRelativePath(folder, path).Replace(Path.DirectorySeparatorChar, '/')))
            .OrderBy(f => f.Name, StringComparer.Ordinal)
            .Select(f => FromFile(f.Path, f.Name))];
}

/// <summary>A part of the bid with a key of its own, such as 唱标信息, which is opened before 投标文件.</summary>
public sealed record BidFileSection(string Name, IReadOnlyList<BidSectionFile> Files);

/// <summary>How far a long operation is.</summary>
/// <param name="Section">The section worked on.</param>
/// <param name="Done">Bytes done, over all sections.</param>
/// <param name="Total">Bytes in all.</param>
public readonly record struct BidFileProgress(string Section, long Done, long Total);

/// <summary>A section's files as one run of bytes: name length (2), name, content length (8), content, file after file.</summary>
internal sealed class SectionContent : IAsyncDisposable
{
    private readonly IEnumerator<BidSectionFile> files;
    private ReadOnlyMemory<byte> heading;
    private BidSectionFile? file;
    private Stream? stream;
    private long remaining;

    public SectionContent(BidFileSection section)
    {
        // Its signer is shown it. A file that has such a name already is read all the same.
        if (!SafeName.IsSegment(section.Name) || !VisibleText.Is(section.Name)) throw new BidFileException(BidFileFault.UnsafeName, section.Name);
        if (section.Files.Count > BidFileFormat.MaximumEntries) throw new BidFileException(BidFileFault.TooLarge, "files in one section");
        foreach (var item in section.Files)
        {
            if (!SafeName.IsPath(item.Name)) throw new BidFileException(BidFileFault.UnsafeName, item.Name);
            Length += 2 + Encoding.UTF8.GetByteCount(item.Name) + 8 + item.Length;
        }
        if (section.Files.DistinctBy(f => f.Name, StringComparer.OrdinalIgnoreCase).Count() != section.Files.Count) throw new BidFileException(BidFileFault.UnsafeName, "two files of one name");
        if (Length > BidFileFormat.MaximumContent(BidFileFormat.ChunkSize)) throw new BidFileException(BidFileFault.TooLarge, section.Name);
        files = section.Files.GetEnumerator();
    }

    public long Length { get; }

    /// <summary>Fills the buffer completely; its length is never more than what is left.</summary>
    public async ValueTask ReadAsync(Memory<byte> buffer, CancellationToken cancellation)
    {
        while (buffer.Length > 0)
        {
            if (heading.Length > 0)
            {
                var n = Math.Min(heading.Length, buffer.Length);
                heading[..n].CopyTo(buffer);
                (heading, buffer) = (heading[n..], buffer[n..]);
            }
            else if (remaining > 0)
            {
                var n = await stream!.ReadAsync(buffer[..(int)Math.Min(remaining, buffer.Length)], cancellation);
                if (n == 0) throw Changed();
                (remaining, buffer) = (remaining - n, buffer[n..]);
            }
            else
            {
                await NextAsync(cancellation);
            }
        }
    }

    /// <summary>After the last byte: the last source may not have more than it said either.</summary>
    public ValueTask EndAsync(CancellationToken cancellation) => CloseAsync(cancellation);

    public async ValueTask DisposeAsync()
    {
        if (stream is not null) await stream.DisposeAsync();
        files.Dispose();
    }

    private async ValueTask NextAsync(CancellationToken cancellation)
    {
        await CloseAsync(cancellation);
        if (!files.MoveNext()) throw new InvalidOperationException("read past the section's own length");
        Begin();
    }

    private void Begin()
    {
        file = files.Current;
        var name = Encoding.UTF8.GetBytes(file.Name);
        var bytes = new byte[2 + name.Length + 8];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, (ushort)name.Length);
        name.CopyTo(bytes, 2);
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(2 + name.Length), file.Length);
        (heading, remaining, stream) = (bytes, file.Length, file.Open());
    }

    private async ValueTask CloseAsync(CancellationToken cancellation)
    {
        if (stream is null) return;
        if (remaining > 0 || await stream.ReadAsync(new byte[1], cancellation) != 0) throw Changed();
        await stream.DisposeAsync();
        stream = null;
    }

    private BidFileException Changed() => new(BidFileFault.SourceChanged, file!.Name);
}
