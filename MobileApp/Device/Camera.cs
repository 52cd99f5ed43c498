using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace Bzt.MobileApp.Device;

public enum CameraState { Starting, Running, Denied, Missing }

/// <summary>The camera and the QR reader behind it (<c>js/scanner.js</c>).</summary>
public sealed class Camera(IJSRuntime js)
{
    private Task<IJSObjectReference>? module;

    /// <summary>Fetches the reader. False: it does not come, and the next call asks for it anew.</summary>
    public async Task<bool> LoadAsync()
    {
        try
        {
            await Module;
            return true;
        }
        catch (JSException)
        {
            module = null;
            return false;
        }
    }

    /// <summary>A session that is not started yet; <paramref name="found"/> is told every code seen, the same one again and again.</summary>
    public async Task<CameraSession> OpenAsync(Func<string, Task> found) => new(await (await Module).InvokeAsync<IJSObjectReference>("open"), found);

    /// <summary>Null: no picture was chosen; empty: there is no QR code in it.</summary>
    public async Task<string?> ReadPictureAsync(ElementReference input) => await (await Module).InvokeAsync<string?>("readPicture", input);

    private Task<IJSObjectReference> Module => module ??= js.InvokeAsync<IJSObjectReference>("import", "./js/scanner.js").AsTask();
}

/// <summary>One stay on the scan screen: until it is disposed, which may be while it still starts.</summary>
public sealed class CameraSession : IAsyncDisposable
{
    private readonly IJSObjectReference scanner;
    private readonly Func<string, Task> found;
    private readonly DotNetObjectReference<CameraSession> self;

    internal CameraSession(IJSObjectReference scanner, Func<string, Task> found)
    {
        (this.scanner, this.found) = (scanner, found);
        self = DotNetObjectReference.Create(this);
    }

    public CameraState State { get; private set; } = CameraState.Starting;

    public bool HasTorch { get; private set; }

    public async Task StartAsync(ElementReference video)
    {
        State = await scanner.InvokeAsync<string>("start", video, self) switch
        {
            "running" => CameraState.Running,
            "denied" => CameraState.Denied,
            _ => CameraState.Missing,
        };
        HasTorch = State == CameraState.Running && await scanner.InvokeAsync<bool>("hasTorch");
    }

    public async Task SetTorchAsync(bool on) => await scanner.InvokeVoidAsync("setTorch", on);

    [JSInvokable]
    public Task Found(string text) => found(text);

    public async ValueTask DisposeAsync()
    {
        await scanner.InvokeVoidAsync("close");
        self.Dispose();
    }
}
