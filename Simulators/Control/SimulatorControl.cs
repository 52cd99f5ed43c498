using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Bzt.Simulators.Alipay;
using Bzt.Simulators.BankCards;
using Bzt.Simulators.Faces;
using Bzt.Simulators.CaVendors;
using Bzt.Simulators.Licences;
using Bzt.Simulators.Remittances;
using Bzt.Simulators.Sms;
using Bzt.Simulators.WeChatPay;
using Bzt.Simulators.WebPush;

namespace Bzt.Simulators.Control;

/// <summary>Client of <c>/control</c>, for the demo and the tests: plays the people who read messages, hold cards and pay.</summary>
public sealed class SimulatorControl(HttpClient http, Uri address, string token)
{
    /// <summary>The newest message to this phone; null without one.</summary>
    public Task<SmsMessage?> LastMessageAsync(string phone, CancellationToken cancellation = default) =>
        FindAsync<SmsMessage>($"control/sms?phone={Uri.EscapeDataString(phone)}", cancellation);

    public async Task<TestPerson> PersonAsync(int number, CancellationToken cancellation = default) =>
        await FindAsync<TestPerson>($"control/persons/{number}", cancellation) ?? throw new ArgumentOutOfRangeException(nameof(number));

    /// <summary>Answers WeChat's consent page as this user, who is made if there is none of the name; null cancels.</summary>
    /// <returns>Where the browser is sent back to.</returns>
    public async Task<Uri> ConfirmWeChatAsync(Uri consentPage, string? nickname, CancellationToken cancellation = default)
    {
        using var request = Request(HttpMethod.Post, "control/wechat/confirm");
        request.Content = JsonContent.Create(new ControlEndpoints.Confirmation(consentPage, nickname), options: ControlEndpoints.Json);
        using var response = await http.SendAsync(request, cancellation);
        response.EnsureSuccessStatusCode();
        return new Uri((await response.Content.ReadFromJsonAsync<string>(ControlEndpoints.Json, cancellation))!);
    }

    /// <summary>The bank's account of this reference; null before it was opened.</summary>
    public Task<RemittanceAccount?> RemittancesAsync(Guid reference, CancellationToken cancellation = default) =>
        FindAsync<RemittanceAccount>($"control/remittances/{reference:D}", cancellation);

    /// <summary>Remits from any account to the one of this reference; the product is notified in the background.</summary>
    public Task RemitAsync(Guid reference, string payerName, string payerAccount, long amountFen, CancellationToken cancellation = default) =>
        PostAsync($"control/remittances/{reference:D}", JsonContent.Create(new ControlEndpoints.Payer(payerName, payerAccount, amountFen), options: ControlEndpoints.Json), cancellation);

    /// <summary>Tells the product once more what came in.</summary>
    public Task NotifyRemittancesAsync(Guid reference, CancellationToken cancellation = default) =>
        PostAsync($"control/remittances/{reference:D}/notify", null, cancellation);

    /// <summary>Null until the payment page of this order was opened.</summary>
    public Task<Trade?> TradeAsync(string orderId, CancellationToken cancellation = default) =>
        FindAsync<Trade>($"control/alipay/{Uri.EscapeDataString(orderId)}", cancellation);

    /// <summary>Opens the payment page as a browser would and pays; the merchant is notified in the background.</summary>
    public async Task PayAsync(string orderId, Uri payUrl, CancellationToken cancellation = default)
    {
        using var page = await http.GetAsync(payUrl, cancellation);
        page.EnsureSuccessStatusCode();
        await PostAsync($"control/alipay/{Uri.EscapeDataString(orderId)}/pay", null, cancellation);
    }

    public Task CloseAsync(string orderId, CancellationToken cancellation = default) =>
        PostAsync($"control/alipay/{Uri.EscapeDataString(orderId)}/close", null, cancellation);

    /// <summary>Sends the notification once more.</summary>
    public Task NotifyAsync(string orderId, CancellationToken cancellation = default) =>
        PostAsync($"control/alipay/{Uri.EscapeDataString(orderId)}/notify", null, cancellation);

    /// <summary>Opens Alipay's page of a certification as a browser would; the person then agrees, refuses, or leaves it for later.</summary>
    /// <param name="page">As the merchant sent the browser there.</param>
    /// <param name="answer"><c>agree</c>, <c>refuse</c> or <c>later</c>.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>Where the page sends the browser.</returns>
    public Task<Uri> CertifyAsync(Uri page, string answer = "agree", CancellationToken cancellation = default) => LeaveAsync(page, "certifications", answer, cancellation);

    /// <summary>Opens the page of a face check as a browser would; then this happens before the camera.</summary>
    public Task<Uri> ShowFaceAsync(Uri page, FaceAct act = FaceAct.Pass, CancellationToken cancellation = default) => LeaveAsync(page, "faces", act.ToString(), cancellation);

    /// <summary>What the next new picture of a licence shall show.</summary>
    public Task ShowLicenceAsync(LicenceText text, CancellationToken cancellation = default) =>
        PostAsync("control/licences", JsonContent.Create(text, options: ControlEndpoints.Json), cancellation);

    public async Task<ChecksMade> ChecksMadeAsync(CancellationToken cancellation = default) => (await FindAsync<ChecksMade>("control/checks", cancellation))!;

    /// <summary>Null until the merchant has opened it.</summary>
    public Task<WeChatTrade?> WeChatTradeAsync(string orderId, CancellationToken cancellation = default) =>
        FindAsync<WeChatTrade>($"control/wechat-pay/{Uri.EscapeDataString(orderId)}", cancellation);

    /// <summary>Pays on WeChat's page; the merchant is notified in the background.</summary>
    public Task PayWeChatAsync(string orderId, CancellationToken cancellation = default) =>
        PostAsync($"control/wechat-pay/{Uri.EscapeDataString(orderId)}/pay", null, cancellation);

    /// <summary>A browser subscribes for messages signed with this key, as its user agreed.</summary>
    public async Task<PushBrowser> SubscribePushAsync(byte[] serverKey, CancellationToken cancellation = default)
    {
        using var request = Request(HttpMethod.Post, "control/push");
        request.Content = JsonContent.Create(new PushEndpoints.Wish(serverKey), options: ControlEndpoints.Json);
        using var response = await http.SendAsync(request, cancellation);
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadFromJsonAsync<PushBrowser>(ControlEndpoints.Json, cancellation))!;
    }

    /// <summary>What was sent to it, oldest first.</summary>
    public async Task<IReadOnlyList<PushedMessage>> PushedAsync(PushBrowser browser, CancellationToken cancellation = default) =>
        (await FindAsync<IReadOnlyList<PushedMessage>>($"control/push/{browser.Id}", cancellation))!;

    /// <summary>The user takes the permission away.</summary>
    public Task ExpirePushAsync(PushBrowser browser, CancellationToken cancellation = default) => PostAsync($"control/push/{browser.Id}/expire", null, cancellation);

    /// <summary>Sends the notification once more.</summary>
    public Task NotifyWeChatAsync(string orderId, CancellationToken cancellation = default) =>
        PostAsync($"control/wechat-pay/{Uri.EscapeDataString(orderId)}/notify", null, cancellation);
    /// <summary>An application at the CA vendor; null before it was submitted.</summary>
    public Task<VendorState?> CaApplicationAsync(string number, CancellationToken cancellation = default) =>
        FindAsync<VendorState>($"control/ca-vendor/{Uri.EscapeDataString(number)}", cancellation);

    /// <summary>The vendor's reviewer decides; the product is called back.</summary>
    public Task DecideCaApplicationAsync(string number, string? rejection = null, CancellationToken cancellation = default) =>
        PostAsync($"control/ca-vendor/{Uri.EscapeDataString(number)}/decide", JsonContent.Create(new VendorDecision(rejection), options: ControlEndpoints.Json), cancellation);

    /// <summary>How the vendor writes its envelopes from now on.</summary>
    public Task SetCaQuirksAsync(VendorQuirks quirks, CancellationToken cancellation = default) =>
        PostAsync("control/ca-vendor/quirks", JsonContent.Create(quirks, options: ControlEndpoints.Json), cancellation);

    /// <param name="provider">One of <c>Steering.Providers</c>.</param>
    /// <param name="steer">What its next calls shall meet.</param>
    /// <param name="cancellation">Gives up.</param>
    public Task SteerAsync(string provider, Steer steer, CancellationToken cancellation = default) =>
        PostAsync($"control/steer/{provider}", JsonContent.Create(steer, options: ControlEndpoints.Json), cancellation);

    /// <summary>The provider's next calls go well again.</summary>
    public async Task ClearAsync(string provider, CancellationToken cancellation = default)
    {
        using var request = Request(HttpMethod.Delete, $"control/steer/{provider}");
        using var response = await http.SendAsync(request, cancellation);
        response.EnsureSuccessStatusCode();
    }

    async Task<Uri> LeaveAsync(Uri page, string kind, string act, CancellationToken cancellation)
    {
        using var shown = await http.GetAsync(page, cancellation);
        shown.EnsureSuccessStatusCode();
        using var request = Request(HttpMethod.Post, $"control/{kind}/{shown.RequestMessage!.RequestUri!.Segments[^1]}/{act}");
        using var response = await http.SendAsync(request, cancellation);
        response.EnsureSuccessStatusCode();
        return new Uri((await response.Content.ReadFromJsonAsync<Left>(ControlEndpoints.Json, cancellation))!.ReturnUrl);
    }

    async Task<T?> FindAsync<T>(string path, CancellationToken cancellation) where T : class
    {
        using var request = Request(HttpMethod.Get, path);
        using var response = await http.SendAsync(request, cancellation);
        if (response.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }

        response.EnsureSuccessStatusCode();
        return await response.Content.ReadFromJsonAsync<T>(ControlEndpoints.Json, cancellation);
    }

    async Task PostAsync(string path, HttpContent? content, CancellationToken cancellation)
    {
        using var request = Request(HttpMethod.Post, path);
        request.Content = content;
        using var response = await http.SendAsync(request, cancellation);
        response.EnsureSuccessStatusCode();
    }

    HttpRequestMessage Request(HttpMethod method, string path) => new(method, new Uri(address, path))
    {
        Headers = { Authorization = new AuthenticationHeaderValue("Bearer", token) },
    };
}
