using Bzt.Grains.Foundations;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Bzt.Grains.CaVendors;

/// <inheritdoc cref="ICaAdapterGrain"/>
/// <remarks>
/// Turns do not interleave: a vendor's slow answer holds up this vendor's queue and nothing else. What is due while the grain is
/// not active, or its silo is gone, is brought back by a reminder that exists exactly as long as something is due.
/// </remarks>
[GrainType("ca-adapter")]
public sealed partial class CaAdapterGrain : Grain, ICaAdapterGrain, IOutboxOwner, IRemindable, IEmbeddedCaStore
{
    private const string QueueReminder = "queue";
    private static readonly TimeSpan ReminderPeriod = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(8);

    private readonly IPersistentState<StoredCaAdapter> storage;
    private readonly OutboxDrain<StoredCaAdapter> outbox;
    private readonly CaVendorDirectory vendors;
    private readonly TimeProvider time;
    private readonly ILogger<CaAdapterGrain> log;
    private ICaVendor vendor = null!;
    private EmbeddedCa? embedded;
    private CircuitBreaker circuit;
    private IGrainTimer? queueTimer;
    private IGrainReminder? reminder;

    public CaAdapterGrain(
        [PersistentState("ca-adapter")] IPersistentState<StoredCaAdapter> storage, OutboxDrains drains, CaVendorDirectory vendors, TimeProvider time, ILogger<CaAdapterGrain> log)
    {
        (this.storage, this.vendors, this.time, this.log) = (storage, vendors, time, log);
        outbox = drains.Attach(this, storage);
    }

    private CaId Id => new(this.GetPrimaryKeyString());

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        (vendor, embedded) = vendors.Open(Id, this);
        reminder = await this.GetReminder(QueueReminder, cancellationToken);
        await Schedule();
    }

    public async Task Submit(CaSubmissionOrder order)
    {
        await Write(CaAdapterRules.Take(storage.State, order, time.GetUtcNow()));
        await WorkOff();
    }

    public Task<CaIssuance> Issue(string applicationNumber, byte[] certificationRequest) => Call(
        cancellation => vendor.IssueAsync(applicationNumber, certificationRequest, cancellation),
        answer => answer is CaIssuance.Unavailable, reason => new CaIssuance.Unavailable(reason));

    public Task<CaKeyRecovery> RecoverKeys(string applicationNumber) => Call(
        cancellation => vendor.RecoverKeysAsync(applicationNumber, cancellation),
        answer => answer is CaKeyRecovery.Unavailable, reason => new CaKeyRecovery.Unavailable(reason));

    public Task<CaRevocation> Revoke(string signingSerialNumber, RevocationReason reason) => Call(
        cancellation => vendor.RevokeAsync(signingSerialNumber, reason, cancellation),
        answer => answer is CaRevocation.Unavailable, why => new CaRevocation.Unavailable(why));

    public Task<IReadOnlyList<CaDeskEntry>> GetDesk() => Task.FromResult<IReadOnlyList<CaDeskEntry>>(
        [.. storage.State.Queue.Where(entry => embedded is not null && entry.Stage == SubmissionStage.InReview).Select(CaAdapterRules.DeskEntry)]);

    public async Task<Reply<CaDeskFile>> Inspect(string applicationNumber, string reviewer)
    {
        if (CaAdapterRules.Find(storage.State, applicationNumber) is not { Stage: SubmissionStage.InReview } entry)
        {
            return new Refusal(RefusalCode.NotFound);
        }

        await Write(CaAdapterRules.Audited(storage.State, Id, CaAuditAction.Inspected, reviewer, entry.Order, null, time.GetUtcNow()));
        return CaAdapterRules.DeskFile(entry);
    }

    public Task<Reply<CaDeskFile>> GetFile(string applicationNumber) => Task.FromResult<Reply<CaDeskFile>>(
        CaAdapterRules.Find(storage.State, applicationNumber) is { Stage: SubmissionStage.InReview } entry
            ? CaAdapterRules.DeskFile(entry)
            : new Refusal(RefusalCode.NotFound));

    public async Task<Reply<Nothing>> Decide(CaDecision decision)
    {
        // Only the CA that runs inside is decided here; the others have reviewers of their own.
        if (embedded is null || storage.State.EmbeddedCa is not { } ca)
        {
            return new Refusal(RefusalCode.NotFound);
        }

        var (decided, review) = EmbeddedCa.Decide(ca, decision.ApplicationNumber, decision.RejectionReason);
        if (review is CaReview.Refused(var code))
        {
            return new Refusal(code == CaRefusal.Unknown ? RefusalCode.NotFound : RefusalCode.ApplicationStateWrong);
        }

        // One write: the CA's decision, the audit, and the news on its way. A repeat finds the queue without the entry.
        if (CaAdapterRules.Find(storage.State, decision.ApplicationNumber) is { } entry)
        {
            var next = CaAdapterRules.Decided(storage.State with { EmbeddedCa = decided }, entry, decision.RejectionReason);
            await Write(CaAdapterRules.Audited(
                next, Id, decision.RejectionReason is null ? CaAuditAction.Approved : CaAuditAction.Rejected, decision.Reviewer, entry.Order,
                decision.RejectionReason, time.GetUtcNow()));
        }

        return default(Nothing);
    }

    public async Task<IReadOnlyList<CaAuditRecord>> GetAudit(int atMost)
    {
        var records = new List<CaAuditRecord>();
        for (var page = (storage.State.Audited - 1) / ICaAuditGrain.PageLength; page >= 0 && records.Count < atMost && storage.State.Audited > 0; page--)
        {
            records.AddRange((await GrainFactory.GetGrain<ICaAuditGrain>(CaAdapterRules.PageKey(Id, page)).Read()).Reverse());
        }

        return [.. records.Take(atMost)];
    }

    public Task<Reply<CaPublications>> GetPublications() => Task.FromResult<Reply<CaPublications>>(
        embedded is not null && storage.State.EmbeddedCa is { } ca
            ? new CaPublications(embedded.RevocationList(ca, time.GetUtcNow()), ca.Issuing.Certificate, ca.Root.Certificate)
            : new Refusal(RefusalCode.NotFound));

    public Task DrainOutbox() => outbox.DrainAsync();

    public Task ReceiveReminder(string reminderName, TickStatus status) => WorkOff();

    EmbeddedCaState IEmbeddedCaStore.State => storage.State.EmbeddedCa ?? throw new InvalidOperationException("The embedded CA is made by its first submission.");

    Task IEmbeddedCaStore.SaveAsync(EmbeddedCaState state) => Write(storage.State with { EmbeddedCa = state });

    /// <summary>Calls the vendor about everything that is due, oldest first, until it stops answering.</summary>
    private async Task WorkOff()
    {
        if (embedded is not null && storage.State.EmbeddedCa is null && storage.State.Queue.Length > 0)
        {
            await Write(storage.State with { EmbeddedCa = embedded.Create(Id.Value, time.GetUtcNow()) });
        }

        foreach (var number in storage.State.Queue.Where(IsDue).Select(entry => entry.Order.Application.Number).ToList())
        {
            while (CaAdapterRules.Find(storage.State, number) is { } entry && IsDue(entry) && circuit.Allows(time.GetUtcNow()))
            {
                await CallAbout(entry);
            }
        }

        await Schedule();
    }

    private async Task CallAbout(QueuedSubmission entry)
    {
        var application = entry.Order.Application;
        if (entry.Stage == SubmissionStage.Sending)
        {
            var answer = await Call(
                cancellation => vendor.SubmitAsync(application, cancellation),
                submission => submission is CaSubmission.Unavailable, reason => new CaSubmission.Unavailable(reason));
            await Write(CaAdapterRules.Submitted(storage.State, entry, answer, embedded is not null, time.GetUtcNow()));
        }
        else
        {
            var answer = await Call(
                cancellation => vendor.ReviewAsync(application.Number, cancellation),
                review => review is CaReview.Unavailable, reason => new CaReview.Unavailable(reason));
            await Write(CaAdapterRules.Asked(storage.State, entry, answer, embedded is not null, time.GetUtcNow()));
        }
    }

    private bool IsDue(QueuedSubmission entry) => entry.NextTry is { } next && next <= time.GetUtcNow();

    private async Task Schedule()
    {
        var next = storage.State.Queue.Min(entry => entry.NextTry);
        if (next is null)
        {
            queueTimer?.Dispose();
            queueTimer = null;
            if (reminder is not null)
            {
                await this.UnregisterReminder(reminder);
                reminder = null;
            }

            return;
        }

        reminder ??= await this.RegisterOrUpdateReminder(QueueReminder, ReminderPeriod, ReminderPeriod);
        var due = next.Value > circuit.ClosedUntil ? next.Value : circuit.ClosedUntil;
        var wait = due - time.GetUtcNow();
        queueTimer ??= this.RegisterGrainTimer(WorkOff, new GrainTimerCreationOptions(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan) { KeepAlive = true });
        queueTimer.Change(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    /// <summary>One call to the vendor through the circuit breaker. An adapter's exception is the vendor's garbage: no answer.</summary>
    private async Task<T> Call<T>(Func<CancellationToken, Task<T>> call, Func<T, bool> isUnavailable, Func<string, T> unavailable)
    {
        if (!circuit.Allows(time.GetUtcNow()))
        {
            return unavailable("circuit breaker");
        }

        using var timeout = new CancellationTokenSource(CallTimeout, time);
        T answer;
        try
        {
            answer = await call(timeout.Token);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or OperationCanceledException or FormatException)
        {
            LogNoAnswer(Id, exception);
            answer = unavailable(exception.GetType().Name);
        }

        circuit = isUnavailable(answer) ? circuit.Failed(time.GetUtcNow()) : circuit.Succeeded();
        return answer;
    }

    private Task Write(StoredCaAdapter next) => ReferenceEquals(next, storage.State) ? Task.CompletedTask : outbox.WriteAsync(next);

    [LoggerMessage(EventId = 320, Level = LogLevel.Warning, Message = "CA {Ca} gave no answer that could be understood.")]
    private partial void LogNoAnswer(CaId ca, Exception exception);
}
