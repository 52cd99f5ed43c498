using Bzt.Contracts.Phone;
using Bzt.Grains.Seals;

namespace Bzt.Silo.Imaging;

/// <summary>Cuts one seal out of its surroundings, or says why not.</summary>
internal static class SealCutter
{
    /// <summary>Darker paper than this has more noise than ink in it.</summary>
    private const float DarkestPaper = 48;

    /// <summary>A legal representative's seal has lines of half a millimetre.</summary>
    private const double WidestEdgeMm = 0.95, MostSoftness = 0.72, LeastPixelsPerMm = 4;

    public static PaperBox FieldOf(SealKind kind) => kind switch
    {
        SealKind.Enterprise => FormLayout.EnterpriseSeal,
        SealKind.LegalRepresentative => FormLayout.LegalSeal,
        SealKind.Signature => FormLayout.Signature,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "A seal without a field."),
    };

    /// <summary>A stamp may lie over its frame; a signature ends where the frame is.</summary>
    public static float MarginOf(SealKind kind) => kind == SealKind.Signature ? -0.7f : 2.5f;

    /// <summary>Of the longer side, where nothing measures it.</summary>
    public static double UsualWidthOf(SealKind kind) => kind switch { SealKind.Enterprise => 40, SealKind.LegalRepresentative => 20, _ => 45 };

    public static CutOut Cut(Photo photo, SealView view, SealKind kind)
    {
        var box = view.Box.Grow(view.MarginMm);
        CutOut Fault(SealFault fault) => new(kind, null, fault);

        // 1. Is the photo good enough here to find anything in it?
        if (view.ToPhoto.ScaleAt(box.Left + (box.Width / 2), box.Top + (box.Height / 2)) < LeastPixelsPerMm)
        {
            return Fault(SealFault.TooCoarse);
        }

        var patch = Patch.Take(photo, view.ToPhoto, box);
        if (patch.Outside > 0.02f)
        {
            return Fault(SealFault.TouchesBorder);
        }

        if (patch.PaperLight < DarkestPaper)
        {
            return Fault(SealFault.TooDark);
        }

        // 2. The ink, and of it what hangs together.
        var isPen = kind == SealKind.Signature;
        var ink = isPen ? Ink.Pen(patch) : Ink.Red(patch);
        if (InkAreas.Gather(ink, isPen ? 8 : 3) is not { } area || ink.SquareMm(area) < LeastInkOf(kind))
        {
            return Fault(SealFault.NotFound);
        }

        // 3. Is it a whole seal, and a sharp one?
        const int Rim = 4;
        if (area.Left < Rim || area.Top < Rim || area.Right > patch.Width - Rim || area.Bottom > patch.Height - Rim)
        {
            return Fault(SealFault.TouchesBorder);
        }

        if (view.EdgeMm is { } edge ? edge > WidestEdgeMm : ink.Softness(area) > MostSoftness)
        {
            return Fault(SealFault.TooBlurred);
        }

        var (width, height) = ((double)area.Width / Patch.PixelsPerMm, (double)area.Height / Patch.PixelsPerMm);
        if (!IsOfSize(kind, Math.Max(width, height), Math.Min(width, height)))
        {
            return Fault(SealFault.WrongSize);
        }

        var cut = new Area(area.Left - Rim, area.Top - Rim, area.Right + Rim, area.Bottom + Rim);
        return new CutOut(kind, new SealPng(ink.ToPng(cut), Math.Round((double)cut.Width / Patch.PixelsPerMm, 1), Math.Round((double)cut.Height / Patch.PixelsPerMm, 1)), null);
    }

    private static double LeastInkOf(SealKind kind) => kind switch { SealKind.Enterprise => 40, SealKind.LegalRepresentative => 12, _ => 6 };

    /// <summary>Round seals are 38 to 58 mm, oval ones 45 by 30; a person's are 14 to 30; measured with what a photo errs.</summary>
    private static bool IsOfSize(SealKind kind, double longer, double shorter) => kind switch
    {
        SealKind.Enterprise => longer is >= 32 and <= 62 && shorter >= 0.55 * longer,
        SealKind.LegalRepresentative => longer is >= 9 and <= 34 && shorter >= 0.4 * longer,
        _ => longer >= 8 && shorter >= 3,
    };
}
