using Microsoft.AspNetCore.Components;

namespace Bzt.MobileApp;

/// <summary>What all screens share: the app, one piece of work at a time, its failure in words.</summary>
public abstract class ScreenBase : ComponentBase, IDisposable
{
    private Fault? fault;
    private bool left;
    private bool opening;
    private bool missed;
    private bool accompanied;

    [Inject]
    protected PhoneApp App { get; set; } = null!;

    [Inject]
    protected NavigationManager Navigation { get; set; } = null!;

    /// <summary>Work is under way: a second tap does nothing.</summary>
    protected bool Busy { get; private set; }

    /// <summary>While a screen that opens waits for the network it says nothing: the banner above does, and what is loading goes on loading.</summary>
    protected Fault? Fault
    {
        get => AwaitsNetwork ? null : fault;
        set => fault = value;
    }

    /// <summary>Opened without a network, and not open yet.</summary>
    protected bool AwaitsNetwork => fault is { IsNetwork: true, Again: not null } && App.IsOffline;

    /// <summary>The user went elsewhere.</summary>
    protected bool Left => left;

    protected override void OnInitialized()
    {
        App.Changed += OnChanged;
        App.Reconnected += OnReconnected;
    }

    /// <summary>What the screen fetches when it opens is fetched again when that failed: on 重试, and by itself when the network is back.</summary>
    public override Task SetParametersAsync(ParameterView parameters) => OpenAsync(() => base.SetParametersAsync(parameters));

    protected async Task RunAsync(Func<Task> work)
    {
        ArgumentNullException.ThrowIfNull(work);
        if (Busy)
        {
            return;
        }

        var opens = opening;

        (Busy, Fault) = (true, null);
        StateHasChanged();
        // The arithmetic runs on the thread that draws: let the busy state be seen first.
        await Task.Delay(1);
        try
        {
            await work();
        }
        catch (Exception exception) when (exception is not ObjectDisposedException)
        {
            var explained = await App.ExplainAsync(exception);
            Fault = opens && explained.MayPass ? explained with { Again = ReopenAsync } : explained;
        }
        finally
        {
            Busy = false;
            StateHasChanged();
        }
    }

    /// <summary>Work beside the screen until it is left: once, however often the screen opens anew.</summary>
    protected async void Accompany(Func<Task> work)
    {
        ArgumentNullException.ThrowIfNull(work);
        if (!accompanied)
        {
            accompanied = true;
            await work();
            accompanied = false;
        }
    }

    protected void Go(string address, bool replace = false) => Navigation.NavigateTo(address, replace: replace);

    /// <summary>Leaves screens that lead nowhere any more out of the way back.</summary>
    protected void GoHome() => Navigation.NavigateTo("", replace: true);

    protected virtual void OnChanged() => InvokeAsync(() =>
    {
        if (!left)
        {
            StateHasChanged();
        }
    });

    public void Dispose()
    {
        left = true;
        App.Changed -= OnChanged;
        App.Reconnected -= OnReconnected;
        Leave();
        GC.SuppressFinalize(this);
    }

    protected virtual void Leave()
    {
    }

    private async Task OpenAsync(Func<Task> open)
    {
        opening = true;
        try
        {
            await open();
        }
        finally
        {
            (opening, missed) = (false, fault is { Again: not null } || App.IsOffline || App.LoadFault is not null);
        }
    }

    private async Task ReopenAsync()
    {
        if (!left && !Busy && !opening)
        {
            if (App.LoadFault is not null)
            {
                _ = App.RefreshAsync();
            }

            await OpenAsync(async () =>
            {
                await OnInitializedAsync();
                await OnParametersSetAsync();
            });
            OnChanged();
        }
    }

    private void OnReconnected() => InvokeAsync(() => missed ? ReopenAsync() : Task.CompletedTask);
}
