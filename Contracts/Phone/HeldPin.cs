using Bzt.Protocol.Phone;

namespace Bzt.Contracts.Phone;

/// <summary>
/// A stretched PIN from its entry to a definite answer, and a minute at most: with what rests on the phone it is d1. Its time over, it is zeroed whatever
/// is under way; what became of that is asked for without it, and if nothing did, the user enters the PIN once more.
/// </summary>
internal sealed class HeldPin : IDisposable
{
    /// <summary>S2: as long as the phone may keep d1 for an answer.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(60);

    private readonly StretchedPin pin;
    private readonly CancellationTokenSource limit;

    /// <param name="pin">Disposed by this.</param>
    /// <param name="time">The phone's.</param>
    public HeldPin(StretchedPin pin, TimeProvider time)
    {
        this.pin = pin;
        limit = new CancellationTokenSource(Lifetime, time);
        limit.Token.Register(pin.Dispose);
    }

    /// <summary>The parameters it was stretched with.</summary>
    public PinStretch Stretch => pin.Stretch;

    /// <summary>Its time is over.</summary>
    public bool IsOver => limit.IsCancellationRequested;

    /// <summary>Does a step with it, and waits no longer than it is held. What goes on behind has nothing to make a message from any more.</summary>
    /// <exception cref="PhoneLinkException">The step's, or its time is over: whether the silo has acted is not known.</exception>
    public async Task<T> UseAsync<T>(Func<StretchedPin, ValueTask<T>> step)
    {
        Task<T>? running = null;
        try
        {
            running = step(pin).AsTask();
            return await running.WaitAsync(limit.Token);
        }
        catch (Exception exception) when (IsOver && exception is OperationCanceledException or ObjectDisposedException)
        {
            _ = running?.ContinueWith(static late => late.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
            throw new PhoneLinkException("There was no answer for as long as the PIN is held.", exception);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        limit.Dispose();
        pin.Dispose();
    }
}
