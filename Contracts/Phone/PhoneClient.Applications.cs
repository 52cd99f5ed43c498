using Bzt.Protocol.Forms;

namespace Bzt.Contracts.Phone;

// Applications of every kind but the claim, and the administrator's turn in them.
public sealed partial class PhoneClient
{
    /// <summary>Applies for a certificate. Repeat it with the same operation id after a failure.</summary>
    public Task<ApplicationInfo> ApplyAsync(ApplicationRequest request, CancellationToken cancellation = default) =>
        RepeatAsync(
            () => http.PostAsync(Routes.Phone.Applications, request, BztJson.Default.ApplicationRequest, BztJson.Default.ApplicationInfo, cancellation), cancellation);

    /// <summary>重新申请 after a rejection, with a new operation id.</summary>
    public Task<ApplicationInfo> CorrectAsync(Guid applicationId, ApplicationRequest request, CancellationToken cancellation = default)
    {
        var path = Route(Routes.Phone.ApplicationCorrection, "applicationId", applicationId);
        return RepeatAsync(() => http.PostAsync(path, request, BztJson.Default.ApplicationRequest, BztJson.Default.ApplicationInfo, cancellation), cancellation);
    }

    /// <summary>Withdraws an application, also from a download that is not finished. What was paid is paid back.</summary>
    public Task<ApplicationInfo> WithdrawAsync(Guid applicationId, CancellationToken cancellation = default)
    {
        var path = Route(Routes.Phone.ApplicationWithdrawal, "applicationId", applicationId);
        return RepeatAsync(() => http.PostAsync(path, BztJson.Default.ApplicationInfo, cancellation), cancellation);
    }

    /// <summary>What waits for the administrator of an enterprise; for him alone.</summary>
    public Task<IReadOnlyList<ApplicationInfo>> GetEnterpriseApplicationsAsync(string creditCode, CancellationToken cancellation = default)
    {
        var path = Routes.Phone.EnterpriseApplications.Replace("{creditCode}", Uri.EscapeDataString(creditCode), StringComparison.Ordinal);
        return RepeatAsync(() => http.GetAsync(path, BztJson.Default.IReadOnlyListApplicationInfo, cancellation), cancellation);
    }

    /// <summary>同意, as the administrator.</summary>
    public Task<ApplicationInfo> AgreeAsync(Guid applicationId, CancellationToken cancellation = default)
    {
        var path = Route(Routes.Phone.ApplicationAgreement, "applicationId", applicationId);
        return RepeatAsync(() => http.PostAsync(path, BztJson.Default.ApplicationInfo, cancellation), cancellation);
    }

    /// <summary>The administrator does not agree.</summary>
    /// <param name="applicationId">Which.</param>
    /// <param name="reason">2 to 200 characters; the applicant reads it.</param>
    /// <param name="cancellation">Stops waiting.</param>
    public Task<ApplicationInfo> RefuseAsync(Guid applicationId, string reason, CancellationToken cancellation = default)
    {
        var path = Route(Routes.Phone.ApplicationRefusal, "applicationId", applicationId);
        return RepeatAsync(
            () => http.PostAsync(path, new ApplicationRefusal(reason), BztJson.Default.ApplicationRefusal, BztJson.Default.ApplicationInfo, cancellation), cancellation);
    }

    /// <summary>
    /// 确认并盖章: the letter is written and waits for the PIN of that certificate, to be confirmed with
    /// <see cref="ConfirmTaskAsync"/>: its forms are an <see cref="AuthorisationForm"/> and the letter's <see cref="CmsPdfForm"/>.
    /// </summary>
    public Task<LetterToSeal> BeginSealAsync(Guid applicationId, Guid certificateId, CancellationToken cancellation = default)
    {
        var path = Route(Routes.Phone.ApplicationLetter, "applicationId", applicationId);
        return RepeatAsync(
            () => http.PostAsync(path, new LetterRequest(certificateId), BztJson.Default.LetterRequest, BztJson.Default.LetterToSeal, cancellation), cancellation);
    }

    /// <summary>The authorisation letter, a PDF: as it waits for its seal, then sealed.</summary>
    public Task<byte[]> GetLetterAsync(Guid applicationId, CancellationToken cancellation = default)
    {
        var path = Route(Routes.Phone.ApplicationLetter, "applicationId", applicationId);
        return RepeatAsync(() => http.GetOctetsAsync(path, cancellation), cancellation);
    }

    /// <summary>确认: the sealed letter goes to the CA. Waits for the seal, which follows the PIN at once.</summary>
    public async Task<ApplicationInfo> ConfirmApplicationAsync(Guid applicationId, CancellationToken cancellation = default)
    {
        var path = Route(Routes.Phone.ApplicationConfirmation, "applicationId", applicationId);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await RepeatAsync(() => http.PostAsync(path, BztJson.Default.ApplicationInfo, cancellation), cancellation);
            }
            catch (ApiRefusedException refused) when (refused.Code == ErrorCodes.LetterNotSealed && attempt < SealTries)
            {
                await Task.Delay(IssuancePoll, time, cancellation);
            }
        }
    }

    /// <summary>确认并盖章 and 确认 in one: seals the letter under the PIN, once the caller has accepted what it says, and hands it to the CA.</summary>
    /// <param name="applicationId">待盖章.</param>
    /// <param name="certificateId">The administrator's certificate of the enterprise, held on this phone.</param>
    /// <param name="pin">Its PIN.</param>
    /// <param name="accept">Is this what the administrator wants to seal?</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <returns>The application at the CA, or why the letter is not sealed.</returns>
    public async Task<(PinOutcome Outcome, ApplicationInfo? Application)> SealAndConfirmAsync(
        Guid applicationId, Guid certificateId, string pin, Func<IReadOnlyList<SigningForm>, bool> accept, CancellationToken cancellation = default)
    {
        var letter = await BeginSealAsync(applicationId, certificateId, cancellation);
        var outcome = await ConfirmTaskAsync(letter.CertificateId, letter.TaskId, pin, accept, cancellation);
        return outcome is PinOutcome.Done ? (outcome, await ConfirmApplicationAsync(applicationId, cancellation)) : (outcome, null);
    }

    /// <summary>Half a minute: the letter is sealed by the server within a second or two.</summary>
    private const int SealTries = 60;
}
