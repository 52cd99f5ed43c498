using Bzt.Contracts.Phone;
using Bzt.Grains.Certificates;
using Bzt.Grains.WebPush;
using Orleans.Concurrency;

namespace Bzt.Grains.Accounts;

/// <summary>An account: its devices and their tokens, its real name, its memberships. Key: the user id.</summary>
[Alias("bzt.IUserGrain")]
public interface IUserGrain : IGrainWithGuidKey
{
    /// <summary>
    /// The number's grain has accepted the SMS code or the password, or WeChat has said who it is. The first call is the registration. Refused with
    /// <see cref="RefusalCode.ConsentRequired"/> until the texts in force are agreed to, with <see cref="RefusalCode.AccountClosed"/> when the
    /// number that logged in is not, or no longer, this account's.
    /// </summary>
    [Alias("LogIn")]
    Task<Reply<LoggedIn>> LogIn(LogIn command);

    /// <summary>Is this the token of that device, used with the device's own key? Reads only what is durable, so it need not wait its turn.</summary>
    [Alias("Authenticate"), AlwaysInterleave]
    Task<Reply<AuthenticatedDevice>> Authenticate(DeviceId device, byte[] tokenHash, string jkt);

    /// <summary>
    /// Ends the device's token. The device stays known: the same key logging in again is the same device. Refused with
    /// <see cref="RefusalCode.NotFound"/> when the account has no such device.
    /// </summary>
    [Alias("LogOut")]
    Task<Reply<Nothing>> LogOut(DeviceId device);

    /// <summary>Sends a code of this purpose to the account's own number.</summary>
    /// <remarks>Interleaves, as does <see cref="UseCode"/>: a number's grain calls its owner's, so this one must not wait for it in a turn of its own.</remarks>
    [Alias("SendCode"), AlwaysInterleave]
    Task<Reply<CodeSent>> SendCode(SmsCodePurpose purpose);

    /// <summary><see cref="IPhoneNumberGrain.Use"/> at the account's own number. Not to be called by a grain that <see cref="IUserGrain"/> calls.</summary>
    [Alias("UseCode"), AlwaysInterleave]
    Task<Reply<Nothing>> UseCode(SmsCodePurpose purpose, SmsCode code, string usedBy);

    /// <summary>Newest login first; a limited device sees the others' names masked.</summary>
    [Alias("GetDevices"), AlwaysInterleave]
    Task<IReadOnlyList<DeviceView>> GetDevices(DeviceId caller);

    /// <summary>Where the device's closed app is woken up; refused when it is not logged in.</summary>
    [Alias("SetPush")]
    Task<Reply<Nothing>> SetPush(DeviceId device, PushSubscription subscription);

    /// <param name="device">Whose.</param>
    /// <param name="endpoint">Only while it is this one; null: whichever.</param>
    [Alias("RemovePush")]
    Task RemovePush(DeviceId device, string? endpoint);

    /// <summary>The subscriptions of devices that are logged in.</summary>
    [Alias("GetPushTargets"), AlwaysInterleave]
    Task<IReadOnlyList<PushTarget>> GetPushTargets();

    /// <summary>Sets or changes the login password, on an SMS code or the old one. The user is told.</summary>
    [Alias("SetPassword"), AlwaysInterleave]
    Task<Reply<Nothing>> SetPassword(SetPassword command);

    /// <summary>
    /// 更换手机号. The code has gone to the new number. With an active certificate on the device its PIN confirms (a certificate task, whose id is the
    /// operation); without one the real name must have been proven on the device within ten minutes: <see cref="RefusalCode.RealNameProofNeeded"/>.
    /// </summary>
    [Alias("ChangeNumber"), AlwaysInterleave]
    Task<Reply<NumberChangeView>> ChangeNumber(ChangeNumber command);

    /// <summary>Where the newest change stands; refused with <see cref="RefusalCode.NumberChangeUnknown"/> when it is another's operation.</summary>
    [Alias("GetNumberChange"), AlwaysInterleave]
    Task<Reply<NumberChangeView>> GetNumberChange(Guid operation);

    /// <summary>From the certificate: the holder has confirmed it with his PIN. A repeat, or what is not under way any more, changes nothing.</summary>
    [Alias("NumberChangeSigned"), AlwaysInterleave]
    Task NumberChangeSigned(TaskSigned signed);

    /// <summary>WeChat no longer logs in. Idempotent.</summary>
    [Alias("UntieWeChat")]
    Task UntieWeChat();

    /// <summary>What is in the way of closing the account; empty when nothing is.</summary>
    [Alias("CheckClosure"), AlwaysInterleave]
    Task<IReadOnlyList<ClosureBlocker>> CheckClosure();

    /// <summary>注销账号: ends the devices, destroys the person's key, frees number, WeChat and person. Refused with <see cref="RefusalCode.ClosureBlocked"/>.</summary>
    [Alias("Close"), AlwaysInterleave]
    Task<Reply<Nothing>> Close(Guid operation, SmsCode code);

    /// <summary>Everything this grain holds of its user, unmasked, on an SMS code.</summary>
    [Alias("Export"), AlwaysInterleave]
    Task<Reply<PersonalExport>> Export(Guid operation, SmsCode code);

    /// <summary>Records the agreement to texts in force. Refused with <see cref="RefusalCode.ConsentRequired"/> when one is not in that version.</summary>
    [Alias("GiveConsents")]
    Task<Reply<Nothing>> GiveConsents(DeviceId device, IReadOnlyList<ConsentGiven> given);

    /// <summary>Idempotent. What makes an account one is withdrawn by closing it: <see cref="RefusalCode.InvalidRequest"/>.</summary>
    [Alias("WithdrawConsent")]
    Task<Reply<Nothing>> WithdrawConsent(LegalDocument document);

    [Alias("GetAccount"), AlwaysInterleave]
    Task<Reply<Account>> GetAccount();

    /// <summary>银行卡四要素认证. On a limited device it is the re-proof that makes this device the active one.</summary>
    [Alias("ProveByBankCard")]
    Task<Reply<RealName>> ProveByBankCard(ProveByBankCard command);

    /// <summary>The ways this installation's providers offer.</summary>
    [Alias("GetRealNameWays"), AlwaysInterleave]
    Task<IReadOnlyList<RealNameWay>> GetRealNameWays();

    /// <summary>支付宝认证, 中金认证. As with the bank card, a limited device that proves becomes the active one.</summary>
    [Alias("ProveOnPage")]
    Task<Reply<RealNameCheck>> ProveOnPage(ProveOnPage command);

    /// <summary>Where an operation of this device stands; asks the provider, if it was not asked just now. Nobody else's operation is found.</summary>
    [Alias("GetRealNameCheck")]
    Task<Reply<RealNameCheck>> GetRealNameCheck(DeviceId device, Guid operation);

    /// <summary>The person is back from the provider's page. The state shows which operation the page belonged to, and proves nothing else.</summary>
    [Alias("ReturnFromPage")]
    Task<Reply<RealNameCheck>> ReturnFromPage(DeviceId device, Guid operation, string state);

    /// <summary>The user gives up; whatever the provider says later changes nothing. An operation that has ended stays as it is.</summary>
    [Alias("CancelRealName")]
    Task<Reply<RealNameCheck>> CancelRealName(DeviceId device, Guid operation);

    /// <summary>
    /// When this device last proved the real name, on whichever way; a proof on another device does not count. Refused with
    /// <see cref="RefusalCode.RealNameRequired"/> when it never did, with <see cref="RefusalCode.NotFound"/> when it is no device of this account.
    /// </summary>
    [Alias("GetLastProof"), AlwaysInterleave]
    Task<Reply<DateTimeOffset>> GetLastProof(DeviceId device);

    /// <summary>Idempotent by enterprise: a repeat changes name and role.</summary>
    [Alias("AddMembership")]
    Task AddMembership(Membership membership);

    /// <summary>Idempotent.</summary>
    [Alias("RemoveMembership")]
    Task RemoveMembership(CreditCode creditCode);

    /// <summary>The key of the number's own grain: what others may compare the number by.</summary>
    [Alias("GetPhoneNumberHash"), AlwaysInterleave]
    Task<Reply<string>> GetPhoneNumberHash();

    /// <summary>Name and ID number, in clear: for certificate subjects and the enterprise's register. Never leaves the silo; refused with <see cref="RefusalCode.RealNameRequired"/>.</summary>
    [Alias("GetPerson"), AlwaysInterleave]
    Task<Reply<Person>> GetPerson();
}
