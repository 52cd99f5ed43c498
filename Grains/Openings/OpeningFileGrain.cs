using Bzt.Grains.Foundations;
using Bzt.Grains.Sessions;
using Bzt.Protocol.Evidence;
using Orleans.Runtime;

namespace Bzt.Grains.Openings;

/// <inheritdoc cref="IOpeningFileGrain"/>
[GrainType("opening-file")]
internal sealed class OpeningFileGrain(
    [PersistentState("opening-file")] IPersistentState<StoredOpeningFile> stored, TimeProvider clock) : Grain, IOpeningFileGrain
{
    public Task Asked(OpeningAsked asked) => WriteAsync(OpeningRules.Asked(stored.State, asked));

    public Task Answered(OpeningAnswered answered) => WriteAsync(OpeningRules.Answered(stored.State, answered));

    public async Task<Reply<Nothing>> Report(OpeningReporter reporter, ReportOpening report)
    {
        // The reader may be quicker than the session's own word.
        await AskAsync(open => open.Session == report.Session);
        var (next, refusal) = OpeningRules.Report(stored.State, reporter, report, clock.GetUtcNow());
        if (refusal is not null)
        {
            return refusal;
        }

        await WriteAsync(next);
        return default(Nothing);
    }

    public async Task<IReadOnlyList<OpeningFileEvent>> GetEvents() => (await Say()).Events;

    public async Task<OpeningFileSaid> Say()
    {
        var now = clock.GetUtcNow();
        await AskAsync(open => now >= open.ExpiresAt);
        return OpeningFilesSeen.Said(stored.State);
    }

    public Task<IReadOnlyList<SessionId>> GetOpenSessions() => Task.FromResult<IReadOnlyList<SessionId>>([.. stored.State.Open.Select(open => open.Session)]);

    /// <summary>A session that ends by time tells nobody by itself; one that told is still on the way.</summary>
    private async Task AskAsync(Func<OpenOpeningSession, bool> which)
    {
        var next = stored.State;
        foreach (var open in stored.State.Open.Where(which))
        {
            if (await GrainFactory.QrSession(open.Session).GetOpeningAnswer() is { } answered)
            {
                next = OpeningRules.Answered(next, answered);
            }
        }

        await WriteAsync(next);
    }

    private async Task WriteAsync(StoredOpeningFile next)
    {
        if (ReferenceEquals(next, stored.State))
        {
            return;
        }

        await stored.WriteAsync(this, next);
        var (key, slash) = (this.GetPrimaryKeyString(), this.GetPrimaryKeyString().IndexOf('/', StringComparison.Ordinal));
        await GrainFactory.Opening(new OpeningId(Guid.Parse(key.AsSpan(0, slash)))).Told(key[(slash + 1)..], OpeningFilesSeen.Said(next));
    }
}
