using System.Buffers.Text;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Bzt.Grains.Callbacks;
using Bzt.Grains.Foundations;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Bzt.Grains.WebPush;

/// <summary>One try.</summary>
public interface IPushSender
{
    /// <summary>Never throws what the network does.</summary>
    Task<PushOutcome> SendAsync(UserId user, PushTarget target, PushKey key, PushOrder order);
}

/// <summary>
/// RFC 8030 over the callbacks' way out: public addresses only, judged as they are connected to, no redirects, a bounded number of connections, and ten
/// seconds, in which also the wait for one of them counts.
/// </summary>
internal sealed partial class HttpPushSender(
    IHttpClientFactory clients, IKeyProtector protector, WebPushOptions options, TimeProvider clock, ILogger<HttpPushSender> log) : IPushSender
{
    public const string ClientName = "web-push";

    private const int TopicBytes = 24;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);

    public async Task<PushOutcome> SendAsync(UserId user, PushTarget target, PushKey key, PushOrder order)
    {
        var (result, retryAfter) = await TryAsync(user, target.Subscription, key, order);
        return new PushOutcome(target.Device, order.Kind, order.AskedAt, target.Subscription.Endpoint, result, retryAfter);
    }

    internal static byte[] Payload(PushOrder order)
    {
        var kind = JsonNamingPolicy.CamelCase.ConvertName(order.Kind.ToString());
        return JsonSerializer.SerializeToUtf8Bytes(order.Subject is { } id
            ? new Dictionary<string, string> { ["kind"] = kind, ["id"] = id.ToString("D") }
            : new Dictionary<string, string> { ["kind"] = kind });
    }

    private async Task<(PushResult, TimeSpan?)> TryAsync(UserId user, PushSubscription to, PushKey key, PushOrder order)
    {
        var (now, endpoint) = (clock.GetUtcNow(), new Uri(to.Endpoint));
        using var deadline = new CancellationTokenSource(Longest);
        using var client = clients.CreateClient(ClientName);
        using var request = new HttpRequestMessage(HttpMethod.Post, endpoint)
        {
            Content = new ByteArrayContent(WebPushEncryption.Encrypt(to, Payload(order)))
            {
                Headers = { ContentType = new MediaTypeHeaderValue("application/octet-stream"), ContentEncoding = { "aes128gcm" } },
            },
        };
        request.Headers.TryAddWithoutValidation("Authorization", Vapid.Authorize(protector, key, endpoint, options.Contact!, now));
        request.Headers.Add("TTL", Math.Max(0, (long)(order.Until - now).TotalSeconds).ToString(CultureInfo.InvariantCulture));
        request.Headers.Add("Urgency", PushRules.IsUrgent(order.Kind) ? "high" : "normal");
        request.Headers.Add("Topic", Topic(user, order.Kind));
        try
        {
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, deadline.Token);
            var result = response.StatusCode switch
            {
                HttpStatusCode.NotFound or HttpStatusCode.Gone => PushResult.Gone,
                HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout or >= HttpStatusCode.InternalServerError => PushResult.Away,
                _ => response.IsSuccessStatusCode ? PushResult.Sent : PushResult.Refused,
            };
            if (result == PushResult.Refused)
            {
                LogRefused(endpoint.Host, (int)response.StatusCode);
            }

            return (result, response.Headers.RetryAfter is { } after ? after.Delta ?? after.Date - now : null);
        }
        catch (Exception failure) when (failure is OperationCanceledException or HttpRequestException or SocketException)
        {
            LogAway(endpoint.Host, failure.GetType().Name);
            return (PushResult.Away, null);
        }
    }

    /// <summary>RFC 8030 §5.4: a newer message of a kind replaces one the phone has not got yet. It is in clear, so it is a name only we can make.</summary>
    private string Topic(UserId user, PushKind kind) =>
        Base64Url.EncodeToString(Convert.FromHexString(protector.KeyedHash("web-push/topic", Encoding.UTF8.GetBytes($"{user}/{kind}"))).AsSpan(0, TopicBytes));

    [LoggerMessage(LogLevel.Warning, "The push service {Host} refused a message: {Status}")]
    private partial void LogRefused(string host, int status);

    [LoggerMessage(LogLevel.Information, "The push service {Host} did not answer: {Failure}; it is tried again")]
    private partial void LogAway(string host, string failure);
}

public static class WebPushServices
{
    public static IServiceCollection AddWebPush(this IServiceCollection services)
    {
        services.AddSingleton<IPushSender, HttpPushSender>();
        services.AddHttpClient(HttpPushSender.ClientName, client => client.Timeout = Timeout.InfiniteTimeSpan)
            .ConfigurePrimaryHttpMessageHandler(provider => HttpCallbackSender.Handler(provider.GetRequiredService<CallbackOptions>()))
            // The address of a subscription is a secret, and stands in the path.
            .RemoveAllLoggers();
        return services;
    }
}
