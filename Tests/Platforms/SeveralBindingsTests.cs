using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;
using Bzt.Grains;
using Bzt.Grains.Enterprises;
using Bzt.Protocol.Forms;
using Bzt.Tests.Certificates;
using Bzt.Tests.Enterprises;

namespace Bzt.Tests.Platforms;

/// <summary>Several members of an enterprise have bound a certificate each: which of them speaks for it, and whose bid file is whose.</summary>
[Trait("Feature", "M063"), Trait("Surface", "api")]
public sealed class SeveralBindingsTests
{
    private static readonly AuthorisationScope[] Everything = [AuthorisationScope.Login, AuthorisationScope.Seal, AuthorisationScope.Encrypt, AuthorisationScope.Decrypt];

    [Fact]
    public async Task Who_may_only_log_in_speaks_for_nobody_and_a_bid_is_confirmed_by_the_certificate_that_opens_it()
    {
        await using var world = await EnterpriseWorld.StartAsync();
        using var colleague = await world.Boss.ColleagueAsync();
        var (platform, code) = (world.Platform, world.Code);
        var boss = await SerialsOf(world.Boss);
        var staff = await SerialsOf(colleague);

        // Bound last, with nothing but the login.
        await GrantAsync(world, colleague, CertifiedPhone.PlatformId, AuthorisationScope.Login);
        await colleague.BindAsync(platform);
        var signer = await platform.GetSignerAsync(code);
        Assert.Equal(boss, (signer.SigningSerial, signer.EncryptionSerial));
        Assert.Equal(boss.Signing, Assert.Single(signer.Certificates).SigningSerial);

        // May do as much as the administrator: both are named, with what they may do, and the newest leads.
        await GrantAsync(world, colleague, CertifiedPhone.PlatformId, Everything);
        signer = await platform.GetSignerAsync(code);
        Assert.Equal(staff, (signer.SigningSerial, signer.EncryptionSerial));
        Assert.Equal([staff.Signing, boss.Signing], signer.Certificates.Select(certificate => certificate.SigningSerial));
        Assert.Equal([[SessionKind.Seal, SessionKind.Encrypt, SessionKind.Decrypt], [SessionKind.Seal, SessionKind.Sign, SessionKind.Encrypt, SessionKind.Decrypt]], signer.Certificates.Select(certificate => certificate.Operations));

        // Encrypted to one, it is not confirmed by the other: neither offered nor done.
        var opened = await platform.OpenAsync(Encrypt(world, staff.Encryption));
        var scanned = await world.Boss.Client.ScanAsync(opened);
        Assert.Equal((0, ErrorCodes.CertificateNotEligible), (scanned.Session.Certificates.Count, scanned.Session.NotEligibleCode));
        Assert.Equal(ErrorCodes.CertificateNotEligible, await Refusal.OfAsync(() => world.Boss.Client.OpenRequestAsync(scanned, world.Boss.Certificate)));
        await platform.CancelAsync(opened.SessionId);
        Assert.Empty(await world.Boss.Client.GetUnopenedBidsAsync(world.Boss.Certificate));
        foreach (var (phone, recipients) in new[] { (colleague, new[] { staff.Encryption }), (world.Boss, [staff.Encryption, boss.Encryption.ToLowerInvariant()]) })
        {
            opened = await platform.OpenAsync(Encrypt(world, recipients));
            Assert.IsType<PinOutcome.Done>(await phone.ConfirmAsync(await phone.Client.ScanAsync(opened), CertifiedPhone.Pin));
            Assert.Equal(SessionEnd.Ok, (await platform.WaitAsync(opened.SessionId)).End);
        }
    }

    [Fact]
    public async Task One_that_is_locked_or_gone_stands_before_nobody_and_none_that_works_is_said()
    {
        await using var world = await EnterpriseWorld.StartAsync();
        using var colleague = await world.Boss.ColleagueAsync();
        var (platform, code) = (world.Platform, world.Code);
        await GrantAsync(world, colleague, CertifiedPhone.PlatformId, Everything);
        await colleague.BindAsync(platform);
        Assert.Equal((await SerialsOf(colleague)).Signing, (await platform.GetSignerAsync(code)).SigningSerial);

        // Locked: the others go on. After a restart too.
        var opened = await platform.OpenAsync(RelyingParty.Login());
        using (var request = await colleague.OpenAsync(await colleague.Client.ScanAsync(opened)))
        {
            PinOutcome outcome;
            do
            {
                outcome = await colleague.Client.ConfirmAsync(request, CertifiedPhone.WrongPin);
            }
            while (outcome is PinOutcome.WrongPin { LockedUntil: null });
        }

        Assert.Equal((await SerialsOf(world.Boss)).Signing, (await platform.GetSignerAsync(code)).SigningSerial);
        await world.RestartAsync();
        Assert.Single((await world.Platform.GetSignerAsync(code)).Certificates);

        // Where only he is bound there is none that works; where he may only log in, none that may.
        using var elsewhere = await RelyingParty.RegisterAsync(world.System);
        Assert.Equal(ErrorCodes.NotBound, await Refusal.OfAsync(() => elsewhere.Client.GetSignerAsync(code)));
        world.System.Clock.Advance(TimeSpan.FromHours(25));
        colleague.Phone.Reconnect();
        await colleague.Phone.LogInAsync();
        await colleague.ReconnectAsync();
        await elsewhere.ConnectAsync();
        await GrantAsync(world, colleague, elsewhere.Id, AuthorisationScope.Login);
        await colleague.BindToAsync(elsewhere.Client);
        Assert.Equal(ErrorCodes.NotAuthorised, await Refusal.OfAsync(() => elsewhere.Client.GetSignerAsync(code)));
        Assert.Equal(ErrorCodes.NotAuthorised, await Refusal.OfAsync(() => elsewhere.Client.GetElectronicSealAsync(code, SealKind.Enterprise)));
        await world.Grain.RemoveMember(new UserId(world.BossId), new UserId(colleague.Phone.Login!.UserId), insist: true);
        await Applications.Wait.UntilAsync(() => colleague.Client.GetCertificatesAsync(), found => found.Single().State == CertificateState.Revoked);
        Assert.Equal(ErrorCodes.CertificateUnusable, await Refusal.OfAsync(() => elsewhere.Client.GetSignerAsync(code)));
    }

    private static CreateSessionRequest Encrypt(EnterpriseWorld world, params string[] recipients)
    {
        var project = new ProjectInfo("P-1", "某道路工程", DateTimeOffset.FromUnixTimeSeconds(world.System.Clock.GetUtcNow().AddDays(9).ToUnixTimeSeconds()));
        var manifest = new BidManifestForm(CertifiedPhone.PlatformId, project.ProjectId, project.Name, project.OpeningTime, new byte[32], [new BidSection("投标文件", 1, new byte[32])], recipients);
        return new CreateSessionRequest(SessionKind.Encrypt) { Project = project, Documents = [new DocumentRequest(SigningForms.BidManifest, manifest.Content)] };
    }

    private static async Task<(string Signing, string Encryption)> SerialsOf(CertifiedPhone phone)
    {
        var certificate = await phone.Client.GetCertificateAsync(phone.Certificate);
        return (certificate.SigningSerial!, certificate.EncryptionSerial!);
    }

    /// <summary>As the approved application does.</summary>
    private static async Task GrantAsync(EnterpriseWorld world, CertifiedPhone member, string platform, params AuthorisationScope[] scopes)
    {
        var now = world.System.Clock.GetUtcNow();
        Assert.IsType<Done<Nothing>>(await world.Grain.Grant(new GrantAuthorisation(
            Guid.NewGuid(), new UserId(member.Phone.Login!.UserId), new PlatformId(platform), scopes, new CertificateId(member.Certificate), now.AddMinutes(-1), now.AddYears(1), null, null)));
    }
}
