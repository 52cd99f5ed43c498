using System.Security.Cryptography;

namespace Bzt.Grains.Applications;

/// <summary>The id of an application follows from who submitted it under which operation: a repeated submission finds the same grain.</summary>
public static class ApplicationIds
{
    public static ApplicationId Of(UserId user, Guid operation)
    {
        Span<byte> name = stackalloc byte[32];
        user.Value.TryWriteBytes(name, bigEndian: true, out _);
        operation.TryWriteBytes(name[16..], bigEndian: true, out _);
        Span<byte> id = SHA256.HashData(name).AsSpan(0, 16);

        // RFC 9562, 5.8: version 8, the bits are ours.
        id[6] = (byte)((id[6] & 0x0F) | 0x80);
        id[8] = (byte)((id[8] & 0x3F) | 0x80);
        return new ApplicationId(new Guid(id, bigEndian: true));
    }
}
