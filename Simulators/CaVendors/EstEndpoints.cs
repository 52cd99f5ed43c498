using System.Security.Cryptography;
using System.Text;

namespace Bzt.Simulators.CaVendors;

/// <summary>
/// EST (RFC 7030) before the same CA: cacerts, simpleenroll, simplereenroll, serverkeygen. Who calls is known by HTTP basic authentication
/// or by a TLS client certificate that the host has accepted. The RA's word is taken for the subject: the one of the request.
/// </summary>
static class EstEndpoints
{
    public const string Channel = "est";

    public static void MapEst(this WebApplication app)
    {
        var est = app.MapGroup("/.well-known/est");
        est.MapGet("/cacerts", async (OpensslCa ca, CancellationToken cancellation) => Certificates(await ca.BundleAsync(await ca.RootAsync(cancellation), cancellation)));
        est.MapPost("/simpleenroll", EnrolAsync);
        est.MapPost("/simplereenroll", EnrolAsync);
        est.MapPost("/serverkeygen", GenerateAsync);
    }

    static Task<IResult> EnrolAsync(HttpContext context, CaVendorSimulator simulator, OpensslCa ca, SimulatorKeys keys, Steering steering) =>
        AnswerAsync(context, keys, steering, ca, async (request, subject) =>
            Certificates(await ca.BundleAsync(await ca.IssueAsync(
                request, subject, ["keyUsage=critical,digitalSignature,nonRepudiation", .. simulator.CommonExtensions], simulator.InAYear, context.RequestAborted), context.RequestAborted)));

    static Task<IResult> GenerateAsync(HttpContext context, CaVendorSimulator simulator, OpensslCa ca, SimulatorKeys keys, Steering steering) =>
        AnswerAsync(context, keys, steering, ca, async (request, subject) =>
        {
            var (privateKey, keyRequest) = await ca.NewKeyAsync(context.RequestAborted);
            var certificate = await ca.IssueAsync(
                keyRequest, subject, ["keyUsage=critical,keyEncipherment,dataEncipherment,keyAgreement", .. simulator.CommonExtensions], simulator.InAYear, context.RequestAborted);
            var receiver = await ca.ProvenKeyAsync(request, context.RequestAborted);
            var envelope = await VendorEnvelope.SealAsync(ca, privateKey, receiver!, new VendorQuirks(EnvelopeForm.EnvelopedData3), context.RequestAborted);
            const string Boundary = "estServerKeyGen";
            return Results.Text(
                $"--{Boundary}\r\nContent-Type: application/pkcs7-mime; smime-type=server-generated-key\r\nContent-Transfer-Encoding: base64\r\n\r\n{Base64(envelope)}\r\n"
                + $"--{Boundary}\r\nContent-Type: application/pkcs7-mime; smime-type=certs-only\r\nContent-Transfer-Encoding: base64\r\n\r\n{Base64(await ca.BundleAsync(certificate, context.RequestAborted))}\r\n--{Boundary}--\r\n",
                $"multipart/mixed; boundary={Boundary}");
        });

    static async Task<IResult> AnswerAsync(HttpContext context, SimulatorKeys keys, Steering steering, OpensslCa ca, Func<byte[], string, Task<IResult>> handle)
    {
        if (!IsKnown(context, keys.CaVendor))
        {
            context.Response.Headers.WWWAuthenticate = "Basic realm=\"est\"";
            return Results.StatusCode(StatusCodes.Status401Unauthorized);
        }

        using var reader = new StreamReader(context.Request.Body, Encoding.ASCII);
        var text = await reader.ReadToEndAsync(context.RequestAborted);
        switch (await steering.NextAsync(Channel, context.RequestAborted))
        {
            case { Kind: Disturbance.Fail, Code: "PENDING" }:
                context.Response.Headers.RetryAfter = "120";
                return Results.StatusCode(StatusCodes.Status202Accepted);
            case { Kind: Disturbance.Fail }:
                return Results.StatusCode(StatusCodes.Status503ServiceUnavailable);
            case { Kind: Disturbance.Garbage }:
                return Results.Text("<html>", "text/html");
        }

        var request = new byte[text.Length];
        return context.Request.ContentType == "application/pkcs10" && Convert.TryFromBase64String(text, request, out var length)
            && await ca.ProvenKeyAsync(request[..length], context.RequestAborted) is not null
                ? await handle(request[..length], RequestSubject.Of(request[..length]))
                : Results.StatusCode(StatusCodes.Status400BadRequest);
    }

    static bool IsKnown(HttpContext context, NeutralAccount account) =>
        context.Connection.ClientCertificate is not null
        || CryptographicOperations.FixedTimeEquals(
            Encoding.ASCII.GetBytes(context.Request.Headers.Authorization.ToString()),
            Encoding.ASCII.GetBytes("Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{account.AppId}:{account.Secret}"))));

    static IResult Certificates(byte[] bundle) => Results.Text(Base64(bundle), "application/pkcs7-mime; smime-type=certs-only");

    static string Base64(byte[] bytes) => Convert.ToBase64String(bytes, Base64FormattingOptions.InsertLineBreaks);
}
