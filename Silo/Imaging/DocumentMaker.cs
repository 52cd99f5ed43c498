using Bzt.Grains.Seals;

namespace Bzt.Silo.Imaging;

/// <inheritdoc cref="IDocumentMaker"/>
internal sealed class DocumentMaker(DocumentFont font, ImagingQueue queue) : IDocumentMaker
{
    public Task<byte[]> ApplicationFormAsync(ApplicationFormFacts facts, CancellationToken cancellation = default) =>
        queue.RunAsync(() => FormDrawing.Draw(font, facts).ToPdf(FormDrawing.TitleOf(facts.Purpose), At(facts.Date)), cancellation);

    public Task<byte[]> AuthorisationLetterAsync(AuthorisationLetterFacts facts, CancellationToken cancellation = default) =>
        queue.RunAsync(() => LetterDrawing.Draw(font, facts).ToPdf(LetterDrawing.Title, At(facts.From)), cancellation);

    private static DateTime At(DateOnly date) => date.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc);
}
