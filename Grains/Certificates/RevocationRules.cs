using System.Globalization;
using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Grains.Foundations;
using Bzt.Protocol.Evidence;
using Bzt.Protocol.Forms;
using Bzt.Protocol.Primitives;

namespace Bzt.Grains.Certificates;

/// <summary>
/// 证书注销: pure. The holder signs what he is shown, with the bids that could never be opened any more; the signature and the end of the
/// certificate are one write, so a signature that races it comes before it or not at all.
/// </summary>
internal static class RevocationRules
{
    public const string TaskKind = "certificate/revoke";

    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    // The form takes 32 lines.
    private const int BidsShown = 24;

    private static readonly TimeSpan Shanghai = TimeSpan.FromHours(8);

    public static Reply<CertificateTask> Task(
        CertificateRecord record, CertificateId id, CertificateCaller caller, Guid operation, bool insist, DateTimeOffset now)
    {
        if (record.Created is not { } created || created.Holder != caller.User)
        {
            return new Refusal(RefusalCode.NotFound);
        }

        if (created.Device != caller.Device)
        {
            return new Refusal(RefusalCode.Forbidden);
        }

        // The same question again, or after it was answered.
        if (record.Tasks.FirstOrDefault(task => task.Id == operation && task.Kind == TaskKind) is { } asked && now < asked.ExpiresAt)
        {
            return asked;
        }

        if (record.StateAt(now) is not (CertificateState.Active or CertificateState.Locked) || record.SigningCertificate is not { } signing)
        {
            return new Refusal(RefusalCode.CertificateUnusable);
        }

        if (!insist && !record.OpenBids.IsEmpty)
        {
            return new Refusal(RefusalCode.BidsUnopened);
        }

        // Whole seconds: the form says no fractions, and what it says is when the task ends.
        var expires = DateTimeOffset.FromUnixTimeSeconds((now + Lifetime).ToUnixTimeSeconds());
        var form = new InstructionForm("revoke-certificate", "注销证书", [.. Facts(record, created, signing.Serial)], operation, expires);
        return new CertificateTask(operation, TaskKind, id.ToString(), [new TaskDocument(SigningForms.Instruction, form.Content)], expires);
    }

    /// <summary>A bid was encrypted that the instruction does not name: it has to be asked for again.</summary>
    public static CertificateRecord Unasked(CertificateRecord record) => record with { Tasks = record.Tasks.RemoveAll(task => task.Kind == TaskKind) };

    public static CertificateRecord Revoke(CertificateRecord record, CertificateId id, DateTimeOffset now)
    {
        var created = record.Created!;
        var revoked = (record with { RevokedAt = now, Shares = record.Shares?.Shredded(), Tasks = [], Renewal = null, Recovered = [] })
            .With(id, EvidenceKind.Revoked, null, null, [Sm3.Hash(record.Issued!.SigningCertificate)], now);
        return revoked with
        {
            Outbox = revoked.Outbox
                .AddRevocation(created.Ca, record.SigningCertificate!.Serial)
                .AddEndOfRenewal(record, id, CertificateMessages.RevokedMeanwhile)
                .AddMessage(created.Holder, CertificateMessages.Revoked(id, created, now))
                .AddWakeUp(created.Holder)
                .Project(CertificateProjector.Row(id, revoked)),
        };
    }

    private static IEnumerable<InstructionFact> Facts(CertificateRecord record, CreateCertificate created, string serial)
    {
        yield return new("证书持有人", created.EnterpriseName);
        yield return new("CA机构", created.CaName);
        yield return new("签名证书序列号", serial);
        yield return new("注意", "CA证书一经注销，不能恢复，无法解密原有文件，费用不予退还");
        foreach (var bid in record.OpenBids.Take(BidsShown))
        {
            yield return new("未开标", string.Create(CultureInfo.InvariantCulture, $"{bid.ProjectName}（{bid.OpeningTime.ToOffset(Shanghai):yyyy-MM-dd HH:mm}开标）"));
        }

        if (record.OpenBids.Length > BidsShown)
        {
            yield return new("未开标", string.Create(CultureInfo.InvariantCulture, $"以及另外{record.OpenBids.Length - BidsShown}个项目"));
        }
    }
}
