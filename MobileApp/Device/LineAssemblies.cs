using Microsoft.AspNetCore.Components.WebAssembly.Services;
using Microsoft.JSInterop;

namespace Bzt.MobileApp.Device;

/// <summary>
/// What only the line to the server needs (MobileApp.csproj names it too) is no part of the start: it is fetched once somebody is logged in,
/// beside the first screen's own requests.
/// </summary>
public sealed class LineAssemblies(LazyAssemblyLoader loader)
{
    private static readonly string[] Names =
    [
        "Microsoft.AspNetCore.SignalR.Client.wasm", "Microsoft.AspNetCore.SignalR.Client.Core.wasm", "Microsoft.AspNetCore.SignalR.Common.wasm",
        "Microsoft.AspNetCore.SignalR.Protocols.Json.wasm", "Microsoft.AspNetCore.Http.Connections.Client.wasm", "Microsoft.AspNetCore.Http.Connections.Common.wasm",
        "Microsoft.AspNetCore.Connections.Abstractions.wasm", "Microsoft.Extensions.Features.wasm", "System.Net.WebSockets.wasm", "System.Net.WebSockets.Client.wasm",
        "System.Net.ServerSentEvents.wasm", "System.Threading.Channels.wasm",
    ];

    /// <summary>Until they are there: without them nobody is called, and everything else works.</summary>
    public async Task LoadAsync(CancellationToken cancellation)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                await loader.LoadAssembliesAsync(Names);
                return;
            }
            catch (JSException)
            {
                await Task.Delay(TimeSpan.FromSeconds(1 << Math.Min(attempt, 5)), cancellation);
            }
        }
    }
}
