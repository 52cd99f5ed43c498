using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Bzt.Contracts;
using Bzt.Contracts.Platforms;
using Bzt.Grains.Callbacks;
using Microsoft.Extensions.Time.Testing;

namespace Bzt.Tests.Callbacks;

/// <summary>The format of the Standard Webhooks specification, and what a verifier refuses.</summary>
public sealed class CallbackSignatureTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 25, 8, 0, 0, TimeSpan.Zero);

    [Fact]
    public void The_specifications_own_example_is_signed_alike() => Assert.Equal(
        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        CallbackSignature.Sign(
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", DateTimeOffset.FromUnixTimeSeconds(1614265330), "{\"test\": 2432232314}"u8));

    [Fact]
    [Trait("Feature", "X08"), Trait("Surface", "api")]
    public void A_message_is_taken_once_and_a_forged_reordered_or_late_one_never()
    {
        var clock = new FakeTimeProvider(Now);
        var secret = CallbackSignature.NewSecret();
        var (one, two) = (Message(secret, "msg_1", SessionEnd.Ok), Message(secret, "msg_2", SessionEnd.Refused));
        var verifier = new CallbackVerifier([secret], clock);

        Assert.Equal(CallbackVerdict.Accepted, verifier.Judge(one.Id, one.Timestamp, one.Signature, one.Body, out var read));
        Assert.Equal(SessionEnd.Ok, read!.Data.End);
        Assert.Equal(CallbackVerdict.Repeated, verifier.Judge(one.Id, one.Timestamp, one.Signature, one.Body, out _));

        // Forged: somebody else's secret, no secret, another version, nothing.
        var forged = Message(CallbackSignature.NewSecret(), "msg_3", SessionEnd.Ok);
        var altered = (byte[])[.. two.Body];
        altered[^3] ^= 1;
        foreach (var (id, timestamp, signature, body) in new (string?, string?, string?, byte[])[]
        {
            (forged.Id, forged.Timestamp, forged.Signature, forged.Body),
            (two.Id, two.Timestamp, two.Signature, altered),
            // Reordered: the parts of two genuine messages.
            (one.Id, two.Timestamp, two.Signature, two.Body),
            (two.Id, two.Timestamp, one.Signature, two.Body),
            (two.Id, two.Timestamp, two.Signature, one.Body),
            (two.Id, (long.Parse(two.Timestamp, CultureInfo.InvariantCulture) + 1).ToString(CultureInfo.InvariantCulture), two.Signature, two.Body),
            (two.Id, two.Timestamp, two.Signature.Replace("v1,", "v1a,", StringComparison.Ordinal), two.Body),
            (two.Id, two.Timestamp, "", two.Body),
            (two.Id, two.Timestamp, null, two.Body),
            (two.Id, null, two.Signature, two.Body),
            (null, two.Timestamp, two.Signature, two.Body),
            (two.Id, "+" + two.Timestamp, two.Signature, two.Body),
        })
        {
            Assert.Equal(CallbackVerdict.Refused, verifier.Judge(id, timestamp, signature, body, out var nothing));
            Assert.Null(nothing);
        }

        // Late, and from a clock that runs ahead too far.
        clock.Advance(CallbackVerifier.Tolerance + TimeSpan.FromSeconds(1));
        Assert.Equal(CallbackVerdict.Refused, verifier.Judge(two.Id, two.Timestamp, two.Signature, two.Body, out _));
        clock.SetUtcNow(Now + TimeSpan.FromHours(1));
        var later = Message(secret, "msg_4", SessionEnd.Ok, Now + TimeSpan.FromMinutes(66));
        Assert.Equal(CallbackVerdict.Refused, verifier.Judge(later.Id, later.Timestamp, later.Signature, later.Body, out _));
    }

    [Fact]
    public void While_secrets_are_rotated_either_verifies()
    {
        var (before, after) = (CallbackSignature.NewSecret(), CallbackSignature.NewSecret());
        var one = Message(before, "msg_1", SessionEnd.Ok);
        var two = CallbackSignature.Sign(after, one.Id, Now, one.Body);
        foreach (var secret in new[] { before, after })
        {
            Assert.Equal(
                CallbackVerdict.Accepted,
                new CallbackVerifier([secret], new FakeTimeProvider(Now)).Judge("msg_1", one.Timestamp, $"{one.Signature} {two}", one.Body, out _));
        }

        Assert.Throws<ArgumentException>(() => new CallbackVerifier(["secret"], TimeProvider.System));
        Assert.Throws<ArgumentException>(() => new CallbackVerifier(["whsec_c2hvcnQ="], TimeProvider.System));
    }

    [Fact]
    public void A_message_is_tried_for_two_days_and_the_list_of_the_dead_has_a_bound()
    {
        var total = TimeSpan.Zero;
        var attempts = 1;
        for (; CallbackRules.PauseAfter(attempts) is { } pause; attempts++)
        {
            Assert.True(pause > (attempts == 1 ? TimeSpan.Zero : CallbackRules.PauseAfter(attempts - 1)));
            total += pause;
        }

        Assert.InRange(total, TimeSpan.FromDays(1.9), TimeSpan.FromDays(2.1));
        Assert.Equal(10, attempts);

        var endpoint = new StoredCallbackEndpoint();
        var first = Guid.NewGuid();
        endpoint = CallbackRules.Bury(endpoint, new DeadCallback(first, Now, 10, "500"));
        Assert.Single(CallbackRules.Bury(endpoint, new DeadCallback(first, Now, 10, "502")).Dead);
        for (var i = 0; i < CallbackRules.MostDead; i++)
        {
            endpoint = CallbackRules.Bury(endpoint, new DeadCallback(Guid.NewGuid(), Now, 10, "500"));
        }

        Assert.Equal((CallbackRules.MostDead, 1L), (endpoint.Dead.Length, endpoint.Dropped));
        Assert.DoesNotContain(endpoint.Dead, dead => dead.Session == first);
    }

    [Theory]
    [InlineData("https://platform.example/callbacks", true)]
    [InlineData("https://platform.example:8443/callbacks?tenant=1", true)]
    [InlineData("https://8.8.8.8/", true)]
    [InlineData("https://[2400:3200::1]/", true)]
    [InlineData("http://platform.example/callbacks", false)]
    [InlineData("ftp://platform.example/", false)]
    [InlineData("/callbacks", false)]
    [InlineData("", false)]
    [InlineData("https://user:password@platform.example/", false)]
    [InlineData("https://platform.example/#fragment", false)]
    [InlineData("https://localhost/", false)]
    [InlineData("https://127.0.0.1/", false)]
    [InlineData("https://2130706433/", false)]
    [InlineData("https://10.1.2.3/", false)]
    [InlineData("https://172.31.255.255/", false)]
    [InlineData("https://192.168.1.1/", false)]
    [InlineData("https://169.254.169.254/latest/meta-data", false)]
    [InlineData("https://100.64.0.1/", false)]
    [InlineData("https://0.0.0.0/", false)]
    [InlineData("https://255.255.255.255/", false)]
    [InlineData("https://[::1]/", false)]
    [InlineData("https://[::ffff:10.0.0.1]/", false)]
    [InlineData("https://[fd00::1]/", false)]
    [InlineData("https://[fe80::1]/", false)]
    [InlineData("https://[64:ff9b::a00:1]/", false)]
    [InlineData("https://[2002:a00:1::]/", false)]
    public void In_production_only_public_https_addresses_are_called(string url, bool allowed)
    {
        Assert.Equal(allowed, CallbackAddresses.TryParse(url, allowLoopback: false, out _));
        // Embedded adds this machine, and nothing of its network.
        Assert.Equal(allowed || url is "https://localhost/" or "https://127.0.0.1/" or "https://2130706433/" or "https://[::1]/", CallbackAddresses.TryParse(url, allowLoopback: true, out _));
    }

    [Fact]
    public async Task A_name_that_leads_to_this_machine_is_not_connected_to()
    {
        using var listener = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var http = new HttpClient(HttpCallbackSender.Handler(new CallbackOptions(AllowLoopback: false)));
        var refused = await Assert.ThrowsAsync<HttpRequestException>(() => http.GetAsync(new Uri($"http://localhost:{((IPEndPoint)listener.LocalEndpoint).Port}/")));
        Assert.Equal("The address is not public.", refused.InnerException?.Message);
        Assert.False(listener.Pending());
    }

    private static (string Id, string Timestamp, string Signature, byte[] Body) Message(string secret, string id, SessionEnd end, DateTimeOffset? at = null)
    {
        var time = at ?? Now;
        var body = JsonSerializer.SerializeToUtf8Bytes(
            new CallbackEvent(CallbackEvent.SessionCompleted, time, new CallbackData(Guid.NewGuid(), SessionKind.Login, end)), BztJson.Default.CallbackEvent);
        return (id, time.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture), CallbackSignature.Sign(secret, id, time, body), body);
    }
}
