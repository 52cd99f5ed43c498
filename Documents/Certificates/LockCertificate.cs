using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Bzt.Documents.Seals;
using Bzt.Protocol.Certificates;
using Bzt.Protocol.Primitives;
using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.X509;

namespace Bzt.Documents.Certificates;

/// <summary>The kinds of keys CA locks hold.</summary>
public enum LockAlgorithm
{
    /// <summary>SM2 with SM3.</summary>
    Sm2,
    /// <summary>RSA of 2048 bits or more, PKCS #1 v1.5 with SHA-256; older locks.</summary>
    Rsa,
    /// <summary>ECDSA over P-256 or P-384 with SHA-256.</summary>
    Ecdsa,
}

/// <summary>
/// The certificate of a CA lock, of the SM2 world or not. What it signs keeps the formats of what phones sign; only algorithm and digest differ.
/// </summary>
public sealed class LockCertificate
{
    /// <summary>The shortest RSA key that is still taken.</summary>
    public const int SmallestRsa = 2048;

    private static readonly DerObjectIdentifier CreditCodeExtension = new("1.2.156.10260.4.1.4");

    private readonly Sm2Certificate? sm2;
    private readonly X509CertificateStructure structure;

    private LockCertificate(byte[] der, X509CertificateStructure structure, Sm2Certificate? sm2, LockAlgorithm algorithm) =>
        (Der, this.structure, this.sm2, Algorithm) = (der, structure, sm2, algorithm);

    /// <summary>The whole certificate.</summary>
    public byte[] Der { get; }

    /// <summary>The kind of its key.</summary>
    public LockAlgorithm Algorithm { get; }

    /// <summary>Upper case hexadecimal of whole octets, without leading zero octets.</summary>
    public string Serial => Convert.ToHexString(structure.SerialNumber.Value.ToByteArrayUnsigned());

    /// <summary>The issuer's name, DER.</summary>
    public byte[] IssuerDer => structure.Issuer.GetDerEncoded();

    /// <summary>Start of validity.</summary>
    public DateTimeOffset NotBefore => new(structure.StartDate.ToDateTime().ToUniversalTime());

    /// <summary>End of validity.</summary>
    public DateTimeOffset NotAfter => new(structure.EndDate.ToDateTime().ToUniversalTime());

    /// <summary>Organisation, or else common name; empty when it has neither.</summary>
    public string Name => Values(X509Name.O).Concat(Values(X509Name.CN)).FirstOrDefault() ?? "";

    /// <summary>
    /// The unified social credit code: from the extension of GB/T 20518, or else the one value of the subject that has such a code's form, since vendors put it there
    /// under attributes of their own choice. Null when there is none or more than one.
    /// </summary>
    public string? CreditCode
    {
        get
        {
            if (structure.TbsCertificate.Extensions?.GetExtension(CreditCodeExtension) is { } extension)
            {
                return Asn1Object.FromByteArray(extension.Value.GetOctets()) is IAsn1String text ? text.GetString() : null;
            }

            var codes = structure.Subject.GetValueList().Where(value => value.Length == 18 && value.All(c => char.IsAsciiDigit(c) || char.IsAsciiLetterUpper(c))).Distinct().ToList();
            return codes.Count == 1 ? codes[0] : null;
        }
    }

    /// <summary>Whether it belongs to a CA.</summary>
    public bool IsAuthority => BasicConstraints.FromExtensions(structure.TbsCertificate.Extensions)?.IsCA() == true;

    /// <summary>Whether its key may sign documents.</summary>
    public bool MaySign => Allows(KeyUsage.DigitalSignature);

    /// <summary>Whether a section's key may be encrypted to it. Of ECDSA keys none: no such lock is known in the field.</summary>
    public bool MayEncrypt => Algorithm != LockAlgorithm.Ecdsa && (Allows(KeyUsage.KeyEncipherment) || Allows(KeyUsage.DataEncipherment) || (sm2 is not null && Allows(KeyUsage.KeyAgreement)));

    /// <summary>Reads exactly one certificate with a key of a known kind; false for anything else.</summary>
    public static bool TryParse(ReadOnlySpan<byte> der, [NotNullWhen(true)] out LockCertificate? certificate)
    {
        certificate = null;
        try
        {
            var bytes = der.ToArray();
            var structure = X509CertificateStructure.GetInstance(Asn1Object.FromByteArray(bytes));
            if (!structure.GetDerEncoded().AsSpan().SequenceEqual(bytes))
            {
                return false;
            }

            LockAlgorithm algorithm;
            if (Sm2Certificate.TryParse(bytes, out var sm2))
            {
                algorithm = LockAlgorithm.Sm2;
            }
            else
            {
                using var loaded = X509CertificateLoader.LoadCertificate(bytes);
                using var rsa = loaded.GetRSAPublicKey();
                using var ecdsa = loaded.GetECDsaPublicKey();
                if (rsa is { KeySize: >= SmallestRsa })
                {
                    algorithm = LockAlgorithm.Rsa;
                }
                else if (ecdsa is { KeySize: 256 or 384 })
                {
                    algorithm = LockAlgorithm.Ecdsa;
                }
                else
                {
                    return false;
                }
            }

            var parsed = new LockCertificate(bytes, structure, sm2, algorithm);
            // Decode here what the properties decode later: after this nothing about it throws.
            _ = (parsed.Name, parsed.CreditCode, parsed.IsAuthority, parsed.MaySign, parsed.Serial, parsed.NotBefore, parsed.NotAfter);
            certificate = parsed;
            return true;
        }
        catch (Exception exception) when (CmsSeal.IsMalformed(exception))
        {
            return false;
        }
    }

    /// <summary>Whether this key signed the message. Anything malformed is false.</summary>
    /// <param name="message">The signed bytes.</param>
    /// <param name="signature">SM2 and ECDSA: r‖s; RSA: the PKCS #1 value.</param>
    public bool Verify(ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        if (sm2 is not null)
        {
            return Sm2Signature.TryParseRaw(signature, out var parsed) && parsed!.Verify(sm2.PublicKey, Sm2Signature.Digest(sm2.PublicKey, message));
        }

        using var loaded = X509CertificateLoader.LoadCertificate(Der);
        using var rsa = loaded.GetRSAPublicKey();
        using var ecdsa = loaded.GetECDsaPublicKey();
        return rsa?.VerifyData(message, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            ?? ecdsa?.VerifyData(message, signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation)
            ?? false;
    }

    /// <summary>What the lock computes its signature of, when it is given a digest: SM3 with the signer's id and key, or SHA-256.</summary>
    public byte[] Digest(ReadOnlySpan<byte> message) => sm2 is null ? SHA256.HashData(message) : Sm2Signature.Digest(sm2.PublicKey, message);

    /// <summary>RSAES-OAEP of RFC 8017 with its default parameters, which every lock that knows OAEP knows.</summary>
    /// <exception cref="InvalidOperationException">Not an RSA certificate.</exception>
    internal byte[] EncryptOaep(ReadOnlySpan<byte> key)
    {
        using var loaded = X509CertificateLoader.LoadCertificate(Der);
        using var rsa = loaded.GetRSAPublicKey() ?? throw new InvalidOperationException("not an RSA certificate");
        return rsa.Encrypt(key, RSAEncryptionPadding.OaepSHA1);
    }

    /// <summary>The way to a trusted root for certificates that are not of the SM2 world, by the platform's own X.509 path building. Revocation is a question of its own.</summary>
    internal SignerPath Path(IEnumerable<byte[]> others, IReadOnlyList<byte[]> roots, DateTimeOffset at)
    {
        if (at < DateTimeOffset.UnixEpoch)
        {
            return new SignerPath([Der], PathFault.NotValidNow, MaySign);
        }

        using var chain = new X509Chain();
        var policy = chain.ChainPolicy;
        policy.RevocationMode = X509RevocationMode.NoCheck;
        policy.DisableCertificateDownloads = true;
        policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        policy.VerificationTime = at.UtcDateTime;
        Load(roots, policy.CustomTrustStore);
        Load(others, policy.ExtraStore);
        using var loaded = X509CertificateLoader.LoadCertificate(Der);
        var good = chain.Build(loaded);
        var path = new SignerPath([.. chain.ChainElements.Select(element => element.Certificate.RawData)], good ? PathFault.None : Fault(chain.ChainStatus), MaySign);
        foreach (var certificate in policy.CustomTrustStore.Concat(policy.ExtraStore))
        {
            certificate.Dispose();
        }

        return path;
    }

    private static PathFault Fault(IEnumerable<X509ChainStatus> statuses)
    {
        var all = statuses.Aggregate(X509ChainStatusFlags.NoError, (flags, status) => flags | status.Status);
        return all.HasFlag(X509ChainStatusFlags.NotSignatureValid) ? PathFault.BrokenLink
            : all.HasFlag(X509ChainStatusFlags.InvalidBasicConstraints) ? PathFault.NotAuthority
            : (all & (X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain)) != 0 ? PathFault.UntrustedRoot
            : all.HasFlag(X509ChainStatusFlags.NotTimeValid) ? PathFault.NotValidNow
            : PathFault.Malformed;
    }

    private static void Load(IEnumerable<byte[]> certificates, X509Certificate2Collection into)
    {
        foreach (var der in certificates)
        {
            try
            {
                into.Add(X509CertificateLoader.LoadCertificate(der));
            }
            catch (CryptographicException)
            {
                // Came along and is no certificate: it cannot be part of the way.
            }
        }
    }

    // Absent key usage allows everything (RFC 5280, 4.2.1.3).
    private bool Allows(int bit) => KeyUsage.FromExtensions(structure.TbsCertificate.Extensions) is not { } usage || (usage.IntValue & bit) != 0;

    private IList<string> Values(DerObjectIdentifier attribute) => structure.Subject.GetValueList(attribute);
}
