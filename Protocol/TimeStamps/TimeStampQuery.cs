using System.Formats.Asn1;
using System.Numerics;
using Bzt.Protocol.Primitives;

namespace Bzt.Protocol.TimeStamps;

/// <summary>The object identifiers of RFC 3161, and of SM2 and SM3.</summary>
internal static class TimeStampOids
{
    public const string Sm3 = "1.2.156.10197.1.401";
    public const string Sm2WithSm3 = "1.2.156.10197.1.501";
    public const string SignedData = "1.2.840.113549.1.7.2";
    public const string Info = "1.2.840.113549.1.9.16.1.4";
    public const string ContentType = "1.2.840.113549.1.9.3";
    public const string MessageDigest = "1.2.840.113549.1.9.4";
    public const string SigningCertificateV2 = "1.2.840.113549.1.9.16.2.47";
}

/// <summary>PKIFailureInfo of RFC 3161, 2.4.2: the numbers are its bits.</summary>
public enum TimeStampFailure
{
    /// <summary>Another digest than SM3.</summary>
    BadAlgorithm = 0,

    /// <summary>Not a request of this version.</summary>
    BadRequest = 2,

    /// <summary>The digest has another length than SM3's.</summary>
    BadDataFormat = 5,

    /// <summary>Another policy than this authority's.</summary>
    UnacceptedPolicy = 15,

    /// <summary>An extension was asked for; none is known.</summary>
    UnacceptedExtension = 16,
}

/// <summary>A time-stamp request of RFC 3161, 2.4.1, for SM3.</summary>
/// <param name="Digest">SM3 of what is stamped, 32 octets.</param>
/// <param name="Nonce">Comes back in the token.</param>
/// <param name="WantsCertificates">The authority's certificates are put into the token.</param>
/// <param name="Policy">The policy asked for; null leaves it to the authority.</param>
public sealed record TimeStampQuery(byte[] Digest, BigInteger? Nonce, bool WantsCertificates, string? Policy = null)
{
    private const int Version = 1;

    /// <summary>A nonce needs no more; a longer number is no nonce.</summary>
    private const int MaximumNonceOctets = 32;

    /// <summary>What to ask about these octets, with certificates and a fresh nonce.</summary>
    /// <param name="stamped">Such as a signature's value.</param>
    /// <param name="random">For the nonce.</param>
    public static TimeStampQuery Over(ReadOnlySpan<byte> stamped, IRandomSource random)
    {
        ArgumentNullException.ThrowIfNull(random);
        var nonce = new byte[16];
        random.Fill(nonce);
        return new TimeStampQuery(Sm3.Hash(stamped), new BigInteger(nonce, isUnsigned: true, isBigEndian: true), WantsCertificates: true);
    }

    /// <summary>DER.</summary>
    public byte[] Encode()
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(Version);
            WriteImprint(writer, Digest);
            if (Policy is not null)
            {
                writer.WriteObjectIdentifier(Policy);
            }

            if (Nonce is { } nonce)
            {
                writer.WriteInteger(nonce);
            }

            if (WantsCertificates)
            {
                writer.WriteBoolean(true);
            }
        }

        return writer.Encode();
    }

    /// <summary>Null when it cannot be answered; <paramref name="why"/> says what the asker is told.</summary>
    public static TimeStampQuery? TryParse(byte[] request, out TimeStampFailure why)
    {
        ArgumentNullException.ThrowIfNull(request);
        why = TimeStampFailure.BadRequest;
        try
        {
            var outer = new AsnReader(request, AsnEncodingRules.DER);
            var query = outer.ReadSequence();
            outer.ThrowIfNotEmpty();
            if (!query.TryReadInt32(out var version) || version != Version)
            {
                return null;
            }

            var imprint = query.ReadSequence();
            var algorithm = imprint.ReadSequence().ReadObjectIdentifier();
            var digest = imprint.ReadOctetString();
            imprint.ThrowIfNotEmpty();
            var policy = Next(query, UniversalTagNumber.ObjectIdentifier) ? query.ReadObjectIdentifier() : null;
            BigInteger? nonce = Next(query, UniversalTagNumber.Integer) ? query.ReadInteger() : null;
            var certificates = Next(query, UniversalTagNumber.Boolean) && query.ReadBoolean();
            if (nonce is { } number && number.GetByteCount() > MaximumNonceOctets)
            {
                return null;
            }

            if (query.HasData)
            {
                why = TimeStampFailure.UnacceptedExtension;
                return null;
            }

            if (algorithm != TimeStampOids.Sm3 || digest.Length != Sm3.Length)
            {
                why = algorithm != TimeStampOids.Sm3 ? TimeStampFailure.BadAlgorithm : TimeStampFailure.BadDataFormat;
                return null;
            }

            return new TimeStampQuery(digest, nonce, certificates, policy);
        }
        catch (AsnContentException)
        {
            return null;
        }
    }

    internal static void WriteImprint(AsnWriter writer, byte[] digest)
    {
        using (writer.PushSequence())
        {
            using (writer.PushSequence())
            {
                writer.WriteObjectIdentifier(TimeStampOids.Sm3);
            }

            writer.WriteOctetString(digest);
        }
    }

    private static bool Next(AsnReader reader, UniversalTagNumber tag) => reader.HasData && reader.PeekTag() == new Asn1Tag(tag);
}
