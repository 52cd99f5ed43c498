namespace Bzt.Grains.Applications;

/// <summary>
/// Reads the licences a user has photographed, one after another. Nothing is kept and nothing is decided by it: the user checks what he is
/// suggested, the CA what he submits. Key: the user id.
/// </summary>
[Alias("bzt.ILicence")]
public interface ILicenceGrain : IGrainWithGuidKey
{
    /// <summary>
    /// Refused with <see cref="RefusalCode.LicenceReadingClosed"/>, <see cref="RefusalCode.BlobUnknown"/> when the picture is not this user's,
    /// <see cref="RefusalCode.BlobTypeNotAllowed"/> when it is a document and no picture, <see cref="RefusalCode.LicenceUnreadable"/>,
    /// <see cref="RefusalCode.ProviderUnavailable"/>.
    /// </summary>
    [Alias("read")]
    Task<Reply<LicenceFields>> Read(string blobId);
}

/// <summary>What stands on a licence, as far as it could be read.</summary>
/// <param name="CreditCode">With its right check character, or null.</param>
[GenerateSerializer, Immutable, Alias("bzt.LicenceFields")]
public sealed record LicenceFields(
    [property: Id(0)] string? EnterpriseName,
    [property: Id(1)] string? CreditCode,
    [property: Id(2)] string? LegalRepresentative)
{
    /// <summary>Only the type: a record would print the person into a log.</summary>
    public override string ToString() => nameof(LicenceFields);
}
