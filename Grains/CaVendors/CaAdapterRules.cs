using System.Collections.Immutable;
using System.Globalization;
using Bzt.Grains.Foundations;

namespace Bzt.Grains.CaVendors;

/// <summary>What an adapter decides about its queue, without clock, randomness or I/O.</summary>
public static class CaAdapterRules
{
    public const string Reviewed = "ca/reviewed";
    public const string Audit = "ca/audit";

    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LastRetry = TimeSpan.FromMinutes(10);

    /// <summary>How often a vendor that reviews elsewhere is asked.</summary>
    private static readonly TimeSpan BetweenReviews = TimeSpan.FromMinutes(1);

    public static QueuedSubmission? Find(StoredCaAdapter state, string number) =>
        state.Queue.FirstOrDefault(entry => entry.Order.Application.Number == number);

    public static StoredCaAdapter Take(StoredCaAdapter state, CaSubmissionOrder order, DateTimeOffset now) =>
        Find(state, order.Application.Number) is not null
            ? state
            : state with { Queue = state.Queue.Add(new QueuedSubmission(order, now, SubmissionStage.Sending, 0, now)) };

    /// <param name="reviewedHere">The vendor's desk is ours: nothing is asked until the reviewer decides.</param>
    public static StoredCaAdapter Submitted(StoredCaAdapter state, QueuedSubmission entry, CaSubmission answer, bool reviewedHere, DateTimeOffset now) => answer switch
    {
        CaSubmission.Ok => Replace(state, entry, entry with { Stage = SubmissionStage.InReview, Failures = 0, NextTry = reviewedHere ? null : now }),
        CaSubmission.Refused(var code) => Decided(state, entry, RefusalText(code)),
        CaSubmission.Unavailable => Failed(state, entry, now),
        _ => throw new InvalidOperationException($"A submission answered by {answer.GetType()}."),
    };

    public static StoredCaAdapter Asked(StoredCaAdapter state, QueuedSubmission entry, CaReview answer, bool reviewedHere, DateTimeOffset now) => answer switch
    {
        CaReview.Pending => Replace(state, entry, entry with { Failures = 0, NextTry = reviewedHere ? null : now + BetweenReviews }),
        CaReview.Approved => Decided(state, entry, null),
        CaReview.Rejected(var reason) => Decided(state, entry, reason),
        // It lost what it had confirmed: the same number once more.
        CaReview.Refused(CaRefusal.Unknown) => Failed(state, entry with { Stage = SubmissionStage.Sending }, now, entry),
        CaReview.Refused(var code) => Decided(state, entry, RefusalText(code)),
        CaReview.Unavailable => Failed(state, entry, now),
        _ => throw new InvalidOperationException($"A review answered by {answer.GetType()}."),
    };

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

    public static string PageKey(CaId ca, long page) => string.Create(CultureInfo.InvariantCulture, $"{ca}/{page}");

    public static CaDeskEntry DeskEntry(QueuedSubmission entry)
    {
        var (application, file) = (entry.Order.Application, entry.Order.File);
        return new CaDeskEntry(
            application.Number, application.Kind, application.Subject.CommonName, application.Subject.CreditCode, file.PlatformName, file.Years, entry.SubmittedAt);
    }

    public static CaDeskFile DeskFile(QueuedSubmission entry) => new(DeskEntry(entry), entry.Order.Origin, entry.Order.File);

    private static StoredCaAdapter Failed(StoredCaAdapter state, QueuedSubmission entry, DateTimeOffset now, QueuedSubmission? stored = null)
    {
        var wait = FirstRetry * Math.Pow(2, Math.Min(entry.Failures, 16));
        return Replace(state, stored ?? entry, entry with { Failures = entry.Failures + 1, NextTry = now + (wait < LastRetry ? wait : LastRetry) });
    }

    private static StoredCaAdapter Replace(StoredCaAdapter state, QueuedSubmission old, QueuedSubmission next) =>
        state with { Queue = state.Queue.Replace(old, next) };

    private static string RefusalText(CaRefusal code) => code switch
    {
        CaRefusal.BadSubject => "企业信息无法写入证书，请检查企业名称和统一社会信用代码",
        CaRefusal.Conflict => "CA已有该证书的申请记录",
        _ => "CA系统未受理该申请",
    };
}
