using Bzt.Protocol.Wire;

namespace Bzt.Protocol.Rounds;

/// <summary>
/// Everything a server keeps about one split key, as plain data: whoever stores it replaces the whole by compare and
/// swap, one write per decision. Secrets in it are sealed. Open rounds are not in it, on purpose: a nonce that rests
/// somewhere can be used twice.
/// </summary>
public sealed record KeyShareState
{
    /// <summary>The key's id, usually the certificate's.</summary>
    public required string KeyId { get; init; }

    /// <summary>The only device that holds the other share.</summary>
    public required string DeviceId { get; init; }

    /// <summary>The public signing key, 65 bytes.</summary>
    public required byte[] PublicKey { get; init; }

    /// <summary>The epoch t whose shares count.</summary>
    public int Epoch { get; init; }

    /// <summary>d2 of epoch t, sealed.</summary>
    public required byte[] SealedShare { get; init; }

    /// <summary>What the last success at epoch t prepared; null before the first one.</summary>
    public PendingEpoch? Pending { get; init; }

    /// <summary>SM3 over the attempt and the opened commitment of key generation: its repeat gets the same answer.</summary>
    public required byte[] KeygenTranscript { get; init; }

    /// <summary>A signature has verified under the key; from then on key generation cannot start over.</summary>
    public bool Established { get; init; }

    /// <summary>A copy of the phone's store was seen.</summary>
    public bool IsFrozen { get; init; }

    /// <summary>Count and lock of wrong PINs.</summary>
    public PinCounter Pin { get; init; } = new();

    /// <summary>The encryption keys, past ones too.</summary>
    public IReadOnlyList<EncryptionKeyShare> EncryptionKeys { get; init; } = [];

    /// <summary>The encryption key that is arriving.</summary>
    public EncryptionKeyArrivalGrant? Arrival { get; init; }

    /// <summary>How often the partial decryption of an envelope was given.</summary>
    public IReadOnlyList<EnvelopeUse> Envelopes { get; init; } = [];

    /// <summary>Answers to recent attempts, so that a repeat gets the same bytes.</summary>
    public IReadOnlyList<RecordedAnswer> Answers { get; init; } = [];

    /// <summary>Attempts declared dead.</summary>
    public IReadOnlyList<byte[]> VoidedAttempts { get; init; } = [];

    /// <summary>Masked stretched PINs against forgetting: the phone's present one, and one it has not confirmed.</summary>
    public IReadOnlyList<PinDeposit> Deposits { get; init; } = [];

    /// <summary>The approval to release the deposit once.</summary>
    public DepositApproval? Approval { get; init; }

    /// <summary>Without anything that serves the key: it can never sign or decrypt again. Answers stay, so that the phone still hears of the last one.</summary>
    public KeyShareState Shredded() => this with { SealedShare = [], Pending = null, EncryptionKeys = [], Arrival = null, Deposits = [], Approval = null };
}

/// <summary>The shares of epoch t+1, counting from the first verified success that uses them.</summary>
/// <param name="Epoch">t+1.</param>
/// <param name="Attempt">The attempt whose success made them.</param>
/// <param name="SealedShare">d2·ρ⁻¹, sealed.</param>
public sealed record PendingEpoch(int Epoch, byte[] Attempt, byte[] SealedShare);

/// <summary>The server's share of one encryption key.</summary>
/// <param name="Id">The id the encryption certificate goes by.</param>
/// <param name="PublicKey">PE, 65 bytes.</param>
/// <param name="SealedShare">a2 of the current epoch, sealed; null when the key arrived during the pending one.</param>
/// <param name="SealedPendingShare">a2 of the pending epoch, sealed; null when there is none.</param>
public sealed record EncryptionKeyShare(string Id, byte[] PublicKey, byte[]? SealedShare, byte[]? SealedPendingShare);

/// <summary>How often an envelope was opened.</summary>
public sealed record EnvelopeUse(byte[] EnvelopeHash, int Count);

/// <summary>The answer an attempt got.</summary>
/// <param name="Attempt">Request id and α, hashed.</param>
/// <param name="MessageHash">SM3 of the message.</param>
/// <param name="SealedAnswer">The encoded <see cref="SiloAnswer"/>, sealed.</param>
public sealed record RecordedAnswer(byte[] Attempt, byte[] MessageHash, byte[] SealedAnswer);

/// <summary><c>stretch(PIN) ⊕ m</c>, sealed, with the number of the phone's mask m.</summary>
public sealed record PinDeposit(int Number, byte[] Sealed);

/// <summary>Somebody entitled approved that the deposit be released to the registered device.</summary>
/// <param name="RequestId">Names the approval.</param>
/// <param name="NotBefore">End of the time in which the owner may object.</param>
/// <param name="NotAfter">End of the approval.</param>
/// <param name="IsReleased">Whether the device has fetched it.</param>
/// <param name="Number">The deposit that was released; null before.</param>
public sealed record DepositApproval(string RequestId, DateTimeOffset NotBefore, DateTimeOffset NotAfter, bool IsReleased = false, int? Number = null);

/// <summary>An encryption key a PIN proof let in, whose server share is awaited.</summary>
/// <param name="RequestId">The arrival.</param>
/// <param name="EncryptionKeyId">The id it was asked for.</param>
/// <param name="PublicKey">PE, 65 bytes.</param>
/// <param name="Further">Ids of further certificates of that key; null for none.</param>
public sealed record EncryptionKeyArrivalGrant(string RequestId, string EncryptionKeyId, byte[] PublicKey, IReadOnlyList<string>? Further = null)
{
    /// <summary>Whether a share under that id may come with this arrival.</summary>
    public bool Covers(string id) => id == EncryptionKeyId || Further?.Contains(id) is true;
}
