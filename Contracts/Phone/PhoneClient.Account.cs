using System.Globalization;
using System.Text.Json;

namespace Bzt.Contracts.Phone;

// Account, enterprise, application: ordinary requests.
public sealed partial class PhoneClient
{
    /// <summary>Sends an SMS code. Not repeated by itself: each one costs.</summary>
    public Task<SmsCodeSent> RequestSmsCodeAsync(string phoneNumber, CancellationToken cancellation = default) =>
        http.PostAsync(Routes.Phone.SmsCodes, new SmsCodeRequest(phoneNumber, SmsPurpose.Login), BztJson.Default.SmsCodeRequest, BztJson.Default.SmsCodeSent, cancellation);

    /// <summary>Sends a code for anything but login to the account's own number. Not repeated by itself.</summary>
    public Task<SmsCodeSent> RequestOwnSmsCodeAsync(SmsPurpose purpose, CancellationToken cancellation = default) =>
        http.PostAsync(Routes.Phone.OwnSmsCodes, new OwnSmsCodeRequest(purpose), BztJson.Default.OwnSmsCodeRequest, BztJson.Default.SmsCodeSent, cancellation);

    /// <summary>Sends a code to the number the account is to change to. Not repeated by itself.</summary>
    public Task<SmsCodeSent> RequestNumberChangeCodeAsync(string newPhoneNumber, CancellationToken cancellation = default) => http.PostAsync(
        Routes.Phone.OwnSmsCodes, new OwnSmsCodeRequest(SmsPurpose.ChangeNumber, newPhoneNumber), BztJson.Default.OwnSmsCodeRequest, BztJson.Default.SmsCodeSent, cancellation);

    /// <summary>Whom to call.</summary>
    public Task<AppAbout> GetAboutAsync(CancellationToken cancellation = default) =>
        RepeatAsync(() => http.GetAsync(Routes.PhoneAppAbout, BztJson.Default.AppAbout, cancellation), cancellation);

    /// <summary>The texts in force, without their words.</summary>
    public Task<IReadOnlyList<LegalText>> GetLegalTextsAsync(CancellationToken cancellation = default) =>
        RepeatAsync(() => http.GetAsync(Routes.Phone.Legal, BztJson.Default.IReadOnlyListLegalText, cancellation), cancellation);

    /// <summary>A text in force, to be shown.</summary>
    public Task<LegalText> GetLegalTextAsync(LegalDocument document, CancellationToken cancellation = default)
    {
        var path = Route(Routes.Phone.LegalText, "document", JsonNamingPolicy.SnakeCaseLower.ConvertName(document.ToString()));
        return RepeatAsync(() => http.GetAsync(path, BztJson.Default.LegalText, cancellation), cancellation);
    }

    /// <summary>Logs in, agreeing to the texts in force: for callers whose user has them at hand.</summary>
    public async Task<LoginResponse> LogInAsync(string phoneNumber, string code, string deviceName, CancellationToken cancellation = default)
    {
        var texts = await GetLegalTextsAsync(cancellation);
        return await LogInAsync(phoneNumber, code, deviceName, new AcceptedVersions(VersionOf(LegalDocument.UserAgreement), VersionOf(LegalDocument.PrivacyPolicy)), cancellation);

        string VersionOf(LegalDocument document) => texts.Single(text => text.Document == document).Version;
    }

    /// <summary>Logs in; the first login of a number is its registration. <see cref="Login"/> is set.</summary>
    /// <param name="phoneNumber">Eleven digits.</param>
    /// <param name="code">From the SMS.</param>
    /// <param name="deviceName">As the user will know the device.</param>
    /// <param name="accepted">What the user has just agreed to; null when he was not asked. <c>consent_required</c>: ask him, then again with the same code.</param>
    /// <param name="cancellation">Stops waiting.</param>
    public Task<LoginResponse> LogInAsync(string phoneNumber, string code, string deviceName, AcceptedVersions? accepted, CancellationToken cancellation = default)
    {
        var request = new LoginRequest(phoneNumber, code, deviceName, accepted);
        return BeginAsync(() => http.PostAsync(Routes.Phone.Login, request, BztJson.Default.LoginRequest, BztJson.Default.LoginResponse, cancellation), cancellation);
    }

    /// <summary>Logs in to an account that has a login password. <see cref="Login"/> is set.</summary>
    public Task<LoginResponse> LogInByPasswordAsync(
        string phoneNumber, string password, string deviceName, AcceptedVersions? accepted = null, CancellationToken cancellation = default)
    {
        var request = new PasswordLoginRequest(phoneNumber, password, deviceName, accepted);
        return BeginAsync(() => http.PostAsync(Routes.Phone.PasswordLogin, request, BztJson.Default.PasswordLoginRequest, BztJson.Default.LoginResponse, cancellation), cancellation);
    }

    /// <summary>WeChat's consent page for this phone; its browser comes back to <see cref="Routes.WeChatReturn"/>.</summary>
    public Task<WeChatConsentInfo> BeginWeChatAsync(CancellationToken cancellation = default) =>
        RepeatAsync(() => http.PostAsync(Routes.Phone.WeChatConsent, BztJson.Default.WeChatConsentInfo, cancellation), cancellation);

    /// <summary>Logs in with what WeChat brought back. Without an account yet, go on with <see cref="LogInByWeChatNumberAsync"/>.</summary>
    public Task<WeChatLoginResponse> LogInByWeChatAsync(WeChatLoginRequest request, CancellationToken cancellation = default) => BeginAsync(
        () => http.PostAsync(Routes.Phone.WeChatLogin, request, BztJson.Default.WeChatLoginRequest, BztJson.Default.WeChatLoginResponse, cancellation), cancellation);

    /// <summary>The first login through WeChat: an SMS code says whose account it is.</summary>
    public Task<WeChatLoginResponse> LogInByWeChatNumberAsync(WeChatNumberRequest request, CancellationToken cancellation = default) => BeginAsync(
        () => http.PostAsync(Routes.Phone.WeChatNumber, request, BztJson.Default.WeChatNumberRequest, BztJson.Default.WeChatLoginResponse, cancellation), cancellation);

    /// <summary>Ties WeChat to the account that is logged in.</summary>
    public Task TieWeChatAsync(string code, string state, CancellationToken cancellation = default) =>
        http.PostAsync(Routes.Phone.WeChatTie, new WeChatTieRequest(code, state), BztJson.Default.WeChatTieRequest, cancellation);

    /// <summary>WeChat no longer logs in.</summary>
    public Task UntieWeChatAsync(CancellationToken cancellation = default) => http.PostAsync(Routes.Phone.WeChatUntie, cancellation);

    /// <summary>更换手机号; with a certificate in the answer, confirm the task of the operation's id with <see cref="ConfirmTaskAsync"/>.</summary>
    public Task<NumberChangeInfo> ChangeNumberAsync(NumberChangeRequest request, CancellationToken cancellation = default) => RepeatAsync(
        () => http.PostAsync(Routes.Phone.NumberChanges, request, BztJson.Default.NumberChangeRequest, BztJson.Default.NumberChangeInfo, cancellation), cancellation);

    /// <summary>Where a change of number stands.</summary>
    public Task<NumberChangeInfo> GetNumberChangeAsync(Guid operationId, CancellationToken cancellation = default)
    {
        var path = Route(Routes.Phone.NumberChange, "operationId", operationId);
        return RepeatAsync(() => http.GetAsync(path, BztJson.Default.NumberChangeInfo, cancellation), cancellation);
    }

    /// <summary>导出个人数据, with a code for <see cref="SmsPurpose.ExportData"/>.</summary>
    public Task<AccountExport> ExportAsync(ConfirmedRequest request, CancellationToken cancellation = default) => RepeatAsync(
        () => http.PostAsync(Routes.Phone.Export, request, BztJson.Default.ConfirmedRequest, BztJson.Default.AccountExport, cancellation), cancellation);

    /// <summary>What is in the way of closing the account, what goes and what stays.</summary>
    public Task<ClosureInfo> CheckClosureAsync(CancellationToken cancellation = default) =>
        RepeatAsync(() => http.GetAsync(Routes.Phone.Closure, BztJson.Default.ClosureInfo, cancellation), cancellation);

    /// <summary>注销账号, with a code for <see cref="SmsPurpose.CloseAccount"/>. <see cref="Login"/> is gone afterwards.</summary>
    public async Task<ClosureInfo> CloseAccountAsync(ConfirmedRequest request, CancellationToken cancellation = default)
    {
        var answer = await http.PostAsync(Routes.Phone.Closure, request, BztJson.Default.ConfirmedRequest, BztJson.Default.ClosureInfo, cancellation);
        Login = null;
        return answer;
    }

    private async Task<WeChatLoginResponse> BeginAsync(Func<Task<WeChatLoginResponse>> logIn, CancellationToken cancellation)
    {
        Login = null;
        var answer = await RepeatAsync(logIn, cancellation);
        Login = answer.Login is { } login ? new PhoneLogin(login.AccessToken, login.UserId, login.DeviceId) : null;
        return answer;
    }

    private async Task<LoginResponse> BeginAsync(Func<Task<LoginResponse>> logIn, CancellationToken cancellation)
    {
        Login = null;
        var answer = await RepeatAsync(logIn, cancellation);
        Login = new PhoneLogin(answer.AccessToken, answer.UserId, answer.DeviceId);
        return answer;
    }

    /// <summary>Sets or resets the login password with a code for <see cref="SmsPurpose.ResetPassword"/>.</summary>
    public Task SetPasswordByCodeAsync(string newPassword, string code, CancellationToken cancellation = default) =>
        SetPasswordAsync(new PasswordRequest(Guid.NewGuid(), newPassword, Code: code), cancellation);

    /// <summary>Changes the login password.</summary>
    public Task ChangePasswordAsync(string oldPassword, string newPassword, CancellationToken cancellation = default) =>
        SetPasswordAsync(new PasswordRequest(Guid.NewGuid(), newPassword, OldPassword: oldPassword), cancellation);

    private Task SetPasswordAsync(PasswordRequest request, CancellationToken cancellation) => RepeatAsync(async () =>
    {
        await http.PostAsync(Routes.Phone.Password, request, BztJson.Default.PasswordRequest, cancellation);
        return true;
    }, cancellation);

    /// <summary>Every device of the account.</summary>
    public Task<IReadOnlyList<DeviceInfo>> GetDevicesAsync(CancellationToken cancellation = default) =>
        RepeatAsync(() => http.GetAsync(Routes.Phone.Devices, BztJson.Default.IReadOnlyListDeviceInfo, cancellation), cancellation);

    /// <summary>Ends another device's login.</summary>
    public Task LogOutDeviceAsync(Guid deviceId, CancellationToken cancellation = default) =>
        http.PostAsync(Route(Routes.Phone.DeviceLogout, "deviceId", deviceId), cancellation);

    /// <summary>Agrees to a text in force.</summary>
    public Task GiveConsentAsync(LegalDocument document, string version, CancellationToken cancellation = default) =>
        http.PostAsync(Routes.Phone.Consents, new ConsentRequest(document, version), BztJson.Default.ConsentRequest, cancellation);

    /// <summary>撤回人脸信息处理的同意.</summary>
    public Task WithdrawFaceConsentAsync(CancellationToken cancellation = default) => http.PostAsync(Routes.Phone.FaceConsentWithdrawal, cancellation);

    /// <summary>Ends the token. Keys stay.</summary>
    public async Task LogOutAsync(CancellationToken cancellation = default)
    {
        await http.PostAsync(Routes.Phone.Logout, cancellation);
        Login = null;
    }

    /// <summary>The account.</summary>
    public Task<Me> GetMeAsync(CancellationToken cancellation = default) =>
        RepeatAsync(() => http.GetAsync(Routes.Phone.Me, BztJson.Default.Me, cancellation), cancellation);

    /// <summary>银行卡四要素认证. Repeat it with the same operation id after a failure.</summary>
    public Task<RealNameInfo> ProveRealNameByBankCardAsync(BankCardRealNameRequest request, CancellationToken cancellation = default) =>
        RepeatAsync(
            () => http.PostAsync(Routes.Phone.RealNameByBankCard, request, BztJson.Default.BankCardRealNameRequest, BztJson.Default.RealNameInfo, cancellation),
            cancellation);

    /// <summary>搜索企业 by its credit code.</summary>
    public Task<EnterpriseFound> FindEnterpriseAsync(string creditCode, CancellationToken cancellation = default)
    {
        var path = $"{Routes.Phone.Enterprises}?creditCode={Uri.EscapeDataString(creditCode)}";
        return RepeatAsync(() => http.GetAsync(path, BztJson.Default.EnterpriseFound, cancellation), cancellation);
    }

    /// <summary>What can be applied for.</summary>
    public Task<Catalogue> GetCatalogueAsync(CancellationToken cancellation = default) =>
        RepeatAsync(() => http.GetAsync(Routes.Phone.Catalogue, BztJson.Default.Catalogue, cancellation), cancellation);

    /// <summary>Uploads a picture or PDF. The same content is the same blob.</summary>
    /// <param name="purpose"><c>licence</c> or <c>form</c>.</param>
    /// <param name="content">At most 10 MB.</param>
    /// <param name="mediaType"><c>image/jpeg</c>, <c>image/png</c> or <c>application/pdf</c>.</param>
    /// <param name="cancellation">Stops waiting.</param>
    public Task<BlobUploaded> UploadBlobAsync(string purpose, byte[] content, string mediaType, CancellationToken cancellation = default)
    {
        var path = $"{Routes.Phone.Blobs}?purpose={Uri.EscapeDataString(purpose)}";
        return RepeatAsync(() => http.UploadAsync(path, content, mediaType, BztJson.Default.BlobUploaded, cancellation), cancellation);
    }

    /// <summary>Has an uploaded licence read: suggestions, which the user checks.</summary>
    public Task<LicenceSuggestions> ReadLicenceAsync(string blobId, CancellationToken cancellation = default) => RepeatAsync(
        () => http.PostAsync(Routes.Phone.LicenceReadings, new LicenceReadingRequest(blobId), BztJson.Default.LicenceReadingRequest, BztJson.Default.LicenceSuggestions, cancellation), cancellation);

    /// <summary>认领企业并申请企业证书.</summary>
    public Task<ApplicationInfo> ClaimAsync(ClaimRequest request, CancellationToken cancellation = default) =>
        RepeatAsync(() => http.PostAsync(Routes.Phone.Claims, request, BztJson.Default.ClaimRequest, BztJson.Default.ApplicationInfo, cancellation), cancellation);

    /// <summary>重新申请 after a rejection.</summary>
    public Task<ApplicationInfo> ResubmitAsync(Guid applicationId, ClaimRequest request, CancellationToken cancellation = default)
    {
        var path = Route(Routes.Phone.ApplicationResubmission, "applicationId", applicationId);
        return RepeatAsync(() => http.PostAsync(path, request, BztJson.Default.ClaimRequest, BztJson.Default.ApplicationInfo, cancellation), cancellation);
    }

    /// <summary>Every application of this account.</summary>
    public Task<IReadOnlyList<ApplicationInfo>> GetApplicationsAsync(CancellationToken cancellation = default) =>
        RepeatAsync(() => http.GetAsync(Routes.Phone.Applications, BztJson.Default.IReadOnlyListApplicationInfo, cancellation), cancellation);

    /// <summary>One application.</summary>
    public Task<ApplicationInfo> GetApplicationAsync(Guid applicationId, CancellationToken cancellation = default)
    {
        var path = Route(Routes.Phone.Application, "applicationId", applicationId);
        return RepeatAsync(() => http.GetAsync(path, BztJson.Default.ApplicationInfo, cancellation), cancellation);
    }

    /// <summary>The application's order with the address to pay it at.</summary>
    public Task<OrderInfo> PayAsync(Guid applicationId, CancellationToken cancellation = default) => PayAsync(applicationId, "alipay", cancellation);

    /// <summary>The application's order with the address to pay it at.</summary>
    /// <param name="applicationId">The application.</param>
    /// <param name="way">One of the order's <see cref="OrderInfo.PayWays"/>.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    public Task<OrderInfo> PayAsync(Guid applicationId, string way, CancellationToken cancellation = default)
    {
        var path = $"{Route(Routes.Phone.ApplicationPayment, "applicationId", applicationId)}?way={Uri.EscapeDataString(way)}";
        return RepeatAsync(() => http.PostAsync(path, BztJson.Default.OrderInfo, cancellation), cancellation);
    }

    /// <summary>One order.</summary>
    public Task<OrderInfo> GetOrderAsync(Guid orderId, CancellationToken cancellation = default)
    {
        var path = Route(Routes.Phone.Order, "orderId", orderId);
        return RepeatAsync(() => http.GetAsync(path, BztJson.Default.OrderInfo, cancellation), cancellation);
    }

    /// <summary>Binds a bank card of the user's own.</summary>
    public Task<BankCardInfo> BindBankCardAsync(BankCardRequest request, CancellationToken cancellation = default) =>
        RepeatAsync(() => http.PostAsync(Routes.Phone.BankCards, request, BztJson.Default.BankCardRequest, BztJson.Default.BankCardInfo, cancellation), cancellation);

    /// <summary>The bound cards, oldest first.</summary>
    public Task<IReadOnlyList<BankCardInfo>> GetBankCardsAsync(CancellationToken cancellation = default) =>
        RepeatAsync(() => http.GetAsync(Routes.Phone.BankCards, BztJson.Default.IReadOnlyListBankCardInfo, cancellation), cancellation);

    /// <summary>Unbinds a card; again changes nothing.</summary>
    public Task UnbindBankCardAsync(Guid bankCardId, CancellationToken cancellation = default)
    {
        var path = Route(Routes.Phone.BankCardUnbinding, "bankCardId", bankCardId);
        return RepeatAsync(async () =>
        {
            await http.PostAsync(path, cancellation);
            return true;
        }, cancellation);
    }

    /// <summary>开票: asks for an invoice over paid orders.</summary>
    public Task<InvoiceInfo> RequestInvoiceAsync(InvoiceRequest request, CancellationToken cancellation = default) =>
        RepeatAsync(() => http.PostAsync(Routes.Phone.Invoices, request, BztJson.Default.InvoiceRequest, BztJson.Default.InvoiceInfo, cancellation), cancellation);

    /// <summary>The user's invoices, newest first.</summary>
    public Task<IReadOnlyList<InvoiceInfo>> GetInvoicesAsync(CancellationToken cancellation = default) =>
        RepeatAsync(() => http.GetAsync(Routes.Phone.Invoices, BztJson.Default.IReadOnlyListInvoiceInfo, cancellation), cancellation);

    /// <summary>The user's orders (账单), newest first, at most 50.</summary>
    /// <param name="after">Only those before this one, the last of the page before.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    public Task<IReadOnlyList<OrderInfo>> GetOrdersAsync(Guid? after = null, CancellationToken cancellation = default)
    {
        var path = after is { } last ? $"{Routes.Phone.Orders}?after={last:D}" : Routes.Phone.Orders;
        return RepeatAsync(() => http.GetAsync(path, BztJson.Default.IReadOnlyListOrderInfo, cancellation), cancellation);
    }

    /// <summary>Messages, newest first.</summary>
    /// <param name="before">Only older than this message.</param>
    /// <param name="take">At most this many, 1 to 50.</param>
    /// <param name="cancellation">Stops waiting.</param>
    public Task<InboxPage> GetInboxAsync(string? before = null, int take = 50, CancellationToken cancellation = default)
    {
        var path = string.Create(CultureInfo.InvariantCulture, $"{Routes.Phone.Inbox}?take={take}");
        var page = before is null ? path : $"{path}&before={Uri.EscapeDataString(before)}";
        return RepeatAsync(() => http.GetAsync(page, BztJson.Default.InboxPage, cancellation), cancellation);
    }

    /// <summary>Marks a message as read.</summary>
    public Task MarkReadAsync(string messageId, CancellationToken cancellation = default) =>
        http.PostAsync(Route(Routes.Phone.InboxRead, "messageId", messageId), cancellation);
}
