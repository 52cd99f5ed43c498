using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace Bzt.MobileApp.Device;

/// <summary>The frame a user lays around a seal on its photo (<c>js/frame.js</c>).</summary>
public sealed class SealFrame(IJSRuntime js)
{
    private readonly Lazy<Task<IJSObjectReference>> module = new(() => js.InvokeAsync<IJSObjectReference>("import", "./js/frame.js").AsTask());

    public async Task BeginAsync(ElementReference paper) => await (await module.Value).InvokeVoidAsync("begin", paper);

    /// <param name="paper">The photo.</param>
    /// <param name="x">To the right, in parts of its width.</param>
    /// <param name="y">Down, in parts of its height.</param>
    /// <param name="grow">A factor.</param>
    public async Task NudgeAsync(ElementReference paper, double x, double y, double grow) => await (await module.Value).InvokeVoidAsync("nudge", paper, x, y, grow);

    /// <summary>Left, top, right, bottom in parts of the photo; null while there is no frame.</summary>
    public async Task<double[]?> ReadAsync(ElementReference paper) => await (await module.Value).InvokeAsync<double[]?>("read", paper);
}
