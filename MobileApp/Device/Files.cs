using Microsoft.JSInterop;

namespace Bzt.MobileApp.Device;

/// <summary>Files the server made, at an address of this window (<c>js/files.js</c>).</summary>
public sealed class Files(IJSRuntime js)
{
    private readonly Lazy<Task<IJSObjectReference>> module = new(() => js.InvokeAsync<IJSObjectReference>("import", "./js/files.js").AsTask());

    public async Task<string> KeepAsync(byte[] content, string mediaType) => await (await module.Value).InvokeAsync<string>("keep", content, mediaType);

    public async Task ForgetAsync(string address) => await (await module.Value).InvokeVoidAsync("forget", address);
}
