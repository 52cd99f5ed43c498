using Microsoft.AspNetCore.Components.WebAssembly.Services;

namespace Bzt.MobileApp.Device;

/// <summary>
/// What only the line to the server needs (MobileApp.csproj names it too) is no part of the start: it is fetched once somebody is logged in,
/// beside the first screen's own requests.
/// </summary>
public sealed class LineAssemblies(LazyAssemblyLoader loader, AppWindow window)
{
    private static readonly string[] Names =
    [
        "Microsoft.AspNetCore.SignalR.Client.wasm", "Microsoft.AspNetCore.SignalR.Client.Core.wasm", "Microsoft.AspNetCore.SignalR.Common.wasm",
        "Microsoft.AspNetCore.SignalR.Protocols.Json.wasm", "Microsoft.AspNetCore.Http.Connections.Client.wasm", "Microsoft.AspNetCore.Http.Connections.Common.wasm",
        "Microsoft.AspNetCore.Connections.Abstractions.wasm", "Microsoft.Extensions.Features.wasm", "System.Net.WebSockets.wasm", "System.Net.WebSockets.Client.wasm",
        "System.Net.ServerSentEvents.wasm", "System.Threading.Channels.wasm",
    ];

    /// <summary>So many tries, some seconds together, are a short gap in the network.</summary>
    private const int ShortGap = 3;

    private bool loaded;

    /// <summary>Until they are there: without them nobody is called, and everything else works.</summary>
    /// <param name="missing">After each try that failed beyond a short gap.</param>
    /// <param name="cancellation">Nobody is logged in any more.</param>
    public async Task LoadAsync(Func<Task> missing, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(missing);
        for (var attempt = 0; !loaded; attempt++)
        {
            try
            {
                // The runtime remembers a file that did not come as one that never will: it is asked for what is there already.
                await window.FetchLaterAsync();
                await loader.LoadAssembliesAsync(Names);
                loaded = true;
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                cancellation.ThrowIfCancellationRequested();
                if (attempt + 1 >= ShortGap)
                {
                    await missing();
                }

                await Task.Delay(TimeSpan.FromSeconds(1 << Math.Min(attempt, 5)), cancellation);
            }
        }
    }
}
