using Bzt.Contracts.Phone;
using Bzt.Grains;
using Bzt.Grains.CaVendors;
using Bzt.Grains.CaVendors.Rest;
using Bzt.Protocol.Certificates;
using Bzt.Protocol.Certificates.Revocation;
using Bzt.Protocol.Primitives;
using Bzt.Simulators;
using Bzt.Simulators.CaVendors;
using Bzt.Tests.Applications;
using Bzt.Tests.Certificates;
using Bzt.Tests.Embedded;
using Bzt.Tests.Peers;
using Bzt.Tests.Simulators;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Bzt.Tests.CaVendors;

/// <summary>The neutral REST interface against a vendor whose CA is the openssl program, with reviewers and quirks of its own.</summary>
public sealed class RestVendorTests
{
    private const string Ca = "yichang-ca";

    [Fact]
    public async Task Every_way_to_write_an_envelope_gives_the_certified_key()
    {
        await using var simulators = await RunningSimulators.StartAsync(caVendorFor: Ca);
        var key = EmbeddedCaBench.NewKey();
        var number = 0;
        foreach (var form in Enum.GetValues<EnvelopeForm>())
        {
            var order = form is EnvelopeForm.RawC1C2C3 or EnvelopeForm.BareC1C2C3 ? CiphertextOrder.C1C2C3 : CiphertextOrder.C1C3C2;
            using var product = new Product(simulators, ("CiphertextOrder", order.ToString()));
            // Each form with one length of the key inside, and each length at least twice.
            await simulators.Control.SetCaQuirksAsync(new VendorQuirks(form, 32 + ((int)form % 3 * 16)));
            var issued = await product.ObtainAsync(simulators, key, $"Q{++number}", holder: $"holder-{number}");
            await AssertOpensAsync(issued.EncryptionEnvelope, issued.EncryptionCertificate, key);
        }
    }

    [Fact]
    public async Task Chains_subjects_lists_and_answers_are_what_openssl_makes_of_them()
    {
        await using var simulators = await RunningSimulators.StartAsync(caVendorFor: Ca);
        using var product = new Product(simulators);
        var key = EmbeddedCaBench.NewKey();
        var issued = await product.ObtainAsync(simulators, key, "A1");
        Assert.True(await OpenSsl.VerifyChain([issued.SigningCertificate, .. issued.Chain]));
        Assert.True(await OpenSsl.VerifyChain([issued.EncryptionCertificate, .. issued.Chain]));
        var (signing, encryption, root) = (EmbeddedCaLifeTests.Parse(issued.SigningCertificate), EmbeddedCaLifeTests.Parse(issued.EncryptionCertificate), EmbeddedCaLifeTests.Parse(issued.Chain[^1]));
        Assert.Equal(signing.SubjectDer, encryption.SubjectDer);
        Assert.True(signing.NamesCreditCode(EmbeddedCaBench.Enterprise.CreditCode!));
        Assert.Equal((EmbeddedCaBench.Enterprise.CommonName, EmbeddedCaBench.Enterprise.Organization), (signing.CommonName, signing.Organization));
        Assert.True(signing.MaySign && encryption.MayEncrypt && !encryption.MaySign);

        // Asked again, the same; for another key, no. A renewal keeps the encryption key, a recovery brings it to a new signing key.
        Assert.Equal(issued.SigningCertificate, Assert.IsType<CaIssuance.Ok>(await product.Vendor.IssueAsync("A1", EmbeddedCaBench.Request(key))).Certificates.SigningCertificate);
        Assert.Equal(new CaIssuance.Refused(CaRefusal.Conflict), await product.Vendor.IssueAsync("A1", EmbeddedCaBench.Request(EmbeddedCaBench.NewKey())));
        var renewed = await product.ObtainAsync(simulators, key, "A2", CaApplicationKind.Renew);
        Assert.Equal(EmbeddedCaBench.PublicPoint(issued.EncryptionCertificate), EmbeddedCaBench.PublicPoint(renewed.EncryptionCertificate));
        var phone = EmbeddedCaBench.NewKey();
        await product.ObtainAsync(simulators, EmbeddedCaBench.NewKey(), "A3", CaApplicationKind.Reissue);
        await product.ObtainAsync(simulators, phone, "A4", CaApplicationKind.Recover);
        var keys = Assert.IsType<CaKeyRecovery.Ok>(await product.Vendor.RecoverKeysAsync("A4")).Keys;
        Assert.Equal(2, keys.Count);
        foreach (var recovered in keys)
        {
            await AssertOpensAsync(recovered.EncryptionEnvelope, recovered.EncryptionCertificate, phone);
        }

        // Its status, as whoever verifies asks for it: the responder first, the list second.
        var checker = product.Checker();
        Assert.Equal(RevocationSource.Ocsp, Assert.IsType<RevocationStatus.Good>(await checker.CheckAsync(signing, root)).Source);
        var first = Assert.IsType<CaRevocation.Ok>(await product.Vendor.RevokeAsync(signing.Serial, RevocationReason.KeyCompromise));
        Assert.Equal(first, await product.Vendor.RevokeAsync(signing.Serial, RevocationReason.Unspecified));
        Assert.Equal(new CaRevocation.Refused(CaRefusal.Unknown), await product.Vendor.RevokeAsync("0A", RevocationReason.Unspecified));
        var revoked = Assert.IsType<RevocationStatus.Revoked>(await product.Checker().CheckAsync(signing, root));
        Assert.Equal((1, RevocationSource.Ocsp), (revoked.Reason, revoked.Source));
        Assert.Equal(RevocationSource.List, Assert.IsType<RevocationStatus.Revoked>(await product.Checker(ocsp: false).CheckAsync(encryption, root)).Source);
        Assert.Equal(RevocationSource.List, Assert.IsType<RevocationStatus.Good>(await product.Checker(ocsp: false).CheckAsync(EmbeddedCaLifeTests.Parse(renewed.SigningCertificate), root)).Source);
    }

    [Fact]
    public async Task Garbage_silence_trouble_and_strangers_are_no_answer()
    {
        await using var simulators = await RunningSimulators.StartAsync(caVendorFor: Ca);
        using var product = new Product(simulators);
        var application = EmbeddedCaBench.Application("A1");

        // It was taken, and the answer got lost: again, it is the same application; another one under its number is not.
        await simulators.Control.SteerAsync("ca-vendor", new(Disturbance.Silence));
        Assert.IsType<CaSubmission.Unavailable>(await product.Vendor.SubmitAsync(application));
        Assert.IsType<CaSubmission.Ok>(await product.Vendor.SubmitAsync(application));
        Assert.Equal(new CaSubmission.Refused(CaRefusal.Conflict), await product.Vendor.SubmitAsync(application with { Validity = TimeSpan.FromDays(730) }));
        await simulators.Control.SteerAsync("ca-vendor", new(Disturbance.Garbage));
        Assert.IsType<CaReview.Unavailable>(await product.Vendor.ReviewAsync("A1"));
        await simulators.Control.SteerAsync("ca-vendor", new(Disturbance.Fail, "SYSTEM_BUSY"));
        Assert.IsType<CaReview.Unavailable>(await product.Vendor.ReviewAsync("A1"));
        Assert.IsType<CaReview.Pending>(await product.Vendor.ReviewAsync("A1"));
        Assert.Equal(new CaReview.Refused(CaRefusal.Unknown), await product.Vendor.ReviewAsync("A9"));
        Assert.Equal(new CaIssuance.Refused(CaRefusal.NotApproved), await product.Vendor.IssueAsync("A1", EmbeddedCaBench.Request(EmbeddedCaBench.NewKey())));
        await simulators.Control.DecideCaApplicationAsync("A1");
        Assert.IsType<CaReview.Approved>(await product.Vendor.ReviewAsync("A1"));
        Assert.Equal(new CaIssuance.Refused(CaRefusal.BadRequest), await product.Vendor.IssueAsync("A1", [1, 2, 3]));

        // It is at it, and not done.
        await simulators.Control.SteerAsync("ca-vendor", new(Disturbance.Fail, "PENDING"));
        Assert.IsType<CaIssuance.Pending>(await product.Vendor.IssueAsync("A1", EmbeddedCaBench.Request(EmbeddedCaBench.NewKey())));

        // A vendor that does not know our account says nothing about an application, and one with another root is not the vendor.
        using var stranger = new Product(simulators, ("Secret", new string('0', 64)));
        Assert.IsType<CaReview.Unavailable>(await stranger.Vendor.ReviewAsync("A1"));
        var other = new EmbeddedCaBench().State.Root.Certificate;
        using var mistaken = new Product(simulators, ("TrustedRoots", System.Security.Cryptography.PemEncoding.WriteString("CERTIFICATE", other)));
        Assert.IsType<CaIssuance.Unavailable>(await mistaken.Vendor.IssueAsync("A1", EmbeddedCaBench.Request(EmbeddedCaBench.NewKey())));
    }

    [Theory]
    [InlineData("Endpoint", "http://ca.example.com/v1")]
    [InlineData("Secret", "short")]
    [InlineData("TrustedRoots", "/no/such/file")]
    [InlineData("TrustedRoots", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----")]
    [InlineData("CiphertextOrder", "C3C2C1")]
    [InlineData("Timeout", "00:01:00")]
    [InlineData("Unheard", "of")]
    public async Task A_setting_that_cannot_be_used_stops_the_process(string key, string value)
    {
        await using var simulators = await RunningSimulators.StartAsync(caVendorFor: Ca);
        var refusal = Assert.Throws<OptionsValidationException>(() =>
        {
            using var product = new Product(simulators, (key, value));
        });
        Assert.Contains($"CaVendors:{Ca}", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_phone_s_certificates_come_from_the_vendor_by_configuration_alone_and_its_callback_is_heard()
    {
        await using var simulators = await RunningSimulators.StartAsync(caVendorFor: Ca);
        await simulators.Control.SetCaQuirksAsync(new VendorQuirks(EnvelopeForm.BareC1C2C3, 64));
        await using var signpost = await Signpost.StartAsync();
        await using var system = await EmbeddedSystem.StartAsync(builder =>
        {
            builder.Configuration.AddInMemoryCollection(simulators.Settings.Where(setting => setting.Key.StartsWith("CaVendors", StringComparison.Ordinal)));
            builder.Configuration[$"CaVendors:{Ca}:CiphertextOrder"] = "C1C2C3";
            builder.Configuration["EmbeddedCa:PublicUrl"] = new Uri(signpost.Address, "ca").AbsoluteUri;
        });
        signpost.Target = system.Address;

        // The vendor's own reviewer decides, and the product acknowledges the callback; without it the vendor would be asked a minute later.
        using var phone = await CertifiedPhone.ActiveAsync(system, async number =>
        {
            await Wait.UntilAsync(() => simulators.Control.CaApplicationAsync(number), found => found is not null);
            await Wait.UntilAsync(() => system.Grains.CaAdapter(new CaId(Ca)).GetStatus(), status => status is { OnOurDesk: false, Waiting: 1 });
            await simulators.Control.DecideCaApplicationAsync(number);
            await Wait.UntilAsync(() => simulators.Control.CaApplicationAsync(number), found => found!.Acknowledged == true);
        });
        var info = await phone.Client.GetCertificateAsync(phone.Certificate);
        Assert.Equal(CertificateState.Active, info.State);
        Assert.True(await OpenSsl.VerifyChain([info.SigningCertificate!, .. info.Chain]));
        Assert.Contains("模拟CA机构", (await OpenSslText(info.Chain[^1])).Output, StringComparison.Ordinal);
        Assert.Empty(await system.Grains.CaAdapter(new CaId(Ca)).GetDesk());

        // A callback nobody signed is nobody's.
        using var forged = await system.Gateway.PostAsync($"ca/{Ca}/callback", new StringContent("""{"applicationNumber":"A1","state":"APPROVED"}"""));
        Assert.Equal(System.Net.HttpStatusCode.Unauthorized, forged.StatusCode);
        using var inside = await system.Gateway.PostAsync("ca/hubei-ca/callback", new StringContent("{}"));
        Assert.Equal(System.Net.HttpStatusCode.Unauthorized, inside.StatusCode);
    }

    private static async Task<PeerResult> OpenSslText(byte[] certificate)
    {
        using var folder = new TemporaryFolder();
        return (await OpenSsl.Run("x509", "-inform", "DER", "-in", folder.Write("c", certificate), "-noout", "-subject", "-nameopt", "utf8,sep_comma_plus")).OrFail();
    }

    /// <summary>OpenSSL opens the SM2 part with the signing key; what is inside is the certified key.</summary>
    private static async Task AssertOpensAsync(byte[] envelope, byte[] certificate, Org.BouncyCastle.Crypto.AsymmetricCipherKeyPair key)
    {
        Assert.True(Sm2EnvelopedKey.TryParse(envelope, out var parsed));
        var sm4 = await OpenSsl.Decrypt(EmbeddedCaBench.Pkcs8(key.Private), parsed!.SymmetricKey.ToDer());
        Assert.NotNull(sm4);
        using var opened = parsed.Unwrap(sm4);
        Assert.NotNull(opened);
        Assert.Equal(EmbeddedCaLifeTests.Parse(certificate).PublicKey, Bzt.Protocol.Arithmetic.Sm2Group.MultiplyBase(opened.Value));
    }

    /// <summary>The product's side, configured as the simulators say.</summary>
    private sealed class Product : IDisposable
    {
        private readonly ServiceProvider services;

        public Product(RunningSimulators simulators, params (string Key, string Value)[] changes)
        {
            var settings = simulators.Settings.ToDictionary();
            foreach (var (key, value) in changes)
            {
                settings[$"CaVendors:{Ca}:{key}"] = value;
            }

            var collection = new ServiceCollection();
            collection.AddHttpClient();
            services = collection.BuildServiceProvider();
            var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings).Build();
            Vendor = new RestProtocol(services.GetRequiredService<IHttpClientFactory>(), Options.Create(new EmbeddedCaOptions { PublicUrl = new Uri("http://localhost/ca") }), TimeProvider.System)
                .Open(new CaId(Ca), configuration.GetSection($"CaVendors:{Ca}"));
        }

        public ICaVendor Vendor { get; }

        public async Task<IssuedCertificates> ObtainAsync(
            RunningSimulators simulators, Org.BouncyCastle.Crypto.AsymmetricCipherKeyPair key, string number, CaApplicationKind kind = CaApplicationKind.New, string holder = "holder-1")
        {
            Assert.IsType<CaSubmission.Ok>(await Vendor.SubmitAsync(EmbeddedCaBench.Application(number, kind, holder)));
            await simulators.Control.DecideCaApplicationAsync(number);
            var answer = await Vendor.IssueAsync(number, EmbeddedCaBench.Request(key));
            Assert.True(answer is CaIssuance.Ok, answer.ToString());
            return ((CaIssuance.Ok)answer).Certificates;
        }

        public RevocationChecker Checker(bool ocsp = true) => new(
            new Fetcher(new Grains.CaVendors.Revocation.HttpRevocationFetcher(services.GetRequiredService<IHttpClientFactory>(), TimeProvider.System), ocsp),
            TimeProvider.System, Bzt.Protocol.SystemRandom.Instance);

        public void Dispose() => services.Dispose();

        private sealed class Fetcher(IRevocationFetcher inner, bool ocsp) : IRevocationFetcher
        {
            public Task<byte[]?> FetchAsync(Uri address, byte[]? ocspRequest, CancellationToken cancellation) =>
                ocspRequest is not null && !ocsp ? Task.FromResult<byte[]?>(null) : inner.FetchAsync(address, ocspRequest, cancellation);
        }
    }
}
