using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;

namespace Bzt.Grains.Providers.Sms;

/// <summary>
/// 腾讯云短信 (version 2021-01-11), action SendSms, request signature TC3-HMAC-SHA256.
/// Tencent does not make a repeated request one message: a caller that gets <see cref="SmsResult.Unavailable"/> does not repeat by itself.
/// </summary>
sealed class TencentSmsSender(IHttpClientFactory http, IOptions<SmsOptions> options, TimeProvider time) : ISmsSender
{
    const string Algorithm = "TC3-HMAC-SHA256";
    const string ContentType = "application/json; charset=utf-8";
    const string SignedHeaders = "content-type;host;x-tc-action";
    const string Service = "sms";

    public async Task<SmsResult> SendCodeAsync(string phone, string code, SmsPurpose purpose, string requestId, CancellationToken cancellation)
    {
        var settings = options.Value;
        using var request = Sign(settings, JsonSerializer.SerializeToUtf8Bytes(new
        {
            PhoneNumberSet = new[] { "+86" + phone },
            SmsSdkAppId = settings.SdkAppId,
            settings.SignName,
            TemplateId = settings.Templates[purpose],
            TemplateParamSet = new[] { code },
            SessionContext = requestId,
        }));
        using var client = http.CreateClient(AliyunSmsSender.HttpClientName);
        var (answer, failure) = await ProviderCall.SendAsync(client, request, settings.Timeout, time, cancellation);
        return answer switch
        {
            null => new SmsResult.Unavailable(failure),
            { Status: not 200 } refused => new SmsResult.Unavailable($"HTTP {refused.Status}"),
            { } received => Read(received.Body),
        };
    }

    static SmsResult Read(byte[] body)
    {
        var response = Parse(body)?.Response;
        return (response?.Error?.Code, response?.SendStatusSet) switch
        {
            ({ Length: > 0 } error, _) => Refusal(error),
            (null, [{ Code: "Ok", SerialNo: { Length: > 0 } serial }]) => new SmsResult.Ok(serial),
            (null, [{ Code: "Ok" }]) => new SmsResult.Unavailable("Ok without a serial number"),
            (null, [{ Code: { Length: > 0 } code }]) => Refusal(code),
            _ => new SmsResult.Unavailable("unreadable answer"),
        };
    }

    static SmsResult Refusal(string code) => code switch
    {
        "InvalidParameterValue.IncorrectPhoneNumber" or "FailedOperation.PhoneNumberInBlacklist" or "UnsupportedOperation.UnsupportedRegion"
            => new SmsResult.Refused(SmsRefusal.InvalidNumber, code),
        _ when code.StartsWith("LimitExceeded.", StringComparison.Ordinal) => new SmsResult.Refused(SmsRefusal.TooMany, code),
        _ when code.StartsWith("InternalError", StringComparison.Ordinal) || code.StartsWith("RequestLimitExceeded", StringComparison.Ordinal)
            || code is "ResourceUnavailable" or "FailedOperation.FailResolvePacket" => new SmsResult.Unavailable(code),
        "FailedOperation.SignatureIncorrectOrUnapproved" or "FailedOperation.TemplateIncorrectOrUnapproved" or "FailedOperation.TemplateParamSetNotMatchApprovedTemplate"
            or "FailedOperation.TemplateUnapprovedOrNotExist" or "FailedOperation.InsufficientBalanceInSmsPackage" => new SmsResult.Refused(SmsRefusal.Account, code),
        _ when code.StartsWith("AuthFailure", StringComparison.Ordinal) || code.StartsWith("UnauthorizedOperation", StringComparison.Ordinal)
            => new SmsResult.Refused(SmsRefusal.Account, code),
        _ => new SmsResult.Refused(SmsRefusal.Other, code),
    };

    HttpRequestMessage Sign(SmsOptions settings, byte[] body)
    {
        var now = time.GetUtcNow();
        var timestamp = now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var date = now.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

        // 1. Method, path, query, headers (values of headers in lower case; the host without its port), their names, hash of the body.
        var host = settings.Endpoint!.Host;
        var canonical = $"POST\n/\n\ncontent-type:{ContentType}\nhost:{host}\nx-tc-action:sendsms\n\n{SignedHeaders}\n{Hash(body)}";

        // 2. Its hash, with time and scope.
        var scope = $"{date}/{Service}/tc3_request";
        var toSign = $"{Algorithm}\n{timestamp}\n{scope}\n{Hash(Encoding.UTF8.GetBytes(canonical))}";

        // 3. Signed with a key of the day and the service, derived from the secret.
        var key = Mac(Mac(Mac(Encoding.UTF8.GetBytes("TC3" + settings.AccessKeySecret), date), Service), "tc3_request");
        var signature = Convert.ToHexStringLower(Mac(key, toSign));

        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(settings.Endpoint, "/"))
        {
            Content = new ByteArrayContent(body) { Headers = { ContentType = MediaTypeHeaderValue.Parse(ContentType) } },
            Headers =
            {
                { "X-TC-Action", "SendSms" },
                { "X-TC-Version", "2021-01-11" },
                { "X-TC-Region", settings.Region },
                { "X-TC-Timestamp", timestamp },
            },
        };
        request.Headers.TryAddWithoutValidation("Authorization", $"{Algorithm} Credential={settings.AccessKeyId}/{scope}, SignedHeaders={SignedHeaders}, Signature={signature}");
        return request;
    }

    static Envelope? Parse(byte[] body)
    {
        try
        {
            return JsonSerializer.Deserialize<Envelope>(body);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    static string Hash(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));

    static byte[] Mac(byte[] key, string text) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text));

    sealed record Envelope(ResponseBody? Response);

    sealed record ResponseBody(SendStatus?[]? SendStatusSet, ResponseError? Error);

    sealed record SendStatus(string? Code, string? SerialNo);

    sealed record ResponseError(string? Code);
}
