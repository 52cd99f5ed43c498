using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;

namespace Bzt.Gateway.Phones;

/// <summary>Nonces for DPoP proofs (RFC 9449 §8): our time, protected. Any gateway of the cluster reads any other's.</summary>
internal sealed class DpopNonces(IDataProtectionProvider protection)
{
    private readonly IDataProtector protector = protection.CreateProtector("bzt/dpop-nonce/v1");

    public string New(DateTimeOffset now)
    {
        Span<byte> ticks = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(ticks, now.UtcTicks);
        return Base64Url.EncodeToString(protector.Protect(ticks.ToArray()));
    }

    /// <summary>One of ours, not older than <paramref name="window"/>, and given after the replay window began to remember.</summary>
    public bool IsFresh(string nonce, DateTimeOffset now, TimeSpan window, DateTimeOffset knownSince)
    {
        try
        {
            var bytes = protector.Unprotect(Base64Url.DecodeFromChars(nonce));
            var given = new DateTimeOffset(BinaryPrimitives.ReadInt64BigEndian(bytes), TimeSpan.Zero);
            return given >= knownSince && (now - given).Duration() <= window;
        }
        catch (Exception exception) when (exception is FormatException or CryptographicException)
        {
            return false;
        }
    }
}
