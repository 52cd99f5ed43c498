namespace Bzt.Simulators.Licences;

/// <summary>The neutral licence interface of docs/providers.md.</summary>
static class LicenceEndpoints
{
    const string NotReadable = "NOT_READABLE";

    public static void MapLicences(this WebApplication app) => app.MapPost("/licence/v1/readings", ReadAsync);

    static async Task<IResult> ReadAsync(HttpContext context, LicenceSimulator simulator, SimulatorKeys keys, SimulatorState state, Steering steering, TimeProvider time)
    {
        var (body, error) = await SignedJson.ReadAsync(context.Request, keys.Licence, state, time.GetUtcNow());
        if (error is not null)
        {
            return SignedJson.Unauthorised(error);
        }

        if (SignedJson.Read<Request>(body) is not { RequestId: { Length: > 0 and <= 100 } requestId, MediaType: "image/jpeg" or "image/png", Picture: { Length: > 0 } picture })
        {
            return SignedJson.Error("BAD_REQUEST", StatusCodes.Status400BadRequest);
        }

        var steer = await steering.NextAsync("licence", context.RequestAborted);
        switch (steer)
        {
            case { Kind: Disturbance.Fail, Code: { } code and not NotReadable }:
                return SignedJson.Error(code, StatusCodes.Status503ServiceUnavailable);
            case { Kind: Disturbance.Garbage }:
                return Results.Text("{\"result\":\"READ\"", "application/json");
        }

        var read = simulator.Read(requestId, picture, readable: steer is not { Kind: Disturbance.Fail });
        if (steer is { Kind: Disturbance.Silence })
        {
            context.Abort();
            return Results.Empty;
        }

        return steer.Shape(read is null
            ? SignedJson.Error("REQUEST_CONFLICT", StatusCodes.Status409Conflict)
            : SignedJson.Answer(
                context,
                new
                {
                    requestId,
                    result = read.Text is null ? NotReadable : "READ",
                    enterpriseName = read.Text?.EnterpriseName,
                    creditCode = read.Text?.CreditCode,
                    legalRepresentative = read.Text?.LegalRepresentative,
                },
                keys.Licence, time.GetUtcNow()));
    }

    sealed record Request(string? RequestId, string? MediaType, byte[]? Picture);
}
