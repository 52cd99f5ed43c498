using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Bzt.Tests.Providers;

/// <summary>Takes notifications and answers what the test has prepared, <c>success</c> otherwise.</summary>
internal sealed class Merchant : IAsyncDisposable
{
    readonly WebApplication app;
    readonly Channel<IReadOnlyDictionary<string, string>> received = Channel.CreateUnbounded<IReadOnlyDictionary<string, string>>();

    Merchant(WebApplication app) => this.app = app;

    public ConcurrentQueue<string> Answers { get; } = new();

    public Uri NotifyUrl => new(new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()), "notify");

    public static async Task<Merchant> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var merchant = new Merchant(builder.Build());
        merchant.app.MapPost("/notify", async (HttpRequest request) =>
        {
            var message = request.HasFormContentType
                ? (await request.ReadFormAsync()).ToDictionary(field => field.Key, field => field.Value.ToString())
                : request.Headers.Where(header => header.Key.StartsWith("Wechatpay-", StringComparison.OrdinalIgnoreCase))
                    .Select(header => KeyValuePair.Create(header.Key.ToLowerInvariant(), header.Value.ToString()))
                    .Append(KeyValuePair.Create("body", await new StreamReader(request.Body).ReadToEndAsync()))
                    .ToDictionary();
            var answer = merchant.Answers.TryDequeue(out var prepared) ? prepared : "success";
            await merchant.received.Writer.WriteAsync(message);
            return answer == "500" ? Results.StatusCode(500) : Results.Text(answer);
        });
        await merchant.app.StartAsync();
        return merchant;
    }

    /// <summary>The next notification, waited for.</summary>
    public async Task<IReadOnlyDictionary<string, string>> NextAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        return await received.Reader.ReadAsync(patience.Token);
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();
}
