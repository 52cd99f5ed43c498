using System.Collections;
using System.Security.Cryptography;
using System.Text;
using Bzt.Grains.CaVendors;
using Bzt.Grains.Foundations;
using Bzt.Protocol;
using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.GM;
using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Generators;
using Org.BouncyCastle.Crypto.Operators;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Pkcs;
using Org.BouncyCastle.Security;
using Org.BouncyCastle.X509;

namespace Bzt.Tests.CaVendors;

/// <summary>An embedded CA with its state, driven step by step, and holders with whole (not split) keys.</summary>
internal sealed class EmbeddedCaBench
{
    public static readonly CaSubject Enterprise = new("湖北江汉建设工程有限公司", "湖北江汉建设工程有限公司", "投标部", "湖北省", "宜昌市", "91420500MA49ABCD28");

    public EmbeddedCaBench()
    {
        Ca = new(Protector, new EmbeddedCaOptions { PublicUrl = new Uri("http://ca.example.com/ca/embedded") }, SystemRandom.Instance);
        State = Ca.Create("embedded", Now);
    }

    public DateTimeOffset Now { get; set; } = DateTimeOffset.UtcNow;

    public TestKeyProtector Protector { get; } = new();

    public EmbeddedCa Ca { get; }

    public EmbeddedCaState State { get; set; }

    public static CaApplication Application(string number, CaApplicationKind kind = CaApplicationKind.New, string holder = "holder-1", CaSubject? subject = null, int days = 366) =>
        new(number, kind, holder, subject ?? Enterprise, TimeSpan.FromDays(days));

    public CaSubmission Submit(CaApplication application)
    {
        (State, var result) = Ca.Submit(State, application);
        return result;
    }

    public CaReview Decide(string number, string? rejection = null)
    {
        (State, var result) = EmbeddedCa.Decide(State, number, rejection);
        return result;
    }

    public CaIssuance Issue(string number, byte[] request)
    {
        (State, var result) = Ca.Issue(State, number, request, Now);
        return result;
    }

    public byte[] RevocationList(EmbeddedCa? ca = null) => (ca ?? Ca).RevocationList(State.Id, State.Issuing, State.Revoked, Now.ToUnixTimeMilliseconds(), Now);

    public CaRevocation Revoke(string serialNumber, RevocationReason reason)
    {
        (State, var result) = EmbeddedCa.Revoke(State, serialNumber, reason, Now);
        return result;
    }

    /// <summary>The whole way of an application that must succeed.</summary>
    public IssuedCertificates Obtain(AsymmetricCipherKeyPair key, string number, CaApplicationKind kind = CaApplicationKind.New, string holder = "holder-1")
    {
        Assert.IsType<CaSubmission.Ok>(Submit(Application(number, kind, holder)));
        Assert.IsType<CaReview.Approved>(Decide(number));
        return Assert.IsType<CaIssuance.Ok>(Issue(number, Request(key))).Certificates;
    }

    public static AsymmetricCipherKeyPair NewKey()
    {
        var generator = new ECKeyPairGenerator();
        generator.Init(new ECKeyGenerationParameters(GMObjectIdentifiers.sm2p256v1, new SecureRandom()));
        return generator.GenerateKeyPair();
    }

    /// <summary>Its subject is not the application's, on purpose.</summary>
    public static byte[] Request(AsymmetricCipherKeyPair key, AsymmetricKeyParameter? signer = null) =>
        new Pkcs10CertificationRequest(
            new Asn1SignatureFactory("SM3WITHSM2", signer ?? key.Private), new X509Name("C=CN,CN=self-named"), key.Public, null).GetEncoded();

    public static string SerialNumber(byte[] certificate) => Convert.ToHexString(new X509Certificate(certificate).SerialNumber.ToByteArrayUnsigned());

    public static ECPoint65 PublicPoint(byte[] certificate) =>
        new(((ECPublicKeyParameters)new X509Certificate(certificate).GetPublicKey()).Q.GetEncoded(compressed: false));

    public static byte[] Pkcs8(AsymmetricKeyParameter key) => PrivateKeyInfoFactory.CreatePrivateKeyInfo(key).GetEncoded();

    /// <summary>Opens an SM2EnvelopedKey with OpenSSL (SM2) and the platform-independent definition of the rest.</summary>
    public static async Task<byte[]> OpenEnvelope(byte[] envelope, AsymmetricKeyParameter signingKey)
    {
        var parts = Asn1Sequence.GetInstance(envelope);
        Assert.Equal(4, parts.Count);
        Assert.Equal("1.2.156.10197.1.104.1", AlgorithmIdentifier.GetInstance(parts[0]).Algorithm.Id);
        var contentKey = await Peers.OpenSsl.Decrypt(Pkcs8(signingKey), parts[1].ToAsn1Object().GetDerEncoded());
        Assert.NotNull(contentKey);
        Assert.Equal(16, contentKey.Length);
        var encrypted = DerBitString.GetInstance(parts[3]).GetOctets();
        Assert.Equal(32, encrypted.Length);
        var cipher = CipherUtilities.GetCipher("SM4/ECB/NoPadding");
        cipher.Init(forEncryption: false, new KeyParameter(contentKey));
        var privateKey = cipher.DoFinal(encrypted);

        // The private key is the public key's, in the envelope.
        var domain = ((ECPrivateKeyParameters)signingKey).Parameters;
        var point = domain.G.Multiply(new Org.BouncyCastle.Math.BigInteger(1, privateKey)).Normalize().GetEncoded(compressed: false);
        Assert.Equal(DerBitString.GetInstance(parts[2]).GetOctets(), point);
        return privateKey;
    }
}

/// <summary>An encoded public point, compared by its bytes.</summary>
internal readonly record struct ECPoint65(byte[] Bytes)
{
    public bool Equals(ECPoint65 other) => StructuralComparisons.StructuralEqualityComparer.Equals(Bytes, other.Bytes);

    public override int GetHashCode() => StructuralComparisons.StructuralEqualityComparer.GetHashCode(Bytes);

    public override string ToString() => Convert.ToHexString(Bytes);
}

/// <summary>AES-GCM under a key of this object's own, purpose and associated data bound in.</summary>
internal sealed class TestKeyProtector : IKeyProtector
{
    readonly byte[] key = RandomNumberGenerator.GetBytes(32);

    public byte[] Protect(string purpose, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> plaintext)
    {
        using var aes = new AesGcm(key, 16);
        var blob = new byte[12 + plaintext.Length + 16];
        RandomNumberGenerator.Fill(blob.AsSpan(0, 12));
        aes.Encrypt(blob.AsSpan(0, 12), plaintext, blob.AsSpan(12, plaintext.Length), blob.AsSpan(^16), Context(purpose, associatedData));
        return blob;
    }

    public SecretBytes Unprotect(string purpose, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> blob)
    {
        using var aes = new AesGcm(key, 16);
        var secret = new SecretBytes(blob.Length - 28);
        aes.Decrypt(blob[..12], blob[12..^16], blob[^16..], secret.Span, Context(purpose, associatedData));
        return secret;
    }

    public string KeyedHash(string purpose, ReadOnlySpan<byte> value) => Convert.ToHexStringLower(HMACSHA256.HashData(key, value));

    static byte[] Context(string purpose, ReadOnlySpan<byte> associatedData) => [.. Encoding.UTF8.GetBytes(purpose), 0, .. associatedData];
}
