using System.Net.Http.Json;
using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Grains.Enterprises;
using Bzt.Tests.Embedded;

namespace Bzt.Tests.Applications;

/// <summary>The steps of a claim, as a phone and a reviewer take them.</summary>
internal static class ClaimSteps
{
    public const string ConsolePassword = "password-of-the-reviewers";

    private static int enterprises;

    /// <summary>A PNG of one pixel, and what is not one.</summary>
    public static readonly byte[] Picture = Convert.FromBase64String(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==");

    public static Task<EmbeddedSystem> StartAsync() =>
        EmbeddedSystem.StartAsync(builder => builder.Configuration["CaConsole:Password"] = ConsolePassword);

    /// <summary>An enterprise nobody else in this run has.</summary>
    public static (string Name, string CreditCode) NextEnterprise()
    {
        var number = Interlocked.Increment(ref enterprises);
        var body = $"91420500MA{number:D7}";
        return ($"宜昌第{number}建设工程有限公司", body + CreditCodes.CheckCharacter(body));
    }

    public static Task<BlobUploaded> UploadAsync(this TestPhone phone, string purpose, byte[]? content = null, string mediaType = "image/png") =>
        phone.Http.UploadAsync($"{Routes.Phone.Blobs}?purpose={purpose}", content ?? Picture, mediaType, BztJson.Default.BlobUploaded);

    public static async Task<ClaimRequest> ClaimAsync(this TestPhone phone, (string Name, string CreditCode) enterprise) => new(
        Guid.NewGuid(), enterprise.Name, enterprise.CreditCode, phone.Person.Name, phone.Person.IdNumber,
        (await phone.UploadAsync("licence")).BlobId, (await phone.UploadAsync("form")).BlobId, "yichang-ggzy", "hubei-ca", 1);

    public static Task<ApplicationInfo> SubmitAsync(this TestPhone phone, ClaimRequest claim) =>
        phone.Http.PostAsync(Routes.Phone.Claims, claim, BztJson.Default.ClaimRequest, BztJson.Default.ApplicationInfo);

    public static Task<ApplicationInfo> ResubmitAsync(this TestPhone phone, Guid application, ClaimRequest claim) =>
        phone.Http.PostAsync(At(Routes.Phone.ApplicationResubmission, application), claim, BztJson.Default.ClaimRequest, BztJson.Default.ApplicationInfo);

    public static Task<ApplicationInfo> ApplicationAsync(this TestPhone phone, Guid application) =>
        phone.Http.GetAsync(At(Routes.Phone.Application, application), BztJson.Default.ApplicationInfo);

    public static Task<ApplicationInfo> WithdrawAsync(this TestPhone phone, Guid application) =>
        phone.Http.PostAsync(At(Routes.Phone.ApplicationWithdrawal, application), BztJson.Default.ApplicationInfo);

    public static Task<OrderInfo> PayAsync(this TestPhone phone, Guid application, string? way = null) =>
        phone.Http.PostAsync(At(Routes.Phone.ApplicationPayment, application) + (way is null ? "" : $"?way={way}"), BztJson.Default.OrderInfo);

    public static Task<OrderInfo> OrderAsync(this TestPhone phone, Guid order) =>
        phone.Http.GetAsync(Routes.Phone.Order.Replace("{orderId}", order.ToString(), StringComparison.Ordinal), BztJson.Default.OrderInfo);

    public static Task<DownloadStarted> DownloadAsync(this TestPhone phone, Guid application) =>
        phone.Http.PostAsync(At(Routes.Phone.ApplicationDownload, application), BztJson.Default.DownloadStarted);

    public static Task<EnterpriseFound> FindAsync(this TestPhone phone, (string Name, string CreditCode) enterprise) =>
        phone.Http.GetAsync($"{Routes.Phone.Enterprises}?name={Uri.EscapeDataString(enterprise.Name)}&creditCode={enterprise.CreditCode}", BztJson.Default.EnterpriseFound);

    /// <summary>A claim up to 待下载.</summary>
    public static async Task<(Guid Application, Guid Order)> PaidClaimAsync(
        this TestPhone phone, EmbeddedSystem system, TestReviewer reviewer, (string Name, string CreditCode) enterprise)
    {
        var claim = await phone.SubmitAsync(await phone.ClaimAsync(enterprise));
        await reviewer.ApproveAsync(claim.ApplicationId);
        return (claim.ApplicationId, await phone.PayForAsync(system, claim.ApplicationId));
    }

    /// <summary>Waits until the fee is due, pays it on the provider's page, and waits until the payment has arrived.</summary>
    public static async Task<Guid> PayForAsync(this TestPhone phone, EmbeddedSystem system, Guid application)
    {
        var due = await Wait.UntilAsync(
            () => phone.ApplicationAsync(application), found => found.State is ApplicationState.PaymentDue or ApplicationState.PrepaymentDue);
        var order = await phone.PayAsync(application);
        await system.Simulators.PayAsync(order.OrderId.ToString("N") + "1", new Uri(order.PayUrl!));
        await Wait.UntilAsync(() => phone.ApplicationAsync(application), found => found.State != due.State);
        return order.OrderId;
    }

    /// <summary>Until the application has come so far; outboxes and notifications take their time.</summary>
    public static Task<ApplicationInfo> UntilAsync(this TestPhone phone, Guid application, ApplicationState state) =>
        Wait.UntilAsync(() => phone.ApplicationAsync(application), found => found.State == state);

    public static Task<MessageInfo> MessageAsync(this TestPhone phone, string title) => Wait.UntilAsync(
        async () => (await phone.Http.GetAsync(Routes.Phone.Inbox, BztJson.Default.InboxPage)).Messages.FirstOrDefault(message => message.Title == title), found => found is not null)!;

    /// <summary>Who must be refused, and with what.</summary>
    public static async Task RefusedAsync(string code, Func<Task> act) => Assert.Equal(code, (await Assert.ThrowsAsync<ApiRefusedException>(act)).Code);

    private static string At(string route, Guid application) => route.Replace("{applicationId}", application.ToString(), StringComparison.Ordinal);
}

/// <summary>Asks again until it is so, or a minute has passed.</summary>
internal static class Wait
{
    public static async Task<T> UntilAsync<T>(Func<Task<T>> ask, Func<T, bool> isSo)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(25));
        while (true)
        {
            var found = await ask();
            if (isSo(found))
            {
                return found;
            }

            try
            {
                await pace.WaitForNextTickAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"After a minute it is still {found}.");
            }
        }
    }
}

/// <summary>A reviewer at the console's interface for tools.</summary>
internal sealed class TestReviewer : IDisposable
{
    private readonly EmbeddedSystem system;
    private readonly HttpClientHandler handler = new() { UseCookies = true, AllowAutoRedirect = false };
    // The desk is a list that follows: what was just decided may lie there a moment longer.
    private readonly HashSet<string> decided = [];

    private TestReviewer(EmbeddedSystem system)
    {
        this.system = system;
        Http = new HttpClient(handler);
        Http.DefaultRequestHeaders.Add("Bzt-Console", "tests");
    }

    public HttpClient Http { get; }

    public static TestReviewer Stranger(EmbeddedSystem system) => new(system);

    public static async Task<TestReviewer> LogInAsync(EmbeddedSystem system, string name = "审核员甲")
    {
        var reviewer = new TestReviewer(system);
        (await reviewer.LogInAsync(name, ClaimSteps.ConsolePassword)).EnsureSuccessStatusCode();
        return reviewer;
    }

    public Task<HttpResponseMessage> LogInAsync(string name, string password) =>
        Http.PostAsJsonAsync(At("/api/login"), new { reviewer = name, password });

    public Uri At(string path) => new(system.Address, "/ca-console" + path);

    /// <summary>The number of the application's submission that waits, once it is on the desk.</summary>
    public async Task<string> FindAsync(Guid application) => (await Wait.UntilAsync(
        async () => (await Http.GetFromJsonAsync<List<Waiting>>(At("/api/applications")))!.FirstOrDefault(item => item.ApplicationId == application && !decided.Contains(item.Id)),
        found => found is not null))!.Id;

    public async Task ApproveAsync(Guid application)
    {
        var number = await FindAsync(application);
        (await Http.PostAsync(At($"/api/applications/{number}/approve"), null)).EnsureSuccessStatusCode();
        decided.Add(number);
    }

    public async Task RejectAsync(Guid application, string reason)
    {
        var number = await FindAsync(application);
        (await Http.PostAsJsonAsync(At($"/api/applications/{number}/reject"), new { reason })).EnsureSuccessStatusCode();
        decided.Add(number);
    }

    public void Dispose()
    {
        Http.Dispose();
        handler.Dispose();
    }

    internal sealed record Waiting(string Id, Guid ApplicationId, string CaId, string EnterpriseName);
}
