using System.Text.Json;
using Bzt.Grains.Providers;
using Bzt.Grains.Remittances;
using Bzt.Protocol.Certificates;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Bzt.Grains.CaVendors.Rest;

/// <summary>The neutral CA interface: JSON, signed in both directions. Its reviewers are its own; it may call back, and is asked in any case.</summary>
internal sealed class RestProtocol(IHttpClientFactory http, IOptions<EmbeddedCaOptions> embedded, TimeProvider time) : ICaVendorProtocol
{
    public const string HttpClientName = "ca-vendor";

    public string Name => "rest";

    public ICaVendor Open(CaId ca, IConfigurationSection section)
    {
        var options = VendorOptions.Bind<RestVendorOptions>(ca, section);
        return new RestVendor(http, options, VendorOptions.Roots(ca, options.TrustedRoots), CallbackOf(ca), time);
    }

    /// <summary>Where the gateway takes callbacks of this CA.</summary>
    private Uri CallbackOf(CaId ca) => new($"{embedded.Value.PublicUrl!.AbsoluteUri.TrimEnd('/')}/{ca}/callback");
}

/// <inheritdoc cref="RestProtocol"/>
internal sealed class RestVendor(IHttpClientFactory http, RestVendorOptions options, IReadOnlyList<byte[]> roots, Uri callback, TimeProvider time) : ICaVendor, ICallbackVendor
{
    private SignedJsonAccount Account => new(options.AppId, options.Secret, options.Timeout);

    public async Task<CaSubmission> SubmitAsync(CaApplication application, CancellationToken cancellation)
    {
        var subject = application.Subject;
        var answer = await CallAsync(HttpMethod.Post, "applications", new RestApplication(
            application.Number, application.Kind.ToString().ToUpperInvariant(), application.Holder,
            new RestSubject(subject.CommonName, subject.Organization, subject.OrganizationalUnit, subject.Province, subject.Locality, subject.CreditCode),
            (int)application.Validity.TotalDays, callback.AbsoluteUri), cancellation);
        return answer switch
        {
            SignedAnswer.Ok ok when SignedJson.TryRead<RestState>(ok.Body) is { } state && state.ApplicationNumber == application.Number && ReviewOf(state) is not CaReview.Unavailable => new CaSubmission.Ok(),
            SignedAnswer.Refused(var error) => RefusalOf(error) is { } refusal ? new CaSubmission.Refused(refusal) : new CaSubmission.Unavailable(error),
            _ => new CaSubmission.Unavailable(Trouble(answer)),
        };
    }

    public async Task<CaReview> ReviewAsync(string applicationNumber, CancellationToken cancellation) =>
        await CallAsync<object>(HttpMethod.Get, $"applications/{Uri.EscapeDataString(applicationNumber)}", null, cancellation) switch
        {
            SignedAnswer.Ok ok when SignedJson.TryRead<RestState>(ok.Body) is { } state && state.ApplicationNumber == applicationNumber => ReviewOf(state),
            SignedAnswer.Refused(var error) => RefusalOf(error) is { } refusal ? new CaReview.Refused(refusal) : new CaReview.Unavailable(error),
            var answer => new CaReview.Unavailable(Trouble(answer)),
        };

    public async Task<CaIssuance> IssueAsync(string applicationNumber, byte[] certificationRequest, CancellationToken cancellation) =>
        await CallAsync(HttpMethod.Post, $"applications/{Uri.EscapeDataString(applicationNumber)}/certificates", new { certificationRequest }, cancellation) switch
        {
            SignedAnswer.Ok ok when SignedJson.TryRead<RestIssuance>(ok.Body) is { } issuance && issuance.ApplicationNumber == applicationNumber => Judge(issuance),
            SignedAnswer.Refused(var error) => RefusalOf(error) is { } refusal ? new CaIssuance.Refused(refusal) : new CaIssuance.Unavailable(error),
            var answer => new CaIssuance.Unavailable(Trouble(answer)),
        };

    public async Task<CaKeyRecovery> RecoverKeysAsync(string applicationNumber, CancellationToken cancellation)
    {
        switch (await CallAsync<object>(HttpMethod.Get, $"applications/{Uri.EscapeDataString(applicationNumber)}/keys", null, cancellation))
        {
            case SignedAnswer.Ok ok when SignedJson.TryRead<RestKeys>(ok.Body) is { Keys: { } keys } answer && answer.ApplicationNumber == applicationNumber:
                var recovered = keys.Select(key => key is { EncryptionCertificate: { } certificate, EncryptionEnvelope: { } envelope }
                    && VendorEnvelope.TryNormalize(envelope, certificate, options.CiphertextOrder) is { } normal ? new RecoveredKey(certificate, normal) : null).ToList();
                return recovered.Contains(null) ? new CaKeyRecovery.Unavailable("a key that cannot be read") : new CaKeyRecovery.Ok(recovered!);
            case SignedAnswer.Refused(var error):
                return RefusalOf(error) is { } refusal ? new CaKeyRecovery.Refused(refusal) : new CaKeyRecovery.Unavailable(error);
            case var answer:
                return new CaKeyRecovery.Unavailable(Trouble(answer));
        }
    }

    public async Task<CaRevocation> RevokeAsync(string signingSerialNumber, RevocationReason reason, CancellationToken cancellation) =>
        await CallAsync(HttpMethod.Post, "revocations", new { serialNumber = signingSerialNumber, reason = (int)reason }, cancellation) switch
        {
            SignedAnswer.Ok ok when SignedJson.TryRead<RestRevocation>(ok.Body) is { RevokedAt: { } at } revocation && revocation.SerialNumber == signingSerialNumber => new CaRevocation.Ok(at),
            SignedAnswer.Refused(var error) => RefusalOf(error) is { } refusal ? new CaRevocation.Refused(refusal) : new CaRevocation.Unavailable(error),
            var answer => new CaRevocation.Unavailable(Trouble(answer)),
        };

    /// <remarks>The path is the one it was told to call, whatever a proxy made of it.</remarks>
    public string? ReadCallback(SignedMessage message) =>
        SignedJson.IsAuthentic(message with { Path = callback.AbsolutePath }, Account, time.GetUtcNow()) ? SignedJson.TryRead<RestState>(message.Body)?.ApplicationNumber : null;

    /// <summary>Certificates that do not lead to the vendor's roots, or an envelope that is none, are no answer.</summary>
    private CaIssuance Judge(RestIssuance issuance)
    {
        switch (issuance)
        {
            case { State: "PENDING" }:
                return new CaIssuance.Pending();
            case { State: "ISSUED", SigningCertificate: { } signing, EncryptionCertificate: { } encryption, EncryptionEnvelope: { } envelope, Chain: { } chain }:
                return !LeadsToRoot(signing, chain) || !LeadsToRoot(encryption, chain) ? new CaIssuance.Unavailable("a certificate that does not lead to the vendor's root")
                    : VendorEnvelope.TryNormalize(envelope, encryption, options.CiphertextOrder) is not { } normal ? new CaIssuance.Unavailable("an envelope that cannot be read")
                    : new CaIssuance.Ok(new IssuedCertificates(signing, encryption, normal, chain));
            default:
                return new CaIssuance.Unavailable("an answer without certificates");
        }
    }

    private bool LeadsToRoot(byte[] certificate, IReadOnlyList<byte[]> chain) =>
        Sm2Certificate.TryParse(certificate, out var leaf) && Sm2CertificatePath.Verify(leaf, chain, roots, time.GetUtcNow()) == PathFault.None;

    private static CaReview ReviewOf(RestState state) => state.State switch
    {
        "PENDING" => new CaReview.Pending(),
        "APPROVED" => new CaReview.Approved(),
        "REJECTED" => new CaReview.Rejected(state.Reason ?? ""),
        _ => new CaReview.Unavailable("a state nobody knows"),
    };

    /// <summary>Null for what says nothing about the application: our account, the clock, trouble of theirs.</summary>
    private static CaRefusal? RefusalOf(string error) => error switch
    {
        "APPLICATION_UNKNOWN" or "CERTIFICATE_UNKNOWN" => CaRefusal.Unknown,
        "APPLICATION_CONFLICT" => CaRefusal.Conflict,
        "NOT_APPROVED" => CaRefusal.NotApproved,
        "BAD_CERTIFICATION_REQUEST" => CaRefusal.BadRequest,
        "WRONG_KEY" => CaRefusal.WrongKey,
        "BAD_SUBJECT" => CaRefusal.BadSubject,
        "NOT_ISSUED" => CaRefusal.Other,
        _ => null,
    };

    private static string Trouble(SignedAnswer answer) => answer is SignedAnswer.Unavailable(var reason) ? reason : "an answer that cannot be read";

    private async Task<SignedAnswer> CallAsync<T>(HttpMethod method, string path, T? body, CancellationToken cancellation)
    {
        using var client = http.CreateClient(RestProtocol.HttpClientName);
        return await SignedJson.CallAsync(
            client, Account, method, new Uri($"{options.Endpoint!.AbsoluteUri.TrimEnd('/')}/{path}"),
            body is null ? [] : JsonSerializer.SerializeToUtf8Bytes(body, JsonSerializerOptions.Web), time, cancellation);
    }
}
