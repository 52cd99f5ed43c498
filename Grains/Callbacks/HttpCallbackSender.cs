using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Bzt.Contracts;
using Bzt.Contracts.Platforms;
using Bzt.Grains.Foundations;
using Microsoft.Extensions.DependencyInjection;

namespace Bzt.Grains.Callbacks;

/// <param name="AllowLoopback">An embedded system may call this machine, in the clear: for development.</param>
public sealed record CallbackOptions(bool AllowLoopback);

/// <summary>One try.</summary>
public interface ICallbackSender
{
    /// <summary>Null when the platform took it; otherwise what happened, in a word that may be shown to it.</summary>
    Task<string?> SendAsync(CallbackTarget target, string messageId, CallbackEvent message);
}

/// <summary>
/// POSTs a signed event: no redirects, no proxy, ten seconds, an answer nobody reads. The address is judged as it is resolved and connected
/// to that very address, so a name cannot point elsewhere between the two.
/// </summary>
internal sealed class HttpCallbackSender(IHttpClientFactory clients, IKeyProtector protector, TimeProvider clock) : ICallbackSender
{
    public const string ClientName = "callbacks";

    private const int LongestAnswer = 64 * 1024;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);

    public async Task<string?> SendAsync(CallbackTarget target, string messageId, CallbackEvent message)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(message, BztJson.Default.CallbackEvent);
        var now = clock.GetUtcNow();
        using var deadline = new CancellationTokenSource(Longest);
        using var client = clients.CreateClient(ClientName);
        using var request = new HttpRequestMessage(HttpMethod.Post, target.Url)
        {
            Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } },
        };
        request.Headers.Add(CallbackSignature.IdHeader, messageId);
        request.Headers.Add(CallbackSignature.TimestampHeader, now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        request.Headers.Add(CallbackSignature.SignatureHeader, string.Join(' ', target.ProtectedSecrets.Select(secret => Sign(target.Platform, secret, messageId, now, body))));
        try
        {
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, deadline.Token);
            return response.IsSuccessStatusCode ? null : ((int)response.StatusCode).ToString(CultureInfo.InvariantCulture);
        }
        catch (OperationCanceledException)
        {
            return "timeout";
        }
        catch (Exception failure) when (failure is HttpRequestException or SocketException)
        {
            return failure.InnerException is AddressNotAllowedException ? "address_not_public" : (failure as HttpRequestException)?.HttpRequestError switch
            {
                HttpRequestError.NameResolutionError => "name_not_resolved",
                HttpRequestError.ConnectionError => "not_connected",
                HttpRequestError.SecureConnectionError => "tls",
                _ => "connection",
            };
        }
    }

    internal static SocketsHttpHandler Handler(CallbackOptions options) => new()
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
        MaxConnectionsPerServer = 32,
        MaxResponseHeadersLength = 16,
        MaxResponseDrainSize = LongestAnswer,
        ResponseDrainTimeout = TimeSpan.FromSeconds(1),
        PooledConnectionLifetime = TimeSpan.FromMinutes(2),
        ConnectCallback = (context, cancellation) => ConnectAsync(context.DnsEndPoint, options, cancellation),
    };

    private static async ValueTask<Stream> ConnectAsync(DnsEndPoint host, CallbackOptions options, CancellationToken cancellation)
    {
        var addresses = await Dns.GetHostAddressesAsync(host.Host, cancellation);
        // One private address among public ones is a trick, not a mistake.
        if (addresses.Length == 0 || !addresses.All(address => CallbackAddresses.IsAllowed(address, options.AllowLoopback)))
        {
            throw new AddressNotAllowedException();
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, host.Port, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private string Sign(PlatformId platform, byte[] sealedSecret, string messageId, DateTimeOffset now, byte[] body)
    {
        using var secret = protector.Unprotect(CallbackEndpointGrain.SecretPurpose, Encoding.UTF8.GetBytes(platform.Value), sealedSecret);
        return CallbackSignature.Sign(Encoding.ASCII.GetString(secret.Span), messageId, now, body);
    }

    private sealed class AddressNotAllowedException() : IOException("The address is not public.");
}

public static class CallbackServices
{
    public static IServiceCollection AddCallbacks(this IServiceCollection services, bool embedded)
    {
        var options = new CallbackOptions(AllowLoopback: embedded);
        services.AddSingleton(options);
        services.AddSingleton<ICallbackSender, HttpCallbackSender>();
        services.AddHttpClient(HttpCallbackSender.ClientName, client => client.Timeout = Timeout.InfiniteTimeSpan)
            .ConfigurePrimaryHttpMessageHandler(() => HttpCallbackSender.Handler(options))
            .RemoveAllLoggers();
        return services;
    }
}
