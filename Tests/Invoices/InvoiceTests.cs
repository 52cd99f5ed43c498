using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Grains;
using Bzt.Grains.Applications;
using Bzt.Grains.Foundations;
using Bzt.Grains.Invoices;
using Bzt.Grains.Providers.Invoices;
using Bzt.Simulators;
using Bzt.Tests.Applications;
using Bzt.Tests.Embedded;
using Bzt.Tests.Storage;
using Microsoft.Extensions.DependencyInjection;

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
        await ClaimSteps.RefusedAsync(ErrorCodes.InvalidRequest, () => RequestAsync(phone, Request(first) with { BuyerName = "宜昌\u200B测试有限公司" }));

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
    public async Task What_is_paid_back_after_its_invoice_is_taken_back_by_one_red_letter_invoice_and_the_rest_stays()
    {
        await using var system = await ClaimSteps.StartAsync();
        using var phone = await system.RealNamedPhoneAsync();
        var (first, second) = (await OrderAsync(system, phone, paid: true), await OrderAsync(system, phone, paid: true));
        await RequestAsync(phone, Request(first, second));
        var issued = await UntilOverAsync(system, phone);
        Assert.Empty(issued.RedLetters);

        // Its issuer's people turn it down first, and the user sees why; nothing of that is the end of it.
        await system.Simulators.SteerAsync("invoice", new(Disturbance.Fail, "REJECTED"));
        await PaidBackAsync(system, phone, first);
        var refused = Assert.Single((await Wait.UntilAsync(() => ListAsync(phone), found => found[0].RedLetters is [{ State: InvoiceState.Rejected }]))[0].RedLetters);
        Assert.Equal((first, 30000, "购买方尚未确认红字信息", null), (refused.OrderId, refused.AmountFen, refused.RejectionReason, refused.Number));

        // Six hours later it is asked for again; what got lost on the way, or came twice, makes no other one.
        await system.RestartAsync();
        phone.Reconnect();
        await PaidBackAsync(system, phone, first);
        await system.Simulators.SteerAsync("invoice", new(Disturbance.Silence));
        system.Clock.Advance(TimeSpan.FromHours(6));
        var taken = await UntilTakenBackAsync(system, phone);
        var letter = Assert.Single(taken.RedLetters);
        Assert.Equal((InvoiceState.Issued, InvoiceState.Issued, issued.Number, null), (taken.State, letter.State, taken.Number, letter.RejectionReason));
        Assert.NotEqual(issued.Number, letter.Number);
        using var pdf = await system.Gateway.GetAsync(new Uri(letter.PdfUrl!));
        Assert.Contains("-300.00", await pdf.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        // The other order is on that invoice still, and neither is put on another.
        await ClaimSteps.RefusedAsync(ErrorCodes.OrderNotPaid, () => RequestAsync(phone, Request(first)));
        await ClaimSteps.RefusedAsync(ErrorCodes.OrderInvoiced, () => RequestAsync(phone, Request(second)));
        await PaidBackAsync(system, phone, second);
        Assert.Equal([first, second], (await UntilTakenBackAsync(system, phone, 2)).RedLetters.Select(each => each.OrderId));
    }

    [Fact]
    public async Task Paid_back_while_the_issuer_has_it_the_invoice_is_taken_back_once_it_is_issued()
    {
        await using var system = await ClaimSteps.StartAsync();
        using var phone = await system.RealNamedPhoneAsync();
        var order = await OrderAsync(system, phone, paid: true);
        var book = system.Grains.InvoiceBook(new UserId(phone.Login!.UserId));

        // The issuer has taken it, and issues it when it is asked again.
        await RequestAsync(phone, Request(order));
        await book.Try();
        await PaidBackAsync(system, phone, order);
        await book.Try();
        Assert.Equal((InvoiceState.Submitted, InvoiceState.Submitted), ((await ListAsync(phone))[0].State, Assert.Single((await ListAsync(phone))[0].RedLetters).State));
        var taken = await UntilTakenBackAsync(system, phone);
        Assert.Equal((InvoiceState.Issued, order), (taken.State, Assert.Single(taken.RedLetters).OrderId));
    }

    [Fact]
    public async Task Issued_and_the_answer_lost_it_is_taken_back_though_its_order_was_paid_back_meanwhile()
    {
        LosingIssuer issuer = new();
        await using var silo = await TestSilo.StartAsync(builder => builder.Services.AddSingleton<IInvoiceIssuer>(issuer));
        var (order, user) = (new OrderId(Guid.CreateVersion7()), new UserId(Guid.CreateVersion7()));
        var paid = silo.Grains.Order(order);
        await paid.Open(new OpenOrder(user, new(Guid.CreateVersion7()), "企业证书", 30000));
        await paid.Notify(new PaymentNotice(1, "notice", $"trade-{order}", true, 30000, Now));

        // Between the issuer's answer and the write that keeps it the silo goes, and the fee is paid back.
        issuer.Issued = async () =>
        {
            silo.Faults.FailNext(WriteFault.NotPersisted, write => write.Subject.StartsWith("invoice-book/invoice-book/", StringComparison.Ordinal));
            await paid.Close();
            await paid.RefundAnswered(new RefundOutcome($"trade-{order}", null, Now));
        };
        await silo.Grains.InvoiceBook(user).Submit(new SubmitInvoice(Guid.NewGuid(), [order], "宜昌测试有限公司", null));
        await Record.ExceptionAsync(() => silo.Grains.InvoiceBook(user).Try());
        await silo.DrainAsync(paid);
        var over = await UntilAsync(view => view.State != InvoiceState.Submitted);
        Assert.Equal((InvoiceState.Issued, "1"), (over.State, over.Number));
        var taken = await UntilAsync(view => view.RedLetters is [{ State: InvoiceState.Issued }]);
        Assert.Equal((1, order), (issuer.TakenBack, taken.RedLetters[0].Order));

        Task<InvoiceView> UntilAsync(Func<InvoiceView, bool> isSo) => Wait.UntilAsync(async () =>
        {
            silo.Clock.Advance(TimeSpan.FromMinutes(3));
            await Record.ExceptionAsync(() => silo.Grains.InvoiceBook(user).Try());
            return (await silo.Grains.InvoiceBook(user).List())[0];
        }, isSo);
    }

    [Fact]
    public void Of_an_invoice_that_was_not_issued_nothing_is_taken_back_and_of_one_that_was_each_order_once()
    {
        var (order, never) = (new OrderId(Id), new OrderId(Guid.NewGuid()));
        var book = new StoredInvoices([1], [Invoice()]);
        var asked = RedLetterRules.Refunded(new StoredRedLetters(), book, order, Guid.NewGuid(), Now);
        Assert.Null(RedLetterRules.Issued(book, Assert.Single(asked.Letters)));
        Assert.Same(asked, RedLetterRules.Refunded(asked, book, order, Guid.NewGuid(), Now));
        Assert.Same(asked, RedLetterRules.Refunded(asked, book, never, Guid.NewGuid(), Now));
        Assert.Same(asked, RedLetterRules.WithoutRejected(asked, book));
        Assert.Empty(RedLetterRules.WithoutRejected(asked, InvoiceRules.Answered(book, Id, new InvoiceResult.Rejected("抬头与税号不符"), Now)).Letters);
        Assert.Empty(RedLetterRules.WithoutRejected(asked, new StoredInvoices()).Letters);

        var issued = InvoiceRules.Answered(book, Id, new InvoiceResult.Issued("1", new Uri("https://invoice.example.com/1.pdf")), Now);
        Assert.Equal("1", RedLetterRules.Issued(issued, asked.Letters[0])?.Number);
        var refused = RedLetterRules.Answered(asked, asked.Letters[0].Id, new InvoiceResult.Rejected("不符"), Now).Letters[0];
        Assert.Equal((false, Now.AddHours(6), 1), (RedLetterRules.IsOver(refused), refused.NextTry, refused.Tries));
    }

    [Fact]
    public void Stored_red_letters() => GoldenState.Verify("invoice-red-letters-v1", new StoredRedLetters(
    [
        new RedLetterRecord(Id, Id, new InvoicedOrder(new OrderId(Id), "企业证书", 30000), InvoiceState.Rejected, Now, 1, Now.AddHours(6), RejectionReason: "购买方尚未确认红字信息"),
        new RedLetterRecord(Id, Id, new InvoicedOrder(new OrderId(Id), "企业证书", 30000), InvoiceState.Issued, Now, 2, Now, "26000000000000000002", "https://invoice.example.com/2.pdf"),
    ]));

    [Fact]
    public void Asked_less_and_less_often_until_it_is_over()
    {
        var state = new StoredInvoices([1], [Invoice()]);
        for (var i = 0; i < 8; i++)
        {
            state = InvoiceRules.Answered(InvoiceRules.Asked(state, Id, Now.AddMinutes(-1)), Id, new InvoiceResult.Unavailable("no answer in time"), Now);
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
        new StoredInvoices([1], [Invoice() with { Tries = 1 }]), Id, new InvoiceResult.Issued("26000000000000000001", new Uri("https://invoice.example.com/1.pdf")), Now));

    /// <summary>Issues at once; what comes after its first answer is the test's.</summary>
    private sealed class LosingIssuer : IInvoiceIssuer
    {
        private int takenBack;

        public Func<Task>? Issued { get; set; }

        public int TakenBack => takenBack;

        public async Task<InvoiceResult> IssueAsync(InvoiceOrder order, CancellationToken cancellation)
        {
            var first = Issued;
            Issued = null;
            await (first?.Invoke() ?? Task.CompletedTask);
            return new InvoiceResult.Issued("1", new Uri("https://invoice.example.com/1.pdf"));
        }

        public Task<InvoiceResult> TakeBackAsync(RedLetterOrder order, CancellationToken cancellation)
        {
            Interlocked.Increment(ref takenBack);
            return Task.FromResult<InvoiceResult>(new InvoiceResult.Issued("2", new Uri("https://invoice.example.com/2.pdf")));
        }
    }

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

    /// <summary>As the order is closed, and the provider of the payment answers.</summary>
    private static async Task PaidBackAsync(EmbeddedSystem system, TestPhone phone, Guid order)
    {
        var grain = system.Grains.Order(new OrderId(order));
        await grain.Close();
        await grain.RefundAnswered(new RefundOutcome($"trade-{order}", null, Now));
        await grain.AsReference<IOutboxOwner>().DrainOutbox();
        Assert.Equal(OrderState.Refunded, (await phone.OrderAsync(order)).State);
    }

    private static Task<InvoiceInfo> UntilTakenBackAsync(EmbeddedSystem system, TestPhone phone, int letters = 1) => Wait.UntilAsync(async () =>
    {
        system.Clock.Advance(TimeSpan.FromMinutes(3));
        await system.Grains.InvoiceBook(new UserId(phone.Login!.UserId)).Try();
        return (await ListAsync(phone))[0];
    }, invoice => invoice.RedLetters.Count(letter => letter.State == InvoiceState.Issued) == letters);

    private static Task<InvoiceInfo> UntilOverAsync(EmbeddedSystem system, TestPhone phone) => Wait.UntilAsync(async () =>
    {
        system.Clock.Advance(TimeSpan.FromMinutes(3));
        await system.Grains.InvoiceBook(new UserId((await phone.MeAsync()).UserId)).Try();
        return (await ListAsync(phone))[0];
    }, invoice => invoice.State != InvoiceState.Submitted);
}
