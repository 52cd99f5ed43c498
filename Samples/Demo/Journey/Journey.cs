using System.Buffers.Text;
using System.Diagnostics;
using System.Text.Json;
using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Protocol;
using Bzt.Simulators.BankCards;
using Bzt.Simulators.Control;

namespace Bzt.Samples.Demo;

/// <summary>
/// The main job without a person: from a phone number to a sealed PDF and an opened bid file, on whatever deployment is running.
/// Each step is printed with its duration; the artifacts are what outside tools verify.
/// </summary>
internal sealed class Journey : IDisposable
{
    private const string Pin = "493817";
    private const string WrongPin = "730492";
    private const string Tender = "YC-2026-0417";

    private readonly Deployment deployment;
    private readonly Artifacts artifacts;
    private readonly SimulatorControl simulators;
    private readonly HttpClient simulatorHttp = new();
    private readonly HttpClient phoneHttp;
    private readonly EcdsaDeviceKey device = new();
    private readonly CaConsole console;
    private readonly PlatformBrowser platform;
    private readonly List<StepRecord> steps = [];

    private Journey(Deployment deployment, Artifacts artifacts)
    {
        (this.deployment, this.artifacts) = (deployment, artifacts);
        simulators = new SimulatorControl(simulatorHttp, deployment.Simulators, deployment.Secrets.SimulatorsToken);
        phoneHttp = new HttpClient { BaseAddress = deployment.Gateway, Timeout = TimeSpan.FromSeconds(60) };
        console = new CaConsole(deployment.Gateway, deployment.Secrets.CaConsolePassword);
        platform = new PlatformBrowser(deployment.TradingPlatform);
    }

    private sealed record StepRecord(string Step, double Milliseconds);

    public static async Task PlayAsync(Deployment deployment, string output, CancellationToken stop)
    {
        using var journey = new Journey(deployment, new Artifacts(output));
        await journey.PlayAsync(stop);
    }

    public void Dispose()
    {
        platform.Dispose();
        console.Dispose();
        phoneHttp.Dispose();
        simulatorHttp.Dispose();
        device.Dispose();
    }

    private async Task PlayAsync(CancellationToken stop)
    {
        var person = await simulators.PersonAsync(Random.Shared.Next(1, 1_000_000), stop);
        var enterprise = SyntheticEnterprise.Create();
        var papers = await Papers.MakeAsync(artifacts.Folder, enterprise, stop);
        var phone = new PhoneClient(
            phoneHttp, device, new MemoryPhoneKeyStore(), new DotNetPinStretcher(), await ChannelTrust.FetchAsync(phoneHttp, stop), TimeProvider.System, SystemRandom.Instance);

        await StepAsync("手机号登录（短信验证码）", async () =>
        {
            await phone.RequestSmsCodeAsync(person.Phone, cancellation: stop);
            var message = await WaitForAsync(() => simulators.LastMessageAsync(person.Phone, stop), "the SMS", stop);
            await phone.LogInAsync(person.Phone, message.Code, "演示手机", stop);
        });
        await StepAsync("银行卡四要素实名认证", () => phone.ProveRealNameByBankCardAsync(
            new BankCardRealNameRequest(Guid.NewGuid(), person.Name, person.IdNumber, person.CardNumber, person.Phone), stop));

        var application = await StepAsync("认领企业，提交申请", async () =>
        {
            var licence = await phone.UploadBlobAsync("licence", papers.Licence, "image/png", stop);
            var form = await phone.UploadBlobAsync("form", papers.Form, "image/png", stop);
            var catalogue = await phone.GetCatalogueAsync(stop);
            var choice = catalogue.Provinces[0].Platforms.First(offered => offered.Name == Deployment.PlatformName);
            var ca = choice.CertificateAuthorities[0];
            return await phone.ClaimAsync(
                new ClaimRequest(Guid.NewGuid(), enterprise.Name, enterprise.CreditCode, person.Name, person.IdNumber, licence.BlobId, form.BlobId, choice.PlatformId, ca.CaId, ca.Offers[0].Years), stop);
        });
        await StepAsync("CA审核通过", async () =>
        {
            await console.LogInAsync(stop);
            await console.ApproveAsync(application.ApplicationId, stop);
            await WaitForAsync(async () => (await phone.GetApplicationAsync(application.ApplicationId, stop)).State == ApplicationState.PaymentDue ? application : null, "the approval", stop);
        });
        await StepAsync("付费（支付宝）", async () =>
        {
            var order = await phone.PayAsync(application.ApplicationId, stop);
            // The provider's number of an order is ours and the attempt.
            await simulators.PayAsync(order.OrderId.ToString("N") + "1", new Uri(order.PayUrl!), stop);
            await WaitForAsync(async () => (await phone.GetApplicationAsync(application.ApplicationId, stop)).State == ApplicationState.DownloadReady ? application : null, "the payment", stop);
        });
        var certificate = await StepAsync("生成密钥，设置PIN码，下载证书", async () =>
            await phone.DownloadAsync(application.ApplicationId, Pin, cancellation: stop) is DownloadOutcome.Active(var active)
                ? active
                : throw new DemoException("The certificate was not downloaded."));
        await artifacts.CertificatesAsync(certificate, stop);

        await platform.RegisterAsync(enterprise, stop);
        var signer = new PhoneUser(phone, certificate.CertificateId);
        await StepAsync("交易平台扫码绑定证书", async () =>
        {
            var qr = await platform.StartQrAsync("/qr/bind", stop);
            await signer.ScanAndConfirmAsync(await platform.LinkAsync(qr, stop), Pin, stop);
            await platform.FinishQrAsync(qr, stop);
        });
        await StepAsync("交易平台扫码登录", async () =>
        {
            platform.ForgetLogin();
            var qr = await platform.StartQrAsync("/qr/login", stop);
            await signer.ScanAndConfirmAsync(await platform.LinkAsync(qr, stop), Pin, stop);
            await platform.FinishQrAsync(qr, stop);
            await artifacts.WriteAsync("login.tbs", await platform.GetAsync("/account/last-login.tbs", stop), stop);
            await artifacts.WriteAsync("login.der", await platform.GetAsync("/account/last-login.der", stop), stop);
        });

        var tool = new BidToolProcess(artifacts.Profile);
        await StepAsync("投标工具登录项目", () => tool.RunAsync(
            ["login", "--platform", deployment.TradingPlatform.ToString(), "--tender", Tender], (link, _) => signer.ScanAndConfirmAsync(link, Pin, stop), stop));
        await StepAsync("标书签章（两处），先输错一次PIN码", async () =>
        {
            var refused = false;
            await tool.RunAsync(["seal", papers.Pdf, "--node", "1,120,180", "--node", "-1,120,180", "-o", artifacts.Path("sealed.pdf")], async (link, _) =>
            {
                if (!refused)
                {
                    refused = true;
                    var wrong = await signer.ScanAndTryAsync(link, WrongPin, Pin, stop);
                    Console.WriteLine($"\n    PIN码不正确，还可再试 {wrong.TriesBeforeLock} 次");
                    return;
                }

                await signer.ScanAndConfirmAsync(link, Pin, stop);
            }, stop);
        });
        await StepAsync("生成加密投标文件", () => tool.RunAsync(
            ["generate", "--section", "唱标信息=" + papers.Pdf, "--section", "投标文件=" + artifacts.Path("sealed.pdf"), "-o", artifacts.Path("bid.bztb")],
            (link, _) => signer.ScanAndConfirmAsync(link, Pin, stop), stop));
        await StepAsync("上传投标文件", () => platform.UploadBidAsync(Tender, artifacts.Path("bid.bztb"), stop));
        await StepAsync("开标解密", () => tool.RunAsync(
            ["open", artifacts.Path("bid.bztb"), "-o", artifacts.Path("opened")],
            (link, checkCode) => signer.ScanAndConfirmAsync(link, Pin, stop, checkCode), stop));

        await StepAsync("操作凭证", async () =>
        {
            // Records travel from the certificate to its evidence; the last one may be on its way.
            var evidence = await WaitForAsync(async () =>
            {
                var export = await phone.GetEvidenceAsync(certificate.CertificateId, stop);
                return export.Entries.Count > 0 && export.Verify(export.EvidenceKey) == Protocol.Evidence.EvidenceFault.None ? export : null;
            }, "the evidence", stop);
            await artifacts.WriteAsync("evidence.json", JsonSerializer.SerializeToUtf8Bytes(evidence, BztJson.Default.EvidenceExport), stop);
        });
        await artifacts.WriteAsync("journey.json", JsonSerializer.SerializeToUtf8Bytes(steps, Indented), stop);
        artifacts.CheckOpened(papers.Pdf);
        Console.WriteLine($"完成：{artifacts.Folder}");
    }

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private Task StepAsync(string name, Func<Task> run) => StepAsync(name, async () =>
    {
        await run();
        return true;
    });

    private async Task<T> StepAsync<T>(string name, Func<Task<T>> run)
    {
        Console.Write($"{steps.Count + 1,2}  {name} ... ");
        var watch = Stopwatch.StartNew();
        T result;
        try
        {
            result = await run();
        }
        catch (Exception exception) when (exception is ApiRefusedException or HttpRequestException or JsonException)
        {
            Console.WriteLine();
            throw new DemoException($"{name}: {exception.Message}");
        }

        steps.Add(new StepRecord(name, watch.Elapsed.TotalMilliseconds));
        Console.WriteLine($"{watch.Elapsed.TotalSeconds:F2} s");
        return result;
    }

    private static async Task<T> WaitForAsync<T>(Func<Task<T?>> look, string what, CancellationToken stop) where T : class
    {
        for (var attempt = 0; attempt < 300; attempt++)
        {
            if (await look() is { } found)
            {
                return found;
            }

            await Task.Delay(100, stop);
        }

        throw new DemoException($"Waited half a minute for {what}.");
    }
}
