using Bzt.Contracts.Phone;

namespace Bzt.Grains.Seals;

/// <summary>
/// Cuts seals and signature out of the photo of a printed form (M030). The same photo gives the same pictures. Nothing of the photo's
/// metadata is read but its orientation, and nothing of it is passed on. Outside the caller's turn and a few at a time.
/// </summary>
public interface ISealExtractor
{
    /// <param name="photo">As uploaded; anything may be in it.</param>
    /// <param name="crops">Where the user says a seal is, if he does.</param>
    /// <param name="cancellation">Before it begins.</param>
    Task<SealExtraction> ExtractAsync(byte[] photo, IReadOnlyList<SealCrop> crops, CancellationToken cancellation = default);
}

/// <summary>What came of a photo: one entry of each kind, or why it was not looked at.</summary>
public abstract record SealExtraction
{
    private SealExtraction()
    {
    }

    /// <param name="MarksFound">The form was found by its corner marks: sizes are measured, not assumed.</param>
    public sealed record Extracted(IReadOnlyList<CutOut> CutOuts, bool MarksFound) : SealExtraction;

    /// <summary>No JPEG or PNG, damaged, or cut short.</summary>
    public sealed record Unreadable : SealExtraction;

    /// <summary>More pixels than are unpacked.</summary>
    public sealed record TooLarge : SealExtraction;
}

/// <param name="Picture">Null when <paramref name="Fault"/> says why.</param>
public sealed record CutOut(SealKind Kind, SealPng? Picture, SealFault? Fault);

/// <param name="Png">Transparent where there is no ink.</param>
/// <param name="WidthMm">On the paper.</param>
/// <param name="HeightMm">On the paper.</param>
public sealed record SealPng(byte[] Png, double WidthMm, double HeightMm);
