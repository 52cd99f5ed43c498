using System.Buffers.Binary;

namespace Bzt.Tests.KeyProtection;

/// <summary>
/// What a token says of its PIN's tries. SoftHSM counts none and never locks, but keeps the flags of PKCS #11 in the token's file, tells what stands
/// there, and sets the first of them itself at a wrong PIN.
/// </summary>
/// <param name="tokens">The folder of one token.</param>
internal sealed class TokenTries(string tokens)
{
    public const ulong Few = 0x10000, Last = 0x20000, None = 0x40000;

    /// <summary>The flags' attribute (vendor-defined, "SHK"), of the kind of numbers.</summary>
    private static readonly byte[] Place = [0, 0, 0, 0, 0x80, 0, 0x53, 0x4B, 0, 0, 0, 0, 0, 0, 0, 2];

    private string Path => Directory.GetFiles(tokens, "token.object", SearchOption.AllDirectories).Single();

    public bool Has(ulong flag) => (Read(File.ReadAllBytes(Path)) & flag) != 0;

    /// <summary>This warning, and no other.</summary>
    public void Leave(ulong flag)
    {
        var content = File.ReadAllBytes(Path);
        BinaryPrimitives.WriteUInt64BigEndian(At(content), (Read(content) & ~(Few | Last | None)) | flag);
        File.WriteAllBytes(Path, content);
    }

    private static ulong Read(byte[] content) => BinaryPrimitives.ReadUInt64BigEndian(At(content));

    private static Span<byte> At(byte[] content)
    {
        var place = content.AsSpan().IndexOf(Place);
        return place >= 0 ? content.AsSpan(place + Place.Length, 8) : throw new InvalidDataException("SoftHSM keeps its tokens otherwise now.");
    }
}
