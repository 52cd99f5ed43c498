namespace Bzt.Protocol.Secrets;

/// <summary>
/// The server's key protector as the protocol sees it: authenticated encryption under a key that never rests
/// beside what it seals.
/// </summary>
public interface ISecretSealer
{
    /// <summary>Seals <paramref name="secret"/>; opening needs the same associated data.</summary>
    byte[] Seal(ReadOnlySpan<byte> secret, ReadOnlySpan<byte> associatedData);

    /// <summary>Opens what <see cref="Seal"/> made. The caller disposes the secret.</summary>
    /// <exception cref="System.Security.Cryptography.CryptographicException">
    /// The bytes were altered, or sealed for something else: a fault of the store, never of a user.
    /// </exception>
    SecretBytes Unseal(ReadOnlySpan<byte> sealedSecret, ReadOnlySpan<byte> associatedData);
}
