namespace Bzt.Grains.Accounts;

/// <summary>A phone number: its owner, its SMS codes and their limits. Key: the number's keyed hash.</summary>
[Alias("bzt.IPhoneNumberGrain")]
public interface IPhoneNumberGrain : IGrainWithStringKey
{
    /// <summary>Answers alike whether or not the number has an account.</summary>
    [Alias("SendCode")]
    Task<Reply<CodeSent>> SendCode(ClearNumber phoneNumber, SmsCodePurpose purpose);

    /// <summary>Uses up the code and logs the device in. Asked again by the same device key with the same code it goes through again: the first answer may have been lost.</summary>
    [Alias("LogIn")]
    Task<Reply<LoggedIn>> LogIn(LogInByCode command);

    /// <summary>The same answer and the same work whether or not the number has an account, or that one a password.</summary>
    [Alias("LogInByPassword")]
    Task<Reply<LoggedIn>> LogInByPassword(LogInByPassword command);

    /// <summary>Whether this is the password of the number's account; a wrong one counts. Interleaving methods of the account's grain may ask.</summary>
    [Alias("CheckPassword")]
    Task<Reply<Nothing>> CheckPassword(Password password);

    /// <summary>The same from the account itself, with what it has stored: it may be leaving its silo, and would not answer before this call has ended.</summary>
    /// <param name="account">Whose.</param>
    /// <param name="sealedPassword">The hash, sealed; null without one.</param>
    /// <param name="password">As it was typed.</param>
    [Alias("CheckOwnPassword")]
    Task<Reply<Nothing>> CheckOwnPassword(UserId account, byte[]? sealedPassword, Password password);

    /// <summary>The account that logs in with this number; null when there is none.</summary>
    [Alias("GetOwner")]
    Task<UserId?> GetOwner();

    /// <summary>Whether an account other than this one has the number.</summary>
    [Alias("IsTaken")]
    Task<bool> IsTaken(UserId user);

    /// <summary>更换手机号: the first account gets it; idempotent. Refused with <see cref="RefusalCode.PhoneNumberTaken"/>.</summary>
    [Alias("Claim")]
    Task<Reply<Nothing>> Claim(UserId user);

    /// <summary>The account has another number now, or is closed. Idempotent; of another account it changes nothing.</summary>
    [Alias("Release")]
    Task Release(UserId user);

    /// <summary>Uses up a code of any purpose but login. Asked again with the same <paramref name="usedBy"/> it goes through again: the first answer may have been lost.</summary>
    /// <param name="purpose">What the code was sent for.</param>
    /// <param name="code">Six digits.</param>
    /// <param name="usedBy">What it is used for, unique: an operation id.</param>
    [Alias("Use")]
    Task<Reply<Nothing>> Use(SmsCodePurpose purpose, SmsCode code, string usedBy);
}

/// <summary>Stored and sent by value; values are never reused.</summary>
public enum SmsCodePurpose
{
    Login = 0,
    ChangeNumber = 1,
    ResetPassword = 2,
    ChangePin = 3,
    RecoverPin = 4,
    Recovery = 5,
    CloseAccount = 6,
    ExportData = 7,
}

[GenerateSerializer, Immutable, Alias("bzt.CodeSent")]
public sealed record CodeSent(
    [property: Id(0)] TimeSpan ResendAfter,
    [property: Id(1)] TimeSpan ExpiresIn);

/// <summary>Six digits as typed. A call's arguments reach logs when it is late or fails; this one says only what it is.</summary>
[GenerateSerializer, Immutable, Alias("bzt.SmsCode")]
public readonly record struct SmsCode([property: Id(0)] string Value)
{
    public static implicit operator SmsCode(string code) => new(code);

    /// <summary>Only the type.</summary>
    public override string ToString() => nameof(SmsCode);
}

/// <summary>A phone number, eleven digits, in a call: as <see cref="SmsCode"/>.</summary>
[GenerateSerializer, Immutable, Alias("bzt.ClearNumber")]
public readonly record struct ClearNumber([property: Id(0)] string Value)
{
    public static implicit operator ClearNumber(string number) => new(number);

    /// <summary>Only the type.</summary>
    public override string ToString() => nameof(ClearNumber);
}

/// <summary>A password as typed, on its way to where it is verified.</summary>
[GenerateSerializer, Immutable, Alias("bzt.Password")]
public readonly record struct Password([property: Id(0)] string Value)
{
    /// <summary>Only the type.</summary>
    public override string ToString() => nameof(Password);
}

[GenerateSerializer, Immutable, Alias("bzt.LogInByPassword")]
public sealed record LogInByPassword([property: Id(0)] Password Password, [property: Id(1)] LogIn LogIn)
{
    /// <summary>Only the type.</summary>
    public override string ToString() => nameof(LogInByPassword);
}

[GenerateSerializer, Immutable, Alias("bzt.LogInByCode")]
public sealed record LogInByCode([property: Id(0)] string Code, [property: Id(1)] LogIn LogIn)
{
    /// <summary>Only the type: a record would print the code into a log.</summary>
    public override string ToString() => nameof(LogInByCode);
}
