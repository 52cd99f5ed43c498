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
    private const int LengthWithoutDevice = GuidBytes + sizeof(long) + NonceBytes;
    private const int Length = LengthWithoutDevice + GuidBytes;

    public string New(UserId user, DeviceId device)
    {
        Span<byte> ticket = stackalloc byte[Length];
        user.Value.TryWriteBytes(ticket, bigEndian: true, out _);
        BinaryPrimitives.WriteInt64BigEndian(ticket[GuidBytes..], time.GetUtcNow().UtcTicks);
        // Between what the release before reads from either end.
        device.Value.TryWriteBytes(ticket[(GuidBytes + sizeof(long))..], bigEndian: true, out _);
        RandomNumberGenerator.Fill(ticket[^NonceBytes..]);
        return Base64Url.EncodeToString(protector.Protect(Purpose, [], ticket));
    }

    /// <summary>Whose ticket it is; null when it is not good, or not any more.</summary>
    public async Task<HubUser?> RedeemAsync(string text)
    {
        if (Read(text) is not var (holder, made, id))
        {
            return null;
        }

        // Made before the replay window began to remember, it may have been used.
        var now = time.GetUtcNow();
        return (now - made).Duration() <= Lifetime && made >= await replays.KnownSinceAsync() && await replays.TryUseAsync("hub-ticket." + id, made + (2 * Lifetime)) ? holder : null;
    }

    private (HubUser Holder, DateTimeOffset Made, string Id)? Read(string text)
    {
        if (text.Length > MaxLength)
        {
            return null;
        }

        try
        {
            using var ticket = protector.Unprotect(Purpose, [], Base64Url.DecodeFromChars(text));
            DeviceId? device = ticket.Span.Length == LengthWithoutDevice ? null : new DeviceId(new Guid(ticket.Span.Slice(GuidBytes + sizeof(long), GuidBytes), bigEndian: true));
            return (
                new HubUser(new UserId(new Guid(ticket.Span[..GuidBytes], bigEndian: true)), device),
                new DateTimeOffset(BinaryPrimitives.ReadInt64BigEndian(ticket.Span[GuidBytes..]), TimeSpan.Zero),
                Convert.ToHexStringLower(ticket.Span[^NonceBytes..]));
        }
        catch (Exception exception) when (exception is FormatException or CryptographicException)
        {
            return null;
        }
    }
}
