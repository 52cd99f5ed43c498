using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace Bzt.MobileApp.Device;

public enum CameraState { Starting, Running, Denied, Missing }

/// <summary>The camera and the QR reader behind it (<c>js/scanner.js</c>).</summary>
public sealed class Camera(IJSRuntime js)
{
    private readonly Lazy<Task<IJSObjectReference>> module = new(() => js.InvokeAsync<IJSObjectReference>("import", "./js/scanner.js").AsTask());

    /// <summary>Runs until it is disposed; <paramref name="found"/> is told every code seen, the same one again and again.</summary>
    public async Task<CameraSession> StartAsync(ElementReference video, Func<string, Task> found)
    {
        var session = new CameraSession(await module.Value, found);
        await session.StartAsync(video);
        return session;
    }

    /// <summary>Null: no picture was chosen; empty: there is no QR code in it.</summary>
    public async Task<string?> ReadPictureAsync(ElementReference input) => await (await module.Value).InvokeAsync<string?>("readPicture", input);
}

public sealed class CameraSession : IAsyncDisposable
{
    private readonly IJSObjectReference module;
    private readonly Func<string, Task> found;
    private readonly DotNetObjectReference<CameraSession> self;

    internal CameraSession(IJSObjectReference module, Func<string, Task> found)
    {
        (this.module, this.found) = (module, found);
        self = DotNetObjectReference.Create(this);
    }

    public CameraState State { get; private set; } = CameraState.Starting;

    public bool HasTorch { get; private set; }

    public async Task SetTorchAsync(bool on) => await module.InvokeVoidAsync("setTorch", on);

    [JSInvokable]
    public Task Found(string text) => found(text);

    public async ValueTask DisposeAsync()
    {
        await module.InvokeVoidAsync("dispose");
        self.Dispose();
    }

    internal async Task StartAsync(ElementReference video)
    {
        State = await module.InvokeAsync<string>("start", video, self) switch
        {
            "running" => CameraState.Running,
            "denied" => CameraState.Denied,
            _ => CameraState.Missing,
        };
        HasTorch = State == CameraState.Running && await module.InvokeAsync<bool>("hasTorch");
    }
}
