using Bzt.Protocol.Forms;
using Bzt.Protocol.Primitives;
using Bzt.Protocol.Wire;

namespace Bzt.Protocol.Rounds;

/// <summary>
/// What a server decided. The caller writes <see cref="State"/> if it differs from what it had, and only after the
/// write succeeded answers <see cref="Answer"/> and carries out <see cref="Effect"/> (which it stores in the same write).
/// When the write fails it answers nothing, drops its <see cref="OpenRounds"/> and loads the state anew.
/// </summary>
/// <param name="State">The new state, or the very same object when nothing is to be written.</param>
/// <param name="Answer">For the phone.</param>
/// <param name="Effect">For others: evidence, messages, the waiting PC.</param>
public sealed record Decision(KeyShareState? State, SiloAnswer Answer, RoundEffect? Effect = null);

/// <summary>What a decision means beyond the phone: a closed set.</summary>
public abstract record RoundEffect
{
    private RoundEffect()
    {
    }

    /// <summary>A key was generated; not yet proven by a signature.</summary>
    public sealed record KeyGenerated(byte[] PublicKey) : RoundEffect;

    /// <summary>Signatures verified and are released.</summary>
    public sealed record SignaturesReleased(
        string RequestId, IReadOnlyList<SigningDocument> Documents, IReadOnlyList<Sm2Signature> Signatures) : RoundEffect;

    /// <summary>Signatures of a sealing session verified and are released.</summary>
    public sealed record SessionSignaturesReleased(
        string SessionId, string RequestId, IReadOnlyList<SigningDocument> Documents, IReadOnlyList<Sm2Signature> Signatures) : RoundEffect;

    /// <summary>The two parts of every wrapped key, each sealed to the PC's one-time key.</summary>
    public sealed record DecryptionReleased(string RequestId, byte[] PhoneParts, byte[] SiloParts) : RoundEffect;

    /// <summary>A partial decryption of the envelope was given to the phone.</summary>
    public sealed record EnvelopeOpened(string RequestId, string EncryptionKeyId) : RoundEffect;

    /// <summary>An encryption key can be used.</summary>
    public sealed record EncryptionKeyStored(string EncryptionKeyId) : RoundEffect;

    /// <summary>The PIN was changed.</summary>
    public sealed record PinChanged(string RequestId) : RoundEffect;

    /// <summary>The deposit went to the phone.</summary>
    public sealed record DepositReleased(string RequestId) : RoundEffect;

    /// <summary>A wrong PIN was counted.</summary>
    /// <param name="RequestId">What it was entered for.</param>
    /// <param name="Failures">Since the last success.</param>
    /// <param name="Lock">Which it brought.</param>
    /// <param name="SessionId">The sealing session whose part did not fit, and that ended with it; null when a PIN was entered.</param>
    public sealed record PinFailed(string RequestId, int Failures, PinLock? Lock, string? SessionId = null) : RoundEffect;

    /// <summary>Two stores claim to be the phone's; the key is frozen.</summary>
    /// <param name="NamedEpoch">What the signed answer to a fresh challenge said.</param>
    /// <param name="Epoch">What the server knows.</param>
    public sealed record CopySuspected(int NamedEpoch, int Epoch) : RoundEffect;

    /// <summary>The phone knows an epoch the server does not: the server's state was rolled back.</summary>
    public sealed record StateLost(int NamedEpoch, int Epoch) : RoundEffect;
}

/// <summary>What the caller knows about the request a phone message names: a closed set.</summary>
public abstract record RoundWork
{
    private RoundWork()
    {
    }

    /// <summary>Documents to be signed with one confirmation.</summary>
    public sealed record Signing(IReadOnlyList<SigningDocument> Documents) : RoundWork;

    /// <summary>Wrapped keys to be opened with one confirmation.</summary>
    public sealed record Decryption(DecryptionTask Task) : RoundWork;

    /// <summary>An encryption key that the CA answered with.</summary>
    /// <param name="Task">As the phone gets it.</param>
    /// <param name="Further">Ids of further certificates of the very same key, whose shares may come with the same arrival.</param>
    public sealed record Envelope(EnvelopeTask Task, IReadOnlyList<string>? Further = null) : RoundWork;
}
