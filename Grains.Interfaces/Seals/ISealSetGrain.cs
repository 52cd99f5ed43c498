using System.Security.Cryptography;
using System.Text;
using Bzt.Contracts.Phone;

namespace Bzt.Grains.Seals;

/// <summary>
/// The seals cut out of one photographed form: shown to who took the photo, cut anew where he wants, confirmed, and given to the enterprise
/// when the application the form belongs to has its certificate. Key: <see cref="SealSetIds.Of"/>.
/// </summary>
[Alias("bzt.ISealSet")]
public interface ISealSetGrain : IGrainWithGuidKey
{
    /// <summary>Looks at the photo, once: a repeat gets what was found.</summary>
    [Alias("extract")]
    Task<Reply<SealSetView>> Extract(ExtractSeals command);

    /// <summary>Cuts one seal anew, where the user says it is. <see cref="RefusalCode.SealsConfirmed"/> afterwards.</summary>
    [Alias("cut")]
    Task<Reply<SealSetView>> Cut(CutSeal command);

    /// <summary>The user says these are the seals. <see cref="RefusalCode.SealsIncomplete"/> unless all three are there.</summary>
    [Alias("confirm")]
    Task<Reply<SealSetView>> Confirm(UserId caller);

    /// <summary><see cref="RefusalCode.NotFound"/> for anybody but who took the photo.</summary>
    [Alias("view")]
    Task<Reply<SealSetView>> GetView(UserId caller);

    /// <summary>From the application with this form: its certificate is active. Confirmed seals, now or later, become the enterprise's.</summary>
    [Alias("adopt")]
    Task Adopt(AdoptSeals command);

    /// <summary>
    /// What is known of it ends with the form it was cut out of, and nobody names its pictures any more. False, and it stays, while it has something to
    /// hand over, or when the form does not wait since then any more: it was handed in, or looked at, meanwhile.
    /// </summary>
    [Alias("erase-with-form")]
    Task<bool> Erase(string formBlobId, long waitsSince);
}

/// <summary>One photo of one user is one set: a repeated request finds the same grain.</summary>
public static class SealSetIds
{
    public static Guid Of(UserId user, string formBlobId)
    {
        Span<byte> id = SHA256.HashData(Encoding.UTF8.GetBytes($"seal-set/{user}/{formBlobId}")).AsSpan(0, 16);

        // RFC 9562, 5.8: version 8, the bits are ours.
        id[6] = (byte)((id[6] & 0x0F) | 0x80);
        id[8] = (byte)((id[8] & 0x3F) | 0x80);
        return new Guid(id, bigEndian: true);
    }
}

/// <param name="FormBlobId">The caller's own upload.</param>
[GenerateSerializer, Immutable, Alias("bzt.ExtractSeals")]
public sealed record ExtractSeals([property: Id(0)] UserId Caller, [property: Id(1)] string FormBlobId);

[GenerateSerializer, Immutable, Alias("bzt.CutSeal")]
public sealed record CutSeal([property: Id(0)] UserId Caller, [property: Id(1)] SealCrop Crop);

/// <summary>The corners of a seal's surroundings, clockwise from its upper left, in parts of the upright photo's width and height, 0 to 1.</summary>
[GenerateSerializer, Immutable, Alias("bzt.SealCrop")]
public sealed record SealCrop([property: Id(0)] SealKind Kind, [property: Id(1)] IReadOnlyList<PhotoPoint> Corners);

[GenerateSerializer, Immutable, Alias("bzt.PhotoPoint")]
public readonly record struct PhotoPoint([property: Id(0)] double X, [property: Id(1)] double Y);

[GenerateSerializer, Immutable, Alias("bzt.AdoptSeals")]
public sealed record AdoptSeals([property: Id(0)] CreditCode Enterprise, [property: Id(1)] ApplicationId Application);

/// <param name="MarksFound">The form's marks were found: sizes are measured.</param>
[GenerateSerializer, Immutable, Alias("bzt.SealSetView")]
public sealed record SealSetView(
    [property: Id(0)] Guid SealSet,
    [property: Id(1)] string FormBlobId,
    [property: Id(2)] bool MarksFound,
    [property: Id(3)] bool Confirmed,
    [property: Id(4)] IReadOnlyList<CutSealView> Seals);

/// <param name="BlobId">A PNG whose owner is the user; null when <paramref name="Fault"/> says why there is none.</param>
[GenerateSerializer, Immutable, Alias("bzt.CutSealView")]
public sealed record CutSealView(
    [property: Id(0)] SealKind Kind,
    [property: Id(1)] string? BlobId,
    [property: Id(2)] double WidthMm,
    [property: Id(3)] double HeightMm,
    [property: Id(4)] SealFault? Fault);
