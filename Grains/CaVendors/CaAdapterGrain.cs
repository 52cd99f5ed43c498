using System.Collections.Immutable;
using Bzt.Grains.CaVendors.Embedded;
using Bzt.Grains.Foundations;
using Bzt.Grains.Remittances;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Bzt.Grains.CaVendors;

/// <inheritdoc cref="ICaAdapterGrain"/>
/// <remarks>
/// No turn waits for the vendor: calls about the queue run beside the turns and come back as messages (<see cref="ICaAdapterAnswers"/>),
/// so a slow vendor holds up neither those who submit nor the reviewers. What is due while the grain is not active, or its silo is gone,
/// is brought back by a reminder that exists exactly as long as the queue is not empty: what lies on our own desk calls nobody, but operators see how long. An answer that comes twice, or to a question nobody
/// asks any more, finds no entry in that stage and changes nothing.
/// </remarks>
[GrainType("ca-adapter")]
public sealed partial class CaAdapterGrain : Grain, ICaAdapterGrain, ICaAdapterAnswers, IOutboxOwner, IRemindable
{
    private const string QueueReminder = "queue";

    private readonly IPersistentState<StoredCaAdapter> storage;
    private readonly OutboxDrain<StoredCaAdapter> outbox;
    private readonly CaVendorDirectory vendors;
    private readonly TimeProvider time;
    private readonly ILogger<CaAdapterGrain> log;
    private VendorLine line = null!;
    private IGrainTimer? queueTimer;
    private IGrainReminder? reminder;
    private TimeSpan? reminded;

    public CaAdapterGrain(
        [PersistentState("ca-adapter")] IPersistentState<StoredCaAdapter> storage, OutboxDrains drains, CaVendorDirectory vendors, TimeProvider time, ILogger<CaAdapterGrain> log)
    {
        (this.storage, this.vendors, this.time, this.log) = (storage, vendors, time, log);
        outbox = drains.Attach(this, storage);
    }

    private CaId Id => new(this.GetPrimaryKeyString());

    private IDeskVendor? Desk => line.Vendor as IDeskVendor;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        line = new VendorLine(Id, vendors.Open(Id), time, log);
        if (storage.State.EmbeddedCa is { } whole)
        {
            // A crash between leaves the whole here, and everything is handed on once more: each receiver takes it once.
            await EmbeddedCaSplit.HandOn(GrainFactory, Id, whole);
            await outbox.WriteAsync(storage.State with { EmbeddedCa = null });
        }

        TellQueue();
        reminder = await this.GetReminder(QueueReminder, cancellationToken);
        await WorkOff();
    }

    public async Task Submit(CaSubmissionOrder order)
    {
        await Write(CaAdapterRules.Take(storage.State, order, time.GetUtcNow()));
        await WorkOff();
    }

    public async Task Withdraw(string applicationNumber)
    {
        await Write(CaAdapterRules.Withdrawn(storage.State, applicationNumber));
        await WorkOff();
    }

    public Task<bool> IsFull(UserId applicant) => Task.FromResult(CaAdapterRules.IsFull(storage.State, applicant, null));

    public Task<bool> IsFullOfAuthorisations(UserId holder, CreditCode enterprise) => Task.FromResult(CaAdapterRules.IsFull(storage.State, holder, enterprise.Value));

    public Task<CaTrust> GetTrust() => vendors.TrustAsync(Id);

    public Task<CaIssuance> Issue(string applicationNumber, byte[] certificationRequest) => line.IssueAsync(applicationNumber, certificationRequest);

    public Task<CaKeyRecovery> RecoverKeys(string applicationNumber) => line.RecoverKeysAsync(applicationNumber);

    public Task<CaRevocation> Revoke(string signingSerialNumber, RevocationReason reason) => line.RevokeAsync(signingSerialNumber, reason);

    public async Task RequestRevocation(CaRevocationOrder order)
    {
        await Write(CaAdapterRules.Take(storage.State, order, time.GetUtcNow()));
        await WorkOff();
    }

    public async Task Nudge(string applicationNumber)
    {
        await Write(CaAdapterRules.Nudged(storage.State, applicationNumber, time.GetUtcNow()));
        await WorkOff();
    }

    public async Task<Reply<Nothing>> ReceiveCallback(SignedMessage message)
    {
        if ((line.Vendor as ICallbackVendor)?.ReadCallback(message) is not { } number)
        {
            return new Refusal(RefusalCode.Unauthenticated);
        }

        // Twice, late or out of order: it only makes us ask.
        await Nudge(number);
        return default(Nothing);
    }

    public Task<IReadOnlyList<CaDeskEntry>> GetDesk() => Task.FromResult<IReadOnlyList<CaDeskEntry>>(
        [.. storage.State.Queue.Where(entry => Desk is not null && entry.Stage == SubmissionStage.InReview).Select(CaAdapterRules.DeskEntry)]);

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
        // Only what lies on our own desk is decided here; the other vendors have reviewers of their own.
        if (Desk is not { } desk)
        {
            return new Refusal(RefusalCode.NotFound);
        }

        if (CaAdapterRules.Find(storage.State, decision.ApplicationNumber) is not { } entry)
        {
            // It has left the queue: the vendor's record says how it was decided.
            return await desk.ReviewAsync(decision.ApplicationNumber) switch
            {
                CaReview.Approved when decision.RejectionReason is null => default(Nothing),
                CaReview.Rejected(var reason) when reason == decision.RejectionReason => default(Nothing),
                CaReview.Refused(CaRefusal.Unknown) => new Refusal(RefusalCode.NotFound),
                _ => new Refusal(RefusalCode.ApplicationStateWrong),
            };
        }

        if (CaAdapterRules.Judge(storage.State, entry, Id, decision, time.GetUtcNow()) is not { } judged)
        {
            return new Refusal(RefusalCode.ApplicationStateWrong);
        }

        await Write(judged);
        await WorkOff();
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

    public Task<CaLineStatus> GetStatus() => Task.FromResult(CaAdapterRules.Status(storage.State, Desk is not null, line.Circuit, time.GetUtcNow()));

    public Task DrainOutbox() => outbox.DrainAsync();

    public Task ReceiveReminder(string reminderName, TickStatus status) => WorkOff();

    async Task ICaAdapterAnswers.Submitted(string applicationNumber, CaSubmission answer)
    {
        if (CaAdapterRules.Find(storage.State, applicationNumber) is { Stage: SubmissionStage.Sending } entry)
        {
            await Write(CaAdapterRules.Submitted(storage.State, entry, answer, Desk is not null, time.GetUtcNow()));
        }

        await WorkOff();
    }

    async Task ICaAdapterAnswers.Reviewed(string applicationNumber, CaReview answer)
    {
        if (CaAdapterRules.Find(storage.State, applicationNumber) is { Stage: not SubmissionStage.Sending } entry && (Desk is null || entry.Stage == SubmissionStage.Decided))
        {
            await Write(CaAdapterRules.Asked(storage.State, entry, answer, time.GetUtcNow()));
        }

        await WorkOff();
    }

    async Task ICaAdapterAnswers.Revoked(string signingSerialNumber, CaRevocation answer)
    {
        if (storage.State.Revocations.FirstOrDefault(order => order.Order.SigningSerialNumber == signingSerialNumber) is { } entry)
        {
            if (answer is CaRevocation.Refused(var code))
            {
                LogNotRevoked(Id, signingSerialNumber, code);
            }

            await Write(CaAdapterRules.Revoked(storage.State, entry, answer, time.GetUtcNow()));
        }

        await WorkOff();
    }

    /// <summary>Begins calls about what is due, oldest first, as many at a time as the line takes. Waits for none of them.</summary>
    private async Task WorkOff()
    {
        var answers = this.AsReference<ICaAdapterAnswers>();
        foreach (var entry in storage.State.Queue.Where(entry => entry.NextTry <= time.GetUtcNow()))
        {
            var application = entry.Order.Application;
            line.Begin($"application/{application.Number}", entry.Stage switch
            {
                SubmissionStage.Sending => async () => await answers.Submitted(application.Number, await line.SubmitAsync(application)),
                SubmissionStage.InReview => async () => await answers.Reviewed(application.Number, await line.ReviewAsync(application.Number)),
                SubmissionStage.Decided => async () => await answers.Reviewed(application.Number, await line.DecideAsync(application.Number, entry.RejectionReason)),
                _ => throw new InvalidOperationException($"A submission in stage {entry.Stage}."),
            });
        }

        foreach (var entry in storage.State.Revocations.Where(entry => entry.NextTry <= time.GetUtcNow()))
        {
            var order = entry.Order;
            line.Begin(
                $"revocation/{order.SigningSerialNumber}",
                async () => await answers.Revoked(order.SigningSerialNumber, await line.RevokeAsync(order.SigningSerialNumber, order.Reason)));
        }

        await Schedule();
    }

    private async Task Schedule()
    {
        await Remind(CaAdapterRules.ComesBack(storage.State));
        if (CaAdapterRules.Due(storage.State) is not { } next)
        {
            queueTimer?.Dispose();
            queueTimer = null;
            return;
        }

        var wait = (next > line.Circuit.ClosedUntil ? next : line.Circuit.ClosedUntil) - time.GetUtcNow();
        queueTimer ??= this.RegisterGrainTimer(WorkOff, new GrainTimerCreationOptions(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan) { KeepAlive = true });
        queueTimer.Change(wait > VendorLine.Pace ? wait : VendorLine.Pace, Timeout.InfiniteTimeSpan);
    }

    /// <param name="period">Null for none.</param>
    private async Task Remind(TimeSpan? period)
    {
        if (period is null)
        {
            if (reminder is not null)
            {
                await this.UnregisterReminder(reminder);
                (reminder, reminded) = (null, null);
            }
        }
        else if (period != reminded)
        {
            reminder = await this.RegisterOrUpdateReminder(QueueReminder, period.Value, period.Value);
            reminded = period;
        }
    }

    private async Task Write(StoredCaAdapter next)
    {
        if (!ReferenceEquals(next, storage.State))
        {
            await outbox.WriteAsync(next);
            TellQueue();
        }
    }

    private void TellQueue()
    {
        var waiting = storage.State.Queue.Select(entry => entry.SubmittedAt).Concat(storage.State.Revocations.Select(order => order.OrderedAt)).ToList();
        Telemetry.CaQueueSeen(Id.Value, waiting.Count, waiting.DefaultIfEmpty().Min());
    }

    [LoggerMessage(EventId = 322, Level = LogLevel.Error, Message = "CA {Ca} does not revoke certificate {Serial}: {Code}.")]
    private partial void LogNotRevoked(CaId ca, string serial, CaRefusal code);

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        Telemetry.CaQueueGone(Id.Value);
        return Task.CompletedTask;
    }
}
