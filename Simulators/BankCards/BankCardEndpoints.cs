namespace Bzt.Simulators.BankCards;

/// <summary>The neutral bank-card interface of docs/providers.md.</summary>
static class BankCardEndpoints
{
    public static void MapBankCards(this WebApplication app) => app.MapPost("/bankcard/v1/verify", VerifyAsync);

    static async Task<IResult> VerifyAsync(HttpContext context, BankCardSimulator simulator, SimulatorKeys keys, SimulatorState state, Steering steering, TimeProvider time)
    {
        var account = new NeutralAccount(keys.BankCardAppId, keys.BankCardSecret);
        var (body, error) = await SignedJson.ReadAsync(context.Request, account, state, time.GetUtcNow());
        if (error is not null)
        {
            return SignedJson.Unauthorised(error);
        }

        if (Read(body) is not { } request)
        {
            return SignedJson.Error("BAD_REQUEST", StatusCodes.Status400BadRequest);
        }

        var steer = await steering.NextAsync("bankcard", context.RequestAborted);
        if (steer is { Kind: Disturbance.Garbage })
        {
            return Results.Text("{\"result\":\"MATCH\"", "application/json");
        }

        var check = simulator.Verify(request, steer is { Kind: Disturbance.Fail } ? steer.Code ?? "MISMATCH" : null);
        if (steer is { Kind: Disturbance.Silence })
        {
            context.Abort();
            return Results.Empty;
        }

        return steer.Shape(check is null
            ? SignedJson.Error("REQUEST_CONFLICT", StatusCodes.Status409Conflict)
            : SignedJson.Answer(context, new { requestId = check.Request.RequestId, receiptId = check.ReceiptId, result = check.Result, bankName = check.Result == "MATCH" ? "模拟银行" : null }, account, time.GetUtcNow()));
    }

    static BankCardRequest? Read(byte[] body) =>
        SignedJson.Read<BankCardRequest>(body) is { } request
        && new[] { request.RequestId, request.Name, request.IdNumber, request.CardNumber, request.Phone }.All(value => value is { Length: > 0 and <= 100 })
            ? request
            : null;
}
