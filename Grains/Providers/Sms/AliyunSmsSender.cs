using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;

namespace Bzt.Grains.Providers.Sms;

/// <summary>
/// Aliyun 短信服务 (dysmsapi, version 2017-05-25), action SendSms, RPC style, request signature ACS3-HMAC-SHA256.
/// Aliyun does not make a repeated request one message: a caller that gets <see cref="SmsResult.Unavailable"/> does not repeat by itself.
/// </summary>
sealed class AliyunSmsSender(IHttpClientFactory http, IOptions<SmsOptions> options, TimeProvider time) : ISmsSender
{
    public const string HttpClientName = "sms";
    const string Algorithm = "ACS3-HMAC-SHA256";

    public async Task<SmsResult> SendCodeAsync(string phone, string code, SmsPurpose purpose, string requestId, CancellationToken cancellation)
    {
        var settings = options.Value;
        using var request = Sign(settings, new(StringComparer.Ordinal)
        {
            ["OutId"] = requestId,
            ["PhoneNumbers"] = phone,
            ["SignName"] = settings.SignName,
            ["TemplateCode"] = settings.Templates[purpose],
            ["TemplateParam"] = JsonSerializer.Serialize(new Dictionary<string, string> { ["code"] = code }),
        });
        using var client = http.CreateClient(HttpClientName);
        var (answer, failure) = await ProviderCall.SendAsync(client, request, settings.Timeout, time, cancellation);
        if (answer is not { } received)
        {
            return new SmsResult.Unavailable(failure);
        }

        var fields = ProviderCall.TryReadStrings(received.Body);
        return fields?.GetValueOrDefault("Code") switch
        {
            null => new SmsResult.Unavailable($"unreadable answer, HTTP {received.Status}"),
            "OK" when received.Status == 200 && fields.TryGetValue("BizId", out var bizId) => new SmsResult.Ok(bizId),
            "OK" => new SmsResult.Unavailable("OK without a receipt"),
            var providerCode => Refusal(providerCode, received.Status),
        };
    }

    static SmsResult Refusal(string code, int status) => code switch
    {
        "isv.MOBILE_NUMBER_ILLEGAL" or "isv.MOBILE_COUNT_OVER_LIMIT" => new SmsResult.Refused(SmsRefusal.InvalidNumber, code),
        "isv.BUSINESS_LIMIT_CONTROL" or "isv.DAY_LIMIT_CONTROL" or "isv.MONTH_LIMIT_CONTROL" => new SmsResult.Refused(SmsRefusal.TooMany, code),
        "isp.SYSTEM_ERROR" or "isp.GATEWAY_ERROR" or "isp.UNKNOWN" or "Throttling.User" or "Throttling.Api" or "ServiceUnavailable" or "InternalError" => new SmsResult.Unavailable(code),
        _ when status >= 500 => new SmsResult.Unavailable(code),
        // The gateway's own errors, which come with 4xx, are about keys, clock and signature.
        _ when status >= 400 => new SmsResult.Refused(SmsRefusal.Account, code),
        "isv.OUT_OF_SERVICE" or "isv.AMOUNT_NOT_ENOUGH" or "isv.ACCOUNT_NOT_EXISTS" or "isv.ACCOUNT_ABNORMAL" or "isv.PRODUCT_UN_SUBSCRIPT"
            or "isv.SMS_SIGNATURE_ILLEGAL" or "isv.SMS_TEMPLATE_ILLEGAL" or "isv.TEMPLATE_MISSING_PARAMETERS" or "isp.RAM_PERMISSION_DENY"
            => new SmsResult.Refused(SmsRefusal.Account, code),
        _ => new SmsResult.Refused(SmsRefusal.Other, code),
    };

    HttpRequestMessage Sign(SmsOptions settings, SortedDictionary<string, string> parameters)
    {
        // 1. Parameters percent-encoded (RFC 3986), sorted by name.
        var query = string.Join('&', parameters.Select(pair => $"{Uri.EscapeDataString(pair.Key)}={Uri.EscapeDataString(pair.Value)}"));
        var emptyBody = Convert.ToHexStringLower(SHA256.HashData([]));

        // 2. Host and all x-acs headers, lower case, sorted: "name:value\n" each.
        var headers = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["host"] = settings.Endpoint!.Authority,
            ["x-acs-action"] = "SendSms",
            ["x-acs-content-sha256"] = emptyBody,
            ["x-acs-date"] = time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
            ["x-acs-signature-nonce"] = RandomNumberGenerator.GetHexString(32, lowercase: true),
            ["x-acs-version"] = "2017-05-25",
        };
        var signedHeaders = string.Join(';', headers.Keys);

        // 3. Method, path, query, headers, their names, hash of the body; its hash is signed.
        var canonical = $"POST\n/\n{query}\n{string.Concat(headers.Select(pair => $"{pair.Key}:{pair.Value}\n"))}\n{signedHeaders}\n{emptyBody}";
        var toSign = $"{Algorithm}\n{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)))}";
        var signature = Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(settings.AccessKeySecret), Encoding.UTF8.GetBytes(toSign)));

        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(settings.Endpoint, "/?" + query));
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        request.Headers.TryAddWithoutValidation("Authorization", $"{Algorithm} Credential={settings.AccessKeyId},SignedHeaders={signedHeaders},Signature={signature}");
        return request;
    }
}
