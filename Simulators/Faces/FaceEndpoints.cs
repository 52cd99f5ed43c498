using Bzt.Simulators.Pages;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace Bzt.Simulators.Faces;

/// <summary>The neutral face interface of docs/providers.md, and the page where the person's face is looked at.</summary>
static class FaceEndpoints
{
    public static void MapFaces(this WebApplication app)
    {
        app.MapPost("/face/v1/checks", BeginAsync);
        app.MapPost("/face/v1/checks/query", QueryAsync);
        app.MapGet("/face/check/{checkId}", IResult (string checkId, FaceSimulator simulator) =>
            simulator.Find(checkId) is { } check ? new RazorComponentResult<FaceCheckPage>(new { Check = check }) : Results.NotFound());
        app.MapPost("/face/check/{checkId}/{act}", (string checkId, string act, FaceSimulator simulator) =>
            Enum.TryParse<FaceAct>(act, ignoreCase: true, out var chosen) && simulator.Act(checkId, chosen) is { } check ? Results.Redirect(check.Request.ReturnUrl) : Results.NotFound());
    }

    static async Task<IResult> BeginAsync(HttpContext context, FaceSimulator simulator, SimulatorKeys keys, SimulatorState state, Steering steering, IOptions<SimulatorOptions> options, TimeProvider time)
    {
        var (body, error) = await SignedJson.ReadAsync(context.Request, keys.Face, state, time.GetUtcNow());
        if (error is not null)
        {
            return SignedJson.Unauthorised(error);
        }

        if (SignedJson.Read<FaceCheckRequest>(body) is not { } request
            || !new[] { request.RequestId, request.Name, request.IdNumber, request.ReturnUrl }.All(text => text is { Length: > 0 and <= 500 })
            || !Uri.TryCreate(request.ReturnUrl, UriKind.Absolute, out _))
        {
            return SignedJson.Error("BAD_REQUEST", StatusCodes.Status400BadRequest);
        }

        var steer = await steering.NextAsync("face", context.RequestAborted);
        if (steer is { Kind: Disturbance.Garbage })
        {
            return Results.Text("{\"result\":\"READY\"", "application/json");
        }

        if (steer is { Kind: Disturbance.Fail })
        {
            return SignedJson.Answer(context, new { requestId = request.RequestId, result = steer.Code ?? "TOO_MANY" }, keys.Face, time.GetUtcNow());
        }

        var check = simulator.Begin(request);
        if (steer is { Kind: Disturbance.Silence })
        {
            context.Abort();
            return Results.Empty;
        }

        return steer.Shape(check is null
            ? SignedJson.Error("REQUEST_CONFLICT", StatusCodes.Status409Conflict)
            : SignedJson.Answer(context, new { requestId = request.RequestId, result = "READY", checkId = check.CheckId, pageUrl = PageOf(context, options.Value, check) }, keys.Face, time.GetUtcNow()));
    }

    static async Task<IResult> QueryAsync(HttpContext context, FaceSimulator simulator, SimulatorKeys keys, SimulatorState state, Steering steering, TimeProvider time)
    {
        var (body, error) = await SignedJson.ReadAsync(context.Request, keys.Face, state, time.GetUtcNow());
        if (error is not null)
        {
            return SignedJson.Unauthorised(error);
        }

        if (SignedJson.Read<FaceCheckQuery>(body) is not { CheckId.Length: > 0 } query)
        {
            return SignedJson.Error("BAD_REQUEST", StatusCodes.Status400BadRequest);
        }

        var steer = await steering.NextAsync("face", context.RequestAborted);
        if (steer is { Kind: Disturbance.Garbage })
        {
            return Results.Text("{\"result\":\"PASSED\"", "application/json");
        }

        if (simulator.Find(query.CheckId) is not { } check)
        {
            return SignedJson.Error("CHECK_UNKNOWN", StatusCodes.Status404NotFound);
        }

        if (steer is { Kind: Disturbance.Silence })
        {
            context.Abort();
            return Results.Empty;
        }

        var result = steer is { Kind: Disturbance.Fail } ? steer.Code ?? "FACE_MISMATCH" : check.Result;
        return steer.Shape(SignedJson.Answer(context, new { checkId = check.CheckId, result, receiptId = check.ReceiptId ?? "" }, keys.Face, time.GetUtcNow()));
    }

    static string PageOf(HttpContext context, SimulatorOptions options, FaceCheck check) =>
        new Uri(options.PublicBaseUrl ?? new Uri($"{context.Request.Scheme}://{context.Request.Host}"), $"face/check/{check.CheckId}").AbsoluteUri;
}
