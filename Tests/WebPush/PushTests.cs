using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;
using Bzt.Grains;
using Bzt.Grains.Foundations;
using Bzt.Grains.Inbox;
using Bzt.Grains.WebPush;
using Bzt.Simulators;
using Bzt.Simulators.WebPush;
using Bzt.Tests.Applications;
using Bzt.Tests.Certificates;
using Bzt.Tests.Embedded;
using Bzt.Tests.Peers;
using Bzt.Tests.Platforms;
using Bzt.Tests.Sealing;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Storage;
using MessageKind = Bzt.Grains.Inbox.MessageKind;

namespace Bzt.Tests.WebPush;

/// <summary>A closed phone is woken up: what comes in is read by others, and what must not be sent is not.</summary>
[Trait("Feature", "M075"), Trait("Surface", "api")]
public sealed class PushTests
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_closed_phone_is_woken_up_by_a_message_that_only_it_can_read()
    {
        var generation = 1;
        await using var system = await StartAsync(() => generation);
        using var phone = await CertifiedPhone.ActiveAsync(system);
        var platform = await phone.PlatformAsync();
        await phone.BindAsync(platform);

        // 1. What cannot be a subscription is refused, and nothing is stored.
        var offered = await phone.Client.GetPushAsync();
        Assert.False(offered.Subscribed);
        var browser = await system.Simulators.SubscribePushAsync(offered.ServerKey!);
        var good = Subscription(browser);
        var beside = (byte[])browser.P256dh.Clone();
        beside[40] ^= 1;
        foreach (var (code, wrong) in new[]
        {
            (ErrorCodes.PushServiceUnknown, good with { Endpoint = "https://attacker.example/push/1" }),
            (ErrorCodes.PushServiceUnknown, good with { Endpoint = "https://192.168.1.1/push/1" }),
            (ErrorCodes.PushServiceUnknown, good with { Endpoint = "http://fcm.googleapis.com/fcm/send/1" }),
            (ErrorCodes.InvalidRequest, good with { Endpoint = good.Endpoint + new string('a', 1024) }),
            (ErrorCodes.InvalidRequest, good with { P256dh = beside }),
            (ErrorCodes.InvalidRequest, good with { Auth = new byte[15] }),
            (ErrorCodes.PushKeyOutdated, good with { ServerKey = browser.P256dh }),
        })
        {
            await ClaimSteps.RefusedAsync(code, () => phone.Client.SetPushAsync(wrong));
        }

        Assert.False((await phone.Client.GetPushAsync()).Subscribed);
        await phone.Client.SetPushAsync(good);
        await phone.Client.SetPushAsync(good);
        Assert.True((await phone.Client.GetPushAsync()).Subscribed);

        // 2. A request within a sealing session; the phone is closed. The server restarts before the message is due.
        var sealing = (await phone.BeginAsync(platform, automatic: false)).SealingSessionId;
        await platform.OpenAsync(SealingWorld.ToSeal("商务标.pdf").In(sealing));
        await AcceptedAsync(system, phone, sealing);
        await system.RestartAsync();
        phone.Phone.Reconnect();
        await phone.ReconnectAsync();
        Assert.Equal(offered.ServerKey, (await phone.Client.GetPushAsync()).ServerKey);
        var pushed = await NextAsync(system, phone, browser, 1, sealing);
        var (payload, claims) = await ReadAsync(system, browser, pushed);
        Assert.Equal($$"""{"kind":"sealing","id":"{{sealing:D}}"}""", payload);
        Assert.Equal("mailto:operator@bzt.example", (string?)claims["sub"]);
        Assert.Equal("high", pushed.Urgency);
        Assert.InRange(pushed.Ttl, 1, 3600);

        // 3. What the phone has fetched by itself is not pushed; the one after it is.
        var (session, application) = (Guid.NewGuid(), Guid.NewGuid());
        await PostAsync(system, phone, MessageKind.SignatureAsked, session);
        await AcceptedAsync(system, phone, session);
        await phone.Client.GetInboxAsync();
        system.Clock.Advance(TimeSpan.FromSeconds(1));
        await PostAsync(system, phone, MessageKind.CertificateRequested, application);
        pushed = await NextAsync(system, phone, browser, 2, application);
        Assert.Equal($$"""{"kind":"approval","id":"{{application:D}}"}""", (await ReadAsync(system, browser, pushed)).Payload);
        Assert.NotEqual((await system.Simulators.PushedAsync(browser))[0].Topic, pushed.Topic);

        // 4. A push service that asks for patience gets it, and the message in the end; one of a kind, the newest.
        await system.Simulators.SteerAsync("push", new Steer(Disturbance.Fail, "429"));
        await system.Simulators.SteerAsync("push", new Steer(Disturbance.Fail, "503"));
        await PostAsync(system, phone, MessageKind.CertificateRequested, session);
        await AcceptedAsync(system, phone, session);
        system.Clock.Advance(TimeSpan.FromSeconds(1));
        await PostAsync(system, phone, MessageKind.CertificateRequested, application);
        pushed = await NextAsync(system, phone, browser, 3, application);
        Assert.Equal($$"""{"kind":"approval","id":"{{application:D}}"}""", (await ReadAsync(system, browser, pushed)).Payload);
        Assert.Equal((await system.Simulators.PushedAsync(browser))[1].Topic, pushed.Topic);

        // 5. The store's files say nothing of where the phone is reached.
        foreach (var file in Directory.EnumerateFiles(system.DataFolder, "bzt.db*"))
        {
            await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var content = new MemoryStream();
            await stream.CopyToAsync(content, TestContext.Current.CancellationToken);
            Assert.False(content.GetBuffer().AsSpan(0, (int)content.Length).IndexOf(Encoding.ASCII.GetBytes(browser.Id)) >= 0, file);
        }

        // 6. The operator rotates the key: the old subscription is served until the phone subscribes anew, and nothing new is made under the old key.
        generation = 2;
        await system.RestartAsync();
        phone.Phone.Reconnect();
        await phone.ReconnectAsync();
        var rotated = (await phone.Client.GetPushAsync()).ServerKey!;
        Assert.NotEqual(offered.ServerKey, rotated);
        await ClaimSteps.RefusedAsync(ErrorCodes.PushKeyOutdated, () => phone.Client.SetPushAsync(good));
        await PostAsync(system, phone, MessageKind.SignatureAsked, application);
        await ReadAsync(system, browser, await NextAsync(system, phone, browser, 4, application));
        var renewed = await system.Simulators.SubscribePushAsync(rotated);
        await phone.Client.SetPushAsync(Subscription(renewed));
        await PostAsync(system, phone, MessageKind.SignatureAsked, application);
        await ReadAsync(system, renewed, await NextAsync(system, phone, renewed, 1, application));

        // 7. The user took the permission away in the browser: the push service says so once, and the subscription is gone.
        await system.Simulators.ExpirePushAsync(renewed);
        await PostAsync(system, phone, MessageKind.SignatureAsked, application);
        await AcceptedAsync(system, phone, application);
        await TurnUntilAsync(system, phone, async () => !(await phone.Client.GetPushAsync()).Subscribed);

        // 8. Off, and the login's end, end it too.
        var last = Subscription(await system.Simulators.SubscribePushAsync(rotated));
        await phone.Client.SetPushAsync(last);
        await phone.Client.RemovePushAsync();
        await phone.Client.RemovePushAsync();
        Assert.False((await phone.Client.GetPushAsync()).Subscribed);
        await phone.Client.SetPushAsync(last);
        await phone.Client.LogOutAsync();
        system.Clock.Advance(TimeSpan.FromMinutes(2));
        await phone.Phone.LogInAsync();
        Assert.False((await phone.Phone.Http.GetAsync(Routes.Phone.Push, BztJson.Default.PushSettings)).Subscribed);
        Assert.Single(await system.Simulators.PushedAsync(renewed));
        Assert.Equal(4, (await system.Simulators.PushedAsync(browser)).Count);
    }

    [Fact]
    public async Task Where_nobody_is_responsible_nothing_is_offered()
    {
        await using var system = await EmbeddedSystem.StartAsync(builder => builder.Configuration["WebPush:Contact"] = null);
        using var phone = await system.LoggedInPhoneAsync();
        var settings = await phone.Http.GetAsync(Routes.Phone.Push, BztJson.Default.PushSettings);
        Assert.Equal((null, false), (settings.ServerKey, settings.Subscribed));
        var content = JsonSerializer.SerializeToUtf8Bytes(Subscription(await system.Simulators.SubscribePushAsync(new byte[65])), BztJson.Default.PushSubscriptionRequest);
        var refused = await Assert.ThrowsAsync<ApiRefusedException>(() => phone.Http.SendAsync(HttpMethod.Put, Routes.Phone.Push, content, "application/json"));
        Assert.Equal(ErrorCodes.PushNotOffered, refused.Code);
    }

    private static Task<EmbeddedSystem> StartAsync(Func<int> generation) => EmbeddedSystem.StartAsync(builder =>
    {
        builder.Configuration["WebPush:GraceSeconds"] = ((int)Grace.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        builder.Configuration["WebPush:KeyGeneration"] = generation().ToString(CultureInfo.InvariantCulture);
    });

    private static PushSubscriptionRequest Subscription(PushBrowser browser) => new(browser.Endpoint, browser.P256dh, browser.Auth, browser.ServerKey);

    private static UserId UserOf(CertifiedPhone phone) => new(phone.Phone.Login!.UserId);

    private static Task PostAsync(EmbeddedSystem system, CertifiedPhone phone, MessageKind kind, Guid subject) => system.Grains.Inbox(UserOf(phone)).Post(new InboxEntry(
        Guid.NewGuid().ToString(), kind, "标题", "正文", subject.ToString(), system.Clock.GetUtcNow()));

    /// <summary>The order has gone through the outbox and is the pushes' own.</summary>
    private static Task AcceptedAsync(EmbeddedSystem system, CertifiedPhone phone, Guid subject) => Wait.UntilAsync(
        async () =>
        {
            var stored = new GrainState<PushState>();
            await system.Services.GetRequiredService<IGrainStorage>().ReadStateAsync("push", system.Grains.Push(UserOf(phone)).GetGrainId(), stored);
            return stored.State?.Pending.Any(push => push.Order.Subject == subject) is true;
        },
        accepted => accepted);

    /// <summary>The grace passes, and what a push service asked for besides, until the browser's n-th message.</summary>
    private static async Task<PushedMessage> NextAsync(EmbeddedSystem system, CertifiedPhone phone, PushBrowser browser, int count, Guid subject)
    {
        await AcceptedAsync(system, phone, subject);
        await TurnUntilAsync(system, phone, async () => (await system.Simulators.PushedAsync(browser)).Count >= count);
        var all = await system.Simulators.PushedAsync(browser);
        Assert.Equal(count, all.Count);
        return all[^1];
    }

    private static async Task TurnUntilAsync(EmbeddedSystem system, CertifiedPhone phone, Func<Task<bool>> isSo)
    {
        system.Clock.Advance(Grace + TimeSpan.FromSeconds(1));
        await Wait.UntilAsync(
            async () =>
            {
                // Little enough that no session ends before its message is out.
                system.Clock.Advance(TimeSpan.FromMilliseconds(100));
                await system.Grains.Push(UserOf(phone)).AsReference<IOutboxOwner>().DrainOutbox();
                return await isSo();
            },
            done => done);
    }

    /// <summary>As npm's http_ece and jose see it.</summary>
    private static async Task<(string Payload, JsonNode Claims)> ReadAsync(EmbeddedSystem system, PushBrowser browser, PushedMessage message)
    {
        var parts = message.Authorization["vapid ".Length..].Split(", ").Select(part => part.Split('=', 2)).ToDictionary(part => part[0], part => part[1]);
        Assert.Equal(Base64Url.EncodeToString(browser.ServerKey), parts["k"]);
        var question = new JsonObject
        {
            ["privateKey"] = Base64Url.EncodeToString(browser.PrivateKey), ["auth"] = Base64Url.EncodeToString(browser.Auth), ["body"] = Base64Url.EncodeToString(message.Body),
            ["token"] = parts["t"], ["serverKey"] = Base64Url.EncodeToString(browser.ServerKey), ["audience"] = new Uri(browser.Endpoint).GetLeftPart(UriPartial.Authority),
            ["now"] = system.Clock.GetUtcNow().ToString("O"),
        };
        var answer = JsonNode.Parse((await PeerProcess.Run("node", ["web-push.mjs"], PeerProcess.Sources("node"), question.ToJsonString())).OrFail().Output)!;
        return ((string)answer["payload"]!, answer["claims"]!);
    }
}
