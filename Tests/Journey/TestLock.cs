using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Bzt.Tests.Peers;

namespace Bzt.Tests.Journey;

/// <summary>A CA of locks, as there were before phones: an RSA root, an issuing CA under it, and what it has issued and revoked.</summary>
internal sealed class TestLockCa : IDisposable
{
    private readonly RSA rootKey = RSA.Create(2048), issuingKey = RSA.Create(2048);
    private readonly X509Certificate2 issuing;
    private readonly CertificateRevocationListBuilder revoked = new();
    private int issued;

    public TestLockCa(string name)
    {
        var now = DateTimeOffset.UtcNow;
        Root = Authority($"CN={name} Root", rootKey).CreateSelfSigned(now.AddYears(-10), now.AddYears(10));
        using var bare = Authority($"CN={name}", issuingKey).Create(Root, now.AddYears(-9), now.AddYears(9), [7]);
        issuing = bare.CopyWithPrivateKey(issuingKey);
    }

    public X509Certificate2 Root { get; }

    public byte[] Issuing => issuing.RawData;

    /// <param name="key">The lock's.</param>
    /// <param name="name">The enterprise.</param>
    /// <param name="creditCode">In GB/T 20518's extension.</param>
    /// <param name="from">In days from today.</param>
    /// <param name="to">In days from today.</param>
    public byte[] Issue(AsymmetricAlgorithm key, string name, string creditCode, int from = -30, int to = 300)
    {
        var subject = new X500DistinguishedNameBuilder();
        subject.AddCountryOrRegion("CN");
        subject.AddOrganizationName(name);
        subject.AddCommonName(name);
        var request = key is RSA rsa
            ? new CertificateRequest(subject.Build(), rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            : new CertificateRequest(subject.Build(), (ECDsa)key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(
            X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.NonRepudiation | (key is RSA ? X509KeyUsageFlags.KeyEncipherment : X509KeyUsageFlags.None), true));
        var code = new System.Formats.Asn1.AsnWriter(System.Formats.Asn1.AsnEncodingRules.DER);
        code.WriteCharacterString(System.Formats.Asn1.UniversalTagNumber.PrintableString, creditCode);
        request.CertificateExtensions.Add(new X509Extension("1.2.156.10260.4.1.4", code.Encode(), false));
        var now = DateTimeOffset.UtcNow;
        using var certificate = request.Create(issuing.SubjectName, X509SignatureGenerator.CreateForRSA(issuingKey, RSASignaturePadding.Pkcs1), now.AddDays(from), now.AddDays(to), [1, (byte)++issued]);
        return certificate.RawData;
    }

    /// <summary>The list with this certificate on it.</summary>
    public byte[] Revoke(byte[] certificate)
    {
        using var loaded = X509CertificateLoader.LoadCertificate(certificate);
        revoked.AddEntry(loaded);
        return revoked.Build(issuing, 1, DateTimeOffset.UtcNow.AddDays(7), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
    }

    public void Dispose()
    {
        issuing.Dispose();
        Root.Dispose();
        rootKey.Dispose();
        issuingKey.Dispose();
    }

    private static CertificateRequest Authority(string name, RSA key)
    {
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        return request;
    }
}

/// <summary>A USB port with CA locks in it: SoftHSM2 stands in, with a folder of tokens of its own. Filled by OpenSC's own tools.</summary>
internal sealed class TestLocks
{
    public const string Pin = "20260417", WrongPin = "11111111";

    private readonly TemporaryFolder folder;
    private readonly string name;

    public TestLocks(TemporaryFolder folder, string name)
    {
        (this.folder, this.name) = (folder, name);
        Directory.CreateDirectory(Tokens);
        Configuration = folder.Write($"{name}.conf", System.Text.Encoding.UTF8.GetBytes($"directories.tokendir = {Tokens}\nobjectstore.backend = file\nlog.level = ERROR\n"));
    }

    /// <summary>Debian has it at either place.</summary>
    public static string Module { get; } = new[] { "/usr/lib/softhsm/libsofthsm2.so", "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so", "/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so" }
        .FirstOrDefault(File.Exists) ?? throw new InvalidOperationException("SoftHSM2 is not installed; ./test.sh installs what the tests need.");

    /// <summary>What the tool's process gets as <c>SOFTHSM2_CONF</c>.</summary>
    public string Configuration { get; }

    public string Tokens => folder[$"{name}.tokens"];

    /// <summary>Plugs in a lock with one key, its certificate, and the issuing CA's.</summary>
    public async Task<TestLocks> PlugInAsync(string label, AsymmetricAlgorithm key, byte[] certificate, byte[] issuing)
    {
        await RunAsync("softhsm2-util", "--init-token", "--free", "--label", label, "--so-pin", "87654321", "--pin", Pin);
        var keyFile = folder.Write($"{name}-{label}.pem", System.Text.Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem()));
        await RunAsync("softhsm2-util", "--import", keyFile, "--token", label, "--label", "key", "--id", "01", "--pin", Pin);
        File.Delete(keyFile);
        foreach (var (der, id) in ((byte[], string)[])[(certificate, "01"), (issuing, "02")])
        {
            var file = folder.Write($"{name}-{label}-{id}.cer", der);
            await RunAsync("pkcs11-tool", "--module", Module, "--token-label", label, "--login", "--pin", Pin, "--write-object", file, "--type", "cert", "--id", id, "--label", $"certificate {id}");
        }

        return this;
    }

    /// <summary>Out of the port, all of them; the port stays.</summary>
    public void PullOut()
    {
        foreach (var token in Directory.GetDirectories(Tokens))
        {
            Directory.Delete(token, recursive: true);
        }
    }

    private async Task RunAsync(string program, params string[] arguments) =>
        (await PeerProcess.Run("env", [$"SOFTHSM2_CONF={Configuration}", program, .. arguments])).OrFail();
}
