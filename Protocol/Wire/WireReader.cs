using System.Buffers.Binary;
using System.Text;
using Bzt.Protocol.Arithmetic;
using Bzt.Protocol.Primitives;

namespace Bzt.Protocol.Wire;

/// <summary>
/// Reads what <see cref="WireWriter"/> writes. After the first fault everything reads as empty and
/// <see cref="Complete"/> is false; points off the curve, O and scalars out of range are faults.
/// </summary>
internal ref struct WireReader(ReadOnlySpan<byte> input)
{
    /// <summary>Longest text: ids and names, not documents.</summary>
    private const int MaxText = 4096;

    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);
    private ReadOnlySpan<byte> rest = input;
    private bool failed;

    /// <summary>Everything was read, and nothing was wrong.</summary>
    public readonly bool Complete => !failed && rest.IsEmpty;

    public readonly bool Failed => failed;

    public ReadOnlySpan<byte> Take(int length)
    {
        if (failed || length < 0 || length > rest.Length)
        {
            failed = true;
            return [];
        }

        var taken = rest[..length];
        rest = rest[length..];
        return taken;
    }

    public int U8()
    {
        var bytes = Take(1);
        return failed ? 0 : bytes[0];
    }

    public int I32()
    {
        var bytes = Take(4);
        return failed ? 0 : BinaryPrimitives.ReadInt32BigEndian(bytes);
    }

    public int Count(int max)
    {
        var count = I32();
        if (count < 0 || count > max)
        {
            failed = true;
        }

        return failed ? 0 : count;
    }

    public long I64()
    {
        var bytes = Take(8);
        return failed ? 0 : BinaryPrimitives.ReadInt64BigEndian(bytes);
    }

    public byte[] Fixed(int length) => Take(length).ToArray();

    public byte[] Bytes() => Fixed(I32());

    public string Text()
    {
        var bytes = Take(Count(MaxText));
        try
        {
            return StrictUtf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            failed = true;
            return "";
        }
    }

    public bool Flag()
    {
        var value = U8();
        failed |= value > 1;
        return value == 1;
    }

    public Point Point()
    {
        var bytes = Take(Arithmetic.Point.Length);
        if (failed || !Arithmetic.Point.TryDecode(bytes, out var point))
        {
            failed = true;
            return default;
        }

        return point;
    }

    public Scalar Scalar()
    {
        var bytes = Take(Arithmetic.Scalar.Length);
        if (failed || !Arithmetic.Scalar.TryDecode(bytes, out var scalar))
        {
            failed = true;
            return default;
        }

        return scalar;
    }

    public SchnorrProof Proof() => new(Point(), Scalar());

    public delegate T ReadItem<T>(ref WireReader reader);

    public T[] List<T>(int max, ReadItem<T> read)
    {
        var items = new List<T>();
        for (var count = Count(max); count > 0 && !failed; count--)
        {
            items.Add(read(ref this));
        }

        return failed ? [] : [.. items];
    }
}
