using Bzt.Grains.Accounts;
using Bzt.Grains.Providers.BankCards;
using Bzt.Grains.Providers.Invoices;
using Bzt.Grains.Providers.Licences;
using Bzt.Grains.Providers.Payments;
using Bzt.Grains.Providers.RealNames;
using Bzt.Grains.Providers.Remittances;
using Bzt.Grains.Providers.Sms;
using Bzt.Grains.Providers.WeChat;
using Bzt.Simulators;
using Bzt.Simulators.BankCards;
using Bzt.Tests.Simulators;
using Microsoft.AspNetCore.WebUtilities;

namespace Bzt.Tests.Providers;

/// <summary>
/// Every provider's every trouble: late, twice, garbage, broken off, never. It is told as <c>Unavailable</c> within the adapter's own time,
/// and the next call goes through.
/// </summary>
public sealed class TroubleTests
{
    private const string Order = "019ab0000000700080000021";
    private static readonly TestPerson Person = TestPerson.Get(21);
    private static readonly InvoiceOrder Invoice = new(new Guid("019ab000-0000-7000-8000-000000000074"), "宜昌测试有限公司", null, [new("企业证书", 30000)]);
    private static readonly Uri Back = new("http://127.0.0.1:1/back");
    private static readonly Guid Reference = new("019ab000-0000-7000-8000-000000000021");
    private static readonly DateTimeOffset End = DateTimeOffset.FromUnixTimeSeconds(4_000_000_000);

    private static readonly Steer[] Troubles =
    [
        new(Disturbance.Delay, Milliseconds: 300_000), new(Disturbance.Twice), new(Disturbance.Garbage), new(Disturbance.Silence), new(Disturbance.Never),
    ];

    /// <param name="Queue">Which calls of the simulators are steered.</param>
    /// <param name="Prepare">What has to be there before, made while all is well; its name at the provider.</param>
    /// <param name="Ask">The call itself.</param>
    private sealed record Case(string Queue, Func<RunningSimulators, Task<string>> Prepare, Func<RunningSimulators, TimeProvider?, string, Task<object>> Ask);

    private static readonly Dictionary<string, Case> Cases = new()
    {
        ["Aliyun SMS"] = new("sms", Nothing, (world, clock, _) => As(world.Adapter<ISmsSender>(clock).SendCodeAsync("13800000000", "123456", SmsPurpose.Login, "r"))),
        ["Tencent SMS"] = new("sms", Nothing, (world, clock, _) => As(world.Adapter<ISmsSender>(clock).SendCodeAsync("13800000000", "123456", SmsPurpose.Login, "r"))),
        ["WeChat login"] = new(
            "wechat",
            async world => QueryHelpers.ParseQuery((await world.Control.ConfirmWeChatAsync(world.Adapter<IWeChatLogin>().ConsentPage(Back, "s")!, "小李")).Query)["code"]!,
            (world, clock, code) => As(world.Adapter<IWeChatLogin>(clock).ExchangeAsync(code))),
        ["bank card"] = new(
            "bankcard", Nothing, (world, clock, _) => As(world.Adapter<IBankCardVerifier>(clock).VerifyAsync(Person.Name, Person.IdNumber, Person.CardNumber, Person.Phone, "r"))),
        ["an account to remit to"] = new("remittance", Nothing, (world, clock, _) => As(world.Adapter<IRemittances>(clock).ExpectAsync(Reference, End, Back))),
        ["what was remitted"] = new(
            "remittance",
            async world => $"{await world.Adapter<IRemittances>().ExpectAsync(Reference, End, Back)}",
            (world, clock, _) => As(world.Adapter<IRemittances>(clock).GetAsync(Reference))),
        ["an order at Alipay"] = new(
            "alipay",
            async world =>
            {
                var created = Assert.IsType<PaymentCreation.Ok>(await world.Payment("alipay").CreateAsync(Order, 1, "证书", Back, Back));
                (await world.Http.GetAsync(created.PayUrl)).Dispose();
                return Order;
            },
            (world, clock, order) => As(world.Payment("alipay", clock).QueryAsync(order))),
        ["an order begun at WeChat"] = new("wechatpay", Nothing, (world, clock, _) => As(world.Payment("wechat", clock).CreateAsync(Order, 1, "证书", Back, Back, "203.0.113.7"))),
        ["an order at WeChat"] = new(
            "wechatpay",
            async world => $"{await world.Payment("wechat").CreateAsync(Order, 1, "证书", Back, Back, "203.0.113.7")}",
            (world, clock, _) => As(world.Payment("wechat", clock).QueryAsync(Order))),
        ["an invoice"] = new(
            "invoice",
            // Taken; issued when asked for again.
            async world => $"{await world.Adapter<IInvoiceIssuer>().IssueAsync(Invoice)}",
            (world, clock, _) => As(world.Adapter<IInvoiceIssuer>(clock).IssueAsync(Invoice))),
        ["a licence"] = new("licence", Nothing, (world, clock, _) => As(world.Adapter<ILicenceReader>(clock).ReadAsync(new byte[] { 0xFF, 0xD8, 0xFF, 1 }, "image/jpeg", "r"))),
        ["an identity check begun at Alipay"] = new("alipay-certify", Nothing, (world, clock, _) => BeginAsync(world, clock, RealNameWay.Alipay)),
        ["an identity check at Alipay"] = new("alipay-certify", world => BegunAsync(world, RealNameWay.Alipay), (world, clock, check) => QueryAsync(world, clock, RealNameWay.Alipay, check)),
        ["a face check begun"] = new("face", Nothing, (world, clock, _) => BeginAsync(world, clock, RealNameWay.Face)),
        ["a face check"] = new("face", world => BegunAsync(world, RealNameWay.Face), (world, clock, check) => QueryAsync(world, clock, RealNameWay.Face, check)),
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Late_twice_garbage_broken_off_and_never(string name)
    {
        await using var world = await RunningSimulators.StartAsync(smsVendor: name == "Tencent SMS" ? "Tencent" : "Aliyun");
        var (queue, prepare, ask) = Cases[name];
        var usual = (await ask(world, null, await prepare(world))).GetType();
        Assert.NotEqual("Unavailable", usual.Name);
        foreach (var trouble in Troubles)
        {
            // 1. The trouble, before a clock that is this call's own: what never comes is given up on without anybody waiting for it.
            var prepared = await prepare(world);
            await world.Control.SteerAsync(queue, trouble);
            var clock = RunningSimulators.Clock();
            var asked = ask(world, clock, prepared);
            while (!asked.IsCompleted)
            {
                if (trouble.Kind is Disturbance.Delay or Disturbance.Never)
                {
                    clock.Advance(TimeSpan.FromSeconds(1));
                }

                await Task.Yield();
            }

            Assert.Equal((trouble.Kind, "Unavailable"), (trouble.Kind, (await asked).GetType().Name));

            // 2. Afterwards. The call that was given up on may never have got there.
            await world.Control.ClearAsync(queue);
            Assert.Equal((trouble.Kind, usual), (trouble.Kind, (await ask(world, null, await prepare(world))).GetType()));
        }

        // Asked so often under one id, it was done once.
        var made = await world.Control.ChecksMadeAsync();
        Assert.True(made.BankCards <= 1 && made.Faces <= 1 && made.Licences <= 1, $"{made}");
    }

    private static Task<string> Nothing(RunningSimulators world) => Task.FromResult("");

    private static async Task<object> As<T>(Task<T> call) => (await call)!;

    private static IHostedIdentityCheck Adapter(RunningSimulators world, TimeProvider? clock, RealNameWay way) =>
        world.Adapter<IEnumerable<IHostedIdentityCheck>>(clock).Single(check => check.Way == way);

    // Alipay wants a new order number each time, the face provider makes one check of a repeated one.
    private static Task<object> BeginAsync(RunningSimulators world, TimeProvider? clock, RealNameWay way) =>
        As(Adapter(world, clock, way).BeginAsync(Person.Name, Person.IdNumber, way is RealNameWay.Alipay ? Guid.NewGuid().ToString("N") : "r", Back));

    private static async Task<string> BegunAsync(RunningSimulators world, RealNameWay way) => Assert.IsType<HostedCheckStart.Ok>(await BeginAsync(world, null, way)).Check.Reference;

    private static Task<object> QueryAsync(RunningSimulators world, TimeProvider? clock, RealNameWay way, string check) => As(Adapter(world, clock, way).QueryAsync(new HostedCheck(check, null)));
}
