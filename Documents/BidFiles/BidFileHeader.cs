using System.Formats.Asn1;
using Bzt.Protocol.Forms;

namespace Bzt.Documents.BidFiles;

/// <summary>What the bid is for and whose it is; readable without any key.</summary>
/// <param name="PlatformId">The trading platform.</param>
/// <param name="ProjectId">Its number of the project.</param>
/// <param name="ProjectName">The project's name.</param>
/// <param name="OpeningTime">When bids may be opened, to the second.</param>
/// <param name="BidderName">The enterprise.</param>
/// <param name="BidderCreditCode">Its unified social credit code.</param>
/// <param name="CreatedAt">The PC's clock when the file was generated, to the second.</param>
public sealed record BidFileDescription(
    string PlatformId, string ProjectId, string ProjectName, DateTimeOffset OpeningTime, string BidderName, string BidderCreditCode, DateTimeOffset CreatedAt);

/// <summary>A section's key, encrypted to one certificate.</summary>
/// <param name="Section">The section's index.</param>
/// <param name="Issuer">The recipient certificate's issuer, DER Name.</param>
/// <param name="SerialNumber">The recipient certificate's serial number: upper case hexadecimal of whole octets, without leading zero octets.</param>
/// <param name="Ciphertext">By SM2 the SM2Cipher of GB/T 35276, DER: x, y, C3, C2; by RSA the value of RSAES-OAEP.</param>
/// <param name="Wrap">How it is encrypted.</param>
public sealed record WrappedSectionKey(int Section, byte[] Issuer, string SerialNumber, byte[] Ciphertext, KeyWrap Wrap = KeyWrap.Sm2);

/// <summary>How a section's key is encrypted to a certificate.</summary>
public enum KeyWrap
{
    /// <summary>SM2, GB/T 32918.4.</summary>
    Sm2,
    /// <summary>RSAES-OAEP with its default parameters (RFC 8017): the key of an RSA lock.</summary>
    RsaOaep,
}

/// <summary>A section as the header declares it.</summary>
public sealed record BidSectionHeader(string Name, byte[] NoncePrefix, int ChunkSize, IReadOnlyList<WrappedSectionKey> Keys);

/// <summary>
/// The header: <c>BidFileHeader ::= SEQUENCE { version, platformId, projectId, projectName, openingTime, bidderName, bidderCreditCode, createdAt,
/// sections SEQUENCE OF SEQUENCE { name UTF8String, envelope ContentInfo } }</c>, each envelope an EnvelopedData of GB/T 35275 whose content lies in the file.
/// </summary>
public sealed record BidFileHeader(BidFileDescription Description, IReadOnlyList<BidSectionHeader> Sections)
{
    private const string EnvelopedData = "1.2.156.10197.6.1.4.2.3", Data = "1.2.156.10197.6.1.4.2.1";
    private const string Sm2Encryption = "1.2.156.10197.1.301.3", RsaOaep = "1.2.840.113549.1.1.7", Sm4Gcm = "1.2.156.10197.1.104.8";
    private static readonly Asn1Tag Explicit0 = new(TagClass.ContextSpecific, 0, isConstructed: true);

    /// <summary>Serial numbers of every certificate that can open something, in order, each once.</summary>
    public IReadOnlyList<string> Recipients => [.. Sections.SelectMany(s => s.Keys).Select(k => k.SerialNumber).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>The manifest that belongs to this header.</summary>
    internal BidManifestForm Manifest(byte[] headerDigest, IReadOnlyList<BidSection> sections) =>
        new(Description.PlatformId, Description.ProjectId, Description.ProjectName, Description.OpeningTime, headerDigest, sections, Recipients);

    internal byte[] Encode()
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(BidFileFormat.Version);
            writer.WriteCharacterString(UniversalTagNumber.UTF8String, Description.PlatformId);
            writer.WriteCharacterString(UniversalTagNumber.UTF8String, Description.ProjectId);
            writer.WriteCharacterString(UniversalTagNumber.UTF8String, Description.ProjectName);
            writer.WriteGeneralizedTime(Description.OpeningTime, omitFractionalSeconds: true);
            writer.WriteCharacterString(UniversalTagNumber.UTF8String, Description.BidderName);
            writer.WriteCharacterString(UniversalTagNumber.UTF8String, Description.BidderCreditCode);
            writer.WriteGeneralizedTime(Description.CreatedAt, omitFractionalSeconds: true);
            using (writer.PushSequence())
            {
                foreach (var section in Sections) Write(writer, section);
            }
        }
        return writer.Encode();
    }

    private static void Write(AsnWriter writer, BidSectionHeader section)
    {
        using var outer = writer.PushSequence();
        writer.WriteCharacterString(UniversalTagNumber.UTF8String, section.Name);
        using var contentInfo = writer.PushSequence();
        writer.WriteObjectIdentifier(EnvelopedData);
        using var content = writer.PushSequence(Explicit0);
        using var enveloped = writer.PushSequence();
        writer.WriteInteger(1);
        using (writer.PushSetOf())
        {
            foreach (var key in section.Keys)
            {
                using var recipient = writer.PushSequence();
                writer.WriteInteger(1);
                using (writer.PushSequence())
                {
                    writer.WriteEncodedValue(key.Issuer);
                    writer.WriteIntegerUnsigned(Convert.FromHexString(key.SerialNumber));
                }
                using (writer.PushSequence())
                {
                    writer.WriteObjectIdentifier(key.Wrap == KeyWrap.Sm2 ? Sm2Encryption : RsaOaep);
                    // RFC 4055: all parameters at their defaults are an empty sequence.
                    if (key.Wrap == KeyWrap.RsaOaep) using (writer.PushSequence()) { }
                }
                writer.WriteOctetString(key.Ciphertext);
            }
        }
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(Data);
            using (writer.PushSequence())
            {
                writer.WriteObjectIdentifier(Sm4Gcm);
                using (writer.PushSequence())
                {
                    writer.WriteOctetString(section.NoncePrefix);
                    writer.WriteInteger(section.ChunkSize);
                }
            }
        }
    }

    internal static BidFileHeader Decode(ReadOnlyMemory<byte> der)
    {
        try
        {
            var outer = new AsnReader(der, AsnEncodingRules.DER);
            var reader = outer.ReadSequence();
            outer.ThrowIfNotEmpty();
            if (!reader.TryReadInt32(out var version) || version != BidFileFormat.Version) throw new BidFileException(BidFileFault.UnknownVersion, "header version");
            var description = new BidFileDescription(
                Text(reader), Text(reader), Text(reader), reader.ReadGeneralizedTime(), Text(reader), Text(reader), reader.ReadGeneralizedTime());
            var list = reader.ReadSequence();
            reader.ThrowIfNotEmpty();
            var sections = new List<BidSectionHeader>();
            while (list.HasData)
            {
                if (sections.Count == BidFileFormat.MaximumSections) throw new BidFileException(BidFileFault.TooLarge, "sections");
                sections.Add(ReadSection(list.ReadSequence(), sections.Count));
            }
            if (sections.Count == 0) throw Malformed("no section");
            if (sections.DistinctBy(s => s.Name, StringComparer.OrdinalIgnoreCase).Count() != sections.Count) throw Malformed("two sections of one name");
            var header = new BidFileHeader(description, sections);
            return header.Recipients.Count <= BidFileFormat.MaximumRecipients ? header : throw new BidFileException(BidFileFault.TooLarge, "recipients");
        }
        catch (Exception e) when (e is AsnContentException or OverflowException)
        {
            throw new BidFileException(BidFileFault.Malformed, "the header does not decode", e);
        }
    }

    private static BidSectionHeader ReadSection(AsnReader section, int index)
    {
        var name = Text(section);
        if (!SafeName.IsSegment(name)) throw new BidFileException(BidFileFault.UnsafeName, "a section's name");
        var contentInfo = section.ReadSequence();
        section.ThrowIfNotEmpty();
        Expect(contentInfo, EnvelopedData);
        var content = contentInfo.ReadSequence(Explicit0);
        contentInfo.ThrowIfNotEmpty();
        var enveloped = content.ReadSequence();
        content.ThrowIfNotEmpty();
        One(enveloped);
        var recipients = enveloped.ReadSetOf();
        var keys = new List<WrappedSectionKey>();
        while (recipients.HasData)
        {
            if (keys.Count == BidFileFormat.MaximumRecipients) throw new BidFileException(BidFileFault.TooLarge, "recipients");
            keys.Add(ReadRecipient(recipients.ReadSequence(), index));
        }
        if (keys.Count == 0) throw Malformed("a section without recipient");
        var info = enveloped.ReadSequence();
        enveloped.ThrowIfNotEmpty();
        Expect(info, Data);
        var algorithm = info.ReadSequence();
        info.ThrowIfNotEmpty();
        Expect(algorithm, Sm4Gcm);
        var parameters = algorithm.ReadSequence();
        algorithm.ThrowIfNotEmpty();
        var prefix = parameters.ReadOctetString();
        if (!parameters.TryReadInt32(out var chunkSize) || chunkSize is < BidFileFormat.MinimumChunkSize or > BidFileFormat.MaximumChunkSize) throw new BidFileException(BidFileFault.TooLarge, "chunk size");
        parameters.ThrowIfNotEmpty();
        return prefix.Length == BidFileFormat.NoncePrefixLength ? new BidSectionHeader(name, prefix, chunkSize, keys) : throw Malformed("nonce prefix");
    }

    private static WrappedSectionKey ReadRecipient(AsnReader recipient, int index)
    {
        One(recipient);
        var id = recipient.ReadSequence();
        var issuer = id.ReadEncodedValue().ToArray();
        var serial = id.ReadInteger();
        id.ThrowIfNotEmpty();
        if (serial.Sign <= 0) throw Malformed("serial number");
        var algorithm = recipient.ReadSequence();
        var wrap = algorithm.ReadObjectIdentifier() switch
        {
            Sm2Encryption => KeyWrap.Sm2,
            RsaOaep => KeyWrap.RsaOaep,
            _ => throw Malformed("a key encrypted in another way"),
        };
        if (wrap == KeyWrap.RsaOaep) algorithm.ReadSequence().ThrowIfNotEmpty();
        algorithm.ThrowIfNotEmpty();
        var key = recipient.ReadOctetString();
        recipient.ThrowIfNotEmpty();
        return new WrappedSectionKey(index, issuer, Convert.ToHexString(serial.ToByteArray(isUnsigned: true, isBigEndian: true)), key, wrap);
    }

    private static void Expect(AsnReader reader, string identifier)
    {
        if (reader.ReadObjectIdentifier() != identifier) throw Malformed($"{identifier} was expected");
    }

    private static void One(AsnReader reader)
    {
        if (!reader.TryReadInt32(out var version) || version != 1) throw Malformed("version 1 was expected");
    }

    private static string Text(AsnReader reader) => reader.ReadCharacterString(UniversalTagNumber.UTF8String);

    private static BidFileException Malformed(string what) => new(BidFileFault.Malformed, what);
}
