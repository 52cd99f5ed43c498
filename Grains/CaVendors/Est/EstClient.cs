using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.Cms;

namespace Bzt.Grains.CaVendors.Est;

/// <summary>An answer of the EST server.</summary>
/// <param name="RetryAfter">Of a 202: the request is kept, and sent again then.</param>
internal sealed record EstAnswer(HttpStatusCode Status, string MediaType, byte[] Body, TimeSpan? RetryAfter);

/// <summary>RFC 7030's operations: bodies in base64, certificates in a PKCS#7 without signers.</summary>
internal sealed class EstClient : IDisposable
{
    private const int LongestAnswer = 256 * 1024;

    private readonly HttpClient http;
    private readonly EstVendorOptions options;

    public EstClient(EstVendorOptions options)
    {
        this.options = options;
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, ConnectTimeout = TimeSpan.FromSeconds(5), PooledConnectionLifetime = TimeSpan.FromMinutes(5) };
        if (options.CredentialFile is { } credentials)
        {
            handler.SslOptions.ClientCertificates = [X509Certificate2.CreateFromPemFile(credentials)];
        }

        if (options.TlsRootFile is { } file)
        {
            var roots = new X509Certificate2Collection();
            roots.ImportFromPemFile(file);
            handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            handler.SslOptions.CertificateChainPolicy.CustomTrustStore.AddRange(roots);
        }

        http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>The CA's own certificates.</summary>
    public async Task<EstAnswer> GetAsync(string operation, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, At(operation));
        return await SendAsync(request, cancellation);
    }

    public async Task<EstAnswer> PostAsync(string operation, byte[] certificationRequest, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, At(operation));
        request.Content = new StringContent(Convert.ToBase64String(certificationRequest, Base64FormattingOptions.InsertLineBreaks), Encoding.ASCII);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/pkcs10");
        request.Content.Headers.TryAddWithoutValidation("Content-Transfer-Encoding", "base64");
        return await SendAsync(request, cancellation);
    }

    /// <summary>The certificates of a PKCS#7 without signers, in base64; null when it is none.</summary>
    public static IReadOnlyList<byte[]>? Certificates(ReadOnlySpan<byte> body)
    {
        try
        {
            var content = ContentInfo.GetInstance(Asn1Object.FromByteArray(Convert.FromBase64String(Encoding.ASCII.GetString(body))));
            return content.ContentType.Equals(CmsObjectIdentifiers.SignedData)
                ? [.. (SignedData.GetInstance(content.Content).Certificates ?? DerSet.Empty).Select(certificate => certificate.ToAsn1Object().GetDerEncoded())]
                : null;
        }
        catch (Exception malformed) when (malformed is FormatException or ArgumentException or IOException or InvalidCastException)
        {
            return null;
        }
    }

    public void Dispose() => http.Dispose();

    private Uri At(string operation) => new($"{options.Endpoint!.AbsoluteUri.TrimEnd('/')}/{operation}");

    private async Task<EstAnswer> SendAsync(HttpRequestMessage request, CancellationToken cancellation)
    {
        if (options is { UserName: { } name, Password: { } password })
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{name}:{password}")));
        }

        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(options.Timeout);
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, deadline.Token);
        await response.Content.LoadIntoBufferAsync(LongestAnswer, deadline.Token);
        return new EstAnswer(
            response.StatusCode, response.Content.Headers.ContentType?.ToString() ?? "", await response.Content.ReadAsByteArrayAsync(deadline.Token),
            response.StatusCode == HttpStatusCode.Accepted ? response.Headers.RetryAfter?.Delta ?? TimeSpan.FromMinutes(1) : null);
    }
}
