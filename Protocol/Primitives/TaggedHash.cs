using System.Buffers.Binary;
using System.Text;
using Bzt.Protocol.Arithmetic;

namespace Bzt.Protocol.Primitives;

/// <summary>
/// Hashing for the protocol: a versioned label and length-prefixed parts, so that no two lists of parts and no two
/// purposes ever hash the same bytes.
/// </summary>
public static class TaggedHash
{
    private const string Version = "bzt/v1/";

    /// <summary>SM3 over label and parts, each with its length before it.</summary>
    public static byte[] Hash(string label, params ReadOnlySpan<byte[]> parts) => Hash(0, label, parts);

    /// <summary><c>Hs</c>: 64 bytes of SM3 in counter mode, reduced modulo n. Zero only with probability 2⁻²⁵⁶.</summary>
    public static Scalar ToScalar(string label, params ReadOnlySpan<byte[]> parts)
    {
        var wide = Expand(label, 2 * Sm3.Length, parts);
        var scalar = Scalar.FromWide(wide);
        System.Security.Cryptography.CryptographicOperations.ZeroMemory(wide);
        return scalar;
    }

    /// <summary>Key derivation: SM3 in counter mode over label and parts.</summary>
    public static byte[] Expand(string label, int length, params ReadOnlySpan<byte[]> parts)
    {
        var output = new byte[length];
        for (var offset = 0; offset < length; offset += Sm3.Length)
        {
            var block = Hash(1 + offset / Sm3.Length, label, parts);
            block.AsSpan(0, Math.Min(Sm3.Length, length - offset)).CopyTo(output.AsSpan(offset));
            System.Security.Cryptography.CryptographicOperations.ZeroMemory(block);
        }

        return output;
    }

    /// <summary>A text as a part.</summary>
    public static byte[] Part(string text) => Encoding.UTF8.GetBytes(text);

    /// <summary>A number as a part.</summary>
    public static byte[] Part(int number)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, number);
        return bytes;
    }

    /// <summary>A list of equally encoded things as one part that also fixes their number.</summary>
    public static byte[] Part(IEnumerable<byte[]> items)
    {
        ArgumentNullException.ThrowIfNull(items);
        var sm3 = new Sm3();
        var count = 0;
        foreach (var item in items)
        {
            sm3.Append(Part(item.Length)).Append(item);
            count++;
        }

        return sm3.Append(Part(count)).Finish();
    }

    private static byte[] Hash(int counter, string label, ReadOnlySpan<byte[]> parts)
    {
        var sm3 = new Sm3().Append(Part(counter));
        var name = Part(Version + label);
        sm3.Append(Part(name.Length)).Append(name);
        foreach (var part in parts)
        {
            sm3.Append(Part(part.Length)).Append(part);
        }

        return sm3.Finish();
    }
}
