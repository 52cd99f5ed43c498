using Bzt.Protocol.Arithmetic;
using Bzt.Protocol.Primitives;

namespace Bzt.Protocol.Wire;

/// <summary>What a phone asks a silo inside the channel. A closed set: version byte, kind byte, exact content.</summary>
/// <remarks>All in one file: which byte is which kind, and that none stands for two, is seen at a glance.</remarks>
public abstract record PhoneRequest
{
    /// <summary>Version of the encoding.</summary>
    internal const int Version = 1;

    /// <summary>Most documents or wrapped keys one confirmation may cover.</summary>
    public const int MaxBatch = 4096;

    private protected PhoneRequest()
    {
    }

    /// <summary>Which message this is; also the step the channel authenticates.</summary>
    public abstract PhoneRequestKind Kind { get; }

    /// <summary>
    /// Whether it opens a round and so may be the first message of a channel. That message is signed by the device but
    /// not yet fresh: it could be replayed, so nothing in it may count as a PIN try or change what is stored.
    /// </summary>
    public virtual bool IsOpening => false;

    /// <summary>The exact bytes.</summary>
    public byte[] Encode()
    {
        var writer = new WireWriter().U8(Version).U8((int)Kind);
        Write(writer);
        return writer.ToArray();
    }

    /// <summary>Reads exactly one message; false for anything else.</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out PhoneRequest? request)
    {
        var reader = new WireReader(bytes);
        request = null;
        if (reader.U8() != Version)
        {
            return false;
        }

        PhoneRequest? parsed = (PhoneRequestKind)reader.U8() switch
        {
            PhoneRequestKind.KeygenCommit => KeygenCommit.Read(ref reader),
            PhoneRequestKind.KeygenReveal => KeygenReveal.Read(ref reader),
            PhoneRequestKind.SigningOpen => SigningOpen.Read(ref reader),
            PhoneRequestKind.SigningFinish => SigningFinish.Read(ref reader),
            PhoneRequestKind.ResumeOpen => new ResumeOpen(),
            PhoneRequestKind.Resume => Resume.Read(ref reader),
            PhoneRequestKind.ProofOpen => ProofOpen.Read(ref reader),
            PhoneRequestKind.EnvelopeProof => EnvelopeProof.Read(ref reader),
            PhoneRequestKind.EncryptionKeyStore => EncryptionKeyStore.Read(ref reader),
            PhoneRequestKind.PinChangeProof => PinChangeProof.Read(ref reader),
            PhoneRequestKind.DepositConfirm => new DepositConfirm(reader.I32()),
            PhoneRequestKind.DepositFetch => new DepositFetch(reader.Text(), reader.I32()),
            PhoneRequestKind.DecryptionFinish => DecryptionFinish.Read(ref reader),
            PhoneRequestKind.SessionDeposit => SessionDeposit.Read(ref reader),
            PhoneRequestKind.SessionSign => SessionSign.Read(ref reader),
            _ => null,
        };
        request = parsed is not null && reader.Complete ? parsed : null;
        return request is not null;
    }

    private protected abstract void Write(WireWriter writer);
}

/// <summary>Kinds of <see cref="PhoneRequest"/>; the numbers are the wire's and stay.</summary>
public enum PhoneRequestKind
{
    /// <summary>Step K1.</summary>
    KeygenCommit = 1,

    /// <summary>Step K3.</summary>
    KeygenReveal = 2,

    /// <summary>Step S0.</summary>
    SigningOpen = 3,

    /// <summary>Step S2.</summary>
    SigningFinish = 4,

    /// <summary>Step R0.</summary>
    ResumeOpen = 5,

    /// <summary>Step R2.</summary>
    Resume = 6,

    /// <summary>Step E0, D0 or P0.</summary>
    ProofOpen = 7,

    /// <summary>Step E2.</summary>
    EnvelopeProof = 8,

    /// <summary>Step E4.</summary>
    EncryptionKeyStore = 9,

    /// <summary>Step P2.</summary>
    PinChangeProof = 10,

    /// <summary>Step P4.</summary>
    DepositConfirm = 11,

    /// <summary>Step F0.</summary>
    DepositFetch = 12,

    /// <summary>Step D2.</summary>
    DecryptionFinish = 13,

    /// <summary>Step A1.</summary>
    SessionDeposit = 14,

    /// <summary>Step A3.</summary>
    SessionSign = 15,
}

/// <summary>
/// A request that proves the PIN. It is one PIN try; it succeeds once, and its success moves the epoch.
/// </summary>
/// <param name="RequestId">What the user confirmed.</param>
/// <param name="Epoch">The epoch t of the phone's shares.</param>
/// <param name="Alpha">The phone's part of the refresh, 32 bytes, fresh for each attempt and stored before sending.</param>
public abstract record PinProvedRequest(string RequestId, int Epoch, byte[] Alpha) : PhoneRequest
{
    /// <summary>Names this attempt: request id and α.</summary>
    internal byte[] Attempt => AttemptOf(RequestId, Alpha);

    internal static byte[] AttemptOf(string requestId, byte[] alpha) =>
        TaggedHash.Hash("attempt", TaggedHash.Part(requestId), alpha);

    private protected void WriteHead(WireWriter writer) => writer.Text(RequestId).I32(Epoch).Fixed(Alpha);
}

/// <summary>K1: the commitment to the phone's half of the key.</summary>
/// <param name="Attempt">Names this attempt of key generation; a new one restarts.</param>
/// <param name="Commitment">32 bytes.</param>
public sealed record KeygenCommit(string Attempt, byte[] Commitment) : PhoneRequest
{
    /// <inheritdoc/>
    public override PhoneRequestKind Kind => PhoneRequestKind.KeygenCommit;

    /// <inheritdoc/>
    public override bool IsOpening => true;

    internal static KeygenCommit Read(ref WireReader r) => new(r.Text(), r.Fixed(32));

    private protected override void Write(WireWriter writer) => writer.Text(Attempt).Fixed(Commitment);
}

/// <summary>K3: opens the commitment; brings the deposit against a forgotten PIN.</summary>
public sealed record KeygenReveal(string Attempt, Point D1, SchnorrProof Proof, byte[] Salt, byte[] Deposit) : PhoneRequest
{
    /// <inheritdoc/>
    public override PhoneRequestKind Kind => PhoneRequestKind.KeygenReveal;

    internal static KeygenReveal Read(ref WireReader r) => new(r.Text(), r.Point(), r.Proof(), r.Fixed(32), r.Fixed(32));

    private protected override void Write(WireWriter writer) =>
        writer.Text(Attempt).Point(D1).Fixed(Proof.Encode()).Fixed(Salt).Fixed(Deposit);
}

/// <summary>S0: opens a request for signing with the commitment to one nonce point per document.</summary>
public sealed record SigningOpen(string RequestId, int Epoch, int Count, byte[] Commitment) : PhoneRequest
{
    /// <inheritdoc/>
    public override PhoneRequestKind Kind => PhoneRequestKind.SigningOpen;

    /// <inheritdoc/>
    public override bool IsOpening => true;

    internal static SigningOpen Read(ref WireReader r) => new(r.Text(), r.I32(), r.Count(MaxBatch), r.Fixed(32));

    private protected override void Write(WireWriter writer) =>
        writer.Text(RequestId).I32(Epoch).I32(Count).Fixed(Commitment);
}

/// <summary>S2: the phone's part of every signature. Never r, never R.</summary>
public sealed record SigningFinish(
    string RequestId, int Epoch, byte[] Alpha, byte[] RoundId, byte[] Salt, IReadOnlyList<SigningPart> Parts)
    : PinProvedRequest(RequestId, Epoch, Alpha)
{
    /// <inheritdoc/>
    public override PhoneRequestKind Kind => PhoneRequestKind.SigningFinish;

    internal static SigningFinish Read(ref WireReader r) => new(
        r.Text(), r.I32(), r.Fixed(32), r.Fixed(16), r.Fixed(32), r.List(MaxBatch, SigningPart.Read));

    private protected override void Write(WireWriter writer)
    {
        WriteHead(writer);
        writer.Fixed(RoundId).Fixed(Salt).List(Parts, SigningPart.Write);
    }
}

/// <summary>The phone's nonce point and partial signature for one document.</summary>
public sealed record SigningPart(Point Q1, Scalar S1)
{
    internal static void Write(WireWriter writer, SigningPart part) => writer.Point(part.Q1).Scalar(part.S1);

    internal static SigningPart Read(ref WireReader r) => new(r.Point(), r.Scalar());
}

/// <summary>R0: asks for a challenge before telling what the phone's store says.</summary>
public sealed record ResumeOpen : PhoneRequest
{
    /// <inheritdoc/>
    public override PhoneRequestKind Kind => PhoneRequestKind.ResumeOpen;

    /// <inheritdoc/>
    public override bool IsOpening => true;

    private protected override void Write(WireWriter writer)
    {
    }
}

/// <summary>R2: what the phone's store says, read under its lock after the challenge arrived.</summary>
/// <param name="Nonce">The challenge, 32 bytes.</param>
/// <param name="Epoch">The stored epoch.</param>
/// <param name="Pending">The stored attempt without an answer, if there is one.</param>
public sealed record Resume(byte[] Nonce, int Epoch, PendingAttempt? Pending) : PhoneRequest
{
    /// <inheritdoc/>
    public override PhoneRequestKind Kind => PhoneRequestKind.Resume;

    internal static Resume Read(ref WireReader r) => new(r.Fixed(32), r.I32(), r.Flag() ? PendingAttempt.Read(ref r) : null);

    private protected override void Write(WireWriter writer)
    {
        writer.Fixed(Nonce).I32(Epoch).U8(Pending is null ? 0 : 1);
        if (Pending is not null)
        {
            PendingAttempt.Write(writer, Pending);
        }
    }
}

/// <summary>An attempt whose answer the phone does not know: request id and α, 32 bytes.</summary>
public sealed record PendingAttempt(string RequestId, byte[] Alpha)
{
    internal static void Write(WireWriter writer, PendingAttempt pending) => writer.Text(pending.RequestId).Fixed(pending.Alpha);

    internal static PendingAttempt Read(ref WireReader r) => new(r.Text(), r.Fixed(32));
}

/// <summary>E0, D0, P0: asks for the nonce of a PIN proof that is not a signature.</summary>
public sealed record ProofOpen(string RequestId, int Epoch, ProofPurpose Purpose) : PhoneRequest
{
    /// <inheritdoc/>
    public override PhoneRequestKind Kind => PhoneRequestKind.ProofOpen;

    /// <inheritdoc/>
    public override bool IsOpening => true;

    internal static ProofOpen Read(ref WireReader r) => new(r.Text(), r.I32(), (ProofPurpose)r.U8());

    private protected override void Write(WireWriter writer) => writer.Text(RequestId).I32(Epoch).U8((int)Purpose);
}

/// <summary>What a PIN proof is for; a proof for one purpose serves no other.</summary>
public enum ProofPurpose
{
    /// <summary>Arrival of an encryption key.</summary>
    Envelope = 1,

    /// <summary>Change of the PIN.</summary>
    PinChange = 2,

    /// <summary>Decryption.</summary>
    Decryption = 3,
}

/// <summary>E2: the PIN proof that lets the silo open the envelope.</summary>
public sealed record EnvelopeProof(string RequestId, int Epoch, byte[] Alpha, byte[] Nonce, SchnorrProof Proof)
    : PinProvedRequest(RequestId, Epoch, Alpha)
{
    /// <inheritdoc/>
    public override PhoneRequestKind Kind => PhoneRequestKind.EnvelopeProof;

    internal static EnvelopeProof Read(ref WireReader r) => new(r.Text(), r.I32(), r.Fixed(32), r.Fixed(32), r.Proof());

    private protected override void Write(WireWriter writer)
    {
        WriteHead(writer);
        writer.Fixed(Nonce).Fixed(Proof.Encode());
    }
}

/// <summary>E4: the server's share of an encryption key, with the proof that the phone knows the other.</summary>
public sealed record EncryptionKeyStore(string RequestId, int Epoch, string EncryptionKeyId, Scalar A2, SchnorrProof Proof) : PhoneRequest
{
    /// <inheritdoc/>
    public override PhoneRequestKind Kind => PhoneRequestKind.EncryptionKeyStore;

    internal static EncryptionKeyStore Read(ref WireReader r) => new(r.Text(), r.I32(), r.Text(), r.Scalar(), r.Proof());

    private protected override void Write(WireWriter writer) =>
        writer.Text(RequestId).I32(Epoch).Text(EncryptionKeyId).Scalar(A2).Fixed(Proof.Encode());
}

/// <summary>P2: the proof of the old PIN (or of the released deposit), with the deposit for the new one.</summary>
public sealed record PinChangeProof(
    string RequestId, int Epoch, byte[] Alpha, byte[] Nonce, int DepositNumber, byte[] Deposit, SchnorrProof Proof)
    : PinProvedRequest(RequestId, Epoch, Alpha)
{
    /// <inheritdoc/>
    public override PhoneRequestKind Kind => PhoneRequestKind.PinChangeProof;

    internal static PinChangeProof Read(ref WireReader r) =>
        new(r.Text(), r.I32(), r.Fixed(32), r.Fixed(32), r.I32(), r.Fixed(32), r.Proof());

    private protected override void Write(WireWriter writer)
    {
        WriteHead(writer);
        writer.Fixed(Nonce).I32(DepositNumber).Fixed(Deposit).Fixed(Proof.Encode());
    }
}

/// <summary>P4: the phone's mask now has this number; deposits for others may go.</summary>
public sealed record DepositConfirm(int Number) : PhoneRequest
{
    /// <inheritdoc/>
    public override PhoneRequestKind Kind => PhoneRequestKind.DepositConfirm;

    private protected override void Write(WireWriter writer) => writer.I32(Number);
}

/// <summary>F0: fetches the deposit of the phone's mask, whose release was approved under this request id.</summary>
public sealed record DepositFetch(string RequestId, int Number) : PhoneRequest
{
    /// <inheritdoc/>
    public override PhoneRequestKind Kind => PhoneRequestKind.DepositFetch;

    private protected override void Write(WireWriter writer) => writer.Text(RequestId).I32(Number);
}

/// <summary>D2: the phone's part of every wrapped key, sealed to the PC, with a PIN proof per encryption key.</summary>
public sealed record DecryptionFinish(
    string RequestId, int Epoch, byte[] Alpha, byte[] Nonce, byte[] MaskSeed, byte[] SealedParts, IReadOnlyList<DecryptionProof> Proofs)
    : PinProvedRequest(RequestId, Epoch, Alpha)
{
    /// <inheritdoc/>
    public override PhoneRequestKind Kind => PhoneRequestKind.DecryptionFinish;

    internal static DecryptionFinish Read(ref WireReader r) => new(
        r.Text(), r.I32(), r.Fixed(32), r.Fixed(32), r.Fixed(32), r.Bytes(), r.List(64, DecryptionProof.Read));

    private protected override void Write(WireWriter writer)
    {
        WriteHead(writer);
        writer.Fixed(Nonce).Fixed(MaskSeed).Bytes(SealedParts).List(Proofs, DecryptionProof.Write);
    }
}

/// <summary>PoK{a1} for one encryption key.</summary>
public sealed record DecryptionProof(string EncryptionKeyId, SchnorrProof Proof)
{
    internal static void Write(WireWriter writer, DecryptionProof proof) =>
        writer.Text(proof.EncryptionKeyId).Fixed(proof.Proof.Encode());

    internal static DecryptionProof Read(ref WireReader r) => new(r.Text(), r.Proof());
}

/// <summary>A1: commitments for signatures to come in a sealing session, each to be used once.</summary>
public sealed record SessionDeposit(string SessionId, int Epoch, IReadOnlyList<byte[]> Commitments) : PhoneRequest
{
    /// <inheritdoc/>
    public override PhoneRequestKind Kind => PhoneRequestKind.SessionDeposit;

    internal static SessionDeposit Read(ref WireReader r) =>
        new(r.Text(), r.I32(), r.List(256, static (ref WireReader item) => item.Fixed(32)));

    private protected override void Write(WireWriter writer) =>
        writer.Text(SessionId).I32(Epoch).List(Commitments, static (w, c) => w.Fixed(c));
}

/// <summary>A3: the phone's parts of one pushed request of a session, all or nothing.</summary>
public sealed record SessionSign(string SessionId, string RequestId, int Epoch, byte[] RoundId, IReadOnlyList<SessionPart> Parts) : PhoneRequest
{
    /// <inheritdoc/>
    public override PhoneRequestKind Kind => PhoneRequestKind.SessionSign;

    internal static SessionSign Read(ref WireReader r) =>
        new(r.Text(), r.Text(), r.I32(), r.Fixed(16), r.List(Rounds.SessionOffer.MaxDocuments, SessionPart.Read));

    private protected override void Write(WireWriter writer) =>
        writer.Text(SessionId).Text(RequestId).I32(Epoch).Fixed(RoundId).List(Parts, SessionPart.Write);
}

/// <summary>One document's part of <see cref="SessionSign"/>, with the salt that opens its commitment.</summary>
public sealed record SessionPart(byte[] Salt, SigningPart Part)
{
    internal static void Write(WireWriter writer, SessionPart part)
    {
        writer.Fixed(part.Salt);
        SigningPart.Write(writer, part.Part);
    }

    internal static SessionPart Read(ref WireReader r) => new(r.Fixed(32), SigningPart.Read(ref r));
}
