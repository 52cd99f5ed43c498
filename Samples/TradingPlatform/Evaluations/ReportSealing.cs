using Bzt.Contracts;
using Bzt.Contracts.Platforms;
using Bzt.Documents.Pdf;
using Bzt.Documents.Seals;
using Bzt.Samples.TradingPlatform.Data;
using Bzt.Samples.TradingPlatform.Qr;
using Bzt.Samples.TradingPlatform.Tenders;

namespace Bzt.Samples.TradingPlatform.Evaluations;

/// <summary>扫码签章 of the evaluation report with the evaluator's personal certificate. The sealed report ends the evaluation.</summary>
internal sealed class ReportSealing(TenderStore tenders, AccountStore accounts, TimeProvider clock)
{
    public static void Map(WebApplication app)
    {
        app.MapPost("/qr/tenders/{id}/report", async (string id, HttpContext context, AccountStore accounts, ReportSealing sealing) =>
            accounts.Of(context.User) is { Role: Role.Person } person && sealing.IsEvaluator(id, person)
                ? await sealing.StartAsync(id, person, context)
                : QrEndpoints.Refuse("只有本项目指定的评标专家可以签章评标报告", StatusCodes.Status403Forbidden)).RequireAuthorization();
        app.MapGet("/tenders/{id}/report.pdf", (string id, TenderStore tenders) =>
            tenders.FindReport(id) is { } report ? Results.File(report.Pdf, "application/pdf", $"评标报告-{id}.pdf") : Results.NotFound());
    }

    private bool IsEvaluator(string tenderId, Account person) => tenders.IsEvaluator(tenderId, person.UserName);

    private async Task<IResult> StartAsync(string tenderId, Account evaluator, HttpContext context)
    {
        if (tenders.Find(tenderId) is not { } tender)
        {
            return Results.NotFound();
        }

        var (bids, scores) = (tenders.Bids(tenderId), tenders.Scores(tenderId));
        if (TenderStages.Of(tender, bids, tenders.FindReport(tenderId) is not null, clock.GetUtcNow()) != TenderStage.Evaluation)
        {
            return QrEndpoints.Refuse("项目不在评标阶段");
        }

        if (scores.Count == 0 || scores.Count != bids.Count(bid => bid.IsOpen))
        {
            return QrEndpoints.Refuse("请先为每个投标人评分");
        }

        if (accounts.CertificateOf(evaluator) is not { } signer)
        {
            return QrEndpoints.Refuse("请先在“我的账号”扫码绑定个人证书");
        }

        return await QrEndpoints.StartAsync(context, Prepare(tender, bids, scores, evaluator, signer.Certificate, signer.Chain));
    }

    private QrRequest Prepare(Tender tender, IReadOnlyList<Bid> bids, IReadOnlyList<Score> scores, Account evaluator, byte[] certificate, IReadOnlyList<byte[]> chain)
    {
        var now = clock.GetUtcNow();
        var seal = new SealAppearance(-1, ReportPdf.SealLeftMm, ReportPdf.SealTopMm, ReportPdf.SealWidthMm, SealDrawing.Person(evaluator.Name), evaluator.Name);
        var prepared = PdfSealer.Prepare(ReportPdf.Draw(tender, bids, scores, evaluator.Name, now), [seal], new SignatureFieldInfo(now, evaluator.Name, "评标报告"));
        var attributes = CmsSeal.SignedAttributes(prepared.Sm3Digest, certificate, $"评标报告-{tender.Id}.pdf", now);
        return new QrRequest(new CreateSessionRequest(SessionKind.Seal)
        {
            Project = tender.Project,
            // A person who also holds enterprises' certificates is offered the right one only.
            Enterprise = new EnterpriseInfo(evaluator.Name, ""),
            Documents = [new DocumentRequest(SigningForms.CmsPdf, attributes)],
        })
        {
            Finish = (_, result) => Task.FromResult(Complete(tender, scores, evaluator, prepared, attributes, certificate, chain, result)),
        };
    }

    private QrOutcome Complete(Tender tender, IReadOnlyList<Score> scores, Account evaluator, PreparedPdf prepared, byte[] attributes, byte[] certificate, IReadOnlyList<byte[]> chain, SessionResult result)
    {
        if (!result.SigningCertificate.AsSpan().SequenceEqual(certificate) || result.Signatures is not [{ } signature] || !signature.ToBeSigned.AsSpan().SequenceEqual(attributes))
        {
            return QrOutcome.Refused("手机使用了另一张证书，请选择绑定在本平台的个人证书");
        }

        // While the phone was asked, the buyer may have dismissed him, and a colleague may have changed a score.
        if (!IsEvaluator(tender.Id, evaluator))
        {
            return QrOutcome.Refused("您已不是本项目的评标专家");
        }

        if (!tenders.Scores(tender.Id).SequenceEqual(scores))
        {
            return QrOutcome.Refused("评分已修改，请核对后重新签章");
        }

        // What is kept is what anybody can verify later, so it is verified before it is kept.
        var pdf = PdfSealer.Complete(prepared.Pdf, CmsSeal.Assemble(attributes, signature.Signature, certificate, chain));
        using var sealedPdf = new MemoryStream(pdf, writable: false);
        if (PdfSealVerifier.Verify(sealedPdf, [chain[^1]]) is not [{ IsValid: true }])
        {
            return QrOutcome.Refused("签章校验未通过");
        }

        return tenders.KeepReport(tender.Id, new SealedReport(evaluator.Name, result.SigningSerial, clock.GetUtcNow(), pdf), scores)
            ? new QrOutcome($"/tenders/{tender.Id}")
            : QrOutcome.Refused("评标报告已签章，或评分刚被修改，请刷新后查看");
    }
}
