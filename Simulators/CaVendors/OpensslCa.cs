using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Bzt.Simulators.CaVendors;

/// <summary>
/// A CA made of the openssl program alone: `openssl ca` with its index, lists and responder from the same folder, SM2 with SM3, the
/// default signer id. One command at a time, as its index wants it.
/// </summary>
sealed class OpensslCa : IDisposable
{
    const string Id = "distid:1234567812345678";

    readonly string folder;
    readonly bool temporary;
    readonly SemaphoreSlim one = new(1, 1);

    /// <param name="dataFolder">Where it keeps keys and index; without one they end with the process.</param>
    public OpensslCa(string? dataFolder)
    {
        temporary = dataFolder is null;
        folder = dataFolder is null ? Directory.CreateTempSubdirectory("bzt-ca-vendor-").FullName : Path.Combine(dataFolder, "ca-vendor");
    }

    /// <summary>The root certificate, DER.</summary>
    public Task<byte[]> RootAsync(CancellationToken cancellation) => InTurnAsync(() => ReadDerAsync("ca.crt", cancellation), cancellation);

    /// <summary>The root certificate, PEM, for the product's settings; made now if there is none yet.</summary>
    public string CreateRoot()
    {
        Task.Run(() => RootAsync(CancellationToken.None)).GetAwaiter().GetResult();
        return File.ReadAllText(At("ca.crt"));
    }

    /// <summary>Whether the request is an SM2 one that proves its key; answers the key, PEM.</summary>
    public Task<string?> ProvenKeyAsync(byte[] request, CancellationToken cancellation) => InTurnAsync(async () =>
    {
        await File.WriteAllBytesAsync(At("request.der"), request, cancellation);
        var (code, output) = await RunAsync(["req", "-inform", "DER", "-in", "request.der", "-verify", "-noout", "-pubkey", "-vfyopt", Id], cancellation);
        return code == 0 && output.Contains("-----BEGIN PUBLIC KEY-----", StringComparison.Ordinal) ? output : null;
    }, cancellation);

    /// <summary>A certificate for the key of a request; everything else in it is said here.</summary>
    public Task<byte[]> IssueAsync(byte[] request, string subject, IEnumerable<string> extensions, DateTimeOffset notAfter, CancellationToken cancellation) => InTurnAsync(async () =>
    {
        await File.WriteAllBytesAsync(At("request.der"), request, cancellation);
        await CheckedAsync(["req", "-inform", "DER", "-in", "request.der", "-out", "request.pem"], cancellation);
        await File.WriteAllLinesAsync(At("extensions"), extensions, cancellation);
        await CheckedAsync(
            ["ca", "-config", "ca.cnf", "-batch", "-notext", "-md", "sm3", "-sigopt", Id, "-vfyopt", Id, "-rand_serial", "-utf8", "-subj", subject,
             "-enddate", notAfter.UtcDateTime.ToString("yyyyMMddHHmmssZ", CultureInfo.InvariantCulture), "-extfile", "extensions", "-in", "request.pem", "-out", "issued.pem"], cancellation);
        return await ReadDerAsync("issued.pem", cancellation);
    }, cancellation);

    /// <summary>A new SM2 key (ECPrivateKey of RFC 5915, DER) and a request made with it.</summary>
    public Task<(byte[] PrivateKey, byte[] Request)> NewKeyAsync(CancellationToken cancellation) => InTurnAsync(async () =>
    {
        await CheckedAsync(["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:SM2", "-outform", "DER", "-out", "key.der"], cancellation);
        await CheckedAsync(["req", "-new", "-keyform", "DER", "-key", "key.der", "-sm3", "-sigopt", Id, "-config", "ca.cnf", "-subj", "/CN=key", "-outform", "DER", "-out", "key.csr"], cancellation);
        var made = (await File.ReadAllBytesAsync(At("key.der"), cancellation), await File.ReadAllBytesAsync(At("key.csr"), cancellation));
        File.Delete(At("key.der"));
        return made;
    }, cancellation);

    /// <summary>SM2 encryption: DER C1‖C3‖C2.</summary>
    public Task<byte[]> EncryptAsync(string publicKey, byte[] plaintext, CancellationToken cancellation) => InTurnAsync(async () =>
    {
        await File.WriteAllTextAsync(At("receiver.pem"), publicKey, cancellation);
        await File.WriteAllBytesAsync(At("plain"), plaintext, cancellation);
        await CheckedAsync(["pkeyutl", "-encrypt", "-pubin", "-inkey", "receiver.pem", "-in", "plain", "-out", "cipher"], cancellation);
        return await File.ReadAllBytesAsync(At("cipher"), cancellation);
    }, cancellation);

    /// <summary>SM4 in ECB, whole blocks.</summary>
    public Task<byte[]> EncryptBlocksAsync(byte[] key, byte[] blocks, CancellationToken cancellation) => InTurnAsync(async () =>
    {
        await File.WriteAllBytesAsync(At("plain"), blocks, cancellation);
        await CheckedAsync(["enc", "-sm4-ecb", "-nopad", "-K", Convert.ToHexString(key), "-in", "plain", "-out", "cipher"], cancellation);
        return await File.ReadAllBytesAsync(At("cipher"), cancellation);
    }, cancellation);

    /// <summary>A PKCS#7 without signers around a certificate.</summary>
    public Task<byte[]> BundleAsync(byte[] certificate, CancellationToken cancellation) => InTurnAsync(async () =>
    {
        await File.WriteAllBytesAsync(At("bundled.der"), certificate, cancellation);
        await CheckedAsync(["x509", "-inform", "DER", "-in", "bundled.der", "-out", "bundled.pem"], cancellation);
        await CheckedAsync(["crl2pkcs7", "-nocrl", "-certfile", "bundled.pem", "-outform", "DER", "-out", "bundle.der"], cancellation);
        return await File.ReadAllBytesAsync(At("bundle.der"), cancellation);
    }, cancellation);

    public async Task RevokeAsync(string serialNumber, string reason, CancellationToken cancellation) => await InTurnAsync(async () =>
    {
        await CheckedAsync(["ca", "-config", "ca.cnf", "-revoke", $"newcerts/{serialNumber}.pem", "-crl_reason", reason, "-md", "sm3", "-sigopt", Id], cancellation);
        return true;
    }, cancellation);

    public Task<byte[]> RevocationListAsync(CancellationToken cancellation) => InTurnAsync(async () =>
    {
        await CheckedAsync(["ca", "-config", "ca.cnf", "-gencrl", "-md", "sm3", "-sigopt", Id, "-out", "crl.pem"], cancellation);
        await CheckedAsync(["crl", "-in", "crl.pem", "-outform", "DER", "-out", "crl.der"], cancellation);
        return await File.ReadAllBytesAsync(At("crl.der"), cancellation);
    }, cancellation);

    public Task<byte[]?> OcspAsync(byte[] request, CancellationToken cancellation) => InTurnAsync(async () =>
    {
        await File.WriteAllBytesAsync(At("ocsp.req"), request, cancellation);
        var (code, _) = await RunAsync(
            ["ocsp", "-index", "index.txt", "-CA", "ca.crt", "-rsigner", "ocsp.crt", "-rkey", "ocsp.key", "-rmd", "sm3", "-rsigopt", Id, "-reqin", "ocsp.req", "-respout", "ocsp.resp", "-ndays", "1"],
            cancellation);
        return code == 0 ? await File.ReadAllBytesAsync(At("ocsp.resp"), cancellation) : null;
    }, cancellation);

    public void Dispose()
    {
        one.Dispose();
        if (temporary)
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    async Task<T> InTurnAsync<T>(Func<Task<T>> work, CancellationToken cancellation)
    {
        await one.WaitAsync(cancellation);
        try
        {
            if (!File.Exists(At("ocsp.crt")))
            {
                await CreateAsync(cancellation);
            }

            return await work();
        }
        finally
        {
            one.Release();
        }
    }

    /// <summary>A root that issues by itself, and a responder.</summary>
    async Task CreateAsync(CancellationToken cancellation)
    {
        Directory.CreateDirectory(At("newcerts"));
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        await File.WriteAllTextAsync(At("ca.cnf"), Configuration, cancellation);
        await File.WriteAllTextAsync(At("index.txt"), "", cancellation);
        await File.WriteAllTextAsync(At("crlnumber"), "01\n", cancellation);
        await CheckedAsync(["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:SM2", "-out", "ca.key"], cancellation);
        await CheckedAsync(
            ["req", "-x509", "-new", "-key", "ca.key", "-sm3", "-sigopt", Id, "-days", "7300", "-config", "ca.cnf", "-extensions", "root", "-utf8", "-subj", "/C=CN/O=模拟CA机构/CN=模拟CA机构 根证书", "-out", "ca.crt"],
            cancellation);
        await CheckedAsync(["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:SM2", "-out", "ocsp.key"], cancellation);
        await CheckedAsync(["req", "-new", "-key", "ocsp.key", "-sm3", "-sigopt", Id, "-config", "ca.cnf", "-subj", "/CN=OCSP", "-out", "ocsp.csr"], cancellation);
        await File.WriteAllLinesAsync(
            At("extensions"), ["basicConstraints=CA:false", "keyUsage=critical,digitalSignature", "extendedKeyUsage=OCSPSigning", "noCheck=ignored", "authorityKeyIdentifier=keyid"], cancellation);
        await CheckedAsync(
            ["ca", "-config", "ca.cnf", "-batch", "-notext", "-md", "sm3", "-sigopt", Id, "-vfyopt", Id, "-rand_serial", "-subj", "/C=CN/O=OCSP/CN=OCSP", "-days", "3650", "-extfile", "extensions",
             "-in", "ocsp.csr", "-out", "ocsp.crt"], cancellation);
    }

    async Task<byte[]> ReadDerAsync(string pem, CancellationToken cancellation)
    {
        await CheckedAsync(["x509", "-in", pem, "-outform", "DER", "-out", "certificate.der"], cancellation);
        return await File.ReadAllBytesAsync(At("certificate.der"), cancellation);
    }

    async Task CheckedAsync(string[] arguments, CancellationToken cancellation)
    {
        var (code, output) = await RunAsync(arguments, cancellation);
        if (code != 0)
        {
            throw new InvalidOperationException($"openssl {string.Join(' ', arguments)}: {output}");
        }
    }

    async Task<(int Code, string Output)> RunAsync(string[] arguments, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo("openssl", arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true, StandardOutputEncoding = Encoding.UTF8 };
        try
        {
            using var process = Process.Start(start) ?? throw new InvalidOperationException("openssl did not start.");
            var (output, error) = (process.StandardOutput.ReadToEndAsync(cancellation), process.StandardError.ReadToEndAsync(cancellation));
            await process.WaitForExitAsync(cancellation);
            return process.ExitCode == 0 ? (0, await output) : (process.ExitCode, await error);
        }
        catch (Win32Exception missing)
        {
            throw new InvalidOperationException("The simulated CA vendor is made of the openssl program, which is not installed.", missing);
        }
    }

    string At(string name) => Path.Combine(folder, name);

    const string Configuration = """
        [ca]
        default_ca = vendor
        [vendor]
        dir = .
        database = ./index.txt
        new_certs_dir = ./newcerts
        certificate = ./ca.crt
        private_key = ./ca.key
        serial = ./serial
        rand_serial = yes
        default_md = sm3
        policy = any
        unique_subject = no
        string_mask = utf8only
        copy_extensions = none
        crlnumber = ./crlnumber
        default_crl_days = 1
        [any]
        countryName = optional
        stateOrProvinceName = optional
        localityName = optional
        organizationName = optional
        organizationalUnitName = optional
        commonName = supplied
        [req]
        distinguished_name = dn
        string_mask = utf8only
        utf8 = yes
        [dn]
        [root]
        basicConstraints = critical,CA:true
        keyUsage = critical,keyCertSign,cRLSign
        subjectKeyIdentifier = hash
        """;
}
