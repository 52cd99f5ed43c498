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

    /// <summary>A notification was touched: a place in the app.</summary>
    public event Action<string>? PlaceAsked;

    /// <summary>The browser has renewed its push subscription.</summary>
    public event Action? PushChanged;

    /// <summary>The browser can install the app, or, when true, has just done so.</summary>
    public event Action<bool>? InstallChanged;

    public bool IsOnline { get; private set; } = true;

    public bool HasUpdate { get; private set; }

    /// <summary>False when another window runs already and <paramref name="take"/> is not set.</summary>
    public async Task<bool> OwnAsync(bool take)
    {
        self ??= DotNetObjectReference.Create(this);
        return await (await module.Value).InvokeAsync<bool>("own", self, take);
    }

    /// <summary>Its script came and ran.</summary>
    public bool HasArrived => module is { IsValueCreated: true, Value.IsCompletedSuccessfully: true };

    public async Task WatchAsync() => IsOnline = await (await module.Value).InvokeAsync<bool>("watch");

    /// <summary>The screen stays on while the app is in front; browsers without that ignore it.</summary>
    public async Task KeepAwakeAsync(bool on) => await (await module.Value).InvokeVoidAsync("keepAwake", on);

    /// <summary>Keeps the app for the next start, once, and tells of updates from then on.</summary>
    public async Task KeepAppAsync() => await (await module.Value).InvokeVoidAsync("keepApp");

    /// <summary>What is no part of the start, given to the runtime whole and with its hash checked.</summary>
    public async Task FetchLaterAsync() => await (await module.Value).InvokeVoidAsync("fetchLater");

    /// <summary>The server has another release by now, in which files of this one are missing.</summary>
    public async Task<bool> IsOutdatedAsync() => await (await module.Value).InvokeAsync<bool>("isOutdated");

    public async Task UpdateAsync() => await (await module.Value).InvokeVoidAsync("update");

    /// <summary>This window goes elsewhere, and does not come back by the way back.</summary>
    public async Task LeaveToAsync(string address) => await (await module.Value).InvokeVoidAsync("leaveTo", address);

    public async Task ReloadAsync() => await (await module.Value).InvokeVoidAsync("reload");

    /// <summary>The QR link that another camera opened the app with; only once.</summary>
    public async Task<string?> TakeLinkAsync() => await (await module.Value).InvokeAsync<string?>("takeLink");

    /// <summary>Kept for this tab alone, over a reload. Nothing secret: a script of the app could read it. Null forgets.</summary>
    public async Task KeepHereAsync(string name, string? value) => await (await module.Value).InvokeVoidAsync("keepHere", name, value);

    public async Task<string?> KeptHereAsync(string name) => await (await module.Value).InvokeAsync<string?>("keptHere", name);

    public async Task<string> DeviceNameAsync() => await (await module.Value).InvokeAsync<string>("deviceName");

    /// <summary>Where the app runs.</summary>
    public async Task<Surroundings> SurroundingsAsync()
    {
        var found = await (await module.Value).InvokeAsync<string[]>("surroundings");
        return new Surroundings(found.Contains("wechat") ? HostApp.WeChat : found.Contains("alipay") ? HostApp.Alipay : HostApp.Browser, found.Contains("installed"), found.Contains("apple"));
    }

    /// <summary>The browser can put the app on the home screen by itself.</summary>
    public async Task<bool> CanInstallAsync() => await (await module.Value).InvokeAsync<bool>("canInstall");

    /// <summary>Asks the browser to. False when the user said no.</summary>
    public async Task<bool> InstallAsync() => await (await module.Value).InvokeAsync<bool>("install");

    public async Task<bool> CopyAsync(string text) => await (await module.Value).InvokeAsync<bool>("copy", text);

    /// <summary><c>system</c>, <c>light</c> or <c>dark</c>.</summary>
    public async Task<string> ThemeAsync() => await (await module.Value).InvokeAsync<string>("theme");

    public async Task SetThemeAsync(string theme) => await (await module.Value).InvokeVoidAsync("setTheme", theme);

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
    public void Offered(bool done) => InstallChanged?.Invoke(done);

    [JSInvokable]
    public void Shown() => CameBack?.Invoke();

    [JSInvokable]
    public void Called(string place) => PlaceAsked?.Invoke(place);

    [JSInvokable]
    public void Resubscribed() => PushChanged?.Invoke();

    [JSInvokable]
    public void UpdateReady()
    {
        HasUpdate = true;
        UpdateFound?.Invoke();
    }

    public void Dispose() => self?.Dispose();
}
