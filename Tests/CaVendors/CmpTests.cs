using Bzt.Grains;
using Bzt.Grains.CaVendors;
using Bzt.Grains.CaVendors.Cmp;
using Bzt.Grains.CaVendors.Registration;
using Bzt.Tests.Peers;
using Microsoft.Extensions.DependencyInjection;
using Org.BouncyCastle.Asn1.Cmp;

namespace Bzt.Tests.CaVendors;

/// <summary>
/// CMP as its client, against `openssl cmp`. What that mock cannot show: that the certificate is for the requested key and subject (it
/// always answers the same one), a p10cr under the default signer id (it checks the proof of possession without the id, and refuses),
/// an encryption key made by the CA.
/// </summary>
[Trait("Feature", "X21"), Trait("Surface", "api")]
public sealed class CmpTests
{
    private static readonly string[] WithMac = ["-srv_ref", "1234", "-srv_secret", "pass:tester"];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_request_is_answered_and_confirmed(bool renews)
    {
        using var bench = new Bench();
        using var server = await bench.StartAsync([.. WithMac, "-accept_raverified"]);
        var answer = await bench.EnrolAsync(server, sendsRequest: false, replaces: renews ? bench.Issued.SigningCertificate : null);
        var issued = Assert.IsType<CmpAnswer.Issued>(answer);
        Assert.Equal(bench.Issued.SigningCertificate, issued.Response.CertifiedKeyPair.CertOrEncCert.Certificate.GetDerEncoded());

        // A CA publishes its root with a first certificate (RFC 4210, 5.3.2), not with an update.
        Assert.Equal(!renews, issued.Certificates.Any(certificate => certificate.AsSpan().SequenceEqual(bench.Issued.Chain[^1])));
    }

    [Fact]
    public async Task Waiting_is_polled_in_one_call_or_gone_on_with_after_a_restart()
    {
        using var bench = new Bench();
        using (var server = await bench.StartAsync([.. WithMac, "-accept_raverified", "-poll_count", "2", "-check_after", "0"]))
        {
            Assert.IsType<CmpAnswer.Issued>(await bench.EnrolAsync(server, sendsRequest: false));
        }

        // The CA says to come back in a minute: the dialogue is put away, and a client that knows nothing else goes on with it.
        using var slow = await bench.StartAsync([.. WithMac, "-accept_raverified", "-poll_count", "2", "-check_after", "60"]);
        var waiting = Assert.IsType<CmpAnswer.Waiting>(await bench.EnrolAsync(slow, sendsRequest: false));
        var resumed = bench.Enrolment(slow, sendsRequest: false);
        Assert.IsType<CmpAnswer.Issued>(await resumed.RunAsync(null, 0, waiting.Dialogue, DateTimeOffset.UtcNow.AddSeconds(30), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Refusals_and_errors_are_told_from_trouble()
    {
        using var bench = new Bench();

        // It checks the holder's own request without the signer id, and says so with an error message.
        using (var strict = await bench.StartAsync(WithMac))
        {
            var refused = Assert.IsType<CmpAnswer.Rejected>(await bench.EnrolAsync(strict, sendsRequest: true));
            Assert.NotEqual(0, refused.FailInfo & PkiFailureInfo.BadPop);
            Assert.Equal(new Enrolment.Refused(CaRefusal.BadRequest), await bench.Enrolment(strict, sendsRequest: true).EnrolAsync(
                EmbeddedCaBench.Application("A1"), bench.Request, null, null, TestContext.Current.CancellationToken));
        }

        using (var unwilling = await bench.StartAsync([.. WithMac, "-accept_raverified", "-pkistatus", "2", "-failure", "19", "-statusstring", "template"]))
        {
            Assert.Equal(new Enrolment.Refused(CaRefusal.BadSubject), await bench.Enrolment(unwilling, sendsRequest: false).EnrolAsync(
                EmbeddedCaBench.Application("A1"), bench.Request, null, null, TestContext.Current.CancellationToken));
        }

        using (var broken = await bench.StartAsync([.. WithMac, "-accept_raverified", "-send_error"]))
        {
            Assert.IsType<CmpAnswer.Rejected>(await bench.EnrolAsync(broken, sendsRequest: false));
        }

        // Another secret: what it answers is not believed, whatever it says.
        using var stranger = await bench.StartAsync(["-srv_ref", "1234", "-srv_secret", "pass:another", "-accept_raverified"]);
        Assert.IsType<CmpAnswer.Unavailable>(await bench.EnrolAsync(stranger, sendsRequest: false));
    }

    [Fact]
    public async Task A_certificate_is_revoked_with_its_reason()
    {
        using var bench = new Bench();
        using var server = await bench.StartAsync([.. WithMac, "-accept_raverified"]);
        Assert.IsType<CaRevocation.Ok>(await bench.Enrolment(server, sendsRequest: false).RevokeAsync(bench.Issued.SigningCertificate, RevocationReason.KeyCompromise, TestContext.Current.CancellationToken));

        // One it has not issued.
        var other = new EmbeddedCaBench().Obtain(EmbeddedCaBench.NewKey(), "B1").SigningCertificate;
        Assert.IsNotType<CaRevocation.Ok>(await bench.Enrolment(server, sendsRequest: false).RevokeAsync(other, RevocationReason.KeyCompromise, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Signatures_protect_as_well_and_only_the_named_certificate_s()
    {
        using var bench = new Bench();
        await bench.MakeCredentialsAsync("ra");
        await bench.MakeCredentialsAsync("server");
        await bench.MakeCredentialsAsync("other");
        using var server = await bench.StartAsync(["-srv_cert", bench.Folder["server.crt"], "-srv_key", bench.Folder["server.key"], "-srv_trusted", bench.Folder["ra.crt"], "-accept_raverified"]);
        Assert.IsType<CmpAnswer.Issued>(await bench.EnrolAsync(server, sendsRequest: false, credentials: ("ra", "server")));
        Assert.IsType<CmpAnswer.Unavailable>(await bench.EnrolAsync(server, sendsRequest: false, credentials: ("ra", "other")));

        // One the CA does not trust: it refuses, or its refusal is not ours to read.
        Assert.IsNotType<CmpAnswer.Issued>(await bench.EnrolAsync(server, sendsRequest: false, credentials: ("other", "server")));
    }

    [Fact]
    public async Task Nobody_there_and_nonsense_are_no_answer()
    {
        using var bench = new Bench();
        using var server = await bench.StartAsync([.. WithMac, "-accept_raverified"]);
        Assert.IsType<CmpAnswer.Unavailable>(await bench.EnrolAsync(new Uri("http://127.0.0.1:9/pkix/"), sendsRequest: false));
        await using var impostor = await Providers.Impostor.StartAsync("<html>", []);
        Assert.IsType<CmpAnswer.Unavailable>(await bench.EnrolAsync(impostor.Address, sendsRequest: false));
    }

    /// <summary>A CA's certificates in files, for the mock to hand out.</summary>
    private sealed class Bench : IDisposable
    {
        private readonly ServiceProvider services;

        public Bench()
        {
            var collection = new ServiceCollection();
            collection.AddHttpClient();
            services = collection.BuildServiceProvider();
            var key = EmbeddedCaBench.NewKey();
            Issued = Ca.Obtain(key, "A1");
            Request = EmbeddedCaBench.Request(key);
            Folder.Write("user.crt", EmbeddedCaLifeTests.Pem(Issued.SigningCertificate));
            Folder.Write("root.crt", EmbeddedCaLifeTests.Pem(Issued.Chain[^1]));
        }

        public EmbeddedCaBench Ca { get; } = new();

        public TemporaryFolder Folder { get; } = new();

        public IssuedCertificates Issued { get; }

        public byte[] Request { get; }

        public Task<OpenSslCmp> StartAsync(string[] arguments) => OpenSslCmp.StartAsync(["-rsp_cert", Folder["user.crt"], "-rsp_capubs", Folder["root.crt"], .. arguments]);

        public Task<CmpAnswer> EnrolAsync(OpenSslCmp server, bool sendsRequest, byte[]? replaces = null, (string Own, string Server)? credentials = null) => EnrolAsync(server.Address, sendsRequest, replaces, credentials);

        public async Task<CmpAnswer> EnrolAsync(Uri server, bool sendsRequest, byte[]? replaces = null, (string Own, string Server)? credentials = null)
        {
            var enrolment = Enrolment(server, sendsRequest, credentials);
            var (body, id) = enrolment.SigningRequest(EmbeddedCaBench.Application("A1"), Request, replaces);
            return await enrolment.RunAsync(body, id, null, DateTimeOffset.UtcNow.AddSeconds(30), TestContext.Current.CancellationToken);
        }

        public CmpEnrolment Enrolment(OpenSslCmp server, bool sendsRequest) => Enrolment(server.Address, sendsRequest, null);

        public CmpEnrolment Enrolment(Uri server, bool sendsRequest, (string Own, string Server)? credentials)
        {
            var options = new CmpVendorOptions
            {
                Endpoint = server, Recipient = "CN=server", SendsRequest = sendsRequest,
                Reference = credentials is null ? "1234" : null, Secret = credentials is null ? "tester" : null,
                CredentialFile = credentials is { } own ? Folder[own.Own + ".pem"] : null, ServerCertificateFile = credentials is { } its ? Folder[its.Server + ".crt"] : null,
            };
            return new CmpEnrolment(services.GetRequiredService<IHttpClientFactory>(), options, [Issued.Chain[^1]], CmpProtection.From(options), TimeProvider.System);
        }

        public async Task MakeCredentialsAsync(string name)
        {
            (await OpenSsl.Run(
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", Folder[name + ".key"], "-out", Folder[name + ".crt"], "-subj", $"/CN={name}", "-days", "2",
                "-addext", "keyUsage=digitalSignature")).OrFail();
            await File.WriteAllTextAsync(Folder[name + ".pem"], await File.ReadAllTextAsync(Folder[name + ".crt"]) + await File.ReadAllTextAsync(Folder[name + ".key"]));
        }

        public void Dispose()
        {
            services.Dispose();
            Folder.Dispose();
        }
    }
}
