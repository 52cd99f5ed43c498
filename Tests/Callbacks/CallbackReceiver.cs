using System.Collections.Concurrent;
using Bzt.Contracts.Platforms;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Bzt.Tests.Callbacks;

/// <summary>What came in.</summary>
internal sealed record ReceivedCallback(string Path, string Id, string Timestamp, string Signature, byte[] Body);

/// <summary>The backends of several platforms: one path each, which answers as it is told.</summary>
internal sealed class CallbackReceiver : IAsyncDisposable
{
    private readonly ConcurrentQueue<ReceivedCallback> received = new();
    private readonly ConcurrentDictionary<string, Func<HttpContext, Task>> answers = new();
    private readonly WebApplication app;

    private CallbackReceiver(WebApplication app) => this.app = app;

    public static async Task<CallbackReceiver> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var receiver = new CallbackReceiver(app);
        app.Run(receiver.AnswerAsync);
        await app.StartAsync();
        return receiver;
    }

    public string Url(string path) => app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First() + path;

    public void Answer(string path, int status) => Answer(path, context =>
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    });

    public void Answer(string path, Func<HttpContext, Task> answer) => answers[path] = answer;

    public IReadOnlyList<ReceivedCallback> At(string path) => [.. received.Where(callback => callback.Path == path)];

    /// <summary>The path's n-th request, counting from 1.</summary>
    public async Task<ReceivedCallback> WaitAsync(string path, int count = 1) =>
        (await Bzt.Tests.Applications.Wait.UntilAsync(() => Task.FromResult(At(path)), found => found.Count >= count))[count - 1];

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var headers = context.Request.Headers;
        received.Enqueue(new ReceivedCallback(
            context.Request.Path, headers[CallbackSignature.IdHeader].ToString(), headers[CallbackSignature.TimestampHeader].ToString(), headers[CallbackSignature.SignatureHeader].ToString(), body.ToArray()));
        if (answers.TryGetValue(context.Request.Path, out var answer))
        {
            await answer(context);
        }
        else
        {
            context.Response.StatusCode = StatusCodes.Status204NoContent;
        }
    }
}
