using System.Globalization;
using System.Net;
using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;
using Bzt.Grains;
using Bzt.Grains.Enterprises;
using Bzt.Tests.Applications;
using Bzt.Tests.Certificates;
using Bzt.Tests.Platforms;

namespace Bzt.Tests.TradingPlatforms;

/// <summary>On the sample platform a bid is opened with the certificate it is encrypted to, whatever its bidder's members have bound since.</summary>
public sealed class BidRecipientTests(SamplePlatform platform) : IClassFixture<SamplePlatform>
{
    [Fact]
    [Trait("Feature", "M069"), Trait("Surface", "api")]
    public async Task A_certificate_bound_after_the_bid_was_handed_in_changes_nothing_at_the_opening()
    {
        var (system, clock) = (platform.System, platform.System.Clock);
        using var boss = await CertifiedPhone.ActiveAsync(system);
        await Wait.UntilAsync(boss.Phone.MeAsync, me => me.Enterprises.Count == 1);
        using var colleague = await boss.ColleagueAsync();
        using var buyer = new Browser(platform.Address);
        await TenderTests.LogInAsync(buyer, "buyer", SamplePages.DemoPassword);
        var now = clock.GetUtcNow();
        var tender = (await TenderTests.PublishAsync(buyer, now.AddMinutes(10), now.AddMinutes(15))).Location!.Split('/')[^1];
        using var bidder = new Browser(platform.Address);
        await TenderTests.RegisterAsync(bidder, boss.Enterprise);
        await bidder.ConfirmAsync(await bidder.StartQrAsync("/qr/bind"), boss.Client, boss.Certificate);
        var opening = DateTimeOffset.Parse(
            (await TenderTests.PageAsync(bidder, $"/tenders/{tender}")).Split("开标时间</dt><dd>")[1][..16] + "+08:00", CultureInfo.InvariantCulture);
        var bid = await BidFile.MakeAsync(platform.Party, new ProjectInfo(tender, TenderTests.Title, opening), boss.Enterprise, scan => TenderTests.ConfirmAsync(boss, scan), "投标报价：12,345,678.00 元\n");
        Assert.Equal(HttpStatusCode.OK, (await bidder.PutAsync($"/tenders/{tender}/bid", bid)).Status);

        // A colleague who may do everything binds; the bid is still the administrator's, handed in again too.
        await GrantAsync(colleague);
        await colleague.BindToAsync(platform.Party.Client);
        Assert.Equal(2, (await platform.Party.Client.GetSignerAsync(boss.Enterprise.CreditCode)).Certificates.Count);
        Assert.Equal(HttpStatusCode.OK, (await bidder.PutAsync($"/tenders/{tender}/bid", bid)).Status);
        clock.Advance(TimeSpan.FromMinutes(16));
        var hall = $"/tenders/{tender}/opening";
        await Wait.UntilAsync(() => TenderTests.PageAsync(bidder, hall), page => page.Contains("开标编号", StringComparison.Ordinal));

        // While the administrator's is locked nobody's key is there, and that is what is said.
        await LockAsync(boss);
        var (status, _, body) = await bidder.PostAsync($"/qr{hall}", TenderTests.SameOrigin);
        Assert.Equal(HttpStatusCode.Conflict, status);
        Assert.Contains("加密投标文件所用的证书当前不可用", System.Text.RegularExpressions.Regex.Unescape(body), StringComparison.Ordinal);
        clock.Advance(TimeSpan.FromMinutes(31));
        await boss.Phone.LogInAsync();
        await boss.ReconnectAsync();
        Assert.Equal(hall, await bidder.ConfirmAsync(await bidder.StartQrAsync($"/qr{hall}"), boss.Client, boss.Certificate));
        Assert.Contains("12,345,678.00 元", await TenderTests.PageAsync(bidder, hall), StringComparison.Ordinal);
    }

    private async Task LockAsync(CertifiedPhone phone)
    {
        using var request = await phone.OpenAsync(await phone.Client.ScanAsync(await platform.Party.OpenLoginAsync()));
        while (await phone.Client.ConfirmAsync(request, CertifiedPhone.WrongPin) is PinOutcome.WrongPin { LockedUntil: null })
        {
            // The next try.
        }
    }

    private async Task GrantAsync(CertifiedPhone member)
    {
        var now = platform.System.Clock.GetUtcNow();
        Assert.IsType<Done<Nothing>>(await platform.System.Grains.Enterprise(new CreditCode(member.Enterprise.CreditCode)).Grant(new GrantAuthorisation(
            Guid.NewGuid(), new UserId(member.Phone.Login!.UserId), new PlatformId(platform.Party.Id),
            [AuthorisationScope.Login, AuthorisationScope.Seal, AuthorisationScope.Encrypt, AuthorisationScope.Decrypt],
            new CertificateId(member.Certificate), now.AddMinutes(-1), now.AddYears(1), null, null)));
    }
}
