using Bzt.Protocol.Arithmetic;
using Bzt.Protocol.Rounds;
using Bzt.Protocol.Secrets;
using Bzt.Protocol.Wire;

namespace Bzt.Protocol.Phone;

/// <summary>
/// Exactly what rests on a phone for one key. Nothing in it depends on d1 or d2 except through a blinding by the PIN,
/// so that every PIN explains it equally well. Do not add a proof, D1, a W2, a Q1 or an s1: each is an offline PIN test.
/// </summary>
public sealed record PhoneKeyRecord
{
    private const int Version = 1;

    /// <summary>The epoch t of the shares.</summary>
    public required int Epoch { get; init; }

    /// <summary>The public signing key P.</summary>
    public required Point PublicKey { get; init; }

    /// <summary>u = d1·h⁻¹.</summary>
    public required Scalar BlindedShare { get; init; }

    /// <summary>How to stretch the PIN.</summary>
    public required PinStretch Stretch { get; init; }

    /// <summary>The mask m of the deposit against a forgotten PIN, 32 random bytes.</summary>
    public required byte[] Mask { get; init; }

    /// <summary>Which deposit the mask opens.</summary>
    public required int MaskNumber { get; init; }

    /// <summary>The encryption keys.</summary>
    public IReadOnlyList<PhoneEncryptionKey> EncryptionKeys { get; init; } = [];

    /// <summary>The attempt whose answer is not known yet: resumed before anything else.</summary>
    public PendingAttempt? Pending { get; init; }

    /// <summary>The bytes to store.</summary>
    public byte[] Encode()
    {
        var writer = new WireWriter()
            .U8(Version).I32(Epoch).Point(PublicKey).Scalar(BlindedShare)
            .Fixed(Stretch.Salt).I32(Stretch.Rounds).Fixed(Mask).I32(MaskNumber)
            .List(EncryptionKeys, PhoneEncryptionKey.Write)
            .U8(Pending is null ? 0 : 1);
        if (Pending is not null)
        {
            PendingAttempt.Write(writer, Pending);
        }

        return writer.ToArray();
    }

    /// <summary>Reads exactly what <see cref="Encode"/> wrote.</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out PhoneKeyRecord? record)
    {
        var r = new WireReader(bytes);
        record = null;
        if (r.U8() != Version)
        {
            return false;
        }

        var parsed = new PhoneKeyRecord
        {
            Epoch = r.I32(),
            PublicKey = r.Point(),
            BlindedShare = r.Scalar(),
            Stretch = new(r.Fixed(PinStretch.SaltLength), r.I32()),
            Mask = r.Fixed(StretchedPin.Length),
            MaskNumber = r.I32(),
            EncryptionKeys = r.List(64, PhoneEncryptionKey.Read),
            Pending = r.Flag() ? PendingAttempt.Read(ref r) : null,
        };
        record = r.Complete ? parsed : null;
        return record is not null;
    }

    /// <summary>The record at t+1: shares moved, the attempt forgotten. Whether the grant matches was checked before.</summary>
    internal PhoneKeyRecord Apply(Refresh refresh, RefreshGrant grant) => this with
    {
        Epoch = Epoch + 1,
        BlindedShare = BlindedShare * refresh.Rho,
        EncryptionKeys =
        [
            .. EncryptionKeys.Select(key => grant.EncryptionKeys.Contains(key.Id)
                ? key with { BlindedShare = key.BlindedShare + refresh.Delta(key.Id) }
                : key),
        ],
        Pending = null,
    };

    /// <summary>The record under a new PIN. Only ever called on a record that moves its epoch in the same write.</summary>
    internal PhoneKeyRecord Reblind(StretchedPin old, StretchedPin replacement, byte[] mask)
    {
        using var share = old.Unblind(BlindedShare);
        return this with
        {
            BlindedShare = replacement.Blind(share),
            Stretch = replacement.Stretch,
            Mask = mask,
            MaskNumber = MaskNumber + 1,
            EncryptionKeys =
            [
                .. EncryptionKeys.Select(key => key with
                {
                    BlindedShare = key.BlindedShare + old.EncryptionMask(key.Id) - replacement.EncryptionMask(key.Id),
                }),
            ],
        };
    }
}

/// <summary>The phone's share of one encryption key.</summary>
/// <param name="Id">The id the encryption certificate goes by.</param>
/// <param name="PublicKey">PE.</param>
/// <param name="BlindedShare">uE = a1 − hE.</param>
/// <param name="IsActive">Whether the server acknowledged its share.</param>
public sealed record PhoneEncryptionKey(string Id, Point PublicKey, Scalar BlindedShare, bool IsActive)
{
    internal static void Write(WireWriter writer, PhoneEncryptionKey key)
    {
        // Zero is as likely as any other value and has to be stored like it.
        writer.Text(key.Id).Point(key.PublicKey).U8(key.BlindedShare.IsZero ? 0 : 1);
        if (!key.BlindedShare.IsZero)
        {
            writer.Scalar(key.BlindedShare);
        }

        writer.U8(key.IsActive ? 1 : 0);
    }

    internal static PhoneEncryptionKey Read(ref WireReader r) =>
        new(r.Text(), r.Point(), r.Flag() ? r.Scalar() : default, r.Flag());

    /// <summary>a1 = uE + hE; with a wrong PIN another scalar.</summary>
    internal Scalar Unblind(StretchedPin pin) => BlindedShare + pin.EncryptionMask(Id);
}
