using Bzt.Protocol.Arithmetic;

namespace Bzt.Protocol.Forms;

/// <summary>
/// A bare digest with a label, for interfaces that hand over hashes only. The hash is signed as e itself, so it could be
/// of anything: a platform needs a permission for it, and the user is told 仅摘要.
/// </summary>
public sealed record HashOnlyForm : SigningForm
{
    private const string Marker = "bzt.hash-only.v1";

    /// <summary>A digest to be signed.</summary>
    /// <param name="hash">e, 32 bytes.</param>
    /// <param name="label">What the platform calls it; nothing vouches for that.</param>
    public HashOnlyForm(byte[] hash, string label)
        : base(Der.Sequence(w =>
        {
            w.Text(Marker);
            w.WriteOctetString(hash);
            w.Text(label);
        }))
    {
        ArgumentNullException.ThrowIfNull(hash);
        ArgumentOutOfRangeException.ThrowIfNotEqual(hash.Length, 32);
        (Hash, Label) = (hash, label);
    }

    /// <inheritdoc/>
    public override SigningFormKind Kind => SigningFormKind.HashOnly;

    /// <summary>e, 32 bytes.</summary>
    public byte[] Hash { get; }

    /// <summary>What the platform calls it.</summary>
    public string Label { get; }

    /// <inheritdoc/>
    public override byte[] Digest(Point publicKey) => Hash;

    internal static HashOnlyForm? Decode(byte[] content) => Der.TryRead(content, r =>
        r.IsMarked(Marker) && r.ReadOctetString() is { Length: 32 } hash ? new HashOnlyForm(hash, r.Text()) : null);
}
