using System.Net;
using System.Security.Cryptography;
using System.Text;
using Bzt.Grains.Providers.Remittances;
using Bzt.Grains.Remittances;
using Bzt.Simulators;
using Bzt.Tests.Simulators;

namespace Bzt.Tests.Providers;

[Trait("Feature", "M035"), Trait("Surface", "api")]
public sealed class BankRemittancesTests
{
    static readonly Guid Reference = new("019ab000-0000-7000-8000-000000000035");
    static readonly DateTimeOffset End = DateTimeOffset.FromUnixTimeSeconds(4_000_000_000);
    static readonly Uri NotifyUrl = new("http://127.0.0.1:1/remittances/notify");

    [Fact]
    public async Task An_account_for_each_reference_and_what_came_in_on_it()
    {
        await using var simulators = await RunningSimulators.StartAsync();
        var bank = simulators.Adapter<IRemittances>();
        Assert.Equal(new RemittanceQuery.Refused("REFERENCE_UNKNOWN"), await bank.GetAsync(Reference));
        var opened = Assert.IsType<RemittanceResult.Ok>(await bank.ExpectAsync(Reference, End, NotifyUrl));
        Assert.Equal(opened, await bank.ExpectAsync(Reference, End, NotifyUrl));
        Assert.NotEqual(opened, await bank.ExpectAsync(Guid.NewGuid(), End, NotifyUrl));
        Assert.Equal(new RemittanceResult.Refused("REFERENCE_CONFLICT"), await bank.ExpectAsync(Reference, End.AddDays(1), NotifyUrl));

        Assert.Empty(Assert.IsType<RemittanceQuery.Ok>(await bank.GetAsync(Reference)).Remittances);
        await simulators.Control.RemitAsync(Reference, "宜昌测试有限公司", "42050000000123456", 37);
        await simulators.Control.RemitAsync(Reference, "别家", "654321", 100_00);
        var came = Assert.IsType<RemittanceQuery.Ok>(await bank.GetAsync(Reference)).Remittances;
        Assert.Equal([("宜昌测试有限公司", "123456", 37L), ("别家", "654321", 10000L)], came.Select(line => (line.PayerName, line.PayerAccountTail, line.AmountFen)));
        Assert.Equal(2, came.Select(line => line.Serial).Distinct().Count());
        Assert.Equal(DateTimeOffset.UtcNow, came[0].ReceivedAt, TimeSpan.FromMinutes(5));
    }

    [Fact]
    public async Task Keys_clocks_and_garbage()
    {
        await using var simulators = await RunningSimulators.StartAsync();
        Assert.Equal(new RemittanceResult.Refused("SIGNATURE_INVALID"), await Expect(simulators.Adapter<IRemittances>(null, ("Providers:Remittance:Secret", new string('0', 64)))));
        Assert.Equal(new RemittanceResult.Refused("APP_UNKNOWN"), await Expect(simulators.Adapter<IRemittances>(null, ("Providers:Remittance:AppId", "nobody"))));
        var clock = RunningSimulators.Clock();
        clock.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal(new RemittanceResult.Refused("TIMESTAMP_SKEWED"), await Expect(simulators.Adapter<IRemittances>(clock)));
        await simulators.Control.SteerAsync("remittance", new(Disturbance.Garbage));
        Assert.Equal(new RemittanceResult.Unavailable("answer without a valid signature"), await Expect(simulators.Adapter<IRemittances>()));
        await simulators.Control.SteerAsync("remittance", new(Disturbance.Fail));
        Assert.Equal(new RemittanceResult.Unavailable("HTTP 503"), await Expect(simulators.Adapter<IRemittances>()));
        Assert.Equal(new RemittanceResult.Unavailable("not configured"), await Expect(simulators.Adapter<IRemittances>(null, ("Providers:Remittance:Endpoint", null), ("Providers:Remittance:AppId", null), ("Providers:Remittance:Secret", null))));

        static Task<RemittanceResult> Expect(IRemittances bank) => bank.ExpectAsync(Reference, End, NotifyUrl);
    }

    [Fact]
    public async Task A_recorded_request_cannot_be_played_again()
    {
        await using var simulators = await RunningSimulators.StartAsync();
        await using var recorder = await Impostor.StartAsync("{}", []);
        await simulators.Adapter<IRemittances>(null, ("Providers:Remittance:Endpoint", new Uri(recorder.Address, "remittance/v1").AbsoluteUri)).GetAsync(Reference);
        Assert.Equal(HttpStatusCode.NotFound, await Replay());
        Assert.Equal(HttpStatusCode.Unauthorized, await Replay());

        async Task<HttpStatusCode> Replay()
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(simulators.Address, recorder.LastPath));
            foreach (var (name, value) in recorder.Last.Headers.Where(header => header.Name.StartsWith("X-", StringComparison.Ordinal)))
            {
                request.Headers.TryAddWithoutValidation(name, value);
            }

            using var response = await simulators.Http.SendAsync(request);
            return response.StatusCode;
        }
    }

    [Fact]
    public async Task A_notification_counts_only_from_the_bank_to_this_address_now_and_whole()
    {
        await using var simulators = await RunningSimulators.StartAsync();
        await using var gateway = await Impostor.StartAsync("", []);
        var clock = RunningSimulators.Clock();
        var bank = simulators.Adapter<IRemittances>(clock);
        await bank.ExpectAsync(Reference, End, new Uri(gateway.Address, "remittances/notify"));
        await simulators.Control.RemitAsync(Reference, "宜昌测试有限公司", "42050000000123456", 37);
        await Applications.Wait.UntilAsync(() => Task.FromResult(gateway.Last.Body), body => body is { Length: > 0 });
        var (body, headers) = gateway.Last;
        string Header(string name) => headers.Single(header => header.Name == name).Value;
        var genuine = new SignedMessage("/remittances/notify", Header("X-App-Id"), Header("X-Timestamp"), Header("X-Nonce"), Header("X-Signature"), body);

        Assert.True(bank.TryReadNotification(genuine, out var read));
        Assert.Equal((Reference, 37L), (read.Reference, Assert.Single(read.Remittances).AmountFen));
        foreach (var forged in new[]
        {
            genuine with { Path = "/elsewhere" },
            genuine with { AppId = "nobody" },
            genuine with { Timestamp = genuine.Timestamp + "0" },
            genuine with { Nonce = new string('0', 32) },
            genuine with { Signature = "" },
            genuine with { Body = [.. body, (byte)' '] },
        })
        {
            Assert.False(bank.TryReadNotification(forged, out _));
        }

        // Rightly signed, half readable.
        foreach (var content in new[] { "", "[]", "{}", $$"""{"reference":"{{Reference}}","remittances":[{"serial":"1"}]}""", $$"""{"reference":"{{Reference}}","remittances":[null]}""" })
        {
            Assert.False(bank.TryReadNotification(Signed(Encoding.UTF8.GetBytes(content)), out _), content);
        }

        Assert.True(bank.TryReadNotification(Signed(body), out _));
        clock.Advance(TimeSpan.FromMinutes(10));
        Assert.False(bank.TryReadNotification(genuine, out _));

        SignedMessage Signed(byte[] content)
        {
            var text = $"POST\n/remittances/notify\n{genuine.Timestamp}\n{genuine.Nonce}\n{Convert.ToHexStringLower(SHA256.HashData(content))}";
            var signature = HMACSHA256.HashData(Encoding.UTF8.GetBytes(simulators.Settings["Providers:Remittance:Secret"]!), Encoding.UTF8.GetBytes(text));
            return genuine with { Body = content, Signature = Convert.ToHexStringLower(signature) };
        }
    }
}
