namespace Bzt.Contracts.Phone;

/// <summary>The three pictures a sealed application form gives (M030).</summary>
public enum SealKind
{
    /// <summary>单位公章</summary>
    Enterprise,
    /// <summary>法定代表人印鉴</summary>
    LegalRepresentative,
    /// <summary>法定代表人签字</summary>
    Signature,
}

/// <summary>Why a seal could not be cut out; what to do about it is said to the user in words.</summary>
public enum SealFault
{
    /// <summary>Nothing of its kind is there.</summary>
    NotFound,
    /// <summary>The photo is not sharp enough.</summary>
    TooBlurred,
    /// <summary>Too little light.</summary>
    TooDark,
    /// <summary>Too few pixels: taken from too far away.</summary>
    TooCoarse,
    /// <summary>It reaches over the border of its box or of the photo.</summary>
    TouchesBorder,
    /// <summary>What is there is too small or too large to be such a seal.</summary>
    WrongSize,
}

/// <summary>What a printed form is for.</summary>
public enum FormPurpose
{
    /// <summary>认领企业并申请企业证书</summary>
    Claim,
    /// <summary>企业证书过期重新申请</summary>
    Reapplication,
}

/// <summary>What <see cref="Routes.Phone.ApplicationForm"/> prints; the applicant's own data comes from the account.</summary>
public sealed record ApplicationFormRequest(
    FormPurpose Purpose,
    string EnterpriseName,
    string CreditCode,
    string LegalRepresentativeName,
    string LegalRepresentativeIdNumber,
    string PlatformId,
    string CaId,
    int Years);

/// <param name="FormBlobId">The uploaded photo of the sealed form, JPEG or PNG.</param>
public sealed record SealSetRequest(string FormBlobId);

/// <summary>Where a seal is in the photo.</summary>
/// <param name="Corners">Four, clockwise from the seal's upper left, in parts of the upright photo's width and height, 0 to 1. Close around the seal.</param>
public sealed record SealCropRequest(SealKind Kind, IReadOnlyList<CropCorner> Corners);

public sealed record CropCorner(double X, double Y);

/// <param name="MarksFound">The form was found by its four corner marks. Otherwise sizes are assumed: say so and ask for another photo.</param>
/// <param name="Confirmed">Nothing changes any more.</param>
public sealed record SealSetInfo(Guid SealSetId, string FormBlobId, bool MarksFound, bool Confirmed, IReadOnlyList<CutSealInfo> Seals);

/// <param name="Fault">Null when there is a picture at <see cref="Routes.Phone.SealSetPicture"/>.</param>
/// <param name="Reason">The fault in words, with what to do about it.</param>
public sealed record CutSealInfo(SealKind Kind, double? WidthMm, double? HeightMm, SealFault? Fault, string? Reason);

/// <summary>An enterprise's seals; the pictures are at <see cref="Routes.Phone.EnterpriseSealPicture"/>.</summary>
/// <param name="Version">Rises when the seals are replaced.</param>
public sealed record EnterpriseSealsInfo(string CreditCode, int Version, DateTimeOffset Since, IReadOnlyList<SealInfo> Seals);

/// <param name="WidthMm">On paper, with the picture's transparent rim.</param>
/// <param name="HeightMm">On paper.</param>
public sealed record SealInfo(SealKind Kind, double WidthMm, double HeightMm);
