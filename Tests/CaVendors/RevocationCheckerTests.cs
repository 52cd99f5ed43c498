using System.Net;
using Bzt.Grains;
using Bzt.Grains.CaVendors;
using Bzt.Protocol;
using Bzt.Protocol.Certificates.Revocation;
using Bzt.Tests.Certificates;
using Bzt.Tests.Embedded;
using Bzt.Tests.Peers;
using Bzt.Tests.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Bzt.Tests.CaVendors;

/// <summary>Whoever verifies a certificate wants to know whether it still is one.</summary>
public sealed class RevocationCheckerTests
{
    [Fact]
    [Trait("Feature", "X20"), Trait("Surface", "api")]
    public async Task Over_http_at_the_addresses_the_certificate_names()
    {
        // The address stands in every certificate, so it must be known before the first one, as with a real deployment.
        await using var signpost = await Signpost.StartAsync();
        await using var system = await EmbeddedSystem.StartAsync(builder => builder.Configuration["EmbeddedCa:PublicUrl"] = new Uri(signpost.Address, "ca").AbsoluteUri);
        signpost.Target = system.Address;
        using var phone = await CertifiedPhone.ActiveAsync(system);
        var info = await phone.Client.GetCertificateAsync(phone.Certificate);
        var (leaf, issuer, ca) = (EmbeddedCaLifeTests.Parse(info.SigningCertificate!), EmbeddedCaLifeTests.Parse(info.Chain[0]), info.CaId);
        Assert.Equal(issuer.Der, await system.Gateway.GetByteArrayAsync($"ca/{ca}/issuing.cer"));
        var checker = system.Services.GetRequiredService<RevocationChecker>();
        Assert.IsType<RevocationStatus.Good>(await checker.CheckAsync(leaf, issuer));

        // OpenSSL as a client: its own request, by POST to the address it finds itself; it does not know the signer id, and says good.
        using var folder = new TemporaryFolder();
        var (leafFile, issuerFile) = (folder.Write("leaf", EmbeddedCaLifeTests.Pem(leaf.Der)), folder.Write("issuer", EmbeddedCaLifeTests.Pem(issuer.Der)));
        var address = (await OpenSsl.Run("x509", "-in", leafFile, "-noout", "-ocsp_uri")).OrFail().Output.Trim();
        var answer = (await OpenSsl.Run("ocsp", "-issuer", issuerFile, "-cert", leafFile, "-url", address, "-noverify")).OrFail();
        Assert.Contains("leaf: good", answer.Output, StringComparison.Ordinal);

        // By GET too (RFC 5019), with leave to be cached; not when it answers a nonce, nor when the path is no request.
        var request = new OcspExchange(leaf, issuer, SystemRandom.Instance);
        using var got = await system.Gateway.GetAsync($"ca/{ca}/ocsp/{Uri.EscapeDataString(Convert.ToBase64String(request.Request))}");
        Assert.Equal((HttpStatusCode.OK, "application/ocsp-response", true), (got.StatusCode, got.Content.Headers.ContentType?.MediaType, got.Headers.CacheControl?.NoStore));
        Assert.IsType<RevocationStatus.Good>(request.Judge(await got.Content.ReadAsByteArrayAsync(), system.Clock.GetUtcNow()));
        using var nonsense = await system.Gateway.GetAsync($"ca/{ca}/ocsp/nonsense");
        Assert.Equal((HttpStatusCode.OK, 5), (nonsense.StatusCode, (await nonsense.Content.ReadAsByteArrayAsync()).Length));
        using var wrongType = await system.Gateway.PostAsync($"ca/{ca}/ocsp", new ByteArrayContent(request.Request));
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, wrongType.StatusCode);
        using var nobody = await system.Gateway.GetAsync("ca/no-such-ca/ocsp/AAAA");
        Assert.Equal(HttpStatusCode.NotFound, nobody.StatusCode);
        using var list = await system.Gateway.GetAsync($"ca/{ca}/crl");
        Assert.True(list.Headers.CacheControl is { Public: true, MaxAge.TotalHours: > 0 and <= 6 });

        // Revoked: what is remembered is an hour old at most.
        Assert.IsType<CaRevocation.Ok>(await system.Grains.CaAdapter(new CaId(ca)).Revoke(leaf.Serial, RevocationReason.KeyCompromise));
        system.Clock.Advance(TimeSpan.FromMinutes(61));
        var revoked = Assert.IsType<RevocationStatus.Revoked>(await checker.CheckAsync(leaf, issuer));
        Assert.Equal((1, RevocationSource.Ocsp), (revoked.Reason, revoked.Source));
    }

    [Fact]
    public async Task The_responder_first_the_list_second_and_neither_more_often_than_needed()
    {
        await using var silo = await TestSilo.StartAsync();
        var issued = await EmbeddedCaLifeTests.ObtainAsync(silo, "A1", "one");
        var (leaf, encryption, issuer) = (EmbeddedCaLifeTests.Parse(issued.SigningCertificate), EmbeddedCaLifeTests.Parse(issued.EncryptionCertificate), EmbeddedCaLifeTests.Parse(issued.Chain[0]));
        var fetcher = new ScriptedFetcher(silo);
        var checker = new RevocationChecker(fetcher, silo.Clock, SystemRandom.Instance);

        // Eight who ask the same ask once.
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => checker.CheckAsync(leaf, issuer)));
        Assert.All(answers, answer => Assert.Equal(RevocationSource.Ocsp, Assert.IsType<RevocationStatus.Good>(answer).Source));
        Assert.Equal((1, 0), (fetcher.Asked, fetcher.Lists));

        // The responder is away, or lies, or answers with an error: the list says it, and one list serves all.
        silo.Clock.Advance(TimeSpan.FromHours(2));
        fetcher.Responder = _ => null;
        Assert.Equal(RevocationSource.List, Assert.IsType<RevocationStatus.Good>(await checker.CheckAsync(leaf, issuer)).Source);
        fetcher.Responder = _ => [0x30, 0x03, 0x0A, 0x01, 0x06];
        Assert.Equal(RevocationSource.List, Assert.IsType<RevocationStatus.Good>(await checker.CheckAsync(encryption, issuer)).Source);
        Assert.Equal(1, fetcher.Lists);

        // Nobody says anything: unknown, for a minute; then it is tried again.
        silo.Clock.Advance(TimeSpan.FromHours(2));
        fetcher.List = _ => null;
        Assert.Equal(new RevocationStatus.Unknown(RevocationTrouble.ResponderError), await checker.CheckAsync(leaf, issuer));
        fetcher.Responder = fetcher.Honest;
        Assert.IsType<RevocationStatus.Unknown>(await checker.CheckAsync(leaf, issuer));
        silo.Clock.Advance(TimeSpan.FromSeconds(61));
        Assert.IsType<RevocationStatus.Good>(await checker.CheckAsync(leaf, issuer));

        // Somebody else's issuer is a mistake of the caller, not a status.
        var other = EmbeddedCaLifeTests.Parse((await EmbeddedCaLifeTests.ObtainAsync(silo, "B1", "one", new CaId("yichang-ca"))).Chain[0]);
        await Assert.ThrowsAsync<ArgumentException>(() => checker.CheckAsync(leaf, other));
    }

    [Fact]
    public async Task A_list_that_is_not_the_issuers_or_not_whole_or_old_says_nothing()
    {
        await using var silo = await TestSilo.StartAsync();
        var issued = await EmbeddedCaLifeTests.ObtainAsync(silo, "A1", "one");
        var (leaf, issuer, root) = (EmbeddedCaLifeTests.Parse(issued.SigningCertificate), EmbeddedCaLifeTests.Parse(issued.Chain[0]), EmbeddedCaLifeTests.Parse(issued.Chain[1]));
        var der = Assert.IsType<Done<CaPublications>>(await silo.Grains.CaAuthority(new CaId("hubei-ca")).Publish()).Value.RevocationList;
        Assert.True(RevocationList.TryParse(der, issuer, out var list, out _));
        Assert.IsType<RevocationStatus.Good>(list.StatusOf(leaf, silo.Clock.GetUtcNow()));
        Assert.Equal(new RevocationStatus.Unknown(RevocationTrouble.NotFresh), list.StatusOf(leaf, silo.Clock.GetUtcNow().AddHours(25)));
        Assert.Equal(new RevocationStatus.Unknown(RevocationTrouble.NotFresh), list.StatusOf(leaf, silo.Clock.GetUtcNow().AddHours(-1)));
        Assert.False(RevocationList.TryParse(der, root, out _, out var trouble));
        Assert.Equal(RevocationTrouble.NotAuthorised, trouble);
        for (var at = 0; at < der.Length; at += 7)
        {
            var changed = der.ToArray();
            changed[at] ^= 1;
            Assert.False(RevocationList.TryParse(changed, issuer, out _, out _));
        }

        Assert.False(RevocationList.TryParse([], issuer, out _, out _));
        Assert.False(RevocationList.TryParse(der[..^1], issuer, out _, out _));
    }

    /// <summary>Honest until told otherwise; counts.</summary>
    private sealed class ScriptedFetcher : IRevocationFetcher
    {
        private int asked;
        private int lists;

        public ScriptedFetcher(TestSilo silo)
        {
            Honest = request => silo.Grains.CaResponder(new CaId("hubei-ca")).Answer(request).GetAwaiter().GetResult().Response;
            Responder = Honest;
            List = _ => ((Done<CaPublications>)silo.Grains.CaAuthority(new CaId("hubei-ca")).Publish().GetAwaiter().GetResult()).Value.RevocationList;
        }

        public Func<byte[], byte[]?> Honest { get; }

        public Func<byte[], byte[]?> Responder { get; set; }

        public Func<Uri, byte[]?> List { get; set; }

        public int Asked => asked;

        public int Lists => lists;

        public Task<byte[]?> FetchAsync(Uri address, byte[]? ocspRequest, CancellationToken cancellation)
        {
            if (ocspRequest is null)
            {
                Interlocked.Increment(ref lists);
                return Task.Run(() => List(address), cancellation);
            }

            Interlocked.Increment(ref asked);
            return Task.Run(() => Responder(ocspRequest), cancellation);
        }
    }
}
