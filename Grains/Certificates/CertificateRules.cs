using System.Collections.Immutable;
using System.Text.Json;
using Bzt.Contracts;
using Bzt.Contracts.Platforms;
using Bzt.Grains.Foundations;
using Bzt.Grains.Sessions;
using Bzt.Protocol.Evidence;
using Bzt.Protocol.Forms;
using Bzt.Protocol.Primitives;
using Bzt.Protocol.Rounds;
using Bzt.Protocol.Wire;

namespace Bzt.Grains.Certificates;

/// <summary>What a decision of the protocol's core means for the certificate and for others: pure, and all of it one write.</summary>
internal static class CertificateRules
{
    /// <summary>Number of a request for the certificate's own PKCS#10 request.</summary>
    public const string CsrRequest = "csr";

    private const string EnvelopePrefix = "envelope/";

    /// <param name="record">Before.</param>
    /// <param name="id">Whose record.</param>
    /// <param name="decision">What the core decided; its state is not the record's.</param>
    /// <param name="work">The session's work, when the request is a session's.</param>
    /// <param name="now">When.</param>
    /// <param name="isOver">What it was about ended meanwhile, or may have: only a wrong PIN still counts, and its platform is told nothing.</param>
    public static CertificateRecord Apply(CertificateRecord record, CertificateId id, Decision decision, SessionWork? work, DateTimeOffset now, bool isOver = false)
    {
        var next = record with { Shares = decision.State };
        return decision.Effect switch
        {
            RoundEffect.KeyGenerated generated => next.With(id, EvidenceKind.KeyGenerated, null, null, [Sm3.Hash(generated.PublicKey)], now),
            RoundEffect.SignaturesReleased { RequestId: CsrRequest } released => SignRequest(next, id, released, now),
            RoundEffect.SignaturesReleased released when CertificateTasks.TaskOf(released.RequestId) is { } task =>
                CertificateTasks.Sign(next, id, task, released, Digests(record, released.Documents), now),
            RoundEffect.SignaturesReleased released when CertificateLife.RenewalRequest(record) == released.RequestId =>
                CertificateLife.SignRenewal(next, id, released, now),
            RoundEffect.SignaturesReleased released => Sign(next, id, released.RequestId, released.Documents, released.Signatures, work!, now),
            RoundEffect.SessionSignaturesReleased released => Sign(next, id, released.RequestId, released.Documents, released.Signatures, work!, now),
            RoundEffect.DecryptionReleased released => Decrypt(next, id, released, work!, now),
            RoundEffect.EnvelopeOpened opened => next.With(id, EvidenceKind.EnvelopeOpened, opened.RequestId, null, [], now),
            RoundEffect.EncryptionKeyStored => CertificateLife.Arrived(next, id, now),
            RoundEffect.PinChanged changed => next.With(id, EvidenceKind.PinChanged, changed.RequestId, null, [], now),
            RoundEffect.PinFailed failed => FailPin(next, id, failed, work, now, isOver),
            RoundEffect.CopySuspected => Freeze(next, id, now),
            _ => next,
        };
    }

    public static bool IsSame(CreateCertificate known, CreateCertificate repeated) =>
        JsonSerializer.SerializeToUtf8Bytes(known, StateJson.Options).AsSpan().SequenceEqual(JsonSerializer.SerializeToUtf8Bytes(repeated, StateJson.Options));

    /// <summary>The session a request id names; null for the certificate's own requests.</summary>
    public static SessionId? SessionOf(string requestId) => Guid.TryParseExact(requestId, "D", out var id) ? new SessionId(id) : null;

    /// <summary>The session a message is about.</summary>
    public static SessionId? SessionOf(PhoneRequest message) => message switch
    {
        SigningOpen open => SessionOf(open.RequestId),
        ProofOpen { Purpose: ProofPurpose.Decryption } open => SessionOf(open.RequestId),
        SessionSign sign => SessionOf(sign.RequestId),
        SigningFinish or DecryptionFinish => SessionOf(((PinProvedRequest)message).RequestId),
        _ => null,
    };

    /// <summary>The certificate's own requests: its PKCS#10 request, once, the CA's envelope, the service's tasks. Null when there is nothing of that name to do.</summary>
    public static RoundWork? OwnWork(CertificateRecord record, string requestId, DateTimeOffset now)
    {
        if (CertificateTasks.TaskOf(requestId) is { } task)
        {
            return CertificateTasks.Work(record, task, now);
        }

        if (requestId == CsrRequest && record is { Shares: not null, Request: null, Created: { } created })
        {
            return new RoundWork.Signing([new CsrForm(record.PublicKey, SubjectOf(created.Subject)).ToDocument()]);
        }

        if (requestId == CertificateLife.RenewalRequest(record) && record.Renewal is { Request: null })
        {
            return new RoundWork.Signing([new CsrForm(record.PublicKey, SubjectOf(record.Created!.Subject)).ToDocument()]);
        }

        // Also one whose share is there: the phone may never have heard that it is.
        return requestId.StartsWith(EnvelopePrefix, StringComparison.Ordinal) && CertificateLife.FindKey(record, requestId[EnvelopePrefix.Length..]) is { } key
            ? new RoundWork.Envelope(
                new EnvelopeTask(requestId[EnvelopePrefix.Length..], key.EncryptionCertificate, key.EncryptionEnvelope),
                [.. CertificateLife.Further(record, key).Select(further => further.Serial)])
            : null;
    }

    /// <summary>A session's work as the core takes it. What the session let in decodes.</summary>
    public static RoundWork WorkOf(SessionWork work)
    {
        if (work.Decryption is not { } decryption)
        {
            return new RoundWork.Signing([.. work.Documents.Select(document => SigningForms.TryParse(document.Form, out var kind)
                ? new SigningDocument(kind, document.ToBeSigned)
                : throw new InvalidOperationException("A session let in a form that does not exist."))]);
        }

        return new RoundWork.Decryption(DecryptionTasks.Create(
            decryption.ToolKey, decryption.Recipient, decryption.EncryptionSerial, work.Platform.Value,
            work.Project is { } project ? new ProjectInfo(project.ProjectId, project.Name, project.OpeningTime) : null,
            QrSessionRules.WrappedKeys(decryption))
            ?? throw new InvalidOperationException("A session let in wrapped keys that do not decode."));
    }

    private static List<SubjectAttribute> SubjectOf(CertificateSubject subject)
    {
        List<SubjectAttribute> attributes = [new("2.5.4.6", "CN")];
        if (subject.Organization is { } organization)
        {
            attributes.Add(new("2.5.4.10", organization));
        }

        attributes.Add(new("2.5.4.3", subject.CommonName));
        return attributes;
    }

    private static CertificateRecord SignRequest(CertificateRecord record, CertificateId id, RoundEffect.SignaturesReleased released, DateTimeOffset now)
    {
        var form = (CsrForm)Form(released.Documents[0]);
        var request = form.Assemble(released.Signatures[0]);
        var next = (record with { Request = request }).With(id, EvidenceKind.RequestSigned, null, null, [form.Digest(record.PublicKey)], now);
        return next with { Outbox = next.Outbox.AddIssue(id, record.Created!, request) };
    }

    private static CertificateRecord Sign(
        CertificateRecord record, CertificateId id, string requestId, IReadOnlyList<SigningDocument> documents, IReadOnlyList<Sm2Signature> released,
        SessionWork work, DateTimeOffset now)
    {
        var signatures = work.Documents.Zip(released, (document, signature) =>
            new SessionSignature(document.Form, document.ToBeSigned, signature.ToRaw())).ToArray();
        var next = record.WithOutcome(id, requestId, SessionEnd.Ok, signatures, null);
        next = work.Sealing is { } sealing
            ? SealingRules.Use(next, sealing, SessionOf(requestId)!.Value, documents.Count, now)
                .With(id, EvidenceKind.Signed, requestId, work, Digests(record, documents), now, ("sealing-session", sealing.ToString()))
            : next.With(id, EvidenceKind.Signed, requestId, work, Digests(record, documents), now);
        return work is { Kind: SessionKind.Encrypt, Project: { } project }
            ? RevocationRules.Unasked(next with { OpenBids = WithBid(next, work, project, now) })
            : next;
    }

    private static CertificateRecord Decrypt(
        CertificateRecord record, CertificateId id, RoundEffect.DecryptionReleased released, SessionWork work, DateTimeOffset now)
    {
        var digests = work.Decryption!.Keys.Select(key => Sm3.Hash(key.Ciphertext)).ToArray();
        var next = record
            .WithOutcome(id, released.RequestId, SessionEnd.Ok, [], new SessionPartials(released.PhoneParts, released.SiloParts))
            .With(id, EvidenceKind.Decrypted, released.RequestId, work, digests, now);

        // Opened before its time a bid may have to be opened again: it stays.
        return next with { OpenBids = next.OpenBids.RemoveAll(bid => bid.Platform == work.Platform && bid.ProjectId == work.Project?.ProjectId && bid.OpeningTime <= now) };
    }

    public static CertificateRecord Activate(CertificateRecord record, CertificateId id, DateTimeOffset now)
    {
        var next = (record with { ActivatedAt = now }).With(id, EvidenceKind.Activated, null, null, [], now);
        return next with
        {
            Outbox = next.Outbox
                .Project(CertificateProjector.Row(id, next))
                .AddActivated(id, record.Created!.Application)
                .AddMessage(record.Created.Holder, CertificateMessages.Active(id, record.Created, now)),
        };
    }

    private static CertificateRecord FailPin(CertificateRecord record, CertificateId id, RoundEffect.PinFailed failed, SessionWork? work, DateTimeOffset now, bool isOver)
    {
        // First of all: also the platform that learns of a wrong PIN has it from what stands behind the count.
        var counted = record with { Outbox = record.Outbox.AddDeviceCount(record.Created!, id, failed.Failures) };
        var told = work is null || isOver
            ? counted
            : counted.WithOutcome(id, failed.RequestId, failed.Lock is null ? SessionEnd.WrongPin : SessionEnd.Locked, [], null);
        var next = told.With(id, EvidenceKind.WrongPin, failed.RequestId, work, [], now);
        if (failed.SessionId is { } sealing)
        {
            next = SealingRules.End(next, new SealingId(Guid.Parse(sealing)), SealingSessionEnd.WrongPin, now);
        }

        if (failed.Lock is not { } pinLock)
        {
            return next;
        }

        next = next.With(id, EvidenceKind.Locked, failed.RequestId, work, [], now);
        var message = CertificateMessages.Locked(id, record.Created!, next.Evidence!.Sequence, failed.Failures, pinLock.Until, now);
        return next with { Outbox = next.Outbox.AddMessage(record.Created!.Holder, message) };
    }

    private static CertificateRecord Freeze(CertificateRecord record, CertificateId id, DateTimeOffset now)
    {
        var next = record.With(id, EvidenceKind.Frozen, null, null, [], now);
        return next with
        {
            Outbox = next.Outbox
                .AddMessage(record.Created!.Holder, CertificateMessages.Frozen(id, record.Created, now))
                .AddAdministratorMessage(record.Created, CertificateMessages.MembersFrozen(id, record.Created, record.SigningCertificate?.Serial, next.Evidence!.Sequence, now)),
        };
    }

    /// <summary>A tender that was to open a year ago and more was called off, or opened elsewhere.</summary>
    private static ImmutableArray<OpenBid> WithBid(CertificateRecord record, SessionWork work, SessionProject project, DateTimeOffset now) =>
        record.OpenBids.RemoveAll(bid => (bid.Platform == work.Platform && bid.ProjectId == project.ProjectId) || bid.OpeningTime < now.AddYears(-1))
            .Add(new OpenBid(work.Platform, project.ProjectId, project.Name, project.OpeningTime));

    /// <summary>e of every document, as it was signed.</summary>
    private static byte[][] Digests(CertificateRecord record, IReadOnlyList<SigningDocument> documents)
    {
        var publicKey = record.PublicKey;
        return [.. documents.Select(document => Form(document).Digest(publicKey))];
    }

    public static SigningForm Form(SigningDocument document) => SigningForm.TryDecode(document, out var form)
        ? form
        : throw new InvalidOperationException("A document was signed that does not decode.");

    public static CertificateRecord With(
        this CertificateRecord record, CertificateId id, EvidenceKind kind, string? requestId, SessionWork? work, IReadOnlyList<byte[]> digests, DateTimeOffset now,
        params IReadOnlyList<(string Name, string Value)> more)
    {
        List<(string, string)> facts = [.. more];
        if (work is not null)
        {
            facts.Add(("platform", work.Platform.Value));
            facts.Add(("platform_name", work.PlatformName));
            facts.Add(("operation", JsonNamingPolicy.SnakeCaseLower.ConvertName(work.Kind.ToString())));
            if (work.Project is { } project)
            {
                facts.Add(("project", project.ProjectId));
                facts.Add(("project_name", project.Name));
            }
        }

        var request = requestId is null ? Guid.Empty : SessionOf(requestId)?.Value ?? CertificateTasks.TaskOf(requestId) ?? Guid.Empty;
        var (log, link) = record.Evidence!.Append(id, record.Created!.Holder, now, kind, request, facts, digests);
        return record with { Evidence = log, Outbox = record.Outbox.AddEvidence(id, link) };
    }

    /// <summary>First in the outbox, before the evidence: the PC waits for it.</summary>
    private static CertificateRecord WithOutcome(
        this CertificateRecord record, CertificateId id, string requestId, SessionEnd end, IReadOnlyList<SessionSignature> signatures, SessionPartials? partials)
    {
        var signer = end == SessionEnd.Ok ? record.SignerFacts : null;
        return record with { Outbox = record.Outbox.AddSession(SessionOf(requestId)!.Value, new SessionOutcome(id, end, signer, signatures, partials)) };
    }
}
