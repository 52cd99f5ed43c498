using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Gateway.Phones;
using Bzt.Gateway.Problems;
using Bzt.Grains;
using Bzt.Grains.Applications;
using Bzt.Grains.Enterprises;
using Bzt.Grains.Foundations;
using Bzt.Protocol.Forms;

namespace Bzt.Gateway.Applications;

/// <summary>What the enterprise's administrator does with an application: 同意 or not, 确认并盖章, 确认 (M042, M051).</summary>
internal static class AdministratorsTurn
{
    private const int PageSize = 50;
    private const int LongestReason = 200;

    private static readonly string[] Waiting =
        [nameof(ApplicationState.AdministratorReview), nameof(ApplicationState.SealDue), nameof(ApplicationState.LetterSealed)];

    public static void Map(RouteGroupBuilder phones)
    {
        phones.MapGet(Routes.Phone.EnterpriseApplications, ListAsync).WithName("listEnterpriseApplications").WithSummary("What waits for the administrator").Produces<IReadOnlyList<ApplicationInfo>>();
        phones.MapPost(Routes.Phone.ApplicationAgreement, AgreeAsync).WithName("agreeToApplication").WithSummary("The administrator agrees").Produces<ApplicationInfo>();
        phones.MapPost(Routes.Phone.ApplicationRefusal, RefuseAsync).WithName("refuseApplication").WithSummary("The administrator does not agree").Produces<ApplicationInfo>();
        phones.MapPost(Routes.Phone.ApplicationLetter, SealAsync).WithName("sealLetter").WithSummary("Writes the letter and begins its seal").Produces<LetterToSeal>();
        phones.MapGet(Routes.Phone.ApplicationLetter, GetLetterAsync).WithName("getLetter").WithSummary("The authorisation letter, a PDF").Produces(StatusCodes.Status200OK, contentType: "application/pdf");
        phones.MapPost(Routes.Phone.ApplicationConfirmation, ConfirmAsync).WithName("confirmApplication").WithSummary("Hands the sealed letter to the CA").Produces<ApplicationInfo>();
    }

    private static async Task<IResult> AgreeAsync(Guid applicationId, Caller caller, IGrainFactory grains) =>
        (await grains.Application(new(applicationId)).Agree(caller.UserId)).ToHttp(ApplicationAnswers.Json);

    private static async Task<IResult> RefuseAsync(Guid applicationId, ApplicationRefusal request, Caller caller, IGrainFactory grains) =>
        request.Reason.Trim() is { Length: >= 2 and <= LongestReason } reason && VisibleText.Is(reason)
            ? (await grains.Application(new(applicationId)).Refuse(caller.UserId, reason)).ToHttp(ApplicationAnswers.Json)
            : Invalid.Member("reason");

    private static async Task<IResult> SealAsync(Guid applicationId, LetterRequest request, Caller caller, IGrainFactory grains) =>
        (await grains.Application(new(applicationId)).BeginSeal(new BeginSeal(caller.UserId, new CertificateId(request.CertificateId))))
        .ToHttp(task => Results.Json(new LetterToSeal(task.Certificate.Value, task.Task), BztJson.Default.LetterToSeal));

    private static async Task<IResult> ConfirmAsync(Guid applicationId, Caller caller, IGrainFactory grains) =>
        (await grains.Application(new(applicationId)).Confirm(caller.UserId)).ToHttp(ApplicationAnswers.Json);

    private static async Task<IResult> GetLetterAsync(Guid applicationId, Caller caller, IGrainFactory grains, IBlobStore blobs, HttpContext http) =>
        await grains.Application(new(applicationId)).GetLetter(caller.UserId) switch
        {
            Done<LetterFile>(var letter) => await LetterAsync(letter, blobs, http),
            Refused<LetterFile>(var refusal) => refusal.ToHttp(),
            _ => throw new InvalidOperationException("Neither a letter nor a refusal."),
        };

    private static async Task<IResult> LetterAsync(LetterFile letter, IBlobStore blobs, HttpContext http)
    {
        using var content = new MemoryStream();
        if (!await blobs.ReadAsync(letter.Owner, new BlobId(letter.BlobId), content, http.RequestAborted))
        {
            return new ProblemResult(ErrorCodes.NotFound);
        }

        http.Response.Headers.CacheControl = "no-store";
        return Results.Bytes(content.ToArray(), "application/pdf");
    }

    /// <summary>Which they are is the projections' knowledge; whether the caller may see one, its grain's.</summary>
    private static async Task<IResult> ListAsync(string creditCode, Caller caller, IProjectionStore projections, IGrainFactory grains, CancellationToken cancellation)
    {
        if (!CreditCodes.TryParse(creditCode, out var code))
        {
            return new ProblemResult(ErrorCodes.CreditCodeInvalid);
        }

        if (await grains.Enterprise(code).GetRole(caller.UserId) is not Done<Grains.Accounts.MemberRole>(Grains.Accounts.MemberRole.Administrator))
        {
            return new ProblemResult(ErrorCodes.NotFound);
        }

        var page = await projections.ApplicationsOfEnterpriseAsync(code.Value, Waiting, new PageRequest(PageSize), cancellation);
        var views = await Task.WhenAll(page.Items.Select(row => grains.Application(new(Guid.Parse(row.ApplicationId))).GetView(caller.UserId)));
        return Results.Json<IReadOnlyList<ApplicationInfo>>(
            [.. views.OfType<Done<ApplicationView>>().Select(done => ApplicationAnswers.ToContract(done.Value))], BztJson.Default.IReadOnlyListApplicationInfo);
    }
}
