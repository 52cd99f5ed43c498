using Microsoft.AspNetCore.Components;

namespace Bzt.MobileApp;

/// <summary>What all screens share: the app, one piece of work at a time, its failure in words.</summary>
public abstract class ScreenBase : ComponentBase, IDisposable
{
    private bool left;

    [Inject]
    protected PhoneApp App { get; set; } = null!;

    [Inject]
    protected NavigationManager Navigation { get; set; } = null!;

    /// <summary>Work is under way: a second tap does nothing.</summary>
    protected bool Busy { get; private set; }

    protected Fault? Fault { get; set; }

    /// <summary>The user went elsewhere.</summary>
    protected bool Left => left;

    protected override void OnInitialized() => App.Changed += OnChanged;

    protected async Task RunAsync(Func<Task> work)
    {
        ArgumentNullException.ThrowIfNull(work);
        if (Busy)
        {
            return;
        }

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
            Fault = await App.ExplainAsync(exception);
        }
        finally
        {
            Busy = false;
            StateHasChanged();
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
        Leave();
        GC.SuppressFinalize(this);
    }

    protected virtual void Leave()
    {
    }
}
