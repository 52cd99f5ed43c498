using System.Security.Cryptography;
using Bzt.Contracts;
using Bzt.Contracts.Platforms;
using Bzt.Tests.Certificates;
using Bzt.Tests.Embedded;

namespace Bzt.Tests.Platforms;

/// <summary>X05: the code on the screen is renewed every second, and only the platform's backend can make it.</summary>
public sealed class DynamicQrTests
{
    [Fact]
    [Trait("Feature", "X05"), Trait("Surface", "api")]
    public async Task A_forwarded_screenshot_is_stale_in_seconds_and_a_clock_may_run_a_little_ahead()
    {
        await using var system = await EmbeddedSystem.StartAsync();
        using var party = await RelyingParty.RegisterAsync(system);
        using var victim = await system.RealNamedPhoneAsync();
        using var phone = await ClientOfAsync(system, victim);
        var session = (await party.OpenLoginAsync()).Session;
        system.Clock.Advance(TimeSpan.FromSeconds(60));
        system.Clock.Stop();
        var age = (int)(system.Clock.GetUtcNow() - session.CreatedAt).TotalSeconds;

        // The picture a swindler sent on: seconds later it opens nothing, and the platform's page sees nobody. Nor can codes be made in advance.
        foreach (var seconds in new[] { 0, age - 10, age - 6, age + 3, age + 600 })
        {
            Assert.Equal((seconds, ErrorCodes.QrStale), (seconds, await Refusal.OfAsync(() => phone.Client.ScanAsync(DynamicQr.Link(session, TimeSpan.FromSeconds(seconds))))));
        }

        Assert.Equal(SessionState.Created, (await party.Client.GetAsync(session.SessionId)).State);

        // The code of now, that of a moment ago, and that of a backend whose clock runs a little ahead.
        foreach (var seconds in new[] { age, age - 4, age + 2 })
        {
            await phone.Client.ScanAsync(DynamicQr.Link(session, TimeSpan.FromSeconds(seconds)));
        }

        Assert.Equal(SessionState.Scanned, (await party.Client.GetAsync(session.SessionId)).State);
    }

    [Fact]
    [Trait("Feature", "X05"), Trait("Surface", "api")]
    public async Task A_code_without_the_secret_or_on_another_link_is_invalid()
    {
        var system = await EmbeddedSystem.SharedAsync();
        using var party = await RelyingParty.RegisterAsync(system);
        using var user = await system.RealNamedPhoneAsync();
        using var phone = await ClientOfAsync(system, user);
        var opened = await party.OpenLoginAsync();
        var other = await party.OpenLoginAsync();
        var good = opened.Link();
        var code = good[(good.IndexOf("&c=", StringComparison.Ordinal) + 3)..];
        foreach (var link in new[]
        {
            DynamicQr.Link(opened.Session with { SessionSecret = RandomNumberGenerator.GetBytes(32) }, TimeSpan.Zero),
            DynamicQr.Link(opened.Session with { SessionSecret = other.Session.SessionSecret }, TimeSpan.Zero),
            DynamicQr.Link(opened.Session with { SessionToken = other.Session.SessionToken }, TimeSpan.Zero),
            good.Replace("&s=", "&s=1", StringComparison.Ordinal),
            good.Replace("v=1", "v=2", StringComparison.Ordinal),
            good.Replace("&c=" + code, "", StringComparison.Ordinal),
            good + "&c=" + code,
            good + "&more=1",
            good.Replace(system.Address.Authority, "evil.example", StringComparison.Ordinal),
            "https://evil.example/?" + good,
            "",
            "javascript:alert(1)",
        })
        {
            Assert.Equal((link, ErrorCodes.QrInvalid), (link, await Refusal.OfAsync(() => phone.Client.ScanAsync(link))));
        }

        Assert.Equal(SessionState.Created, (await party.Client.GetAsync(opened.SessionId)).State);
        await phone.Client.ScanAsync(opened);
    }

    [Fact]
    [Trait("Feature", "X05"), Trait("Surface", "api")]
    public async Task The_first_user_to_scan_has_the_session()
    {
        var system = await EmbeddedSystem.SharedAsync();
        using var party = await RelyingParty.RegisterAsync(system);
        using var user = await system.RealNamedPhoneAsync();
        using var first = await ClientOfAsync(system, user);
        using var other = await system.RealNamedPhoneAsync();
        using var second = await ClientOfAsync(system, other);
        using var unnamed = await system.LoggedInPhoneAsync();
        using var third = await ClientOfAsync(system, unnamed);
        var opened = await party.OpenLoginAsync();

        // Not before the real name; nor does trying take the session.
        Assert.Equal(ErrorCodes.RealNameRequired, await Refusal.OfAsync(() => third.Client.ScanAsync(opened)));
        await first.Client.ScanAsync(opened);
        await first.Client.ScanAsync(opened);
        Assert.Equal(ErrorCodes.SessionTaken, await Refusal.OfAsync(() => second.Client.ScanAsync(opened)));
        Assert.Equal(ErrorCodes.NotFound, await Refusal.OfAsync(() => second.Client.GetSessionAsync(opened.SessionId)));
        Assert.Equal(ErrorCodes.NotFound, await Refusal.OfAsync(() => second.Client.RefuseAsync(opened.SessionId)));
        Assert.Equal(SessionState.Scanned, (await party.Client.GetAsync(opened.SessionId)).State);

        // Neither it nor anybody else scans what was refused.
        await first.Client.RefuseAsync(opened.SessionId);
        await first.Client.RefuseAsync(opened.SessionId);
        Assert.Equal(SessionEnd.Refused, (await party.Client.WaitAsync(opened.SessionId)).End);
        Assert.Equal(ErrorCodes.SessionEnded, await Refusal.OfAsync(() => first.Client.ScanAsync(opened)));
        Assert.Equal(ErrorCodes.SessionEnded, await Refusal.OfAsync(() => second.Client.ScanAsync(opened)));
    }

    private static Task<ScanningPhone> ClientOfAsync(EmbeddedSystem system, TestPhone phone) => ScanningPhone.CreateAsync(system, phone);
}
