using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Bzt.Simulators.BankCards;

/// <summary>The neutral bank-card interface of docs/providers.md: JSON, both directions signed with HMAC-SHA256.</summary>
static class BankCardEndpoints
{
    static readonly TimeSpan Window = TimeSpan.FromMinutes(5);

    public static void MapBankCards(this WebApplication app) => app.MapPost("/bankcard/v1/verify", VerifyAsync);

    static async Task<IResult> VerifyAsync(HttpContext context, BankCardSimulator simulator, SimulatorKeys keys, SimulatorState state, Steering steering, TimeProvider time)
    {
        using var buffer = new MemoryStream();
        await context.Request.Body.CopyToAsync(buffer, context.RequestAborted);
        var body = buffer.ToArray();
        if (Check(context.Request, body, keys, state, time.GetUtcNow()) is { } error)
        {
            return Error(error, StatusCodes.Status401Unauthorized);
        }

        if (Read(body) is not { } request)
        {
            return Error("BAD_REQUEST", StatusCodes.Status400BadRequest);
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

        return check is null ? Error("REQUEST_CONFLICT", StatusCodes.Status409Conflict) : Answer(context, check, keys, time.GetUtcNow());
    }

    static string? Check(HttpRequest request, byte[] body, SimulatorKeys keys, SimulatorState state, DateTimeOffset now)
    {
        // 1. A known caller, a signature over method, path, time, nonce and body.
        var (appId, timestamp, nonce) = (request.Headers["X-App-Id"].ToString(), request.Headers["X-Timestamp"].ToString(), request.Headers["X-Nonce"].ToString());
        if (appId != keys.BankCardAppId)
        {
            return "APP_UNKNOWN";
        }

        var expected = Sign(keys, $"{request.Method}\n{request.Path}\n{timestamp}\n{nonce}\n{Hash(body)}");
        if (!CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(expected), Encoding.ASCII.GetBytes(request.Headers["X-Signature"].ToString())))
        {
            return "SIGNATURE_INVALID";
        }

        // 2. Fresh, and its nonce new.
        if (!long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            || Math.Abs(now.ToUnixTimeSeconds() - seconds) > Window.TotalSeconds)
        {
            return "TIMESTAMP_SKEWED";
        }

        return nonce.Length == 32 && state.TryUseNonce("bankcard/" + nonce, now, Window) ? null : "NONCE_REUSED";
    }

    // The answer's signature covers the request's nonce: it cannot be an answer to anything else.
    static IResult Answer(HttpContext context, BankCardCheck check, SimulatorKeys keys, DateTimeOffset now)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(new { requestId = check.Request.RequestId, receiptId = check.ReceiptId, result = check.Result });
        var timestamp = now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        context.Response.Headers["X-Timestamp"] = timestamp;
        context.Response.Headers["X-Signature"] = Sign(keys, $"{timestamp}\n{context.Request.Headers["X-Nonce"]}\n{Hash(body)}");
        return Results.Bytes(body, "application/json");
    }

    static BankCardRequest? Read(byte[] body)
    {
        try
        {
            return JsonSerializer.Deserialize<BankCardRequest>(body, JsonSerializerOptions.Web) is { } request
                && new[] { request.RequestId, request.Name, request.IdNumber, request.CardNumber, request.Phone }.All(value => value is { Length: > 0 and <= 100 })
                    ? request
                    : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    static IResult Error(string code, int status) => Results.Json(new { error = code }, statusCode: status);

    static string Hash(byte[] body) => Convert.ToHexStringLower(SHA256.HashData(body));

    static string Sign(SimulatorKeys keys, string text) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(keys.BankCardSecret), Encoding.UTF8.GetBytes(text)));
}
