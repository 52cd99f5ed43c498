namespace Bzt.Contracts.Phone;

/// <summary>Asks for an SMS code to log in with. The answer is 202 with <see cref="SmsCodeSent"/> whether or not the number has an account.</summary>
/// <param name="PhoneNumber">Eleven digits, mainland China.</param>
/// <param name="Purpose"><see cref="SmsPurpose.Login"/>; codes for anything else are asked for by <see cref="OwnSmsCodeRequest"/>.</param>
public sealed record SmsCodeRequest(string PhoneNumber, SmsPurpose Purpose);

/// <summary>Asks for a code to the account's own number, which the caller does not name.</summary>
/// <param name="Purpose">What the code is for, not <see cref="SmsPurpose.Login"/>; a code is good for its purpose only.</param>
/// <param name="NewPhoneNumber">With <see cref="SmsPurpose.ChangeNumber"/>, and only then: the number to change to, which gets the code.</param>
public sealed record OwnSmsCodeRequest(SmsPurpose Purpose, string? NewPhoneNumber = null);

public enum SmsPurpose { Login, ChangeNumber, ResetPassword, ChangePin, RecoverPin, Recovery, CloseAccount, ExportData }

/// <param name="ResendAfterSeconds">Seconds until another code may be asked for.</param>
/// <param name="ExpiresInSeconds">Seconds the code is good for.</param>
public sealed record SmsCodeSent(int ResendAfterSeconds, int ExpiresInSeconds);

/// <summary>Logs in by SMS code; the first login of a number is its registration. Needs a DPoP proof (RFC 9449): its key becomes the device's.</summary>
/// <param name="PhoneNumber">Eleven digits.</param>
/// <param name="Code">Six digits.</param>
/// <param name="DeviceName">As the user will know it.</param>
/// <param name="Accepted">Needed at registration and when a text has a new version: else <c>consent_required</c>, and the same code is good once more for this device.</param>
public sealed record LoginRequest(string PhoneNumber, string Code, string DeviceName, AcceptedVersions? Accepted = null);

/// <summary>Logs in by login password; answers <c>password_wrong</c> alike for a wrong one, a number without account, an account without password.</summary>
public sealed record PasswordLoginRequest(string PhoneNumber, string Password, string DeviceName, AcceptedVersions? Accepted = null);

/// <summary>Sets, changes or resets the login password: with either a code for <see cref="SmsPurpose.ResetPassword"/> or the old password.</summary>
/// <param name="OperationId">Made by the phone; a repeat is the same change.</param>
/// <param name="NewPassword">8 to 64 characters.</param>
public sealed record PasswordRequest(Guid OperationId, string NewPassword, string? Code = null, string? OldPassword = null);

/// <param name="Name">As the device calls itself; masked on a limited device.</param>
/// <param name="Active">May act for the account.</param>
/// <param name="LoggedIn">Not logged out.</param>
/// <param name="Current">The one that asks.</param>
/// <param name="LastSeenAt">To the hour.</param>
public sealed record DeviceInfo(Guid DeviceId, string Name, bool Active, bool LoggedIn, bool Current, DateTimeOffset LoggedInAt, DateTimeOffset LastSeenAt);

/// <param name="AccessToken">Bound to the device key (DPoP); 128 random bits and the device's address.</param>
/// <param name="NewUser">This login was the registration.</param>
/// <param name="Limited">Another device of this account is active: masked data, no approvals, no certificates here, until real-name re-proof.</param>
public sealed record LoginResponse(string AccessToken, Guid UserId, Guid DeviceId, bool NewUser, bool Limited);

/// <summary>The account as its own phone sees it; names and numbers are masked. <c>ConsentsDue</c> names texts with a newer version than was agreed to;
/// <c>Recoverable</c> is how many certificates 证书找回 would bring to this phone (M058), told to a limited device too.</summary>
public sealed record Me(
    Guid UserId,
    Guid DeviceId,
    string MaskedPhoneNumber,
    bool Limited,
    RealNameInfo? RealName,
    IReadOnlyList<MembershipInfo> Enterprises,
    DateTimeOffset ServerTime,
    bool HasPassword = false,
    bool WeChatTied = false,
    bool FaceConsent = false,
    IReadOnlyList<LegalDocument>? ConsentsDue = null,
    int Recoverable = 0);

public enum RealNameWay { BankCard, Alipay, Face }

public sealed record RealNameInfo(string MaskedName, string MaskedIdNumber, RealNameWay Way, DateTimeOffset At);

public enum MemberRole { Administrator, Staff }

public sealed record MembershipInfo(string CreditCode, string EnterpriseName, MemberRole Role);

/// <summary>银行卡四要素认证: name, ID number, card number, phone number kept at the bank (M017).</summary>
/// <param name="OperationId">Made by the phone; a repeat of the same id gets the recorded outcome.</param>
public sealed record BankCardRealNameRequest(Guid OperationId, string Name, string IdNumber, string CardNumber, string PhoneNumber);

/// <param name="Ticket">Handed to the hub as <c>access_token</c>; good once, for <paramref name="ExpiresInSeconds"/>.</param>
public sealed record HubTicket(string Ticket, int ExpiresInSeconds);

/// <summary>更换手机号.</summary>
/// <param name="OperationId">Made by the phone; a repeat goes on with the same change.</param>
/// <param name="NewPhoneNumber">The number that got the code.</param>
public sealed record NumberChangeRequest(Guid OperationId, string NewPhoneNumber, string Code);

/// <param name="Done">The new number logs in, the old one does not.</param>
/// <param name="CertificateId">Confirm with this certificate's PIN: the task's id is the operation's. Null when done.</param>
/// <param name="ExpiresAt">Until then.</param>
public sealed record NumberChangeInfo(Guid OperationId, bool Done, string MaskedPhoneNumber, Guid? CertificateId, DateTimeOffset ExpiresAt);

/// <param name="ConsentPage">Where the browser goes; it comes back to <see cref="Routes.WeChatReturn"/> with <c>state</c>, and with a <c>code</c> when the user agreed.</param>
public sealed record WeChatConsentInfo(Uri ConsentPage);

/// <param name="Code">WeChat's, from the return address.</param>
/// <param name="State">As it came back.</param>
public sealed record WeChatLoginRequest(string Code, string State, string DeviceName, AcceptedVersions? Accepted = null);

/// <summary>The first time of a WeChat user: whose account it is.</summary>
/// <param name="Ticket">From <see cref="WeChatLoginResponse"/>, on the same device.</param>
/// <param name="Code">From the SMS.</param>
public sealed record WeChatNumberRequest(string Ticket, string PhoneNumber, string Code, string DeviceName, AcceptedVersions? Accepted = null);

/// <param name="Login">Null: this WeChat has no account yet; go on with <paramref name="Ticket"/> and an SMS code within ten minutes.</param>
/// <param name="Tied">WeChat logs in from now on. False on a limited device, and when WeChat or account are tied otherwise.</param>
public sealed record WeChatLoginResponse(LoginResponse? Login, string? Ticket, bool Tied);

/// <summary>Ties WeChat to the account in settings.</summary>
public sealed record WeChatTieRequest(string Code, string State);
