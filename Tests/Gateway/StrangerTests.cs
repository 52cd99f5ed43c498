using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Gateway.Phones;
using Bzt.Grains;
using Bzt.Grains.CaVendors;
using Bzt.Grains.CaVendors.Embedded;
using Bzt.Tests.Applications;
using Bzt.Tests.Embedded;
using Org.BouncyCastle.Math;
using Org.BouncyCastle.Ocsp;
using Org.BouncyCastle.X509;
using Orleans.Runtime;

namespace Bzt.Tests.Gateway;

/// <summary>What anybody may ask for leaves nothing behind, and costs the same however often it is asked for.</summary>
public sealed class StrangerTests
{
    private static readonly CaId Ca = new("hubei-ca");

    [Fact]
    public async Task Tokens_anybody_can_write_leave_no_account_in_memory()
    {
        var system = await EmbeddedSystem.SharedAsync();
        using var key = new EcdsaDeviceKey();
        var forged = Enumerable.Range(0, 20).Select(_ => new UserId(Guid.NewGuid())).ToList();
        foreach (var user in forged)
        {
            var http = new PhoneHttp(system.Gateway, key, "1.0", system.Clock) { AccessToken = AccessToken.Format(user, DeviceId.New(), AccessToken.NewSecret()) };
            Assert.Equal(ErrorCodes.Unauthenticated, (await Assert.ThrowsAsync<ApiRefusedException>(() => http.GetAsync(Routes.Phone.Me, BztJson.Default.Me))).Code);
        }

        await NoneLeftAsync(system, [.. forged.Select(user => system.Grains.User(user).GetGrainId())]);
    }

    [Fact]
    public async Task Numbers_that_were_never_issued_are_not_kept_and_others_are_not_looked_up()
    {
        var system = await EmbeddedSystem.SharedAsync();
        var authorities = await system.Grains.CaAuthority(Ca).Establish();
        var (issuer, root) = (new X509Certificate(authorities.Issuing.Certificate), new X509Certificate(authorities.Root.Certificate));
        var may = Enumerable.Range(0, 10).Select(_ => Number(0x40, 16)).ToList();
        var request = Request(issuer, may);
        using var content = new ByteArrayContent(request) { Headers = { ContentType = new MediaTypeHeaderValue("application/ocsp-request") } };
        using var answer = await system.Gateway.PostAsync($"/ca/{Ca}/ocsp", content, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(0, new OcspResp(await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)).Status);
        await NoneLeftAsync(system, [.. may.Select(number => system.Grains.CaSerial(Ca, Convert.ToHexString(number.ToByteArrayUnsigned())).GetGrainId())]);

        // Only numbers of our form, under our issuer, are looked up at all.
        Assert.Equal(10, OcspQuery.TryParse(request)!.SerialNumbersOf(issuer).Count());
        Assert.Empty(OcspQuery.TryParse(Request(root, may))!.SerialNumbersOf(issuer));
        Assert.Empty(OcspQuery.TryParse(Request(issuer, [Number(0x40, 15), Number(0x40, 17), Number(0x20, 16), BigInteger.Zero, BigInteger.One.Negate()]))!.SerialNumbersOf(issuer));
    }

    [Fact]
    public async Task The_document_of_the_api_is_built_once_and_need_not_be_sent_again()
    {
        var system = await EmbeddedSystem.SharedAsync();
        using var first = await system.Gateway.GetAsync("/openapi/v1.json", TestContext.Current.CancellationToken);
        Assert.Equal("application/json", first.Content.Headers.ContentType!.MediaType);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/openapi/v1.json") { Headers = { IfNoneMatch = { first.Headers.ETag! } } };
        using var second = await system.Gateway.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
        using var none = await system.Gateway.GetAsync("/openapi/v2.json", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
    }

    private static byte[] Request(X509Certificate issuer, IEnumerable<BigInteger> numbers)
    {
        var generator = new OcspReqGenerator();
        foreach (var number in numbers)
        {
            generator.AddRequest(new CertificateID(CertificateID.DigestSha1, issuer, number));
        }

        return generator.Generate().GetEncoded();
    }

    private static BigInteger Number(byte first, int octets)
    {
        var bytes = RandomNumberGenerator.GetBytes(octets);
        bytes[0] = first;
        return new BigInteger(1, bytes);
    }

    private static Task<int> NoneLeftAsync(EmbeddedSystem system, IReadOnlyList<GrainId> grains) => Wait.UntilAsync(
        async () => (await system.Grains.GetGrain<IManagementGrain>(0).GetActiveGrains(grains[0].Type)).Intersect(grains).Count(), left => left == 0);
}
