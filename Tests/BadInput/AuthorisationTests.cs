using System.Text;
using Bzt.Contracts;

namespace Bzt.Tests.BadInput;

/// <summary>
/// Who may call what. Each operation of the API's document stands in the table once; a new one fails here until somebody has said whom it serves.
/// The requests name the owner's own application, certificate, session.
/// </summary>
[Collection(HostileWorldCollection.Name)]
public sealed class AuthorisationTests(HostileWorld world)
{
    private const string Ok = "";
    private const string None = ErrorCodes.Unauthenticated;
    private const string Dpop = ErrorCodes.InvalidDpop;
    private const string Limited = ErrorCodes.DeviceLimited;
    private const string Missing = ErrorCodes.NotFound;
    private const string Forbidden = ErrorCodes.Forbidden;

    /// <param name="Anonymous">Without any credential.</param>
    /// <param name="Other">Another real-named user.</param>
    /// <param name="Limited">A second device of the owner's account that has not proved the real name.</param>
    /// <param name="Platform">A platform's access token; under <c>/rp</c> one of the platform that has the session.</param>
    /// <param name="OtherPlatform">Another platform's.</param>
    /// <param name="Tool">A bid tool with its project token and its key.</param>
    private sealed record Row(string Operation, string Anonymous, string Other, string Limited, string Platform, string OtherPlatform, string Tool);

    // Ok is anything but a refusal for who is calling: an empty body is refused as such.
    private static readonly Row[] Table =
    [
        new("POST /phone/v1/sms-codes", Ok, Ok, Ok, Ok, Ok, Ok),
        new("POST /phone/v1/login", Dpop, Ok, Ok, Dpop, Dpop, Ok),
        new("GET /phone/v1/channel-keys", Ok, Ok, Ok, Ok, Ok, Ok),
        new("GET /app/trust.json", Ok, Ok, Ok, Ok, Ok, Ok),
        new("GET /evidence/checkpoints", Ok, Ok, Ok, Ok, Ok, Ok),
        new("GET /evidence/checkpoints/{number}/leaves", Ok, Ok, Ok, Ok, Ok, Ok),
        new("GET /app/about.json", Ok, Ok, Ok, Ok, Ok, Ok),
        new("GET /phone/v1/me", None, Ok, Ok, None, None, None),
        new("GET /phone/v1/legal", Ok, Ok, Ok, Ok, Ok, Ok),
        new("GET /phone/v1/legal/{document}", Ok, Ok, Ok, Ok, Ok, Ok),
        new("POST /phone/v1/login/password", Dpop, Ok, Ok, Dpop, Dpop, Ok),
        new("POST /phone/v1/login/wechat/consent", Dpop, Ok, Ok, Dpop, Dpop, Ok),
        new("POST /phone/v1/login/wechat", Dpop, Ok, Ok, Dpop, Dpop, Ok),
        new("POST /phone/v1/login/wechat/number", Dpop, Ok, Ok, Dpop, Dpop, Ok),
        new("POST /phone/v1/me/wechat", None, Ok, Limited, None, None, None),
        new("POST /phone/v1/me/wechat/unbinding", None, Ok, Limited, None, None, None),
        new("POST /phone/v1/number-changes", None, Ok, Limited, None, None, None),
        new("GET /phone/v1/number-changes/{operationId}", None, ErrorCodes.NumberChangeUnknown, Limited, None, None, None),
        new("POST /phone/v1/me/export", None, Ok, Limited, None, None, None),
        new("GET /phone/v1/me/closure", None, Ok, Limited, None, None, None),
        new("POST /phone/v1/me/closure", None, Ok, Limited, None, None, None),
        new("POST /phone/v1/me/password", None, Ok, Limited, None, None, None),
        new("GET /phone/v1/me/devices", None, Ok, Ok, None, None, None),
        new("POST /phone/v1/me/devices/{deviceId}/logout", None, Missing, Limited, None, None, None),
        new("POST /phone/v1/me/consents", None, Ok, Ok, None, None, None),
        new("POST /phone/v1/me/consents/face-data/withdrawal", None, Ok, Ok, None, None, None),
        new("POST /phone/v1/me/sms-codes", None, Ok, Limited, None, None, None),
        new("GET /phone/v1/catalogue", None, Ok, Ok, None, None, None),
        new("GET /phone/v1/inbox", None, Ok, Ok, None, None, None),
        new("POST /phone/v1/inbox/{messageId}/read", None, Missing, Missing, None, None, None),
        new("POST /phone/v1/hub-ticket", None, Ok, Ok, None, None, None),
        new("GET /phone/v1/push", None, Ok, Ok, None, None, None),
        new("PUT /phone/v1/push", None, Ok, Ok, None, None, None),
        new("DELETE /phone/v1/push", None, Ok, Ok, None, None, None),
        new("POST /phone/v1/real-name/bank-card", None, Ok, Ok, None, None, None),
        new("POST /phone/v1/real-name/alipay", None, Ok, Ok, None, None, None),
        new("POST /phone/v1/real-name/face", None, Ok, Ok, None, None, None),
        new("GET /phone/v1/real-name/ways", None, Ok, Ok, None, None, None),
        // Another device of the same account is somebody else to a proof.
        new("GET /phone/v1/real-name/checks/{operationId}", None, Missing, Missing, None, None, None),
        new("POST /phone/v1/real-name/checks/{operationId}/return", None, Ok, Ok, None, None, None),
        new("POST /phone/v1/real-name/checks/{operationId}/cancellation", None, Missing, Missing, None, None, None),
        new("GET /phone/v1/enterprises", None, Ok, Limited, None, None, None),
        new("GET /phone/v1/enterprises/search", None, Ok, Limited, None, None, None),
        new("POST /phone/v1/enterprises/{creditCode}/interest", None, Ok, Limited, None, None, None),
        new("POST /phone/v1/enterprises/{creditCode}/administrator-check", None, Ok, Limited, None, None, None),
        new("GET /phone/v1/enterprises/{creditCode}/people", None, Forbidden, Limited, None, None, None),
        new("POST /phone/v1/enterprises/{creditCode}/people/{userId}/removal", None, Forbidden, Limited, None, None, None),
        new("GET /phone/v1/enterprises/{creditCode}/people/{userId}/unopened-bids", None, Forbidden, Limited, None, None, None),
        new("POST /phone/v1/enterprises/{creditCode}/invitations", None, Ok, Limited, None, None, None),
        new("POST /phone/v1/enterprises/{creditCode}/invitations/{invitationId}/withdrawal", None, Forbidden, Limited, None, None, None),
        new("POST /phone/v1/enterprises/{creditCode}/invitations/{invitationId}/acceptance", None, Missing, Limited, None, None, None),
        new("POST /phone/v1/enterprises/{creditCode}/invitations/{invitationId}/refusal", None, Missing, Limited, None, None, None),
        new("GET /phone/v1/invitations", None, Ok, Limited, None, None, None),
        new("POST /phone/v1/enterprises/{creditCode}/transfers", None, Ok, Limited, None, None, None),
        new("POST /phone/v1/enterprises/{creditCode}/transfer-wish", None, Ok, Limited, None, None, None),
        new("GET /phone/v1/enterprises/{creditCode}/transfer", None, Missing, Limited, None, None, None),
        new("POST /phone/v1/enterprises/{creditCode}/transfers/{transferId}/acceptance", None, Missing, Limited, None, None, None),
        new("POST /phone/v1/enterprises/{creditCode}/transfers/{transferId}/refusal", None, Missing, Limited, None, None, None),
        new("POST /phone/v1/enterprises/{creditCode}/transfers/{transferId}/withdrawal", None, Missing, Limited, None, None, None),
        new("GET /phone/v1/enterprises/{creditCode}/authorisations", None, Forbidden, Limited, None, None, None),
        new("POST /phone/v1/enterprises/{creditCode}/authorisations/{authorisationId}/revocation", None, Forbidden, Limited, None, None, None),
        new("POST /phone/v1/enterprises/{creditCode}/authorisations/platforms/{platformId}/revocation", None, Forbidden, Limited, None, None, None),
        new("POST /phone/v1/enterprises/{creditCode}/authorisations/people/{userId}/revocation", None, Forbidden, Limited, None, None, None),
        new("POST /phone/v1/enterprises/{creditCode}/remittances", None, Ok, Limited, None, None, None),
        new("GET /phone/v1/remittances/{remittanceId}", None, Missing, Limited, None, None, None),
        new("GET /phone/v1/enterprises/{creditCode}/audit", None, Forbidden, Limited, None, None, None),
        new("GET /phone/v1/enterprises/{creditCode}/seals", None, Missing, Limited, None, None, None),
        new("GET /phone/v1/enterprises/{creditCode}/seals/{kind}", None, Missing, Limited, None, None, None),
        new("POST /phone/v1/application-form", None, Ok, Limited, None, None, None),
        new("POST /phone/v1/seal-sets", None, Ok, Limited, None, None, None),
        new("GET /phone/v1/seal-sets/{sealSetId}", None, Missing, Limited, None, None, None),
        new("GET /phone/v1/seal-sets/{sealSetId}/pictures/{kind}", None, Missing, Limited, None, None, None),
        new("POST /phone/v1/seal-sets/{sealSetId}/crops", None, Ok, Limited, None, None, None),
        new("POST /phone/v1/seal-sets/{sealSetId}/confirmation", None, Missing, Limited, None, None, None),
        new("POST /phone/v1/blobs", None, Ok, Limited, None, None, None),
        new("POST /phone/v1/licence-readings", None, Ok, Limited, None, None, None),
        new("GET /phone/v1/applications", None, Ok, Limited, None, None, None),
        new("GET /phone/v1/orders", None, Ok, Limited, None, None, None),
        new("GET /phone/v1/bank-cards", None, Ok, Limited, None, None, None),
        new("POST /phone/v1/bank-cards", None, Ok, Limited, None, None, None),
        new("POST /phone/v1/bank-cards/{bankCardId}/unbinding", None, Missing, Limited, None, None, None),
        new("GET /phone/v1/invoices", None, Ok, Limited, None, None, None),
        new("POST /phone/v1/invoices", None, Ok, Limited, None, None, None),
        new("POST /phone/v1/applications/claims", None, Ok, Limited, None, None, None),
        new("GET /phone/v1/applications/{applicationId}", None, Missing, Limited, None, None, None),
        new("POST /phone/v1/applications/{applicationId}/resubmission", None, Ok, Limited, None, None, None),
        new("POST /phone/v1/applications/{applicationId}/withdrawal", None, Missing, Limited, None, None, None),
        new("POST /phone/v1/applications/{applicationId}/payment", None, Missing, Limited, None, None, None),
        new("POST /phone/v1/applications/{applicationId}/download", None, Missing, Limited, None, None, None),
        new("POST /phone/v1/applications", None, Ok, Limited, None, None, None),
        new("POST /phone/v1/applications/{applicationId}/correction", None, Ok, Limited, None, None, None),
        new("POST /phone/v1/applications/{applicationId}/agreement", None, Missing, Limited, None, None, None),
        new("POST /phone/v1/applications/{applicationId}/refusal", None, Ok, Limited, None, None, None),
        new("POST /phone/v1/applications/{applicationId}/letter", None, Ok, Limited, None, None, None),
        new("GET /phone/v1/applications/{applicationId}/letter", None, Missing, Limited, None, None, None),
        new("POST /phone/v1/applications/{applicationId}/confirmation", None, Missing, Limited, None, None, None),
        new("GET /phone/v1/enterprises/{creditCode}/pending-applications", None, Missing, Limited, None, None, None),
        new("GET /phone/v1/orders/{orderId}", None, Missing, Limited, None, None, None),
        new("GET /phone/v1/certificates", None, Ok, Limited, None, None, None),
        new("GET /phone/v1/certificates/{certificateId}", None, Missing, Limited, None, None, None),
        new("POST /phone/v1/certificates/{certificateId}/pin/change-approval", None, Ok, Limited, None, None, None),
        new("POST /phone/v1/certificates/{certificateId}/pin/reset", None, Ok, Limited, None, None, None),
        new("GET /phone/v1/certificates/{certificateId}/pin/reset", None, Missing, Ok, None, None, None),
        new("POST /phone/v1/certificates/{certificateId}/pin/reset/objection", None, Missing, Ok, None, None, None),
        new("POST /phone/v1/certificates/{certificateId}/pin/reset/waiver", None, Ok, Limited, None, None, None),
        new("GET /phone/v1/certificates/{certificateId}/evidence", None, Missing, Limited, None, None, None),
        new("POST /phone/v1/certificates/{certificateId}/exchange", None, Missing, Limited, None, None, None),
        new("POST /phone/v1/certificates/{certificateId}/revocation", None, Ok, Limited, None, None, None),
        new("GET /phone/v1/certificates/{certificateId}/unopened-bids", None, Missing, Limited, None, None, None),
        new("POST /phone/v1/scan", None, Ok, Limited, None, None, None),
        new("GET /phone/v1/sessions/{sessionId}", None, Missing, Limited, None, None, None),
        new("GET /phone/v1/sessions/{sessionId}/documents", None, Missing, Limited, None, None, None),
        new("POST /phone/v1/sessions/{sessionId}/seal", None, Ok, Limited, None, None, None),
        new("GET /phone/v1/sessions/{sessionId}/return", None, Missing, Limited, None, None, None),
        new("POST /phone/v1/sessions/{sessionId}/refusal", None, Missing, Limited, None, None, None),
        new("POST /phone/v1/sessions/{sessionId}/sealing-session", None, Ok, Limited, None, None, None),
        new("GET /phone/v1/sealing-sessions", None, Ok, Limited, None, None, None),
        new("GET /phone/v1/sealing-sessions/{sealingSessionId}", None, Missing, Limited, None, None, None),
        new("GET /phone/v1/sealing-sessions/{sealingSessionId}/requests", None, Missing, Limited, None, None, None),
        new("POST /phone/v1/sealing-sessions/{sealingSessionId}/pause", None, Missing, Limited, None, None, None),
        new("POST /phone/v1/sealing-sessions/{sealingSessionId}/resumption", None, Ok, Limited, None, None, None),
        new("POST /phone/v1/sealing-sessions/{sealingSessionId}/end", None, Missing, Limited, None, None, None),
        new("GET /phone/v1/enterprises/{creditCode}/member-sealing-sessions", None, Forbidden, Limited, None, None, None),
        new("POST /phone/v1/enterprises/{creditCode}/member-sealing-sessions/{sealingSessionId}/end", None, Forbidden, Limited, None, None, None),
        // The tool's token is for another project than the session's.
        new("GET /rp/v1/sealing-sessions/{sealingSessionId}", None, None, None, Ok, Missing, Missing),
        new("DELETE /rp/v1/sealing-sessions/{sealingSessionId}", None, None, None, Ok, Missing, Missing),
        new("POST /rp/v1/openings", None, None, None, Ok, Ok, Forbidden),
        new("PATCH /rp/v1/openings/{openingId}", None, None, None, Ok, Ok, Forbidden),
        new("GET /rp/v1/openings/{openingId}", None, None, None, Ok, Missing, Ok),
        new("GET /rp/v1/openings/{openingId}/files/{fileId}/record", None, None, None, Ok, Missing, Ok),
        new("POST /rp/v1/openings/{openingId}/files/{fileId}/reports", None, None, None, Ok, Ok, Ok),
        new("POST /rp/v1/openings/{openingId}/end", None, None, None, Ok, Missing, Forbidden),
        new("POST /rp/v1/sessions", None, None, None, Ok, Ok, Ok),
        new("GET /rp/v1/sessions/{sessionId}", None, None, None, Ok, Missing, Missing),
        new("GET /rp/v1/sessions/{sessionId}/evidence", None, None, None, Missing, Missing, Missing),
        new("GET /rp/v1/sessions/{sessionId}/events", None, None, None, Ok, Missing, Missing),
        new("POST /rp/v1/sessions/{sessionId}/return", None, None, None, Ok, Ok, Forbidden),
        new("POST /rp/v1/verify", None, None, None, Ok, Ok, Ok),
        new("POST /rp/v1/mock-phone/scans", None, None, None, Ok, Ok, Forbidden),
        // Nobody has an endpoint or a dead letter here.
        new("GET /rp/v1/callback-endpoint", None, None, None, Missing, Missing, Forbidden),
        new("PUT /rp/v1/callback-endpoint", None, None, None, Ok, Ok, Forbidden),
        new("DELETE /rp/v1/callback-endpoint", None, None, None, Ok, Ok, Forbidden),
        new("POST /rp/v1/callback-endpoint/secrets", None, None, None, Ok, Ok, Forbidden),
        new("GET /rp/v1/dead-letters", None, None, None, Ok, Ok, Forbidden),
        new("POST /rp/v1/dead-letters/{messageId}/redelivery", None, None, None, Missing, Missing, Forbidden),
        new("DELETE /rp/v1/sessions/{sessionId}", None, None, None, Ok, Missing, Missing),
        new("POST /rp/v1/project-tokens", None, None, None, Ok, Ok, Forbidden),
        new("GET /rp/v1/signers/{creditCode}", None, None, None, Ok, ErrorCodes.NotBound, Ok),
        new("GET /rp/v1/signers/{creditCode}/seals/{kind}", None, None, None, Ok, ErrorCodes.NotBound, Ok),
        new("GET /rp/v1/signers/{creditCode}/seals/{kind}/electronic", None, None, None, Ok, ErrorCodes.NotBound, Ok),
        // The last: afterwards these two are strangers.
        new("POST /phone/v1/logout", None, Ok, Ok, None, None, None),
    ];

    private static readonly string[] AboutTheCaller = [None, Dpop, Limited, Missing, Forbidden, ErrorCodes.NotBound];

    [Fact]
    public void Every_operation_stands_in_the_table() =>
        Assert.Equal(world.Operations.Select(operation => operation.Name).Order(), Table.Select(row => row.Operation).Order());

    [Fact]
    public async Task Each_caller_gets_exactly_what_is_his()
    {
        var before = await world.SnapshotAsync();
        var faults = new List<string>();
        foreach (var row in Table)
        {
            await CheckAsync(row, "anonymous", world.AsAnonymous, row.Anonymous, faults);
            await CheckAsync(row, "another user", world.AsOther, row.Other, faults);
            await CheckAsync(row, "a limited device", world.AsLimited, row.Limited, faults);
            await CheckAsync(row, "another platform", world.AsOtherPlatform, row.OtherPlatform, faults);
            await CheckAsync(row, "a tool", world.AsTool, row.Tool, faults);
            await CheckAsync(row, "a token's thief", world.AsThiefOfToken, row.Operation.Contains("/rp/", StringComparison.Ordinal) ? Dpop : row.Tool, faults);

            // The one call of the platform that would end the owner's session is its right.
            if (!row.Operation.StartsWith("DELETE", StringComparison.Ordinal))
            {
                await CheckAsync(row, "a platform", world.AsPlatform, row.Platform, faults);
            }
        }

        Assert.True(faults.Count == 0, string.Join('\n', faults));
        Assert.Equal(before, await world.SnapshotAsync());
    }

    private async Task CheckAsync(Row row, string who, Sender sender, string expected, List<string> faults)
    {
        var (method, template) = (HttpMethod.Parse(row.Operation.Split(' ')[0]), row.Operation.Split(' ')[1]);
        var mediaType = template switch { Routes.Phone.Blobs => "application/pdf", Routes.Phone.Exchange => "application/octet-stream", _ => "application/json" };
        var octets = mediaType != "application/json";
        var content = method == HttpMethod.Post || method == HttpMethod.Put || method == HttpMethod.Patch ? octets ? "%PDF-1.7"u8.ToArray() : Encoding.UTF8.GetBytes("{}") : null;
        var answer = await sender(method, world.Fill(template), content, mediaType);
        var what = $"{row.Operation} by {who}";
        if (expected == Ok)
        {
            if (answer.Status >= 500 || (answer.Code is { } code && AboutTheCaller.Contains(code)))
            {
                faults.Add($"{what}: {answer.Status} {answer.Body}");
            }
        }
        else if (HostileWorld.Fault(what, answer) is { } fault)
        {
            faults.Add(fault);
        }
        else if (answer.Code != expected)
        {
            faults.Add($"{what}: {answer.Code} in place of {expected}");
        }
    }
}
