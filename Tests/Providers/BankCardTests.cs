using Bzt.Grains.Providers.BankCards;
using Bzt.Simulators;
using Bzt.Simulators.BankCards;
using Bzt.Tests.Simulators;

namespace Bzt.Tests.Providers;

public sealed class BankCardTests
{
    static readonly TestPerson Person = TestPerson.Get(7);

    static Task<BankCardResult> Verify(IBankCardVerifier verifier, TestPerson person, string requestId = "r") =>
        verifier.VerifyAsync(person.Name, person.IdNumber, person.CardNumber, person.Phone, requestId);

    [Fact]
    [Trait("Feature", "M017"), Trait("Surface", "api")]
    public async Task All_four_must_belong_together()
    {
        await using var simulators = await RunningSimulators.StartAsync();
        var verifier = simulators.Adapter<IBankCardVerifier>();
        Assert.IsType<BankCardResult.Ok>(await Verify(verifier, Person));
        var other = TestPerson.Get(8);
        var mismatch = new BankCardResult.Refused(BankCardRefusal.Mismatch, "MISMATCH");
        Assert.Equal(mismatch, await Verify(verifier, Person with { Name = other.Name }, "name"));
        Assert.Equal(mismatch, await Verify(verifier, Person with { IdNumber = other.IdNumber }, "id"));
        Assert.Equal(mismatch, await Verify(verifier, Person with { CardNumber = other.CardNumber }, "card"));
        Assert.Equal(mismatch, await Verify(verifier, Person with { Phone = other.Phone }, "phone"));
        Assert.Equal(new BankCardResult.Refused(BankCardRefusal.CardUnsupported, "CARD_UNSUPPORTED"), await Verify(verifier, Person with { CardNumber = "4111111111111111" }, "foreign"));
    }

    [Fact]
    public async Task The_same_request_is_answered_the_same_and_another_under_its_id_is_refused()
    {
        await using var simulators = await RunningSimulators.StartAsync();
        var verifier = simulators.Adapter<IBankCardVerifier>();
        var first = await Verify(verifier, Person);
        Assert.Equal(first, await Verify(verifier, Person));
        Assert.Equal(new BankCardResult.Refused(BankCardRefusal.Account, "REQUEST_CONFLICT"), await Verify(verifier, TestPerson.Get(8)));

        // The answer got lost on the way; asked again, the check is not made, nor charged, twice.
        await simulators.Control.SteerAsync("bankcard", new(Disturbance.Silence));
        Assert.IsType<BankCardResult.Unavailable>(await Verify(verifier, Person, "lost"));
        Assert.IsType<BankCardResult.Ok>(await Verify(verifier, Person, "lost"));
    }

    [Theory]
    [InlineData("MISMATCH", BankCardRefusal.Mismatch)]
    [InlineData("CARD_UNUSABLE", BankCardRefusal.CardUnusable)]
    [InlineData("TOO_MANY", BankCardRefusal.TooMany)]
    [InlineData("SOMETHING_NEW", BankCardRefusal.Other)]
    public async Task The_provider_s_results_become_ours(string result, BankCardRefusal refusal)
    {
        await using var simulators = await RunningSimulators.StartAsync();
        await simulators.Control.SteerAsync("bankcard", new(Disturbance.Fail, result));
        Assert.Equal(new BankCardResult.Refused(refusal, result), await Verify(simulators.Adapter<IBankCardVerifier>(), Person));
    }

    [Fact]
    public async Task Keys_clocks_and_garbage()
    {
        await using var simulators = await RunningSimulators.StartAsync();
        Assert.Equal(
            new BankCardResult.Refused(BankCardRefusal.Account, "SIGNATURE_INVALID"),
            await Verify(simulators.Adapter<IBankCardVerifier>(null, ("Providers:BankCard:Secret", new string('0', 64))), Person));
        Assert.Equal(
            new BankCardResult.Refused(BankCardRefusal.Account, "APP_UNKNOWN"),
            await Verify(simulators.Adapter<IBankCardVerifier>(null, ("Providers:BankCard:AppId", "nobody")), Person));
        var clock = RunningSimulators.Clock();
        clock.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal(new BankCardResult.Refused(BankCardRefusal.Account, "TIMESTAMP_SKEWED"), await Verify(simulators.Adapter<IBankCardVerifier>(clock), Person));

        // Garbage says MATCH, without a signature.
        await simulators.Control.SteerAsync("bankcard", new(Disturbance.Garbage));
        Assert.IsType<BankCardResult.Unavailable>(await Verify(simulators.Adapter<IBankCardVerifier>(), Person));
    }

    [Fact]
    public async Task A_yes_that_is_not_signed_for_our_nonce_counts_for_nothing()
    {
        await using var simulators = await RunningSimulators.StartAsync();
        await using var impostor = await Impostor.StartAsync("""{"requestId":"r","receiptId":"x","result":"MATCH"}""", [("X-Timestamp", $"{DateTimeOffset.UtcNow.ToUnixTimeSeconds()}"), ("X-Signature", new string('a', 64))]);
        var verifier = simulators.Adapter<IBankCardVerifier>(null, ("Providers:BankCard:Endpoint", impostor.Address.AbsoluteUri));
        Assert.Equal(new BankCardResult.Unavailable("answer without a valid signature"), await Verify(verifier, Person));
    }

    [Fact]
    public async Task A_recorded_request_cannot_be_played_again()
    {
        await using var simulators = await RunningSimulators.StartAsync();
        await using var recorder = await Impostor.StartAsync("{}", []);
        await Verify(simulators.Adapter<IBankCardVerifier>(null, ("Providers:BankCard:Endpoint", new Uri(recorder.Address, "bankcard/v1/verify").AbsoluteUri)), Person);
        var (body, headers) = recorder.Last;
        Assert.Equal(System.Net.HttpStatusCode.OK, await Replay());
        Assert.Equal(System.Net.HttpStatusCode.Unauthorized, await Replay());

        async Task<System.Net.HttpStatusCode> Replay()
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(simulators.Address, "bankcard/v1/verify")) { Content = new ByteArrayContent(body) };
            foreach (var (name, value) in headers.Where(header => header.Name.StartsWith("X-", StringComparison.Ordinal)))
            {
                request.Headers.Add(name, value);
            }

            using var response = await simulators.Http.SendAsync(request);
            return response.StatusCode;
        }
    }
}
