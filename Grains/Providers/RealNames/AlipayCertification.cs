using System.Text.Json.Nodes;
using Bzt.Grains.Accounts;
using Bzt.Grains.Providers.Payments;
using Microsoft.Extensions.Options;

namespace Bzt.Grains.Providers.RealNames;

/// <summary>支付宝身份验证: <c>alipay.user.certify.open.initialize</c>, <c>.certify</c> (the page) and <c>.query</c>.</summary>
sealed class AlipayCertification(AlipayGateway gateway, IOptions<AlipayOptions> options) : IHostedIdentityCheck
{
    public RealNameWay Way => RealNameWay.Alipay;

    public bool IsOffered => options.Value.RealName;

    public async Task<HostedCheckStart> BeginAsync(string name, string idNumber, string requestId, Uri returnUrl, CancellationToken cancellation)
    {
        var answer = await gateway.CallAsync("alipay.user.certify.open.initialize", new JsonObject
        {
            ["outer_order_no"] = requestId,
            ["biz_code"] = "FACE",
            ["identity_param"] = new JsonObject { ["identity_type"] = "CERT_INFO", ["cert_type"] = "IDENTITY_CARD", ["cert_name"] = name, ["cert_no"] = idNumber },
            // Alipay is asked to keep no picture either.
            ["merchant_config"] = new JsonObject { ["return_url"] = returnUrl.AbsoluteUri, ["face_reserve_strategy"] = "never" },
        }, cancellation);
        if (answer.Fields is null)
        {
            return new HostedCheckStart.Unavailable(answer.Failure);
        }

        if (answer["code"] == "10000")
        {
            return answer["certify_id"] is { Length: > 0 and <= 64 } certifyId
                ? new HostedCheckStart.Ok(new HostedCheck(certifyId, null))
                : new HostedCheckStart.Unavailable("unreadable answer");
        }

        var subCode = answer["sub_code"] ?? answer["code"] ?? "";
        return IsTrouble(answer["code"], subCode) ? new HostedCheckStart.Unavailable(subCode) : new HostedCheckStart.Refused(HostedCheckRefusal.Account, subCode);
    }

    /// <remarks>Signed anew each time: Alipay looks at the address's timestamp.</remarks>
    public Uri PageOf(HostedCheck check) => gateway.Page("alipay.user.certify.open.certify", new JsonObject { ["certify_id"] = check.Reference });

    public async Task<HostedCheckResult> QueryAsync(HostedCheck check, CancellationToken cancellation)
    {
        var answer = await gateway.CallAsync("alipay.user.certify.open.query", new JsonObject { ["certify_id"] = check.Reference }, cancellation);
        if (answer.Fields is not { } fields)
        {
            return new HostedCheckResult.Unavailable(answer.Failure);
        }

        if (answer["code"] != "10000")
        {
            var subCode = answer["sub_code"] ?? answer["code"] ?? "";
            return subCode == "CERTIFY_ID_EXPIRED" ? new HostedCheckResult.Refused(HostedCheckRefusal.Expired, subCode)
                : IsTrouble(answer["code"], subCode) ? new HostedCheckResult.Unavailable(subCode)
                : new HostedCheckResult.Refused(HostedCheckRefusal.Account, subCode);
        }

        // A plain text in the gateway's answers, a list of one in some of Alipay's own documents. "F" is also what an unfinished check
        // answers: only with a reason is it a no.
        var passed = fields["passed"] is JsonArray { Count: 1 } list ? list[0] : fields["passed"];
        return (passed is JsonValue value && value.TryGetValue<string>(out var text) ? text : null, answer["fail_reason"]) switch
        {
            ("T", _) => new HostedCheckResult.Passed(check.Reference),
            ("F", { Length: > 0 } reason) => new HostedCheckResult.Refused(HostedCheckRefusal.NotPassed, reason),
            ("F", _) => new HostedCheckResult.Waiting(),
            _ => new HostedCheckResult.Unavailable("unreadable answer"),
        };
    }

    private static bool IsTrouble(string? code, string subCode) =>
        code == "20000" || subCode is "SYSTEM_ERROR" or "isp.unknow-error" || subCode.EndsWith("SYSTEM_ERROR", StringComparison.Ordinal);
}
