using System.Formats.Asn1;

namespace Bzt.Protocol.TimeStamps;

/// <summary>A time-stamp response of RFC 3161, 2.4.2.</summary>
public static class TimeStampReply
{
    private const int GrantedStatus = 0;
    private const int GrantedWithMods = 1;
    private const int Rejection = 2;

    /// <summary>The token, handed out.</summary>
    public static byte[] Granted(byte[] token) => Encode(GrantedStatus, null, token);

    /// <summary>Nothing stamped, and why.</summary>
    public static byte[] Rejected(TimeStampFailure why) => Encode(Rejection, why, null);

    /// <summary>The token of a response that grants one. Whether it is of the question is the token's own word.</summary>
    public static byte[]? TryReadToken(byte[] response)
    {
        ArgumentNullException.ThrowIfNull(response);
        try
        {
            var outer = new AsnReader(response, AsnEncodingRules.BER).ReadSequence();
            return outer.ReadSequence().TryReadInt32(out var status) && status is GrantedStatus or GrantedWithMods && outer.HasData ? outer.ReadEncodedValue().ToArray() : null;
        }
        catch (AsnContentException)
        {
            return null;
        }
    }

    private static byte[] Encode(int status, TimeStampFailure? why, byte[]? token)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            using (writer.PushSequence())
            {
                writer.WriteInteger(status);
                if (why is { } failure)
                {
                    // A named bit list: DER leaves trailing zeros out, so its last octet ends at the one bit that is set.
                    var bit = (int)failure;
                    var bits = new byte[(bit / 8) + 1];
                    bits[^1] = (byte)(0x80 >> (bit % 8));
                    writer.WriteBitString(bits, 7 - (bit % 8));
                }
            }

            if (token is not null)
            {
                writer.WriteEncodedValue(token);
            }
        }

        return writer.Encode();
    }
}
