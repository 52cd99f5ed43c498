using Bzt.Protocol.Arithmetic;
using Bzt.Protocol.Primitives;

namespace Bzt.Protocol.Wire;

/// <summary>What the phone is asked to help decrypt, and for whom. Everything in it is shown or bound.</summary>
/// <param name="PcKey">pkX, the one-time key of whoever gets the plaintext keys.</param>
/// <param name="Recipient">Who that is.</param>
/// <param name="Platform">Name of the platform.</param>
/// <param name="Project">Name of the project.</param>
/// <param name="OpeningTime">When bids may be opened, to the second; earlier the phone warns.</param>
/// <param name="Items">The wrapped keys.</param>
public sealed record DecryptionTask(
    Point PcKey, DecryptionRecipient Recipient, string Platform, string Project, DateTimeOffset OpeningTime, IReadOnlyList<DecryptionItem> Items)
{
    /// <summary>Letters of the check code: none that is mistaken for another.</summary>
    private const string CodeAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    /// <summary>SM3 over everything but pkX.</summary>
    public byte[] ListHash => TaggedHash.Hash("dec/list", Body().ToArray());

    /// <summary>What the QR code carries in its fragment: SM3 over pkX and the list hash.</summary>
    public byte[] Binding => TaggedHash.Hash("dec/binding", PcKey.Encode(), ListHash);

    /// <summary>The six characters that tool and phone show alike.</summary>
    public string CheckCode
    {
        get
        {
            var code = TaggedHash.Hash("dec/code", Binding);
            return string.Concat(code.Take(6).Select(b => CodeAlphabet[b & 31]));
        }
    }

    /// <summary>The exact bytes.</summary>
    public byte[] Encode() => [.. PcKey.Encode(), .. Body().ToArray()];

    /// <summary>Reads exactly what <see cref="Encode"/> wrote.</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out DecryptionTask? task)
    {
        var r = new WireReader(bytes);
        var parsed = new DecryptionTask(
            r.Point(), (DecryptionRecipient)r.U8(), r.Text(), r.Text(),
            DateTimeOffset.FromUnixTimeSeconds(Math.Clamp(r.I64(), 0, 253_402_300_799)),
            r.List(PhoneRequest.MaxBatch, DecryptionItem.Read));
        task = r.Complete && Enum.IsDefined(parsed.Recipient) && parsed.Items.Count > 0 ? parsed : null;
        return task is not null;
    }

    private WireWriter Body() => new WireWriter()
        .U8((int)Recipient).Text(Platform).Text(Project).I64(OpeningTime.ToUnixTimeSeconds()).List(Items, DecryptionItem.Write);
}

/// <summary>Who will read the plaintext.</summary>
public enum DecryptionRecipient
{
    /// <summary>The tool on the user's own PC.</summary>
    ThisPc = 1,

    /// <summary>The platform's server: then the platform can read.</summary>
    PlatformServer = 2,
}

/// <summary>One wrapped key.</summary>
/// <param name="EncryptionKeyId">The key it is wrapped to.</param>
/// <param name="C1">The point of its SM2 ciphertext.</param>
/// <param name="Name">Name of the file or section.</param>
/// <param name="Size">Its size in bytes.</param>
public sealed record DecryptionItem(string EncryptionKeyId, Point C1, string Name, long Size)
{
    internal static void Write(WireWriter writer, DecryptionItem item) =>
        writer.Text(item.EncryptionKeyId).Point(item.C1).Text(item.Name).I64(item.Size);

    internal static DecryptionItem Read(ref WireReader r) => new(r.Text(), r.Point(), r.Text(), r.I64());
}

/// <summary>An encryption key on its way to the phone.</summary>
/// <param name="EncryptionKeyId">The id its certificate goes by.</param>
/// <param name="Certificate">The encryption certificate, DER.</param>
/// <param name="Envelope">The CA's SM2EnvelopedKey (GB/T 35276), DER.</param>
public sealed record EnvelopeTask(string EncryptionKeyId, byte[] Certificate, byte[] Envelope)
{
    /// <summary>The exact bytes.</summary>
    public byte[] Encode() => new WireWriter().Text(EncryptionKeyId).Bytes(Certificate).Bytes(Envelope).ToArray();

    /// <summary>Reads exactly what <see cref="Encode"/> wrote.</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out EnvelopeTask? task)
    {
        var r = new WireReader(bytes);
        var parsed = new EnvelopeTask(r.Text(), r.Bytes(), r.Bytes());
        task = r.Complete ? parsed : null;
        return task is not null;
    }
}
