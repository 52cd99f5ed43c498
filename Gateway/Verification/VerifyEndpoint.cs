using Bzt.Contracts;
using Bzt.Contracts.Platforms;
using Bzt.Documents.Pdf;
using Bzt.Documents.Seals;
using Bzt.Gateway.Hosting;
using Bzt.Gateway.OpenApi;
using Bzt.Gateway.Platforms;
using Bzt.Gateway.Problems;
using Bzt.Grains;
using Bzt.Grains.Platforms;
using Bzt.Protocol.Certificates;
using Bzt.Protocol.Primitives;

namespace Bzt.Gateway.Verification;

/// <summary>POST /rp/v1/verify: signatures, certificates and the seals of PDFs. Whatever is wrong with them is an answer, not a refusal.</summary>
internal static class VerifyEndpoint
{
    /// <summary>Half a mebibyte of data in base64, with its certificates.</summary>
    private const int LargestRequest = 768 * 1024;
    private const int MostCertificates = 10;

    public static void Map(IEndpointRouteBuilder group) => group
        .MapPost(Routes.Platforms.Verify, HandleAsync)
        .LimitBody(LargestRequest)
        .WithName("verify")
        .WithSummary("Verifies a signature, a certificate or the seal of a PDF")
        .WithDescription("Exactly one of certificate, signature and seal. valid says that everything is: the signature, the path to a root of the catalogue's CAs, the time, and that the CA says it is not revoked; "
            + "when the CA cannot be asked, revocation is unknown and valid is false. No document comes here: of a sealed PDF send what lies in /Contents and SM3 over its /ByteRange; CMS of RFC 5652 and GB/T 35275 and electronic seals of GB/T 38540 are read. "
            + "What was added to a PDF after its seal is seen where the PDF is.")
        .Refuses(400, 413)
        .Produces<VerifyResult>();

    private static async Task<IResult> HandleAsync(VerifyRequest request, PlatformCaller caller, CertificateJudge judge, TrustedAuthorities authorities, IGrainFactory grains, TimeProvider clock, CancellationToken aborted)
    {
        if (new object?[] { request.Certificate, request.Signature, request.Seal }.Count(part => part is not null) != 1
            || request.Chain is { Count: > MostCertificates } || request.Chain?.Any(certificate => certificate is null) == true
            || request.Signature is { } given && (given.Data is null) == (given.Digest is null)
            || request.Signature?.Digest is { Length: not 32 } || request.Seal?.Digest is { Length: not 32 })
        {
            return new ProblemResult(ErrorCodes.InvalidRequest) { Detail = "须且仅须提供certificate、signature、seal之一" };
        }

        if (await grains.GetGrain<IPlatformGrain>(caller.Platform.Value).GetFacts() is not Done<PlatformFacts>({ RecognitionGroup: var groupName }))
        {
            return new ProblemResult(ErrorCodes.Forbidden);
        }

        var now = clock.GetUtcNow();
        var chain = request.Chain ?? [];
        return Answer(request switch
        {
            { Certificate: { } certificate } => await judge.JudgeAsync(certificate, chain, request.At ?? now, groupName, forSigning: false, aborted),
            { Signature: { } signature } => WithSignature(Judge(signature), await judge.JudgeAsync(signature.Certificate, chain, request.At ?? now, groupName, forSigning: true, aborted)),
            { Seal: { } seal } => await JudgeAsync(seal, chain, request.At, now, groupName, judge, await authorities.GetAsync(), grains, aborted),
            _ => throw new InvalidOperationException("One of the three is there."),
        });
    }

    private static async Task<VerifyResult> JudgeAsync(
        SealToVerify seal, IReadOnlyList<byte[]> chain, DateTimeOffset? at, DateTimeOffset now, string group, CertificateJudge judge, IReadOnlyList<TrustedAuthority> known, IGrainFactory grains,
        CancellationToken aborted)
    {
        // Reading and verifying is one piece of work of bounded cost: nobody waits for it any more, it is not begun.
        aborted.ThrowIfCancellationRequested();
        var report = DetachedSealVerifier.Verify(
            seal.Contents, seal.Digest, [.. known.SelectMany(authority => authority.Roots)], [.. known.SelectMany(authority => authority.Intermediates)]);
        var result = await judge.JudgeAsync(report.Certificate, report.Others.Concat(chain), at ?? report.KnownAt ?? now, group, forSigning: true, aborted);
        // What a trusted stamp proves to be older than the revocation was made with a good certificate.
        var stillGood = result is { Path: PathVerdict.Good, Revocation: { Status: RevocationVerdict.Revoked, RevokedAt: { } revoked } } && report.TimeStamp is { IsTrusted: true } stamp && stamp.Time < revoked;
        var withdrawn = SealOwner.Of(report) is { } owner ? await grains.SealWithdrawal(Convert.ToHexString(report.SealId), owner).Get() : null;
        return WithSignature(
            report.State switch
            {
                SealState.Intact => SignatureVerdict.Good,
                SealState.Altered => SignatureVerdict.Altered,
                SealState.BadSignature => SignatureVerdict.Bad,
                _ => SignatureVerdict.Unsupported,
            },
            result with { Valid = (result.Valid || stillGood) && withdrawn is null && report.Seal is null or { IsTrusted: true } }) with
        {
            ClaimedTime = report.SignedAt,
            DocumentName = report.DocumentName,
            Withdrawn = withdrawn is null ? null : new VerifiedWithdrawal(withdrawn.At, withdrawn.Reason, withdrawn.ToBeSigned, withdrawn.Signature, withdrawn.SigningCertificate),
            TimeStamp = report.TimeStamp is { } token ? new VerifiedTimeStamp(token.Time, token.Authority, token.IsTrusted) : null,
            ElectronicSeal = report.Seal is { } used ? new VerifiedElectronicSeal(used.Id, used.Name, used.Maker, used.ValidFrom, used.ValidTo, used.IsTrusted) : null,
        };
    }

    private static SignatureVerdict Judge(SignatureToVerify signature) =>
        !Sm2Certificate.TryParse(signature.Certificate, out var certificate) ? SignatureVerdict.Unsupported
        : !Sm2Signature.TryParseRaw(signature.Value, out var parsed) && !Sm2Signature.TryParseDer(signature.Value, out parsed) ? SignatureVerdict.Unsupported
        : parsed!.Verify(certificate.PublicKey, signature.Digest ?? Sm2Signature.Digest(certificate.PublicKey, signature.Data)) ? SignatureVerdict.Good
        : SignatureVerdict.Bad;

    private static VerifyResult WithSignature(SignatureVerdict verdict, VerifyResult result) => result with { Signature = verdict, Valid = result.Valid && verdict == SignatureVerdict.Good };

    private static IResult Answer(VerifyResult result) => Results.Json(result, BztJson.Default.VerifyResult);
}
