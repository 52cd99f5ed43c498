using System.Text.Json.Serialization;
using Bzt.Gateway.Problems;
using Bzt.Grains;

namespace Bzt.Gateway.CaConsole;

internal sealed record ConsoleLoginRequest(string Reviewer, string Password);

internal sealed record ConsoleRejection(string Reason);

/// <param name="Id">The application's number at the CA: what approve and reject are asked for.</param>
internal sealed record ConsoleApplication(
    string Id, Guid ApplicationId, string CaId, string CaName, string EnterpriseName, string? CreditCode, string PlatformName, int Years, DateTimeOffset SubmittedAt);

internal sealed record ConsoleCatalogue(DateTimeOffset WrittenAt, int Platforms, int CertificateAuthorities, IReadOnlyList<string> Faults);

internal sealed record ConsoleVendor(
    string CaId, string CaName, bool OnOurDesk, int Waiting, DateTimeOffset? WaitingSince, int FailuresInARow, DateTimeOffset? RestsUntil);

[JsonSourceGenerationOptions(System.Text.Json.JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(ConsoleLoginRequest))]
[JsonSerializable(typeof(ConsoleRejection))]
[JsonSerializable(typeof(IReadOnlyList<ConsoleApplication>))]
[JsonSerializable(typeof(ConsoleCatalogue))]
[JsonSerializable(typeof(IReadOnlyList<ConsoleVendor>))]
internal sealed partial class ConsoleJson : JsonSerializerContext;

/// <summary>The console for tools: the same login and the same decisions, JSON, and <see cref="ReviewerFilter.ToolHeader"/> in place of a form's token.</summary>
internal static class ConsoleApi
{
    public static void Map(RouteGroupBuilder console)
    {
        var api = console.MapGroup("/api").WithMetadata(new ForTools());
        api.MapPost("/login", LogInAsync).WithMetadata(new WithoutReviewer()).AddEndpointFilter<ConsoleBrake>();
        api.MapGet("/applications", GetAsync);
        api.MapGet("/catalogue", GetCatalogueAsync);
        api.MapGet("/vendors", GetVendorsAsync);
        api.MapPost("/applications/{id}/approve", (HttpContext http, string id, ReviewDesk desk) => DecideAsync(http, id, desk, null));
        api.MapPost("/applications/{id}/reject", RejectAsync);
    }

    /// <remarks>With the context alone it would be taken for a bare request delegate: no filter, no result.</remarks>
    private static async Task<IResult> LogInAsync(HttpContext http, CancellationToken cancellation)
    {
        var request = await ReadAsync(http, ConsoleJson.Default.ConsoleLoginRequest, cancellation);
        return await ConsoleLogin.TryLogInAsync(http, request.Reviewer, request.Password) ? Results.NoContent() : new ProblemResult(Contracts.ErrorCodes.Unauthenticated);
    }

    private static async Task<IResult> GetAsync(ReviewDesk desk) => Results.Json<IReadOnlyList<ConsoleApplication>>(
        [.. (await desk.GetAsync()).Select(item => new ConsoleApplication(
            item.Entry.ApplicationNumber, ApplicationOf(item.Entry.ApplicationNumber), item.Ca.Ca.Value, item.Ca.Name, item.Entry.EnterpriseName,
            item.Entry.CreditCode, item.Entry.PlatformName, item.Entry.Years, item.Entry.SubmittedAt))],
        ConsoleJson.Default.IReadOnlyListConsoleApplication);

    /// <summary>Looks at the operator's file: what changed in it is in force from now on, or here is why it is not.</summary>
    private static async Task<IResult> GetCatalogueAsync(IGrainFactory grains)
    {
        var status = await grains.Catalogue().GetStatus();
        return Results.Json(new ConsoleCatalogue(status.WrittenAt, status.Platforms, status.CertificateAuthorities, status.Faults), ConsoleJson.Default.ConsoleCatalogue);
    }

    /// <summary>How it goes with each CA.</summary>
    private static async Task<IResult> GetVendorsAsync(IGrainFactory grains) => Results.Json<IReadOnlyList<ConsoleVendor>>(
        await Task.WhenAll((await grains.Catalogue().Get()).CertificateAuthorities.Select(async authority =>
        {
            var status = await grains.CaAdapter(authority.Ca).GetStatus();
            return new ConsoleVendor(authority.Ca.Value, authority.Name, status.OnOurDesk, status.Waiting, status.WaitingSince, status.FailuresInARow, status.RestsUntil);
        })), ConsoleJson.Default.IReadOnlyListConsoleVendor);

    private static async Task<IResult> RejectAsync(HttpContext http, string id, ReviewDesk desk)
    {
        var reason = ReviewDesk.Reason((await ReadAsync(http, ConsoleJson.Default.ConsoleRejection, http.RequestAborted)).Reason);
        return ReviewDesk.FaultIn(reason) is not null ? Invalid.Member("reason") : await DecideAsync(http, id, desk, reason);
    }

    private static async Task<IResult> DecideAsync(HttpContext http, string id, ReviewDesk desk, string? reason)
    {
        // A decided one is on no desk any more; its repeat is answered by whichever CA knows it.
        Reply<Nothing> reply = new Refusal(RefusalCode.NotFound);
        foreach (var ca in await desk.AuthoritiesAsync())
        {
            reply = await desk.DecideAsync(ca, id, Reviewer.NameOf(http), reason);
            if (reply is not Refused<Nothing>({ Code: RefusalCode.NotFound }))
            {
                break;
            }
        }

        return reply.ToHttp(_ => Results.NoContent());
    }

    private static async Task<T> ReadAsync<T>(HttpContext http, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type, CancellationToken cancellation)
    {
        // Of another kind the framework would not read it at all, and take that for a mistake of ours.
        if (!http.Request.HasJsonContentType())
        {
            throw new BadHttpRequestException("The body is no JSON.");
        }

        try
        {
            return await http.Request.ReadFromJsonAsync(type, cancellation) ?? throw new BadHttpRequestException("The body is null.");
        }
        catch (System.Text.Json.JsonException malformed)
        {
            throw new BadHttpRequestException("The body cannot be read.", malformed);
        }
    }

    private static Guid ApplicationOf(string number) => Guid.ParseExact(number[..32], "N");
}
