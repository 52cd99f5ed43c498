using Bzt.Contracts.Phone;
using Bzt.Grains.Seals;

namespace Bzt.Silo.Imaging;

/// <inheritdoc cref="ISealExtractor"/>
internal sealed class SealExtractor(ImagingQueue queue) : ISealExtractor
{
    /// <summary>A seal alone needs as much.</summary>
    private const int SmallestSide = 200;

    private static readonly SealKind[] Kinds = [SealKind.Enterprise, SealKind.LegalRepresentative, SealKind.Signature];

    public Task<SealExtraction> ExtractAsync(byte[] photo, IReadOnlyList<SealCrop> crops, CancellationToken cancellation = default) =>
        queue.RunAsync(() => Extract(photo, crops), cancellation);

    private static SealExtraction Extract(byte[] octets, IReadOnlyList<SealCrop> crops)
    {
        switch (Photo.TryDecode(octets, out var photo))
        {
            case Photo.Decoding.Unreadable:
                return new SealExtraction.Unreadable();
            case Photo.Decoding.TooLarge:
                return new SealExtraction.TooLarge();
        }

        if (Math.Min(photo.Width, photo.Height) < SmallestSide)
        {
            return new SealExtraction.Extracted([.. Kinds.Select(kind => new CutOut(kind, null, SealFault.TooCoarse))], MarksFound: false);
        }

        var form = CornerMarks.Find(photo);
        // Without the form: seals are red, and a page has little else that is.
        var loose = form is null ? LooseSeals.Find(photo) : null;
        return new SealExtraction.Extracted(
            [.. Kinds.Select(kind =>
                crops.LastOrDefault(crop => crop.Kind == kind) is { } crop ? Cropped(photo, form, kind, crop)
                : form is not null ? FromForm(photo, form, kind)
                : loose!.TryGetValue(kind, out var view) ? SealCutter.Cut(photo, view, kind)
                : new CutOut(kind, null, SealFault.NotFound))],
            form is not null);
    }

    private static CutOut FromForm(Photo photo, FoundForm form, SealKind kind) =>
        SealCutter.Cut(photo, new SealView(form.ToPhoto, SealCutter.FieldOf(kind), SealCutter.MarginOf(kind), form.EdgeMm), kind);

    private static CutOut Cropped(Photo photo, FoundForm? form, SealKind kind, SealCrop crop)
    {
        Spot[] corners = [.. crop.Corners.Select(corner => new Spot(corner.X * photo.Width, corner.Y * photo.Height))];
        return SealView.Of(corners, form, kind) is { } view ? SealCutter.Cut(photo, view, kind) : new CutOut(kind, null, SealFault.NotFound);
    }
}

/// <summary>Where to look for one seal.</summary>
/// <param name="ToPhoto">From millimetres to the photo.</param>
/// <param name="Box">In millimetres: where it should be.</param>
/// <param name="MarginMm">How far it may reach over.</param>
/// <param name="EdgeMm">Measured at the form's marks; null without them.</param>
internal sealed record SealView(Homography ToPhoto, PaperBox Box, float MarginMm, double? EdgeMm)
{
    /// <summary>
    /// A quadrilateral the user drew. On a form that was found it only says where to look: size and slant are the form's. Elsewhere it is
    /// taken for a rectangle around the seal, as wide as such a seal's box.
    /// </summary>
    public static SealView? Of(Spot[] corners, FoundForm? form, SealKind kind)
    {
        var width = (corners[0].DistanceTo(corners[1]) + corners[3].DistanceTo(corners[2])) / 2;
        var height = (corners[0].DistanceTo(corners[3]) + corners[1].DistanceTo(corners[2])) / 2;
        if (width < 16 || height < 16)
        {
            return null;
        }

        if (form is not null)
        {
            // Back to the paper: the form's corners give the inverse as well.
            Spot[] paper = [.. FormLayout.Marks.Select(mark => new Spot(mark.X, mark.Y))];
            Spot[] seen = [.. paper.Select(spot => form.ToPhoto.Map(spot.X, spot.Y))];
            if (Homography.Between(seen, paper) is not { } back)
            {
                return null;
            }

            Spot[] onPaper = [.. corners.Select(corner => back.Map(corner.X, corner.Y))];
            var (left, top) = (onPaper.Min(spot => spot.X), onPaper.Min(spot => spot.Y));
            var box = new PaperBox((float)left, (float)top, (float)(onPaper.Max(spot => spot.X) - left), (float)(onPaper.Max(spot => spot.Y) - top));
            return box.Width is < 3 or > 120 || box.Height is < 3 or > 120 ? null : new SealView(form.ToPhoto, box, 0, form.EdgeMm);
        }

        // As large as the seal alone: the user is asked to draw close around it.
        var seal = SealCutter.UsualWidthOf(kind);
        var (boxWidth, boxHeight) = width >= height ? (seal, seal * height / width) : (seal * width / height, seal);
        Spot[] rectangle = [new(0, 0), new(boxWidth, 0), new(boxWidth, boxHeight), new(0, boxHeight)];
        return Homography.Between(rectangle, corners) is { } view ? new SealView(view, new PaperBox(0, 0, (float)boxWidth, (float)boxHeight), 3, null) : null;
    }
}
