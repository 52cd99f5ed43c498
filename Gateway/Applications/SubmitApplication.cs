using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Gateway.Accounts;
using Bzt.Gateway.Phones;
using Bzt.Gateway.Problems;
using Bzt.Grains;
using Bzt.Grains.Accounts;
using Bzt.Grains.Applications;
using Bzt.Grains.Certificates;
using Bzt.Grains.Enterprises;
using Bzt.Grains.Foundations;
using Command = Bzt.Grains.Applications.SubmitApplication;

namespace Bzt.Gateway.Applications;

/// <summary>Applications of every kind but the claim: 个人证书, 新增企业证书, 加入企业, 新增授权, 续期, 重新申请, 找回, 变更企业信息 (M039–M059).</summary>
internal static class SubmitApplication
{
    private const int MostYears = 5;
    private static readonly TimeSpan ProofLifetime = TimeSpan.FromMinutes(10);

    public static void Map(RouteGroupBuilder phones)
    {
        phones.MapPost(Routes.Phone.Applications, SubmitAsync).WithSummary("Applies for a certificate").Produces<ApplicationInfo>();
        phones.MapPost(Routes.Phone.ApplicationCorrection, CorrectAsync).WithName("correctApplication").WithSummary("Hands a refused application in again").Produces<ApplicationInfo>();
    }

    private static async Task<IResult> SubmitAsync(
        ApplicationRequest request, Caller caller, IGrainFactory grains, IBlobStore blobs, TimeProvider time, CancellationToken cancellation)
    {
        var read = await ReadAsync(request, caller, grains, blobs, cancellation);
        return read.Command is { Kind: ApplicationKind.Recovery } recovery && await NeedsProofAsync(recovery, caller, grains, time)
            ? new ProblemResult(ErrorCodes.RealNameProofNeeded)
            : await ApplicationAnswers.HandInAsync(read, grains.Application(ApplicationIds.Of(caller.UserId, request.OperationId)).Submit);
    }

    private static async Task<IResult> CorrectAsync(
        Guid applicationId, ApplicationRequest request, Caller caller, IGrainFactory grains, IBlobStore blobs, CancellationToken cancellation) =>
        await ApplicationAnswers.HandInAsync(await ReadAsync(request, caller, grains, blobs, cancellation), grains.Application(new(applicationId)).Resubmit);

    /// <summary>
    /// 证书找回 gives a new key under a new PIN: whoever holds the phone, and the number, is still not known to be the person (X22). Another's
    /// certificate is not told from none, and what was handed in already is only repeated.
    /// </summary>
    private static async Task<bool> NeedsProofAsync(Command command, Caller caller, IGrainFactory grains, TimeProvider time) =>
        await grains.Certificate(command.Certificate!.Value).GetFacts() is Done<CertificateFacts>(var facts) && facts.Holder == caller.UserId
        && !(await grains.User(caller.UserId).GetLastProof(caller.DeviceId) is Done<DateTimeOffset>(var proven) && time.GetUtcNow() - proven <= ProofLifetime)
        && await grains.Application(ApplicationIds.Of(caller.UserId, command.Operation)).GetView(caller.UserId) is Refused<ApplicationView>;

    private static async Task<(Command? Command, IResult? Refused)> ReadAsync(
        ApplicationRequest request, Caller caller, IGrainFactory grains, IBlobStore blobs, CancellationToken cancellation)
    {
        // 1. The form of each member the kind has.
        if (Fault(request) is { } fault)
        {
            return (null, fault == nameof(request.CreditCode) ? new ProblemResult(ErrorCodes.CreditCodeInvalid) : Invalid.Member(Camel(fault)));
        }

        // 2. What the kind has no use for was not checked, and is not kept. The uploads: there, and the caller's own.
        var needs = ApplicationSteps.Of[request.Kind];
        var (licence, form) = (needs.Licence ? request.LicenceBlobId : null, needs.Form ? request.FormBlobId : null);
        foreach (var blob in (string?[])[licence, form])
        {
            if (blob is not null && !await UploadedFile.ExistsAsync(blobs, caller.UserId, blob, cancellation))
            {
                return (null, new ProblemResult(ErrorCodes.BlobUnknown));
            }
        }

        // 3. Who gets the certificate: whom others will see masked. A member is known to be one by his enterprise.
        var holder = request is { Kind: ApplicationKind.Authorisation, Member: { } member } ? new UserId(member) : caller.UserId;
        if (await grains.User(holder).GetAccount() is not Done<Account>({ RealName: { } name } account))
        {
            return (null, new ProblemResult(holder == caller.UserId ? ErrorCodes.RealNameRequired : ErrorCodes.NotFound));
        }

        return (new Command(request.OperationId, request.Kind, caller.UserId, new Applicant(holder, name.MaskedName, account.MaskedPhoneNumber))
        {
            EnterpriseName = request.EnterpriseName is { } text && EnterpriseNames.TryRead(text, out var enterprise) ? enterprise : null,
            CreditCode = CreditCodes.TryParse(request.CreditCode, out var code) ? code : null,
            LegalRepresentative = needs.Licence && request is { LegalRepresentativeName: { } person, LegalRepresentativeIdNumber: { } number }
                ? new LegalRepresentative(person.Trim(), number)
                : null,
            LicenceBlobId = licence,
            FormBlobId = form,
            Administrator = request.Kind == ApplicationKind.Join && request is { AdministratorName: { } administrator, AdministratorPhoneNumber: { } phoneNumber }
                ? new StatedAdministrator(administrator.Trim(), phoneNumber)
                : null,
            Permissions = request.Permissions is { } permissions ? [.. permissions.Distinct().Order()] : null,
            Certificate = request.CertificateId is { } certificate ? new CertificateId(certificate) : null,
            Platform = request.PlatformId is { } platform ? new PlatformId(platform) : null,
            Ca = request.CaId is { } ca ? new CaId(ca) : null,
            Years = request.Years ?? 0,
            Insist = request.Insist,
        }, null);
    }

    /// <summary>The name of the first member that the kind needs and that is missing, or that is not well formed; null when there is none.</summary>
    private static string? Fault(ApplicationRequest request)
    {
        var (needs, kind) = (ApplicationSteps.Of[request.Kind], request.Kind);
        var ofCertificate = needs.Delivery != Delivery.Download;
        (string Member, bool Needed, bool Good)[] members =
        [
            // A claim has an endpoint of its own; everything else is of this list.
            (nameof(request.Kind), true, kind != ApplicationKind.Claim),
            (nameof(request.OperationId), true, request.OperationId != Guid.Empty),
            (nameof(request.PlatformId), !ofCertificate, request.PlatformId is { Length: > 0 }),
            (nameof(request.CaId), !ofCertificate, request.CaId is { Length: > 0 }),
            (nameof(request.Years), needs.Delivery != Delivery.Recovery, request.Years is >= 1 and <= MostYears),
            (nameof(request.CertificateId), ofCertificate, request.CertificateId is not null),
            (nameof(request.CreditCode), !ofCertificate && kind != ApplicationKind.Personal, CreditCodes.TryParse(request.CreditCode, out _)),
            (nameof(request.EnterpriseName), needs.Licence || kind == ApplicationKind.Join, request.EnterpriseName is { } name && EnterpriseNames.TryRead(name, out _)),
            (nameof(request.LegalRepresentativeName), needs.Licence, PersonNames.TryRead(request.LegalRepresentativeName, out _)),
            (nameof(request.LegalRepresentativeIdNumber), needs.Licence, request.LegalRepresentativeIdNumber is { } id && IdNumber.TryReadBirth(id, out _)),
            (nameof(request.LicenceBlobId), needs.Licence, request.LicenceBlobId is not null),
            // 重新申请 takes the form of the administrator alone; who asks is seen later.
            (nameof(request.FormBlobId), needs.Form && kind != ApplicationKind.Reapplication, request.FormBlobId is not null),
            (nameof(request.AdministratorName), kind == ApplicationKind.Join, PersonNames.TryRead(request.AdministratorName, out _)),
            (nameof(request.AdministratorPhoneNumber), kind == ApplicationKind.Join, PhoneNumber.IsMobile(request.AdministratorPhoneNumber)),
            (nameof(request.Member), kind == ApplicationKind.Authorisation, request.Member is not null),
        ];
        return members.FirstOrDefault(member => member.Needed && !member.Good).Member;
    }

    private static string Camel(string member) => char.ToLowerInvariant(member[0]) + member[1..];
}
