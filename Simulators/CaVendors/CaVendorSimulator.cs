using System.Formats.Asn1;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Bzt.Simulators.CaVendors;

public sealed record VendorSubject(string CommonName, string? Organization, string? OrganizationalUnit, string? Province, string? Locality, string? CreditCode);

/// <summary>What the product sends; compared as a whole: a number stands for one application for ever.</summary>
public sealed record VendorRequest(string ApplicationNumber, string Kind, string Holder, VendorSubject Subject, int ValidityDays, string? NotifyUrl);

/// <param name="State">PENDING, APPROVED or REJECTED.</param>
/// <param name="Reason">Of a rejection.</param>
/// <param name="RequestHash">Of the certification request it was used for; null before.</param>
/// <param name="Issued">What was answered, and is again.</param>
/// <param name="Notification">Of the decision, under way to the product; null before.</param>
public sealed record VendorApplication(
    VendorRequest Request, string State, string? Reason, DateTimeOffset At, string? RequestHash, VendorIssued? Issued, Notification? Notification);

public sealed record VendorIssued(byte[] SigningCertificate, byte[] EncryptionCertificate, byte[] EncryptionEnvelope, string ReceiverKey);

/// <summary>An encryption key in the vendor's escrow.</summary>
public sealed record VendorKey(string Holder, byte[] PrivateKey, byte[] Request, byte[] Certificate);

/// <summary>A CA vendor with reviewers of its own and a key management, behind the neutral interface; its CA is <see cref="OpensslCa"/>.</summary>
sealed class CaVendorSimulator(SimulatorState state, OpensslCa ca, TimeProvider time) : IDisposable
{
    static readonly string[] Reasons = ["unspecified", "keyCompromise", "CACompromise", "affiliationChanged", "superseded", "cessationOfOperation"];

    /// <summary>Issuing is several commands: one application at a time.</summary>
    readonly SemaphoreSlim issuing = new(1, 1);

    public VendorApplication? Find(string number) => state.Read(world => world.CaApplications.GetValueOrDefault(number));

    public IReadOnlyList<VendorApplication> Newest(int count) => state.Read<IReadOnlyList<VendorApplication>>(world => [.. world.CaApplications.Values.OrderByDescending(application => application.At).Take(count)]);

    public IReadOnlyList<VendorApplication> Unnotified() => state.Read<IReadOnlyList<VendorApplication>>(world =>
        [.. world.CaApplications.Values.Where(application => application.Notification is { Accepted: false })]);

    public VendorQuirks Quirks
    {
        get => state.Read(world => world.CaQuirks);
        set => state.Change(world => world.CaQuirks = value);
    }

    /// <summary>Null when the number stands for another application.</summary>
    public VendorApplication? Submit(VendorRequest request) => state.Change(world =>
    {
        if (world.CaApplications.TryGetValue(request.ApplicationNumber, out var known))
        {
            return known.Request == request ? known : null;
        }

        return world.CaApplications[request.ApplicationNumber] = new(request, "PENDING", null, time.GetUtcNow(), null, null, null);
    });

    /// <summary>The vendor's reviewer. False when there is nothing to decide.</summary>
    public bool Decide(string number, string? rejection) => state.Change(world =>
    {
        if (!world.CaApplications.TryGetValue(number, out var application) || application.State != "PENDING")
        {
            return false;
        }

        world.CaApplications[number] = application with
        {
            State = rejection is null ? "APPROVED" : "REJECTED", Reason = rejection, Notification = new(Guid.NewGuid().ToString("N"), 0, false, null),
        };
        return true;
    });

    public void Notified(string number, bool accepted, string answer) => state.Change(world =>
    {
        if (world.CaApplications.TryGetValue(number, out var application) && application.Notification is { } notification)
        {
            world.CaApplications[number] = application with { Notification = notification.Answered(accepted, answer) };
        }

        return true;
    });

    /// <summary>The certificates of an approved application, or an error code.</summary>
    public async Task<(VendorIssued? Issued, string? Error)> IssueAsync(string number, byte[] certificationRequest, Uri address, CancellationToken cancellation)
    {
        await issuing.WaitAsync(cancellation);
        try
        {
            if (Find(number) is not { } application)
            {
                return (null, "APPLICATION_UNKNOWN");
            }

            if (application.State != "APPROVED")
            {
                return (null, "NOT_APPROVED");
            }

            if (await ca.ProvenKeyAsync(certificationRequest, cancellation) is not { } receiver)
            {
                return (null, "BAD_CERTIFICATION_REQUEST");
            }

            // The signature in a request is new every time; its key is what makes it the same.
            var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(receiver)));
            if (application.Issued is { } known)
            {
                return application.RequestHash == hash ? (known, null) : (null, "APPLICATION_CONFLICT");
            }

            var issued = await IssueAsync(application.Request, certificationRequest, receiver, address, cancellation);
            state.Change(world => world.CaApplications[number] = world.CaApplications[number] with { RequestHash = hash, Issued = issued });
            return (issued, null);
        }
        finally
        {
            issuing.Release();
        }
    }

    /// <summary>Every encryption key of the holder, for the signing key of this application.</summary>
    public async Task<(IReadOnlyList<(byte[] Certificate, byte[] Envelope)>? Keys, string? Error)> RecoverAsync(string number, CancellationToken cancellation)
    {
        if (Find(number) is not { } application)
        {
            return (null, "APPLICATION_UNKNOWN");
        }

        if (application.Issued is not { } issued)
        {
            return (null, "NOT_APPROVED");
        }

        var keys = new List<(byte[], byte[])>();
        foreach (var key in state.Read(world => world.CaKeys.Where(key => key.Holder == application.Request.Holder).ToList()))
        {
            keys.Add((key.Certificate, await VendorEnvelope.SealAsync(ca, key.PrivateKey, issued.ReceiverKey, Quirks, cancellation)));
        }

        return (keys, null);
    }

    /// <summary>When it was revoked; null when it is not ours.</summary>
    public async Task<DateTimeOffset?> RevokeAsync(string serialNumber, int reason, CancellationToken cancellation)
    {
        await issuing.WaitAsync(cancellation);
        try
        {
            var (application, at) = state.Read(world => (
                world.CaApplications.Values.FirstOrDefault(candidate => candidate.Issued is { } issued && SerialOf(issued.SigningCertificate) == serialNumber),
                world.CaRevoked.TryGetValue(serialNumber, out var revoked) ? revoked : (DateTimeOffset?)null));
            if (at is not null || application?.Issued is not { } issued)
            {
                return at;
            }

            var name = reason >= 0 && reason < Reasons.Length ? Reasons[reason] : Reasons[0];
            await ca.RevokeAsync(serialNumber, name, cancellation);
            await ca.RevokeAsync(SerialOf(issued.EncryptionCertificate), name, cancellation);
            return state.Change(world => world.CaRevoked[serialNumber] = time.GetUtcNow());
        }
        finally
        {
            issuing.Release();
        }
    }

    public void Dispose() => issuing.Dispose();

    async Task<VendorIssued> IssueAsync(VendorRequest application, byte[] request, string receiver, Uri address, CancellationToken cancellation)
    {
        var subject = Subject(application.Subject);
        var notAfter = time.GetUtcNow().AddDays(application.ValidityDays);
        string[] common =
        [
            .. CommonExtensions,
            $"crlDistributionPoints=URI:{new Uri(address, "ca-vendor/crl")}", $"authorityInfoAccess=OCSP;URI:{new Uri(address, "ca-vendor/ocsp")}",
            .. application.Subject.CreditCode is { } code ? [$"1.2.156.10260.4.1.4=ASN1:PRINTABLESTRING:{code}"] : Array.Empty<string>(),
        ];
        var signing = await ca.IssueAsync(request, subject, ["keyUsage=critical,digitalSignature,nonRepudiation", .. common], notAfter, cancellation);

        // A renewal and a recovery keep the encryption key; the others get one more.
        var kept = application.Kind is "RENEW" or "RECOVER" ? state.Read(world => world.CaKeys.LastOrDefault(key => key.Holder == application.Holder)) : null;
        var (privateKey, keyRequest) = kept is null ? await ca.NewKeyAsync(cancellation) : (kept.PrivateKey, kept.Request);
        var encryption = await ca.IssueAsync(keyRequest, subject, ["keyUsage=critical,keyEncipherment,dataEncipherment,keyAgreement", .. common], notAfter, cancellation);
        state.Change(world =>
        {
            world.CaKeys.RemoveAll(key => key == kept);
            world.CaKeys.Add(new(application.Holder, privateKey, keyRequest, encryption));
            return true;
        });
        return new(signing, encryption, await VendorEnvelope.SealAsync(ca, privateKey, receiver, Quirks, cancellation), receiver);
    }

    public string[] CommonExtensions { get; } = ["basicConstraints=CA:false", "subjectKeyIdentifier=hash", "authorityKeyIdentifier=keyid"];

    public DateTimeOffset InAYear => time.GetUtcNow().AddDays(365);

    static string SerialOf(byte[] certificate)
    {
        var tbs = new AsnReader(certificate, AsnEncodingRules.DER).ReadSequence().ReadSequence();
        if (tbs.PeekTag().TagClass == TagClass.ContextSpecific)
        {
            tbs.ReadEncodedValue();
        }

        return Convert.ToHexString(tbs.ReadInteger().ToByteArray(isUnsigned: true, isBigEndian: true));
    }

    static string Subject(VendorSubject subject)
    {
        (string Name, string? Value)[] parts =
            [("C", "CN"), ("ST", subject.Province), ("L", subject.Locality), ("O", subject.Organization), ("OU", subject.OrganizationalUnit), ("CN", subject.CommonName)];
        return string.Concat(parts.Where(part => part.Value is not null).Select(part => string.Create(CultureInfo.InvariantCulture, $"/{part.Name}={RequestSubject.Escaped(part.Value!)}")));
    }
}
