namespace Bzt.Simulators.Remittances;

/// <summary>The neutral remittance interface of docs/providers.md.</summary>
static class RemittanceEndpoints
{
    public static void MapRemittances(this WebApplication app)
    {
        app.MapPost("/remittance/v1/accounts", (HttpContext context, RemittanceSimulator simulator, Call call) => call.AnswerAsync(context, body =>
            SignedJson.Read<OpenRequest>(body) is { NotifyUrl: { Length: <= 500 } url } request && request.Reference != Guid.Empty && Uri.TryCreate(url, UriKind.Absolute, out _)
                ? simulator.Open(request.Reference, request.ExpiresAt, url) is { } account
                    ? (new { reference = account.Reference, payeeName = RemittanceSimulator.PayeeName, payeeBank = RemittanceSimulator.PayeeBank, payeeAccount = account.Account }, null)
                    : (null, SignedJson.Error("REFERENCE_CONFLICT", StatusCodes.Status409Conflict))
                : (null, SignedJson.Error("BAD_REQUEST", StatusCodes.Status400BadRequest))));
        app.MapGet("/remittance/v1/accounts/{reference:guid}/remittances", (Guid reference, HttpContext context, RemittanceSimulator simulator, Call call) => call.AnswerAsync(context, _ =>
            simulator.Find(reference) is { } account ? (Statement(account), null) : (null, SignedJson.Error("REFERENCE_UNKNOWN", StatusCodes.Status404NotFound))));
    }

    public static object Statement(RemittanceAccount account) => new { reference = account.Reference, remittances = account.Remittances };

    sealed record OpenRequest(Guid Reference, DateTimeOffset ExpiresAt, string? NotifyUrl);

    /// <summary>A call: checked, steered, answered.</summary>
    internal sealed class Call(SimulatorKeys keys, SimulatorState state, Steering steering, TimeProvider time)
    {
        public async Task<IResult> AnswerAsync(HttpContext context, Func<byte[], (object? Answer, IResult? Error)> handle)
        {
            var (body, error) = await SignedJson.ReadAsync(context.Request, keys.Remittance, state, time.GetUtcNow());
            if (error is not null)
            {
                return SignedJson.Unauthorised(error);
            }

            var steer = await steering.NextAsync("remittance", context.RequestAborted);
            switch (steer?.Kind)
            {
                case Disturbance.Fail:
                    return SignedJson.Error(steer.Code ?? "SYSTEM_BUSY", StatusCodes.Status503ServiceUnavailable);
                case Disturbance.Garbage:
                    return Results.Text("{\"reference\":", "application/json");
            }

            var (answer, refusal) = handle(body);
            if (steer is { Kind: Disturbance.Silence })
            {
                context.Abort();
                return Results.Empty;
            }

            return steer.Shape(refusal ?? SignedJson.Answer(context, answer, keys.Remittance, time.GetUtcNow()));
        }
    }
}

/// <summary>Tells what came in, until the product answers 2xx: every few minutes, then hours.</summary>
sealed class RemittanceNotifier(RemittanceSimulator simulator, SimulatorKeys keys, IHttpClientFactory http, Steering steering, TimeProvider time, ILogger<RemittanceNotifier> logger)
    : Notifier("remittance", Intervals, http, steering, time, logger)
{
    static readonly TimeSpan[] Intervals = [TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30), TimeSpan.FromHours(2), TimeSpan.FromHours(6), TimeSpan.FromHours(12)];

    readonly TimeProvider time = time;

    protected override IEnumerable<string> Unfinished() => simulator.Unnotified().Select(account => account.Reference.ToString());

    protected override HttpRequestMessage? Request(string key) => simulator.Find(Guid.Parse(key)) is { Notification: not null } account
        ? SignedJson.Notification(new Uri(account.NotifyUrl), RemittanceEndpoints.Statement(account), keys.Remittance, time.GetUtcNow())
        : null;

    protected override bool IsAcknowledged(bool success, string answer) => success;

    protected override void Record(string key, bool accepted, string answer) => simulator.Notified(Guid.Parse(key), accepted, answer);
}
