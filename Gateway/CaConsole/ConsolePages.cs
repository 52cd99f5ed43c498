using Bzt.Gateway.Applications;
using Bzt.Gateway.CaConsole.Pages;
using Bzt.Gateway.Hosting;
using Bzt.Grains;
using Bzt.Grains.Foundations;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Bzt.Gateway.CaConsole;

/// <summary>The console's pages: rendered here, no script.</summary>
internal static class ConsolePages
{
    private const int AuditLength = 200;

    public static void Map(RouteGroupBuilder console)
    {
        console.MapGet("", GetDeskAsync);
        console.MapGet("/login", IResult () => new RazorComponentResult<LoginPage>()).WithMetadata(new WithoutReviewer());
        console.MapPost("/login", LogInAsync).WithMetadata(new WithoutReviewer()).AddEndpointFilter<ConsoleBrake>();
        console.MapPost("/logout", LogOutAsync);
        console.MapGet("/audit", GetAuditAsync);
        console.MapGet("/{ca}/applications/{number}", GetApplicationAsync);
        console.MapGet("/{ca}/applications/{number}/files/{which}", GetFileAsync);
        console.MapPost("/{ca}/applications/{number}/approve", (HttpContext http, string ca, string number, ReviewDesk desk) => DecideAsync(http, ca, number, desk, null));
        console.MapPost("/{ca}/applications/{number}/reject", RejectAsync);
        console.MapGet("/console.css", () => Results.Stream(
            typeof(ConsolePages).Assembly.GetManifestResourceStream("ca-console.css")!, "text/css; charset=utf-8")).WithMetadata(new WithoutReviewer(), new Admission.ServesFile());
    }

    private static async Task<IResult> GetDeskAsync(HttpContext http, ReviewDesk desk, string? done = null) => new RazorComponentResult<DeskPage>(new
    {
        Reviewer = Reviewer.NameOf(http),
        Items = await desk.GetAsync(),
        Done = done,
    });

    /// <remarks>With the context alone it would be taken for a bare request delegate: no filter, no result.</remarks>
    private static async Task<IResult> LogInAsync(HttpContext http, CancellationToken cancellation)
    {
        var form = await Forms.ReadAsync(http.Request, cancellation);
        return await ConsoleLogin.TryLogInAsync(http, form["reviewer"], form["password"])
            ? SeeOther(ConsoleRoutes.Root)
            : new RazorComponentResult<LoginPage>(new { Failed = true, ReviewerName = (string?)form["reviewer"] }) { StatusCode = StatusCodes.Status401Unauthorized };
    }

    private static async Task<IResult> LogOutAsync(HttpContext http, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        await ConsoleLogin.LogOutAsync(http);
        return SeeOther(ConsoleRoutes.Login);
    }

    private static async Task<IResult> GetAuditAsync(HttpContext http, ReviewDesk desk) => new RazorComponentResult<AuditPage>(new
    {
        Reviewer = Reviewer.NameOf(http),
        Records = await desk.AuditAsync(AuditLength),
    });

    private static async Task<IResult> GetApplicationAsync(HttpContext http, string ca, string number, ReviewDesk desk) =>
        await ShowAsync(http, ca, number, desk, null);

    private static async Task<IResult> RejectAsync(HttpContext http, string ca, string number, ReviewDesk desk)
    {
        var reason = ReviewDesk.Reason((await Forms.ReadAsync(http.Request, http.RequestAborted))["reason"]);
        return ReviewDesk.FaultIn(reason) is { } fault
            ? await ShowAsync(http, ca, number, desk, fault)
            : await DecideAsync(http, ca, number, desk, reason);
    }

    private static async Task<IResult> DecideAsync(HttpContext http, string ca, string number, ReviewDesk desk, string? reason) =>
        await desk.DecideAsync(ca, number, Reviewer.NameOf(http), reason) switch
        {
            Done<Nothing> => SeeOther($"{ConsoleRoutes.Root}?done={(reason is null ? "approved" : "rejected")}"),
            _ => SeeOther($"{ConsoleRoutes.Root}?done=gone"),
        };

    private static async Task<IResult> ShowAsync(HttpContext http, string ca, string number, ReviewDesk desk, string? fault) =>
        await desk.InspectAsync(ca, number, Reviewer.NameOf(http)) is { } dossier
            ? new RazorComponentResult<ApplicationPage>(new { Reviewer = Reviewer.NameOf(http), Dossier = dossier, Fault = fault })
            {
                StatusCode = fault is null ? StatusCodes.Status200OK : StatusCodes.Status422UnprocessableEntity,
            }
            : SeeOther($"{ConsoleRoutes.Root}?done=gone");

    /// <summary>An upload of an application on the desk. Its type is what its octets say; a PDF is saved, not opened in our origin.</summary>
    private static async Task<IResult> GetFileAsync(HttpContext http, string ca, string number, string which, ReviewDesk desk, IBlobStore blobs)
    {
        using var content = new MemoryStream();
        if (await desk.FindFileAsync(ca, number, which) is not var (owner, id) || !UploadedFile.IsId(id)
            || !await blobs.ReadAsync(owner, new BlobId(id), content, http.RequestAborted)
            || UploadedFile.MediaTypeOf(content.GetBuffer().AsSpan(0, (int)Math.Min(content.Length, UploadedFile.HeadLength))) is not { } type)
        {
            return new Problems.ProblemResult(Contracts.ErrorCodes.NotFound);
        }

        http.Response.Headers.ContentSecurityPolicy = "default-src 'none'; sandbox; frame-ancestors 'none'";
        return Results.Bytes(content.ToArray(), type, type == "application/pdf" ? $"{number}-{which}.pdf" : null);
    }

    /// <summary>After a form: the next page is fetched, and fetching it again repeats nothing.</summary>
    private static IResult SeeOther(string path) => new SeeOtherResult(path);

    private sealed class SeeOtherResult(string path) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.StatusCode = StatusCodes.Status303SeeOther;
            httpContext.Response.Headers.Location = path;
            return Task.CompletedTask;
        }
    }
}
