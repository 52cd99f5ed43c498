using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Gateway.Phones;
using Bzt.Gateway.Problems;
using Bzt.Grains;
using Bzt.Grains.Certificates;

namespace Bzt.Gateway.Certificates;

/// <summary>GET /phone/v1/certificates/{certificateId}/evidence: the whole chain with its signed head, to be verified offline.</summary>
internal static class GetEvidence
{
    public static void Map(IEndpointRouteBuilder phones) => phones
        .MapGet(Routes.Phone.Evidence, HandleAsync)
        .Needs(PhoneAccess.FullDevice)
        .WithSummary("The evidence of a certificate")
        .Produces<EvidenceExport>()
        .ProducesProblem(404);

    private static async Task<IResult> HandleAsync(Guid certificateId, Caller caller, IGrainFactory grains)
    {
        var id = new CertificateId(certificateId);
        var head = await grains.Certificate(id).GetEvidenceHead(GetCertificate.From(caller));
        if (head is Refused<SignedEvidenceHead> && await HolderAsync(id, caller, grains) is { } holder)
        {
            head = await grains.Certificate(id).GetEvidenceHead(holder);
        }

        return head is Done<SignedEvidenceHead>(var signed) ? await ExportAsync(id, signed, grains) : head.ToHttp(_ => Results.Empty);
    }

    /// <summary>An enterprise's administrator sees what was done with its certificates, whoever holds them.</summary>
    private static async Task<CertificateCaller?> HolderAsync(CertificateId id, Caller caller, IGrainFactory grains) =>
        await grains.Certificate(id).GetFacts() is Done<CertificateFacts>(var facts) && facts.CreditCode.Value.Length > 0
        && await grains.Enterprise(facts.CreditCode).GetRole(caller.UserId) is Done<Grains.Accounts.MemberRole>(Grains.Accounts.MemberRole.Administrator)
            ? new CertificateCaller(facts.Holder, facts.Device)
            : null;

    private static async Task<IResult> ExportAsync(CertificateId id, SignedEvidenceHead head, IGrainFactory grains)
    {
        var entries = new List<EvidenceExportEntry>();
        for (long page = 0; entries.Count < head.Sequence; page++)
        {
            var records = await grains.Evidence(id, page).Read();
            entries.AddRange(records.Where(record => record.Sequence <= head.Sequence).Select(ToHttp));
            if (entries.Count < Math.Min(head.Sequence, (page + 1) * EvidencePages.Size))
            {
                // The newest records are still on their way out of the certificate's outbox.
                return new ProblemResult(ErrorCodes.Unavailable);
            }
        }

        return Results.Json(
            new EvidenceExport(
                id.Value, entries, new EvidenceExportHead(head.Sequence, head.Hash, head.SignedAt, head.Signature), head.PublicKey,
                await ProveAsync(id, head.Sequence, grains)),
            BztJson.Default.EvidenceExport);
    }

    /// <summary>The newest checkpoint: of the newest page that is in one.</summary>
    private static async Task<EvidenceCheckpointProof?> ProveAsync(CertificateId id, long sequence, IGrainFactory grains)
    {
        for (var page = EvidencePages.PageOf(Math.Max(sequence, 1)); page >= 0; page--)
        {
            if (await grains.Evidence(id, page).GetCheckpoint() is > 0 and var number
                && await grains.EvidenceCheckpoint(number).Prove(id) is { } proof && proof.Sequence <= sequence)
            {
                return new EvidenceCheckpointProof(GetCheckpoints.ToContract(proof.Checkpoint), proof.Sequence, proof.Index, proof.Path);
            }
        }

        return null;
    }

    internal static EvidenceExportEntry ToHttp(EvidenceRecord record) => new(
        record.Sequence, record.Previous, record.At, record.Kind, record.Holder, record.Request,
        [.. record.Facts.Select(fact => new EvidenceExportFact(fact.Name, fact.Commitment, fact.Value, fact.Salt))], record.Digests);
}
