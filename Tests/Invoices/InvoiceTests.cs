using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Grains;
using Bzt.Grains.Applications;
using Bzt.Grains.Invoices;
using Bzt.Grains.Providers.Invoices;
using Bzt.Simulators;
using Bzt.Tests.Applications;
using Bzt.Tests.Embedded;
using Bzt.Tests.Storage;

namespace Bzt.Tests.Invoices;

[Trait("Feature", "M074"), Trait("Surface", "api")]
public sealed class InvoiceTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 25, 1, 0, 0, TimeSpan.Zero);
    private static readonly Guid Id = new("019aa000-0000-7000-8000-00000000000c");

    [Fact]
    public async Task Paid_orders_are_put_on_one_invoice_whose_state_is_shown_and_whose_PDF_can_be_fetched()
    {
        await using var system = await ClaimSteps.StartAsync();
        using var phone = await system.RealNamedPhoneAsync();
        var (first, second, open) = (await OrderAsync(system, phone, paid: true), await OrderAsync(system, phone, paid: true), await OrderAsync(system, phone, paid: false));
        await ClaimSteps.RefusedAsync(ErrorCodes.OrderNotPaid, () => RequestAsync(phone, Request(first, open)));
        await ClaimSteps.RefusedAsync(ErrorCodes.NotFound, () => RequestAsync(phone, Request(Guid.NewGuid())));
        await ClaimSteps.RefusedAsync(ErrorCodes.InvalidRequest, () => RequestAsync(phone, Request(first, first)));

        // Another user's order is nobody's.
        using var other = await system.RealNamedPhoneAsync();
        await ClaimSteps.RefusedAsync(ErrorCodes.NotFound, () => RequestAsync(other, Request(first)));

        var request = Request(first, second);
        var asked = await RequestAsync(phone, request);
        Assert.Equal((60000, "宜昌测试有限公司", 2), (asked.AmountFen, asked.BuyerName, asked.OrderIds.Count));
        Assert.Equal(asked.InvoiceId, (await RequestAsync(phone, request)).InvoiceId);
        await ClaimSteps.RefusedAsync(ErrorCodes.IdempotencyConflict, () => RequestAsync(phone, request with { BuyerName = "别家" }));
        await ClaimSteps.RefusedAsync(ErrorCodes.OrderInvoiced, () => RequestAsync(phone, Request(second)));

        // The issuer takes it, and issues it when asked again: by a durable reminder; here the time goes by, and a restart between.
        await system.RestartAsync();
        phone.Reconnect();
        var issued = await UntilOverAsync(system, phone);
        Assert.Equal((InvoiceState.Issued, asked.InvoiceId), (issued.State, issued.InvoiceId));
        Assert.Equal(20, issued.Number!.Length);
        using var pdf = await system.Gateway.GetAsync(new Uri(issued.PdfUrl!));
        Assert.StartsWith("%PDF-", await pdf.Content.ReadAsStringAsync());
        other.Reconnect();
        Assert.Empty(await ListAsync(other));
    }

    [Fact]
    public async Task Rejected_its_orders_are_free_again_and_an_issuer_away_doubles_nothing()
    {
        await using var system = await ClaimSteps.StartAsync();
        using var phone = await system.RealNamedPhoneAsync();
        var order = await OrderAsync(system, phone, paid: true);
        await system.Simulators.SteerAsync("invoice", new(Disturbance.Fail, "REJECTED"));
        await RequestAsync(phone, Request(order));
        var rejected = await UntilOverAsync(system, phone);
        Assert.Equal((InvoiceState.Rejected, "抬头与税号不符"), (rejected.State, rejected.RejectionReason));

        foreach (var kind in new[] { Disturbance.Silence, Disturbance.Garbage, Disturbance.Fail })
        {
            await system.Simulators.SteerAsync("invoice", new(kind));
        }

        var again = await RequestAsync(phone, Request(order) with { BuyerTaxNumber = null });
        var issued = await UntilOverAsync(system, phone);
        Assert.Equal((again.InvoiceId, InvoiceState.Issued, null), (issued.InvoiceId, issued.State, issued.BuyerTaxNumber));
        Assert.Equal(2, (await ListAsync(phone)).Count);
    }

    [Fact]
    public void Asked_less_and_less_often_until_it_is_over()
    {
        var state = new StoredInvoices([1], [Invoice()]);
        for (var i = 0; i < 8; i++)
        {
            state = InvoiceRules.Answered(state, Id, new InvoiceResult.Unavailable("no answer in time"), Now);
        }

        Assert.Equal((8, Now.AddHours(1)), (state.Invoices[0].Tries, state.Invoices[0].NextTry));
        Assert.True(InvoiceRules.IsInvoiced(state, new OrderId(Id)));
        var rejected = InvoiceRules.Answered(state, Id, new InvoiceResult.Rejected("抬头与税号不符"), Now);
        Assert.False(InvoiceRules.IsInvoiced(rejected, new OrderId(Id)));
    }

    [Fact]
    public void Of_those_that_were_turned_down_the_newest_few_are_kept_and_of_the_others_all()
    {
        var state = new StoredInvoices([1], [Invoice() with { Id = Guid.NewGuid(), State = InvoiceState.Issued }]);
        for (var i = 0; i < 3 * InvoiceRules.RejectedKept; i++)
        {
            state = InvoiceRules.Add(state, Invoice() with { Id = Guid.NewGuid() });
            state = InvoiceRules.Answered(state, state.Invoices[^1].Id, new InvoiceResult.Rejected("抬头与税号不符"), Now);
        }

        Assert.Equal(InvoiceRules.RejectedKept, state.Invoices.Count(invoice => invoice.State == InvoiceState.Rejected));
        Assert.Equal(InvoiceState.Issued, state.Invoices[0].State);
    }

    [Fact]
    public void Stored() => GoldenState.Verify("invoice-book-v1", InvoiceRules.Answered(
        new StoredInvoices([1], [Invoice()]), Id, new InvoiceResult.Issued("26000000000000000001", new Uri("https://invoice.example.com/1.pdf")), Now));

    private static InvoiceRecord Invoice() => new(Id, Id, InvoiceState.Submitted, [2], [3], [new InvoicedOrder(new OrderId(Id), "企业证书", 30000)], Now, 0, Now);

    private static InvoiceRequest Request(params Guid[] orders) => new(Guid.CreateVersion7(), orders, "宜昌测试有限公司", "91420500MA49ABCD28");

    private static Task<InvoiceInfo> RequestAsync(TestPhone phone, InvoiceRequest request) =>
        phone.Http.PostAsync(Routes.Phone.Invoices, request, BztJson.Default.InvoiceRequest, BztJson.Default.InvoiceInfo);

    private static Task<IReadOnlyList<InvoiceInfo>> ListAsync(TestPhone phone) => phone.Http.GetAsync(Routes.Phone.Invoices, BztJson.Default.IReadOnlyListInvoiceInfo);

    private static async Task<Guid> OrderAsync(EmbeddedSystem system, TestPhone phone, bool paid)
    {
        var id = new OrderId(Guid.CreateVersion7());
        await system.Grains.Order(id).Open(new OpenOrder(new UserId((await phone.MeAsync()).UserId), new(Guid.CreateVersion7()), "企业证书", 30000));
        if (paid)
        {
            await system.Grains.Order(id).Notify(new PaymentNotice(1, "notice", $"trade-{id}", true, 30000, Now));
        }

        return id.Value;
    }

    private static Task<InvoiceInfo> UntilOverAsync(EmbeddedSystem system, TestPhone phone) => Wait.UntilAsync(async () =>
    {
        system.Clock.Advance(TimeSpan.FromMinutes(3));
        await system.Grains.InvoiceBook(new UserId((await phone.MeAsync()).UserId)).Try();
        return (await ListAsync(phone))[0];
    }, invoice => invoice.State != InvoiceState.Submitted);
}
