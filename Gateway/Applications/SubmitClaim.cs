using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Gateway.Accounts;
using Bzt.Gateway.Phones;
using Bzt.Gateway.Problems;
using Bzt.Grains;
using Bzt.Grains.Accounts;
using Bzt.Grains.Applications;
using Bzt.Grains.Enterprises;
using Bzt.Grains.Foundations;
using Command = Bzt.Grains.Applications.SubmitClaim;

namespace Bzt.Gateway.Applications;

/// <summary>认领企业并申请企业证书 (M028–M031), and 重新申请 with corrected data (M032).</summary>
internal static class SubmitClaim
{
    public static void Map(RouteGroupBuilder phones)
    {
        phones.MapPost(Routes.Phone.Claims, SubmitAsync).WithSummary("Claims an enterprise and applies for its certificate").Produces<ApplicationInfo>();
        phones.MapPost(Routes.Phone.ApplicationResubmission, ResubmitAsync).WithName("resubmitClaim").WithSummary("Hands a refused claim in again").Produces<ApplicationInfo>();
    }

    private static async Task<IResult> SubmitAsync(ClaimRequest request, Caller caller, IGrainFactory grains, IBlobStore blobs, CancellationToken cancellation) =>
        await ApplicationAnswers.HandInAsync(
            await ReadAsync(request, caller, grains, blobs, cancellation), grains.Application(ApplicationIds.Of(caller.UserId, request.OperationId)).SubmitClaim);

    private static async Task<IResult> ResubmitAsync(
        Guid applicationId, ClaimRequest request, Caller caller, IGrainFactory grains, IBlobStore blobs, CancellationToken cancellation) =>
        await ApplicationAnswers.HandInAsync(await ReadAsync(request, caller, grains, blobs, cancellation), grains.Application(new(applicationId)).ResubmitClaim);

    private static async Task<(Command? Command, IResult? Refused)> ReadAsync(
        ClaimRequest request, Caller caller, IGrainFactory grains, IBlobStore blobs, CancellationToken cancellation)
    {
        // 1. The form of each member.
        if (request.OperationId == Guid.Empty)
        {
            return (null, Invalid.Member("operationId"));
        }

        if (!EnterpriseNames.TryRead(request.EnterpriseName, out var enterprise))
        {
            return (null, Invalid.Member("enterpriseName"));
        }

        if (!CreditCodes.TryParse(request.CreditCode, out var creditCode))
        {
            return (null, new ProblemResult(ErrorCodes.CreditCodeInvalid));
        }

        if (!PersonNames.TryRead(request.LegalRepresentativeName, out var legalRepresentative))
        {
            return (null, Invalid.Member("legalRepresentativeName"));
        }

        if (!IdNumber.TryReadBirth(request.LegalRepresentativeIdNumber, out _))
        {
            return (null, Invalid.Member("legalRepresentativeIdNumber"));
        }

        // 2. The uploads: there, and the caller's own.
        if (!await UploadedFile.ExistsAsync(blobs, caller.UserId, request.LicenceBlobId, cancellation)
            || !await UploadedFile.ExistsAsync(blobs, caller.UserId, request.FormBlobId, cancellation))
        {
            return (null, new ProblemResult(ErrorCodes.BlobUnknown));
        }

        // 3. Who applies: an administrator to be, whom others will see masked.
        if (await grains.User(caller.UserId).GetAccount() is not Done<Account>({ RealName: { } name } account))
        {
            return (null, new ProblemResult(ErrorCodes.RealNameRequired));
        }

        return (new Command(
            request.OperationId, new Applicant(caller.UserId, name.MaskedName, account.MaskedPhoneNumber), enterprise, creditCode,
            new LegalRepresentative(legalRepresentative, request.LegalRepresentativeIdNumber), request.LicenceBlobId, request.FormBlobId,
            new PlatformId(request.PlatformId), new CaId(request.CaId), request.Years), null);
    }
}
