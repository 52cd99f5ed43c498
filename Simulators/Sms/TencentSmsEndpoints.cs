using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;

namespace Bzt.Simulators.Sms;

/// <summary>腾讯云短信, version 2021-01-11, action SendSms; requests signed with TC3-HMAC-SHA256.</summary>
static class TencentSmsEndpoints
{
    static readonly TimeSpan Window = TimeSpan.FromMinutes(5);

    public static async Task<IResult> SendAsync(HttpContext context, SmsSimulator simulator, SimulatorKeys keys, Steering steering, IOptions<SimulatorOptions> options, TimeProvider time)
    {
        using var buffer = new MemoryStream();
        await context.Request.Body.CopyToAsync(buffer, context.RequestAborted);
        var body = buffer.ToArray();
        if (Check(context.Request, body, keys.TencentSms, time.GetUtcNow()) is { } error)
        {
            return Error(error);
        }

        var steer = await steering.NextAsync("sms", context.RequestAborted);
        if (steer is { Kind: Disturbance.Garbage })
        {
            return Results.Text("<html>502 Bad Gateway</html>", "text/html");
        }

        var request = Read(body);
        if (request?.PhoneNumberSet is not [{ } number])
        {
            return Error("InvalidParameterValue.PhoneNumberSetEmpty");
        }

        if (steer is { Kind: Disturbance.Fail })
        {
            var code = steer.Code ?? "InternalError.Timeout";
            return code.Split('.')[0] is "AuthFailure" or "InternalError" or "RequestLimitExceeded" or "UnauthorizedOperation" ? Error(code) : Answer(number, request, code, "");
        }

        var (refusal, serial) = Send(request, number, simulator, keys.TencentSms, options.Value);
        if (steer is { Kind: Disturbance.Silence })
        {
            context.Abort();
            return Results.Empty;
        }

        return steer.Shape(refusal == "UnauthorizedOperation.SmsSdkAppIdVerifyFail" ? Error(refusal) : Answer(number, request, refusal ?? "Ok", serial));
    }

    static (string? Refusal, string Serial) Send(SendSms request, string number, SmsSimulator simulator, TencentSmsAccount account, SimulatorOptions options)
    {
        if (request.SmsSdkAppId != account.SdkAppId)
        {
            return ("UnauthorizedOperation.SmsSdkAppIdVerifyFail", "");
        }

        var phone = number.StartsWith("+86", StringComparison.Ordinal) ? number[3..] : number;
        if (!SmsSimulator.IsPhone(phone))
        {
            return ("InvalidParameterValue.IncorrectPhoneNumber", "");
        }

        if (request.SignName != options.SmsSignName)
        {
            return ("FailedOperation.SignatureIncorrectOrUnapproved", "");
        }

        // The templates' numbers are Aliyun's without their prefix; their variables are numbered, not named.
        if (request.TemplateId is null || !options.SmsTemplates.TryGetValue("SMS_" + request.TemplateId, out var text))
        {
            return ("FailedOperation.TemplateIncorrectOrUnapproved", "");
        }

        return request.TemplateParamSet is [{ } code]
            ? (null, simulator.Deliver(phone, code, request.TemplateId, text, request.SessionContext, "5000:"))
            : ("FailedOperation.TemplateParamSetNotMatchApprovedTemplate", "");
    }

    static string? Check(HttpRequest request, byte[] body, TencentSmsAccount account, DateTimeOffset now)
    {
        // 1. The header's parts.
        var parts = request.Headers.Authorization.ToString() is var header && header.StartsWith("TC3-HMAC-SHA256 ", StringComparison.Ordinal)
            ? header[16..].Split(',', StringSplitOptions.TrimEntries).Select(part => part.Split('=', 2)).Where(part => part.Length == 2).DistinctBy(part => part[0]).ToDictionary(part => part[0], part => part[1])
            : [];
        if (parts.GetValueOrDefault("Credential", "").Split('/') is not [var secretId, var date, var service, "tc3_request"]
            || parts.GetValueOrDefault("SignedHeaders", "").Split(';') is not { } names || !names.Contains("content-type") || !names.Contains("host"))
        {
            return "AuthFailure.InvalidAuthorization";
        }

        if (secretId != account.SecretId)
        {
            return "AuthFailure.SecretIdNotFound";
        }

        // 2. Fresh, and the credential's day the timestamp's. Tencent knows no nonce: within these minutes a request can be played again.
        var timestamp = request.Headers["X-TC-Timestamp"].ToString();
        if (!long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) || Math.Abs(now.ToUnixTimeSeconds() - seconds) > Window.TotalSeconds)
        {
            return "AuthFailure.SignatureExpire";
        }

        // 3. The signature over the canonical request. The SDKs sign the host without its port.
        var canonical = string.Join('\n',
            request.Method, request.Path.Value, request.QueryString.Value?.TrimStart('?'),
            string.Concat(names.Select(name => $"{name}:{Value(request, name)}\n")), string.Join(';', names), Hash(body));
        var toSign = $"TC3-HMAC-SHA256\n{timestamp}\n{date}/{service}/tc3_request\n{Hash(Encoding.UTF8.GetBytes(canonical))}";
        var key = Mac(Mac(Mac(Encoding.UTF8.GetBytes("TC3" + account.SecretKey), date), service), "tc3_request");
        var expected = Convert.ToHexStringLower(Mac(key, toSign));
        if (date != DateTimeOffset.FromUnixTimeSeconds(seconds).UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) || service != "sms"
            || !CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(expected), Encoding.UTF8.GetBytes(parts.GetValueOrDefault("Signature", ""))))
        {
            return "AuthFailure.SignatureFailure";
        }

        return (request.Headers["X-TC-Action"].ToString(), request.Headers["X-TC-Version"].ToString()) switch
        {
            ("SendSms", "2021-01-11") => request.Headers["X-TC-Region"].Count == 1 ? null : "MissingParameter",
            ("SendSms", _) => "NoSuchVersion",
            _ => "InvalidAction",
        };
    }

    static string Value(HttpRequest request, string name) => name == "host" ? request.Host.Host : request.Headers[name].ToString().Trim().ToLowerInvariant();

    static SendSms? Read(byte[] body)
    {
        try
        {
            return JsonSerializer.Deserialize<SendSms>(body);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    static IResult Answer(string number, SendSms request, string code, string serial) => Results.Json(new
    {
        Response = new
        {
            SendStatusSet = new[] { new { SerialNo = serial, PhoneNumber = number, Fee = code == "Ok" ? 1 : 0, SessionContext = request.SessionContext ?? "", Code = code, Message = code == "Ok" ? "send success" : Message(code), IsoCode = "CN" } },
            RequestId = Guid.NewGuid().ToString(),
        },
    }, Exact);

    // As Tencent's interface version 3 does: errors with status 200.
    static IResult Error(string code) => Results.Json(new { Response = new { Error = new { Code = code, Message = Message(code) }, RequestId = Guid.NewGuid().ToString() } }, Exact);

    static string Message(string code) => code switch
    {
        "AuthFailure.SignatureFailure" => "The provided credentials could not be validated. Please check your signature is correct.",
        "AuthFailure.SignatureExpire" => "Signature has expired.",
        "AuthFailure.SecretIdNotFound" => "The SecretId is not found, please ensure that your SecretId is correct.",
        "InvalidParameterValue.IncorrectPhoneNumber" => "incorrect phone number",
        _ => "The request was not carried out.",
    };

    static string Hash(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));

    static byte[] Mac(byte[] key, string text) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text));

    static readonly JsonSerializerOptions Exact = new();

    sealed record SendSms(string?[]? PhoneNumberSet, string? SmsSdkAppId, string? SignName, string? TemplateId, string?[]? TemplateParamSet, string? SessionContext);
}
