using System.Buffers.Binary;
using Bzt.Protocol.Forms;
using Bzt.Protocol.Primitives;

namespace Bzt.Documents.BidFiles;

/// <summary>
/// Reads the bid file of docs/bid-file.md. Nothing in it is believed: sizes are held against the file's own length before memory is taken,
/// and a section's files appear only when its last byte has been authenticated.
/// </summary>
public sealed class BidFileReader : IAsyncDisposable
{
    private readonly Stream stream;
    private readonly byte[] headerDigest;
    private readonly SignedBidManifest signed;
    private readonly long[] offsets;

    private BidFileReader(Stream stream, BidFileHeader header, byte[] headerDigest, SignedBidManifest signed, long[] offsets) =>
        (this.stream, Header, this.headerDigest, this.signed, this.offsets) = (stream, header, headerDigest, signed, offsets);

    /// <summary>The header, readable without a key.</summary>
    public BidFileHeader Header { get; }

    /// <summary>The manifest. It fits header and lengths; whether it is signed <see cref="VerifySignature"/> says.</summary>
    public BidManifestForm Manifest => signed.Manifest;

    /// <summary>The manifest's signature as it stands in the file.</summary>
    public BidManifestSignature Signature => signed.Signature;

    /// <summary>Whether the manifest is the bidder's word, and who the bidder is.</summary>
    /// <param name="roots">Trusted roots, DER.</param>
    public BidSignatureReport VerifySignature(IReadOnlyList<byte[]> roots) => signed.Report(Header.Description.CreatedAt, roots);

    /// <summary>Every wrapped key of every section, in order; with a serial number only those for that certificate.</summary>
    public IReadOnlyList<WrappedSectionKey> WrappedKeys(string? serialNumber = null) =>
        [.. Header.Sections.SelectMany(s => s.Keys).Where(k => serialNumber is null || k.SerialNumber.Equals(serialNumber, StringComparison.OrdinalIgnoreCase))];

    /// <summary>One wrapped key for each section, in order: for the first of these certificates that it is wrapped for. A section without one is left out.</summary>
    /// <param name="serialNumbers">Best first: the current encryption certificate, then those of the past.</param>
    public IReadOnlyList<WrappedSectionKey> KeysFor(IReadOnlyList<string> serialNumbers) =>
        [.. Header.Sections.Select(s => serialNumbers.Select(serial => s.Keys.FirstOrDefault(k => k.SerialNumber.Equals(serial, StringComparison.OrdinalIgnoreCase))).FirstOrDefault(k => k is not null)).OfType<WrappedSectionKey>()];

    /// <summary>SM3 of the manifest: by it a platform says which file it holds.</summary>
    public byte[] ManifestDigest => Sm3.Hash(Manifest.Content);

    /// <summary>Opens a file and reads header and manifest.</summary>
    /// <exception cref="BidFileException">It is not a whole bid file.</exception>
    public static async Task<BidFileReader> OpenAsync(string path, CancellationToken cancellation = default)
    {
        var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 0, FileOptions.Asynchronous);
        try
        {
            return await OpenAsync(stream, cancellation);
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
    }

    /// <summary>The same from a stream that seeks; the reader owns it from then on.</summary>
    public static async Task<BidFileReader> OpenAsync(Stream stream, CancellationToken cancellation = default)
    {
        var (header, digest, start) = await ReadHeaderAsync(stream, cancellation);
        var (block, end) = await ReadBlockAsync(stream, start, BidFileFormat.EndMagic.ToArray(), cancellation);
        var signed = SignedBidManifest.Decode(block);

        // The manifest names the header's digest and repeats part of it for the user's eyes: both must be this header's.
        if (!header.Manifest(digest, signed.Manifest.Sections).Content.AsSpan().SequenceEqual(signed.Manifest.Content)) throw new BidFileException(BidFileFault.Altered, "the manifest is of another header");
        return new BidFileReader(stream, header, digest, signed, Layout(header, signed.Manifest, start, end));
    }

    /// <summary>The header, its digest, and where the sections begin.</summary>
    internal static async Task<(BidFileHeader Header, byte[] Digest, long Start)> ReadHeaderAsync(Stream stream, CancellationToken cancellation)
    {
        var length = stream.Length;
        var prefix = await ReadAsync(stream, 0, Math.Min(length, BidFileFormat.PrefixLength), cancellation);
        if (prefix.Length < BidFileFormat.PrefixLength || !prefix.AsSpan().StartsWith(BidFileFormat.Magic)) throw new BidFileException(BidFileFault.NotABidFile, "other magic bytes");
        var headerLength = BinaryPrimitives.ReadUInt32BigEndian(prefix.AsSpan(8));
        if (headerLength > BidFileFormat.MaximumHeader) throw new BidFileException(BidFileFault.TooLarge, "header");
        var start = BidFileFormat.PrefixLength + (long)headerLength;
        if (start + BidFileFormat.TrailerLength > length) throw new BidFileException(BidFileFault.Truncated, "inside the header");
        var encoded = await ReadAsync(stream, BidFileFormat.PrefixLength, headerLength, cancellation);
        return (BidFileHeader.Decode(encoded), Sm3.Hash(encoded), start);
    }

    /// <summary>What stands between the sections and the end, and where it begins.</summary>
    internal static async Task<(byte[] Block, long Begin)> ReadBlockAsync(Stream stream, long start, byte[] endMagic, CancellationToken cancellation)
    {
        var length = stream.Length;
        var trailer = await ReadAsync(stream, length - BidFileFormat.TrailerLength, BidFileFormat.TrailerLength, cancellation);
        if (!trailer.AsSpan(4).SequenceEqual(endMagic)) throw new BidFileException(BidFileFault.Truncated, "no end mark");
        var manifestLength = BinaryPrimitives.ReadUInt32BigEndian(trailer);
        if (manifestLength > BidFileFormat.MaximumManifest) throw new BidFileException(BidFileFault.TooLarge, "manifest");
        var end = length - BidFileFormat.TrailerLength - manifestLength;
        if (end < start) throw new BidFileException(BidFileFault.Malformed, "header and manifest overlap");
        return (await ReadAsync(stream, end, manifestLength, cancellation), end);
    }

    /// <summary>
    /// Decrypts one section into a folder that must not exist yet. It appears complete or not at all.
    /// </summary>
    /// <param name="section">Index of the section.</param>
    /// <param name="sectionKey">Its key, 16 bytes, from one of its wrapped keys.</param>
    /// <param name="folder">The folder to make.</param>
    /// <param name="progress">Told after each chunk.</param>
    /// <param name="cancellation">Leaves nothing behind.</param>
    /// <exception cref="BidFileException"><see cref="BidFileFault.WrongKey"/> when the section is whole, <see cref="BidFileFault.Altered"/> when it is not: so it can be said whose fault it is.</exception>
    public async Task OpenSectionAsync(int section, ReadOnlyMemory<byte> sectionKey, string folder, IProgress<BidFileProgress>? progress = null, CancellationToken cancellation = default)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        if (Path.Exists(full)) throw new BidFileException(BidFileFault.FolderExists, full);
        var unfinished = $"{full}.{Guid.NewGuid():N}.opening";
        Directory.CreateDirectory(unfinished);
        try
        {
            await using (var files = new SectionExtractor(unfinished))
            {
                await DecryptAsync(section, sectionKey, files.WriteAsync, progress, cancellation);
                files.End();
            }
            Directory.Move(unfinished, full);
        }
        finally
        {
            if (Directory.Exists(unfinished)) Directory.Delete(unfinished, recursive: true);
        }
    }

    /// <summary>Whether every section's ciphertext is what the manifest says: a check that needs no key.</summary>
    public async Task<bool> IsWholeAsync(CancellationToken cancellation = default)
    {
        for (var i = 0; i < Manifest.Sections.Count; i++)
        {
            if (!await IsWholeAsync(i, cancellation)) return false;
        }
        return true;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => stream.DisposeAsync();

    /// <summary>Where each section lies; header, sections and manifest must fill the file exactly.</summary>
    internal static long[] Layout(BidFileHeader header, BidManifestForm manifest, long start, long end)
    {
        if (header.Sections.Count != manifest.Sections.Count) throw new BidFileException(BidFileFault.Malformed, "header and manifest count different sections");
        var offsets = new long[manifest.Sections.Count];
        for (var i = 0; i < offsets.Length; i++)
        {
            var (declared, stated) = (header.Sections[i], manifest.Sections[i]);
            if (declared.Name != stated.Name) throw new BidFileException(BidFileFault.Malformed, "header and manifest name different sections");
            // The plain text is never longer than the rest of the file: no size is believed that the file could not hold.
            if (stated.Size > end - start || stated.Size > BidFileFormat.MaximumContent(declared.ChunkSize)) throw new BidFileException(BidFileFault.Truncated, declared.Name);
            (offsets[i], start) = (start, start + BidFileFormat.CiphertextLength(stated.Size, declared.ChunkSize));
        }
        return start == end ? offsets : throw new BidFileException(BidFileFault.Malformed, "bytes between the sections and the manifest");
    }

    private async Task DecryptAsync(int section, ReadOnlyMemory<byte> key, Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask> write, IProgress<BidFileProgress>? progress, CancellationToken cancellation)
    {
        var (declared, stated) = (Header.Sections[section], Manifest.Sections[section]);
        var chunks = BidFileFormat.Chunks(stated.Size, declared.ChunkSize);
        var length = BidFileFormat.CiphertextLength(stated.Size, declared.ChunkSize);
        var step = declared.ChunkSize + BidFileFormat.TagLength;
        var digest = new Sm3();
        using var cipher = new SectionCipher(key.Span, declared.NoncePrefix, BidFileFormat.AssociatedData(headerDigest, section));
        try
        {
            await ChunkPipeline.RunAsync(
                chunks,
                declared.ChunkSize,
                async (counter, chunk) =>
                {
                    chunk.InputLength = (int)Math.Min(step, length - counter * step);
                    stream.Position = offsets[section] + counter * step;
                    await stream.ReadExactlyAsync(chunk.Input.AsMemory(0, chunk.InputLength), cancellation);
                },
                (counter, chunk) =>
                {
                    chunk.OutputLength = chunk.InputLength - BidFileFormat.TagLength;
                    if (!cipher.TryOpen((uint)counter, counter == chunks - 1, chunk.Input.AsSpan(0, chunk.InputLength), chunk.Output.AsSpan(0, chunk.OutputLength)))
                    {
                        throw new BidFileException(BidFileFault.Altered, $"chunk {counter} of section {declared.Name}");
                    }
                },
                async (counter, chunk) =>
                {
                    digest.Append(chunk.Input.AsSpan(0, chunk.InputLength));
                    await write(chunk.Output.AsMemory(0, chunk.OutputLength), cancellation);
                    progress?.Report(new BidFileProgress(declared.Name, Math.Min(stated.Size, (counter + 1) * declared.ChunkSize), stated.Size));
                });
        }
        catch (BidFileException e) when (e.Fault == BidFileFault.Altered)
        {
            // A tag tells no more than that key and bytes do not belong together; the manifest's digest tells which is wrong.
            if (await IsWholeAsync(section, cancellation)) throw new BidFileException(BidFileFault.WrongKey, declared.Name, e);
            throw;
        }
        catch (EndOfStreamException e)
        {
            throw new BidFileException(BidFileFault.Truncated, declared.Name, e);
        }
        // Whoever knows the key could have made other chunks: only the manifest is the bidder's word.
        if (!digest.Finish().AsSpan().SequenceEqual(stated.Digest)) throw new BidFileException(BidFileFault.Altered, $"section {declared.Name} is not the one in the manifest");
    }

    private Task<bool> IsWholeAsync(int section, CancellationToken cancellation) => IsWholeAsync(stream, Header, Manifest, offsets, section, cancellation);

    internal static async Task<bool> IsWholeAsync(Stream stream, BidFileHeader header, BidManifestForm manifest, long[] offsets, int section, CancellationToken cancellation)
    {
        var digest = new Sm3();
        var buffer = new byte[256 * 1024];
        stream.Position = offsets[section];
        for (var left = BidFileFormat.CiphertextLength(manifest.Sections[section].Size, header.Sections[section].ChunkSize); left > 0;)
        {
            var n = await stream.ReadAsync(buffer.AsMemory(0, (int)Math.Min(left, buffer.Length)), cancellation);
            if (n == 0) return false;
            digest.Append(buffer.AsSpan(0, n));
            left -= n;
        }
        return digest.Finish().AsSpan().SequenceEqual(manifest.Sections[section].Digest);
    }

    private static async Task<byte[]> ReadAsync(Stream stream, long offset, long count, CancellationToken cancellation)
    {
        var bytes = new byte[count];
        stream.Position = offset;
        await stream.ReadExactlyAsync(bytes, cancellation);
        return bytes;
    }
}
