using System.Formats.Asn1;

namespace Bzt.Protocol.Forms;

/// <summary>Short forms for the strict DER of the signing forms.</summary>
internal static class Der
{
    public static byte[] Sequence(Action<AsnWriter> write)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            write(writer);
        }

        return writer.Encode();
    }

    /// <summary>Reads one SEQUENCE that is the whole input; null on anything that is not DER or left over.</summary>
    public static T? TryRead<T>(byte[] bytes, Func<AsnReader, T?> read)
        where T : SigningForm
    {
        try
        {
            var reader = new AsnReader(bytes, AsnEncodingRules.DER);
            var sequence = reader.ReadSequence();
            reader.ThrowIfNotEmpty();
            var form = read(sequence);
            sequence.ThrowIfNotEmpty();

            // DER has one encoding for a value; this holds us to it even where the reader is lenient.
            return form is not null && form.Content.AsSpan().SequenceEqual(bytes) ? form : null;
        }
        catch (AsnContentException)
        {
            return null;
        }
    }

    public static void Text(this AsnWriter writer, string text) => writer.WriteCharacterString(UniversalTagNumber.UTF8String, text);

    public static string Text(this AsnReader reader) => reader.ReadCharacterString(UniversalTagNumber.UTF8String);

    public static void Time(this AsnWriter writer, DateTimeOffset time) => writer.WriteGeneralizedTime(time, omitFractionalSeconds: true);

    /// <summary>Reads the fixed first element that keeps one form's bytes from being another's.</summary>
    public static bool IsMarked(this AsnReader reader, string marker) => reader.Text() == marker;
}
