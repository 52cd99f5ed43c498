using Microsoft.Extensions.Options;

namespace Bzt.Simulators.Sms;

static class SmsEndpoints
{
    // Both vendors: every action is a POST to the root, named by a header.
    public static void MapSms(this WebApplication app) =>
        app.MapPost("/", (HttpContext context, SmsSimulator simulator, SimulatorKeys keys, SimulatorState state, Steering steering, IOptions<SimulatorOptions> options, TimeProvider time) =>
            context.Request.Headers.ContainsKey("X-TC-Action")
                ? TencentSmsEndpoints.SendAsync(context, simulator, keys, steering, options, time)
                : SendAsync(context, simulator, keys, state, steering, time));

    static async Task<IResult> SendAsync(HttpContext context, SmsSimulator simulator, SimulatorKeys keys, SimulatorState state, Steering steering, TimeProvider time)
    {
        using var buffer = new MemoryStream();
        await context.Request.Body.CopyToAsync(buffer, context.RequestAborted);
        if (AliyunSignature.Check(context.Request, buffer.ToArray(), keys, state, time.GetUtcNow()) is { } error)
        {
            return GatewayError(error);
        }

        if (context.Request.Headers["x-acs-action"] != "SendSms" || context.Request.Headers["x-acs-version"] != "2017-05-25")
        {
            return GatewayError("InvalidAction.NotFound");
        }

        var steer = await steering.NextAsync("sms", context.RequestAborted);
        if (steer is { Kind: Disturbance.Fail })
        {
            return Answer(steer.Code ?? "isp.SYSTEM_ERROR", "由模拟器的操作者设定", null);
        }

        if (steer is { Kind: Disturbance.Garbage })
        {
            return Results.Text("<html>502 Bad Gateway</html>", "text/html");
        }

        var (code, message, bizId) = simulator.Send(context.Request.Query.ToDictionary(pair => pair.Key, pair => pair.Value.ToString()));
        if (steer is { Kind: Disturbance.Silence })
        {
            context.Abort();
            return Results.Empty;
        }

        return steer.Shape(Answer(code, message, bizId));
    }

    static IResult Answer(string code, string message, string? bizId) => Results.Json(bizId is null
        ? new Dictionary<string, string> { ["Code"] = code, ["Message"] = message, ["RequestId"] = NewRequestId() }
        : new Dictionary<string, string> { ["Code"] = code, ["Message"] = message, ["RequestId"] = NewRequestId(), ["BizId"] = bizId });

    static IResult GatewayError(string code) => Results.Json(
        new Dictionary<string, string>
        {
            ["Code"] = code,
            ["Message"] = code switch
            {
                "SignatureDoesNotMatch" => "Specified signature does not match our calculation.",
                "InvalidAccessKeyId.NotFound" => "Specified access key is not found.",
                "InvalidTimeStamp.Expired" => "Specified time stamp or date value is expired.",
                "SignatureNonceUsed" => "Specified signature nonce was used already.",
                "InvalidAction.NotFound" => "Specified api is not found, please check your url and method.",
                _ => "The request signature does not conform to Aliyun standards.",
            },
            ["RequestId"] = NewRequestId(),
            ["HostId"] = "dysmsapi.aliyuncs.com",
        },
        statusCode: code is "InvalidAccessKeyId.NotFound" or "InvalidAction.NotFound" ? StatusCodes.Status404NotFound : StatusCodes.Status400BadRequest);

    static string NewRequestId() => Guid.NewGuid().ToString().ToUpperInvariant();
}
