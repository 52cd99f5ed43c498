using System.Collections.Immutable;
using System.Globalization;
using Bzt.Contracts.Phone;
using Bzt.Grains.Foundations;

namespace Bzt.Grains.CaVendors;

/// <summary>What an adapter decides about its queue, without clock, randomness or I/O.</summary>
public static class CaAdapterRules
{
    public const string Reviewed = "ca/reviewed";
    public const string Audit = "ca/audit";
    public const string Superfluous = "ca/superfluous";

    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LastRetry = TimeSpan.FromMinutes(10);

    /// <summary>How often a vendor that reviews elsewhere is asked.</summary>
    private static readonly TimeSpan BetweenReviews = TimeSpan.FromMinutes(1);

    /// <summary>How soon an adapter is back whose silo went, or which was put down: with something to ask a vendor, and with files on our own desk alone.</summary>
    private static readonly TimeSpan BackToAsk = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan BackToShow = TimeSpan.FromMinutes(10);

    /// <summary>Applications of one user that wait here: many times what anybody applies for at once. All that wait are one row, which each step of each writes.</summary>
    public const int MostOfOne = 20;

    private const int LongestReason = 200;

    private static readonly string TooMany = string.Create(CultureInfo.InvariantCulture, $"您在该CA已有{MostOfOne}份申请待审核，请等待审核结果后重新申请");

    public static QueuedSubmission? Find(StoredCaAdapter state, string number) =>
        state.Queue.FirstOrDefault(entry => entry.Order.Application.Number == number);

    /// <param name="state">Of the adapter.</param>
    /// <param name="holder">Who gets the certificate.</param>
    /// <param name="authoriser">Null: what the holder applied for himself. Otherwise what the administrator of that enterprise did for him, which takes no place of the holder's.</param>
    public static bool IsFull(StoredCaAdapter state, UserId holder, string? authoriser) =>
        state.Queue.Count(entry => entry.Order.File.Applicant == holder && Authoriser(entry.Order) == authoriser) >= MostOfOne;

    /// <summary>One too many is turned down like a review that failed: what was paid goes back, and it may be handed in again.</summary>
    public static StoredCaAdapter Take(StoredCaAdapter state, CaSubmissionOrder order, DateTimeOffset now)
    {
        if (Find(state, order.Application.Number) is not null)
        {
            return state;
        }

        var entry = new QueuedSubmission(order, now, SubmissionStage.Sending, 0, now);
        return IsFull(state, order.File.Applicant, Authoriser(order)) ? Decided(state, entry, TooMany) : state with { Queue = state.Queue.Add(entry) };
    }

    /// <summary>Nobody waits for its outcome any more. Our reviewer's word, once given, is still carried to the vendor.</summary>
    public static StoredCaAdapter Withdrawn(StoredCaAdapter state, string number) =>
        Find(state, number) is { Stage: not SubmissionStage.Decided } entry ? state with { Queue = state.Queue.Remove(entry) } : state;

    /// <param name="onOurDesk">Nothing is asked until our own reviewer decides.</param>
    public static StoredCaAdapter Submitted(StoredCaAdapter state, QueuedSubmission entry, CaSubmission answer, bool onOurDesk, DateTimeOffset now) => answer switch
    {
        CaSubmission.Ok => Replace(state, entry, entry with { Stage = SubmissionStage.InReview, Failures = 0, NextTry = onOurDesk ? null : now }),
        CaSubmission.Refused(var code) => Decided(state, entry, RefusalText(code)),
        CaSubmission.Unavailable => Failed(state, entry, entry, now),
        _ => throw new InvalidOperationException($"A submission answered by {answer.GetType()}."),
    };

    public static StoredCaAdapter Asked(StoredCaAdapter state, QueuedSubmission entry, CaReview answer, DateTimeOffset now) => answer switch
    {
        CaReview.Pending => Replace(state, entry, entry with { Failures = 0, NextTry = now + BetweenReviews }),
        CaReview.Approved => Decided(state, entry, null),
        CaReview.Rejected(var reason) => Decided(state, entry, Text(reason)),
        // It lost what it had confirmed: the same number once more.
        CaReview.Refused(CaRefusal.Unknown) => Failed(state, entry, entry with { Stage = SubmissionStage.Sending }, now),
        CaReview.Refused(var code) => Decided(state, entry, RefusalText(code)),
        CaReview.Unavailable => Failed(state, entry, entry, now),
        _ => throw new InvalidOperationException($"A review answered by {answer.GetType()}."),
    };

    /// <summary>The vendor called: its next answer may be asked for now. What waits for one of our reviewers is not the vendor's to move.</summary>
    public static StoredCaAdapter Nudged(StoredCaAdapter state, string number, DateTimeOffset now) =>
        Find(state, number) is { Stage: SubmissionStage.InReview, NextTry: { } next } entry && next > now ? Replace(state, entry, entry with { NextTry = now }) : state;

    /// <summary>The reviewer's word, durable before anybody is told; null when it contradicts one that was given before.</summary>
    public static StoredCaAdapter? Judge(StoredCaAdapter state, QueuedSubmission entry, CaId ca, CaDecision decision, DateTimeOffset now) => entry.Stage switch
    {
        SubmissionStage.InReview => Audited(
            Replace(state, entry, entry with { Stage = SubmissionStage.Decided, RejectionReason = decision.RejectionReason, NextTry = now }),
            ca, decision.RejectionReason is null ? CaAuditAction.Approved : CaAuditAction.Rejected, decision.Reviewer, entry.Order, decision.RejectionReason, now),
        SubmissionStage.Decided when entry.RejectionReason == decision.RejectionReason => state,
        _ => null,
    };

    public static StoredCaAdapter Take(StoredCaAdapter state, CaRevocationOrder order, DateTimeOffset now) =>
        state.Revocations.Any(entry => entry.Order.SigningSerialNumber == order.SigningSerialNumber)
            ? state
            : state with { Revocations = state.Revocations.Add(new QueuedRevocation(order, now, 0, now)) };

    public static StoredCaAdapter Revoked(StoredCaAdapter state, QueuedRevocation entry, CaRevocation answer, DateTimeOffset now)
    {
        if (answer is CaRevocation.Unavailable)
        {
            return state with { Revocations = state.Revocations.Replace(entry, entry with { Failures = entry.Failures + 1, NextTry = now + Wait(entry.Failures) }) };
        }

        var done = state with { Revocations = state.Revocations.Remove(entry) };
        return entry.Order.Notify is not { } notify
            ? done
            : done with
            {
                Outbox = done.Outbox.Add(notify.Kind, notify.Target, new CaRevocationOutcome(
                    entry.Order.SigningSerialNumber, (answer as CaRevocation.Ok)?.RevokedAt, (answer as CaRevocation.Refused)?.Code)),
            };
    }

    /// <summary>The entry leaves the queue, and whoever submitted it is told.</summary>
    public static StoredCaAdapter Decided(StoredCaAdapter state, QueuedSubmission entry, string? rejectionReason) => state with
    {
        Queue = state.Queue.Remove(entry),
        Outbox = state.Outbox.Add(
            Reviewed, entry.Order.Origin.ToString(), new Applications.ApplicationReviewed(entry.Order.Application.Number, rejectionReason)),
    };

    public static StoredCaAdapter Audited(
        StoredCaAdapter state, CaId ca, CaAuditAction action, string reviewer, CaSubmissionOrder about, string? note, DateTimeOffset now)
    {
        var sequence = state.Audited + 1;
        var page = (sequence - 1) / ICaAuditGrain.PageLength;
        return state with
        {
            Audited = sequence,
            Outbox = state.Outbox.Add(Audit, PageKey(ca, page), new CaAuditRecord(
                sequence, now, reviewer, action, about.Application.Number, about.Application.Subject.CommonName, note)),
        };
    }

    /// <summary>When the vendor is called next; null while nobody is to be called.</summary>
    public static DateTimeOffset? Due(StoredCaAdapter state) =>
        state.Queue.Select(entry => entry.NextTry).Concat(state.Revocations.Select(entry => (DateTimeOffset?)entry.NextTry)).Min();

    /// <summary>The period of the reminder; null when nothing waits.</summary>
    public static TimeSpan? ComesBack(StoredCaAdapter state) => Due(state) is not null ? BackToAsk : state.Queue.IsEmpty ? null : BackToShow;

    public static CaLineStatus Status(StoredCaAdapter state, bool onOurDesk, CircuitBreaker circuit, DateTimeOffset now)
    {
        List<DateTimeOffset> waiting = [
            .. state.Queue.Where(entry => entry.NextTry is not null).Select(entry => entry.SubmittedAt),
            .. state.Revocations.Select(entry => entry.OrderedAt)];
        return new CaLineStatus(
            onOurDesk, waiting.Count, waiting.Count == 0 ? null : waiting.Min(), circuit.Failures, circuit.Allows(now) ? null : circuit.ClosedUntil);
    }

    public static string PageKey(CaId ca, long page) => string.Create(CultureInfo.InvariantCulture, $"{ca}/{page}");

    public static CaDeskEntry DeskEntry(QueuedSubmission entry)
    {
        var (application, file) = (entry.Order.Application, entry.Order.File);
        return new CaDeskEntry(
            application.Number, application.Kind, application.Subject.CommonName, application.Subject.CreditCode, file.PlatformName, file.Years, entry.SubmittedAt)
        {
            AppliedFor = file.Kind,
        };
    }

    public static CaDeskFile DeskFile(QueuedSubmission entry) => new(DeskEntry(entry), entry.Order.Origin, entry.Order.File);

    private static string? Authoriser(CaSubmissionOrder order) => order.File.Kind == ApplicationKind.Authorisation ? order.Application.Subject.CreditCode : null;

    private static StoredCaAdapter Failed(StoredCaAdapter state, QueuedSubmission stored, QueuedSubmission next, DateTimeOffset now) =>
        Replace(state, stored, next with { Failures = stored.Failures + 1, NextTry = now + Wait(stored.Failures) });

    private static TimeSpan Wait(int failures)
    {
        var wait = FirstRetry * Math.Pow(2, Math.Min(failures, 16));
        return wait < LastRetry ? wait : LastRetry;
    }

    // A vendor's words are shown to the applicant and kept: a page of them is no reason.
    private static string Text(string reason) =>
        string.IsNullOrWhiteSpace(reason) ? "CA机构未说明原因" : reason.Length <= LongestReason ? reason : reason[..LongestReason];

    private static StoredCaAdapter Replace(StoredCaAdapter state, QueuedSubmission old, QueuedSubmission next) =>
        state with { Queue = state.Queue.Replace(old, next) };

    private static string RefusalText(CaRefusal code) => code switch
    {
        CaRefusal.BadSubject => "企业信息无法写入证书，请检查企业名称和统一社会信用代码",
        CaRefusal.Conflict => "CA已有该证书的申请记录",
        _ => "CA系统未受理该申请",
    };
}
