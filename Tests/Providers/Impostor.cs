using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Bzt.Tests.Providers;

/// <summary>Answers every request alike and remembers the last: somebody who got between us and a provider.</summary>
internal sealed class Impostor : IAsyncDisposable
{
    readonly WebApplication app;

    Impostor(WebApplication app) => this.app = app;

    public Uri Address => new(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());

    public (byte[] Body, (string Name, string Value)[] Headers) Last { get; private set; }

    /// <summary>Path and query, as they came.</summary>
    public string LastPath { get; private set; } = "";

    public static async Task<Impostor> StartAsync(string answer, (string Name, string Value)[] headers)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var impostor = new Impostor(builder.Build());
        impostor.app.Run(async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            impostor.LastPath = context.Request.Path + context.Request.QueryString.Value;
            impostor.Last = (body.ToArray(), [.. context.Request.Headers.Select(header => (header.Key, header.Value.ToString()))]);
            foreach (var (name, value) in headers)
            {
                context.Response.Headers[name] = value;
            }

            await context.Response.WriteAsync(answer);
        });
        await impostor.app.StartAsync();
        return impostor;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();
}
