using Bzt.Contracts.Platforms;
using Bzt.Grains.Certificates;
using Bzt.Grains.Foundations;
using Bzt.Grains.Platforms;
using Bzt.Grains.Sessions;
using Bzt.Protocol.Evidence;
using Orleans.Runtime;

namespace Bzt.Grains.Openings;

/// <inheritdoc cref="IOpeningGrain"/>
/// <remarks>
/// Written when it is announced, when its times move and when it is ended early; the deadline is a matter of the clock. Reading interleaves, and sees
/// only what is stored: a request is admitted, and a record signed, under no deadline that a crash might take back.
/// </remarks>
[GrainType("opening")]
internal sealed class OpeningGrain : Grain, IOpeningGrain, IRemindable, IOutboxOwner
{
    private const string Deadline = "deadline";
    private static readonly TimeSpan AfterDeadline = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Again = TimeSpan.FromMinutes(5);

    private readonly IPersistentState<StoredOpening> stored;
    private readonly OutboxDrain<StoredOpening> drain;
    private readonly OpeningFilesSeen seen = new();
    private readonly ClusterKeyRings keys;
    private readonly SessionQuotas limits;
    private readonly TimeProvider clock;

    /// <summary>As it is stored for certain.</summary>
    private StoredOpening opening = new();

    public OpeningGrain([PersistentState("opening")] IPersistentState<StoredOpening> stored, ClusterKeyRings keys, OutboxDrains drains, SessionQuotas limits, TimeProvider clock)
    {
        (this.stored, this.keys, this.limits, this.clock) = (stored, keys, limits, clock);
        drain = drains.Attach(this, stored);
    }

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        opening = stored.State;
        return Task.CompletedTask;
    }

    public async Task<Reply<Nothing>> Create(CreateOpening command)
    {
        if (opening.Command is { } known)
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

            if (await GrainFactory.SessionQuota($"openings/{command.Platform}").Take(limits.OpeningsPerPlatform) is Refused<Nothing>(var tooMany))
            {
                return tooMany;
            }

            await WriteAsync(opening with { Command = command });
        }

        await RemindAsync();
        return default(Nothing);
    }

    public async Task<Reply<Nothing>> Change(ChangeOpening command)
    {
        var moved = OpeningRules.Move(opening, command, clock.GetUtcNow());
        if (moved is Refused<StoredOpening>(var refusal))
        {
            return refusal;
        }

        if (moved is Done<StoredOpening>(var next) && !ReferenceEquals(next, opening))
        {
            if (await GrainFactory.SessionQuota($"opening-changes/{command.Platform}").Take(limits.OpeningChangesPerPlatform) is Refused<Nothing>(var tooMany))
            {
                return tooMany;
            }

            await WriteAsync(next);
        }

        await RemindAsync();
        return default(Nothing);
    }

    public async Task<Reply<OpeningView>> GetView(OpeningViewer viewer)
    {
        if (!OpeningRules.MaySee(opening, viewer))
        {
            return new Refusal(RefusalCode.NotFound);
        }

        var command = OpeningRules.Standing(opening)!;
        var files = await Task.WhenAll(command.Files.Where(file => viewer.Bidder is not { } bidder || bidder == file.Bidder).Select(ViewAsync));
        var now = clock.GetUtcNow();
        return new OpeningView(command.ProjectId, command.ProjectName, command.OpensAt, command.Deadline, opening.EndedAt, OpeningRules.StateAt(opening, now), now, files) { Moves = opening.Moves };
    }

    public async Task<Reply<OpeningEvidence>> GetRecord(OpeningViewer viewer, string file)
    {
        if (OpeningRules.FileFor(opening, viewer, file) is not { } facts)
        {
            return new Refusal(RefusalCode.NotFound);
        }

        var events = (await LookAsync(facts)).Events;
        var standing = opening;
        var record = Record(standing, facts, events);
        var (signature, publicKey) = await keys.SignAsync(record);
        return new OpeningEvidence(OpeningRules.Standing(standing)!, standing.EndedAt, facts, events, record.SignedAt, signature, publicKey) { Moves = standing.Moves };
    }

    public Task Told(string file, OpeningFileSaid said)
    {
        seen.Keep(file, said, clock.GetUtcNow());
        return Task.CompletedTask;
    }

    public Task<Reply<OpeningAdmission>> MayAsk(OpeningAsk ask) => Task.FromResult(OpeningRules.MayAsk(opening, ask, clock.GetUtcNow()));

    public async Task<Reply<OpeningFileView>> Report(OpeningViewer reporter, string file, ReportOpening report)
    {
        if (OpeningRules.FileFor(opening, reporter, file) is not { } facts)
        {
            return new Refusal(RefusalCode.NotFound);
        }

        if (report.ByLock)
        {
            report = report with { Session = OpeningRules.LockNumber(report.Session) };

            // A lock asks nobody, so it is the time of its word that counts; a repeat after the end is still a repeat.
            if (NotRunning() is { } early && !(await GrainFactory.OpeningFile(Id, file).GetEvents()).Any(e => e.Session == report.Session))
            {
                return early;
            }
        }

        var side = reporter.Bidder is null ? OpeningReporter.Platform : OpeningReporter.Bidder;
        return await GrainFactory.OpeningFile(Id, file).Report(side, report) is Refused<Nothing>(var refusal) ? refusal : View(facts, await LookAsync(facts));
    }

    public async Task<Reply<Nothing>> End(PlatformId platform)
    {
        if (opening.Command is not { } command || command.Platform != platform)
        {
            return new Refusal(RefusalCode.NotFound);
        }

        if (OpeningRules.StateAt(opening, clock.GetUtcNow()) != OpeningState.Ended)
        {
            await WriteAsync(opening with { EndedAt = OpeningRules.ToMilliseconds(clock.GetUtcNow()) });
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
        if (opening.Command is { } command && OpeningRules.StateAt(opening, clock.GetUtcNow()) == OpeningState.Ended)
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

    public Task DrainOutbox() => drain.DrainAsync();

    private Refusal? NotRunning() => OpeningRules.StateAt(opening, clock.GetUtcNow()) switch
    {
        OpeningState.Announced => new Refusal(RefusalCode.OpeningNotBegun, OpeningRules.Standing(opening)!.OpensAt),
        OpeningState.Ended => new Refusal(RefusalCode.OpeningEnded),
        _ => null,
    };

    private OpeningId Id => new(this.GetPrimaryKey());

    private async Task WriteAsync(StoredOpening next)
    {
        await drain.WriteAsync(next);
        opening = stored.State;
    }

    /// <summary>A crash before this is healed by the platform's repeat, and by whoever looks at a record: the reminder only spares the wait.</summary>
    private Task RemindAsync()
    {
        var wait = OpeningRules.Standing(opening)!.Deadline - clock.GetUtcNow();
        return this.RegisterOrUpdateReminder(Deadline, (wait > TimeSpan.Zero ? wait : TimeSpan.Zero) + AfterDeadline, Again);
    }

    private async Task<OpeningFileView> ViewAsync(OpeningFileFacts file) => View(file, seen.Of(file.FileId, clock.GetUtcNow()) ?? await LookAsync(file));

    /// <summary>The file's own word, now.</summary>
    private async Task<OpeningFileSaid> LookAsync(OpeningFileFacts file) => seen.Keep(file.FileId, await GrainFactory.OpeningFile(Id, file.FileId).Say(), clock.GetUtcNow());

    private OpeningFileView View(OpeningFileFacts file, OpeningFileSaid said)
    {
        var (events, judgement) = (said.Events, Record(opening, file, said.Events).Judge());
        return new OpeningFileView(
            file, judgement.Verdict, judgement.Cause, judgement.Responsible, events.Count(e => e.Kind == OpeningEventKind.Asked), events is [.., var last] ? last.At : null);
    }

    private OpeningRecord Record(StoredOpening standing, OpeningFileFacts file, IReadOnlyList<OpeningFileEvent> events) =>
        OpeningEvidence.Record(Id, OpeningRules.Standing(standing)!, standing.EndedAt, file, events, OpeningRules.ToMilliseconds(clock.GetUtcNow()), standing.Moves);
}
