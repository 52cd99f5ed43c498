using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Grains;
using Bzt.Grains.Applications;
using Bzt.Tests.Applications;
using Bzt.Tests.Certificates;
using Bzt.Tests.Embedded;
using Microsoft.Playwright;
using static Bzt.Tests.Browser.CertificateSteps;
using static Bzt.Tests.Browser.PageSteps;
using static Microsoft.Playwright.Assertions;

namespace Bzt.Tests.Browser;

/// <summary>Certificates through the months: applied for, paid, downloaded, renewed, expired, recovered, billed.</summary>
public sealed partial class CertificateScreenTests(MovingStage stage) : IClassFixture<MovingStage>
{
    private readonly EmbeddedSystem system = stage.System;

    [Fact]
    [Trait("Feature", "M053"), Trait("Feature", "M032"), Trait("Surface", "screen")]
    public async Task A_personal_certificate_is_applied_for_corrected_paid_in_either_way_and_downloaded()
    {
        using var person = await system.RealNamedPhoneAsync();
        using var reviewer = await TestReviewer.LogInAsync(system);
        await using var phone = await PreparedPhone.OpenAsync(system, person, "certificates");
        var page = phone.Page;
        await Expect(page.GetByText("还没有证书")).ToBeVisibleAsync();
        await phone.LookAsync("certificates-empty");
        await page.GetByRole(AriaRole.Link, new() { Name = "新增证书" }).First.ClickAsync();
        await Expect(page.GetByText("不经企业管理员", new() { Exact = false })).ToBeVisibleAsync();
        await Press(page, "下一步");
        await Expect(page.GetByText("请选择交易平台、CA机构和有效期")).ToBeVisibleAsync();
        await page.CheckAsync("[name=platform][value=yichang-ggzy]");
        await page.CheckAsync("[name=authority][value=hubei-ca]");
        await page.CheckAsync("[name=years][value='1']");
        await Expect(page.Locator("label:has([name=years][value='1'])")).ToContainTextAsync("¥100.00");
        await phone.LookAsync("certificate-new-personal");
        await Press(page, "下一步");
        await Expect(Chip(page, "待CA审核")).ToBeVisibleAsync();
        var application = Assert.Single(await Wait.UntilAsync(
            () => person.Http.GetAsync(Routes.Phone.Applications, BztJson.Default.IReadOnlyListApplicationInfo), listed => listed.Count > 0)).ApplicationId;

        // Turned down, and handed in again with another term.
        await reviewer.RejectAsync(application, "请选择两年期");
        await Expect(page.GetByText("原因：请选择两年期")).ToBeVisibleAsync();
        await Press(page, "重新申请");
        await page.CheckAsync("[name=years][value='2']");
        await Press(page, "下一步");
        await reviewer.ApproveAsync(application);
        await Expect(Chip(page, "待付费")).ToBeVisibleAsync();

        // Through WeChat; the phone says that it has paid and has not; then the page of the other provider.
        await Press(page, "支付 ¥180.00");
        await page.CheckAsync("[name=way][value=wechat]");
        var pay = page.GetByRole(AriaRole.Link, new() { NameRegex = new("^支付 ¥") });
        await (await page.RunAndWaitForPopupAsync(() => pay.ClickAsync())).CloseAsync();
        await phone.LookAsync("payment-waiting");
        await Press(page, "我已付款");
        await Expect(page.GetByText("正在向支付方核实，请勿重复支付")).ToBeVisibleAsync();
        await phone.LookAsync("payment-verifying");
        await page.CheckAsync("[name=way][value=alipay]");
        await Expect(page.GetByText("正在向支付方核实")).ToHaveCountAsync(0);
        var order = await person.OrderAsync((await person.ApplicationAsync(application)).OrderId!.Value);
        await Expect(pay).ToBeVisibleAsync();
        var cashier = await page.RunAndWaitForPopupAsync(() => pay.ClickAsync());
        cashier.SetDefaultTimeout(PhoneBrowser.Patience);
        await cashier.ClickAsync("text=确认支付");
        await cashier.WaitForSelectorAsync("[role=status]");
        await cashier.CloseAsync();
        await Expect(page.GetByText("支付成功")).ToBeVisibleAsync();
        await phone.LookAsync("payment-paid");
        Assert.Equal(18000, order.AmountFen);

        await DownloadAsync(page);
        await phone.OpenAppAsync("certificates");
        await Expect(Chip(page, "生效中")).ToBeVisibleAsync();
        await Expect(page.GetByText("个人证书")).ToBeVisibleAsync();
        await Expect(page.Locator(".cert h3", new() { HasText = person.Person.Name })).ToBeVisibleAsync();
    }

    [Fact]
    [Trait("Feature", "M057"), Trait("Feature", "M058"), Trait("Feature", "M059"), Trait("Feature", "X22"), Trait("Surface", "screen")]
    public async Task A_new_phone_asks_whether_to_recover_and_gets_the_certificate_after_the_person_was_proved_again()
    {
        using var old = await CertifiedPhone.ActiveAsync(system);
        system.Clock.Advance(TimeSpan.FromMinutes(2));
        using var phoneOfNow = await system.LoggedInPhoneAsync(old.Phone.Person);
        using var reviewer = await TestReviewer.LogInAsync(system);
        await using var phone = await PreparedPhone.OpenAsync(system, phoneOfNow);
        var page = phone.Page;

        // A stolen number alone: asked, and sent to prove the person first.
        var question = page.GetByRole(AriaRole.Alertdialog);
        await Expect(question.GetByText("系统检测到您有未找回证书，是否前往找回")).ToBeVisibleAsync();
        await phone.LookAsync("recover-prompt");
        await question.GetByRole(AriaRole.Button, new() { Name = "找回证书" }).ClickAsync();
        await Expect(Heading(page, "实名认证")).ToBeVisibleAsync();
        await phoneOfNow.ProveRealNameAsync();
        system.Clock.Advance(TimeSpan.FromMinutes(11));
        await phone.OpenAppAsync("certificates");

        await Expect(Chip(page, "可找回")).ToBeVisibleAsync();
        await Expect(page.GetByText("由您本人重新实名认证后找回，费用 ¥50.00", new() { Exact = false })).ToBeVisibleAsync();
        // Asked once at a login; the banner stays.
        await Expect(question).ToBeHiddenAsync();
        await phone.LookAsync("certificates-recoverable");
        await page.GetByText("检测到您有可以找回的证书，可点击此处进行证书找回").ClickAsync();
        await Expect(page.GetByText("找回需重新实名认证，费用 ¥50.00。原手机会收到通知。")).ToBeVisibleAsync();

        // The proof is eleven minutes old: refused, and nothing is applied for.
        await Press(page, "找回证书");
        await Expect(page.GetByRole(AriaRole.Alert).GetByText("请先在本设备重新实名认证", new() { Exact = false })).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Link, new() { NameRegex = new("重新实名认证") })).ToBeVisibleAsync();
        await phone.LookAsync("recover-proof");
        Assert.DoesNotContain(await phoneOfNow.Http.GetAsync(Routes.Phone.Applications, BztJson.Default.IReadOnlyListApplicationInfo), known => known.Kind == ApplicationKind.Recovery);
        await phoneOfNow.ProveRealNameAsync();
        await page.ReloadAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "找回证书" })).ToBeVisibleAsync();
        await phone.LookAsync("recover");
        await Press(page, "找回证书");
        await Expect(Chip(page, "待CA审核")).ToBeVisibleAsync();
        await page.ReloadAsync();
        await Expect(page.GetByText("¥50.00，审核通过后再付")).ToBeVisibleAsync();

        var applied = Assert.Single(await Wait.UntilAsync(
            () => phoneOfNow.Http.GetAsync(Routes.Phone.Applications, BztJson.Default.IReadOnlyListApplicationInfo), listed => listed.Any(IsRecovery)), IsRecovery);
        await reviewer.ApproveAsync(applied.ApplicationId);
        await Expect(Chip(page, "待付费")).ToBeVisibleAsync();
        await PayAsync(page);
        await DownloadAsync(page);
        await phone.OpenAppAsync("certificates");
        await Expect(Chip(page, "生效中")).ToBeVisibleAsync();
        await Expect(page.GetByText("检测到您有可以找回的证书")).ToHaveCountAsync(0);

        static bool IsRecovery(ApplicationInfo known) => known.Kind == ApplicationKind.Recovery;
    }

    [Fact]
    [Trait("Feature", "M072"), Trait("Feature", "M073"), Trait("Feature", "M074"), Trait("Surface", "screen")]
    public async Task Bank_cards_are_bound_and_unbound_and_paid_orders_are_put_on_an_invoice()
    {
        using var person = await system.RealNamedPhoneAsync();
        await using var phone = await PreparedPhone.OpenAsync(system, person, "wallet");
        var page = phone.Page;
        await phone.LookAsync("wallet");

        // Cards: a wrong number, another person's card, the own one.
        await page.GetByRole(AriaRole.Link, new() { NameRegex = new("银行卡管理") }).ClickAsync();
        await Expect(page.GetByText("还没有绑定银行卡")).ToBeVisibleAsync();
        await phone.LookAsync("bank-cards-empty");
        await Press(page, "添加银行卡");
        await page.FillAsync("[name=card]", "6222021234567890");
        await Press(page, "绑定");
        await Expect(page.GetByText("银行卡号不正确，请核对")).ToBeVisibleAsync();
        await page.FillAsync("[name=card]", EmbeddedSystem.NextPerson().CardNumber);
        await Press(page, "绑定");
        await Expect(page.Locator("[role=alert] .banner")).ToBeVisibleAsync();
        await phone.LookAsync("bank-card-refused");
        await page.FillAsync("[name=card]", person.Person.CardNumber);
        await Press(page, "绑定");
        await Expect(page.GetByText($"尾号 {person.Person.CardNumber[^4..]}", new() { Exact = false })).ToBeVisibleAsync();
        await page.ReloadAsync();
        await Expect(page.GetByText($"尾号 {person.Person.CardNumber[^4..]}", new() { Exact = false })).ToBeVisibleAsync();
        await phone.LookAsync("bank-cards");
        await page.GetByLabel("更多操作", new() { Exact = false }).ClickAsync();
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "解绑" }).ClickAsync();
        await page.GetByRole(AriaRole.Alertdialog).GetByRole(AriaRole.Button, new() { Name = "解绑" }).ClickAsync();
        await Expect(page.GetByText("还没有绑定银行卡")).ToBeVisibleAsync();

        // Bills: each order with its state, one with its details.
        var (first, second) = (await OrderAsync(person, "宜昌数字认证中心企业证书 1年", 30000, paid: true), await OrderAsync(person, "湖北CA企业证书找回", 5000, paid: true));
        await OrderAsync(person, "湖北CA个人证书 1年", 10000, paid: false);
        await Wait.UntilAsync(() => person.Http.GetAsync(Routes.Phone.Orders, BztJson.Default.IReadOnlyListOrderInfo), list => list.Count == 3 && list.Count(line => line.State == OrderState.Paid) == 2);
        await phone.GoToAsync("bills");
        await Expect(page.Locator("a.row")).ToHaveCountAsync(3);
        await Expect(Chip(page, "待付款")).ToBeVisibleAsync();
        await phone.LookAsync("bills");
        await page.GetByRole(AriaRole.Link, new() { NameRegex = new("湖北CA企业证书找回") }).ClickAsync();
        await Expect(page.GetByText(second.ToString("N")[..12].ToUpperInvariant())).ToBeVisibleAsync();
        await phone.LookAsync("bill");

        // An invoice over both; the unpaid one cannot be picked, a wrong tax number is not sent.
        await phone.GoToAsync("invoices");
        await Expect(page.Locator("[name=order]")).ToHaveCountAsync(2);
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "开票" })).ToBeDisabledAsync();
        await page.CheckAsync($"[name=order][value='{first}']");
        await page.CheckAsync($"[name=order][value='{second}']");
        await Expect(page.GetByText("已选 2 笔，共 ¥350.00")).ToBeVisibleAsync();
        await phone.LookAsync("invoices");
        await Press(page, "开票");
        await page.FillAsync("[name=buyer]", "宜昌测试有限公司");
        await page.FillAsync("[name=tax-number]", "91420500MA");
        await Press(page, "提交");
        await Expect(page.GetByText("纳税人识别号为15至20位数字和大写字母")).ToBeVisibleAsync();
        await phone.LookAsync("invoice-form");
        await page.FillAsync("[name=tax-number]", "91420500MA49ABCD28");
        await Press(page, "提交");
        await Expect(Chip(page, "开票中")).ToBeVisibleAsync();
        var invoices = system.Grains.InvoiceBook(new UserId(person.Login!.UserId));
        await Wait.UntilAsync(async () =>
        {
            system.Clock.Advance(TimeSpan.FromMinutes(3));
            await invoices.Try();
            return (await person.Http.GetAsync(Routes.Phone.Invoices, BztJson.Default.IReadOnlyListInvoiceInfo))[0];
        }, invoice => invoice.State == InvoiceState.Issued);
        await Expect(Chip(page, "已开票")).ToBeVisibleAsync();
        await page.ReloadAsync();
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "查看发票" })).ToBeVisibleAsync();
        await phone.LookAsync("invoice");

        // One of its orders is paid back: the screen says so, from the request to the red-letter invoice.
        var refunded = system.Grains.Order(new OrderId(second));
        await refunded.Close();
        await refunded.RefundAnswered(new RefundOutcome($"trade-{second}", null, system.Clock.GetUtcNow()));
        await Wait.UntilAsync(invoices.List, list => list[0].RedLetters.Count == 1);
        await page.ReloadAsync();
        await Expect(Chip(page, "冲红中")).ToBeVisibleAsync();
        await Wait.UntilAsync(async () =>
        {
            system.Clock.Advance(TimeSpan.FromMinutes(3));
            await invoices.Try();
            return (await invoices.List())[0];
        }, invoice => invoice.RedLetters[0].State == InvoiceState.Issued);
        await Expect(Chip(page, "部分冲红")).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "查看红字发票" })).ToBeVisibleAsync();
        await phone.LookAsync("invoice-taken-back");
        await Press(page, "返回");
        await Expect(page.GetByText("没有可开票的订单")).ToBeVisibleAsync();
    }

    private async Task<Guid> OrderAsync(TestPhone person, string subject, int fen, bool paid)
    {
        var id = new OrderId(Guid.CreateVersion7());
        await system.Grains.Order(id).Open(new OpenOrder(new UserId(person.Login!.UserId), new(Guid.CreateVersion7()), subject, fen));
        if (paid)
        {
            await system.Grains.Order(id).Notify(new PaymentNotice(1, "notice", $"trade-{id}", true, fen, system.Clock.GetUtcNow()));
        }

        return id.Value;
    }
}
