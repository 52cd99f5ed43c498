using System.Security.Cryptography;
using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;
using Bzt.Grains.Platforms;
using Bzt.Protocol.Certificates;
using Bzt.Protocol.Forms;
using Bzt.Protocol.Primitives;
using Bzt.Tests.Certificates;
using Bzt.Tests.Embedded;

namespace Bzt.Tests.Journey;

/// <summary>Binding and login as a trading platform's backend calls them.</summary>
public sealed class PlatformTests
{
    private static readonly string[] Five = ["yichang-ggzy", "jingzhou-ggzy", "jingmen-ggzy", "enshi-ggzy", "yichang-jtly"];

    [Fact]
    [Trait("Feature", "M062"), Trait("Surface", "api")]
    public async Task One_certificate_serves_every_platform_of_its_group_once_bound_there()
    {
        await using var system = await EmbeddedSystem.StartAsync();
        using var phone = await CertifiedPhone.ActiveAsync(system);
        foreach (var id in Five)
        {
            var platform = await PlatformAsync(system, id, "hubei");

            // Not bound here yet: a login is refused, whatever is bound elsewhere.
            var early = await platform.OpenAsync(Login());
            var scanned = await phone.Client.ScanAsync(early.Link());
            Assert.Equal(ErrorCodes.NotBound, (await Assert.ThrowsAsync<ApiRefusedException>(() => phone.Client.OpenRequestAsync(scanned, phone.Certificate))).Code);
            await phone.BindAsync(platform);
            await LogInAsync(phone, platform, id);
        }

        // A platform of another group: the certificate is not for it.
        var stranger = await PlatformAsync(system, "hunan-ggzy", "hunan");
        var (_, foreign) = await phone.BindSessionAsync(stranger);
        Assert.Equal(ErrorCodes.CertificateNotEligible, foreign.Session.NotEligibleCode);
        Assert.Equal(ErrorCodes.CertificateNotEligible, (await Assert.ThrowsAsync<ApiRefusedException>(() => phone.Client.OpenRequestAsync(foreign, phone.Certificate))).Code);

        await system.RestartAsync();
        await phone.ReconnectAsync();
        foreach (var id in Five)
        {
            await LogInAsync(phone, await PlatformAsync(system, id, "hubei"), id);
        }

        Assert.Single(await phone.Client.GetCertificatesAsync());
    }

    [Fact]
    [Trait("Feature", "M063"), Trait("Surface", "api")]
    public async Task A_certificate_is_bound_when_name_and_code_are_the_platforms_own()
    {
        await using var system = await EmbeddedSystem.StartAsync();
        using var phone = await CertifiedPhone.ActiveAsync(system);
        var platform = await phone.PlatformAsync();
        foreach (var other in (EnterpriseInfo[])[phone.Enterprise with { Name = phone.Enterprise.Name + "分公司" }, new(phone.Enterprise.Name, "91420500MB0000002" + Grains.Enterprises.CreditCodes.CheckCharacter("91420500MB0000002"))])
        {
            var opened = await platform.OpenAsync(new CreateSessionRequest(SessionKind.Bind) { Challenge = RandomNumberGenerator.GetBytes(32), Enterprise = other });
            var scanned = await phone.Client.ScanAsync(opened.Link());
            Assert.Equal(ErrorCodes.EnterpriseMismatch, scanned.Session.NotEligibleCode);
            Assert.Equal(ErrorCodes.EnterpriseMismatch, (await Assert.ThrowsAsync<ApiRefusedException>(() => phone.Client.OpenRequestAsync(scanned, phone.Certificate))).Code);
        }

        Assert.Equal(ErrorCodes.NotBound, (await Assert.ThrowsAsync<ApiRefusedException>(() => platform.GetSignerAsync(phone.Enterprise.CreditCode))).Code);
        var result = await phone.BindAsync(platform);
        Assert.Equal(phone.Enterprise, result.Enterprise);

        await system.RestartAsync();
        await phone.ReconnectAsync();
        var signer = await (await phone.PlatformAsync()).GetSignerAsync(phone.Enterprise.CreditCode);
        Assert.Equal((phone.Enterprise, result.SigningSerial), (signer.Enterprise, signer.SigningSerial));
    }

    [Fact]
    [Trait("Feature", "M064"), Trait("Surface", "api")]
    public async Task A_login_is_signed_over_the_platforms_own_challenge()
    {
        await using var system = await EmbeddedSystem.StartAsync();
        using var phone = await CertifiedPhone.ActiveAsync(system);
        var platform = await phone.PlatformAsync();
        await phone.BindAsync(platform);

        // Refused on the phone: the platform learns so, and gets no signature.
        var refused = await platform.OpenAsync(Login());
        await phone.Client.RefuseAsync((await phone.Client.ScanAsync(refused.Link())).Session.SessionId);
        var ended = await platform.WaitAsync(refused.SessionId);
        Assert.Equal((SessionEnd.Refused, null), (ended.End, ended.Result));

        // A wrong PIN does not log in; after a restart the count is still there, and the right one does.
        var opened = await platform.OpenAsync(Login());
        var scanned = await phone.Client.ScanAsync(opened.Link());
        Assert.IsType<PinOutcome.WrongPin>(await phone.ConfirmAsync(scanned, CertifiedPhone.WrongPin));
        Assert.Null((await platform.GetAsync(opened.SessionId)).Result);
        await system.RestartAsync();
        await phone.ReconnectAsync();
        Assert.Equal(4, (await phone.Client.GetCertificateAsync(phone.Certificate)).TriesLeft);
        await LogInAsync(phone, await phone.PlatformAsync(), CertifiedPhone.PlatformId);
    }

    private static CreateSessionRequest Login() => new(SessionKind.Login) { Challenge = RandomNumberGenerator.GetBytes(32) };

    private static async Task LogInAsync(CertifiedPhone phone, PlatformClient platform, string platformId)
    {
        var request = Login();
        var opened = await platform.OpenAsync(request);
        Assert.IsType<PinOutcome.Done>(await phone.ConfirmAsync(await phone.Client.ScanAsync(opened.Link()), CertifiedPhone.Pin));
        var result = (await platform.WaitAsync(opened.SessionId)).Result!;
        var signature = Assert.Single(result.Signatures);
        Assert.True(SigningForm.TryDecode(new SigningDocument(SigningFormKind.Login, signature.ToBeSigned), out var form));
        var login = Assert.IsType<LoginForm>(form);
        Assert.Equal((platformId, LoginPurpose.Login, phone.Enterprise.CreditCode), (login.PlatformId, login.Purpose, login.CreditCode));
        Assert.Equal(request.Challenge, login.Challenge);
        Assert.True(Sm2Certificate.TryParse(result.SigningCertificate, out var certificate));
        Assert.True(Sm2Signature.TryParseRaw(signature.Signature, out var parsed));
        Assert.True(parsed!.Verify(certificate.PublicKey, Sm2Signature.Digest(certificate.PublicKey, signature.ToBeSigned)));
    }

    private static async Task<PlatformClient> PlatformAsync(EmbeddedSystem system, string id, string group)
    {
        const string secret = "a secret of each platform in the tests";
        await system.Grains.GetGrain<IPlatformGrain>(id).Register(new RegisterPlatform($"交易平台 {id}", group, secret, MaySignHashes: false));
        var credentials = new ClientCredentialsHandler(system.Gateway, id, secret, system.Clock) { InnerHandler = new HttpClientHandler() };
        return new PlatformClient(new HttpClient(credentials) { BaseAddress = system.Address }, system.Clock);
    }
}
