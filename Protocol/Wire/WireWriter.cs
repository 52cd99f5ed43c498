using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Bzt.Protocol.Arithmetic;

namespace Bzt.Protocol.Wire;

/// <summary>Writes the compact form of messages and of the phone's record: big endian, lengths before contents.</summary>
internal sealed class WireWriter
{
    private readonly ArrayBufferWriter<byte> buffer = new();

    public WireWriter U8(int value)
    {
        buffer.Write([checked((byte)value)]);
        return this;
    }

    public WireWriter I32(int value)
    {
        BinaryPrimitives.WriteInt32BigEndian(buffer.GetSpan(4), value);
        buffer.Advance(4);
        return this;
    }

    public WireWriter I64(long value)
    {
        BinaryPrimitives.WriteInt64BigEndian(buffer.GetSpan(8), value);
        buffer.Advance(8);
        return this;
    }

    public WireWriter Fixed(ReadOnlySpan<byte> bytes)
    {
        buffer.Write(bytes);
        return this;
    }

    public WireWriter Bytes(ReadOnlySpan<byte> bytes) => I32(bytes.Length).Fixed(bytes);

    public WireWriter Text(string text) => Bytes(Encoding.UTF8.GetBytes(text));

    public WireWriter Point(Point point) => Fixed(point.Encode());

    public WireWriter Scalar(Scalar scalar) => Fixed(scalar.Encode());

    public WireWriter List<T>(IReadOnlyCollection<T> items, Action<WireWriter, T> write)
    {
        I32(items.Count);
        foreach (var item in items)
        {
            write(this, item);
        }

        return this;
    }

    public byte[] ToArray() => buffer.WrittenSpan.ToArray();
}
