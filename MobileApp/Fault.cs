using Bzt.Contracts;
using Bzt.Protocol.Phone;

namespace Bzt.MobileApp;

/// <summary>What a failure means to the user, and what can be done about it: the one place where codes become words.</summary>
/// <param name="Code">The API's code, when it was a refusal.</param>
/// <param name="Quote">A number to quote to support.</param>
public sealed record Fault(string Title, string? Advice = null, string? Code = null, string? Quote = null)
{
    public bool IsNetwork { get; private init; }

    /// <summary>The same request may be answered in a moment.</summary>
    public bool MayPass => IsNetwork || Code is ErrorCodes.ProviderUnavailable or ErrorCodes.Unavailable or ErrorCodes.InternalError or ErrorCodes.RateLimited;

    /// <summary>「重试」: a screen could not fetch what it shows.</summary>
    public Func<Task>? Again { get; init; }

    public static Fault Of(Exception exception) => exception switch
    {
        ApiRefusedException refused => Of(refused.Problem),
        PhoneLinkException => new(Texts.Faults.Unknown, Texts.Faults.UnknownAdvice) { IsNetwork = true },
        HttpRequestException or OperationCanceledException => new(Texts.Faults.Network, Texts.Faults.NetworkAdvice) { IsNetwork = true },
        InvalidDataException => new(Texts.Faults.Trust, Texts.Faults.TrustAdvice),
        _ => new(Texts.Faults.Internal, Texts.Faults.InternalAdvice),
    };

    /// <summary>Why none of the user's certificates may serve a request.</summary>
    public static Fault OfEligibility(string? code) => code switch
    {
        ErrorCodes.CertificateNotEligible => new(Texts.Faults.NotOfGroup, Texts.Faults.NotOfGroupAdvice, code),
        ErrorCodes.EnterpriseMismatch => new(Texts.Faults.OtherEnterprise, Texts.Faults.OtherEnterpriseAdvice, code),
        ErrorCodes.NotAuthorised => new(Texts.Faults.NotAuthorised, Texts.Faults.AskAdministrator, code),
        ErrorCodes.NotMember => new(Texts.Faults.NotMember, Texts.Faults.AskAdministrator, code),
        _ => new(Texts.Faults.NoCertificate, Texts.Faults.NoCertificateAdvice, code),
    };

    private static Fault Of(Problem problem)
    {
        var (title, advice) = problem.Code switch
        {
            ErrorCodes.SmsCodeWrong => (Texts.Faults.SmsCodeWrong, problem.Detail),
            ErrorCodes.SmsCodeExpired => (Texts.Faults.SmsCodeExpired, null),
            ErrorCodes.SmsTooMany => (Texts.Faults.SmsTooMany, problem.RetryAfterSeconds is { } wait ? Texts.Faults.TryIn(wait) : null),
            ErrorCodes.RateLimited => (Texts.Faults.TooOften, problem.RetryAfterSeconds is { } wait ? Texts.Faults.TryIn(wait) : null),
            ErrorCodes.RealNameRequired => (Texts.Faults.RealNameRequired, null),
            ErrorCodes.RealNameMismatch => (Texts.Faults.RealNameMismatch, Texts.Faults.RealNameMismatchAdvice),
            ErrorCodes.RealNameTaken => (Texts.Faults.RealNameTaken, Texts.Faults.CallUs),
            ErrorCodes.RealNameUnderage => (Texts.Faults.RealNameUnderage, null),
            ErrorCodes.RealNameAlready => (Texts.Faults.RealNameAlready, null),
            ErrorCodes.BankCardUnusable => (Texts.Faults.BankCardUnusable, null),
            ErrorCodes.DeviceLimited => (Texts.Faults.DeviceLimited, Texts.Faults.DeviceLimitedAdvice),
            ErrorCodes.CreditCodeInvalid => (Texts.Faults.CreditCodeInvalid, Texts.Faults.CreditCodeAdvice),
            ErrorCodes.EnterpriseClaimed => (Texts.Faults.EnterpriseClaimed, Texts.Faults.EnterpriseClaimedAdvice),
            ErrorCodes.EnterpriseMismatch => (Texts.Faults.EnterpriseMismatch, null),
            ErrorCodes.AdministratorMismatch => (Texts.Joining.AdministratorWrong, Texts.Joining.AdministratorWrongAdvice),
            ErrorCodes.ApplicationStateWrong => (Texts.Faults.ApplicationMoved, null),
            ErrorCodes.PaymentRequired => (Texts.Faults.PaymentRequired, null),
            ErrorCodes.OfferUnknown => (Texts.Faults.OfferUnknown, null),
            ErrorCodes.BlobUnknown => (Texts.Faults.PhotoLost, null),
            ErrorCodes.BlobTypeNotAllowed => (Texts.Faults.PhotoType, null),
            ErrorCodes.BodyTooLarge => (Texts.Faults.TooLarge, null),
            ErrorCodes.QrInvalid => (Texts.Scan.NotOurs, null),
            ErrorCodes.QrStale => (Texts.Scan.Stale, null),
            ErrorCodes.SessionExpired => (Texts.Faults.SessionExpired, Texts.Faults.SessionAgain),
            ErrorCodes.SessionEnded => (Texts.Faults.SessionEnded, Texts.Faults.SessionAgain),
            ErrorCodes.SessionTaken => (Texts.Faults.SessionTaken, Texts.Faults.SessionAgain),
            ErrorCodes.CertificateNotEligible => (Texts.Faults.NotOfGroup, Texts.Faults.NotOfGroupAdvice),
            ErrorCodes.CertificateUnusable => (Texts.Faults.NoCertificate, Texts.Faults.NoCertificateAdvice),
            ErrorCodes.NotBound => (Texts.Faults.NotBound, Texts.Faults.NotBoundAdvice),
            ErrorCodes.DocumentRefused => (Texts.Faults.DocumentRefused, null),
            ErrorCodes.Unauthenticated => (Texts.Faults.LoginEnded, null),
            ErrorCodes.ClientOutdated => (Texts.Update.Title, Texts.Update.Advice),
            ErrorCodes.ProviderUnavailable or ErrorCodes.Unavailable or ErrorCodes.KeysUnavailable => (Texts.Faults.Away, Texts.Faults.AwayAdvice),
            ErrorCodes.NotFound => (Texts.Faults.Gone, null),
            ErrorCodes.InternalError or ErrorCodes.InvalidDpop => (Texts.Faults.Internal, Texts.Faults.InternalAdvice),
            // The server's titles are Chinese and fit to be shown.
            _ => (problem.Title, problem.Detail),
        };
        // Only what support would have to look into has a number: what users can mend themselves needs none.
        var quote = problem.Status >= 500 || problem.Code is ErrorCodes.InvalidDpop or ErrorCodes.InvalidRequest ? problem.TraceId : null;
        return new Fault(title, advice, problem.Code, quote) { IsNetwork = problem.Code is ErrorCodes.Unavailable or ErrorCodes.KeysUnavailable };
    }
}
