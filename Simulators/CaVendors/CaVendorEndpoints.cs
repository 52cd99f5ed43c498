using Microsoft.Extensions.Options;

namespace Bzt.Simulators.CaVendors;

/// <summary>The neutral CA interface of docs/providers.md, and what relying parties ask of the CA behind it.</summary>
static class CaVendorEndpoints
{
    public const string Channel = "ca-vendor";

    public static void MapCaVendor(this WebApplication app)
    {
        var vendor = app.MapGroup("/ca-vendor");
        vendor.MapPost("/v1/applications", (HttpContext context, CaVendorSimulator simulator, Call call) => call.AnswerAsync(context, (body, _) => Task.FromResult(
            SignedJson.Read<VendorRequest>(body) is not { ApplicationNumber.Length: > 0, Holder.Length: > 0, Subject.CommonName: { Length: > 0 and <= 64 }, ValidityDays: > 0 and <= 2000 } request ? Error("BAD_SUBJECT")
            : simulator.Submit(request) is { } application ? (State(application), null)
            : Error("APPLICATION_CONFLICT"))));
        vendor.MapGet("/v1/applications/{number}", (string number, HttpContext context, CaVendorSimulator simulator, Call call) => call.AnswerAsync(context, (_, _) => Task.FromResult(
            simulator.Find(number) is { } application ? (State(application), null) : Error("APPLICATION_UNKNOWN"))));
        vendor.MapPost("/v1/applications/{number}/certificates", (string number, HttpContext context, CaVendorSimulator simulator, OpensslCa ca, Call call) => call.AnswerAsync(context, async (body, steer) =>
        {
            if (steer is { Kind: Disturbance.Fail, Code: "PENDING" })
            {
                return (new { applicationNumber = number, state = "PENDING" }, null);
            }

            if (SignedJson.Read<CertificatesRequest>(body)?.CertificationRequest is not { } request)
            {
                return Error("BAD_CERTIFICATION_REQUEST");
            }

            var (issued, error) = await simulator.IssueAsync(number, request, AddressOf(context), context.RequestAborted);
            return issued is null ? Error(error!) : (new
            {
                applicationNumber = number, state = "ISSUED", signingCertificate = issued.SigningCertificate, encryptionCertificate = issued.EncryptionCertificate,
                encryptionEnvelope = issued.EncryptionEnvelope, chain = new[] { await ca.RootAsync(context.RequestAborted) },
            }, null);
        }));
        vendor.MapGet("/v1/applications/{number}/keys", (string number, HttpContext context, CaVendorSimulator simulator, Call call) => call.AnswerAsync(context, async (_, _) =>
        {
            var (keys, error) = await simulator.RecoverAsync(number, context.RequestAborted);
            return keys is null ? Error(error!) : (new { applicationNumber = number, keys = keys.Select(key => new { encryptionCertificate = key.Certificate, encryptionEnvelope = key.Envelope }) }, null);
        }));
        vendor.MapPost("/v1/revocations", (HttpContext context, CaVendorSimulator simulator, Call call) => call.AnswerAsync(context, async (body, _) =>
            SignedJson.Read<RevocationRequest>(body) is { SerialNumber: { } serialNumber } request
            && await simulator.RevokeAsync(serialNumber, request.Reason, context.RequestAborted) is { } at
                ? (new { serialNumber, revokedAt = at }, null)
                : Error("CERTIFICATE_UNKNOWN")));

        vendor.MapGet("/crl", async (OpensslCa ca, CancellationToken cancellation) => Results.Bytes(await ca.RevocationListAsync(cancellation), "application/pkix-crl"));
        vendor.MapPost("/ocsp", async (HttpRequest request, OpensslCa ca) =>
        {
            using var body = new MemoryStream();
            await request.Body.CopyToAsync(body, request.HttpContext.RequestAborted);
            return await ca.OcspAsync(body.ToArray(), request.HttpContext.RequestAborted) is { } response ? Results.Bytes(response, "application/ocsp-response") : Results.BadRequest();
        });
    }

    /// <summary>What a callback says too.</summary>
    public static object State(VendorApplication application) => new { applicationNumber = application.Request.ApplicationNumber, state = application.State, reason = application.Reason };

    static Uri AddressOf(HttpContext context) =>
        context.RequestServices.GetRequiredService<IOptions<SimulatorOptions>>().Value.PublicBaseUrl ?? new Uri($"{context.Request.Scheme}://{context.Request.Host}/");

    static (object?, IResult?) Error(string code) => (null, SignedJson.Error(code, StatusCodes.Status409Conflict));

    sealed record CertificatesRequest(byte[]? CertificationRequest);

    sealed record RevocationRequest(string? SerialNumber, int Reason);

    /// <summary>A call: checked, steered, answered.</summary>
    internal sealed class Call(SimulatorKeys keys, SimulatorState state, Steering steering, TimeProvider time)
    {
        public async Task<IResult> AnswerAsync(HttpContext context, Func<byte[], Steer?, Task<(object? Answer, IResult? Error)>> handle)
        {
            var (body, error) = await SignedJson.ReadAsync(context.Request, keys.CaVendor, state, time.GetUtcNow());
            if (error is not null)
            {
                return SignedJson.Unauthorised(error);
            }

            var steer = await steering.NextAsync(Channel, context.RequestAborted);
            switch (steer)
            {
                case { Kind: Disturbance.Fail, Code: not "PENDING" }:
                    return SignedJson.Error(steer.Code ?? "SYSTEM_BUSY", steer.Code is null or "SYSTEM_BUSY" ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status409Conflict);
                case { Kind: Disturbance.Garbage }:
                    return Results.Text("<html>nginx</html>", "text/html");
            }

            var (answer, refusal) = await handle(body, steer);
            if (steer is { Kind: Disturbance.Silence })
            {
                context.Abort();
                return Results.Empty;
            }

            return refusal ?? SignedJson.Answer(context, answer, keys.CaVendor, time.GetUtcNow());
        }
    }
}

/// <summary>Tells the product of a decision, until it answers 2xx.</summary>
sealed class CaVendorNotifier(CaVendorSimulator simulator, SimulatorKeys keys, IHttpClientFactory http, Steering steering, TimeProvider time, ILogger<CaVendorNotifier> logger)
    : Notifier("ca-vendor", Intervals, http, steering, time, logger)
{
    static readonly TimeSpan[] Intervals = [TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(10), TimeSpan.FromHours(1), TimeSpan.FromHours(6)];

    readonly TimeProvider time = time;

    protected override IEnumerable<string> Unfinished() => simulator.Unnotified().Select(application => application.Request.ApplicationNumber);

    protected override HttpRequestMessage? Request(string key) =>
        simulator.Find(key) is { Notification: not null } application && Uri.TryCreate(application.Request.NotifyUrl, UriKind.Absolute, out var url)
            ? SignedJson.Notification(url, CaVendorEndpoints.State(application), keys.CaVendor, time.GetUtcNow())
            : null;

    protected override bool IsAcknowledged(bool success, string answer) => success;

    protected override void Record(string key, bool accepted, string answer) => simulator.Notified(key, accepted, answer);
}
