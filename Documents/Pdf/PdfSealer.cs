namespace Bzt.Documents.Pdf;

/// <summary>
/// Seals PDFs in two steps, because the signature is made elsewhere: <see cref="PrepareAsync(string, string, IReadOnlyList{SealAppearance}, SignatureFieldInfo, CancellationToken)"/>
/// appends everything but the signature and says what is to be signed; <see cref="CompleteAsync"/> puts the CMS in.
/// Memory does not grow with the document. The file appears under its name only when it is finished.
/// </summary>
public static partial class PdfSealer
{
    private const int BufferSize = 256 * 1024;

    /// <summary>How many pages the document has.</summary>
    /// <exception cref="PdfRefusedException">The document cannot be read.</exception>
    public static int CountPages(Stream input) => PdfDocument.Open(input).Pages().Count();

    /// <summary>Prepares <paramref name="inputPath"/>; the output may be the same path.</summary>
    public static async Task<PreparedSeal> PrepareAsync(
        string inputPath, string outputPath, IReadOnlyList<SealAppearance> seals, SignatureFieldInfo field, CancellationToken cancellation = default)
    {
        await using var input = new FileStream(inputPath, FileMode.Open, FileAccess.Read, FileShare.Read, BufferSize, FileOptions.Asynchronous);
        return await PrepareAsync(input, outputPath, seals, field, cancellation);
    }

    /// <summary>
    /// Appends one signature field with any number of visible seals (none: an invisible signature).
    /// Several seals of one call share one signature; seals signed one after the other need a prepare and a complete each.
    /// </summary>
    /// <exception cref="PdfRefusedException">The document cannot be sealed; the reason says why. Nothing is left behind.</exception>
    public static async Task<PreparedSeal> PrepareAsync(
        Stream input, string outputPath, IReadOnlyList<SealAppearance> seals, SignatureFieldInfo field, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(field.ReservedBytes, 1024);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(field.ReservedBytes, 4 * 1024 * 1024);
        var update = SealUpdate.Build(PdfDocument.Open(input), seals, field);

        var full = Path.GetFullPath(outputPath);
        var prepared = $"{full}.{Guid.NewGuid():N}.unsealed";
        try
        {
            using var digest = new DocumentDigest(field.Digest);
            await using (var output = new FileStream(prepared, FileMode.CreateNew, FileAccess.Write, FileShare.None, 0, FileOptions.Asynchronous))
            {
                input.Position = 0;
                var buffer = new byte[BufferSize];
                for (int n; (n = await input.ReadAsync(buffer, cancellation)) > 0;)
                {
                    digest.Append(buffer.AsSpan(0, n));
                    await output.WriteAsync(buffer.AsMemory(0, n), cancellation);
                }
                // The update was planned against this length; a file that grew meanwhile has other offsets.
                var start = output.Position;
                if (start + update.Bytes.Length != update.ByteRange[2] + update.ByteRange[3]) throw new PdfRefusedException(PdfRefusal.Damaged, "the document changed while it was read");
                var (gap, end) = ((int)(update.ByteRange[1] - start), (int)(update.ByteRange[2] - start));
                digest.Append(update.Bytes.AsSpan(0, gap));
                digest.Append(update.Bytes.AsSpan(end));
                await output.WriteAsync(update.Bytes, cancellation);
            }
            return new PreparedSeal(prepared, full, update.ByteRange, digest.Finish(), update.FieldName);
        }
        catch
        {
            File.Delete(prepared);
            throw;
        }
    }

    /// <summary>Puts the CMS into the prepared file and gives it its final name, atomically.</summary>
    /// <exception cref="PdfRefusedException">
    /// <see cref="PdfRefusal.ReservedTooSmall"/> or <see cref="PdfRefusal.NotPrepared"/>; the prepared file stays for another try or <see cref="PreparedSeal.Discard"/>.
    /// </exception>
    public static async Task CompleteAsync(PreparedSeal prepared, ReadOnlyMemory<byte> cms, CancellationToken cancellation = default)
    {
        var room = (int)(prepared.ByteRange[2] - prepared.ByteRange[1] - 2);
        if (cms.Length * 2 > room) throw new PdfRefusedException(PdfRefusal.ReservedTooSmall, $"{cms.Length} bytes into {room / 2}");
        await using (var file = new FileStream(prepared.PreparedPath, FileMode.Open, FileAccess.ReadWrite, FileShare.None, 0, FileOptions.Asynchronous))
        {
            if (file.Length != prepared.ByteRange[2] + prepared.ByteRange[3]) throw new PdfRefusedException(PdfRefusal.NotPrepared, "another length");
            var contents = new byte[room + 2];
            file.Position = prepared.ByteRange[1];
            await file.ReadExactlyAsync(contents, cancellation);
            if (contents[0] != '<' || contents[^1] != '>' || contents.AsSpan(1, room).ContainsAnyExcept((byte)'0')) throw new PdfRefusedException(PdfRefusal.NotPrepared, "no empty place for the signature");
            System.Text.Encoding.ASCII.GetBytes(Convert.ToHexString(cms.Span)).CopyTo(contents, 1);
            file.Position = prepared.ByteRange[1];
            await file.WriteAsync(contents, cancellation);
            file.Flush(flushToDisk: true);
        }
        File.Move(prepared.PreparedPath, prepared.OutputPath, overwrite: true);
    }
}
