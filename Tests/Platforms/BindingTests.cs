using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;
using Bzt.Protocol.Forms;
using Bzt.Tests.Certificates;
using Bzt.Tests.Embedded;

namespace Bzt.Tests.Platforms;

/// <summary>扫码绑定 and 扫码登录: which certificate serves which platform, and what its signature says.</summary>
public sealed class BindingTests(SharedPhone shared) : IClassFixture<SharedPhone>
{
    private CertifiedPhone Phone => shared.Phone;

    [Fact]
    [Trait("Feature", "M062"), Trait("Surface", "api")]
    public async Task One_certificate_serves_every_shipped_platform_after_binding_there()
    {
        var shipped = (await Phone.Client.GetCatalogueAsync()).Provinces.SelectMany(province => province.Platforms).ToList();
        Assert.Equal(5, shipped.Count);
        foreach (var platform in shipped)
        {
            // The one the certificate was applied for is known to the tests of certificates, with its secret.
            using var party = platform.PlatformId == CertifiedPhone.PlatformId
                ? null
                : await RelyingParty.RegisterAsync(shared.System, platform.RecognitionGroup, id: platform.PlatformId, name: platform.Name);
            var client = party?.Client ?? await Phone.PlatformAsync();
            var before = await Phone.Client.ScanAsync(await client.OpenAsync(RelyingParty.Login()));
            Assert.Equal(platform.Name, before.Session.PlatformName);
            Assert.Equal(ErrorCodes.NotBound, await Refusal.OfAsync(() => Phone.Client.OpenRequestAsync(before, Phone.Certificate)));

            await Phone.BindToAsync(client);
            var result = await Phone.LogInAtAsync(client);
            Assert.Equal(Phone.Enterprise, result.Enterprise);
        }
    }

    [Fact]
    [Trait("Feature", "M062"), Trait("Surface", "api")]
    public async Task No_platform_outside_the_group_is_served()
    {
        using var party = await RelyingParty.RegisterAsync(shared.System, group: "another-province");
        foreach (var request in new[] { RelyingParty.Bind(Phone.Enterprise), RelyingParty.Login() })
        {
            var opened = await party.Client.OpenAsync(request);
            var scanned = await Phone.Client.ScanAsync(opened);
            Assert.Empty(scanned.Session.Certificates);
            Assert.Equal(ErrorCodes.CertificateNotEligible, scanned.Session.NotEligibleCode);
            Assert.Equal(ErrorCodes.CertificateNotEligible, await Refusal.OfAsync(() => Phone.Client.OpenRequestAsync(scanned, Phone.Certificate)));
            Assert.Equal(SessionState.Scanned, (await party.Client.GetAsync(opened.SessionId)).State);
        }

        Assert.Equal(ErrorCodes.NotBound, await Refusal.OfAsync(() => party.Client.GetSignerAsync(Phone.Enterprise.CreditCode)));
    }

    [Fact]
    [Trait("Feature", "M063"), Trait("Surface", "api")]
    public async Task A_certificate_is_bound_where_name_and_credit_code_are_the_platforms()
    {
        using var party = await RelyingParty.RegisterAsync(shared.System);
        using var other = await CertifiedPhone.ReadyAsync(shared.System);
        foreach (var differing in new[] { Phone.Enterprise with { Name = Phone.Enterprise.Name + "分公司" }, Phone.Enterprise with { CreditCode = other.Enterprise.CreditCode } })
        {
            var opened = await party.Client.OpenAsync(RelyingParty.Bind(differing));
            var scanned = await Phone.Client.ScanAsync(opened);
            Assert.Empty(scanned.Session.Certificates);
            Assert.Equal(ErrorCodes.EnterpriseMismatch, scanned.Session.NotEligibleCode);
            Assert.Equal(ErrorCodes.EnterpriseMismatch, await Refusal.OfAsync(() => Phone.Client.OpenRequestAsync(scanned, Phone.Certificate)));
        }

        Assert.Equal(ErrorCodes.NotBound, await Refusal.OfAsync(() => party.Client.GetSignerAsync(Phone.Enterprise.CreditCode)));

        // What is signed names platform, enterprise and challenge, and says that it binds.
        var result = await Phone.BindToAsync(party.Client);
        var form = FormOf(result);
        Assert.Equal((LoginPurpose.Bind, party.Id, party.Name), (form.Purpose, form.PlatformId, form.PlatformName));
        Assert.Equal((Phone.Enterprise.Name, Phone.Enterprise.CreditCode, result.SigningSerial), (form.EnterpriseName, form.CreditCode, form.CertificateSerial));
        Assert.True(PhoneInHand.Verifies(result, result.Signatures[0]));
        Assert.Equal(result.SigningCertificate, (await party.Client.GetSignerAsync(Phone.Enterprise.CreditCode)).SigningCertificate);

        // Bound here is not bound elsewhere; bound again is still bound.
        using var elsewhere = await RelyingParty.RegisterAsync(shared.System);
        Assert.Equal(ErrorCodes.NotBound, await Refusal.OfAsync(() => elsewhere.Client.GetSignerAsync(Phone.Enterprise.CreditCode)));
        await Phone.BindToAsync(party.Client);
        await Phone.LogInAtAsync(party.Client);
    }

    [Fact]
    [Trait("Feature", "M063"), Trait("Surface", "api")]
    public async Task What_the_user_refuses_binds_nothing()
    {
        using var party = await RelyingParty.RegisterAsync(shared.System);
        var opened = await party.Client.OpenAsync(RelyingParty.Bind(Phone.Enterprise));
        using var request = await Phone.ScanAndOpenAsync(opened);
        await Phone.Client.RefuseAsync(opened.SessionId);
        Assert.Equal(SessionEnd.Refused, (await party.Client.WaitAsync(opened.SessionId)).End);

        // The round is open still, but its session is not.
        Assert.IsType<PinOutcome.Ended>(await Phone.Client.ConfirmAsync(request, CertifiedPhone.Pin));
        Assert.Equal(ErrorCodes.NotBound, await Refusal.OfAsync(() => party.Client.GetSignerAsync(Phone.Enterprise.CreditCode)));
    }

    [Fact]
    [Trait("Feature", "M064"), Trait("Surface", "api")]
    public async Task A_login_is_signed_for_this_platform_and_this_challenge()
    {
        using var party = await RelyingParty.RegisterAsync(shared.System);
        await Phone.BindToAsync(party.Client);
        var opened = await party.OpenLoginAsync();
        var challenge = new byte[64];
        Random.Shared.NextBytes(challenge);
        var result = await Phone.LogInAtAsync(party.Client, challenge);
        var form = FormOf(result);
        Assert.Equal((LoginPurpose.Login, party.Id), (form.Purpose, form.PlatformId));
        Assert.Equal(challenge, form.Challenge);
        Assert.True(PhoneInHand.Verifies(result, result.Signatures[0]));

        // Another byte, another signature.
        var changed = result.Signatures[0] with { ToBeSigned = [.. result.Signatures[0].ToBeSigned] };
        changed.ToBeSigned[^1] ^= 1;
        Assert.False(PhoneInHand.Verifies(result, changed));

        // A wrong PIN logs nobody in, and the same request takes the right one.
        using var request = await Phone.ScanAndOpenAsync(opened);
        Assert.IsType<PinOutcome.WrongPin>(await Phone.Client.ConfirmAsync(request, CertifiedPhone.WrongPin));
        Assert.Equal(SessionState.Scanned, (await party.AfterWrongPinAsync(opened)).State);
        Assert.IsType<PinOutcome.Done>(await Phone.Client.ConfirmAsync(request, CertifiedPhone.Pin));
        Assert.Equal(SessionEnd.Ok, (await party.Client.WaitAsync(opened.SessionId)).End);
    }

    private static LoginForm FormOf(SessionResult result)
    {
        var signature = Assert.Single(result.Signatures);
        Assert.True(SigningForm.TryDecode(new SigningDocument(SigningFormKind.Login, signature.ToBeSigned), out var form));
        return Assert.IsType<LoginForm>(form);
    }
}
