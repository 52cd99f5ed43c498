using System.Security.Cryptography;
using System.Text;

namespace Bzt.Grains.Foundations;

/// <summary>
/// Personal data under a key per person. The wrapped key lies in the person's own state and nowhere else: closing the account
/// deletes it, and every value sealed under it, wherever copied, is gone with it.
/// </summary>
public sealed class PersonalData(IKeyProtector protector)
{
    private const string Purpose = "person/key";
    private const int KeyLength = 32;
    private const int NonceLength = 12;
    private const int TagLength = 16;

    /// <summary>A new person's key, wrapped, to be kept in the person's state.</summary>
    public byte[] NewKey(string person)
    {
        using var key = new SecretBytes(KeyLength);
        RandomNumberGenerator.Fill(key.Span);
        return protector.Protect(Purpose, Encoding.UTF8.GetBytes(person), key.Span);
    }

    /// <param name="field">What the value is, <c>id-number</c>: a value opens only as that field of that person.</param>
    public byte[] Seal(string person, byte[] wrappedKey, string field, string value)
    {
        var plain = Encoding.UTF8.GetBytes(value);
        var sealedValue = new byte[NonceLength + plain.Length + TagLength];
        var nonce = sealedValue.AsSpan(0, NonceLength);
        // A person's key sees few values: random nonces do not meet.
        RandomNumberGenerator.Fill(nonce);
        using var aes = Open(person, wrappedKey);
        aes.Encrypt(nonce, plain, sealedValue.AsSpan(NonceLength, plain.Length), sealedValue.AsSpan(NonceLength + plain.Length), Place(person, field));
        CryptographicOperations.ZeroMemory(plain);
        return sealedValue;
    }

    /// <exception cref="CryptographicException">Another person's, another field's, or altered.</exception>
    public string Open(string person, byte[] wrappedKey, string field, byte[] sealedValue)
    {
        var length = sealedValue.Length - NonceLength - TagLength;
        if (length < 0)
        {
            throw new CryptographicException("A sealed personal value is too short.");
        }

        using var plain = new SecretBytes(length);
        using var aes = Open(person, wrappedKey);
        aes.Decrypt(
            sealedValue.AsSpan(0, NonceLength), sealedValue.AsSpan(NonceLength, length), sealedValue.AsSpan(NonceLength + length), plain.Span,
            Place(person, field));
        return Encoding.UTF8.GetString(plain.Span);
    }

    private AesGcm Open(string person, byte[] wrappedKey)
    {
        using var key = protector.Unprotect(Purpose, Encoding.UTF8.GetBytes(person), wrappedKey);
        return new AesGcm(key.Span, TagLength);
    }

    private static byte[] Place(string person, string field) => Encoding.UTF8.GetBytes($"{person.Length}:{person}{field}");
}
