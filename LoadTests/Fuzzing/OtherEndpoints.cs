using System.Text.Json.Nodes;
using Bzt.Contracts;

namespace Bzt.LoadTests.Fuzzing;

/// <summary>
/// Endpoints the API's document leaves out, because OAuth, OpenID Connect, the CSC, RFC 3161 or RFC 6960 describe them, or because they are pages,
/// a provider's calls, or an operator's. A test holds this list against the gateway's routes.
/// </summary>
internal static class OtherEndpoints
{
    private const string Form = "application/x-www-form-urlencoded";
    private const string Json = "application/json";
    private const string Authorization =
        "client_id redirect_uri response_type scope state nonce code_challenge code_challenge_method prompt max_age request request_uri response_mode display ui_locales id_token_hint credentialID hashes numSignatures:integer hashAlgorithmOID";
    private const string Tokens = "grant_type client_id client_secret code redirect_uri code_verifier refresh_token scope token token_type_hint";

    public static IReadOnlyList<ApiOperation> All { get; } = [
        Get(Routes.Connect.Authorize, Authorization), Post(Routes.Connect.Authorize, Form, Authorization),
        Get(Routes.Csc.Authorize, Authorization), Post(Routes.Csc.Authorize, Form, Authorization),
        Get(Routes.Connect.Continue, "state login ticket"), Get(Routes.Connect.Cancel, "state login ticket"), Get(Routes.Connect.LoginState, "state login seen"),
        Get(Routes.Connect.LoggedOut), Get(Routes.Connect.EndSession, "id_token_hint post_logout_redirect_uri client_id state"),
        Post(Routes.Connect.EndSession, Form, "id_token_hint post_logout_redirect_uri client_id state"), Get(Routes.Connect.Assets + "/{name}"),
        Get(Routes.Connect.Discovery), Get(Routes.Connect.ServerMetadata), Get(Routes.Connect.Keys),
        Post(Routes.Connect.PushedAuthorization, Form, Authorization), Get(Routes.Connect.UserInfo), Post(Routes.Connect.UserInfo, Form, "access_token"),
        Post(Routes.Connect.Revocation, Form, Tokens),
        Post(Routes.Csc.PushedAuthorization, Form, Authorization), Post(Routes.Csc.Token, Form, Tokens), Post(Routes.Csc.Revocation, Form, Tokens),
        Post(Routes.Csc.Info, Json, "lang"), Post(Routes.Csc.ListCredentials, Json, "userID maxResults:integer pageToken credentialInfo:boolean certificates certInfo:boolean authInfo:boolean onlyValid:boolean lang"),
        Post(Routes.Csc.CredentialInfo, Json, "credentialID certificates certInfo:boolean authInfo:boolean lang"),
        Post(Routes.Csc.AuthorizeCredential, Json, "credentialID numSignatures:integer hashes:array hashAlgorithmOID authData:array description clientData",
            """{"credentialID":"{credentialID}","numSignatures":1,"hashes":["{hashes}"],"hashAlgorithmOID":"{hashAlgorithmOID}","description":"合同"}""",
            """{"credentialID":"{credentialID}","numSignatures":2,"documentDigests":[{"hash":"{hashes}","label":"合同.pdf"},{"hash":"{hashes}"}],"hashAlgorithmOID":"{hashAlgorithmOID}"}"""),
        Post(Routes.Csc.AuthorizeCheck, Json, "handle clientData", """{"handle":"{handle}"}"""),
        Post(Routes.Csc.SignHash, Json, "credentialID SAD hashes:array hashAlgorithmOID signAlgo signAlgoParams operationMode validity_period:integer response_uri clientData",
            """{"credentialID":"{credentialID}","SAD":"{SAD}","hashes":["{hashes}"],"hashAlgorithmOID":"{hashAlgorithmOID}","signAlgo":"{signAlgo}","operationMode":"S"}""",
            """{"credentialID":"{credentialID}","hashes":["{hashes}"],"signAlgo":"{signAlgo}"}"""),
        Post(Routes.Csc.Base + "/{method}", Json, "credentialID"),
        Get("/ca-console"), Get("/ca-console/login"), Post("/ca-console/login", Form, "reviewer password __RequestVerificationToken returnUrl"),
        Get("/ca-console/audit", "before take"), Get("/ca-console/{ca}/applications/{number}"), Get("/ca-console/{ca}/applications/{number}/files/{which}"),
        Post("/ca-console/{ca}/applications/{number}/approve", Form, "__RequestVerificationToken"), Post("/ca-console/{ca}/applications/{number}/reject", Form, "reason __RequestVerificationToken"),
        Get("/ca-console/console.css"), Post("/ca-console/logout", Form, "__RequestVerificationToken"),
        Post("/ca-console/api/login", Json, "reviewer password"), Get("/ca-console/api/applications"), Get("/ca-console/api/catalogue"), Get("/ca-console/api/vendors"),
        Post("/ca-console/api/applications/{id}/approve", Json, ""), Post("/ca-console/api/applications/{id}/reject", Json, "reason"),
        Get("/ca/{ca}/crl"), Get("/ca/{ca}/issuing.cer"), Get("/ca/{ca}/root.cer"), Post("/ca/{ca}/callback", Json, "applicationNumber state certificate sign"),
        Post("/ca/{ca}/ocsp", "application/ocsp-request", null), Get("/ca/{ca}/ocsp/{request}"), Post(Routes.TimeStamps, "application/timestamp-query", null),
        Post("/payments/{provider}/notify", Form, "out_trade_no trade_status total_amount sign sign_type app_id notify_id"), Post("/payments/{provider}/notify", Json, "id resource event_type"),
        Post("/remittances/notify", Json, "serial amount account memo sign"),
        Get(Routes.QrLink, "v t s h e"), Get(Routes.PhoneApp + "/{path}"), Get(Routes.Widget + "/bzt.js"), Get(Routes.Widget + "/bzt.d.ts"),
        Get(Routes.DownloadPage), Get(Routes.DownloadPage + "/qr.svg"), Get(Routes.DownloadPage + "/page.css"), Get("/favicon.ico"),
        Get("/health/live"), Get("/health/ready"), Get("/metrics"), Get("/openapi/v1.json"), Get("/docs/{name}"), Get("/docs/scalar.js"), Get("/docs/favicon.svg"), Get("/docs/scalar.aspnetcore.js"), Get("/"), Get("/hubs/phone", "access_token id"), Post("/hubs/phone/negotiate", Json, "negotiateVersion:integer")];

    private static ApiOperation Get(string path, string query = "") => new("GET", path, [.. OfPath(path), .. OfQuery(query)], new Dictionary<string, JsonObject>(), [], AnswersProblems: false);

    /// <param name="examples">Right ones; <c>{name}</c> stands for a known value of that name.</param>
    private static ApiOperation Post(string path, string mediaType, string? members, params string[] examples) => new(
        "POST", path, OfPath(path), new Dictionary<string, JsonObject> { [mediaType] = members is null ? new() { ["type"] = "string", ["format"] = "byte" } : Object(members) },
        [.. examples.Select(example => JsonNode.Parse(example)!)], AnswersProblems: false);

    private static ApiParameter[] OfPath(string path) =>
        [.. path.Split('/').Where(part => part.StartsWith('{')).Select(part => new ApiParameter(part.Trim('{', '}'), "path", Required: true, new() { ["type"] = "string" }))];

    private static IEnumerable<ApiParameter> OfQuery(string names) =>
        Names(names).Select(name => new ApiParameter(name.Name, "query", Required: false, new() { ["type"] = name.Type }));

    private static JsonObject Object(string names)
    {
        var properties = new JsonObject();
        foreach (var (name, type) in Names(names))
        {
            properties[name] = new JsonObject { ["type"] = type };
        }

        return new() { ["type"] = "object", ["properties"] = properties };
    }

    private static IEnumerable<(string Name, string Type)> Names(string names) =>
        names.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(name => name.Split(':') is [var own, var type] ? (own, type) : (name, "string"));
}
