using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace Bzt.MobileApp.Device;

/// <summary>A photo or a PDF the user chose, ready to be uploaded.</summary>
/// <param name="Preview">An address of the picture in this window; null for a PDF.</param>
public sealed record Photo(byte[] Content, string MediaType, string? Preview);

/// <summary>Photos from camera or album (<c>js/photo.js</c>).</summary>
public sealed class Photos(IJSRuntime js)
{
    private readonly Lazy<Task<IJSObjectReference>> module = new(() => js.InvokeAsync<IJSObjectReference>("import", "./js/photo.js").AsTask());

    /// <summary>Null when nothing was chosen, or nothing that can be read.</summary>
    public async Task<Photo?> TakeAsync(ElementReference input)
    {
        await using var taken = await (await module.Value).InvokeAsync<IJSObjectReference?>("take", input);
        return taken is null
            ? null
            : new Photo(await taken.InvokeAsync<byte[]>("content"), await taken.InvokeAsync<string>("mediaType"), await taken.InvokeAsync<string?>("preview"));
    }

    public async Task ForgetAsync(string preview) => await (await module.Value).InvokeVoidAsync("forget", preview);
}
