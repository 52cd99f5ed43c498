using System.Text.Json;
using Bzt.Contracts.Platforms;
using Bzt.Grains.Applications;
using Bzt.Grains.CaVendors;
using Bzt.Grains.Foundations;
using Bzt.Grains.Inbox;
using Bzt.Grains.Sessions;
using Bzt.Protocol.Certificates;

namespace Bzt.Grains.Certificates;

/// <summary>What a certificate's decisions mean for others. The kinds are stored: they are never renamed.</summary>
internal static class CertificateOutbox
{
    public const string Issue = "certificate/issue";
    public const string Activated = "certificate/activated";
    public const string Session = "certificate/session";
    public const string Evidence = "certificate/evidence";
    public const string Message = "certificate/message";
    public const string Holder = "certificate/holder";
    public const string WakeUp = "certificate/wake-up";
    public const string NotIssued = "certificate/not-issued";
    public const string Revocation = "certificate/revocation";
    public const string RecoverKeys = "certificate/recover-keys";
    public const string Errand = "certificate/errand";
    public const string Sealing = "certificate/sealing";

    /// <summary>Once is enough, however much happened to it in one write.</summary>
    public static Outbox AddSealing(this Outbox outbox, SealingId sealing) =>
        outbox.Items is [.., { Kind: Sealing } last] && last.Target == sealing.ToString() ? outbox : outbox.Add(Sealing, sealing.ToString(), sealing);

    public static Outbox AddIssue(this Outbox outbox, CertificateId certificate, CreateCertificate created, byte[] request) =>
        outbox.Add(Issue, created.Ca.Value, new IssueOrder(certificate, created.ApplicationNumber, request));

    public static Outbox AddActivated(this Outbox outbox, CertificateId certificate, ApplicationId application) =>
        outbox.Add(Activated, application.ToString(), certificate);

    public static Outbox AddSession(this Outbox outbox, SessionId session, SessionOutcome outcome) =>
        outbox.Add(Session, session.ToString(), outcome);

    public static Outbox AddEvidence(this Outbox outbox, CertificateId certificate, EvidenceRecord record) =>
        outbox.Add(Evidence, certificate.ToString(), record);

    public static Outbox AddMessage(this Outbox outbox, UserId user, InboxEntry entry) =>
        outbox.Add(Message, user.ToString(), entry);

    public static Outbox AddHolder(this Outbox outbox, UserId user, CertificateId certificate) =>
        outbox.Add(Holder, user.ToString(), certificate);

    public static Outbox AddWakeUp(this Outbox outbox, UserId user) => outbox.Add(WakeUp, user.ToString(), WakeUpKind.Certificate);

    public static Outbox AddNotIssued(this Outbox outbox, ApplicationId application, IssuanceFailure failure) =>
        outbox.Add(NotIssued, application.ToString(), failure);

    /// <summary>What a serving certificate has done at its CA goes through a queue of its own.</summary>
    public static Outbox AddErrand<T>(this Outbox outbox, CertificateId certificate, string kind, string target, T payload) =>
        outbox.Add(Errand, certificate.ToString(), new CertificateErrand(0, kind, target, JsonSerializer.Serialize(payload, StateJson.Options)));

    /// <summary>What the CA has issued for a renewal that will not be finished.</summary>
    public static Outbox AddRevocation(this Outbox outbox, CaId ca, PendingRenewal? renewal) =>
        renewal?.Issued is { } issued && Sm2Certificate.TryParse(issued.SigningCertificate, out var signing) ? outbox.AddRevocation(ca, signing.Serial) : outbox;

    public static Outbox AddRevocation(this Outbox outbox, CaId ca, string signingSerial) => outbox.Add(Revocation, ca.Value, signingSerial);
}

internal sealed record IssueOrder(CertificateId Certificate, string ApplicationNumber, byte[] Request);

/// <summary>
/// Asks the CA for the certificates. Asking again gets the same certificates, so a crash between its answer and our write loses nothing.
/// A CA that is away is asked again until it is back: meanwhile nothing else waits in the outbox of a certificate that is not issued yet.
/// One that refuses has said its last word: the certificate ends, and the user is told by the application.
/// </summary>
public sealed class IssueHandler(IGrainFactory grains) : IOutboxHandler
{
    public string Kind => CertificateOutbox.Issue;

    public async Task DeliverAsync(OutboxDelivery delivery, CancellationToken cancellation)
    {
        var order = delivery.Item.Read<IssueOrder>();
        switch (await grains.CaAdapter(new CaId(delivery.Item.Target)).Issue(order.ApplicationNumber, order.Request))
        {
            case CaIssuance.Ok ok:
                await grains.Certificate(order.Certificate).AcceptIssuance(order.Request, ok.Certificates);
                break;
            case CaIssuance.Refused refused:
                await grains.Certificate(order.Certificate).IssuanceRefused(order.Request, refused.Code);
                break;
            case CaIssuance.Pending:
                throw new InvalidOperationException("The CA has not issued yet.");
            case CaIssuance.Unavailable away:
                throw new InvalidOperationException($"The CA is not available: {away.Reason}");
        }
    }
}

internal sealed record KeyRecoveryOrder(CertificateId Certificate, string ApplicationNumber);

/// <summary>The encryption keys a holder had before. A CA that will not give them has none to give: what is known goes on.</summary>
public sealed class RecoverKeysHandler(IGrainFactory grains) : IOutboxHandler
{
    public string Kind => CertificateOutbox.RecoverKeys;

    public async Task DeliverAsync(OutboxDelivery delivery, CancellationToken cancellation)
    {
        var order = delivery.Item.Read<KeyRecoveryOrder>();
        var keys = await grains.CaAdapter(new CaId(delivery.Item.Target)).RecoverKeys(order.ApplicationNumber) switch
        {
            CaKeyRecovery.Ok ok => ok.Keys,
            CaKeyRecovery.Refused => [],
            CaKeyRecovery.Unavailable away => throw new InvalidOperationException($"The CA is not available: {away.Reason}"),
            _ => throw new InvalidOperationException("A CA answered something else."),
        };
        await grains.Certificate(order.Certificate).AcceptRecoveredKeys(order.ApplicationNumber, keys);
    }
}

/// <summary>Who is told of each kind.</summary>
internal sealed class CertificateRoutes(IGrainFactory grains) : IOutboxRoutes
{
    public IReadOnlyList<OutboxRoute> Routes =>
    [
        new(CertificateOutbox.Errand, item => grains.GetGrain<ICertificateErrandGrain>(Guid.Parse(item.Target)).Run(item.Read<CertificateErrand>() with { Sequence = item.Sequence })),
        new(CertificateOutbox.NotIssued, item => grains.Application(new ApplicationId(Guid.Parse(item.Target))).IssuanceFailed(item.Read<IssuanceFailure>())),
        // The CA takes back a certificate whose key nobody can use any more. Its adapter takes the order at once and carries it on, so that a CA that
        // is away holds up nothing behind this. One that refuses has nothing to take back.
        new(CertificateOutbox.Revocation, item => grains.CaAdapter(new CaId(item.Target)).RequestRevocation(new CaRevocationOrder(item.Read<string>(), RevocationReason.CessationOfOperation, null))),
        new(CertificateOutbox.Activated, item => grains.Application(new ApplicationId(Guid.Parse(item.Target))).CertificateActivated(item.Read<CertificateId>())),
        new(CertificateOutbox.Sealing, item => grains.SealingSession(item.Read<SealingId>()).Settle()),
        new(CertificateOutbox.Message, item => grains.Inbox(new UserId(Guid.Parse(item.Target))).Post(item.Read<InboxEntry>())),
        new(CertificateOutbox.Holder, item => grains.Holder(new UserId(Guid.Parse(item.Target))).Add(item.Read<CertificateId>())),
        new(CertificateOutbox.WakeUp, item => grains.Inbox(new UserId(Guid.Parse(item.Target))).WakeUp(item.Read<WakeUpKind>())),
    ];
}

/// <summary>
/// A session takes one outcome. Whose signature came to one that had ended, since it had lost its memory and somebody else confirmed it or the PC gave up, is
/// told that nobody was given it.
/// </summary>
public sealed class SessionHandler(IGrainFactory grains, TimeProvider time) : IOutboxHandler
{
    public string Kind => CertificateOutbox.Session;

    public async Task DeliverAsync(OutboxDelivery delivery, CancellationToken cancellation)
    {
        var (session, outcome) = (new SessionId(Guid.Parse(delivery.Item.Target)), delivery.Item.Read<SessionOutcome>());
        if (!await grains.QrSession(session).Deliver(outcome) && outcome.End == SessionEnd.Ok
            && await grains.Certificate(outcome.Certificate).GetFacts() is Done<CertificateFacts>(var facts))
        {
            await grains.Inbox(facts.Holder).Post(CertificateMessages.Unused(facts, session, time.GetUtcNow()));
        }
    }
}

public sealed class EvidenceHandler(IGrainFactory grains) : IOutboxHandler
{
    public string Kind => CertificateOutbox.Evidence;

    public Task DeliverAsync(OutboxDelivery delivery, CancellationToken cancellation)
    {
        var record = delivery.Item.Read<EvidenceRecord>();
        return grains.Evidence(new CertificateId(Guid.Parse(delivery.Item.Target)), EvidencePages.PageOf(record.Sequence)).Append(record);
    }
}
