using System.Formats.Asn1;

namespace Bzt.Protocol.Forms;

/// <summary>One section of a bid file.</summary>
/// <param name="Name">唱标信息, 投标文件.</param>
/// <param name="Size">Bytes of the plain text.</param>
/// <param name="Digest">SM3 of the section as it lies in the file, encrypted: 32 bytes.</param>
public sealed record BidSection(string Name, long Size, byte[] Digest);

/// <summary>
/// The manifest of an encrypted bid file: for which platform and project, when it may be opened, what is in it, and whose
/// certificates can open it.
/// </summary>
/// <remarks>
/// SEQUENCE { marker, platformId, projectId, projectName UTF8String, openingTime GeneralizedTime, headerDigest OCTET STRING (32),
/// sections SEQUENCE OF SEQUENCE { name UTF8String, size INTEGER, digest OCTET STRING (32) },
/// recipients SEQUENCE OF UTF8String }, DER.
/// </remarks>
public sealed record BidManifestForm : SigningForm
{
    private const string Marker = "bzt.bid-manifest.v1";
    private const int MaximumSections = 64;
    private const int MaximumRecipients = 16;

    /// <summary>A manifest to be signed.</summary>
    /// <param name="platformId">Where the bid is made.</param>
    /// <param name="projectId">The project there.</param>
    /// <param name="projectName">As the user knows it.</param>
    /// <param name="openingTime">Whole seconds, UTC.</param>
    /// <param name="headerDigest">SM3 of the file's header with its wrapped keys, 32 bytes.</param>
    /// <param name="sections">1 to 64, in file order, names distinct.</param>
    /// <param name="recipients">Serials of the encryption certificates, hexadecimal, 1 to 16.</param>
    public BidManifestForm(
        string platformId, string projectId, string projectName, DateTimeOffset openingTime, byte[] headerDigest, IReadOnlyList<BidSection> sections, IReadOnlyList<string> recipients)
        : base(Der.Sequence(w =>
        {
            w.Text(Marker);
            w.Text(platformId);
            w.Text(projectId);
            w.Text(projectName);
            w.Time(openingTime);
            w.WriteOctetString(headerDigest);
            using (w.PushSequence())
            {
                foreach (var section in sections)
                {
                    using (w.PushSequence())
                    {
                        w.Text(section.Name);
                        w.WriteInteger(section.Size);
                        w.WriteOctetString(section.Digest);
                    }
                }
            }

            using (w.PushSequence())
            {
                foreach (var recipient in recipients)
                {
                    w.Text(recipient);
                }
            }
        }))
    {
        ArgumentNullException.ThrowIfNull(headerDigest);
        if (headerDigest.Length != 32 || !AreSections(sections) || !AreRecipients(recipients))
        {
            throw new ArgumentException("Not a manifest: 1 to 64 distinct sections with sizes and 32-byte digests, 1 to 16 recipients.");
        }

        (PlatformId, ProjectId, ProjectName, OpeningTime) = (platformId, projectId, projectName, openingTime);
        (HeaderDigest, Sections, Recipients) = (headerDigest, sections, recipients);
    }

    /// <inheritdoc/>
    public override SigningFormKind Kind => SigningFormKind.BidManifest;

    /// <summary>Where the bid is made.</summary>
    public string PlatformId { get; }

    /// <summary>The project there.</summary>
    public string ProjectId { get; }

    /// <summary>As the user knows it.</summary>
    public string ProjectName { get; }

    /// <summary>Before it nobody should open the bid.</summary>
    public DateTimeOffset OpeningTime { get; }

    /// <summary>SM3 of the file's header.</summary>
    public byte[] HeaderDigest { get; }

    /// <summary>In file order.</summary>
    public IReadOnlyList<BidSection> Sections { get; }

    /// <summary>Serials of the encryption certificates that can open it.</summary>
    public IReadOnlyList<string> Recipients { get; }

    internal static BidManifestForm? Decode(byte[] content) => Der.TryRead(content, r =>
    {
        if (!r.IsMarked(Marker))
        {
            return null;
        }

        var (platformId, projectId, projectName, opening) = (r.Text(), r.Text(), r.Text(), r.ReadGeneralizedTime());
        var header = r.ReadOctetString();
        var sections = new List<BidSection>();
        for (var list = r.ReadSequence(); list.HasData;)
        {
            var section = list.ReadSequence();
            var name = section.Text();
            if (!section.TryReadInt64(out var size))
            {
                return null;
            }

            sections.Add(new BidSection(name, size, section.ReadOctetString()));
            section.ThrowIfNotEmpty();
        }

        var recipients = new List<string>();
        for (var list = r.ReadSequence(); list.HasData;)
        {
            recipients.Add(list.Text());
        }

        return header.Length == 32 && AreSections(sections) && AreRecipients(recipients)
            ? new BidManifestForm(platformId, projectId, projectName, opening, header, sections, recipients)
            : null;
    });

    private static bool AreSections(IReadOnlyList<BidSection> sections) =>
        sections.Count is >= 1 and <= MaximumSections
        && sections.All(section => section.Name.Length > 0 && section.Size >= 0 && section.Digest.Length == 32)
        && sections.Select(section => section.Name).Distinct(StringComparer.Ordinal).Count() == sections.Count;

    private static bool AreRecipients(IReadOnlyList<string> recipients) =>
        recipients.Count is >= 1 and <= MaximumRecipients && recipients.All(recipient => recipient.Length > 0);
}
