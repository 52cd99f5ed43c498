using System.Net.Http.Headers;
using System.Net.Sockets;
using Bzt.Protocol;
using Bzt.Protocol.Certificates.Revocation;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Bzt.Grains.CaVendors.Revocation;

/// <summary>Fetches over HTTP: a few seconds, a bounded answer, no redirects.</summary>
internal sealed class HttpRevocationFetcher(IHttpClientFactory http, TimeProvider time) : IRevocationFetcher
{
    public const string HttpClientName = "revocation";

    private const int LongestResponse = 64 * 1024;
    private const int LongestList = 16 * 1024 * 1024;
    private static readonly TimeSpan ResponseTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ListTimeout = TimeSpan.FromSeconds(15);

    public async Task<byte[]?> FetchAsync(Uri address, byte[]? ocspRequest, CancellationToken cancellation)
    {
        using var deadline = new CancellationTokenSource(ocspRequest is null ? ListTimeout : ResponseTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, deadline.Token);
        try
        {
            using var client = http.CreateClient(HttpClientName);
            using var request = new HttpRequestMessage(ocspRequest is null ? HttpMethod.Get : HttpMethod.Post, address);
            request.Content = ocspRequest is null ? null : new ByteArrayContent(ocspRequest) { Headers = { ContentType = new MediaTypeHeaderValue("application/ocsp-request") } };
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            if (!response.IsSuccessStatusCode)
            {
                return null;
            }

            await response.Content.LoadIntoBufferAsync(ocspRequest is null ? LongestList : LongestResponse, either.Token);
            return await response.Content.ReadAsByteArrayAsync(either.Token);
        }
        catch (Exception failure) when (failure is HttpRequestException or SocketException or IOException || (failure is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            return null;
        }
    }
}

public static class RevocationServices
{
    /// <summary>A <see cref="RevocationChecker"/> for whoever verifies: one memory a process.</summary>
    public static IServiceCollection AddRevocationChecking(this IServiceCollection services)
    {
        services.AddHttpClient(HttpRevocationFetcher.HttpClientName, client => client.Timeout = Timeout.InfiniteTimeSpan)
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { AllowAutoRedirect = false, ConnectTimeout = TimeSpan.FromSeconds(3), PooledConnectionLifetime = TimeSpan.FromMinutes(5) });
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IRevocationFetcher, HttpRevocationFetcher>();
        services.TryAddSingleton(provider => new RevocationChecker(provider.GetRequiredService<IRevocationFetcher>(), provider.GetRequiredService<TimeProvider>(), SystemRandom.Instance));
        return services;
    }
}
