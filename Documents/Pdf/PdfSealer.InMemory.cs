using System.Security.Cryptography;
using System.Text;
using Bzt.Documents.Seals;
using Bzt.Protocol.Primitives;

namespace Bzt.Documents.Pdf;

/// <summary>A small document that waits for its signature.</summary>
/// <param name="Pdf">Complete but for the signature; may be kept anywhere meanwhile.</param>
/// <param name="Sm3Digest">SM3 over the signed byte ranges.</param>
public sealed record PreparedPdf(byte[] Pdf, byte[] Sm3Digest);

// The same two steps for documents that are in memory: a server that seals letters has no file of them.
public static partial class PdfSealer
{
    /// <summary>Appends one signature field with its seals.</summary>
    /// <exception cref="PdfRefusedException">The document cannot be sealed.</exception>
    public static PreparedPdf Prepare(byte[] pdf, IReadOnlyList<SealAppearance> seals, SignatureFieldInfo field)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(field.ReservedBytes, 1024);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(field.ReservedBytes, 4 * 1024 * 1024);
        using var input = new MemoryStream(pdf, writable: false);
        var update = SealUpdate.Build(PdfDocument.Open(input), seals, field);
        byte[] prepared = [.. pdf, .. update.Bytes];
        return new PreparedPdf(prepared, Digest(prepared, update.ByteRange));
    }

    /// <summary>Puts the CMS into a prepared document.</summary>
    /// <param name="prepared">From <see cref="Prepare"/>.</param>
    /// <param name="cms">The detached CMS.</param>
    /// <exception cref="PdfRefusedException"><see cref="PdfRefusal.NotPrepared"/> or <see cref="PdfRefusal.ReservedTooSmall"/>.</exception>
    /// <exception cref="CryptographicException">The CMS is of another document.</exception>
    public static byte[] Complete(byte[] prepared, byte[] cms)
    {
        var range = EmptyRange(prepared) ?? throw new PdfRefusedException(PdfRefusal.NotPrepared, "no empty place for the signature");
        var room = (int)(range[2] - range[1] - 2);
        if (cms.Length * 2 > room) throw new PdfRefusedException(PdfRefusal.ReservedTooSmall, $"{cms.Length} bytes into {room / 2}");
        if (SealContent.TryRead(cms, out var why) is not { } seal || !seal.Digest.AsSpan().SequenceEqual(Digest(prepared, range)))
        {
            throw new CryptographicException($"the signature is not of this document {why}");
        }
        byte[] completed = [.. prepared];
        Encoding.ASCII.GetBytes(Convert.ToHexString(cms)).CopyTo(completed, (int)range[1] + 1);
        return completed;
    }

    /// <summary>The ranges of the signature whose place is still empty, and which covers the whole file.</summary>
    private static long[]? EmptyRange(byte[] prepared)
    {
        using var input = new MemoryStream(prepared, writable: false);
        var document = PdfDocument.Open(input);
        foreach (var field in PdfSignatureFields.Signed(document))
        {
            if (PdfSealVerifier.TryRange(document, field.Signature, out var range, out var contents) && !contents.AsSpan().ContainsAnyExcept((byte)0) && range[2] + range[3] == prepared.Length)
            {
                return range;
            }
        }
        return null;
    }

    private static byte[] Digest(byte[] pdf, long[] range)
    {
        var digest = new Sm3();
        digest.Append(pdf.AsSpan((int)range[0], (int)range[1]));
        digest.Append(pdf.AsSpan((int)range[2], (int)range[3]));
        return digest.Finish();
    }
}
