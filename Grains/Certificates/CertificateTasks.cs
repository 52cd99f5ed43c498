using System.Collections.Immutable;
using System.Text.Json;
using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Grains.Foundations;
using Bzt.Protocol.Evidence;
using Bzt.Protocol.Forms;
using Bzt.Protocol.Rounds;

namespace Bzt.Grains.Certificates;

/// <summary>What the service itself asks a certificate's holder to confirm: pure.</summary>
internal static class CertificateTasks
{
    /// <summary>Most tasks that wait at a time; an expired one makes room.</summary>
    public const int Waiting = 16;

    private const int Documents = 16;

    // A repeat of the question after the signature comes from an outbox or an impatient finger, soon.
    private const int SignedKept = 64;

    private const string Prefix = "task/";

    public static string RequestOf(Guid task) => $"{Prefix}{task:D}";

    public static Guid? TaskOf(string requestId) =>
        requestId.StartsWith(Prefix, StringComparison.Ordinal) && Guid.TryParseExact(requestId[Prefix.Length..], "D", out var id) ? id : null;

    public static (CertificateRecord Record, Refusal? Refusal) Ask(CertificateRecord record, CertificateTask task, DateTimeOffset now)
    {
        if (task.Documents.Count is < 1 or > Documents || !task.Documents.All(IsSignable))
        {
            throw new ArgumentException("Not a task: 1 to 16 documents that decode, none of them a certificate request.", nameof(task));
        }

        if (record.Created is null)
        {
            return (record, new Refusal(RefusalCode.NotFound));
        }

        if (record.SignedTasks.Contains(task.Id))
        {
            return (record, null);
        }

        if (record.Tasks.FirstOrDefault(known => known.Id == task.Id) is { } asked)
        {
            return (record, IsSame(asked, task) ? null : new Refusal(RefusalCode.IdempotencyConflict));
        }

        if (record.StateAt(now) is not (CertificateState.Active or CertificateState.Locked) || record.ActivatedAt is null)
        {
            return (record, new Refusal(RefusalCode.CertificateUnusable));
        }

        var waiting = record.Tasks.RemoveAll(known => known.ExpiresAt <= now);
        return waiting.Length < Waiting
            ? (record with { Tasks = waiting.Add(task) }, null)
            : (record, new Refusal(RefusalCode.RateLimited, waiting.Min(known => known.ExpiresAt)));
    }

    /// <summary>The state unchanged when there is nothing to forget.</summary>
    public static CertificateRecord Withdraw(CertificateRecord record, Guid task) =>
        record.Tasks.Any(known => known.Id == task) ? record with { Tasks = record.Tasks.RemoveAll(known => known.Id == task) } : record;

    /// <summary>What a round is to sign; null when no such task waits.</summary>
    public static RoundWork? Work(CertificateRecord record, Guid task, DateTimeOffset now) => Find(record, task, now) is { } found && record.ActivatedAt is not null
        ? new RoundWork.Signing([.. found.Documents.Select(Document)])
        : null;

    public static CertificateTask? Find(CertificateRecord record, Guid task, DateTimeOffset now) =>
        record.Tasks.FirstOrDefault(known => known.Id == task && now < known.ExpiresAt);

    /// <summary>Signed: in the one write, what was signed and whom it is told. The evidence's digests are the documents' e.</summary>
    public static CertificateRecord Sign(
        CertificateRecord record, CertificateId id, Guid taskId, RoundEffect.SignaturesReleased released, IReadOnlyList<byte[]> digests, DateTimeOffset now)
    {
        var task = Find(record, taskId, now) ?? throw new InvalidOperationException("A task was signed that does not wait.");
        var signed = new TaskSigned(
            task.Id, id, record.Created!.Holder, [.. released.Signatures.Select(signature => signature.ToRaw())], record.Issued!.SigningCertificate, now);
        var next = (record with
        {
            Tasks = record.Tasks.RemoveAll(known => known.Id == taskId),
            SignedTasks = [.. record.SignedTasks.TakeLast(SignedKept - 1), taskId],
        }).With(id, EvidenceKind.Signed, released.RequestId, null, digests, now, ("task", task.Kind));

        // What the certificate asked itself is done in this write; an outbox would leave a moment in which it still serves.
        return task.Kind switch
        {
            RevocationRules.TaskKind => RevocationRules.Revoke(next, id, now),
            SealingRules.BeginKind or SealingRules.ResumeKind => SealingRules.Confirm(next, task, now),
            _ => next with { Outbox = next.Outbox.Add(task.Kind, task.Target, signed) },
        };
    }

    private static SigningDocument Document(TaskDocument document) => SigningForms.TryParse(document.Form, out var kind)
        ? new SigningDocument(kind, document.ToBeSigned)
        : throw new InvalidOperationException("A task was let in with a form that does not exist.");

    /// <summary>The certificate's own request is signed once and never as a task.</summary>
    private static bool IsSignable(TaskDocument document) =>
        SigningForms.TryParse(document.Form, out var kind) && kind != SigningFormKind.Csr
        && SigningForm.TryDecode(new SigningDocument(kind, document.ToBeSigned), out _);

    private static bool IsSame(CertificateTask known, CertificateTask repeated) =>
        JsonSerializer.SerializeToUtf8Bytes(known, StateJson.Options).AsSpan().SequenceEqual(JsonSerializer.SerializeToUtf8Bytes(repeated, StateJson.Options));
}
