namespace Bzt.Documents.Pdf;

/// <summary>
/// One visible seal. <paramref name="XMm"/> and <paramref name="YMm"/> are the top left corner of the picture, in millimetres from the
/// top left corner of the page as a reader shows it (crop box and rotation applied).
/// </summary>
/// <param name="Page">Page, counted from 1; negative counts from the end, −1 being the last.</param>
/// <param name="XMm">Millimetres from the left.</param>
/// <param name="YMm">Millimetres from the top.</param>
/// <param name="WidthMm">Width of the picture; its height follows from the picture's proportions.</param>
/// <param name="Picture">The picture.</param>
/// <param name="Name">What a screen reader says of the seal.</param>
public sealed record SealAppearance(int Page, double XMm, double YMm, double WidthMm, SealPicture Picture, string? Name = null)
{
    /// <summary>The picture ends at the right edge of the page, wherever that is; <see cref="XMm"/> does not count.</summary>
    public bool AtRightEdge { get; init; }

    /// <summary>Pages one seal is spread over at most: a strip of a seal of 42 mm stays wider than a millimetre.</summary>
    private const int MostStrips = 30;

    /// <summary>
    /// 骑缝章: the seal spread over the right edges of all pages, one strip each. A page that is exchanged or missing leaves a gap. Long documents
    /// take several seals.
    /// </summary>
    /// <param name="pages">Pages of the document (<see cref="PdfSealer.CountPages"/>), at least two.</param>
    /// <param name="topMm">Millimetres from the top.</param>
    /// <param name="widthMm">Width of the whole seal.</param>
    /// <param name="picture">The picture.</param>
    /// <param name="name">What a screen reader says of each strip.</param>
    public static IReadOnlyList<SealAppearance> AcrossPages(int pages, double topMm, double widthMm, SealPicture picture, string? name = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(pages, 2);
        ArgumentNullException.ThrowIfNull(picture);
        var groups = (pages + MostStrips - 1) / MostStrips;
        var strips = new List<SealAppearance>(pages);
        for (var group = 0; group < groups; group++)
        {
            var (first, end) = ((int)((long)group * pages / groups), (int)((long)(group + 1) * pages / groups));
            for (var page = first; page < end; page++)
            {
                var (left, right) = (Column(page - first), Column(page - first + 1));
                strips.Add(new SealAppearance(page + 1, 0, topMm, widthMm * (right - left) / picture.Width, picture.Strip(left, right - left), name) { AtRightEdge = true });
            }

            int Column(int strip) => (int)((long)strip * picture.Width / (end - first));
        }
        return strips;
    }

    /// <summary>One millimetre in points.</summary>
    public const double PointsPerMm = 72 / 25.4;
}

/// <summary>How the signature dictionary is labelled.</summary>
public enum SealSubFilter
{
    /// <summary>/adbe.pkcs7.detached: CMS with standard object identifiers, the form stock tools verify.</summary>
    Pkcs7Detached,
    /// <summary>/ETSI.CAdES.detached: the same CMS under the PAdES name.</summary>
    CadesDetached,
    /// <summary>/GM.sm2cms.detached: the SignedData of GB/T 35275 over the document's SM3.</summary>
    Sm2Cms,
    /// <summary>/GM.sm2seal: the SES_Signature of GB/T 38540.</summary>
    Sm2Seal,
}

/// <summary>The signature field and what its dictionary says.</summary>
/// <param name="SigningTime">The time the dictionary shows (UTC).</param>
/// <param name="SignerName">The name of who seals.</param>
/// <param name="Reason">Why, in words.</param>
/// <param name="Location">Where.</param>
/// <param name="FieldName">Name of the new field; chosen when absent. An existing one is refused.</param>
/// <param name="SubFilter">The form.</param>
/// <param name="ReservedBytes">Room for the CMS. 16 KiB holds a chain of five SM2 certificates and a time stamp.</param>
/// <param name="Digest">What the document is digested with; the signer's key decides.</param>
public sealed record SignatureFieldInfo(
    DateTimeOffset SigningTime, string? SignerName = null, string? Reason = null, string? Location = null,
    string? FieldName = null, SealSubFilter SubFilter = SealSubFilter.Pkcs7Detached, int ReservedBytes = 16 * 1024,
    SealDigest Digest = SealDigest.Sm3);

/// <summary>A file that waits for its CMS. Nothing under <paramref name="OutputPath"/> exists until it is completed.</summary>
/// <param name="PreparedPath">The unfinished file, beside the output.</param>
/// <param name="OutputPath">Where the sealed file will be.</param>
/// <param name="ByteRange">The four numbers of the signature's /ByteRange.</param>
/// <param name="Digest">Digest of the two ranges, of the kind asked for: what the signer is shown and signs.</param>
/// <param name="FieldName">The field's name.</param>
public sealed record PreparedSeal(string PreparedPath, string OutputPath, IReadOnlyList<long> ByteRange, byte[] Digest, string FieldName)
{
    /// <summary>Removes the unfinished file of a seal that was refused.</summary>
    public void Discard() => File.Delete(PreparedPath);
}
