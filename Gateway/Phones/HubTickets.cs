using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using Bzt.Grains;
using Bzt.Grains.Foundations;

namespace Bzt.Gateway.Phones;

/// <summary>
/// Lets a browser open the hub: its WebSocket cannot carry a proof. A ticket is sealed, so any gateway reads any other's; it may stand in a URL,
/// and so in a log, because it is good once and for half a minute.
/// </summary>
internal sealed class HubTickets(IKeyProtector protector, IReplayWindow replays, TimeProvider time)
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(30);

    private const string Purpose = "gateway/hub-ticket";
    private const int MaxLength = 512;
    private const int GuidBytes = 16;
    private const int NonceBytes = 16;
    private const int Length = GuidBytes + sizeof(long) + NonceBytes;

    public string New(UserId user)
    {
        Span<byte> ticket = stackalloc byte[Length];
        user.Value.TryWriteBytes(ticket, bigEndian: true, out _);
        BinaryPrimitives.WriteInt64BigEndian(ticket[GuidBytes..], time.GetUtcNow().UtcTicks);
        RandomNumberGenerator.Fill(ticket[^NonceBytes..]);
        return Base64Url.EncodeToString(protector.Protect(Purpose, [], ticket));
    }

    /// <summary>Whose ticket it is; null when it is not good, or not any more.</summary>
    public async Task<UserId?> RedeemAsync(string text)
    {
        if (Read(text) is not var (user, made, id))
        {
            return null;
        }

        // Made before the replay window began to remember, it may have been used.
        var now = time.GetUtcNow();
        return (now - made).Duration() <= Lifetime && made >= await replays.KnownSinceAsync() && await replays.TryUseAsync("hub-ticket." + id, made + (2 * Lifetime)) ? user : null;
    }

    private (UserId User, DateTimeOffset Made, string Id)? Read(string text)
    {
        if (text.Length > MaxLength)
        {
            return null;
        }

        try
        {
            using var ticket = protector.Unprotect(Purpose, [], Base64Url.DecodeFromChars(text));
            return (
                new UserId(new Guid(ticket.Span[..GuidBytes], bigEndian: true)),
                new DateTimeOffset(BinaryPrimitives.ReadInt64BigEndian(ticket.Span[GuidBytes..]), TimeSpan.Zero),
                Convert.ToHexStringLower(ticket.Span[^NonceBytes..]));
        }
        catch (Exception exception) when (exception is FormatException or CryptographicException)
        {
            return null;
        }
    }
}
