using System.Net;
using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Grains;
using Bzt.Grains.Applications;
using Bzt.Tests.Embedded;

namespace Bzt.Tests.Applications;

[Trait("Feature", "M033"), Trait("Surface", "api")]
public sealed class PaymentTests
{
    [Fact]
    public async Task Approved_paid_downloaded_and_the_applicant_is_the_administrator()
    {
        await using var system = await ClaimSteps.StartAsync();
        using var phone = await system.RealNamedPhoneAsync();
        using var loser = await system.RealNamedPhoneAsync();
        using var reviewer = await TestReviewer.LogInAsync(system);
        var enterprise = ClaimSteps.NextEnterprise();
        var claim = await phone.SubmitAsync(await phone.ClaimAsync(enterprise));
        var rival = await loser.SubmitAsync(await loser.ClaimAsync(enterprise));

        // No payment before the CA has approved.
        await ClaimSteps.RefusedAsync(ErrorCodes.ApplicationStateWrong, () => phone.PayAsync(claim.ApplicationId));
        await reviewer.ApproveAsync(claim.ApplicationId);
        var due = await phone.UntilAsync(claim.ApplicationId, ApplicationState.PaymentDue);
        var message = await phone.MessageAsync("认领企业，请下载证书");
        Assert.Equal((MessageKind.ClaimApproved, claim.ApplicationId.ToString()), (message.Kind, message.Subject));

        // No download before it is paid; nobody else pays or sees the order.
        await ClaimSteps.RefusedAsync(ErrorCodes.PaymentRequired, () => phone.DownloadAsync(claim.ApplicationId));
        await ClaimSteps.RefusedAsync(ErrorCodes.NotFound, () => loser.PayAsync(claim.ApplicationId));
        await ClaimSteps.RefusedAsync(ErrorCodes.NotFound, () => loser.OrderAsync(due.OrderId!.Value));
        var order = await phone.PayAsync(claim.ApplicationId);
        Assert.Equal((OrderState.Open, 30000, due.OrderId), (order.State, order.AmountFen, order.OrderId));
        await system.Simulators.PayAsync(NumberOf(order), new Uri(order.PayUrl!));
        await phone.UntilAsync(claim.ApplicationId, ApplicationState.DownloadReady);
        Assert.Equal(OrderState.Paid, (await phone.OrderAsync(order.OrderId)).State);

        // Told again, and after a restart once more: paid once.
        await system.RestartAsync();
        phone.Reconnect();
        loser.Reconnect();
        await system.Simulators.NotifyAsync(NumberOf(order));
        Assert.Equal(OrderState.Paid, (await phone.OrderAsync(order.OrderId)).State);
        var bill = await Wait.UntilAsync(
            () => phone.Http.GetAsync(Routes.Phone.Orders, BztJson.Default.IReadOnlyListOrderInfo), list => list.Any(line => line.State == OrderState.Paid));
        Assert.Equal(order.OrderId, Assert.Single(bill).OrderId);

        // The enterprise is this application's now; a repeat is the same certificate.
        var download = await phone.DownloadAsync(claim.ApplicationId);
        Assert.Equal(download, await phone.DownloadAsync(claim.ApplicationId));
        Assert.Equal(ApplicationState.Downloading, (await phone.ApplicationAsync(claim.ApplicationId)).State);
        Assert.False((await phone.FindAsync(enterprise)).Claimed);

        // What the certificate tells when it is active on the phone.
        await system.Grains.Application(new(claim.ApplicationId)).CertificateActivated(new CertificateId(download.CertificateId));
        await phone.UntilAsync(claim.ApplicationId, ApplicationState.Completed);
        await ClaimSteps.RefusedAsync(ErrorCodes.ApplicationStateWrong, () => phone.WithdrawAsync(claim.ApplicationId));
        await phone.MessageAsync("企业认领成功");
        var found = await Wait.UntilAsync(() => loser.FindAsync(enterprise), view => view.Claimed);
        Assert.NotNull(found.AdministratorMaskedName);
        Assert.NotEqual(phone.Person.Name, found.AdministratorMaskedName);
        Assert.DoesNotContain(phone.Person.Phone, found.AdministratorMaskedPhoneNumber, StringComparison.Ordinal);
        var membership = Assert.Single((await Wait.UntilAsync(phone.MeAsync, me => me.Enterprises.Count > 0)).Enterprises);
        Assert.Equal((enterprise.CreditCode, MemberRole.Administrator), (membership.CreditCode, membership.Role));

        // M025: the other one is told and can go no further; a new claim is refused.
        await loser.UntilAsync(rival.ApplicationId, ApplicationState.Cancelled);
        await loser.MessageAsync("证书申请失败");
        var late = await loser.ClaimAsync(enterprise);
        await ClaimSteps.RefusedAsync(ErrorCodes.EnterpriseClaimed, () => loser.SubmitAsync(late));
    }

    [Fact]
    public async Task Withdrawn_before_a_late_payment_the_fee_is_paid_back()
    {
        await using var system = await ClaimSteps.StartAsync();
        using var phone = await system.RealNamedPhoneAsync();
        using var reviewer = await TestReviewer.LogInAsync(system);
        var claim = await phone.SubmitAsync(await phone.ClaimAsync(ClaimSteps.NextEnterprise()));
        await reviewer.ApproveAsync(claim.ApplicationId);
        await phone.UntilAsync(claim.ApplicationId, ApplicationState.PaymentDue);
        var order = await phone.PayAsync(claim.ApplicationId);
        Assert.Equal(ApplicationState.Cancelled, (await phone.WithdrawAsync(claim.ApplicationId)).State);
        await Wait.UntilAsync(() => phone.OrderAsync(order.OrderId), view => view.State == OrderState.Closed);

        // The page was still open: the money came late, and the application stays withdrawn.
        await system.Simulators.PayAsync(NumberOf(order), new Uri(order.PayUrl!));
        await Wait.UntilAsync(() => phone.OrderAsync(order.OrderId), view => view.State == OrderState.Refunded);
        Assert.Equal(300m, Assert.Single((await system.Simulators.TradeAsync(NumberOf(order)))!.Refunds!.Value).Amount);
        Assert.Equal(ApplicationState.Cancelled, (await phone.ApplicationAsync(claim.ApplicationId)).State);
    }

    [Fact]
    public async Task What_the_provider_did_not_say_pays_nothing()
    {
        await using var system = await ClaimSteps.StartAsync();
        using var forged = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["notify_id"] = "1", ["sign_type"] = "RSA2", ["sign"] = Convert.ToBase64String(new byte[256]), ["trade_status"] = "TRADE_SUCCESS",
            ["out_trade_no"] = Guid.NewGuid().ToString("N") + "1", ["total_amount"] = "300.00", ["trade_no"] = "1",
        });
        using var answer = await system.Gateway.PostAsync("/payments/alipay/notify", forged);
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);

        // An amount that is not the order's, or an order nobody opened.
        var order = new OrderId(Guid.CreateVersion7());
        var notice = new PaymentNotice(1, "1", "1", true, 1, null);
        Assert.Equal(RefusalCode.NotFound, Assert.IsType<Refused<Nothing>>(await system.Grains.Order(order).Notify(notice)).Refusal.Code);
        var owner = UserId.New();
        await system.Grains.Order(order).Open(new OpenOrder(owner, new(Guid.CreateVersion7()), "企业证书", 30000));
        Assert.Equal(RefusalCode.InvalidRequest, Assert.IsType<Refused<Nothing>>(await system.Grains.Order(order).Notify(notice)).Refusal.Code);
        await system.RestartAsync();
        Assert.Equal(OrderState.Open, Assert.IsType<Done<OrderView>>(await system.Grains.Order(order).GetView(owner)).Value.State);
    }

    /// <summary>The order's number at the provider, as its pay page names it.</summary>
    private static string NumberOf(OrderInfo order) => order.OrderId.ToString("N") + "1";
}
