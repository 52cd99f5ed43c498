using Bzt.Contracts.Platforms;
using Bzt.Grains.CaVendors;
using Bzt.Grains.Evidence;
using Bzt.Grains.Foundations;
using Bzt.Protocol;
using Microsoft.Extensions.Logging;

namespace Bzt.Grains.Certificates;

// The certificate's life beside its use: its beginning and issuance, what the service asks its holder to confirm, renewal, recovery, revocation, its end.
public sealed partial class CertificateGrain
{
    public async Task<Reply<Nothing>> Create(CreateCertificate command)
    {
        var now = time.GetUtcNow();
        if (Record.Created is null)
        {
            await WriteAsync(Record with
            {
                Created = command,
                CreatedAt = now,
                Evidence = EvidenceLog.Begin(SystemRandom.Instance.Bytes(EvidenceLog.SaltLength)),
                Outbox = Record.Outbox.AddHolder(command.Holder, Id),
            });
            return default(Nothing);
        }

        var (next, refusal) = CertificateEndings.BeginAgain(Record, Id, command, now);
        if (refusal is not null)
        {
            return refusal;
        }

        await EndKeyAsync(next);
        return default(Nothing);
    }

    public async Task AcceptIssuance(byte[] request, IssuedCertificates certificates)
    {
        var now = time.GetUtcNow();
        switch (IssuanceRules.Judge(Record, request, certificates, now))
        {
            case IssuanceVerdict.Good:
                await WriteAsync(IssuanceRules.Apply(Record, Id, request, certificates, now));
                break;
            case IssuanceVerdict.NotOurs(var reason):
                LogNotOurs(Id, reason);
                await EndKeyAsync(CertificateEndings.NotIssued(Record, Id, request, CertificateMessages.NotOurs, now));
                break;
            case IssuanceVerdict.NotAwaited:
                await KeepAsync(IssuanceRules.TakeBack(Record, certificates));
                break;
        }
    }

    public async Task IssuanceRefused(byte[] request, CaRefusal refusal)
    {
        if (IssuanceRules.IsAwaited(Record, request))
        {
            LogNotIssued(Id, refusal);
            await EndKeyAsync(CertificateEndings.NotIssued(Record, Id, request, CertificateMessages.NotIssued(refusal), time.GetUtcNow()));
        }
    }

    public async Task<Reply<Nothing>> Abandon()
    {
        var (next, refusal) = CertificateEndings.Abandon(Record, Id, time.GetUtcNow());
        if (refusal is not null)
        {
            return refusal;
        }

        await EndKeyAsync(next);
        return default(Nothing);
    }

    public Task<Reply<Nothing>> Ask(CertificateTask task) => KeepAsync(CertificateTasks.Ask(Record, task, time.GetUtcNow()));

    public Task Withdraw(Guid task) => KeepAsync(CertificateTasks.Withdraw(Record, task));

    public Task<Reply<Nothing>> Renew(RenewCertificate command) => KeepAsync(CertificateLife.Renew(Record, command, time.GetUtcNow()));

    public Task<bool> Finishes(string applicationNumber) => Task.FromResult(CertificateLife.Finishes(Record, applicationNumber, time.GetUtcNow()));

    public async Task<Reply<Nothing>> Rekey(RekeyCertificate command)
    {
        var (next, refusal) = CertificateLife.Rekey(Record, Id, command, time.GetUtcNow());
        if (refusal is not null)
        {
            return refusal;
        }

        // The channels were the old device's.
        if (!ReferenceEquals(next, Record))
        {
            channels?.Dispose();
            channels = null;
            await EndKeyAsync(next);
        }

        return default(Nothing);
    }

    public Task AcceptRecoveredKeys(string applicationNumber, IReadOnlyList<RecoveredKey> keys) =>
        KeepAsync(CertificateLife.AcceptKeys(Record, Id, applicationNumber, keys, time.GetUtcNow()));

    public async Task<Reply<CertificateTask>> AskRevocation(CertificateCaller caller, Guid operation, bool insist)
    {
        var reply = RevocationRules.Task(Record, Id, caller, operation, insist, time.GetUtcNow());
        return reply is Done<CertificateTask>(var task) && await Ask(task) is Refused<Nothing>(var refusal) ? refusal : reply;
    }

    public Task<Reply<IReadOnlyList<UnopenedBid>>> GetUnopenedBids(CertificateCaller caller) =>
        Task.FromResult<Reply<IReadOnlyList<UnopenedBid>>>(Record.Created?.Holder == caller.User
            ? new Done<IReadOnlyList<UnopenedBid>>([.. Record.OpenBids.Select(bid => new UnopenedBid(bid.Platform, bid.ProjectId, bid.ProjectName, bid.OpeningTime))])
            : new Refusal(RefusalCode.NotFound));

    public Task NoticeExpiry() => KeepAsync(ExpiryRules.Notice(Record, Id, time.GetUtcNow()));

    public async Task HolderRemoved(CreditCode enterprise)
    {
        var next = CertificateEndings.RemoveHolder(Record, Id, enterprise, time.GetUtcNow());
        if (ReferenceEquals(next, Record))
        {
            return;
        }

        await SaveAsync(next);

        // What was open ends now. After a crash here the next message about such a session ends it.
        foreach (var session in openWork.Sessions)
        {
            await EndSessionAsync(session, SessionEnd.CertificateUnusable);
        }
    }

    /// <summary>Unchanged is not written.</summary>
    private Task KeepAsync(CertificateRecord next) => ReferenceEquals(next, Record) ? Task.CompletedTask : SaveAsync(next);

    private async Task<Reply<Nothing>> KeepAsync((CertificateRecord Record, Refusal? Refusal) decided)
    {
        if (decided.Refusal is { } refusal)
        {
            return refusal;
        }

        await KeepAsync(decided.Record);
        return default(Nothing);
    }

    [LoggerMessage(LogLevel.Error, "The CA's answer for certificate {Certificate} was not accepted: {Reason}")]
    private partial void LogNotOurs(CertificateId certificate, string reason);

    [LoggerMessage(LogLevel.Error, "The CA does not issue certificate {Certificate}: {Refusal}")]
    private partial void LogNotIssued(CertificateId certificate, CaRefusal refusal);
}
