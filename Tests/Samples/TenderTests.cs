using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;
using Bzt.Documents.BidFiles;
using Bzt.Documents.Pdf;
using Bzt.Protocol.Evidence;
using Bzt.Samples.TradingPlatform.Data;
using Bzt.Samples.TradingPlatform.Tenders;
using Bzt.Tests.Applications;
using Bzt.Tests.Certificates;
using Bzt.Tests.Platforms;
using Bzt.Tests.Storage;

namespace Bzt.Tests.TradingPlatforms;

/// <summary>A tender on the sample platform from its notice to the sealed evaluation report, with what each part may not do.</summary>
public sealed class TenderTests(SamplePlatform platform) : IClassFixture<SamplePlatform>
{
    internal const string Title = "宜昌测试大道改造工程";
    internal static readonly string[] SameOrigin = ["Sec-Fetch-Site", "same-origin"];

    [Fact]
    [Trait("Feature", "M053"), Trait("Feature", "X16"), Trait("Surface", "api")]
    public async Task A_tender_goes_from_its_notice_to_the_sealed_report()
    {
        var (system, clock) = (platform.System, platform.System.Clock);
        using var reviewer = await TestReviewer.LogInAsync(system);
        using var first = await CertifiedPhone.ActiveAsync(system);
        using var second = await CertifiedPhone.ActiveAsync(system);
        using var absent = await CertifiedPhone.ActiveAsync(system);
        using var expert = await Applying.PersonAsync(system);
        var application = await expert.Client.ApplyAsync(new ApplicationRequest(Guid.NewGuid(), ApplicationKind.Personal) { PlatformId = "yichang-ggzy", CaId = "hubei-ca", Years = 1 });
        var personal = await expert.ApprovedPaidAndDownloadedAsync(reviewer, application.ApplicationId);

        // The notice, by the buyer alone.
        using var buyer = new Browser(platform.Address);
        await LogInAsync(buyer, "buyer", SamplePages.DemoPassword);
        var now = clock.GetUtcNow();
        Assert.Contains("不能早于", (await PublishAsync(buyer, now.AddMinutes(10), now.AddMinutes(5))).Body, StringComparison.Ordinal);
        var tender = (await PublishAsync(buyer, now.AddMinutes(10), now.AddMinutes(15))).Location!.Split('/')[^1];
        using var stranger = new Browser(platform.Address);
        Assert.Contains(Title, await PageAsync(stranger, "/?stage=Bidding"), StringComparison.Ordinal);

        // Three enterprises register, bind and hand in; a bid is checked when it comes, not when it is opened.
        using var a = new Browser(platform.Address);
        using var b = new Browser(platform.Address);
        await RegisterAsync(a, first.Enterprise);
        using var c = new Browser(platform.Address);
        await RegisterAsync(b, second.Enterprise);
        await RegisterAsync(c, absent.Enterprise);
        Assert.Equal(HttpStatusCode.Forbidden, (await a.GetAsync("/publish")).Status);
        var opening = DateTimeOffset.Parse((await PageAsync(a, $"/tenders/{tender}")).Split("开标时间</dt><dd>")[1][..16] + "+08:00", CultureInfo.InvariantCulture);
        var project = new ProjectInfo(tender, Title, opening);
        Assert.Contains("扫码绑定证书", (await a.PutAsync($"/tenders/{tender}/bid", [1, 2, 3])).Body, StringComparison.Ordinal);
        await a.ConfirmAsync(await a.StartQrAsync("/qr/bind"), first.Client, first.Certificate);
        await b.ConfirmAsync(await b.StartQrAsync("/qr/bind"), second.Client, second.Certificate);
        Assert.Contains("不是完整的投标文件", (await a.PutAsync($"/tenders/{tender}/bid", [1, 2, 3])).Body, StringComparison.Ordinal);

        // The disk is away for a moment: what failed then is no other upload that is under way.
        Directory.Move(platform.Pages.BidFolder, platform.Pages.BidFolder + ".away");
        Assert.Equal(HttpStatusCode.InternalServerError, (await a.PutAsync($"/tenders/{tender}/bid", [1, 2, 3])).Status);
        Directory.Move(platform.Pages.BidFolder + ".away", platform.Pages.BidFolder);
        Assert.Contains("不是完整的投标文件", (await a.PutAsync($"/tenders/{tender}/bid", [1, 2, 3])).Body, StringComparison.Ordinal);
        var bid = await BidFile.MakeAsync(platform.Party, project, first.Enterprise, scan => ConfirmAsync(first, scan), "投标报价：12,345,678.00 元\n工期：180 日历天\n");
        Assert.Contains("属于另一家", (await b.PutAsync($"/tenders/{tender}/bid", bid)).Body, StringComparison.Ordinal);
        Assert.Contains("不是为本项目", (await a.PutAsync("/tenders/YC-2026-0417/bid", bid)).Body, StringComparison.Ordinal);
        bid[bid.Length / 2] ^= 1;
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await a.PutAsync($"/tenders/{tender}/bid", bid)).Status);
        bid[bid.Length / 2] ^= 1;
        Assert.Equal(HttpStatusCode.OK, (await a.PutAsync($"/tenders/{tender}/bid", bid)).Status);
        Assert.Equal(HttpStatusCode.OK, (await a.PutAsync($"/tenders/{tender}/bid", bid)).Status);
        Assert.Single(Directory.GetFiles(platform.Pages.BidFolder));
        var other = await BidFile.MakeAsync(platform.Party, project, second.Enterprise, scan => ConfirmAsync(second, scan), "投标报价：11,900,000.00 元\n工期：200 日历天\n");
        Assert.Equal(HttpStatusCode.OK, (await b.PutAsync($"/tenders/{tender}/bid", other)).Status);

        await c.ConfirmAsync(await c.StartQrAsync("/qr/bind"), absent.Client, absent.Certificate);
        var third = await BidFile.MakeAsync(platform.Party, project, absent.Enterprise, scan => ConfirmAsync(absent, scan), "投标报价：12,000,000.00 元\n");
        Assert.Equal(HttpStatusCode.OK, (await c.PutAsync($"/tenders/{tender}/bid", third)).Status);

        // Nobody sees who bids, and nobody opens, before the time.
        var (hall, record) = ($"/tenders/{tender}/opening", $"/tenders/{tender}/opening/{first.Enterprise.CreditCode}/record.json");
        Assert.Equal(HttpStatusCode.NotFound, (await buyer.GetAsync(record)).Status);
        Assert.DoesNotContain(first.Enterprise.Name, await PageAsync(buyer, $"/tenders/{tender}/opening"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Conflict, (await a.PostAsync($"/qr/tenders/{tender}/opening", SameOrigin)).Status);
        clock.Advance(TimeSpan.FromMinutes(11));
        Assert.Contains("投标已截止", (await a.PutAsync($"/tenders/{tender}/bid", bid)).Body, StringComparison.Ordinal);
        clock.Advance(TimeSpan.FromMinutes(5));

        // The opening is the service's: the files this platform holds, each by its digest, whether anybody has looked or not.
        await Wait.UntilAsync(() => PageAsync(stranger, hall), page => page.Contains("开标编号", StringComparison.Ordinal));
        await platform.Party.ConnectAsync();
        var id = Guid.Parse((await PageAsync(stranger, hall)).Split("开标编号 <span class=\"mono\">")[1][..36]);
        Assert.Equal(
            new[] { first, second, absent }.Select(bidder => bidder.Enterprise.CreditCode).Order(), (await platform.Party.Client.GetOpeningAsync(id)).Files.Select(file => file.Bidder.CreditCode).Order());

        // Refused first, and it says so to everybody; then each its own, and what is read aloud is there.
        Assert.Equal(HttpStatusCode.Forbidden, (await buyer.PostAsync($"/qr/tenders/{tender}/opening", SameOrigin)).Status);
        var refused = await a.StartQrAsync($"/qr/tenders/{tender}/opening");
        Assert.Contains("#", (await a.StateAsync(refused)).GetProperty("link").GetString(), StringComparison.Ordinal);
        Assert.Equal(6, (await a.StateAsync(refused)).GetProperty("checkCode").GetString()!.Length);
        await first.Client.RefuseAsync((await a.ShowAsync(refused, first.Client)).Session.SessionId);
        Assert.Equal("refused", await a.WaitForEndAsync(refused));
        await Wait.UntilAsync(() => PageAsync(stranger, $"/tenders/{tender}/opening"), page => page.Contains("投标人在手机上拒绝", StringComparison.Ordinal));
        Assert.Equal($"/tenders/{tender}/opening", await a.ConfirmAsync(await a.StartQrAsync($"/qr/tenders/{tender}/opening"), first.Client, first.Certificate));
        Assert.Contains("12,345,678.00 元", await PageAsync(stranger, $"/tenders/{tender}/opening"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Conflict, (await a.PostAsync($"/qr/tenders/{tender}/opening", SameOrigin)).Status);
        await b.ConfirmAsync(await b.StartQrAsync($"/qr/tenders/{tender}/opening"), second.Client, second.Certificate);

        // 延长解密时间: by the buyer alone, with a reason, once however often the form is sent; the bidders' phones are told.
        (string, string)[] form = [("until", opening.AddMinutes(75).ToUniversalTime().ToString("O", CultureInfo.InvariantCulture)), ("reason", "网络故障"), ("key", Guid.NewGuid().ToString())];
        Assert.Equal(HttpStatusCode.Forbidden, (await b.SubmitAsync(hall, SameOrigin, form)).Status);
        Assert.Contains("填写延长原因", WebUtility.HtmlDecode((await buyer.SubmitAsync(hall, SameOrigin, form[0], form[2])).Body), StringComparison.Ordinal);
        Assert.Contains("只能推后", WebUtility.HtmlDecode((await buyer.SubmitAsync(hall, SameOrigin, ("until", opening.AddMinutes(30).ToString("O", CultureInfo.InvariantCulture)), form[1])).Body), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, (await buyer.SubmitAsync(hall, SameOrigin, form)).Status);
        Assert.Equal(HttpStatusCode.Redirect, (await buyer.SubmitAsync(hall, SameOrigin, form)).Status);
        await Wait.UntilAsync(() => absent.Client.GetInboxAsync(), inbox => inbox.Messages.Any(message => message.Kind == MessageKind.OpeningChanged && message.Body.Contains("网络故障", StringComparison.Ordinal)));

        // Past the hour that was announced first it goes on, also after a restart; past its own end the one that did not come is explained.
        clock.Advance(opening.AddMinutes(62) - clock.GetUtcNow());
        await platform.Pages.RestartAsync();
        using var visitor = new Browser(platform.Address);
        Assert.Contains("待解密", await PageAsync(visitor, hall), StringComparison.Ordinal);
        clock.Advance(TimeSpan.FromMinutes(14));
        var ended = await Wait.UntilAsync(() => PageAsync(visitor, hall), page => page.Contains("原因在交易平台", StringComparison.Ordinal));
        Assert.Contains("投标人未到场", ended, StringComparison.Ordinal);
        using var late = new Browser(platform.Address);
        await LogInAsync(late, "buyer", SamplePages.DemoPassword);
        Assert.Contains("开标解密已截止", WebUtility.HtmlDecode((await late.SubmitAsync(hall, SameOrigin, [("until", opening.AddMinutes(120).ToString("O", CultureInfo.InvariantCulture)), .. form[1..2]])).Body), StringComparison.Ordinal);

        // Each bid's record is the service's word, to be kept by whoever wants it.
        var kept = JsonSerializer.Deserialize(await visitor.DownloadAsync(record), BztJson.Default.SignedOpeningRecord)!;
        Assert.Equal(EvidenceFault.None, kept.Verify((await ChannelTrust.FetchAsync(system.Gateway)).EvidenceKey));
        Assert.Equal((OpeningVerdict.Opened, "网络故障"), (kept.Judgement.Verdict, Assert.Single(kept.Record.Changes).Reason));
        Assert.Equal([OpeningAnswer.Refused, OpeningAnswer.Released], kept.Record.Events.Where(e => e.Answer is not null).Select(e => e.Answer!.Value));
        await expert.ReconnectAsync();

        // A person: bound by name, logged in by the personal certificate; as yet he is nobody's evaluator.
        await platform.Pages.RestartAsync();
        using var evaluator = new Browser(platform.Address);
        var user = "expert-" + Guid.NewGuid().ToString("N")[..8];
        await evaluator.SubmitAsync("/register?kind=person", SameOrigin, ("kind", "person"), ("enterpriseName", personal.EnterpriseName), ("userName", user), ("password", SamplePages.DemoPassword));
        Assert.Equal("/account", await evaluator.ConfirmAsync(await evaluator.StartQrAsync("/qr/bind"), expert.Client, personal.CertificateId));
        using var again = new Browser(platform.Address);
        Assert.Equal("/", await again.ConfirmAsync(await again.StartQrAsync("/qr/login"), expert.Client, personal.CertificateId));
        Assert.Contains("还没有招标人指定", await PageAsync(again, "/account"), StringComparison.Ordinal);
        using var loggedOut = new Browser(platform.Address);
        Assert.Equal(HttpStatusCode.Redirect, (await loggedOut.GetAsync($"/tenders/{tender}/evaluation")).Status);
        var scores = new[] { first, second }.SelectMany(bidder => new (string, string)[]
        {
            ($"price[{bidder.Enterprise.CreditCode}]", bidder == second ? "40" : "36"), ($"technical[{bidder.Enterprise.CreditCode}]", "33"),
            ($"commercial[{bidder.Enterprise.CreditCode}]", "18"), ($"comment[{bidder.Enterprise.CreditCode}]", "响应招标文件"),
        }).ToArray();
        string[] files = [$"/tenders/{tender}/evaluation", $"/tenders/{tender}/evaluation?handler=File&bidder={first.Enterprise.CreditCode}&file={Uri.EscapeDataString("投标文件/投标函.txt")}"];
        await RefusedAsync();

        // The buyer of the tender appoints him, by the name and user name he gave; nobody else appoints, and of another buyer's tender nor does the buyer.
        using var appointing = new Browser(platform.Address);
        await LogInAsync(appointing, "buyer", SamplePages.DemoPassword);
        var (appointed, him) = ($"/tenders/{tender}/evaluators", new[] { ("name", personal.EnterpriseName), ("userName", user) });
        Assert.Contains("还没有指定评标专家", await PageAsync(appointing, appointed), StringComparison.Ordinal);
        using var enterprise = new Browser(platform.Address);
        await LogInAsync(enterprise, "u" + first.Enterprise.CreditCode[^8..], SamplePages.DemoPassword);
        foreach (var (browser, path) in new[] { (again, appointed), (enterprise, appointed), (appointing, "/tenders/YC-2026-0502/evaluators") })
        {
            Assert.Equal(HttpStatusCode.Forbidden, (await browser.GetAsync(path)).Status);
            Assert.Equal(HttpStatusCode.Forbidden, (await browser.SubmitAsync(path, SameOrigin, him)).Status);
        }

        foreach (var wrong in new (string, string)[][] { him[..1], [him[0], ("userName", "u" + first.Enterprise.CreditCode[^8..])], [("name", "另一人"), him[1]], [("name", Seeds.Buyer), ("userName", "buyer")] })
        {
            Assert.Contains("role=\"alert\"", (await appointing.SubmitAsync(appointed, SameOrigin, wrong)).Body, StringComparison.Ordinal);
        }

        await RefusedAsync();
        Assert.Equal(HttpStatusCode.Redirect, (await appointing.SubmitAsync(appointed, SameOrigin, him)).Status);
        Assert.Equal(HttpStatusCode.Redirect, (await appointing.SubmitAsync(appointed, SameOrigin, him)).Status);
        Assert.Contains("已指定 1 名", await PageAsync(appointing, appointed), StringComparison.Ordinal);
        Assert.Contains(Title, await PageAsync(again, "/account"), StringComparison.Ordinal);
        Assert.Contains("致招标人", await PageAsync(again, files[1]), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, (await appointing.SubmitAsync(appointed + "?handler=Dismiss", SameOrigin, him[1])).Status);
        await RefusedAsync();
        await appointing.SubmitAsync(appointed, SameOrigin, him);

        // Without a certificate nobody reads the bids, appointed or not.
        using var unknown = new Browser(platform.Address);
        await unknown.SubmitAsync("/register?kind=person", SameOrigin, ("kind", "person"), ("enterpriseName", "李未绑"), ("userName", user + "2"), ("password", SamplePages.DemoPassword));
        Assert.Equal(HttpStatusCode.Redirect, (await appointing.SubmitAsync(appointed, SameOrigin, ("name", "李未绑"), ("userName", user + "2"))).Status);
        foreach (var path in files)
        {
            Assert.Equal(HttpStatusCode.Redirect, (await unknown.GetAsync(path)).Status);
        }

        // He scores, seals, and what is published verifies.
        Assert.Equal(HttpStatusCode.Conflict, (await again.PostAsync($"/qr/tenders/{tender}/report", SameOrigin)).Status);
        var tooMuch = await again.SubmitAsync($"/tenders/{tender}/evaluation", SameOrigin, [.. scores[1..], ($"price[{first.Enterprise.CreditCode}]", "41")]);
        Assert.Contains("填写有效的分数", WebUtility.HtmlDecode(tooMuch.Body), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, (await again.SubmitAsync($"/tenders/{tender}/evaluation", SameOrigin, [.. scores[1..], ($"price[{first.Enterprise.CreditCode}]", "0")])).Status);

        // Scores that change while the phone is asked are not published under a seal over others.
        var outdated = await again.StartQrAsync($"/qr/tenders/{tender}/report");
        Assert.Equal(HttpStatusCode.Redirect, (await again.SubmitAsync($"/tenders/{tender}/evaluation", SameOrigin, scores)).Status);
        using (var request = Assert.IsType<RequestOpening.Opened>(await expert.Client.OpenRequestAsync(await again.ShowAsync(outdated, expert.Client), personal.CertificateId)).Request)
        {
            Assert.IsType<PinOutcome.Done>(await expert.Client.ConfirmAsync(request, CertifiedPhone.Pin));
        }

        Assert.Equal("ok", await again.WaitForEndAsync(outdated));
        Assert.Equal(HttpStatusCode.Conflict, (await again.PostAsync(outdated, SameOrigin)).Status);
        Assert.Equal($"/tenders/{tender}", await again.ConfirmAsync(await again.StartQrAsync($"/qr/tenders/{tender}/report"), expert.Client, personal.CertificateId));

        await platform.Pages.RestartAsync();
        using var anybody = new Browser(platform.Address);
        var published = await PageAsync(anybody, $"/tenders/{tender}");
        Assert.Contains("第一中标候选人", published[..published.IndexOf(first.Enterprise.Name, StringComparison.Ordinal)], StringComparison.Ordinal);
        using var report = new MemoryStream(await anybody.DownloadAsync($"/tenders/{tender}/report.pdf"));
        var seal = Assert.Single(PdfSealVerifier.Verify(report, [personal.Chain[^1]]));
        Assert.True(seal.IsValid);
        Assert.Equal(personal.EnterpriseName, seal.Signer);
        using var closing = new Browser(platform.Address);
        await LogInAsync(closing, "buyer", SamplePages.DemoPassword);
        Assert.Contains("评标已结束", await PageAsync(closing, appointed), StringComparison.Ordinal);
        Assert.Contains("不能再取消", WebUtility.HtmlDecode((await closing.SubmitAsync(appointed + "?handler=Dismiss", SameOrigin, him[1])).Body), StringComparison.Ordinal);

        async Task RefusedAsync()
        {
            foreach (var path in files)
            {
                Assert.Equal(HttpStatusCode.Forbidden, (await again.GetAsync(path)).Status);
            }

            Assert.Equal(HttpStatusCode.Forbidden, (await again.SubmitAsync(files[0], SameOrigin, scores)).Status);
            Assert.Equal(HttpStatusCode.Forbidden, (await again.PostAsync($"/qr/tenders/{tender}/report", SameOrigin)).Status);
            Assert.DoesNotContain($"/tenders/{tender}/evaluation", await PageAsync(again, $"/tenders/{tender}"), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_tender_stands_where_clock_and_events_put_it()
    {
        var deadline = new DateTimeOffset(2026, 6, 1, 1, 0, 0, TimeSpan.Zero);
        var tender = new Tender("T", "t", "b", deadline, deadline.AddMinutes(30));
        var waiting = new Bid("T", "1", "n", "f", 1, "", deadline.AddDays(-1));
        var open = waiting with { Opening = new Opening(true, "", deadline, []) };
        var failed = waiting with { CreditCode = "2", Opening = new Opening(false, "x", deadline, []) };
        void Stands(TenderStage stage, double minutes, bool reported = false, params Bid[] bids) => Assert.Equal(stage, TenderStages.Of(tender, bids, reported, deadline.AddMinutes(minutes)));

        Stands(TenderStage.Bidding, -1, bids: waiting);
        Stands(TenderStage.Closed, 0, bids: waiting);
        Stands(TenderStage.Opening, 30, bids: waiting);
        Stands(TenderStage.Opening, 89, bids: [open, failed]);
        Stands(TenderStage.Evaluation, 89, bids: open);
        Stands(TenderStage.Evaluation, 90, bids: [open, failed]);
        Stands(TenderStage.Failed, 90, bids: failed);
        Stands(TenderStage.Failed, 30);
        tender = tender with { Announced = new AnnouncedOpening(Guid.NewGuid(), deadline.AddMinutes(105)) };
        Stands(TenderStage.Opening, 104, bids: [open, failed]);
        Stands(TenderStage.Evaluation, 105, bids: [open, failed]);
        Stands(TenderStage.Published, 91, reported: true, open, failed);
    }

    internal static async Task ConfirmAsync(CertifiedPhone phone, OpenedSession session) =>
        Assert.IsType<PinOutcome.Done>(await phone.ConfirmAsync(await phone.Client.ScanAsync(session), CertifiedPhone.Pin));

    internal static async Task LogInAsync(Browser browser, string user, string password) =>
        Assert.Equal(HttpStatusCode.Redirect, (await browser.SubmitAsync("/login", SameOrigin, ("userName", user), ("password", password))).Status);

    internal static async Task RegisterAsync(Browser browser, EnterpriseInfo enterprise) => Assert.Equal(HttpStatusCode.Redirect, (await browser.SubmitAsync(
        "/register", SameOrigin, ("enterpriseName", enterprise.Name), ("creditCode", enterprise.CreditCode), ("userName", "u" + enterprise.CreditCode[^8..]), ("password", SamplePages.DemoPassword))).Status);

    internal static async Task<(HttpStatusCode Status, string? Location, string Body)> PublishAsync(Browser buyer, DateTimeOffset deadline, DateTimeOffset opening)
    {
        var (status, location, body) = await buyer.SubmitAsync(
            "/publish", SameOrigin, ("title", Title), ("notice", "本工程为测试用的虚构工程，计划工期180日历天。"), ("ceiling", "18600000"), ("deadline", Local(deadline)), ("openingTime", Local(opening)));
        return (status, location, WebUtility.HtmlDecode(body));
    }

    private static string Local(DateTimeOffset time) => time.ToOffset(TimeSpan.FromHours(8)).ToString("yyyy-MM-ddTHH:mm", CultureInfo.InvariantCulture);

    internal static async Task<string> PageAsync(Browser browser, string path)
    {
        var (status, body) = await browser.GetAsync(path);
        Assert.Equal((path, HttpStatusCode.OK), (path, status));
        return WebUtility.HtmlDecode(body);
    }
}

/// <summary>A bid file as the bid tool makes it.</summary>
internal static class BidFile
{
    /// <param name="readAloud">The text of the first section.</param>
    public static async Task<byte[]> MakeAsync(RelyingParty party, ProjectInfo project, EnterpriseInfo bidder, Func<OpenedSession, Task> confirm, string readAloud) =>
        await MakeAsync(party.Client, party.Id, project, bidder, confirm, readAloud);

    public static async Task<byte[]> MakeAsync(PlatformClient client, string platformId, ProjectInfo project, EnterpriseInfo bidder, Func<OpenedSession, Task> confirm, string readAloud)
    {
        using var folder = new TempFolder();
        var signer = await client.GetSignerAsync(bidder.CreditCode);
        var path = folder.File("投标文件.bztb");
        await BidFileWriter.WriteAsync(
            path,
            new BidFileDescription(platformId, project.ProjectId, project.Name, project.OpeningTime, bidder.Name, bidder.CreditCode, DateTimeOffset.UtcNow),
            [new BidFileSection("唱标信息", [Text("开标一览表.txt", readAloud)]), new BidFileSection("投标文件", [Text("投标函.txt", "致招标人：我方愿意承担本工程。")])],
            [signer.EncryptionCertificate],
            async (manifest, cancellation) =>
            {
                var session = await client.OpenAsync(
                    new CreateSessionRequest(SessionKind.Encrypt) { Project = project, Documents = [new DocumentRequest(SigningForms.BidManifest, manifest.Content)] }, cancellation: cancellation);
                await confirm(session);
                var result = (await client.WaitAsync(session.SessionId, cancellation: cancellation)).Result!;
                return new BidManifestSignature(result.Signatures[0].Signature, [result.SigningCertificate, .. result.Chain]);
            });
        return await File.ReadAllBytesAsync(path);
    }

    private static BidSectionFile Text(string name, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return new BidSectionFile(name, bytes.Length, () => new MemoryStream(bytes, writable: false));
    }
}
