namespace Bzt.Contracts;

/// <summary>
/// The stable codes of RFC 9457 problem documents (member <c>code</c>). A code is never renamed or reused;
/// texts beside it may change. Clients decide by the code only.
/// </summary>
public static class ErrorCodes
{
    // the request itself
    public const string InvalidRequest = "invalid_request";
    public const string MethodNotAllowed = "method_not_allowed";
    public const string BodyTooLarge = "body_too_large";
    public const string NotFound = "not_found";
    public const string IdempotencyConflict = "idempotency_conflict";
    public const string RateLimited = "rate_limited";
    public const string Unavailable = "unavailable";
    public const string KeysUnavailable = "keys_unavailable";
    public const string InternalError = "internal_error";
    /// <summary>For a reason this gateway has no word for.</summary>
    public const string Refused = "refused";
    public const string ClientOutdated = "client_outdated";

    // who is calling
    public const string Unauthenticated = "unauthenticated";
    public const string InvalidDpop = "invalid_dpop_proof";
    public const string Forbidden = "forbidden";
    public const string DeviceLimited = "device_limited";
    public const string RealNameRequired = "real_name_required";

    // accounts
    public const string SmsCodeWrong = "sms_code_wrong";
    public const string SmsCodeExpired = "sms_code_expired";
    public const string SmsTooMany = "sms_too_many";
    public const string RealNameMismatch = "real_name_mismatch";
    public const string RealNameAlready = "real_name_already";
    public const string BankCardUnusable = "bank_card_unusable";
    public const string RealNameTaken = "real_name_taken";
    public const string RealNameUnderage = "real_name_underage";
    public const string RealNameNotPassed = "real_name_not_passed";
    public const string RealNameCancelled = "real_name_cancelled";
    public const string RealNameExpired = "real_name_expired";
    public const string RealNameWayClosed = "real_name_way_closed";
    public const string RealNameReturnInvalid = "real_name_return_invalid";
    public const string ProviderUnavailable = "provider_unavailable";

    // logging in, settings
    public const string PasswordWrong = "password_wrong";
    public const string PasswordUnacceptable = "password_unacceptable";
    public const string ConsentRequired = "consent_required";
    public const string PhoneNumberTaken = "phone_number_taken";
    public const string RealNameProofNeeded = "real_name_proof_needed";
    public const string WeChatNotOffered = "wechat_not_offered";
    public const string WeChatRefused = "wechat_refused";
    public const string WeChatTaken = "wechat_taken";
    public const string WeChatTicketExpired = "wechat_ticket_expired";
    public const string ClosureBlocked = "closure_blocked";
    public const string AccountClosed = "account_closed";
    public const string NumberChangeUnknown = "number_change_unknown";

    // enterprises and applications
    public const string CreditCodeInvalid = "credit_code_invalid";
    public const string EnterpriseClaimed = "enterprise_claimed";
    public const string EnterpriseMismatch = "enterprise_mismatch";
    public const string OfferUnknown = "offer_unknown";
    public const string ApplicationStateWrong = "application_state_wrong";
    public const string PaymentRequired = "payment_required";

    /// <summary>Twenty applications of this holder wait for the CA's decision already.</summary>
    public const string ApplicationsTooMany = "applications_too_many";

    /// <summary>The caller's own claim of this enterprise is under way already.</summary>
    public const string ClaimOpen = "claim_open";

    /// <summary>The card is bound already.</summary>
    public const string BankCardBound = "bank_card_bound";

    /// <summary>Ten bank cards are bound.</summary>
    public const string BankCardsTooMany = "bank_cards_too_many";

    /// <summary>The bank says that card, person and phone number do not belong together.</summary>
    public const string BankCardMismatch = "bank_card_mismatch";

    /// <summary>An order is on an invoice already.</summary>
    public const string OrderInvoiced = "order_invoiced";

    /// <summary>An order that is not paid, or was paid back, has no invoice.</summary>
    public const string OrderNotPaid = "order_not_paid";
    public const string BlobUnknown = "blob_unknown";
    public const string BlobTypeNotAllowed = "blob_type_not_allowed";

    /// <summary>No licence, or none that can be read: the user enters what stands on it.</summary>
    public const string LicenceUnreadable = "licence_unreadable";

    /// <summary>This installation reads no licences.</summary>
    public const string LicenceReadingClosed = "licence_reading_closed";

    // an enterprise's people
    public const string NotAuthorised = "not_authorised";
    public const string NotMember = "not_member";
    public const string EnterpriseUnclaimed = "enterprise_unclaimed";
    public const string AdministratorStays = "administrator_stays";
    public const string InvitationOpen = "invitation_open";
    public const string InvitationOver = "invitation_over";
    public const string InvitationNameMismatch = "invitation_name_mismatch";
    public const string TransferOpen = "transfer_open";
    public const string TransferOver = "transfer_over";
    public const string AdministratorMismatch = "administrator_mismatch";
    public const string AlreadyMember = "already_member";

    // waking closed apps up
    public const string PushNotOffered = "push_not_offered";

    /// <summary>Not https, or no push service this installation knows.</summary>
    public const string PushServiceUnknown = "push_service_unknown";

    /// <summary>Subscribed under a key that is not offered any more: subscribe anew.</summary>
    public const string PushKeyOutdated = "push_key_outdated";

    // applications of other kinds than the claim
    public const string LetterNotSealed = "letter_not_sealed";
    public const string CertificateNotRenewable = "certificate_not_renewable";
    public const string PermissionsRequired = "permissions_required";

    // seals
    public const string PhotoUnreadable = "photo_unreadable";
    public const string PhotoTooLarge = "photo_too_large";
    public const string SealsIncomplete = "seals_incomplete";
    public const string SealsConfirmed = "seals_confirmed";
    public const string SealCropsTooMany = "seal_crops_too_many";

    // sessions
    public const string QrInvalid = "qr_invalid";
    public const string QrStale = "qr_stale";
    public const string SessionExpired = "session_expired";
    public const string SessionEnded = "session_ended";
    public const string SessionTaken = "session_taken";
    public const string SessionConfirming = "session_confirming";

    /// <summary>Another certificate works for the session, or has signed it already.</summary>
    public const string SessionOtherCertificate = "session_other_certificate";

    /// <summary>Not https, too long, or an address that is not public.</summary>
    public const string CallbackUrlRefused = "callback_url_refused";

    /// <summary>Not one of the platform's registered return addresses.</summary>
    public const string ReturnUrlUnknown = "return_url_unknown";

    /// <summary>Another session, another browser, or not ended yet.</summary>
    public const string ReturnMismatch = "return_mismatch";
    public const string ReturnUsed = "return_used";
    public const string CertificateNotEligible = "certificate_not_eligible";
    public const string NotBound = "not_bound";
    public const string DocumentRefused = "document_refused";

    /// <summary>A text that a signer is shown has characters that cannot be seen, or that change the order of the others.</summary>
    public const string InvisibleCharacters = "invisible_characters";
    public const string KindNotAllowed = "kind_not_allowed";

    // bid openings
    public const string OpeningNotBegun = "opening_not_begun";
    public const string OpeningEnded = "opening_ended";
    public const string OpeningOtherProject = "opening_other_project";

    /// <summary>Its time cannot be put off any more.</summary>
    public const string OpeningBegun = "opening_begun";

    /// <summary>Its times only move later.</summary>
    public const string OpeningNotEarlier = "opening_not_earlier";

    /// <summary>The session did not ask for that file, or nothing was released to it.</summary>
    public const string OpeningReportRefused = "opening_report_refused";

    // sealing sessions
    public const string SealingSessionNotOffered = "sealing_session_not_offered";
    public const string SealingSessionEnded = "sealing_session_ended";
    /// <summary>扫码撤章: its signer has withdrawn it before.</summary>
    public const string SealWithdrawn = "seal_withdrawn";
    public const string SealingSessionNotConfirmed = "sealing_session_not_confirmed";
    public const string SealingSessionOtherProject = "sealing_session_other_project";
    public const string SealingSessionBoundReached = "sealing_session_bound_reached";
    public const string SealingSessionTooMany = "sealing_session_too_many";

    // the PIN of a certificate
    public const string PinLockedForGood = "pin_locked_for_good";
    public const string PinResetNeedsProof = "pin_reset_needs_proof";
    public const string PinResetRunning = "pin_reset_running";
    public const string PinResetPaused = "pin_reset_paused";
    public const string PinResetTooMany = "pin_reset_too_many";
    public const string PinResetNone = "pin_reset_none";
    public const string PinResetTooLate = "pin_reset_too_late";

    // certificates
    public const string CertificateUnusable = "certificate_unusable";
    public const string CertificateStateAltered = "certificate_state_altered";
    public const string BidsUnopened = "bids_unopened";
    public const string ChannelRejected = "channel_rejected";
}
