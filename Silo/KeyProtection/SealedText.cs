using System.Buffers.Text;
using System.Buffers;

namespace Bzt.Silo.KeyProtection;

/// <summary>Finds sealed blobs as Base64 inside stored JSON and XML, and moves them, in place: a moved blob is as long as it was.</summary>
/// <remarks>
/// What only looks like a blob does no harm: an envelope that the ring's key does not open is left alone, and opening it is authenticated.
/// </remarks>
internal static class SealedText
{
    /// <summary>Form 2 and a key id below 1024, in Base64.</summary>
    private static ReadOnlySpan<byte> Movable => "AgAAA"u8;

    private static ReadOnlySpan<byte> Fixed => "AQAAA"u8;

    /// <summary>How many were moved, and how many look like blobs of the form that cannot.</summary>
    public static (int Moved, int Fixed) Rewrap(Span<byte> text, KeyProtector protector)
    {
        var (moved, stay) = (0, 0);
        for (var at = 0; at < text.Length;)
        {
            var start = text[at..].IndexOf("AAA"u8);
            if (start < 0)
            {
                break;
            }

            start += at - 2;
            at = start + 3;
            if (start < 1 || IsBase64(text[start - 1]) || text.Length - start < Movable.Length)
            {
                continue;
            }

            var head = text.Slice(start, Movable.Length);
            if (head.SequenceEqual(Fixed))
            {
                stay++;
            }
            else if (head.SequenceEqual(Movable))
            {
                var length = 0;
                while (start + length < text.Length && IsBase64(text[start + length]))
                {
                    length++;
                }

                moved += TryRewrap(text.Slice(start, length), protector) ? 1 : 0;
                at = start + length;
            }
        }

        return (moved, stay);
    }

    private static bool TryRewrap(Span<byte> base64, KeyProtector protector)
    {
        // Only header and envelope change; what follows them is re-encoded as it was.
        var blob = new byte[Base64.GetMaxDecodedFromUtf8Length(base64.Length)];
        if (Base64.DecodeFromUtf8(base64, blob, out _, out var written) != OperationStatus.Done || !protector.TryRewrap(blob.AsSpan(0, written)))
        {
            return false;
        }

        Base64.EncodeToUtf8(blob.AsSpan(0, written), base64, out _, out _);
        return true;
    }

    private static bool IsBase64(byte c) => c is (>= (byte)'A' and <= (byte)'Z') or (>= (byte)'a' and <= (byte)'z') or (>= (byte)'0' and <= (byte)'9') or (byte)'+' or (byte)'/' or (byte)'=';
}
