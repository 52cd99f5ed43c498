using Bzt.Grains;
using Bzt.Grains.Inbox;
using Bzt.Grains.WebPush;

namespace Bzt.Tests.WebPush;

/// <summary>What is pushed, to whom, and when it is tried again.</summary>
public sealed class PushRulesTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 25, 8, 0, 0, TimeSpan.Zero);
    private static readonly PushTarget Active = Target(active: true);
    private static readonly PushTarget Limited = Target(active: false);

    [Fact]
    public void Only_what_cannot_wait_is_pushed_and_only_ids_that_say_nothing_go_with_it()
    {
        var session = Guid.NewGuid();
        var order = PushRules.OrderOf(Entry(MessageKind.SignatureAsked, session.ToString()) with { Until = Now.AddMinutes(5) }, Now);
        Assert.Equal(new PushOrder(PushKind.Signature, session, Now, Now.AddMinutes(5)), order);
        Assert.Equal(new PushOrder(PushKind.Offer, null, Now, Now.AddDays(1)), PushRules.OrderOf(Entry(MessageKind.TransferRequested, "91420500MA49ABCD28"), Now));
        Assert.Null(PushRules.OrderOf(Entry(MessageKind.CertificateActive, session.ToString()), Now));
        Assert.Null(PushRules.OrderOf(Entry(MessageKind.SealingSessionEnded, session.ToString()), Now));
    }

    [Fact]
    public void A_limited_device_hears_of_its_users_safety_and_of_nothing_it_could_not_do()
    {
        var state = PushRules.Ask(new PushState(), Order(PushKind.Signature), [Active, Limited], Now);
        Assert.Equal(Active.Device.Value, Assert.Single(state.Pending).Device);
        state = PushRules.Ask(state, Order(PushKind.Security), [Active, Limited], Now);
        Assert.Equal(3, state.Pending.Length);

        // The active one became limited meanwhile.
        state = PushRules.Prune(state, [], [Active with { Active = false }, Limited], Now);
        Assert.All(state.Pending, push => Assert.Equal(PushKind.Security, push.Order.Kind));
        Assert.Equal(2, state.Pending.Length);
    }

    [Fact]
    public void A_newer_order_takes_the_olders_place_and_does_not_put_it_off()
    {
        var state = PushRules.Ask(new PushState(), Order(PushKind.Sealing), [Active], Now.AddSeconds(4));
        var newer = Order(PushKind.Sealing, Now.AddSeconds(3));
        state = PushRules.Ask(state, newer, [Active], Now.AddSeconds(7));
        Assert.Equal((newer, Now.AddSeconds(4)), (Assert.Single(state.Pending).Order, state.Pending[0].NextAttempt));

        // An outbox that repeats the older one changes nothing, nor does an outcome of it.
        Assert.Equal(state.Pending, PushRules.Ask(state, Order(PushKind.Sealing), [Active], Now).Pending);
        Assert.Equal(state.Pending, PushRules.Settle(state, [Outcome(Order(PushKind.Sealing), PushResult.Sent)], Now).Pending);
        Assert.Empty(PushRules.Settle(state, [Outcome(newer, PushResult.Sent)], Now).Pending);
    }

    [Fact]
    public void What_the_phone_fetched_itself_is_not_pushed()
    {
        var state = PushRules.Ask(new PushState(), Order(PushKind.Signature), [Active], Now);
        Assert.Single(PushRules.Prune(state, [new DeviceFetch(Active.Device, Now.AddTicks(-1)), new DeviceFetch(Limited.Device, Now.AddSeconds(1))], [Active], Now).Pending);
        Assert.Empty(PushRules.Prune(state, [new DeviceFetch(Active.Device, Now)], [Active], Now).Pending);
        Assert.Empty(PushRules.Prune(state, [], [], Now).Pending);
        Assert.Empty(PushRules.Prune(state, [], [Active], Now.AddMinutes(5)).Pending);
    }

    [Fact]
    public void A_service_that_is_away_is_asked_again_as_it_wishes_and_not_beyond_the_requests_end()
    {
        var order = Order(PushKind.Signature);
        var state = PushRules.Ask(new PushState(), order, [Active], Now);
        Assert.Equal(Now.AddSeconds(5), PushRules.Settle(state, [Outcome(order, PushResult.Away)], Now).Pending[0].NextAttempt);
        Assert.Equal(Now.AddSeconds(60), PushRules.Settle(state, [Outcome(order, PushResult.Away, TimeSpan.FromSeconds(60))], Now).Pending[0].NextAttempt);
        Assert.Empty(PushRules.Settle(state, [Outcome(order, PushResult.Away, TimeSpan.FromMinutes(5))], Now).Pending);
        Assert.Empty(PushRules.Settle(state, [Outcome(order, PushResult.Gone)], Now).Pending);
        Assert.Empty(PushRules.Settle(state, [Outcome(order, PushResult.Refused)], Now).Pending);

        var patient = Order(PushKind.Security) with { Until = Now.AddDays(1) };
        state = PushRules.Ask(new PushState(), patient, [Active], Now);
        var (now, tries) = (Now, 0);
        for (; !state.Pending.IsEmpty; tries++)
        {
            now = state.Pending[0].NextAttempt;
            state = PushRules.Settle(state, [Outcome(patient, PushResult.Away)], now);
        }

        Assert.Equal(8, tries);
    }

    [Theory]
    [InlineData("https://fcm.googleapis.com/fcm/send/a", true)]
    [InlineData("https://web.push.apple.com/a", true)]
    [InlineData("https://push.vendor.example/a", true)]
    [InlineData("https://a.more.example/a", true)]
    [InlineData("https://more.example/a", false)]
    [InlineData("https://.more.example/a", false)]
    [InlineData("https://evilfcm.googleapis.com/a", false)]
    [InlineData("https://fcm.googleapis.com.evil.example/a", false)]
    [InlineData("https://user@fcm.googleapis.com/a", false)]
    [InlineData("https://fcm.googleapis.com/a#b", false)]
    [InlineData("https://fcm.googleapis.com:8443/a", false)]
    [InlineData("http://fcm.googleapis.com/a", false)]
    [InlineData("https://10.0.0.1/a", false)]
    [InlineData("https://[::1]/a", false)]
    [InlineData("not a url", false)]
    public void Nothing_is_sent_anywhere_but_to_known_push_services(string endpoint, bool allowed)
    {
        var options = new WebPushOptions { Services = { "push.vendor.example", "*.more.example", "10.0.0.1" } };
        using var browser = System.Security.Cryptography.ECDiffieHellman.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP256);
        var subscription = new PushSubscription(endpoint, WebPushEncryption.EncodePoint(browser.ExportParameters(false).Q), new byte[16], []);
        var reply = PushAddresses.Judge(subscription, options, allowLoopback: false);
        Assert.Equal(allowed, reply is Done<Nothing>);
    }

    private static PushTarget Target(bool active) => new(DeviceId.New(), active, new PushSubscription("https://push.example/1", [], [], []));

    private static InboxEntry Entry(MessageKind kind, string? subject) => new("m", kind, "标题", "正文", subject, Now);

    private static PushOrder Order(PushKind kind, DateTimeOffset? at = null) => new(kind, Guid.Empty, at ?? Now, Now.AddMinutes(5));

    private static PushOutcome Outcome(PushOrder order, PushResult result, TimeSpan? retryAfter = null) => new(Active.Device, order.Kind, order.AskedAt, "https://push.example/1", result, retryAfter);
}
