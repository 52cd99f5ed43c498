namespace Bzt.Grains.Accounts;

// How an interleaving method comes to a turn of its own.
public sealed partial class UserGrain
{
    /// <summary>Far longer than a turn takes, and well below the time-out of a call.</summary>
    private static readonly TimeSpan LongestStep = TimeSpan.FromSeconds(3);

    private IUserSteps Steps => this.AsReference<IUserSteps>();

    /// <summary>
    /// An activation that is leaving takes up no turn any more, and ends when what runs in it has: it would wait for the very method that waits for the step. That
    /// one gives up with nothing known. The step is handed on to the next activation; whoever asks again, by the operation's id, is answered there.
    /// </summary>
    /// <exception cref="TimeoutException">The caller is told to ask again.</exception>
    private Task<T> StepAsync<T>(Func<IUserSteps, Task<T>> step) => step(Steps).WaitAsync(LongestStep, time);

    /// <inheritdoc cref="StepAsync{T}"/>
    private Task StepAsync(Func<IUserSteps, Task> step) => step(Steps).WaitAsync(LongestStep, time);
}
