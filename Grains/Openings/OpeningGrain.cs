using Bzt.Contracts.Platforms;
using Bzt.Grains.Certificates;
using Bzt.Grains.Foundations;
using Bzt.Grains.Platforms;
using Bzt.Grains.Sessions;
using Bzt.Protocol.Evidence;
using Orleans.Runtime;

namespace Bzt.Grains.Openings;

/// <inheritdoc cref="IOpeningGrain"/>
/// <remarks>Written when it is announced and when it is ended early; the deadline is a matter of the clock. Reading interleaves: it touches nothing that changes.</remarks>
[GrainType("opening")]
internal sealed class OpeningGrain(
    [PersistentState("opening")] IPersistentState<StoredOpening> stored, ClusterKeyRings keys, TimeProvider clock) : Grain, IOpeningGrain, IRemindable
{
    private const string Deadline = "deadline";
    private static readonly TimeSpan AfterDeadline = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Again = TimeSpan.FromMinutes(5);

    private readonly OpeningFilesSeen seen = new();

    public async Task<Reply<Nothing>> Create(CreateOpening command)
    {
        if (stored.State.Command is { } known)
        {
            if (!OpeningRules.IsSame(known, command))
            {
                return new Refusal(RefusalCode.IdempotencyConflict);
            }
        }
        else
        {
            if (await GrainFactory.Platform(command.Platform).GetFacts() is not Done<PlatformFacts>)
            {
                return new Refusal(RefusalCode.Forbidden);
            }

            if (OpeningRules.Check(command, clock.GetUtcNow()) is { } refusal)
            {
                return refusal;
            }

            await stored.WriteAsync(this, stored.State with { Command = command });
        }

        // A crash before this is healed by the platform's repeat, and by whoever looks at a record: the reminder only spares the wait.
        var wait = command.Deadline - clock.GetUtcNow();
        await this.RegisterOrUpdateReminder(Deadline, (wait > TimeSpan.Zero ? wait : TimeSpan.Zero) + AfterDeadline, Again);
        return default(Nothing);
    }

    public async Task<Reply<OpeningView>> GetView(OpeningViewer viewer)
    {
        if (!OpeningRules.MaySee(stored.State, viewer))
        {
            return new Refusal(RefusalCode.NotFound);
        }

        var command = stored.State.Command!;
        var files = await Task.WhenAll(command.Files.Where(file => viewer.Bidder is not { } bidder || bidder == file.Bidder).Select(ViewAsync));
        var now = clock.GetUtcNow();
        return new OpeningView(command.ProjectId, command.ProjectName, command.OpensAt, command.Deadline, stored.State.EndedAt, OpeningRules.StateAt(stored.State, now), now, files);
    }

    public async Task<Reply<OpeningEvidence>> GetRecord(OpeningViewer viewer, string file)
    {
        if (OpeningRules.FileFor(stored.State, viewer, file) is not { } facts)
        {
            return new Refusal(RefusalCode.NotFound);
        }

        var events = (await LookAsync(facts)).Events;
        var record = Record(facts, events);
        var (signature, publicKey) = await keys.SignAsync(record);
        return new OpeningEvidence(stored.State.Command!, record.EndedAt, facts, events, record.SignedAt, signature, publicKey);
    }

    public Task Told(string file, OpeningFileSaid said)
    {
        seen.Keep(file, said, clock.GetUtcNow());
        return Task.CompletedTask;
    }

    public Task<Reply<OpeningAdmission>> MayAsk(OpeningAsk ask) => Task.FromResult(OpeningRules.MayAsk(stored.State, ask, clock.GetUtcNow()));

    public async Task<Reply<OpeningFileView>> Report(OpeningViewer reporter, string file, ReportOpening report)
    {
        if (OpeningRules.FileFor(stored.State, reporter, file) is not { } facts)
        {
            return new Refusal(RefusalCode.NotFound);
        }

        var side = reporter.Bidder is null ? OpeningReporter.Platform : OpeningReporter.Bidder;
        return await GrainFactory.OpeningFile(Id, file).Report(side, report) is Refused<Nothing>(var refusal) ? refusal : View(facts, await LookAsync(facts));
    }

    public async Task<Reply<Nothing>> End(PlatformId platform)
    {
        if (stored.State.Command is not { } command || command.Platform != platform)
        {
            return new Refusal(RefusalCode.NotFound);
        }

        if (OpeningRules.StateAt(stored.State, clock.GetUtcNow()) != OpeningState.Ended)
        {
            await stored.WriteAsync(this, stored.State with { EndedAt = OpeningRules.ToMilliseconds(clock.GetUtcNow()) });
        }

        // From the write on nobody is asked; who was being asked is told. One that is being confirmed right now still gives its answer.
        foreach (var file in command.Files)
        {
            foreach (var session in await GrainFactory.OpeningFile(Id, file.FileId).GetOpenSessions())
            {
                await GrainFactory.QrSession(session).EndOpening(Id);
            }
        }

        return default(Nothing);
    }

    /// <summary>After the deadline every session is asked how it ended while it still knows of its scan.</summary>
    public async Task ReceiveReminder(string reminderName, TickStatus status)
    {
        if (stored.State.Command is { } command && OpeningRules.StateAt(stored.State, clock.GetUtcNow()) == OpeningState.Ended)
        {
            var waiting = 0;
            foreach (var file in command.Files)
            {
                await GrainFactory.OpeningFile(Id, file.FileId).GetEvents();
                waiting += (await GrainFactory.OpeningFile(Id, file.FileId).GetOpenSessions()).Count;
            }

            if (waiting == 0 && await this.GetReminder(Deadline) is { } reminder)
            {
                await this.UnregisterReminder(reminder);
            }
        }
    }

    private OpeningId Id => new(this.GetPrimaryKey());

    private async Task<OpeningFileView> ViewAsync(OpeningFileFacts file) => View(file, seen.Of(file.FileId, clock.GetUtcNow()) ?? await LookAsync(file));

    /// <summary>The file's own word, now.</summary>
    private async Task<OpeningFileSaid> LookAsync(OpeningFileFacts file) => seen.Keep(file.FileId, await GrainFactory.OpeningFile(Id, file.FileId).Say(), clock.GetUtcNow());

    private OpeningFileView View(OpeningFileFacts file, OpeningFileSaid said)
    {
        var (events, judgement) = (said.Events, Record(file, said.Events).Judge());
        return new OpeningFileView(
            file, judgement.Verdict, judgement.Cause, judgement.Responsible, events.Count(e => e.Kind == OpeningEventKind.Asked), events is [.., var last] ? last.At : null);
    }

    private OpeningRecord Record(OpeningFileFacts file, IReadOnlyList<OpeningFileEvent> events) =>
        OpeningEvidence.Record(Id, stored.State.Command!, stored.State.EndedAt, file, events, OpeningRules.ToMilliseconds(clock.GetUtcNow()));
}
