using Bzt.Protocol.Arithmetic;
using Bzt.Protocol.Certificates;
using Bzt.Protocol.Channel;
using Bzt.Protocol.Forms;
using Bzt.Protocol.Phone;
using Bzt.Protocol.Rounds;
using Bzt.Protocol.Wire;

namespace Bzt.Contracts.Phone;

// Certificates: the download with its keys, renewal, evidence. The PIN is in PhoneClientPin, the rounds with the silo in PhoneClientRounds.
public sealed partial class PhoneClient
{
    private const string CsrRequest = "csr";
    private static readonly TimeSpan IssuancePoll = TimeSpan.FromMilliseconds(500);

    /// <summary>Certificates of this account.</summary>
    public Task<IReadOnlyList<CertificateInfo>> GetCertificatesAsync(CancellationToken cancellation = default) =>
        RepeatAsync(() => http.GetAsync(Routes.Phone.Certificates, BztJson.Default.IReadOnlyListCertificateInfo, cancellation), cancellation);

    /// <summary>One certificate.</summary>
    public Task<CertificateInfo> GetCertificateAsync(Guid certificateId, CancellationToken cancellation = default)
    {
        var path = Route(Routes.Phone.Certificate, "certificateId", certificateId);
        return RepeatAsync(() => http.GetAsync(path, BztJson.Default.CertificateInfo, cancellation), cancellation);
    }

    /// <summary>The evidence of one certificate (X15); verify it with <see cref="EvidenceExport.Verify"/>.</summary>
    public Task<EvidenceExport> GetEvidenceAsync(Guid certificateId, CancellationToken cancellation = default)
    {
        var path = Route(Routes.Phone.Evidence, "certificateId", certificateId);
        return RepeatAsync(() => http.GetAsync(path, BztJson.Default.EvidenceExport, cancellation), cancellation);
    }

    /// <summary>
    /// 下载证书: generates the key with the silo under the PIN, signs the certificate request, waits for the CA, takes the encryption key.
    /// Interrupted anywhere, it goes on from there when called again with the same PIN.
    /// </summary>
    /// <param name="applicationId">An application that is 待下载.</param>
    /// <param name="pin">Six digits; check them with <see cref="PinRules"/> first.</param>
    /// <param name="progress">Told each state on the way.</param>
    /// <param name="cancellation">Stops waiting; nothing is lost.</param>
    /// <returns>The active certificate, or why it is not: <see cref="DownloadOutcome"/>.</returns>
    public async Task<DownloadOutcome> DownloadAsync(
        Guid applicationId, string pin, Action<CertificateInfo>? progress = null, CancellationToken cancellation = default)
    {
        var path = Route(Routes.Phone.ApplicationDownload, "applicationId", applicationId);
        var started = await RepeatAsync(() => http.PostAsync(path, BztJson.Default.DownloadStarted, cancellation), cancellation);
        return await ContinueDownloadAsync(started.CertificateId, pin, progress, cancellation);
    }

    /// <summary>继续下载 of a certificate whose download began on this phone.</summary>
    public async Task<DownloadOutcome> ContinueDownloadAsync(
        Guid certificateId, string pin, Action<CertificateInfo>? progress = null, CancellationToken cancellation = default)
    {
        if (PinRules.Check(pin) is not PinWeakness.None)
        {
            throw new ArgumentException("PinRules does not accept this PIN.", nameof(pin));
        }

        var key = await OpenKeyAsync(certificateId, cancellation);
        CertificateState? seen = null;
        while (true)
        {
            var info = await GetCertificateAsync(certificateId, cancellation);
            if (info.State == CertificateState.Abandoned || !info.HeldHere)
            {
                return new DownloadOutcome.Stopped(info, new PinOutcome.Ended());
            }

            if (info.State != seen)
            {
                progress?.Invoke(info);
                seen = info.State;
            }

            if (info.State == CertificateState.Active)
            {
                return await CompleteKeysAsync(key, info, pin, cancellation);
            }

            var answer = await AdvanceAsync(key, info, pin, cancellation);
            // A partial opening whose rest was lost is begun anew by the next step.
            if (answer is not (null or KeygenConfirmed or Signed or EnvelopePartial or Acknowledged))
            {
                return new DownloadOutcome.Stopped(info, PinOutcomes.Of(answer));
            }

            if (answer is null)
            {
                await Task.Delay(IssuancePoll, time, cancellation);
            }
        }
    }

    /// <summary>
    /// 续期 of a certificate whose renewal was approved: signs the new request with the same key, waits for the CA, takes the encryption key under
    /// its new certificate. The certificate serves all the while. Interrupted anywhere, it goes on from there when called again.
    /// </summary>
    /// <param name="applicationId">An approved application for renewal.</param>
    /// <param name="pin">The certificate's PIN.</param>
    /// <param name="cancellation">Stops waiting; nothing is lost.</param>
    public async Task<DownloadOutcome> RenewAsync(Guid applicationId, string pin, CancellationToken cancellation = default)
    {
        var path = Route(Routes.Phone.ApplicationDownload, "applicationId", applicationId);
        var started = await RepeatAsync(() => http.PostAsync(path, BztJson.Default.DownloadStarted, cancellation), cancellation);
        return await ContinueRenewalAsync(started.CertificateId, pin, cancellation);
    }

    /// <summary>继续续期 of a certificate whose renewal began.</summary>
    public async Task<DownloadOutcome> ContinueRenewalAsync(Guid certificateId, string pin, CancellationToken cancellation = default)
    {
        var key = await OpenKeyAsync(certificateId, cancellation);
        while (true)
        {
            var info = await GetCertificateAsync(certificateId, cancellation);
            if (info.Renewal is not { } renewal)
            {
                return await CompleteKeysAsync(key, info, pin, cancellation);
            }

            var answer = renewal.Step switch
            {
                RenewalStep.Request => await SignRequestAsync(key, info, renewal.RequestId, pin, cancellation),
                RenewalStep.Arrival => await ReceiveKeyAsync(key, info, pin, cancellation),
                _ => null,
            };
            if (answer is not (null or Signed or EnvelopePartial or Acknowledged))
            {
                return new DownloadOutcome.Stopped(info, PinOutcomes.Of(answer));
            }

            if (answer is null)
            {
                await Task.Delay(IssuancePoll, time, cancellation);
            }
        }
    }

    /// <summary>Rounds of PBKDF2 for a new PIN.</summary>
    public int StretchRounds { get; init; } = PinStretch.DefaultRounds;

    /// <summary>The next step of a download; null when it is the CA's turn.</summary>
    private async Task<SiloAnswer?> AdvanceAsync(PhoneKey key, CertificateInfo info, string pin, CancellationToken cancellation)
    {
        var record = await key.ReadAsync();
        switch (info.State)
        {
            // Also when the server has no key, or another one: the download began anew.
            case CertificateState.Generating when record is null || info.PublicKey is null || !info.PublicKey.AsSpan().SequenceEqual(record.PublicKey.Encode()):
                using (var held = await HoldNewAsync(pin))
                {
                    return await RepeatLostAsync(() => new ValueTask<SiloAnswer>(held.UseAsync(key.GenerateAsync)), cancellation);
                }

            case CertificateState.Generating:
                return await SignRequestAsync(key, info, CsrRequest, pin, cancellation);
            case CertificateState.Requested:
                return null;
            case CertificateState.Arriving:
                return await ReceiveKeyAsync(key, info, pin, cancellation);
            case CertificateState.Locked:
                return new Locked(new PinLock(info.LockedUntil));
            case CertificateState.Frozen:
                return new Frozen();
            default:
                return new Failed(ProtocolFailure.Unexpected);
        }
    }

    /// <summary>
    /// Keys whose arrival the server knows of and this phone never heard confirmed, because it stopped just then: they arrive once more.
    /// Until then they open nothing.
    /// </summary>
    private async Task<DownloadOutcome> CompleteKeysAsync(PhoneKey key, CertificateInfo info, string pin, CancellationToken cancellation)
    {
        foreach (var unheard in (await key.ReadAsync())?.EncryptionKeys.Where(known => !known.IsActive).ToArray() ?? [])
        {
            var answer = await ProveAsync(
                key, pin,
                stretched => key.ReceiveEncryptionKeyAsync(
                    $"envelope/{unheard.Id}", stretched,
                    task => CheckCertificate(info, new ArrivingKeyInfo(unheard.Id, task.Certificate, info.SigningCertificate!, info.Chain), task)),
                cancellation);
            if (answer is not Acknowledged)
            {
                return new DownloadOutcome.Stopped(info, PinOutcomes.Of(answer));
            }
        }

        return new DownloadOutcome.Active(info);
    }

    /// <summary>The next key in its envelope; null when the CA has not yet said which there are.</summary>
    private async Task<SiloAnswer?> ReceiveKeyAsync(PhoneKey key, CertificateInfo info, string pin, CancellationToken cancellation) => info.Arriving is { } arriving
        ? await ProveAsync(
            key, pin,
            stretched => key.ReceiveEncryptionKeyAsync(
                $"envelope/{arriving.EncryptionSerial}", stretched, task => CheckCertificate(info, arriving, task), task => FurtherIds(info, arriving, task)),
            cancellation)
        : null;

    private async Task<SiloAnswer> SignRequestAsync(PhoneKey key, CertificateInfo info, string requestId, string pin, CancellationToken cancellation)
    {
        var opening = await RepeatLostAsync(() => key.OpenSigningAsync(requestId), cancellation);
        if (opening.Round is not { } round)
        {
            return opening.Refusal!;
        }

        using (round)
        {
            return round.Forms is [CsrForm csr] && csr.Subject.Any(attribute => attribute.Value == info.EnterpriseName)
                ? await ProveAsync(key, pin, round.ConfirmAsync, cancellation)
                : new Failed(ProtocolFailure.BindingMismatch);
        }
    }

    /// <summary>E1.1 for each of the further certificates: what does not hold for the same key is left out.</summary>
    private List<string> FurtherIds(CertificateInfo info, ArrivingKeyInfo arriving, EnvelopeTask task)
    {
        var key = CheckCertificate(info, arriving, task);
        var ids = new List<string>();
        foreach (var octets in arriving.Further ?? [])
        {
            if (Sm2Certificate.TryParse(octets, out var certificate)
                && CheckCertificate(info, arriving with { EncryptionSerial = certificate.Serial, EncryptionCertificate = octets }, task with { Certificate = octets }) is { } certified
                && certified == key)
            {
                ids.Add(certificate.Serial);
            }
        }

        return ids;
    }

    /// <summary>
    /// E1.1: the encryption certificate leads to the root, is the one announced, and names whom the signing certificate names; a key from before
    /// may name the holder as he was called then.
    /// </summary>
    private Point? CheckCertificate(CertificateInfo info, ArrivingKeyInfo arriving, EnvelopeTask task)
    {
        if (!Sm2Certificate.TryParse(arriving.SigningCertificate, out var signing) || !Sm2Certificate.TryParse(task.Certificate, out var encryption)
            || !task.Certificate.AsSpan().SequenceEqual(arriving.EncryptionCertificate) || !encryption.MayEncrypt || arriving.Chain.Count == 0)
        {
            return null;
        }

        var isPast = info.Renewal is null && arriving.EncryptionSerial != info.EncryptionSerial;
        if (!isPast && !signing.SubjectDer.AsSpan().SequenceEqual(encryption.SubjectDer))
        {
            return null;
        }

        // The phone's clock may be wrong, and a past certificate be over; their own time is enough to know that they belong together.
        var roots = trust.CertificateRoots.Count > 0 ? trust.CertificateRoots : [arriving.Chain[^1]];
        return LeadsToRoot(encryption) && LeadsToRoot(signing) ? encryption.PublicKey : null;

        bool LeadsToRoot(Sm2Certificate certificate)
        {
            var now = time.GetUtcNow();
            var at = now < certificate.NotBefore || now > certificate.NotAfter ? certificate.NotBefore : now;
            return Sm2CertificatePath.Verify(certificate, arriving.Chain, roots, at) is PathFault.None;
        }
    }
}
