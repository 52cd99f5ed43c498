using Bzt.Grains.Remittances;

namespace Bzt.Grains.CaVendors;

/// <summary>
/// One CA vendor, by whatever protocol it speaks. Every call may be repeated with the same arguments and then has the same outcome:
/// what was submitted, issued or revoked once is answered from the vendor's record.
/// </summary>
public interface ICaVendor
{
    /// <summary>Hands an application over for review.</summary>
    Task<CaSubmission> SubmitAsync(CaApplication application, CancellationToken cancellation = default);

    /// <summary>Where the review stands.</summary>
    Task<CaReview> ReviewAsync(string applicationNumber, CancellationToken cancellation = default);

    /// <summary>
    /// Issues the certificates of an approved application for the key of a PKCS#10 request (DER, SM2 with SM3, default signer id).
    /// The subject and the validity are the application's; what the request says about them is ignored.
    /// </summary>
    Task<CaIssuance> IssueAsync(string applicationNumber, byte[] certificationRequest, CancellationToken cancellation = default);

    /// <summary>All encryption keys the key management holds of the application's holder, enveloped to the signing key just issued under it.</summary>
    Task<CaKeyRecovery> RecoverKeysAsync(string applicationNumber, CancellationToken cancellation = default);

    /// <summary>Revokes a signing certificate and the encryption certificate issued with it. Cannot be undone.</summary>
    Task<CaRevocation> RevokeAsync(string signingSerialNumber, RevocationReason reason, CancellationToken cancellation = default);
}

/// <summary>A vendor that may tell us that something has happened.</summary>
public interface ICallbackVendor : ICaVendor
{
    /// <summary>The application it is about; null when it is not the vendor's. What has happened is asked, not read.</summary>
    string? ReadCallback(SignedMessage message);
}

/// <summary>A vendor whose applications our own reviewers decide, at the console: the CA that runs inside, and those for which we are the registration authority.</summary>
public interface IDeskVendor : ICaVendor
{
    /// <summary>The reviewer's word, final: the same word again changes nothing, another one is a conflict.</summary>
    /// <param name="applicationNumber">Which.</param>
    /// <param name="rejectionReason">Null approves.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    Task<CaReview> DecideAsync(string applicationNumber, string? rejectionReason, CancellationToken cancellation = default);
}
