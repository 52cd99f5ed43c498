using Bzt.Grains.Providers.Invoices;
using Bzt.Simulators;
using Bzt.Tests.Simulators;

namespace Bzt.Tests.Providers;

[Trait("Feature", "M074"), Trait("Surface", "api")]
public sealed class InvoiceIssuerTests
{
    static readonly InvoiceOrder Order = new(new Guid("019ab000-0000-7000-8000-000000000074"), "宜昌测试有限公司", "91420500MA49ABCD28", [new("企业证书", 30000), new("找回", 5000)]);

    [Fact]
    public async Task Taken_then_issued_and_the_same_however_often_it_is_asked_for()
    {
        await using var simulators = await RunningSimulators.StartAsync();
        var issuer = simulators.Adapter<IInvoiceIssuer>();
        await simulators.Control.SteerAsync("invoice", new(Disturbance.Silence));
        Assert.IsType<InvoiceResult.Unavailable>(await issuer.IssueAsync(Order));
        var issued = Assert.IsType<InvoiceResult.Issued>(await issuer.IssueAsync(Order));
        Assert.Equal(issued, await issuer.IssueAsync(Order));
        Assert.Equal(new InvoiceResult.Unavailable("REFERENCE_CONFLICT"), await issuer.IssueAsync(Order with { BuyerName = "别家" }));
        Assert.Equal(new InvoiceResult.Processing(), await issuer.IssueAsync(Order with { Reference = Guid.NewGuid() }));
        await simulators.Control.SteerAsync("invoice", new(Disturbance.Fail, "REJECTED"));
        Assert.Equal(new InvoiceResult.Rejected("抬头与税号不符"), await issuer.IssueAsync(Order with { Reference = Guid.NewGuid() }));
    }

    [Fact]
    public async Task A_line_of_an_issued_invoice_is_taken_back_once_and_nothing_of_any_other()
    {
        await using var simulators = await RunningSimulators.StartAsync();
        var issuer = simulators.Adapter<IInvoiceIssuer>();
        await issuer.IssueAsync(Order);
        var issued = Assert.IsType<InvoiceResult.Issued>(await issuer.IssueAsync(Order));
        var order = new RedLetterOrder(Guid.NewGuid(), Order.Reference, issued.Number, Order.Lines[0]);
        await simulators.Control.SteerAsync("invoice", new(Disturbance.Fail, "REJECTED"));
        Assert.Equal(new InvoiceResult.Rejected("购买方尚未确认红字信息"), await issuer.TakeBackAsync(order));
        await simulators.Control.SteerAsync("invoice", new(Disturbance.Silence));
        Assert.IsType<InvoiceResult.Unavailable>(await issuer.TakeBackAsync(order));
        var taken = Assert.IsType<InvoiceResult.Issued>(await issuer.TakeBackAsync(order));
        Assert.Equal(taken, await issuer.TakeBackAsync(order));
        Assert.NotEqual(issued.Number, taken.Number);

        // Twice, another line, another invoice, or more than there is.
        var conflict = new InvoiceResult.Unavailable("REFERENCE_CONFLICT");
        foreach (var wrong in new[]
        {
            order with { Reference = Guid.NewGuid() }, order with { Line = Order.Lines[1] }, order with { InvoiceNumber = "1" }, order with { InvoiceReference = Guid.NewGuid() },
            order with { Reference = Guid.NewGuid(), Line = Order.Lines[0] with { AmountFen = 1 } },
        })
        {
            Assert.Equal(conflict, await issuer.TakeBackAsync(wrong));
        }

        Assert.Equal(new InvoiceResult.Processing(), await issuer.TakeBackAsync(order with { Reference = Guid.NewGuid(), Line = Order.Lines[1] }));
    }

    [Fact]
    public async Task Keys_clocks_garbage_and_impostors()
    {
        await using var simulators = await RunningSimulators.StartAsync();
        Assert.Equal(new InvoiceResult.Unavailable("SIGNATURE_INVALID"), await simulators.Adapter<IInvoiceIssuer>(null, ("Providers:Invoice:Secret", new string('0', 64))).IssueAsync(Order));
        var clock = RunningSimulators.Clock();
        clock.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal(new InvoiceResult.Unavailable("TIMESTAMP_SKEWED"), await simulators.Adapter<IInvoiceIssuer>(clock).IssueAsync(Order));
        await simulators.Control.SteerAsync("invoice", new(Disturbance.Garbage));
        Assert.Equal(new InvoiceResult.Unavailable("answer without a valid signature"), await simulators.Adapter<IInvoiceIssuer>().IssueAsync(Order));
        await using var impostor = await Impostor.StartAsync($$"""{"reference":"{{Order.Reference}}","state":"ISSUED","invoiceNumber":"1","pdfUrl":"https://evil.example.com/"}""", []);
        Assert.Equal(
            new InvoiceResult.Unavailable("answer without a valid signature"),
            await simulators.Adapter<IInvoiceIssuer>(null, ("Providers:Invoice:Endpoint", impostor.Address.AbsoluteUri)).IssueAsync(Order));
        Assert.Equal(new InvoiceResult.Unavailable("not configured"), await simulators.Adapter<IInvoiceIssuer>(null, ("Providers:Invoice:Endpoint", null), ("Providers:Invoice:AppId", null), ("Providers:Invoice:Secret", null)).IssueAsync(Order));
    }
}
