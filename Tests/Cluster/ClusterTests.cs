using System.Runtime.Versioning;
using System.Security.Cryptography;
using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;
using Bzt.Protocol;
using Bzt.Protocol.Certificates;
using Bzt.Protocol.Evidence;
using Bzt.Protocol.Phone;
using Bzt.Protocol.Primitives;
using Bzt.Samples.Demo;
using Bzt.Tests.Applications;
using Bzt.Tests.Storage;

namespace Bzt.Tests.Cluster;

/// <summary>The deployed form, as processes: what one gateway began another finishes, and what one silo held survives it.</summary>
[SupportedOSPlatform("linux")]
public sealed class ClusterTests(PostgresFixture postgres)
{
    private const string Pin = "493817";
    private const int A = 0;
    private const int B = 1;

    [Fact]
    public async Task Gateways_are_one_and_a_killed_silo_takes_nothing_with_it()
    {
        await using var cluster = await RunningCluster.StartAsync(await postgres.NewDatabaseAsync());
        var at = A;
        using var http = cluster.ThroughGateway(() => at);
        using var device = new EcdsaDeviceKey();
        var phone = new PhoneClient(
            http, device, new MemoryPhoneKeyStore(), new DotNetPinStretcher(), await ChannelTrust.FetchAsync(http), TimeProvider.System, SystemRandom.Instance) { StretchRounds = 10 };
        var enterprise = SyntheticEnterprise.Create();
        var certificate = await CertificateAsync(cluster, phone, enterprise);
        Assert.True(Sm2Certificate.TryParse(certificate.SigningCertificate, out var signing));

        // Opened at A with a token of A; scanned and confirmed at B; its end is seen at both.
        var platform = cluster.Platform(token: A, call: A);
        var other = cluster.Platform(token: A, call: B);
        var first = await platform.OpenAsync(Bind(enterprise));
        at = B;
        await SignAsync(phone, certificate.CertificateId, first);
        Verified((await platform.WaitAsync(first.SessionId)).Result, signing);
        Verified((await other.WaitAsync(first.SessionId)).Result, signing);

        // Both start anew. Every token given before is good at either; a stranger's is at none.
        await cluster.Deployment.StopGatewaysAsync();
        await cluster.Deployment.StartGatewaysAsync(TestContext.Current.CancellationToken);
        foreach (var gateway in (int[])[A, B])
        {
            at = gateway;
            Assert.Equal(CertificateState.Active, (await phone.GetCertificateAsync(certificate.CertificateId)).State);
        }

        Assert.Equal(SessionEnd.Ok, (await platform.GetAsync(first.SessionId)).End);
        Assert.Equal(SessionEnd.Ok, (await other.GetAsync(first.SessionId)).End);
        using var stolen = new EcdsaDeviceKey();
        var thief = new PhoneHttp(http, stolen, PhoneClient.Version, TimeProvider.System) { AccessToken = phone.Login!.AccessToken };
        var refused = await Assert.ThrowsAsync<ApiRefusedException>(() => thief.GetAsync(Routes.Phone.Me, BztJson.Default.Me));
        Assert.Equal(ErrorCodes.Unauthenticated, refused.Code);

        // A session waits; the silo that has the certificate's shares in its memory dies without a word; then the user confirms.
        var second = await platform.OpenAsync(Bind(enterprise));
        var holder = await cluster.HolderOfAsync(certificate.CertificateId);
        await holder.Process.KillAsync();
        Assert.True(await Wait.UntilAsync(() => TrySignAsync(phone, certificate.CertificateId, second), signed => signed));
        Verified((await Retried(() => other.WaitAsync(second.SessionId))).Result, signing);
        Assert.NotSame(holder, await cluster.HolderOfAsync(certificate.CertificateId));

        // Two confirmations are two signatures in an unbroken chain, no try of the PIN is lost, and what the phone had been told is there.
        var evidence = await Wait.UntilAsync(() => Retried(() => phone.GetEvidenceAsync(certificate.CertificateId)), export => export.Verify(export.EvidenceKey) is EvidenceFault.None);
        Assert.Equal(2, evidence.Entries.Count(entry => entry.Kind is EvidenceKind.Signed));
        Assert.Equal(5, (await phone.GetCertificateAsync(certificate.CertificateId)).TriesLeft);
        Assert.Contains((await phone.GetInboxAsync()).Messages, message => message.Kind == MessageKind.CertificateActive);
    }

    private static CreateSessionRequest Bind(SyntheticEnterprise enterprise) =>
        new(SessionKind.Bind) { Challenge = RandomNumberGenerator.GetBytes(32), Enterprise = new EnterpriseInfo(enterprise.Name, enterprise.CreditCode) };

    /// <summary>From the SMS code to the keys, over HTTP alone.</summary>
    private static async Task<CertificateInfo> CertificateAsync(RunningCluster cluster, PhoneClient phone, SyntheticEnterprise enterprise)
    {
        var person = await cluster.Simulators.PersonAsync(1);
        await phone.RequestSmsCodeAsync(person.Phone);
        await phone.LogInAsync(person.Phone, (await cluster.Simulators.LastMessageAsync(person.Phone))!.Code, "测试手机");
        await phone.ProveRealNameByBankCardAsync(new BankCardRealNameRequest(Guid.NewGuid(), person.Name, person.IdNumber, person.CardNumber, person.Phone));

        var licence = await phone.UploadBlobAsync("licence", ClaimSteps.Picture, "image/png");
        var form = await phone.UploadBlobAsync("form", ClaimSteps.Picture, "image/png");
        var offered = (await phone.GetCatalogueAsync()).Provinces[0].Platforms.First(platform => platform.PlatformId == Deployment.PlatformId);
        var ca = offered.CertificateAuthorities[0];
        var application = (await phone.ClaimAsync(new ClaimRequest(
            Guid.NewGuid(), enterprise.Name, enterprise.CreditCode, person.Name, person.IdNumber, licence.BlobId, form.BlobId, offered.PlatformId, ca.CaId, ca.Offers[0].Years))).ApplicationId;

        using var console = new Samples.Demo.CaConsole(cluster.Deployment.Gateway, cluster.Deployment.Secrets.CaConsolePassword);
        await console.LogInAsync(TestContext.Current.CancellationToken);
        await console.ApproveAsync(application, TestContext.Current.CancellationToken);
        await Wait.UntilAsync(() => phone.GetApplicationAsync(application), found => found.State is ApplicationState.PaymentDue);
        var order = await phone.PayAsync(application);
        await cluster.Simulators.PayAsync(order.OrderId.ToString("N") + "1", new Uri(order.PayUrl!));
        await Wait.UntilAsync(() => phone.GetApplicationAsync(application), found => found.State is ApplicationState.DownloadReady);
        return Assert.IsType<DownloadOutcome.Active>(await phone.DownloadAsync(application, Pin)).Certificate;
    }

    private static async Task SignAsync(PhoneClient phone, Guid certificate, OpenedSession session)
    {
        using var request = Assert.IsType<RequestOpening.Opened>(await phone.OpenRequestAsync(await phone.ScanAsync(session.Link()), certificate)).Request;
        Assert.IsType<PinOutcome.Done>(await phone.ConfirmAsync(request, Pin));
    }

    /// <summary>As the app does it: settles first what an interruption left, then goes on. False while the cluster has not noticed the death.</summary>
    private static async Task<bool> TrySignAsync(PhoneClient phone, Guid certificate, OpenedSession session)
    {
        try
        {
            if (await phone.ResumeAsync(certificate) is not PinOutcome.Done)
            {
                await SignAsync(phone, certificate, session);
            }

            return true;
        }
        catch (Exception exception) when (IsAway(exception))
        {
            return false;
        }
    }

    private static async Task<T> Retried<T>(Func<Task<T>> ask) where T : class => (await Wait.UntilAsync(async () =>
    {
        try
        {
            return await ask();
        }
        catch (Exception exception) when (IsAway(exception))
        {
            return null;
        }
    }, found => found is not null))!;

    private static bool IsAway(Exception exception) =>
        exception is PhoneLinkException or HttpRequestException or TaskCanceledException { InnerException: TimeoutException } or ApiRefusedException { Code: ErrorCodes.Unavailable };

    private static void Verified(SessionResult? result, Sm2Certificate signing)
    {
        var signature = Assert.Single(Assert.IsType<SessionResult>(result).Signatures);
        Assert.True(Sm2Signature.TryParseRaw(signature.Signature, out var parsed));
        Assert.True(parsed!.Verify(signing.PublicKey, Sm2Signature.Digest(signing.PublicKey, signature.ToBeSigned)));
    }
}
