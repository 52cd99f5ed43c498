using System.Formats.Asn1;

namespace Bzt.Protocol.Forms;

/// <summary>
/// The part of an electronic seal signature that is signed (GB/T 38540-2020, <c>toSign</c>): the seal itself, the time,
/// the digest of the document. Extensions are not taken: the phone could not show them.
/// </summary>
public sealed record SesForm : SigningForm, IDocumentForm
{
    private const int Version = 4;

    /// <summary>What a seal signs.</summary>
    /// <param name="seal">The SESeal, DER.</param>
    /// <param name="time">When it is stamped, to the second.</param>
    /// <param name="dataHash">SM3 of the protected data.</param>
    /// <param name="propertyInfo">Where in the document, or which document; ASCII by the standard.</param>
    /// <exception cref="AsnContentException">The seal is not one.</exception>
    public SesForm(byte[] seal, DateTimeOffset time, byte[] dataHash, string propertyInfo)
        : base(Der.Sequence(w =>
        {
            w.WriteInteger(Version);
            w.WriteEncodedValue(seal);
            w.Time(time);
            w.WriteBitString(dataHash);
            w.WriteCharacterString(UniversalTagNumber.IA5String, propertyInfo);
        }))
    {
        (SealId, SealName) = ReadSeal(seal);
        (Seal, Time, DataHash, PropertyInfo) = (seal, time, dataHash, propertyInfo);
    }

    /// <inheritdoc/>
    public override SigningFormKind Kind => SigningFormKind.Ses;

    /// <summary>The SESeal, DER.</summary>
    public byte[] Seal { get; }

    /// <summary>The seal's id, from the seal.</summary>
    public string SealId { get; }

    /// <summary>The seal's name, from the seal.</summary>
    public string SealName { get; }

    /// <summary>When it is stamped.</summary>
    public DateTimeOffset Time { get; }

    /// <summary>SM3 of the protected data.</summary>
    public byte[] DataHash { get; }

    /// <summary>Where, or which document.</summary>
    public string PropertyInfo { get; }

    /// <summary>The property info as text: the standard allows ASCII only, so a name in another script is percent-encoded there.</summary>
    public string DocumentName => Uri.UnescapeDataString(PropertyInfo);

    byte[] IDocumentForm.DocumentDigest => DataHash;

    internal static SesForm? Decode(byte[] content) => Der.TryRead(content, r =>
    {
        if (!r.TryReadInt32(out var version) || version != Version)
        {
            return null;
        }

        var seal = r.ReadEncodedValue().ToArray();
        return new SesForm(seal, r.ReadGeneralizedTime(), r.ReadBitString(out _), r.ReadCharacterString(UniversalTagNumber.IA5String));
    });

    private static (string Id, string Name) ReadSeal(byte[] seal)
    {
        var info = new AsnReader(seal, AsnEncodingRules.DER).ReadSequence().ReadSequence();
        info.ReadSequence();
        var id = info.ReadCharacterString(UniversalTagNumber.IA5String);
        var property = info.ReadSequence();
        property.ReadInteger();
        return (id, property.Text());
    }
}
