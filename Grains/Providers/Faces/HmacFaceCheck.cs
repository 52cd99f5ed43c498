using System.Text.Json;
using System.Text.Json.Nodes;
using Bzt.Grains.Accounts;
using Bzt.Grains.Providers.RealNames;
using Microsoft.Extensions.Options;

namespace Bzt.Grains.Providers.Faces;

/// <summary>中金认证 with face: the neutral face interface of <c>docs/providers.md</c>. The face is looked at on the provider's page only.</summary>
sealed class HmacFaceCheck(IHttpClientFactory http, IOptions<FaceOptions> options, TimeProvider time) : IHostedIdentityCheck
{
    public const string HttpClientName = "face";

    public RealNameWay Way => RealNameWay.Face;

    public bool IsOffered => options.Value.Endpoint is not null;

    public async Task<HostedCheckStart> BeginAsync(string name, string idNumber, string requestId, Uri returnUrl, CancellationToken cancellation)
    {
        var (fields, error, failure) = await SendAsync(
            "checks", new() { ["requestId"] = requestId, ["name"] = name, ["idNumber"] = idNumber, ["returnUrl"] = returnUrl.AbsoluteUri }, cancellation);
        if (fields is null)
        {
            return error is null ? new HostedCheckStart.Unavailable(failure) : new HostedCheckStart.Refused(HostedCheckRefusal.Account, error);
        }

        if (fields.GetValueOrDefault("requestId") != requestId)
        {
            return new HostedCheckStart.Unavailable("answer to another request");
        }

        if (fields.GetValueOrDefault("result") is "TOO_MANY" and var tooMany)
        {
            return new HostedCheckStart.Refused(HostedCheckRefusal.TooMany, tooMany);
        }

        // People are sent to this address: no less safe than the interface itself.
        return fields.GetValueOrDefault("result") == "READY" && fields.GetValueOrDefault("checkId") is { Length: > 0 and <= 64 } checkId
            && Uri.TryCreate(fields.GetValueOrDefault("pageUrl"), UriKind.Absolute, out var page) && ProviderEndpoint.IsSafe(page)
                ? new HostedCheckStart.Ok(new HostedCheck(checkId, page.AbsoluteUri))
                : new HostedCheckStart.Unavailable("unreadable answer");
    }

    public Uri PageOf(HostedCheck check) => new(check.Page ?? throw new ArgumentException("A face check without a page.", nameof(check)));

    public async Task<HostedCheckResult> QueryAsync(HostedCheck check, CancellationToken cancellation)
    {
        var (fields, error, failure) = await SendAsync("checks/query", new() { ["checkId"] = check.Reference }, cancellation);
        if (fields is null)
        {
            return error switch
            {
                null => new HostedCheckResult.Unavailable(failure),
                "CHECK_UNKNOWN" => new HostedCheckResult.Refused(HostedCheckRefusal.Expired, error),
                _ => new HostedCheckResult.Refused(HostedCheckRefusal.Account, error),
            };
        }

        return fields.GetValueOrDefault("checkId") != check.Reference
            ? new HostedCheckResult.Unavailable("answer about another check")
            : (fields.GetValueOrDefault("result"), fields.GetValueOrDefault("receiptId")) switch
            {
                ("PASSED", { Length: > 0 } receipt) => new HostedCheckResult.Passed(receipt),
                ("WAITING", _) => new HostedCheckResult.Waiting(),
                ("CANCELLED", _) => new HostedCheckResult.Refused(HostedCheckRefusal.Cancelled, "CANCELLED"),
                ("EXPIRED", _) => new HostedCheckResult.Refused(HostedCheckRefusal.Expired, "EXPIRED"),
                ({ } code and ("IDENTITY_MISMATCH" or "FACE_MISMATCH" or "LIVENESS_FAILED"), _) => new HostedCheckResult.Refused(HostedCheckRefusal.NotPassed, code),
                _ => new HostedCheckResult.Unavailable("unreadable answer"),
            };
    }

    private async Task<(IReadOnlyDictionary<string, string>? Fields, string? Error, string Failure)> SendAsync(string path, JsonObject content, CancellationToken cancellation)
    {
        var settings = options.Value;
        using var client = http.CreateClient(HttpClientName);
        var answer = await SignedJson.CallAsync(
            client, new(settings.AppId, settings.Secret, settings.Timeout), HttpMethod.Post, new Uri($"{settings.Endpoint!.AbsoluteUri.TrimEnd('/')}/{path}"),
            JsonSerializer.SerializeToUtf8Bytes(content), time, cancellation);
        return answer switch
        {
            SignedAnswer.Ok(var body) => ProviderCall.TryReadStrings(body) is { } fields ? (fields, null, "") : (null, null, "unreadable answer"),
            SignedAnswer.Refused(var error) => (null, error, ""),
            SignedAnswer.Unavailable(var reason) => (null, null, reason),
            _ => throw new InvalidOperationException("No such answer."),
        };
    }
}
