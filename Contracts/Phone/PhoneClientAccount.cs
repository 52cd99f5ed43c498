using System.Globalization;

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

    /// <summary>Logs in; the first login of a number is its registration. <see cref="Login"/> is set.</summary>
    public async Task<LoginResponse> LogInAsync(string phoneNumber, string code, string deviceName, CancellationToken cancellation = default)
    {
        Login = null;
        var request = new LoginRequest(phoneNumber, code, deviceName);
        var answer = await RepeatAsync(
            () => http.PostAsync(Routes.Phone.Login, request, BztJson.Default.LoginRequest, BztJson.Default.LoginResponse, cancellation), cancellation);
        Login = new PhoneLogin(answer.AccessToken, answer.UserId, answer.DeviceId);
        return answer;
    }

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
    public Task<OrderInfo> PayAsync(Guid applicationId, CancellationToken cancellation = default)
    {
        var path = Route(Routes.Phone.ApplicationPayment, "applicationId", applicationId);
        return RepeatAsync(() => http.PostAsync(path, BztJson.Default.OrderInfo, cancellation), cancellation);
    }

    /// <summary>One order.</summary>
    public Task<OrderInfo> GetOrderAsync(Guid orderId, CancellationToken cancellation = default)
    {
        var path = Route(Routes.Phone.Order, "orderId", orderId);
        return RepeatAsync(() => http.GetAsync(path, BztJson.Default.OrderInfo, cancellation), cancellation);
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
