using System.Buffers.Binary;
using System.Formats.Asn1;
using Bzt.Protocol.Forms;
using Bzt.Protocol.Primitives;

namespace Bzt.Documents.BidFiles;

/// <summary>
/// A bid file that is encrypted and waits for its signature: what an interruption at the phone leaves, when it was asked for. The frame of a bid
/// file with another end mark, so that no reader takes it for one; in the manifest's place the manifest without signature, and the SM3 of
/// each section's content, by which it is known again: a draft of contents that have changed since is never signed.
/// </summary>
internal sealed class BidFileDraft
{
    private BidFileDraft(BidManifestForm manifest, long end) => (Manifest, End) = (manifest, end);

    public static ReadOnlySpan<byte> EndMagic => "\nBZTDRAF"u8;

    public BidManifestForm Manifest { get; }

    /// <summary>Where the sections end and the signed manifest will begin.</summary>
    public long End { get; }

    /// <summary>Ends a file whose sections are written.</summary>
    public static async Task AppendAsync(Stream output, BidManifestForm manifest, IReadOnlyList<byte[]> contents, CancellationToken cancellation)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteOctetString(manifest.Content);
            foreach (var content in contents) writer.WriteOctetString(content);
        }
        var block = writer.Encode();
        if (block.Length > BidFileFormat.MaximumManifest) throw new BidFileException(BidFileFault.TooLarge, "manifest");
        var trailer = new byte[BidFileFormat.TrailerLength];
        BinaryPrimitives.WriteInt32BigEndian(trailer, block.Length);
        EndMagic.CopyTo(trailer.AsSpan(4));
        await output.WriteAsync(block, cancellation);
        await output.WriteAsync(trailer, cancellation);
    }

    /// <summary>The draft at that path, if it is whole and of exactly these contents for these recipients; otherwise null.</summary>
    public static async Task<BidFileDraft?> FindAsync(
        string path, BidFileDescription description, IReadOnlyList<BidFileSection> sections, IReadOnlyList<byte[]> recipients, CancellationToken cancellation)
    {
        if (!File.Exists(path)) return null;
        try
        {
            await using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 0, FileOptions.Asynchronous);
            var (header, digest, start) = await BidFileReader.ReadHeaderAsync(stream, cancellation);
            var (block, end) = await BidFileReader.ReadBlockAsync(stream, start, EndMagic.ToArray(), cancellation);
            var reader = new AsnReader(block, AsnEncodingRules.DER).ReadSequence();
            if (!SigningForm.TryDecode(new SigningDocument(SigningFormKind.BidManifest, reader.ReadOctetString()), out var form)) return null;
            var manifest = (BidManifestForm)form;
            var contents = new List<byte[]>();
            while (reader.HasData) contents.Add(reader.ReadOctetString());
            var wanted = recipients.Select(r => SectionKeyWrap.SerialOf(r)).Order(StringComparer.Ordinal);
            // The header has whole seconds, and was created earlier.
            var same = header.Description == description with { CreatedAt = header.Description.CreatedAt, OpeningTime = header.Description.OpeningTime }
                && header.Description.OpeningTime.ToUnixTimeSeconds() == description.OpeningTime.ToUnixTimeSeconds()
                && header.Recipients.SequenceEqual(wanted) && header.Sections.Select(s => s.Name).SequenceEqual(sections.Select(s => s.Name))
                && header.Manifest(digest, manifest.Sections).Content.AsSpan().SequenceEqual(manifest.Content) && contents.Count == sections.Count;
            if (!same) return null;
            var offsets = BidFileReader.Layout(header, manifest, start, end);
            for (var i = 0; i < sections.Count; i++)
            {
                if (!(await DigestAsync(sections[i], cancellation)).AsSpan().SequenceEqual(contents[i])
                    || !await BidFileReader.IsWholeAsync(stream, header, manifest, offsets, i, cancellation)) return null;
            }
            return new BidFileDraft(manifest, end);
        }
        catch (Exception e) when (e is BidFileException or AsnContentException or EndOfStreamException)
        {
            // Damaged, or none of ours: what is there is made again.
            return null;
        }
    }

    private static async Task<byte[]> DigestAsync(BidFileSection section, CancellationToken cancellation)
    {
        await using var content = new SectionContent(section);
        var digest = new Sm3();
        var buffer = new byte[256 * 1024];
        for (var left = content.Length; left > 0;)
        {
            var part = buffer.AsMemory(0, (int)Math.Min(left, buffer.Length));
            await content.ReadAsync(part, cancellation);
            digest.Append(part.Span);
            left -= part.Length;
        }
        await content.EndAsync(cancellation);
        return digest.Finish();
    }
}
