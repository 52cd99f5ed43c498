using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using Bzt.Grains.Foundations;

namespace Bzt.Gateway.Phones;

/// <summary>Nonces for DPoP proofs (RFC 9449 §8): our time, sealed. Any gateway of the cluster reads any other's.</summary>
internal sealed class DpopNonces(IKeyProtector protector)
{
    private const string Purpose = "gateway/dpop-nonce";
    private const int MaxLength = 256;

    public string New(DateTimeOffset now)
    {
        Span<byte> ticks = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(ticks, now.UtcTicks);
        return Base64Url.EncodeToString(protector.Protect(Purpose, [], ticks));
    }

    /// <summary>One of ours, not older than <paramref name="window"/>, and given after the replay window began to remember.</summary>
    public bool IsFresh(string nonce, DateTimeOffset now, TimeSpan window, DateTimeOffset knownSince)
    {
        if (nonce.Length > MaxLength)
        {
            return false;
        }

        try
        {
            using var ticks = protector.Unprotect(Purpose, [], Base64Url.DecodeFromChars(nonce));
            var given = new DateTimeOffset(BinaryPrimitives.ReadInt64BigEndian(ticks.Span), TimeSpan.Zero);
            return given >= knownSince && (now - given).Duration() <= window;
        }
        catch (Exception exception) when (exception is FormatException or CryptographicException)
        {
            return false;
        }
    }
}
