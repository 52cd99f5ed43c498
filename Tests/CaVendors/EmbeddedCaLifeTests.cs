using System.Text;
using Bzt.Grains;
using Bzt.Grains.CaVendors;
using Bzt.Grains.CaVendors.Embedded;
using Bzt.Grains.Foundations;
using Bzt.Protocol;
using Bzt.Protocol.Certificates;
using Bzt.Protocol.Certificates.Revocation;
using Bzt.Tests.Applications;
using Bzt.Tests.Peers;
using Bzt.Tests.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.Ocsp;
using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.X509;
using Orleans.Runtime;
using Orleans.Storage;

namespace Bzt.Tests.CaVendors;

/// <summary>The CA inside, by its grains: what it issued, it also answers for; and its state is as many rows as it has holders.</summary>
public sealed class EmbeddedCaLifeTests
{
    private static readonly CaId Ca = new("hubei-ca");

    [Fact]
    [Trait("Feature", "X20"), Trait("Surface", "api")]
    public async Task Good_revoked_and_unknown_in_the_eyes_of_OpenSSL_and_BouncyCastle_Java()
    {
        // The peers look at the real clock.
        await using var silo = await TestSilo.StartAsync(clock: new FakeTimeProvider(DateTimeOffset.UtcNow));
        var revoked = await ObtainAsync(silo, "A1", "one");
        var kept = await ObtainAsync(silo, "A2", "two");
        var before = (await PublishAsync(silo)).RevocationList;
        Assert.Equal("good", await JavaAsync(silo, revoked));
        Assert.Equal("good", await JavaStatus.CrlAsync(before, revoked.SigningCertificate, revoked.Chain[0], revoked.Chain[1]));

        var ca = silo.Grains.CaAdapter(Ca);
        Assert.IsType<CaRevocation.Ok>(await ca.Revoke(EmbeddedCaBench.SerialNumber(revoked.SigningCertificate), RevocationReason.KeyCompromise));
        silo.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("revoked", await JavaAsync(silo, revoked));
        Assert.Equal("revoked", await JavaAsync(silo, revoked with { SigningCertificate = revoked.EncryptionCertificate }));
        Assert.Equal("good", await JavaAsync(silo, kept));
        var list = await Wait.UntilAsync(() => PublishAsync(silo), published => !published.RevocationList.AsSpan().SequenceEqual(before));
        Assert.Equal("revoked", await JavaStatus.CrlAsync(list.RevocationList, revoked.SigningCertificate, revoked.Chain[0], revoked.Chain[1]));
        Assert.Equal("good", await JavaStatus.CrlAsync(list.RevocationList, kept.SigningCertificate, kept.Chain[0], kept.Chain[1]));

        // OpenSSL's clients of OCSP and lists do not take the signer id: it reads them, and checks the signatures by themselves.
        using var folder = new TemporaryFolder();
        var request = await JavaStatus.RequestAsync(revoked.SigningCertificate, revoked.Chain[0]);
        var response = (await silo.Grains.CaResponder(Ca).Answer(request)).Response;
        var text = (await OpenSsl.Run(
            "ocsp", "-reqin", folder.Write("request", request), "-respin", folder.Write("response", response), "-noverify", "-issuer", folder.Write("issuer", Pem(revoked.Chain[0])),
            "-cert", folder.Write("leaf", Pem(revoked.SigningCertificate)), "-resp_text")).OrFail();
        Assert.Contains("leaf: revoked", text.Output, StringComparison.Ordinal);
        Assert.Contains("Reason: keyCompromise", text.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("WARNING", text.Error, StringComparison.Ordinal);
        var basic = BasicOcspResponse.GetInstance(Asn1Object.FromByteArray(OcspResponse.GetInstance(response).ResponseBytes.Response.GetOctets()));
        var responder = basic.Certs[0].ToAsn1Object().GetDerEncoded();
        Assert.True(await OpenSsl.VerifySignature(responder, basic.TbsResponseData.GetDerEncoded(), basic.GetSignatureOctets()));
        Assert.True(await OpenSsl.VerifyChain(responder, revoked.Chain[0], revoked.Chain[1]));
        var listText = (await OpenSsl.Run("crl", "-inform", "DER", "-in", folder.Write("list", list.RevocationList), "-noout", "-text")).OrFail().Output;
        Assert.Contains(EmbeddedCaBench.SerialNumber(revoked.SigningCertificate), listText, StringComparison.Ordinal);
        Assert.Contains(EmbeddedCaBench.SerialNumber(revoked.EncryptionCertificate), listText, StringComparison.Ordinal);
        Assert.DoesNotContain(EmbeddedCaBench.SerialNumber(kept.SigningCertificate), listText, StringComparison.Ordinal);

        // Somebody who changes a byte is found out by everybody.
        response[^20] ^= 1;
        Assert.NotEqual("revoked", await JavaStatus.OcspAsync(request, response, revoked.SigningCertificate, revoked.Chain[0]));
    }

    [Fact]
    public async Task The_responder_answers_what_it_was_asked_and_nothing_else()
    {
        await using var silo = await TestSilo.StartAsync();
        Assert.Equal(OcspResponseStatus.Unauthorized, Status(await AskAsync(silo, Ca, OneRequest("no such ca"))));
        var issued = await ObtainAsync(silo, "A1", "one");
        var other = await ObtainAsync(silo, "B1", "one", new CaId("yichang-ca"));
        Assert.Equal(OcspResponseStatus.MalformedRequest, Status(await AskAsync(silo, Ca, [])));
        Assert.Equal(OcspResponseStatus.MalformedRequest, Status(await AskAsync(silo, Ca, [0x30, 0x03, 0x02, 0x01, 0x00])));
        Assert.Equal(OcspResponseStatus.MalformedRequest, Status(await AskAsync(silo, Ca, new byte[9000])));

        // Another CA's certificate is not ours to speak of; one of ours that never was is unknown.
        var (mine, theirs) = (Parse(issued.SigningCertificate), Parse(other.SigningCertificate));
        var (issuer, otherIssuer) = (Parse(issued.Chain[0]), Parse(other.Chain[0]));
        Assert.Equal(OcspResponseStatus.Unauthorized, Status(await AskAsync(silo, Ca, new OcspExchange(theirs, otherIssuer, SystemRandom.Instance).Request)));
        var never = new OcspExchange(theirs, issuer, SystemRandom.Instance);
        Assert.Equal(new RevocationStatus.Unknown(RevocationTrouble.NotIssued), never.Judge(await AskAsync(silo, Ca, never.Request), silo.Clock.GetUtcNow()));

        // An answer is good for its question and its time.
        var exchange = new OcspExchange(mine, issuer, SystemRandom.Instance);
        var answer = await AskAsync(silo, Ca, exchange.Request);
        var good = Assert.IsType<RevocationStatus.Good>(exchange.Judge(answer, silo.Clock.GetUtcNow()));
        Assert.Equal(TimeSpan.FromHours(1), good.Until - good.AsOf);
        Assert.Equal(new RevocationStatus.Unknown(RevocationTrouble.NotFresh), exchange.Judge(answer, good.Until.AddMinutes(6)));
        Assert.IsType<RevocationStatus.Unknown>(exchange.Judge(answer, good.AsOf.AddMinutes(-6)));
        Assert.Equal(new RevocationStatus.Unknown(RevocationTrouble.NotFresh), new OcspExchange(mine, issuer, SystemRandom.Instance).Judge(answer, silo.Clock.GetUtcNow()));
        Assert.Equal(new RevocationStatus.Unknown(RevocationTrouble.NotAuthorised), new OcspExchange(mine, otherIssuer, SystemRandom.Instance).Judge(answer, silo.Clock.GetUtcNow()));
        Assert.Null((await silo.Grains.CaResponder(Ca).Answer(exchange.Request)).GoodUntil);
        Assert.Equal(silo.Clock.GetUtcNow().AddHours(1), (await silo.Grains.CaResponder(Ca).Answer(OneRequest(EmbeddedCaBench.SerialNumber(issued.SigningCertificate), issued.Chain[0]))).GoodUntil);

        // The responder's certificate is renewed by itself, long before it ends.
        var first = ResponderOf(answer);
        silo.Clock.Advance(TimeSpan.FromDays(61));
        var second = ResponderOf(await AskAsync(silo, Ca, exchange.Request));
        Assert.True(second.NotAfter > first.NotAfter);
        Assert.True(second.IsIssuedBy(issuer));
    }

    [Fact]
    public async Task A_list_s_number_grows_through_restarts_and_a_clock_that_was_set_back()
    {
        await using var silo = await TestSilo.StartAsync();
        await ObtainAsync(silo, "A1", "one");
        var first = NumberOf((await PublishAsync(silo)).RevocationList);
        Assert.Equal(first, NumberOf((await PublishAsync(silo)).RevocationList));
        silo.Clock.Advance(TimeSpan.FromHours(7));
        var second = NumberOf((await PublishAsync(silo)).RevocationList);
        await silo.RestartAsync();
        var third = NumberOf((await PublishAsync(silo)).RevocationList);
        Assert.True(first < second && second < third);

        // As if a wrong clock, ten years ahead, had made a list.
        await EditAsync<StoredCaAuthority>(silo, "ca-authority", silo.Grains.CaAuthority(Ca).GetGrainId(), stored => stored with { ListNumber = silo.Clock.GetUtcNow().AddYears(10).ToUnixTimeMilliseconds() });
        Assert.Equal(silo.Clock.GetUtcNow().AddYears(10).ToUnixTimeMilliseconds() + 1, NumberOf((await PublishAsync(silo)).RevocationList));
    }

    [Fact]
    public async Task No_row_grows_with_the_number_of_holders_and_no_key_serves_two()
    {
        await using var silo = await TestSilo.StartAsync();
        var key = EmbeddedCaBench.NewKey();
        await ObtainAsync(silo, "A0", "holder-0", key: key);
        var sizes = new List<long>();
        for (var i = 1; i <= 12; i++)
        {
            await ObtainAsync(silo, $"A{i}", $"holder-{i}");
            await silo.DrainAsync(silo.Grains.CaAdapter(Ca));
            sizes.Add((await ReadAsync<StoredCaAdapter>(silo, "ca-adapter", silo.Grains.CaAdapter(Ca).GetGrainId())).Queue.Length);
        }

        Assert.All(sizes, size => Assert.Equal(0, size));
        Assert.All(
            await Task.WhenAll(Enumerable.Range(0, 13).Select(i => ReadAsync<StoredCaHolder>(silo, "ca-holder", silo.Grains.CaHolder(Ca, $"holder-{i}").GetGrainId()))),
            holder => Assert.Single(holder.Files));

        // The key of the first holder, brought by another one.
        var order = VendorBench.Order("A99") with { Application = EmbeddedCaBench.Application("A99", holder: "holder-99") };
        await ApproveAsync(silo, Ca, order);
        Assert.Equal(new CaIssuance.Refused(CaRefusal.WrongKey), await silo.Grains.CaAdapter(Ca).Issue("A99", EmbeddedCaBench.Request(key)));

        // And a number that stands for another holder's application.
        await silo.Grains.CaAdapter(Ca).Submit(VendorBench.Order("A99") with { Application = EmbeddedCaBench.Application("A99", holder: "holder-98") });
        await Wait.UntilAsync(() => silo.Grains.CaAdapter(Ca).GetStatus(), status => status.Waiting == 0);
        Assert.Empty(await silo.Grains.CaAdapter(Ca).GetDesk());
    }

    [Theory]
    [InlineData(WriteFault.NotPersisted)]
    [InlineData(WriteFault.Persisted)]
    public async Task The_same_certificates_after_a_failed_write(WriteFault fault)
    {
        await using var silo = await TestSilo.StartAsync();
        await ApproveAsync(silo, Ca, VendorBench.Order("A1"));
        var request = EmbeddedCaBench.Request(EmbeddedCaBench.NewKey());
        silo.Faults.FailNext(fault, write => write.Subject.Contains("ca-holder", StringComparison.Ordinal));
        await Assert.ThrowsAnyAsync<Exception>(() => silo.Grains.CaAdapter(Ca).Issue("A1", request));
        var first = Assert.IsType<CaIssuance.Ok>(await silo.Grains.CaAdapter(Ca).Issue("A1", request)).Certificates;
        var second = Assert.IsType<CaIssuance.Ok>(await silo.Grains.CaAdapter(Ca).Issue("A1", request)).Certificates;
        Assert.Equal(first.SigningCertificate, second.SigningCertificate);
        Assert.IsType<CaIssuance.Refused>(await silo.Grains.CaAdapter(Ca).Issue("A1", EmbeddedCaBench.Request(EmbeddedCaBench.NewKey())));
        Assert.IsType<CaSerialStatus>(await silo.Grains.CaSerial(Ca, EmbeddedCaBench.SerialNumber(first.EncryptionCertificate)).Get());
    }

    [Fact]
    public async Task A_whole_CA_of_the_first_release_is_handed_on_to_its_holders()
    {
        await using var silo = await TestSilo.StartAsync();
        var rules = silo.Services.GetRequiredService<CaVendorDirectory>().Embedded(Ca);
        var (now, keys) = (silo.Clock.GetUtcNow(), new[] { EmbeddedCaBench.NewKey(), EmbeddedCaBench.NewKey() });
        var whole = rules.Create(Ca.Value, now);
        var issued = new List<IssuedCertificates>();
        foreach (var (number, holder, key) in new[] { ("A1", "one", keys[0]), ("A2", "two", keys[1]) })
        {
            (whole, _) = rules.Submit(whole, EmbeddedCaBench.Application(number, holder: holder));
            (whole, _) = EmbeddedCa.Decide(whole, number, null);
            (whole, var issuance) = rules.Issue(whole, number, EmbeddedCaBench.Request(key), now);
            issued.Add(Assert.IsType<CaIssuance.Ok>(issuance).Certificates);
        }

        (whole, _) = rules.Submit(whole, EmbeddedCaBench.Application("A3", CaApplicationKind.Renew, holder: "one"));
        (whole, _) = EmbeddedCa.Decide(whole, "A3", null);
        (whole, _) = EmbeddedCa.Revoke(whole, EmbeddedCaBench.SerialNumber(issued[1].SigningCertificate), RevocationReason.Superseded, now);
        await EditAsync<StoredCaAdapter>(silo, "ca-adapter", silo.Grains.CaAdapter(Ca).GetGrainId(), _ => new StoredCaAdapter { EmbeddedCa = whole, Audited = 7 });
        var adapter = silo.Grains.CaAdapter(Ca);

        // Everything is where it belongs, for its holder and for those who ask about it.
        var again = Assert.IsType<CaIssuance.Ok>(await adapter.Issue("A1", EmbeddedCaBench.Request(keys[0]))).Certificates;
        Assert.Equal(issued[0].SigningCertificate, again.SigningCertificate);
        var renewed = Assert.IsType<CaIssuance.Ok>(await adapter.Issue("A3", EmbeddedCaBench.Request(keys[0]))).Certificates;
        Assert.Equal(EmbeddedCaBench.PublicPoint(issued[0].EncryptionCertificate), EmbeddedCaBench.PublicPoint(renewed.EncryptionCertificate));
        Assert.Equal(issued[0].Chain[1], renewed.Chain[1]);
        var exchange = new OcspExchange(Parse(issued[1].SigningCertificate), Parse(issued[1].Chain[0]), SystemRandom.Instance);
        Assert.IsType<RevocationStatus.Revoked>(exchange.Judge(await AskAsync(silo, Ca, exchange.Request), now));
        Assert.True(RevocationList.TryParse((await PublishAsync(silo)).RevocationList, Parse(issued[1].Chain[0]), out var list, out _));
        Assert.Equal(2, list.Count);
        Assert.Equal(new CaRevocation.Ok(new DateTimeOffset(now.Ticks / TimeSpan.TicksPerSecond * TimeSpan.TicksPerSecond, TimeSpan.Zero)), await adapter.Revoke(EmbeddedCaBench.SerialNumber(issued[1].SigningCertificate), RevocationReason.Unspecified));
        await ApproveAsync(silo, Ca, VendorBench.Order("A4") with { Application = EmbeddedCaBench.Application("A4", holder: "three") });
        Assert.Equal(new CaIssuance.Refused(CaRefusal.WrongKey), await adapter.Issue("A4", EmbeddedCaBench.Request(keys[1])));

        // The old place is empty, and stays so.
        var left = await ReadAsync<StoredCaAdapter>(silo, "ca-adapter", adapter.GetGrainId());
        Assert.Null(left.EmbeddedCa);
        Assert.True(left.Audited > 7);
    }

    /// <summary>The whole way to certificates, as an application and a reviewer go it.</summary>
    internal static async Task<IssuedCertificates> ObtainAsync(TestSilo silo, string number, string holder, CaId? ca = null, AsymmetricCipherKeyPair? key = null)
    {
        await ApproveAsync(silo, ca ?? Ca, VendorBench.Order(number) with { Application = EmbeddedCaBench.Application(number, holder: holder) });
        return Assert.IsType<CaIssuance.Ok>(await silo.Grains.CaAdapter(ca ?? Ca).Issue(number, EmbeddedCaBench.Request(key ?? EmbeddedCaBench.NewKey()))).Certificates;
    }

    internal static async Task ApproveAsync(TestSilo silo, CaId ca, CaSubmissionOrder order)
    {
        var adapter = silo.Grains.CaAdapter(ca);
        await adapter.Submit(order);
        await Wait.UntilAsync(() => adapter.GetDesk(), desk => desk.Any(entry => entry.ApplicationNumber == order.Application.Number));
        Assert.IsType<Done<Nothing>>(await adapter.Decide(new CaDecision(order.Application.Number, "审核员甲", null)));
        await Wait.UntilAsync(() => adapter.GetStatus(), status => status.Waiting == 0);
    }

    internal static Sm2Certificate Parse(byte[] der)
    {
        Assert.True(Sm2Certificate.TryParse(der, out var certificate));
        return certificate;
    }

    private static async Task<string> JavaAsync(TestSilo silo, IssuedCertificates issued)
    {
        var request = await JavaStatus.RequestAsync(issued.SigningCertificate, issued.Chain[0]);
        return await JavaStatus.OcspAsync(request, (await silo.Grains.CaResponder(Ca).Answer(request)).Response, issued.SigningCertificate, issued.Chain[0]);
    }

    private static async Task<CaPublications> PublishAsync(TestSilo silo) => Assert.IsType<Done<CaPublications>>(await silo.Grains.CaAuthority(Ca).Publish()).Value;

    private static async Task<byte[]> AskAsync(TestSilo silo, CaId ca, byte[] request) => (await silo.Grains.CaResponder(ca).Answer(request)).Response;

    private static int Status(byte[] response) => OcspResponse.GetInstance(response).ResponseStatus.IntValueExact;

    private static Sm2Certificate ResponderOf(byte[] response) => Parse(BasicOcspResponse.GetInstance(Asn1Object.FromByteArray(
        OcspResponse.GetInstance(response).ResponseBytes.Response.GetOctets())).Certs[0].ToAsn1Object().GetDerEncoded());

    /// <summary>A request without a nonce.</summary>
    private static byte[] OneRequest(string serialNumber, byte[]? issuer = null)
    {
        var authority = issuer ?? new EmbeddedCaBench().State.Issuing.Certificate;
        var generator = new Org.BouncyCastle.Ocsp.OcspReqGenerator();
        var number = new Org.BouncyCastle.Math.BigInteger(1, issuer is null ? Encoding.ASCII.GetBytes(serialNumber) : Convert.FromHexString(serialNumber));
        generator.AddRequest(new Org.BouncyCastle.Ocsp.CertificateID(Org.BouncyCastle.Ocsp.CertificateID.DigestSha1, new X509Certificate(authority), number));
        return generator.Generate().GetEncoded();
    }

    private static long NumberOf(byte[] list) => DerInteger.GetInstance(Asn1Object.FromByteArray(
        new X509CrlParser().ReadCrl(list).GetExtensionValue(X509Extensions.CrlNumber).GetOctets())).Value.LongValue;

    internal static byte[] Pem(byte[] der) => Encoding.ASCII.GetBytes(System.Security.Cryptography.PemEncoding.WriteString("CERTIFICATE", der) + "\n");

    private static async Task<T> ReadAsync<T>(TestSilo silo, string name, GrainId id) where T : new()
    {
        var state = new GrainState<T>();
        await silo.Services.GetRequiredService<IGrainStorage>().ReadStateAsync(name, id, state);
        return state.State ?? new T();
    }

    /// <summary>Writes behind the grain's back; its activation, if there is one, reads it when it begins anew.</summary>
    private static async Task EditAsync<T>(TestSilo silo, string name, GrainId id, Func<T, T> edit) where T : new()
    {
        var storage = silo.Services.GetRequiredService<IGrainStorage>();
        var state = new GrainState<T>();
        await storage.ReadStateAsync(name, id, state);
        state.State = edit(state.State ?? new T());
        await storage.WriteStateAsync(name, id, state);
        await silo.RestartAsync();
    }
}
