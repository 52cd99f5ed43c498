using Bzt.Grains.CaVendors.Embedded;
using Bzt.Grains.Foundations;
using Bzt.Protocol.Certificates;

namespace Bzt.Grains.CaVendors.Registration;

/// <summary>How one CA is asked for certificates, by whom it trusts as its registration authority.</summary>
internal interface IEnrolment
{
    /// <summary>Certificates for the key of a request whose proof of possession was checked.</summary>
    /// <param name="application">Approved.</param>
    /// <param name="certificationRequest">PKCS#10, DER.</param>
    /// <param name="replaces">The certificate a renewal replaces, DER.</param>
    /// <param name="dialogue">Where the last call stopped; null to begin.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    Task<Enrolment> EnrolAsync(CaApplication application, byte[] certificationRequest, byte[]? replaces, byte[]? dialogue, CancellationToken cancellation);

    Task<CaRevocation> RevokeAsync(byte[] signingCertificate, RevocationReason reason, CancellationToken cancellation);
}

internal abstract record Enrolment
{
    private Enrolment()
    {
    }

    public sealed record Ok(IssuedCertificates Certificates) : Enrolment;

    /// <summary>The CA takes its time; the dialogue goes on where it stands.</summary>
    public sealed record Pending(byte[] Dialogue) : Enrolment;

    public sealed record Refused(CaRefusal Code) : Enrolment;

    public sealed record Unavailable(string Reason) : Enrolment;
}

/// <summary>A CA without reviewers of its own for our applications: ours decide, and then the CA is asked, once.</summary>
internal sealed class RegistrationVendor(IGrainFactory grains, CaId ca, IEnrolment enrolment) : IDeskVendor
{
    private const string Serial = "serial";
    private const string Holder = "holder";

    public async Task<CaSubmission> SubmitAsync(CaApplication application, CancellationToken cancellation) =>
        CertificateProfiles.Subject(application.Subject) is null ? new CaSubmission.Refused(CaRefusal.BadSubject)
        : await File(application.Number).Open(application) ? new CaSubmission.Ok()
        : new CaSubmission.Refused(CaRefusal.Conflict);

    public Task<CaReview> ReviewAsync(string applicationNumber, CancellationToken cancellation) => File(applicationNumber).Review();

    public Task<CaReview> DecideAsync(string applicationNumber, string? rejectionReason, CancellationToken cancellation) => File(applicationNumber).Decide(rejectionReason);

    public async Task<CaIssuance> IssueAsync(string applicationNumber, byte[] certificationRequest, CancellationToken cancellation)
    {
        // 1. Approved by our reviewer, and proven to be the holder's key: the CA takes our word for both.
        var file = File(applicationNumber);
        if (await file.Get() is not { } registration)
        {
            return new CaIssuance.Refused(CaRefusal.Unknown);
        }

        if (!registration.IsApproved)
        {
            return new CaIssuance.Refused(CaRefusal.NotApproved);
        }

        if (EmbeddedCa.ProvenKey(certificationRequest) is not { } key)
        {
            return new CaIssuance.Refused(CaRefusal.BadRequest);
        }

        // 2. Used once; and a key is one holder's for ever.
        var application = registration.Application;
        if (await grains.CaClaim(ca, CaClaims.SigningKey, CaClaims.NameOf(key)).Claim(application.Holder) != application.Holder)
        {
            return new CaIssuance.Refused(CaRefusal.WrongKey);
        }

        if (!await file.Use(CaClaims.NameOf(key)))
        {
            return new CaIssuance.Refused(CaRefusal.Conflict);
        }

        // A crash after it was kept may have left it without its name, and what has no name is never revoked.
        if (registration.Issued is { } known)
        {
            return await NameAsync(known) ? new CaIssuance.Ok(known) : new CaIssuance.Unavailable("a certificate that is none");
        }

        // 3. The CA, from where the dialogue stopped.
        var replaces = application.Kind == CaApplicationKind.Renew ? await CurrentAsync(application.Holder) : null;
        switch (await enrolment.EnrolAsync(application, certificationRequest, replaces, registration.Dialogue, cancellation))
        {
            case Enrolment.Ok ok:
                if (!Sm2Certificate.TryParse(ok.Certificates.SigningCertificate, out var issued))
                {
                    return new CaIssuance.Unavailable("a certificate that is none");
                }

                // Asked twice at once, by an activation that was leaving and the one after it, the CA issues two, and one counts. The other is revoked by
                // its serial number, so that has its name first.
                await OnceMoreAsync(() => grains.CaClaim(ca, Serial, issued.Serial).Claim(applicationNumber));
                var kept = await OnceMoreAsync(() => file.Accept(ok.Certificates));
                await NameAsync(kept);
                return new CaIssuance.Ok(kept);
            case Enrolment.Pending pending:
                await file.Keep(pending.Dialogue);
                return new CaIssuance.Pending();
            case Enrolment.Refused refused:
                return new CaIssuance.Refused(refused.Code);
            case Enrolment.Unavailable unavailable:
                // Begun anew next time: what was half done is nobody's.
                if (registration.Dialogue is not null)
                {
                    await file.Keep(null);
                }

                return new CaIssuance.Unavailable(unavailable.Reason);
            case var other:
                throw new InvalidOperationException($"An enrolment answered by {other.GetType()}.");
        }

        // By which it is found again: to be revoked, to be replaced.
        async Task<bool> NameAsync(IssuedCertificates certificates)
        {
            if (!Sm2Certificate.TryParse(certificates.SigningCertificate, out var certificate))
            {
                return false;
            }

            await grains.CaClaim(ca, Serial, certificate.Serial).Claim(applicationNumber);
            await grains.CaClaim(ca, Holder, application.Holder).Claim(applicationNumber);
            return true;
        }
    }

    /// <summary>What is not kept, or has no name, the CA knows and nobody revokes, so a write that failed is tried once more.</summary>
    private static async Task<T> OnceMoreAsync<T>(Func<Task<T>> write)
    {
        try
        {
            return await write();
        }
        catch (StorageFailedException)
        {
            return await write();
        }
    }

    /// <summary>Neither protocol, as it is spoken here, gives keys out of escrow again.</summary>
    public Task<CaKeyRecovery> RecoverKeysAsync(string applicationNumber, CancellationToken cancellation) =>
        Task.FromResult<CaKeyRecovery>(new CaKeyRecovery.Refused(CaRefusal.Other));

    public async Task<CaRevocation> RevokeAsync(string signingSerialNumber, RevocationReason reason, CancellationToken cancellation) =>
        await grains.CaClaim(ca, Serial, signingSerialNumber).GetOwner() is { } number && await File(number).Get() is { Issued: { } issued } file
        && file.Superfluous.Prepend(issued.SigningCertificate).FirstOrDefault(certificate => SerialOf(certificate) == signingSerialNumber) is { } certificate
            ? await enrolment.RevokeAsync(certificate, reason, cancellation)
            : new CaRevocation.Refused(CaRefusal.Unknown);

    private static string? SerialOf(byte[] der) => Sm2Certificate.TryParse(der, out var certificate) ? certificate.Serial : null;

    private ICaRegistrationGrain File(string number) => grains.GetGrain<ICaRegistrationGrain>($"{ca}/{number}");

    // The first application of a holder; a renewal keeps its key, so any of its certificates names what is replaced.
    private async Task<byte[]?> CurrentAsync(string holder) =>
        await grains.CaClaim(ca, Holder, holder).GetOwner() is { } number && await File(number).Get() is { Issued: { } issued } ? issued.SigningCertificate : null;
}
