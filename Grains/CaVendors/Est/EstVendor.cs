using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Bzt.Grains.CaVendors.Registration;
using Bzt.Grains.Providers;
using Bzt.Protocol.Arithmetic;
using Bzt.Protocol.Certificates;
using Microsoft.Extensions.Configuration;

namespace Bzt.Grains.CaVendors.Est;

/// <summary>EST (RFC 7030), we as registration authority.</summary>
internal sealed class EstProtocol(IGrainFactory grains, TimeProvider time) : ICaVendorProtocol
{
    public string Name => "est";

    public ICaVendor Open(CaId ca, IConfigurationSection section)
    {
        var options = VendorOptions.Bind<EstVendorOptions>(ca, section);
        try
        {
            return new RegistrationVendor(grains, ca, new EstEnrolment(new EstClient(options), VendorOptions.Roots(ca, options.TrustedRoots), time));
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or System.Security.Cryptography.CryptographicException)
        {
            throw CaVendorDirectory.Unusable(ca, unreadable.Message);
        }
    }
}

/// <summary>
/// simpleenroll (simplereenroll for a renewal) for the holder's own request, then serverkeygen for the encryption key, which comes for the
/// signing key of the same request. A 202 is gone on with by sending the same again, as the RFC has it.
/// </summary>
internal sealed class EstEnrolment(EstClient client, IReadOnlyList<byte[]> roots, TimeProvider time) : IEnrolment
{
    public async Task<Enrolment> EnrolAsync(CaApplication application, byte[] certificationRequest, byte[]? replaces, byte[]? dialogue, CancellationToken cancellation)
    {
        // 1. Not before the time the CA has said.
        var stage = EstStage.Read(dialogue);
        if (stage.NotBefore is { } notBefore && time.GetUtcNow() < notBefore)
        {
            return new Enrolment.Pending(stage.Write());
        }

        // 2. The signing certificate. From here on it is kept: it is not asked for twice, whatever becomes of the rest.
        if (stage.SigningCertificate is null)
        {
            var enrol = application.Kind == CaApplicationKind.Renew ? "simplereenroll" : "simpleenroll";
            var signed = await AwayAsync(
                () => SignedAsync(enrol, certificationRequest, stage, cancellation), reason => new Signed(null, new Enrolment.Unavailable(reason)));
            if (signed.Instead is { } instead)
            {
                return instead;
            }

            stage = new EstStage(signed.Certificate, null);
        }

        // 3. The encryption key and its certificate.
        return await AwayAsync<Enrolment>(() => EncryptedAsync(certificationRequest, stage, cancellation), _ => InAMinute(stage));
    }

    /// <summary>EST knows no revocation: it is asked of this CA in another way, by its own people.</summary>
    public Task<CaRevocation> RevokeAsync(byte[] signingCertificate, RevocationReason reason, CancellationToken cancellation) =>
        Task.FromResult<CaRevocation>(new CaRevocation.Refused(CaRefusal.Other));

    /// <summary>Of what is answered, the certificate for the request's key; or what is said in its place.</summary>
    private async Task<Signed> SignedAsync(string enrol, byte[] request, EstStage stage, CancellationToken cancellation)
    {
        var answer = await client.PostAsync(enrol, request, cancellation);
        if (answer.Status != HttpStatusCode.OK)
        {
            return new Signed(null, NotYet(answer, stage));
        }

        var key = EmbeddedCa.ProvenKey(request);
        return EstClient.Certificates(answer.Body)?.FirstOrDefault(der => IsFor(der, key)) is { } issued
            ? new Signed(issued, null)
            : new Signed(null, new Enrolment.Unavailable("no certificate for the requested key"));
    }

    private async Task<Enrolment> EncryptedAsync(byte[] request, EstStage stage, CancellationToken cancellation)
    {
        // What the CA publishes about itself comes first: without it the key that is made next would be of no use.
        var published = await client.GetAsync("cacerts", cancellation);
        if (published.Status != HttpStatusCode.OK)
        {
            return InAMinute(stage);
        }

        var generated = await client.PostAsync("serverkeygen", request, cancellation);
        if (generated.Status != HttpStatusCode.OK)
        {
            return NotYet(generated, stage);
        }

        if (Parts(generated) is not var (envelope, certificate)
            || VendorEnvelope.TryNormalize(envelope, certificate, CiphertextOrder.C1C3C2) is not { } normal)
        {
            return InAMinute(stage);
        }

        // Both lead to the CA's roots.
        var (signing, authorities, now) = (stage.SigningCertificate!, EstClient.Certificates(published.Body) ?? [], time.GetUtcNow());
        return VendorChain.Build(signing, authorities, roots, now) is { } chain && VendorChain.Build(certificate, authorities, roots, now) is not null
            ? new Enrolment.Ok(new IssuedCertificates(signing, certificate, normal, chain))
            : new Enrolment.Unavailable("a certificate that does not lead to the CA's root");
    }

    private static async Task<T> AwayAsync<T>(Func<Task<T>> call, Func<string, T> away)
    {
        try
        {
            return await call();
        }
        catch (Exception failure) when (failure is HttpRequestException or SocketException)
        {
            return away(ProviderCall.Reason(failure));
        }
        catch (OperationCanceledException)
        {
            return away("no answer in time");
        }
    }

    private Enrolment.Pending InAMinute(EstStage stage) => new((stage with { NotBefore = time.GetUtcNow() + TimeSpan.FromMinutes(1) }).Write());

    private sealed record Signed(byte[]? Certificate, Enrolment? Instead);

    private Enrolment NotYet(EstAnswer answer, EstStage stage) => answer switch
    {
        { RetryAfter: { } wait } => new Enrolment.Pending((stage with { NotBefore = time.GetUtcNow() + wait }).Write()),
        // Our account, not the application; and a signing certificate that is there is kept.
        _ when stage.SigningCertificate is not null => InAMinute(stage),
        { Status: HttpStatusCode.BadRequest } => new Enrolment.Refused(CaRefusal.BadRequest),
        { Status: HttpStatusCode.UnprocessableEntity } => new Enrolment.Refused(CaRefusal.BadSubject),
        _ => new Enrolment.Unavailable($"HTTP {(int)answer.Status}"),
    };

    /// <summary>multipart/mixed: the key, encrypted, and the certificate (RFC 7030, 4.4.2).</summary>
    private static (byte[] Envelope, byte[] Certificate)? Parts(EstAnswer answer)
    {
        var boundary = System.Net.Http.Headers.MediaTypeHeaderValue.TryParse(answer.MediaType, out var type) && type.MediaType == "multipart/mixed"
            ? type.Parameters.FirstOrDefault(parameter => parameter.Name == "boundary")?.Value?.Trim('"')
            : null;
        if (string.IsNullOrEmpty(boundary))
        {
            return null;
        }

        (byte[]? envelope, byte[]? certificate) = (null, null);
        foreach (var part in Encoding.ASCII.GetString(answer.Body).Split("--" + boundary))
        {
            var halves = part.Split("\r\n\r\n", 2);
            if (halves.Length != 2)
            {
                continue;
            }

            if (halves[0].Contains("server-generated-key", StringComparison.OrdinalIgnoreCase))
            {
                envelope = TryBase64(halves[1]);
            }
            else if (halves[0].Contains("certs-only", StringComparison.OrdinalIgnoreCase))
            {
                certificate = EstClient.Certificates(Encoding.ASCII.GetBytes(halves[1])) is [var first, ..] ? first : null;
            }
        }

        return envelope is not null && certificate is not null ? (envelope, certificate) : null;
    }

    private static byte[]? TryBase64(string text)
    {
        var buffer = new byte[text.Length];
        return Convert.TryFromBase64String(text, buffer, out var written) ? buffer[..written] : null;
    }

    private static bool IsFor(byte[] der, byte[]? key) =>
        key is not null && Sm2Certificate.TryParse(der, out var certificate) && Point.TryDecode(key, out var point) && certificate.PublicKey == point;
}

/// <summary>Where an enrolment stands.</summary>
internal sealed record EstStage(byte[]? SigningCertificate, DateTimeOffset? NotBefore)
{
    public static EstStage Read(byte[]? kept) => kept is null ? new EstStage(null, null) : JsonSerializer.Deserialize<EstStage>(kept) ?? throw new FormatException("A dialogue is null.");

    public byte[] Write() => JsonSerializer.SerializeToUtf8Bytes(this);
}
