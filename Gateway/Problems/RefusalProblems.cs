using Bzt.Contracts;
using Bzt.Grains;

namespace Bzt.Gateway.Problems;

/// <summary>Refusals of grains as problem documents.</summary>
internal static class RefusalProblems
{
    // CS8524 asks for an arm for values outside the enum. Such a value is a bug and throws; an arm for it would also hide
    // a new member from CS8509, which is what keeps this switch exhaustive.
#pragma warning disable CS8524
    public static string CodeOf(RefusalCode code) => code switch
    {
        RefusalCode.InvalidRequest => ErrorCodes.InvalidRequest,
        RefusalCode.NotFound => ErrorCodes.NotFound,
        RefusalCode.IdempotencyConflict => ErrorCodes.IdempotencyConflict,
        RefusalCode.RateLimited => ErrorCodes.RateLimited,
        RefusalCode.Unauthenticated => ErrorCodes.Unauthenticated,
        RefusalCode.Forbidden => ErrorCodes.Forbidden,
        RefusalCode.DeviceLimited => ErrorCodes.DeviceLimited,
        RefusalCode.RealNameRequired => ErrorCodes.RealNameRequired,
        RefusalCode.SmsCodeWrong => ErrorCodes.SmsCodeWrong,
        RefusalCode.SmsCodeExpired => ErrorCodes.SmsCodeExpired,
        RefusalCode.SmsTooMany => ErrorCodes.SmsTooMany,
        RefusalCode.RealNameMismatch => ErrorCodes.RealNameMismatch,
        RefusalCode.RealNameAlready => ErrorCodes.RealNameAlready,
        RefusalCode.ProviderUnavailable => ErrorCodes.ProviderUnavailable,
        RefusalCode.RealNameTaken => ErrorCodes.RealNameTaken,
        RefusalCode.RealNameUnderage => ErrorCodes.RealNameUnderage,
        RefusalCode.RealNameNotPassed => ErrorCodes.RealNameNotPassed,
        RefusalCode.RealNameCancelled => ErrorCodes.RealNameCancelled,
        RefusalCode.RealNameExpired => ErrorCodes.RealNameExpired,
        RefusalCode.RealNameWayClosed => ErrorCodes.RealNameWayClosed,
        RefusalCode.RealNameReturnInvalid => ErrorCodes.RealNameReturnInvalid,
        RefusalCode.BankCardUnusable => ErrorCodes.BankCardUnusable,
        RefusalCode.PasswordWrong => ErrorCodes.PasswordWrong,
        RefusalCode.PasswordUnacceptable => ErrorCodes.PasswordUnacceptable,
        RefusalCode.ConsentRequired => ErrorCodes.ConsentRequired,
        RefusalCode.PhoneNumberTaken => ErrorCodes.PhoneNumberTaken,
        RefusalCode.RealNameProofNeeded => ErrorCodes.RealNameProofNeeded,
        RefusalCode.WeChatNotOffered => ErrorCodes.WeChatNotOffered,
        RefusalCode.WeChatRefused => ErrorCodes.WeChatRefused,
        RefusalCode.WeChatTaken => ErrorCodes.WeChatTaken,
        RefusalCode.WeChatTicketExpired => ErrorCodes.WeChatTicketExpired,
        RefusalCode.ClosureBlocked => ErrorCodes.ClosureBlocked,
        RefusalCode.AccountClosed => ErrorCodes.AccountClosed,
        RefusalCode.NumberChangeUnknown => ErrorCodes.NumberChangeUnknown,
        RefusalCode.CreditCodeInvalid => ErrorCodes.CreditCodeInvalid,
        RefusalCode.EnterpriseClaimed => ErrorCodes.EnterpriseClaimed,
        RefusalCode.EnterpriseMismatch => ErrorCodes.EnterpriseMismatch,
        RefusalCode.OfferUnknown => ErrorCodes.OfferUnknown,
        RefusalCode.ApplicationStateWrong => ErrorCodes.ApplicationStateWrong,
        RefusalCode.PaymentRequired => ErrorCodes.PaymentRequired,
        RefusalCode.BankCardBound => ErrorCodes.BankCardBound,
        RefusalCode.BankCardsTooMany => ErrorCodes.BankCardsTooMany,
        RefusalCode.BankCardMismatch => ErrorCodes.BankCardMismatch,
        RefusalCode.OrderInvoiced => ErrorCodes.OrderInvoiced,
        RefusalCode.OrderNotPaid => ErrorCodes.OrderNotPaid,
        RefusalCode.BlobUnknown => ErrorCodes.BlobUnknown,
        RefusalCode.BlobTypeNotAllowed => ErrorCodes.BlobTypeNotAllowed,
        RefusalCode.LicenceUnreadable => ErrorCodes.LicenceUnreadable,
        RefusalCode.LicenceReadingClosed => ErrorCodes.LicenceReadingClosed,
        RefusalCode.NotAuthorised => ErrorCodes.NotAuthorised,
        RefusalCode.NotMember => ErrorCodes.NotMember,
        RefusalCode.EnterpriseUnclaimed => ErrorCodes.EnterpriseUnclaimed,
        RefusalCode.LetterNotSealed => ErrorCodes.LetterNotSealed,
        RefusalCode.CertificateNotRenewable => ErrorCodes.CertificateNotRenewable,
        RefusalCode.PermissionsRequired => ErrorCodes.PermissionsRequired,
        RefusalCode.AdministratorStays => ErrorCodes.AdministratorStays,
        RefusalCode.InvitationOpen => ErrorCodes.InvitationOpen,
        RefusalCode.InvitationOver => ErrorCodes.InvitationOver,
        RefusalCode.InvitationNameMismatch => ErrorCodes.InvitationNameMismatch,
        RefusalCode.TransferOpen => ErrorCodes.TransferOpen,
        RefusalCode.TransferOver => ErrorCodes.TransferOver,
        RefusalCode.AdministratorMismatch => ErrorCodes.AdministratorMismatch,
        RefusalCode.AlreadyMember => ErrorCodes.AlreadyMember,
        RefusalCode.PhotoUnreadable => ErrorCodes.PhotoUnreadable,
        RefusalCode.PhotoTooLarge => ErrorCodes.PhotoTooLarge,
        RefusalCode.SealsIncomplete => ErrorCodes.SealsIncomplete,
        RefusalCode.SealsConfirmed => ErrorCodes.SealsConfirmed,
        RefusalCode.SealCropsTooMany => ErrorCodes.SealCropsTooMany,
        RefusalCode.QrInvalid => ErrorCodes.QrInvalid,
        RefusalCode.QrStale => ErrorCodes.QrStale,
        RefusalCode.SessionExpired => ErrorCodes.SessionExpired,
        RefusalCode.SessionEnded => ErrorCodes.SessionEnded,
        RefusalCode.SessionTaken => ErrorCodes.SessionTaken,
        RefusalCode.SessionConfirming => ErrorCodes.SessionConfirming,
        RefusalCode.CallbackUrlRefused => ErrorCodes.CallbackUrlRefused,
        RefusalCode.ReturnUrlUnknown => ErrorCodes.ReturnUrlUnknown,
        RefusalCode.ReturnMismatch => ErrorCodes.ReturnMismatch,
        RefusalCode.ReturnUsed => ErrorCodes.ReturnUsed,
        RefusalCode.CertificateNotEligible => ErrorCodes.CertificateNotEligible,
        RefusalCode.NotBound => ErrorCodes.NotBound,
        RefusalCode.DocumentRefused => ErrorCodes.DocumentRefused,
        RefusalCode.KindNotAllowed => ErrorCodes.KindNotAllowed,
        RefusalCode.SealingSessionNotOffered => ErrorCodes.SealingSessionNotOffered,
        RefusalCode.SealingSessionEnded => ErrorCodes.SealingSessionEnded,
        RefusalCode.SealingSessionNotConfirmed => ErrorCodes.SealingSessionNotConfirmed,
        RefusalCode.SealingSessionOtherProject => ErrorCodes.SealingSessionOtherProject,
        RefusalCode.SealingSessionBoundReached => ErrorCodes.SealingSessionBoundReached,
        RefusalCode.SealingSessionTooMany => ErrorCodes.SealingSessionTooMany,
        RefusalCode.BidsUnopened => ErrorCodes.BidsUnopened,
        RefusalCode.CertificateUnusable => ErrorCodes.CertificateUnusable,
        RefusalCode.ChannelRejected => ErrorCodes.ChannelRejected,
        RefusalCode.PinLockedForGood => ErrorCodes.PinLockedForGood,
        RefusalCode.PinResetNeedsProof => ErrorCodes.PinResetNeedsProof,
        RefusalCode.PinResetRunning => ErrorCodes.PinResetRunning,
        RefusalCode.PinResetPaused => ErrorCodes.PinResetPaused,
        RefusalCode.PinResetTooMany => ErrorCodes.PinResetTooMany,
        RefusalCode.PinResetNone => ErrorCodes.PinResetNone,
        RefusalCode.PinResetTooLate => ErrorCodes.PinResetTooLate,
    };
#pragma warning restore CS8524

    /// <summary>The value as <paramref name="done"/> answers it, or the refusal as a problem.</summary>
    public static IResult ToHttp<T>(this Reply<T> reply, Func<T, IResult> done) => reply switch
    {
        Done<T>(var value) => done(value),
        Refused<T>(var refusal) => refusal.ToHttp(),
        _ => throw new InvalidOperationException($"A reply of type {reply.GetType()}."),
    };

    public static IResult ToHttp(this Refusal refusal) => new ProblemResult(CodeOf(refusal.Code))
    {
        RetryAt = refusal.RetryAfter,
        Detail = refusal.TriesLeft is { } tries ? $"还可尝试{tries}次" : null,
    };
}
