using Microsoft.JSInterop;

namespace Bzt.MobileApp.Device;

/// <summary>The browser window the app runs in (<c>js/window.js</c>).</summary>
public sealed class AppWindow(IJSRuntime js) : IDisposable
{
    private readonly Lazy<Task<IJSObjectReference>> module = new(() => js.InvokeAsync<IJSObjectReference>("import", "./js/window.js").AsTask());
    private DotNetObjectReference<AppWindow>? self;

    /// <summary>Another window took over: this one must not touch the shares any more.</summary>
    public event Action? TakenOver;

    public event Action? OnlineChanged;

    /// <summary>The app came back to the foreground.</summary>
    public event Action? CameBack;

    public event Action? UpdateFound;

    public bool IsOnline { get; private set; } = true;

    public bool HasUpdate { get; private set; }

    /// <summary>False when another window runs already and <paramref name="take"/> is not set.</summary>
    public async Task<bool> OwnAsync(bool take)
    {
        self ??= DotNetObjectReference.Create(this);
        return await (await module.Value).InvokeAsync<bool>("own", self, take);
    }

    public async Task WatchAsync() => IsOnline = await (await module.Value).InvokeAsync<bool>("watch");

    public async Task UpdateAsync() => await (await module.Value).InvokeVoidAsync("update");

    public async Task ReloadAsync() => await (await module.Value).InvokeVoidAsync("reload");

    /// <summary>The QR link that another camera opened the app with; only once.</summary>
    public async Task<string?> TakeLinkAsync() => await (await module.Value).InvokeAsync<string?>("takeLink");

    public async Task<string> DeviceNameAsync() => await (await module.Value).InvokeAsync<string>("deviceName");

    public async Task<string> TextSizeAsync() => await (await module.Value).InvokeAsync<string>("textSize");

    public async Task SetTextSizeAsync(string size) => await (await module.Value).InvokeVoidAsync("setTextSize", size);

    [JSInvokable]
    public void Lost() => TakenOver?.Invoke();

    [JSInvokable]
    public void Online(bool online)
    {
        IsOnline = online;
        OnlineChanged?.Invoke();
    }

    [JSInvokable]
    public void Shown() => CameBack?.Invoke();

    [JSInvokable]
    public void UpdateReady()
    {
        HasUpdate = true;
        UpdateFound?.Invoke();
    }

    public void Dispose() => self?.Dispose();
}
