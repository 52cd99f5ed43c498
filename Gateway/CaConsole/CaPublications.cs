using System.Buffers.Text;
using Bzt.Gateway.Hosting;
using Bzt.Gateway.Problems;
using Bzt.Grains;
using Bzt.Grains.CaVendors;
using Bzt.Grains.Remittances;
using Microsoft.Net.Http.Headers;

namespace Bzt.Gateway.CaConsole;

/// <summary>What relying parties fetch and ask of a CA that runs inside, at the addresses its certificates name: anybody may. And where vendors call back.</summary>
internal static class CaPublications
{
    private const string OcspRequest = "application/ocsp-request";
    private const string OcspResponse = "application/ocsp-response";
    private const string TimeStampQuery = "application/timestamp-query";
    private const string TimeStampReply = "application/timestamp-reply";

    public static void Map(WebApplication app)
    {
        var ca = app.MapGroup("/ca/{ca}").LimitBody(BodyLimits.Default).WithMetadata(new Admission.Publishes()).ExcludeFromDescription();
        ca.MapGet("/crl", (string ca, IGrainFactory grains, TimeProvider time, HttpContext http) => PublishAsync(ca, grains, publications =>
        {
            KeepUntil(http, publications.ListIsGoodUntil, time);
            return Results.Bytes(publications.RevocationList, "application/pkix-crl");
        }));
        ca.MapGet("/issuing.cer", (string ca, IGrainFactory grains) => PublishAsync(ca, grains, publications => Results.Bytes(publications.IssuingCertificate, "application/pkix-cert")));
        ca.MapGet("/root.cer", (string ca, IGrainFactory grains) => PublishAsync(ca, grains, publications => Results.Bytes(publications.RootCertificate, "application/pkix-cert")));
        ca.MapPost("/callback", ReceiveCallbackAsync).DisableAntiforgery();
        ca.MapPost("/ocsp", PostOcspAsync);
        ca.MapGet("/ocsp/{**request}", GetOcspAsync);
        app.MapPost(Contracts.Routes.TimeStamps, PostTimeStampAsync).WithMetadata(new Admission.Publishes()).LimitBody(BodyLimits.Default).DisableAntiforgery().ExcludeFromDescription();
    }

    /// <summary>A vendor says that something has happened. Nothing but its signature is believed, and it is checked where the key is.</summary>
    private static async Task<IResult> ReceiveCallbackAsync(string ca, HttpRequest request, IGrainFactory grains)
    {
        if (!await IsKnownAsync(ca, grains))
        {
            return new ProblemResult(Contracts.ErrorCodes.NotFound);
        }

        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, request.HttpContext.RequestAborted);
        return (await grains.CaAdapter(new CaId(ca)).ReceiveCallback(new SignedMessage(
            request.Path.Value!, Header("X-App-Id"), Header("X-Timestamp"), Header("X-Nonce"), Header("X-Signature"), body.ToArray()))).ToHttp(_ => Results.NoContent());

        string Header(string name) => request.Headers[name].ToString();
    }

    private static async Task<IResult> PublishAsync(string ca, IGrainFactory grains, Func<Grains.CaVendors.CaPublications, IResult> choose) =>
        await IsKnownAsync(ca, grains) ? (await grains.CaAuthority(new CaId(ca)).Publish()).ToHttp(choose) : new ProblemResult(Contracts.ErrorCodes.NotFound);

    /// <summary>RFC 6960, A.1: POST of the request.</summary>
    private static async Task<IResult> PostOcspAsync(string ca, IGrainFactory grains, TimeProvider time, HttpContext http)
    {
        if (http.Request.ContentType != OcspRequest)
        {
            return Results.StatusCode(StatusCodes.Status415UnsupportedMediaType);
        }

        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body, http.RequestAborted);
        return await AnswerAsync(ca, body.ToArray(), grains, time, http);
    }

    /// <summary>RFC 6960, A.1: GET of the request in base64; a slash in it arrives as one, or escaped.</summary>
    private static async Task<IResult> GetOcspAsync(string ca, string request, IGrainFactory grains, TimeProvider time, HttpContext http)
    {
        var text = System.Text.Encoding.ASCII.GetBytes(Uri.UnescapeDataString(request));
        var der = new byte[Base64.GetMaxDecodedFromUtf8Length(text.Length)];
        return await AnswerAsync(
            ca, Base64.DecodeFromUtf8(text, der, out _, out var written) == System.Buffers.OperationStatus.Done ? der[..written] : [], grains, time, http);
    }

    /// <summary>RFC 3161, 3.4.</summary>
    private static async Task<IResult> PostTimeStampAsync(IGrainFactory grains, HttpContext http)
    {
        if (http.Request.ContentType != TimeStampQuery)
        {
            return Results.StatusCode(StatusCodes.Status415UnsupportedMediaType);
        }

        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body, http.RequestAborted);
        return (await grains.TimeStamps().Answer(body.ToArray())).ToHttp(response => Results.Bytes(response, TimeStampReply));
    }

    private static async Task<IResult> AnswerAsync(string ca, byte[] request, IGrainFactory grains, TimeProvider time, HttpContext http)
    {
        if (!await IsKnownAsync(ca, grains))
        {
            return new ProblemResult(Contracts.ErrorCodes.NotFound);
        }

        var answer = await grains.CaResponder(new CaId(ca)).Answer(request);
        KeepUntil(http, HttpMethods.IsGet(http.Request.Method) ? answer.GoodUntil : null, time);
        return Results.Bytes(answer.Response, OcspResponse);
    }

    private static async Task<bool> IsKnownAsync(string ca, IGrainFactory grains) => (await grains.Catalogue().Get()).CertificateAuthorities.Any(authority => authority.Ca.Value == ca);

    // A cache in between keeps a public answer, but never past its end (RFC 5019, 6.2).
    private static void KeepUntil(HttpContext http, DateTimeOffset? end, TimeProvider time)
    {
        var left = (end ?? default) - time.GetUtcNow();
        http.Response.GetTypedHeaders().CacheControl = left > TimeSpan.Zero
            ? new CacheControlHeaderValue { Public = true, MaxAge = TimeSpan.FromSeconds(Math.Floor(left.TotalSeconds)), MustRevalidate = true }
            : new CacheControlHeaderValue { NoStore = true };
    }
}
