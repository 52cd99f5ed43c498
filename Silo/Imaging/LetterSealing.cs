using Bzt.Documents.Pdf;
using Bzt.Documents.Seals;
using Bzt.Grains.Seals;
using Bzt.Protocol.Forms;
using Bzt.Protocol.Primitives;

namespace Bzt.Silo.Imaging;

/// <inheritdoc cref="ILetterSealing"/>
internal sealed class LetterSealing(ImagingQueue queue) : ILetterSealing
{
    private const double DrawnSealMm = 42;

    public Task<PreparedLetter> PrepareAsync(LetterToSeal letter, CancellationToken cancellation = default) => queue.RunAsync(() =>
    {
        var (picture, width) = PictureOf(letter);
        var height = width * picture.Height / picture.Width;
        var seal = new SealAppearance(
            -1, LetterDrawing.SealCentreX - (width / 2), LetterDrawing.SealCentreY - (height / 2), width, picture, letter.EnterpriseName);
        var prepared = PdfSealer.Prepare(letter.Pdf, [seal], new SignatureFieldInfo(letter.At, letter.EnterpriseName, letter.Name));
        return new PreparedLetter(prepared.Pdf, new CmsPdfForm(letter.Name, prepared.Sm3Digest, Sm3.Hash(letter.SigningCertificate), letter.At));
    }, cancellation);

    public Task<byte[]> CompleteAsync(
        byte[] prepared, byte[] toBeSigned, byte[] signature, byte[] signingCertificate, IReadOnlyList<byte[]> chain, CancellationToken cancellation = default) =>
        queue.RunAsync(() => PdfSealer.Complete(prepared, CmsSeal.Assemble(toBeSigned, signature, signingCertificate, chain)), cancellation);

    private static (SealPicture Picture, double WidthMm) PictureOf(LetterToSeal letter) =>
        letter.Seal is { } own && SealPicture.TryDecode(own.Png, out var picture)
            ? (picture!, own.WidthMm)
            : (SealDrawing.Enterprise(letter.EnterpriseName), DrawnSealMm);
}
