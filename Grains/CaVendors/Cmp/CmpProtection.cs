using Bzt.Protocol;
using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.Nist;
using Org.BouncyCastle.Asn1.Pkcs;
using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.Cmp;
using Org.BouncyCastle.Crmf;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Operators;
using Org.BouncyCastle.OpenSsl;
using Org.BouncyCastle.X509;

namespace Bzt.Grains.CaVendors.Cmp;

/// <summary>How our messages are protected, and the CA's must be (RFC 4210, 5.1.3): a password-based MAC, or signatures.</summary>
internal abstract class CmpProtection
{
    public abstract GeneralName Sender { get; }

    public abstract ProtectedPkiMessage Protect(ProtectedPkiMessageBuilder builder);

    public abstract bool Verifies(ProtectedPkiMessage message);

    public static CmpProtection From(CmpVendorOptions options) => options.Secret is { } secret ? new Mac(options.Reference!, secret) : new Signatures(options.CredentialFile!, options.ServerCertificateFile!);

    private sealed class Mac(string reference, string secret) : CmpProtection
    {
        // The count comes in the header, before anything is authenticated: a large one would hold the CA's queue for minutes.
        private const int MostIterations = 100_000;

        // The reference value names us; a name would say no more.
        public override GeneralName Sender { get; } = new(new X509Name([], Array.Empty<string>()));

        public override ProtectedPkiMessage Protect(ProtectedPkiMessageBuilder builder)
        {
            var mac = new PKMacBuilder(
                new DefaultPKMacPrimitivesProvider(), new AlgorithmIdentifier(NistObjectIdentifiers.IdSha256), new AlgorithmIdentifier(PkcsObjectIdentifiers.IdHmacWithSha256, DerNull.Instance));
            mac.SetSecureRandom(Sm2Keys.Random(SystemRandom.Instance));
            return builder.SetSenderKID(System.Text.Encoding.UTF8.GetBytes(reference)).Build(mac.Build(secret.ToCharArray()));
        }

        public override bool Verifies(ProtectedPkiMessage message) => message.HasPasswordBasedMacProtected && message.Verify(
            new PKMacBuilder(new DefaultPKMacPrimitivesProvider(), MostIterations), secret.ToCharArray());
    }

    private sealed class Signatures : CmpProtection
    {
        private readonly X509Certificate own;
        private readonly AsymmetricKeyParameter key;
        private readonly X509Certificate server;

        public Signatures(string credentialFile, string serverFile)
        {
            (own, key) = Read(credentialFile);
            server = ReadAll(serverFile).OfType<X509Certificate>().FirstOrDefault() ?? throw new FormatException($"{serverFile} holds no certificate.");
            Sender = new GeneralName(own.SubjectDN);
        }

        public override GeneralName Sender { get; }

        public override ProtectedPkiMessage Protect(ProtectedPkiMessageBuilder builder) => builder
            .SetSenderKID(SubjectKeyIdentifier.GetInstance(own.GetExtension(X509Extensions.SubjectKeyIdentifier)?.GetParsedValue())?.GetKeyIdentifier())
            .AddCmpCertificate(own)
            .Build(new Asn1SignatureFactory(
                key is Org.BouncyCastle.Crypto.Parameters.ECPrivateKeyParameters { PublicKeyParamSet: { } curve } && curve.Id == "1.2.156.10197.1.301" ? "SM3WITHSM2"
                : key is Org.BouncyCastle.Crypto.Parameters.ECPrivateKeyParameters ? "SHA256WITHECDSA"
                : "SHA256WITHRSA", key, Sm2Keys.Random(SystemRandom.Instance)));

        public override bool Verifies(ProtectedPkiMessage message) =>
            !message.HasPasswordBasedMacProtected && message.Verify(new Asn1VerifierFactory(message.ProtectionAlgorithm, server.GetPublicKey()));

        private static (X509Certificate Certificate, AsymmetricKeyParameter Key) Read(string file)
        {
            var parts = ReadAll(file);
            var key = parts.Select(part => part switch { AsymmetricCipherKeyPair pair => pair.Private, AsymmetricKeyParameter { IsPrivate: true } one => one, _ => null }).FirstOrDefault(found => found is not null);
            return parts.OfType<X509Certificate>().FirstOrDefault() is { } certificate && key is not null
                ? (certificate, key)
                : throw new FormatException($"{file} holds no certificate with its key.");
        }

        private static List<object> ReadAll(string file)
        {
            using var text = File.OpenText(file);
            using var reader = new PemReader(text);
            var parts = new List<object>();
            while (reader.ReadObject() is { } part)
            {
                parts.Add(part);
            }

            return parts;
        }
    }
}
