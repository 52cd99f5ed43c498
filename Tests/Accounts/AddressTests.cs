using System.Net;
using System.Text;
using Bzt.Contracts;
using Bzt.Gateway.Hosting;
using Bzt.Grains;
using Bzt.Grains.Accounts;
using Bzt.Grains.Foundations;
using Bzt.Tests.Embedded;
using CsCheck;
using Microsoft.Extensions.DependencyInjection;

namespace Bzt.Tests.Accounts;

/// <summary>What one address may ask for, at whichever gateway.</summary>
public sealed class AddressTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 25, 8, 0, 0, TimeSpan.Zero);

    [Fact]
    public void However_requests_come_no_day_of_an_address_has_more_than_two_days_worth_of_codes() =>
        Gen.Select(Gen.Int[0, 1], Gen.Int[0, 3600]).Array[1, 300].Sample(requests =>
        {
            var (count, now, codes) = (default(AddressCount), Now, new List<DateTimeOffset>());
            foreach (var (use, pause) in requests)
            {
                now += TimeSpan.FromSeconds(pause);
                (count, var refusal) = AddressRules.Take(count, (AddressUse)use, new AddressLimits(5, 20), now);
                Assert.True(refusal is null || refusal.RetryAfter > now);
                if (refusal is null && use == 1)
                {
                    codes.Add(now);
                }
            }

            // Two windows meet in a day at most.
            return codes.TrueForAll(from => codes.Count(at => at >= from && at < from + TimeSpan.FromDays(1)) <= 40);
        });

    [Fact]
    public async Task Every_gateways_requests_of_an_address_are_counted_together()
    {
        var system = await EmbeddedSystem.SharedAsync();
        var address = system.Grains.Address("an address of the tests");
        var replies = await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => address.Take(AddressUse.Login, new AddressLimits(10, 100))));
        Assert.Equal(10, replies.Count(reply => reply is Done<Nothing>));
        Assert.IsType<Done<Nothing>>(await system.Grains.Address("another address of the tests").Take(AddressUse.Login, new AddressLimits(10, 100)));
    }

    /// <summary>However many addresses somebody has to choose from: a /64 counts as one, a /48 as sixteen, a /32 as 256, and what they refuse is never looked at narrower.</summary>
    [Fact]
    public async Task A_network_of_many_addresses_has_a_bound_of_its_own()
    {
        var system = await EmbeddedSystem.SharedAsync();
        var protector = system.Services.GetRequiredService<IKeyProtector>();
        var limits = new AddressLimits(1, 1);
        Assert.Equal(1, await LetInAsync(8, i => $"2001:db8:1:1::{i + 1:x}"));
        Assert.Equal(16, await LetInAsync(40, i => $"2001:db9:2:{i + 1:x}::1"));
        Assert.Equal(256, await LetInAsync(300, i => $"2001:dba:{i + 1:x}:1::1"));
        Assert.Equal(40, await LetInAsync(40, i => $"192.0.2.{i + 1}"));
        Assert.Equal(40, await LetInAsync(40, i => $"::ffff:198.51.100.{i + 1}"));

        // What one /64 is refused takes nothing from its neighbours.
        Assert.Equal(1, await LetInAsync(100, i => $"2001:dbb:1:1::{i + 1:x}"));
        Assert.Equal(15, await LetInAsync(30, i => $"2001:dbb:1:{i + 2:x}::1"));

        Assert.Equal("(20010DB8, 256) (20010DB80001, 16) (20010DB800010002, 1)", string.Join(' ', LoginRateLimit.NetworksOf(IPAddress.Parse("2001:db8:1:2:3:4:5:6"))));
        Assert.Equal("(192.0.2.1, 1)", string.Join(' ', LoginRateLimit.NetworksOf(IPAddress.Parse("::ffff:192.0.2.1"))));
        Assert.Equal("(, 1)", string.Join(' ', LoginRateLimit.NetworksOf(null)));

        async Task<int> LetInAsync(int requests, Func<int, string> address)
        {
            var refusals = await Task.WhenAll(Enumerable.Range(0, requests).Select(i =>
                LoginRateLimit.TakeAsync(system.Grains, protector, IPAddress.Parse(address(i)), AddressUse.SmsCode, limits)));
            Assert.All(refusals, refusal => Assert.True(refusal is null or { Code: RefusalCode.RateLimited }));
            return refusals.Count(refusal => refusal is null);
        }
    }

    [Fact]
    public void Only_codes_are_remembered_for_a_day()
    {
        var (login, _) = AddressRules.Take(default, AddressUse.Login, new AddressLimits(5, 20), Now);
        Assert.Null(AddressRules.Kept(login, Now));
        var (code, _) = AddressRules.Take(login, AddressUse.SmsCode, new AddressLimits(5, 20), Now);
        Assert.Equal(TimeSpan.FromHours(23), AddressRules.Kept(code, Now + TimeSpan.FromHours(1)));
        Assert.Null(AddressRules.Kept(code, Now + TimeSpan.FromDays(1)));
    }

    [Fact]
    public async Task Codes_to_an_address_are_limited_by_the_day()
    {
        await using var system = await EmbeddedSystem.StartAsync(builder => builder.Configuration["Gateway:CodesPerDay"] = "3");
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(HttpStatusCode.Accepted, (await AskAsync()).Status);
        }

        var (status, body) = await AskAsync();
        Assert.Equal(HttpStatusCode.TooManyRequests, status);
        Assert.Contains(ErrorCodes.RateLimited, body, StringComparison.Ordinal);
        system.Clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal(HttpStatusCode.Accepted, (await AskAsync()).Status);

        async Task<(HttpStatusCode Status, string Body)> AskAsync()
        {
            using var content = new StringContent($$"""{"phoneNumber":"{{EmbeddedSystem.NextPerson().Phone}}","purpose":"login"}""", Encoding.UTF8, "application/json");
            using var answer = await system.Gateway.PostAsync(Routes.Phone.SmsCodes, content);
            return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
        }
    }
}
