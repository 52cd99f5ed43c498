using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;
using Bzt.Grains;
using Bzt.Grains.Platforms;
using Bzt.Silo.Storage;
using Bzt.Tests.Applications;
using Bzt.Tests.Certificates;
using Bzt.Tests.Embedded;
using Bzt.Tests.Storage;
using Microsoft.AspNetCore.WebUtilities;

using Refusal = Bzt.Tests.Platforms.Refusal;

namespace Bzt.Tests.Platforms;

/// <summary>X10: a browser on the phone itself opens the app by a link and goes back, once, with a value that is good for it alone.</summary>
[Collection(PlatformSystemCollection.Name)]
public sealed class SameDeviceTests(PlatformSystem world)
{
    private const string ReturnUrl = "https://platform.example/bzt/return";
    private const string Nonce = "a-random-of-this-browser-1";

    [Fact]
    [Trait("Feature", "X07"), Trait("Surface", "api")]
    public async Task The_browser_that_began_comes_back_once_and_only_then_is_the_result_told()
    {
        using var party = await RelyingParty.RegisterAsync(world.System);
        Assert.IsType<Done<Nothing>>(await world.System.Grains.GetGrain<IPlatformGrain>(party.Id).Register(
            new RegisterPlatform(party.Name, "hubei", party.Secret, MaySignHashes: false) { ReturnUrls = [ReturnUrl] }));
        await world.Phone.BindToAsync(party.Client);

        // Only to a registered address, octet by octet, and with a random of the browser.
        var request = RelyingParty.Login(timeoutSeconds: 600) with { ReturnUrl = ReturnUrl, ReturnNonce = Nonce };
        foreach (var (refused, code) in new[]
        {
            (request with { ReturnUrl = ReturnUrl + "/" }, ErrorCodes.ReturnUrlUnknown),
            (request with { ReturnUrl = "https://evil.example/bzt/return" }, ErrorCodes.ReturnUrlUnknown),
            (request with { ReturnUrl = ReturnUrl + "?next=https://evil.example" }, ErrorCodes.ReturnUrlUnknown),
            (request with { ReturnNonce = null }, ErrorCodes.InvalidRequest),
            (request with { ReturnNonce = "short" }, ErrorCodes.InvalidRequest),
            (request with { ReturnUrl = null }, ErrorCodes.InvalidRequest),
        })
        {
            Assert.Equal(code, await Refusal.OfAsync(() => party.Client.OpenAsync(refused)));
        }

        // Without a return address a link of that form opens nothing.
        var plain = await party.OpenLoginAsync();
        Assert.Null(plain.Session.DeviceLink);
        Assert.Equal(ErrorCodes.QrInvalid, await Refusal.OfAsync(() => world.Phone.Client.ScanAsync(DynamicQr.DeviceLink(plain.Session.LinkBase, plain.Session.SessionToken, plain.Session.SessionSecret))));

        // The app is opened, the user confirms; the platform is told that it ended, and not what came of it.
        var opened = await party.Client.OpenAsync(request);
        world.System.Clock.Advance(TimeSpan.FromSeconds(60));
        var scanned = await world.Phone.Client.ScanAsync(opened.Session.DeviceLink!);
        Assert.True(scanned.Session.SameDevice);
        Assert.Equal(ErrorCodes.ReturnMismatch, await Refusal.OfAsync(() => world.Phone.Client.GetReturnAsync(opened.SessionId)));
        Assert.IsType<PinOutcome.Done>(await world.Phone.ConfirmAsync(scanned, CertifiedPhone.Pin));
        var status = await party.Client.WaitAsync(opened.SessionId);
        Assert.Equal((SessionEnd.Ok, null, true), (status.End, status.Result, status.AwaitsReturn));
        Assert.Equal(ErrorCodes.NotFound, await Refusal.OfAsync(() => party.Client.GetEvidenceAsync(opened.SessionId)));

        // The address: the platform's own, the session, the value; asked again, the same; after a restart too.
        var address = await world.Phone.Client.GetReturnAsync(opened.SessionId);
        await world.RestartAsync(party);
        Assert.Equal(address, await world.Phone.Client.GetReturnAsync(opened.SessionId));
        Assert.True(address.Length <= 1800);
        Assert.StartsWith(ReturnUrl + "?", address, StringComparison.Ordinal);
        var query = QueryHelpers.ParseQuery(new Uri(address).Query);
        Assert.Equal(opened.SessionId, Guid.Parse(query["session"].ToString()));
        var value = query["value"].ToString();
        using var stranger = await world.System.RealNamedPhoneAsync();
        using var strange = await ScanningPhone.CreateAsync(world.System, stranger);
        Assert.Equal(ErrorCodes.NotFound, await Refusal.OfAsync(() => strange.Client.GetReturnAsync(opened.SessionId)));

        // Another browser has another random or none; another session has another value; another platform has nothing.
        using var other = await RelyingParty.RegisterAsync(world.System);
        var second = await party.Client.OpenAsync(request with { Challenge = new byte[32] });
        Assert.Equal(ErrorCodes.ReturnMismatch, await Refusal.OfAsync(() => party.Client.RedeemReturnAsync(opened.SessionId, value, "a-random-of-that-browser-2")));
        Assert.Equal(ErrorCodes.ReturnMismatch, await Refusal.OfAsync(() => party.Client.RedeemReturnAsync(opened.SessionId, value, "")));
        Assert.Equal(ErrorCodes.ReturnMismatch, await Refusal.OfAsync(() => party.Client.RedeemReturnAsync(opened.SessionId, value[..^1], Nonce)));
        Assert.Equal(ErrorCodes.ReturnMismatch, await Refusal.OfAsync(() => party.Client.RedeemReturnAsync(second.SessionId, value, Nonce)));
        Assert.Equal(ErrorCodes.NotFound, await Refusal.OfAsync(() => other.Client.RedeemReturnAsync(opened.SessionId, value, Nonce)));
        Assert.Null((await party.Client.GetAsync(opened.SessionId)).Result);

        // The browser that began: once.
        var returned = await party.Client.RedeemReturnAsync(opened.SessionId, value, Nonce);
        Assert.Equal((SessionEnd.Ok, null), (returned.End, returned.AwaitsReturn));
        Assert.True(PhoneInHand.Verifies(returned.Result!, returned.Result!.Signatures[0]));
        Assert.Equal(ErrorCodes.ReturnUsed, await Refusal.OfAsync(() => party.Client.RedeemReturnAsync(opened.SessionId, value, Nonce)));
        await world.RestartAsync(party);
        Assert.Equal(ErrorCodes.ReturnUsed, await Refusal.OfAsync(() => party.Client.RedeemReturnAsync(opened.SessionId, value, Nonce)));
        Assert.NotNull((await party.Client.GetAsync(opened.SessionId)).Result);

        // What was refused on the phone goes back as well; and a session shown as a QR code has no way back and withholds nothing.
        await world.Phone.Client.RefuseAsync((await world.Phone.Client.ScanAsync(second.Session.DeviceLink!)).Session.SessionId);
        value = QueryHelpers.ParseQuery(new Uri(await world.Phone.Client.GetReturnAsync(second.SessionId)).Query)["value"].ToString();
        Assert.Equal(SessionEnd.Refused, (await party.Client.RedeemReturnAsync(second.SessionId, value, Nonce)).End);
        var shown = await party.Client.OpenAsync(request with { Challenge = [.. Enumerable.Repeat((byte)7, 32)] });
        Assert.IsType<PinOutcome.Done>(await world.Phone.ConfirmAsync(shown));
        Assert.NotNull((await party.Client.WaitAsync(shown.SessionId)).Result);
        Assert.Equal(ErrorCodes.NotFound, await Refusal.OfAsync(() => world.Phone.Client.GetReturnAsync(shown.SessionId)));
    }

    [Fact]
    [Trait("Feature", "X07"), Trait("Surface", "api")]
    public async Task Who_opened_a_link_is_known_whatever_dies_before_the_result_is_written()
    {
        using var party = await RelyingParty.RegisterAsync(world.System);
        Assert.IsType<Done<Nothing>>(await world.System.Grains.GetGrain<IPlatformGrain>(party.Id).Register(
            new RegisterPlatform(party.Name, "hubei", party.Secret, MaySignHashes: false) { ReturnUrls = [ReturnUrl] }));
        await world.Phone.BindToAsync(party.Client);

        // The certificate has signed; the session dies with its own write, and the outcome comes to one that begins anew.
        var opened = await party.Client.OpenAsync(RelyingParty.Login(timeoutSeconds: 600) with { ReturnUrl = ReturnUrl, ReturnNonce = Nonce });
        bool IsSession(DurableWrite write) => write.Subject.Contains(opened.SessionId.ToString(), StringComparison.OrdinalIgnoreCase) || write.Subject.Contains(opened.SessionId.ToString("N"), StringComparison.OrdinalIgnoreCase);
        using (var request = await world.Phone.OpenAsync(await world.Phone.Client.ScanAsync(opened.Session.DeviceLink!)))
        {
            var died = false;
            world.Faults.FailNext(WriteFault.NotPersisted, write => IsSession(write) && (died = true));
            var before = world.Faults.Written.Count(IsSession);
            Assert.IsType<PinOutcome.Done>(await world.Phone.Client.ConfirmAsync(request, CertifiedPhone.Pin));
            await Wait.UntilAsync(() => Task.FromResult(world.Faults.Written.Count(IsSession)), count => died && count > before);
        }

        foreach (var restarted in (bool[])[false, true])
        {
            if (restarted)
            {
                await world.RestartAsync(party);
            }

            var status = await party.Client.WaitAsync(opened.SessionId);
            Assert.Equal((SessionEnd.Ok, null, true), (status.End, status.Result, status.AwaitsReturn));
        }

        // Whoever opened it still gets back, and with him the result.
        var value = QueryHelpers.ParseQuery(new Uri(await world.Phone.Client.GetReturnAsync(opened.SessionId)).Query)["value"].ToString();
        Assert.NotNull((await party.Client.RedeemReturnAsync(opened.SessionId, value, Nonce)).Result);
    }

    [Fact]
    [Trait("Feature", "X08"), Trait("Surface", "api")]
    public async Task A_visitor_who_is_not_logged_in_uses_up_nothing_but_his_own_minute()
    {
        using var party = await RelyingParty.RegisterAsync(world.System);
        using var other = await RelyingParty.RegisterAsync(world.System);
        var kept = RelyingParty.Login() with { Visitor = "visitor-1" };
        var first = await party.Client.OpenAsync(kept, "kept");
        var (visits, refused) = await UntilRefusedAsync(party, "visitor-1");
        Assert.True(visits >= PlatformSystem.PerVisitor - 1);
        Assert.Equal(ErrorCodes.RateLimited, refused.Code);
        Assert.InRange(refused.Problem.RetryAfterSeconds!.Value, 1, 60);
        Assert.Equal(ErrorCodes.InvalidRequest, await Refusal.OfAsync(() => party.Client.OpenAsync(RelyingParty.Login() with { Visitor = "" })));
        Assert.Equal(ErrorCodes.InvalidRequest, await Refusal.OfAsync(() => party.Client.OpenAsync(RelyingParty.Login() with { Visitor = "two words" })));

        // A repetition opens nothing; the next visitor, and the same name at another platform, are somebody else.
        Assert.Equal(first.SessionId, (await party.Client.OpenAsync(kept, "kept")).SessionId);
        await party.Client.OpenAsync(RelyingParty.Login() with { Visitor = "visitor-2" });
        await other.Client.OpenAsync(RelyingParty.Login() with { Visitor = "visitor-1" });

        // The platform's own limit, and the minute after.
        Assert.Equal(ErrorCodes.RateLimited, (await UntilRefusedAsync(party, null)).Refused.Code);
        await other.Client.OpenAsync(RelyingParty.Login());
        world.System.Clock.Advance(TimeSpan.FromSeconds(61));
        await party.Client.OpenAsync(RelyingParty.Login() with { Visitor = "visitor-1" });
        Assert.Equal(SessionState.Created, (await party.Client.GetAsync(first.SessionId)).State);
    }

    /// <summary>Opens until it is too much. A machine so slow that a minute passes meanwhile only takes more.</summary>
    private static async Task<(int Opened, ApiRefusedException Refused)> UntilRefusedAsync(RelyingParty party, string? visitor)
    {
        for (var opened = 0; opened < 10 * PlatformSystem.PerPlatform; opened++)
        {
            try
            {
                await party.Client.OpenAsync(RelyingParty.Login() with { Visitor = visitor });
            }
            catch (ApiRefusedException refused)
            {
                return (opened, refused);
            }
        }

        throw new InvalidOperationException("Nothing was refused.");
    }
}
