using Bzt.Protocol.Arithmetic;
using Bzt.Protocol.Forms;
using Bzt.Protocol.Primitives;

namespace Bzt.Protocol.Wire;

/// <summary>
/// What a silo answers inside the channel: a closed set of results and expected refusals. Encoded as version byte,
/// kind byte, exact content.
/// </summary>
/// <remarks>All in one file, as <see cref="PhoneRequest"/>.</remarks>
public abstract record SiloAnswer
{
    private protected SiloAnswer()
    {
    }

    private protected abstract int Kind { get; }

    /// <summary>The exact bytes.</summary>
    public byte[] Encode()
    {
        var writer = new WireWriter().U8(PhoneRequest.Version).U8(Kind);
        Write(writer);
        return writer.ToArray();
    }

    /// <summary>Reads exactly one answer; false for anything else.</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out SiloAnswer? answer)
    {
        var reader = new WireReader(bytes);
        answer = null;
        if (reader.U8() != PhoneRequest.Version)
        {
            return false;
        }

        SiloAnswer? parsed = reader.U8() switch
        {
            1 => new KeygenShare(reader.Point(), reader.Proof()),
            2 => new KeygenConfirmed(reader.Fixed(32)),
            3 => SigningOpened.Read(ref reader),
            4 => new SigningCount(reader.Count(PhoneRequest.MaxBatch)),
            5 => Signed.Read(ref reader),
            6 => new Challenge(reader.Fixed(32)),
            7 => new ProofOpened(reader.Fixed(32), reader.Bytes()),
            8 => new EnvelopePartial(RefreshGrant.Read(ref reader), reader.Point()),
            9 => new Proved(RefreshGrant.Read(ref reader)),
            10 => new Acknowledged(),
            11 => new DepositReleased(reader.I32(), reader.Fixed(32)),
            12 => new SessionSigned(reader.List(Rounds.SessionOffer.MaxDocuments, Signed.ReadSignature)),
            32 => new WrongPin(reader.I32(), reader.I32(), PinLock.Read(ref reader)),
            33 => Locked.Read(ref reader),
            34 => new Voided(),
            35 => new Frozen(),
            36 => new EpochMismatch(),
            37 => new SiloBehind(),
            38 => new Failed((ProtocolFailure)reader.U8()),
            _ => null,
        };
        answer = parsed is not null && reader.Complete ? parsed : null;
        return answer is not null;
    }

    private protected abstract void Write(WireWriter writer);
}

/// <summary>K2: the server's half of the public key and the proof for it, bound to the phone's commitment.</summary>
public sealed record KeygenShare(Point D2, SchnorrProof Proof) : SiloAnswer
{
    private protected override int Kind => 1;

    private protected override void Write(WireWriter writer) => writer.Point(D2).Fixed(Proof.Encode());
}

/// <summary>K4: the silo stored its share and got the public key whose hash this is.</summary>
public sealed record KeygenConfirmed(byte[] Hash) : SiloAnswer
{
    private protected override int Kind => 2;

    private protected override void Write(WireWriter writer) => writer.Fixed(Hash);
}

/// <summary>S1: the documents and the server's nonce points, with one proof for all.</summary>
public sealed record SigningOpened(
    byte[] RoundId, IReadOnlyList<SigningDocument> Documents, IReadOnlyList<Point> W2, AggregateProof Proof) : SiloAnswer
{
    private protected override int Kind => 3;

    internal static SigningOpened Read(ref WireReader r) => new(
        r.Fixed(16),
        r.List(PhoneRequest.MaxBatch, SigningDocument.Read),
        r.List(PhoneRequest.MaxBatch, static (ref WireReader item) => item.Point()),
        new(r.Point(), r.Scalar()));

    private protected override void Write(WireWriter writer) => writer
        .Fixed(RoundId).List(Documents, SigningDocument.Write).List(W2, static (w, p) => w.Point(p))
        .Point(Proof.T).Scalar(Proof.Z);
}

/// <summary>The request has another number of documents than the commitment covered: commit again.</summary>
public sealed record SigningCount(int Count) : SiloAnswer
{
    private protected override int Kind => 4;

    private protected override void Write(WireWriter writer) => writer.I32(Count);
}

/// <summary>S3: the signatures, in the documents' order.</summary>
public sealed record Signed(RefreshGrant Refresh, IReadOnlyList<Sm2Signature> Signatures) : SiloAnswer
{
    private protected override int Kind => 5;

    internal static Signed Read(ref WireReader r) => new(RefreshGrant.Read(ref r), r.List(PhoneRequest.MaxBatch, ReadSignature));

    internal static Sm2Signature ReadSignature(ref WireReader r) => new(r.Scalar(), r.Scalar());

    private protected override void Write(WireWriter writer)
    {
        RefreshGrant.Write(writer, Refresh);
        writer.List(Signatures, static (w, s) => w.Fixed(s.ToRaw()));
    }
}

/// <summary>R1: a fresh challenge, 32 bytes.</summary>
public sealed record Challenge(byte[] Nonce) : SiloAnswer
{
    private protected override int Kind => 6;

    private protected override void Write(WireWriter writer) => writer.Fixed(Nonce);
}

/// <summary>E1, D1, P1: the nonce of a PIN proof, 32 bytes, and the encoded task it is for.</summary>
public sealed record ProofOpened(byte[] Nonce, byte[] Task) : SiloAnswer
{
    private protected override int Kind => 7;

    private protected override void Write(WireWriter writer) => writer.Fixed(Nonce).Bytes(Task);
}

/// <summary>E3: <c>T2 = d2⁻¹C1</c> of the envelope.</summary>
public sealed record EnvelopePartial(RefreshGrant Refresh, Point T2) : SiloAnswer
{
    private protected override int Kind => 8;

    private protected override void Write(WireWriter writer)
    {
        RefreshGrant.Write(writer, Refresh);
        writer.Point(T2);
    }
}

/// <summary>D3, P3: the PIN was right and what it was for is done.</summary>
public sealed record Proved(RefreshGrant Refresh) : SiloAnswer
{
    private protected override int Kind => 9;

    private protected override void Write(WireWriter writer) => RefreshGrant.Write(writer, Refresh);
}

/// <summary>Done; nothing to add.</summary>
public sealed record Acknowledged : SiloAnswer
{
    private protected override int Kind => 10;

    private protected override void Write(WireWriter writer)
    {
    }
}

/// <summary>F1: the deposit, which only the phone's mask of the same number opens.</summary>
public sealed record DepositReleased(int Number, byte[] Deposit) : SiloAnswer
{
    private protected override int Kind => 11;

    private protected override void Write(WireWriter writer) => writer.I32(Number).Fixed(Deposit);
}

/// <summary>A4: the signatures of one pushed request of a sealing session, in the documents' order.</summary>
public sealed record SessionSigned(IReadOnlyList<Sm2Signature> Signatures) : SiloAnswer
{
    private protected override int Kind => 12;

    private protected override void Write(WireWriter writer) => writer.List(Signatures, static (w, s) => w.Fixed(s.ToRaw()));
}

/// <summary>The PIN was wrong; which document failed is never said.</summary>
/// <param name="Failures">Wrong tries since the last success, this one included.</param>
/// <param name="TriesLeft">Tries left before the lock for good.</param>
/// <param name="Lock">The lock this try brought, if it did.</param>
public sealed record WrongPin(int Failures, int TriesLeft, PinLock? Lock) : SiloAnswer
{
    private protected override int Kind => 32;

    private protected override void Write(WireWriter writer)
    {
        writer.I32(Failures).I32(TriesLeft);
        PinLock.Write(writer, Lock);
    }
}

/// <summary>Too many wrong PINs before; nothing was looked at.</summary>
public sealed record Locked(PinLock Lock) : SiloAnswer
{
    private protected override int Kind => 33;

    internal static Locked? Read(ref WireReader r) => PinLock.Read(ref r) is { } pinLock ? new(pinLock) : null;

    private protected override void Write(WireWriter writer) => PinLock.Write(writer, Lock);
}

/// <summary>A lock after wrong PINs.</summary>
/// <param name="Until">When it ends, to the second; null is for good.</param>
public sealed record PinLock(DateTimeOffset? Until)
{
    internal static void Write(WireWriter writer, PinLock? pinLock)
    {
        writer.U8(pinLock is null ? 0 : pinLock.Until is null ? 1 : 2);
        if (pinLock?.Until is { } until)
        {
            writer.I64(until.ToUnixTimeSeconds());
        }
    }

    internal static PinLock? Read(ref WireReader r) => r.U8() switch
    {
        1 => new(Until: null),
        2 => new(DateTimeOffset.FromUnixTimeSeconds(Math.Clamp(r.I64(), 0, 253_402_300_799))),
        _ => null,
    };
}

/// <summary>The attempt is dead for good, nothing was counted: open again.</summary>
public sealed record Voided : SiloAnswer
{
    private protected override int Kind => 34;

    private protected override void Write(WireWriter writer)
    {
    }
}

/// <summary>The certificate is stopped because the phone's store seems to exist twice.</summary>
public sealed record Frozen : SiloAnswer
{
    private protected override int Kind => 35;

    private protected override void Write(WireWriter writer)
    {
    }
}

/// <summary>The named epoch is not the one that counts; the phone has to resume first. Nothing was counted.</summary>
public sealed record EpochMismatch : SiloAnswer
{
    private protected override int Kind => 36;

    private protected override void Write(WireWriter writer)
    {
    }
}

/// <summary>The phone is ahead: the server lost state. Never the user's fault.</summary>
public sealed record SiloBehind : SiloAnswer
{
    private protected override int Kind => 37;

    private protected override void Write(WireWriter writer)
    {
    }
}

/// <summary>The message breaks the protocol; not a PIN try.</summary>
public sealed record Failed(ProtocolFailure Reason) : SiloAnswer
{
    private protected override int Kind => 38;

    private protected override void Write(WireWriter writer) => writer.U8((int)Reason);
}

/// <summary>Stable codes of what a message got wrong.</summary>
public enum ProtocolFailure
{
    /// <summary>The message does not fit the state it arrived in.</summary>
    Unexpected = 1,

    /// <summary>A commitment was opened to something else.</summary>
    CommitmentBroken = 2,

    /// <summary>A proof that involves no PIN does not hold.</summary>
    ProofInvalid = 3,

    /// <summary>There is no such request, or it is not for this key.</summary>
    UnknownRequest = 4,

    /// <summary>The numbers of parts and documents differ.</summary>
    CountMismatch = 5,

    /// <summary>An envelope was opened as often as it may be.</summary>
    EnvelopeExhausted = 6,

    /// <summary>The answer of the silo does not verify; found by the phone.</summary>
    AnswerInvalid = 7,

    /// <summary>The PIN was stretched with parameters that have been replaced meanwhile; found by the phone.</summary>
    PinStretchOutdated = 8,

    /// <summary>What the phone was shown is not what the QR code vouches for; found by the phone.</summary>
    BindingMismatch = 9,

    /// <summary>The deposit has not been approved for release, or has been released before.</summary>
    DepositUnavailable = 10,

    /// <summary>The sealing session ended or has no unused commitment.</summary>
    SessionEnded = 11,

    /// <summary>A PIN change needs an SMS code first, for this certificate and device.</summary>
    NotApproved = 12,
}

/// <summary>The server's part of a refresh, in every success.</summary>
/// <param name="Beta">32 random bytes.</param>
/// <param name="Check"><c>SM3("refresh/ok", ρ, t+1)</c>.</param>
/// <param name="EncryptionKeys">The encryption keys whose shares moved along.</param>
public sealed record RefreshGrant(byte[] Beta, byte[] Check, IReadOnlyList<string> EncryptionKeys)
{
    internal static void Write(WireWriter writer, RefreshGrant grant) =>
        writer.Fixed(grant.Beta).Fixed(grant.Check).List(grant.EncryptionKeys, static (w, id) => w.Text(id));

    internal static RefreshGrant Read(ref WireReader r) =>
        new(r.Fixed(32), r.Fixed(32), r.List(64, static (ref WireReader item) => item.Text()));
}
