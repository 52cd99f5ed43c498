using System.Buffers.Binary;
using System.Security.Cryptography;
using Bzt.Protocol.Forms;
using Bzt.Protocol.Primitives;

namespace Bzt.Documents.BidFiles;

/// <summary>
/// Writes the encrypted bid file of docs/bid-file.md. Sections are encrypted while they are read, in memory that does not grow with them;
/// the file gets its name only when it is complete and signed.
/// </summary>
public static class BidFileWriter
{
    /// <summary>Generates a bid file.</summary>
    /// <param name="outputPath">The file; an existing one is replaced only by a complete new one.</param>
    /// <param name="description">What the bid is for and whose it is.</param>
    /// <param name="sections">The parts, in the order they will be opened.</param>
    /// <param name="recipients">Encryption certificates (DER): the bidder's own, nobody else's.</param>
    /// <param name="sign">Asks the bidder to sign the manifest, on the phone; may take minutes.</param>
    /// <param name="progress">Told after each chunk.</param>
    /// <param name="draft">
    /// Where to keep what is encrypted when the signature does not come; the next call with the same path, contents and recipients only has it
    /// signed. Null: an interruption leaves nothing behind.
    /// </param>
    /// <param name="cancellation">Without a draft, nothing is left behind when it strikes.</param>
    /// <exception cref="BidFileException">A name, a size or a source is refused.</exception>
    public static async Task<BidManifestForm> WriteAsync(
        string outputPath, BidFileDescription description, IReadOnlyList<BidFileSection> sections, IReadOnlyList<byte[]> recipients,
        Func<BidManifestForm, CancellationToken, Task<BidManifestSignature>> sign, IProgress<BidFileProgress>? progress = null, string? draft = null, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfZero(sections.Count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(sections.Count, BidFileFormat.MaximumSections);
        ArgumentOutOfRangeException.ThrowIfZero(recipients.Count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(recipients.Count, BidFileFormat.MaximumRecipients);

        var full = Path.GetFullPath(outputPath);
        var unfinished = $"{full}.{Guid.NewGuid():N}.unfinished";
        try
        {
            BidManifestForm manifest;
            long end;
            if (draft is not null && await BidFileDraft.FindAsync(draft, description, sections, recipients, cancellation) is { } found)
            {
                (manifest, end) = (found.Manifest, found.End);
            }
            else
            {
                (manifest, end) = await EncryptAsync(unfinished, description, sections, recipients, draft is not null, progress, cancellation);
                if (draft is not null) File.Move(unfinished, draft, overwrite: true);
            }

            var encrypted = draft ?? unfinished;
            var signed = new SignedBidManifest(manifest, await sign(manifest, cancellation));
            var block = signed.Encode();
            if (block.Length > BidFileFormat.MaximumManifest) throw new BidFileException(BidFileFault.TooLarge, "manifest");
            if (!signed.IsGood()) throw new BidFileException(BidFileFault.BadSignature, "the signature does not verify under its certificate");
            // What is signed now is a bid file or nothing: a draft that is cut short here is made again.
            await using (var output = new FileStream(encrypted, FileMode.Open, FileAccess.Write, FileShare.None, 0, FileOptions.Asynchronous))
            {
                output.SetLength(end);
                output.Position = end;
                await output.WriteAsync(block, cancellation);
                var trailer = new byte[BidFileFormat.TrailerLength];
                BinaryPrimitives.WriteInt32BigEndian(trailer, block.Length);
                BidFileFormat.EndMagic.CopyTo(trailer.AsSpan(4));
                await output.WriteAsync(trailer, cancellation);
                output.Flush(flushToDisk: true);
            }
            File.Move(encrypted, full, overwrite: true);
            return manifest;
        }
        finally
        {
            File.Delete(unfinished);
        }
    }

    /// <summary>Frame, header and sections; the manifest that belongs to them, and where the sections end.</summary>
    private static async Task<(BidManifestForm Manifest, long End)> EncryptAsync(
        string path, BidFileDescription description, IReadOnlyList<BidFileSection> sections, IReadOnlyList<byte[]> recipients, bool draft, IProgress<BidFileProgress>? progress, CancellationToken cancellation)
    {
        var contents = sections.Select(s => new SectionContent(s)).ToArray();
        var keys = sections.Select(_ => RandomNumberGenerator.GetBytes(BidFileFormat.KeyLength)).ToArray();
        try
        {
            var header = new BidFileHeader(description, [.. sections.Select((s, i) => new BidSectionHeader(
                s.Name, RandomNumberGenerator.GetBytes(BidFileFormat.NoncePrefixLength), BidFileFormat.ChunkSize, [.. recipients.Select(r => SectionKeyWrap.Wrap(i, keys[i], r))]))]);
            var encoded = header.Encode();
            // What we write we can read: names and times are held against the reader's own rules before anything is encrypted.
            header = BidFileHeader.Decode(encoded);
            if (encoded.Length > BidFileFormat.MaximumHeader) throw new BidFileException(BidFileFault.TooLarge, "header");

            await using var output = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 0, FileOptions.Asynchronous);
            var prefix = new byte[BidFileFormat.PrefixLength];
            BidFileFormat.Magic.CopyTo(prefix);
            BinaryPrimitives.WriteInt32BigEndian(prefix.AsSpan(8), encoded.Length);
            await output.WriteAsync(prefix, cancellation);
            await output.WriteAsync(encoded, cancellation);

            var headerDigest = Sm3.Hash(encoded);
            var (written, plain) = (new List<BidSection>(), new List<byte[]>());
            var (done, total) = (0L, contents.Sum(c => c.Length));
            for (var i = 0; i < contents.Length; i++)
            {
                using var cipher = new SectionCipher(keys[i], header.Sections[i].NoncePrefix, BidFileFormat.AssociatedData(headerDigest, i));
                var name = sections[i].Name;
                var before = done;
                var content = draft ? new Sm3() : null;
                var digest = await EncryptAsync(contents[i], cipher, output, content, n => progress?.Report(new BidFileProgress(name, done = before + n, total)), cancellation);
                done = before + contents[i].Length;
                written.Add(new BidSection(name, contents[i].Length, digest));
                if (content is not null) plain.Add(content.Finish());
            }

            var manifest = header.Manifest(headerDigest, written);
            var end = output.Position;
            if (draft)
            {
                await BidFileDraft.AppendAsync(output, manifest, plain, cancellation);
                output.Flush(flushToDisk: true);
            }
            return (manifest, end);
        }
        finally
        {
            foreach (var key in keys) CryptographicOperations.ZeroMemory(key);
            foreach (var content in contents) await content.DisposeAsync();
        }
    }

    /// <summary>Several chunks are encrypted at a time; they are hashed and written in order.</summary>
    private static async Task<byte[]> EncryptAsync(SectionContent content, SectionCipher cipher, Stream output, Sm3? plain, Action<long> report, CancellationToken cancellation)
    {
        var digest = new Sm3();
        var chunks = BidFileFormat.Chunks(content.Length, BidFileFormat.ChunkSize);
        await ChunkPipeline.RunAsync(
            chunks,
            BidFileFormat.ChunkSize,
            async (counter, chunk) =>
            {
                chunk.InputLength = (int)Math.Min(BidFileFormat.ChunkSize, content.Length - counter * BidFileFormat.ChunkSize);
                await content.ReadAsync(chunk.Input.AsMemory(0, chunk.InputLength), cancellation);
            },
            (counter, chunk) =>
            {
                chunk.OutputLength = chunk.InputLength + BidFileFormat.TagLength;
                cipher.Seal((uint)counter, counter == chunks - 1, chunk.Input.AsSpan(0, chunk.InputLength), chunk.Output.AsSpan(0, chunk.OutputLength));
            },
            async (counter, chunk) =>
            {
                digest.Append(chunk.Output.AsSpan(0, chunk.OutputLength));
                plain?.Append(chunk.Input.AsSpan(0, chunk.InputLength));
                await output.WriteAsync(chunk.Output.AsMemory(0, chunk.OutputLength), cancellation);
                report(counter * BidFileFormat.ChunkSize + chunk.InputLength);
            });
        await content.EndAsync(cancellation);
        return digest.Finish();
    }
}
