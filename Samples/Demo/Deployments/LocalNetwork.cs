using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Bzt.Samples.Demo;

/// <summary>
/// For a real phone in the same network (<c>--lan</c>): camera and WebCrypto need a secure context, so the gateway speaks TLS with a
/// certificate from a CA made at the first run. Its certificate can be fetched by QR and trusted on the phone; its key never leaves this machine.
/// </summary>
internal sealed class LocalNetwork : IDisposable
{
    private const int TlsPort = 5443;
    private const int CertificatePort = 5444;

    private readonly HttpListener listener = new();
    private readonly byte[] authority;

    private LocalNetwork(IPAddress address, int gatewayPort, string certificateFile, string keyFile, byte[] authority)
    {
        Address = new Uri($"https://{address}:{TlsPort}/");
        Health = new Uri($"http://localhost:{gatewayPort}/health/ready");
        Listen = $"https://0.0.0.0:{TlsPort};http://localhost:{gatewayPort}";
        CertificateFile = certificateFile;
        KeyFile = keyFile;
        AuthorityAddress = new Uri($"http://{address}:{CertificatePort}/ca.crt");
        this.authority = authority;
    }

    public Uri Address { get; }

    public Uri Health { get; }

    public string Listen { get; }

    public string CertificateFile { get; }

    public string KeyFile { get; }

    public Uri AuthorityAddress { get; }

    public static LocalNetwork Prepare(string keys, int gatewayPort)
    {
        var address = FindAddress();
        Directory.CreateDirectory(keys);
        using var ca = LoadOrCreateAuthority(Path.Combine(keys, "lan-ca.crt"), Path.Combine(keys, "lan-ca.key"));
        var certificateFile = Path.Combine(keys, "lan.crt");
        var keyFile = Path.Combine(keys, "lan.key");
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={address}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(address);
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], critical: false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(ca, includeKeyIdentifier: true, includeIssuerAndSerial: false));
        var now = DateTimeOffset.UtcNow;
        using var certificate = request.Create(ca, now.AddHours(-1), now.AddDays(90), RandomNumberGenerator.GetBytes(16));
        File.WriteAllText(certificateFile, certificate.ExportCertificatePem());
        WritePrivate(keyFile, key.ExportPkcs8PrivateKeyPem());
        return new LocalNetwork(address, gatewayPort, certificateFile, keyFile, ca.Export(X509ContentType.Cert));
    }

    /// <summary>Offers the CA's certificate to phones for as long as this lives.</summary>
    public void Offer()
    {
        listener.Prefixes.Add($"http://+:{CertificatePort}/");
        listener.Start();
        _ = Task.Run(async () =>
        {
            while (listener.IsListening)
            {
                HttpListenerContext context;
                try
                {
                    context = await listener.GetContextAsync();
                }
                catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException)
                {
                    return;
                }

                context.Response.ContentType = "application/x-x509-ca-cert";
                await context.Response.OutputStream.WriteAsync(authority);
                context.Response.Close();
            }
        });
    }

    public void Dispose() => ((IDisposable)listener).Dispose();

    private static IPAddress FindAddress() =>
        NetworkInterface.GetAllNetworkInterfaces()
            .Where(network => network.OperationalStatus == OperationalStatus.Up && network.NetworkInterfaceType != NetworkInterfaceType.Loopback)
            .SelectMany(network => network.GetIPProperties().UnicastAddresses)
            .Select(unicast => unicast.Address)
            .FirstOrDefault(address => address.AddressFamily == AddressFamily.InterNetwork)
        ?? throw new DemoException("--lan: this machine has no address in a network; connect it, or run without --lan.");

    private static X509Certificate2 LoadOrCreateAuthority(string certificateFile, string keyFile)
    {
        if (File.Exists(certificateFile) && File.Exists(keyFile))
        {
            return X509Certificate2.CreateFromPemFile(certificateFile, keyFile);
        }

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=BztCluster development", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: true, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        var now = DateTimeOffset.UtcNow;
        using var created = request.CreateSelfSigned(now.AddHours(-1), now.AddYears(2));
        WritePrivate(keyFile, key.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(certificateFile, created.ExportCertificatePem());
        return X509Certificate2.CreateFromPemFile(certificateFile, keyFile);
    }

    private static void WritePrivate(string file, string content)
    {
        using var stream = new FileStream(file, new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
        using var writer = new StreamWriter(stream);
        writer.Write(content);
    }
}
