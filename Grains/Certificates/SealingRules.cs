using System.Collections.Immutable;
using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;
using Bzt.Grains.Sealing;
using Bzt.Protocol.Forms;

namespace Bzt.Grains.Certificates;

/// <summary>
/// Sealing sessions at the certificate: pure. Whether one runs and how much of it is left is part of the certificate's own state: a signature and
/// its count are one write, and whatever ends the certificate ends them in that very write.
/// </summary>
internal static class SealingRules
{
    /// <summary>Kinds of the tasks; stored, never renamed.</summary>
    public const string BeginKind = "certificate/sealing-begin";
    public const string ResumeKind = "certificate/sealing-resume";

    /// <summary>Ended ones are kept for who asks why.</summary>
    private const int Kept = 16;
    private const int MostOpen = 4;

    private static readonly TimeSpan TaskLifetime = TimeSpan.FromMinutes(10);

    public static SealingGrant? Find(CertificateRecord record, SealingId sealing, DateTimeOffset now) =>
        record.Sealings.FirstOrDefault(known => known.Bounds.Sealing == sealing) is { } found ? At(found, now) : null;

    public static (CertificateRecord Record, Refusal? Refusal) Ask(CertificateRecord record, CertificateCaller caller, AskSealing command, DateTimeOffset now)
    {
        if (record.Created is not { } created || created.Holder != caller.User)
        {
            return (record, new Refusal(RefusalCode.NotFound));
        }

        if (created.Device != caller.Device)
        {
            return (record, new Refusal(RefusalCode.Forbidden));
        }

        if (Find(record, command.Sealing, now) is { } known)
        {
            return (record, known.Bounds == command ? null : new Refusal(RefusalCode.IdempotencyConflict));
        }

        var open = record.Sealings.Where(grant => IsOpen(At(grant, now))).ToArray();
        if (open.Length >= MostOpen || open.Any(grant => grant.Bounds.Platform == command.Platform && grant.Bounds.ProjectId == command.ProjectId))
        {
            return (record, new Refusal(RefusalCode.SealingSessionTooMany));
        }

        var until = Earlier(command.ExpiresAt, now + TaskLifetime);
        var (next, refusal) = CertificateTasks.Ask(record, Task(command.Sealing.Value, BeginKind, command, Bounds(record, command).ToBeginning(), until), now);
        var grant = new SealingGrant(command, SealingSessionState.Proposed, 0, [], AskedUntil: until);
        return refusal is null ? (next with { Sealings = [.. Newest(record.Sealings, now), grant] }, null) : (record, refusal);
    }

    public static (CertificateRecord Record, Refusal? Refusal) AskResumption(CertificateRecord record, SealingId sealing, Guid operation, DateTimeOffset now) =>
        Find(record, sealing, now) switch
        {
            null => (record, new Refusal(RefusalCode.NotFound)),
            { State: SealingSessionState.Paused } paused => CertificateTasks.Ask(
                record,
                Task(operation, ResumeKind, paused.Bounds, Bounds(record, paused.Bounds).ToResumption(operation), paused.Bounds.ExpiresAt),
                now),
            { State: SealingSessionState.Running } => (record, null),
            var other => (record, NotOpen(other)),
        };

    /// <summary>The bounds, or a resumption, were signed with the PIN.</summary>
    public static CertificateRecord Confirm(CertificateRecord record, CertificateTask task, DateTimeOffset now)
    {
        var sealing = new SealingId(Guid.Parse(task.Target));
        var from = task.Kind == BeginKind ? SealingSessionState.Proposed : SealingSessionState.Paused;
        return Find(record, sealing, now)?.State == from
            ? Change(record, sealing, grant => grant with { State = SealingSessionState.Running, AskedUntil = null })
            : record;
    }

    public static CertificateRecord Pause(CertificateRecord record, SealingId sealing, DateTimeOffset now) =>
        Find(record, sealing, now) is { State: SealingSessionState.Running, Bounds.Automatic: true }
            ? Change(record, sealing, grant => grant with { State = SealingSessionState.Paused })
            : record;

    /// <summary>The first end stays.</summary>
    public static CertificateRecord End(CertificateRecord record, SealingId sealing, SealingSessionEnd end, DateTimeOffset now) =>
        Find(record, sealing, now) is { End: null }
            ? Change(record, sealing, grant => Ended(grant, end, now)) with
            {
                Tasks = record.Tasks.RemoveAll(task => task.Kind is BeginKind or ResumeKind && task.Target == sealing.ToString()),
            }
            : record;

    /// <summary>Null when these documents may be signed in it now: with the PIN also while it is paused.</summary>
    public static Refusal? RefuseUse(CertificateRecord record, SealingId sealing, SessionId session, int documents, bool automatically, DateTimeOffset now)
    {
        var grant = Find(record, sealing, now);
        if (grant is null || !IsOpen(grant) || (automatically && grant is not { State: SealingSessionState.Running, Bounds.Automatic: true }))
        {
            return NotOpen(grant);
        }

        return grant.Served.Contains(session) ? new Refusal(RefusalCode.SessionEnded)
            : grant.Used + documents > grant.Bounds.MaxDocuments ? new Refusal(RefusalCode.SealingSessionBoundReached)
            : null;
    }

    /// <summary>With the signatures, in their one write.</summary>
    public static CertificateRecord Use(CertificateRecord record, SealingId sealing, SessionId session, int documents, DateTimeOffset now) =>
        Change(record, sealing, grant =>
        {
            var used = grant with { Used = grant.Used + documents, Served = grant.Served.Add(session) };
            return used.Used >= used.Bounds.MaxDocuments ? Ended(used, SealingSessionEnd.CountReached, now) : used;
        });

    /// <summary>What ends the certificate, or locks it, ends its sessions.</summary>
    public static CertificateRecord Follow(CertificateRecord record, DateTimeOffset now)
    {
        if (record.Sealings.All(grant => grant.End is not null))
        {
            return record;
        }

        SealingSessionEnd? end = record.StateAt(now) switch
        {
            CertificateState.Active => null,
            CertificateState.Locked => SealingSessionEnd.PinLocked,
            _ => record.HolderRemovedAt is not null ? SealingSessionEnd.NotAuthorised : SealingSessionEnd.CertificateUnusable,
        };
        return end is not { } reason
            ? record
            : record.Sealings.Where(grant => At(grant, now).End is null)
                .Aggregate(record, (next, grant) => Change(next, grant.Bounds.Sealing, open => Ended(open, reason, now)));
    }

    public static Refusal NotOpen(SealingGrant? grant) =>
        new(grant is { State: SealingSessionState.Proposed } ? RefusalCode.SealingSessionNotConfirmed : RefusalCode.SealingSessionEnded);

    public static bool IsOpen(SealingGrant grant) => grant.State is SealingSessionState.Running or SealingSessionState.Paused;

    /// <summary>Passing of time.</summary>
    private static SealingGrant At(SealingGrant grant, DateTimeOffset now) =>
        grant.End is not null ? grant
        : grant.State == SealingSessionState.Proposed && now >= grant.AskedUntil ? Ended(grant, SealingSessionEnd.NotConfirmed, grant.AskedUntil.Value)
        : now >= grant.Bounds.ExpiresAt ? Ended(grant, SealingSessionEnd.TimeReached, grant.Bounds.ExpiresAt)
        : grant;

    private static SealingGrant Ended(SealingGrant grant, SealingSessionEnd end, DateTimeOffset at) =>
        grant with { State = SealingSessionState.Ended, End = end, EndedAt = at, AskedUntil = null };

    private static CertificateRecord Change(CertificateRecord record, SealingId sealing, Func<SealingGrant, SealingGrant> change) => record with
    {
        Sealings = [.. record.Sealings.Select(grant => grant.Bounds.Sealing == sealing ? change(grant) : grant)],
        Outbox = record.Outbox.AddSealing(sealing),
    };

    private static IEnumerable<SealingGrant> Newest(ImmutableArray<SealingGrant> grants, DateTimeOffset now)
    {
        var surplus = grants.Length - (Kept - 1);
        return grants.Where(grant => At(grant, now).End is null || surplus-- <= 0);
    }

    private static SealingBounds Bounds(CertificateRecord record, AskSealing command) => new(
        command.Sealing.Value, command.Platform.Value, command.PlatformName, command.ProjectId, command.ProjectName,
        record.Created!.EnterpriseName, command.MaxDocuments, command.Automatic, command.ExpiresAt);

    private static CertificateTask Task(Guid id, string kind, AskSealing command, InstructionForm form, DateTimeOffset until) =>
        new(id, kind, command.Sealing.ToString(), [new TaskDocument(SigningForms.Instruction, form.Content)], until);

    private static DateTimeOffset Earlier(DateTimeOffset one, DateTimeOffset other) => one < other ? one : other;
}
