using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Bzt.Grains;
using Bzt.Grains.CaVendors;
using Bzt.Grains.CaVendors.Est;
using Bzt.Grains.CaVendors.Registration;
using Bzt.Protocol.Primitives;
using Bzt.Simulators;
using Bzt.Tests.Peers;
using Bzt.Tests.Simulators;
using Bzt.Tests.Storage;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Bzt.Tests.CaVendors;

/// <summary>
/// EST as its client. No EST server is to be had among Debian's and npm's packages: the peer is one of ours before a CA made of the openssl
/// program, so it proves the client's way through the protocol, not that another's server agrees.
/// </summary>
[Trait("Feature", "X21"), Trait("Surface", "api")]
public sealed class EstTests
{
    [Theory]
    [InlineData(CaApplicationKind.New)]
    [InlineData(CaApplicationKind.Renew)]
    public async Task Both_certificates_and_the_encryption_key_come(CaApplicationKind kind)
    {
        await using var simulators = await RunningSimulators.StartAsync(caVendorFor: "est-ca");
        using var client = new EstClient(OptionsOf(simulators));
        var key = EmbeddedCaBench.NewKey();
        var issued = await EnrolAsync(simulators, client, key, kind: kind);
        await AssertGoodAsync(Assert.IsType<Enrolment.Ok>(issued).Certificates, key);
    }

    [Fact]
    public async Task What_is_not_ready_is_asked_for_again_when_the_ca_said_and_what_is_there_is_kept()
    {
        await using var simulators = await RunningSimulators.StartAsync(caVendorFor: "est-ca");
        using var client = new EstClient(OptionsOf(simulators));
        var (clock, key) = (RunningSimulators.Clock(), EmbeddedCaBench.NewKey());
        await simulators.Control.SteerAsync("est", new(Disturbance.Fail, "PENDING"));
        var waiting = Assert.IsType<Enrolment.Pending>(await EnrolAsync(simulators, client, key, clock));

        // Too early: the CA is not asked, or it would answer. Then the signing certificate comes, and the other one does not.
        Assert.IsType<Enrolment.Pending>(await EnrolAsync(simulators, client, key, clock, waiting.Dialogue));
        clock.Advance(TimeSpan.FromSeconds(121));
        var enrolment = new EstEnrolment(client, Roots(simulators), clock);
        var half = await HalfWayAsync(simulators, enrolment, key, waiting.Dialogue);
        var signing = EstStage.Read(half.Dialogue).SigningCertificate;
        Assert.NotNull(signing);
        clock.Advance(TimeSpan.FromMinutes(3));
        var done = Assert.IsType<Enrolment.Ok>(await EnrolAsync(simulators, client, key, clock, half.Dialogue));
        Assert.Equal(signing, done.Certificates.SigningCertificate);
        await AssertGoodAsync(done.Certificates, key);
    }

    [Fact]
    public async Task Refusals_trouble_garbage_and_strangers()
    {
        await using var simulators = await RunningSimulators.StartAsync(caVendorFor: "est-ca");
        using var client = new EstClient(OptionsOf(simulators));
        var key = EmbeddedCaBench.NewKey();
        Assert.Equal(new Enrolment.Refused(CaRefusal.BadRequest), await new EstEnrolment(client, Roots(simulators), TimeProvider.System).EnrolAsync(
            EmbeddedCaBench.Application("A1"), [1, 2, 3], null, null, TestContext.Current.CancellationToken));
        await simulators.Control.SteerAsync("est", new(Disturbance.Fail));
        Assert.IsType<Enrolment.Unavailable>(await EnrolAsync(simulators, client, key));
        await simulators.Control.SteerAsync("est", new(Disturbance.Garbage));
        Assert.IsType<Enrolment.Unavailable>(await EnrolAsync(simulators, client, key));
        var unknown = OptionsOf(simulators);
        unknown.Password = "another";
        using var stranger = new EstClient(unknown);
        Assert.Equal(new Enrolment.Unavailable("HTTP 401"), await EnrolAsync(simulators, stranger, key));
        using var nobody = new EstClient(new EstVendorOptions { Endpoint = new Uri("http://127.0.0.1:9/.well-known/est"), UserName = "a", Password = "b" });
        Assert.IsType<Enrolment.Unavailable>(await EnrolAsync(simulators, nobody, key));
    }

    [Fact]
    public async Task Our_reviewer_decides_and_the_ca_is_asked_once_through_restarts()
    {
        await using var simulators = await RunningSimulators.StartAsync(caVendorFor: "rest-ca");
        await using var silo = await TestSilo.StartAsync(clock: RunningSimulators.Clock(), configure: builder =>
        {
            builder.Configuration["CaVendors:est-ca:Protocol"] = "est";
            builder.Configuration["CaVendors:est-ca:Endpoint"] = new Uri(simulators.Address, ".well-known/est").AbsoluteUri;
            builder.Configuration["CaVendors:est-ca:UserName"] = simulators.Settings["CaVendors:rest-ca:AppId"];
            builder.Configuration["CaVendors:est-ca:Password"] = simulators.Settings["CaVendors:rest-ca:Secret"];
            builder.Configuration["CaVendors:est-ca:TrustedRoots"] = simulators.Settings["CaVendors:rest-ca:TrustedRoots"];
        });
        var (ca, key) = (new CaId("est-ca"), EmbeddedCaBench.NewKey());
        var request = EmbeddedCaBench.Request(key);
        await EmbeddedCaLifeTests.ApproveAsync(silo, ca, VendorBench.Order("A1"));
        await simulators.Control.SteerAsync("est", new(Disturbance.Fail, "PENDING"));
        Assert.IsType<CaIssuance.Pending>(await silo.Grains.CaAdapter(ca).Issue("A1", request));
        await silo.RestartAsync();
        silo.Clock.Advance(TimeSpan.FromSeconds(121));
        var issued = Assert.IsType<CaIssuance.Ok>(await silo.Grains.CaAdapter(ca).Issue("A1", request)).Certificates;
        await AssertGoodAsync(issued, key);
        await silo.RestartAsync();
        Assert.Equal(issued.SigningCertificate, Assert.IsType<CaIssuance.Ok>(await silo.Grains.CaAdapter(ca).Issue("A1", request)).Certificates.SigningCertificate);
        Assert.Equal(new CaIssuance.Refused(CaRefusal.Conflict), await silo.Grains.CaAdapter(ca).Issue("A1", EmbeddedCaBench.Request(EmbeddedCaBench.NewKey())));
        Assert.Equal(new CaIssuance.Refused(CaRefusal.Unknown), await silo.Grains.CaAdapter(ca).Issue("A9", request));

        // The key is its holder's for ever; and EST revokes nothing.
        await EmbeddedCaLifeTests.ApproveAsync(silo, ca, VendorBench.Order("A2") with { Application = EmbeddedCaBench.Application("A2", holder: "holder-2") });
        Assert.Equal(new CaIssuance.Refused(CaRefusal.WrongKey), await silo.Grains.CaAdapter(ca).Issue("A2", request));
        Assert.Equal(new CaRevocation.Refused(CaRefusal.Other), await silo.Grains.CaAdapter(ca).Revoke(EmbeddedCaBench.SerialNumber(issued.SigningCertificate), RevocationReason.Superseded));
    }

    [Fact]
    public async Task Over_tls_a_client_certificate_says_who_asks_and_only_the_named_authority_s_server_is_believed()
    {
        using var folder = new TemporaryFolder();
        await MakeAsync(folder, "server", "subjectAltName=IP:127.0.0.1");
        await MakeAsync(folder, "ra", "keyUsage=digitalSignature");
        await using var simulators = await RunningSimulators.StartAsync(caVendorFor: "est-ca", configure: builder =>
        {
            using var pem = X509Certificate2.CreateFromPemFile(folder["server.crt"], folder["server.key"]);
            var certificate = X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null);
            using var ra = X509CertificateLoader.LoadCertificateFromFile(folder["ra.crt"]);
            var known = ra.Thumbprint;
            builder.WebHost.ConfigureKestrel(kestrel =>
            {
                kestrel.Listen(IPAddress.Loopback, 0);
                kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(https =>
                {
                    https.ServerCertificate = certificate;
                    https.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
                    https.ClientCertificateValidation = (client, _, _) => client.Thumbprint == known;
                }));
            });
        });
        var key = EmbeddedCaBench.NewKey();
        var options = new EstVendorOptions { Endpoint = new Uri(simulators.TlsAddress!, ".well-known/est"), CredentialFile = folder["ra.pem"], TlsRootFile = folder["server.crt"] };
        using var client = new EstClient(options);
        await AssertGoodAsync(Assert.IsType<Enrolment.Ok>(await EnrolAsync(simulators, client, key)).Certificates, key);

        // Without a certificate nobody; and a server that another authority vouches for is not asked at all.
        using var anonymous = new EstClient(new EstVendorOptions { Endpoint = options.Endpoint, TlsRootFile = folder["server.crt"] });
        Assert.Equal(new Enrolment.Unavailable("HTTP 401"), await EnrolAsync(simulators, anonymous, key));
        using var wary = new EstClient(new EstVendorOptions { Endpoint = options.Endpoint, CredentialFile = folder["ra.pem"], TlsRootFile = folder["ra.crt"] });
        Assert.IsType<Enrolment.Unavailable>(await EnrolAsync(simulators, wary, key));
    }

    /// <summary>The first answer comes, the second is late.</summary>
    private static async Task<Enrolment.Pending> HalfWayAsync(RunningSimulators simulators, EstEnrolment enrolment, Org.BouncyCastle.Crypto.AsymmetricCipherKeyPair key, byte[] dialogue)
    {
        await simulators.Control.SteerAsync("est", new(Disturbance.Delay, Milliseconds: 0));
        await simulators.Control.SteerAsync("est", new(Disturbance.Fail, "PENDING"));
        return Assert.IsType<Enrolment.Pending>(await enrolment.EnrolAsync(EmbeddedCaBench.Application("A1"), EmbeddedCaBench.Request(key), null, dialogue, TestContext.Current.CancellationToken));
    }

    private static Task<Enrolment> EnrolAsync(
        RunningSimulators simulators, EstClient client, Org.BouncyCastle.Crypto.AsymmetricCipherKeyPair key, TimeProvider? clock = null, byte[]? dialogue = null, CaApplicationKind kind = CaApplicationKind.New) =>
        new EstEnrolment(client, Roots(simulators), clock ?? TimeProvider.System).EnrolAsync(
            EmbeddedCaBench.Application("A1", kind), EmbeddedCaBench.Request(key), null, dialogue, TestContext.Current.CancellationToken);

    private static EstVendorOptions OptionsOf(RunningSimulators simulators) => new()
    {
        Endpoint = new Uri(simulators.Address, ".well-known/est"), UserName = simulators.Settings["CaVendors:est-ca:AppId"], Password = simulators.Settings["CaVendors:est-ca:Secret"],
    };

    private static IReadOnlyList<byte[]> Roots(RunningSimulators simulators) => VendorOptions.Roots(new("est-ca"), simulators.Settings["CaVendors:est-ca:TrustedRoots"]!);

    private static async Task AssertGoodAsync(IssuedCertificates issued, Org.BouncyCastle.Crypto.AsymmetricCipherKeyPair key)
    {
        Assert.True(await OpenSsl.VerifyChain([issued.SigningCertificate, .. issued.Chain]));
        Assert.True(await OpenSsl.VerifyChain([issued.EncryptionCertificate, .. issued.Chain]));
        Assert.Equal(EmbeddedCaLifeTests.Parse(issued.SigningCertificate).SubjectDer, EmbeddedCaLifeTests.Parse(issued.EncryptionCertificate).SubjectDer);
        Assert.True(Sm2EnvelopedKey.TryParse(issued.EncryptionEnvelope, out var envelope));
        var sm4 = await OpenSsl.Decrypt(EmbeddedCaBench.Pkcs8(key.Private), envelope!.SymmetricKey.ToDer());
        using var opened = envelope.Unwrap(sm4);
        Assert.Equal(EmbeddedCaLifeTests.Parse(issued.EncryptionCertificate).PublicKey, Bzt.Protocol.Arithmetic.Sm2Group.MultiplyBase(opened!.Value));
    }

    private static async Task MakeAsync(TemporaryFolder folder, string name, string extension)
    {
        (await OpenSsl.Run(
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", folder[name + ".key"], "-out", folder[name + ".crt"], "-subj", $"/CN={name}", "-days", "2",
            "-addext", extension)).OrFail();
        await File.WriteAllTextAsync(folder[name + ".pem"], await File.ReadAllTextAsync(folder[name + ".crt"]) + await File.ReadAllTextAsync(folder[name + ".key"]));
    }
}
