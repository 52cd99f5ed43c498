namespace Bzt.Grains.Providers.Sms;

/// <summary>Sends verification codes. The text comes from the provider's approved template of the purpose; only the code varies.</summary>
public interface ISmsSender
{
    /// <param name="phone">Eleven digits, mainland.</param>
    /// <param name="code">The code itself.</param>
    /// <param name="purpose">Chooses the template.</param>
    /// <param name="requestId">The caller's id of this message; comes back in the provider's receipts.</param>
    /// <param name="cancellation">Gives up waiting; the message may be sent all the same.</param>
    Task<SmsResult> SendCodeAsync(string phone, string code, SmsPurpose purpose, string requestId, CancellationToken cancellation = default);
}

public enum SmsPurpose
{
    Login,
    ChangePhone,
    ChangePassword,
    ResetPassword,
    ChangePin,
    ResetPin,
    /// <summary>Closing the account, taking its data out, restoring a certificate.</summary>
    VerifyIdentity,
    /// <summary>A notice: the code is the new number's last four digits.</summary>
    NumberChanged,
    /// <summary>A notice: the code is the time at which a new PIN can be set.</summary>
    PinResetAsked,
}

/// <summary>What became of a message.</summary>
public abstract record SmsResult
{
    private SmsResult() { }

    /// <summary>The provider took it; whether the phone gets it is the network's affair.</summary>
    public sealed record Ok(string MessageId) : SmsResult;

    /// <summary>The provider answered that it will not send it. Sending the same again gives the same.</summary>
    public sealed record Refused(SmsRefusal Code, string ProviderCode) : SmsResult;

    /// <summary>No answer, or none that could be understood: the message may or may not have been sent.</summary>
    public sealed record Unavailable(string Reason) : SmsResult;
}

public enum SmsRefusal
{
    /// <summary>Not a number the provider can reach.</summary>
    InvalidNumber,
    /// <summary>The provider's own limit for this number is used up.</summary>
    TooMany,
    /// <summary>Our account: signature, template, key, or balance. Operators must look.</summary>
    Account,
    /// <summary>Any other answer.</summary>
    Other,
}
