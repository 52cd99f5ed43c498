using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;

namespace Bzt.LoadTests.Fuzzing;

/// <summary>Somebody with the credentials of his kind, under whom requests are sent that are not in order.</summary>
internal sealed class FuzzCaller : IDisposable
{
    private readonly HttpClient http;
    private readonly Func<HttpRequestMessage, Task>? authorize;
    private Func<HttpResponseMessage, bool> asksAgain = _ => false;

    private FuzzCaller(string name, Uri gateway, HttpMessageHandler handler, Func<HttpRequestMessage, Task>? authorize)
    {
        (Name, this.authorize) = (name, authorize);
        http = new HttpClient(handler) { BaseAddress = gateway, Timeout = Timeout.InfiniteTimeSpan };
    }

    public string Name { get; }

    public static FuzzCaller Stranger(Uri gateway) => new("a stranger", gateway, Handler(), null);

    public static FuzzCaller Platform(Uri gateway, string name, string id, string secret, TimeProvider clock)
    {
        var tokens = new HttpClient { BaseAddress = gateway };
        return new FuzzCaller(name, gateway, new ClientCredentialsHandler(tokens, id, secret, clock) { InnerHandler = Handler() }, null);
    }

    /// <summary>A phone with its access token, or a bid tool with its project token: whoever proves a key.</summary>
    public static FuzzCaller Holder(Uri gateway, string name, string token, IDeviceKey key, TimeProvider clock)
    {
        string? nonce = null;
        return new FuzzCaller(name, gateway, Handler(), async message =>
        {
            // A proof of the address as its sender reads it. Where the server reads another, it is none.
            if (!message.Headers.Contains("Authorization"))
            {
                message.Headers.Authorization = new AuthenticationHeaderValue("DPoP", token);
            }

            if (!message.Headers.Contains("DPoP"))
            {
                message.Headers.Add("DPoP", await DpopProofs.CreateAsync(key, message.Method.Method, new Uri(message.RequestUri!.AbsoluteUri), clock.GetUtcNow(), token, nonce));
            }
        })
        {
            asksAgain = response =>
            {
                if (response.StatusCode != System.Net.HttpStatusCode.Unauthorized || !response.Headers.TryGetValues("DPoP-Nonce", out var given) || given.First() is var fresh && fresh == nonce)
                {
                    return false;
                }

                nonce = fresh;
                return true;
            },
        };
    }

    /// <summary>Whoever has a token that is good for its bearer.</summary>
    /// <param name="token">As it is when a request is sent.</param>
    public static FuzzCaller Bearer(Uri gateway, string name, Func<string> token) => new(name, gateway, Handler(), message =>
    {
        if (!message.Headers.Contains("Authorization"))
        {
            message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token());
        }

        return Task.CompletedTask;
    });

    /// <summary>Logged in at the CA console.</summary>
    public static async Task<FuzzCaller> ReviewerAsync(Uri gateway, string password, CancellationToken stop)
    {
        using var login = new HttpClient(new HttpClientHandler { UseCookies = false }) { BaseAddress = gateway };
        login.DefaultRequestHeaders.Add("Bzt-Console", "fuzz");
        using var response = await login.PostAsJsonAsync("ca-console/api/login", new { reviewer = "审核员", password }, stop);
        response.EnsureSuccessStatusCode();
        var cookie = string.Join("; ", response.Headers.GetValues("Set-Cookie").Select(set => set.Split(';')[0]));
        return new FuzzCaller("a reviewer", gateway, Handler(), message =>
        {
            message.Headers.TryAddWithoutValidation("Cookie", cookie);
            message.Headers.TryAddWithoutValidation("Bzt-Console", "fuzz");
            return Task.CompletedTask;
        });
    }

    public async Task<FuzzedAnswer> SendAsync(FuzzedRequest request, CancellationToken stop)
    {
        using var response = await SendOnceAsync(request, stop);
        if (!asksAgain(response))
        {
            return await FuzzedAnswer.ReadAsync(response, stop);
        }

        using var again = await SendOnceAsync(request, stop);
        return await FuzzedAnswer.ReadAsync(again, stop);
    }

    public void Dispose() => http.Dispose();

    private async Task<HttpResponseMessage> SendOnceAsync(FuzzedRequest request, CancellationToken stop)
    {
        using var message = request.ToMessage(http.BaseAddress!);
        if (authorize is not null)
        {
            await authorize(message);
        }

        return await http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, stop);
    }

    private static SocketsHttpHandler Handler() => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8,
        ResponseHeaderEncodingSelector = (_, _) => Encoding.Latin1,
    };
}
