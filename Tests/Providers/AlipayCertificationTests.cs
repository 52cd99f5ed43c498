using System.Net;
using Bzt.Grains.Accounts;
using Bzt.Grains.Providers.RealNames;
using Bzt.Simulators;
using Bzt.Simulators.BankCards;
using Bzt.Tests.Simulators;

namespace Bzt.Tests.Providers;

/// <summary>Our adapter against the simulator, which Alipay's own SDK drives too (<see cref="VendorSdkTests"/>).</summary>
public sealed class AlipayCertificationTests
{
    static readonly TestPerson Person = TestPerson.Get(9);
    static readonly Uri ReturnUrl = new("http://127.0.0.1:1/app/real-name?operation=1&state=2");

    static IHostedIdentityCheck Adapter(RunningSimulators simulators, TimeProvider? clock = null, params (string, string?)[] changes) =>
        simulators.Adapter<IEnumerable<IHostedIdentityCheck>>(clock, changes).Single(check => check.Way == RealNameWay.Alipay);

    static async Task<HostedCheck> BeginAsync(IHostedIdentityCheck alipay, TestPerson? person = null) =>
        Assert.IsType<HostedCheckStart.Ok>(await alipay.BeginAsync((person ?? Person).Name, (person ?? Person).IdNumber, Guid.NewGuid().ToString("N"), ReturnUrl)).Check;

    [Fact]
    [Trait("Feature", "M016"), Trait("Surface", "api")]
    public async Task Initialise_page_and_query()
    {
        await using var simulators = await RunningSimulators.StartAsync();
        var alipay = Adapter(simulators);
        var check = await BeginAsync(alipay);
        Assert.IsType<HostedCheckResult.Waiting>(await alipay.QueryAsync(check));

        // The page says whom it is about, to nobody in full.
        var page = WebUtility.HtmlDecode(await simulators.Http.GetStringAsync(alipay.PageOf(check)));
        Assert.Contains($"**{Person.Name[^1..]}", page, StringComparison.Ordinal);
        Assert.DoesNotContain(Person.IdNumber, page, StringComparison.Ordinal);
        Assert.Equal(ReturnUrl, await simulators.Control.CertifyAsync(alipay.PageOf(check)));
        Assert.Equal(new HostedCheckResult.Passed(check.Reference), await alipay.QueryAsync(check));

        // Once over it stays: a later no is none.
        await simulators.Control.CertifyAsync(alipay.PageOf(check), "refuse");
        Assert.IsType<HostedCheckResult.Passed>(await alipay.QueryAsync(check));
    }

    [Fact]
    public async Task Refused_somebody_else_and_not_now()
    {
        await using var simulators = await RunningSimulators.StartAsync();
        var alipay = Adapter(simulators);
        var refused = await BeginAsync(alipay);
        await simulators.Control.CertifyAsync(alipay.PageOf(refused), "refuse");
        Assert.Equal(new HostedCheckResult.Refused(HostedCheckRefusal.NotPassed, "用户拒绝"), await alipay.QueryAsync(refused));

        var other = await BeginAsync(alipay, Person with { Name = TestPerson.Get(10).Name + "某" });
        await simulators.Control.CertifyAsync(alipay.PageOf(other));
        Assert.Equal(new HostedCheckResult.Refused(HostedCheckRefusal.NotPassed, "姓名与身份证号不匹配"), await alipay.QueryAsync(other));

        var later = await BeginAsync(alipay);
        await simulators.Control.CertifyAsync(alipay.PageOf(later), "later");
        Assert.IsType<HostedCheckResult.Waiting>(await alipay.QueryAsync(later));
    }

    [Fact]
    public async Task What_is_over_or_unknown_has_expired()
    {
        var clock = RunningSimulators.Clock();
        await using var simulators = await RunningSimulators.StartAsync(clock);
        var alipay = Adapter(simulators, clock);
        var check = await BeginAsync(alipay);
        var expired = new HostedCheckResult.Refused(HostedCheckRefusal.Expired, "CERTIFY_ID_EXPIRED");
        Assert.Equal(expired, await alipay.QueryAsync(new HostedCheck(new string('0', 32), null)));
        clock.Advance(TimeSpan.FromHours(23));
        Assert.Equal(expired, await alipay.QueryAsync(check));
        using var page = await simulators.Http.GetAsync(alipay.PageOf(check));
        Assert.Equal(HttpStatusCode.BadRequest, page.StatusCode);
    }

    [Fact]
    public async Task Trouble_is_an_answer_and_a_page_of_another_key_opens_nothing()
    {
        await using var simulators = await RunningSimulators.StartAsync();
        var alipay = Adapter(simulators);
        var check = await BeginAsync(alipay);
        await simulators.Control.CertifyAsync(alipay.PageOf(check));
        foreach (var trouble in new[] { Disturbance.Garbage, Disturbance.Silence, Disturbance.Twice })
        {
            await simulators.Control.SteerAsync("alipay-certify", new(trouble));
            Assert.IsType<HostedCheckResult.Unavailable>(await alipay.QueryAsync(check));
            await simulators.Control.SteerAsync("alipay-certify", new(trouble));
            Assert.IsType<HostedCheckStart.Unavailable>(await alipay.BeginAsync(Person.Name, Person.IdNumber, Guid.NewGuid().ToString("N"), ReturnUrl));
        }

        await simulators.Control.SteerAsync("alipay-certify", new(Disturbance.Fail, "SYSTEM_ERROR"));
        Assert.Equal(new HostedCheckResult.Unavailable("SYSTEM_ERROR"), await alipay.QueryAsync(check));

        // An order number is used once, as Alipay asks for.
        var order = Guid.NewGuid().ToString("N");
        Assert.IsType<HostedCheckStart.Ok>(await alipay.BeginAsync(Person.Name, Person.IdNumber, order, ReturnUrl));
        Assert.Equal(new HostedCheckStart.Refused(HostedCheckRefusal.Account, "INVALID_PARAMETER"), await alipay.BeginAsync(Person.Name, Person.IdNumber, order, ReturnUrl));

        await using var others = await RunningSimulators.StartAsync(ownKeys: true);
        var strangersPage = new UriBuilder(Adapter(others).PageOf(check)) { Port = simulators.Address.Port }.Uri;
        Assert.Contains("isv.invalid", await simulators.Http.GetStringAsync(strangersPage), StringComparison.Ordinal);
    }

    [Theory]
    // What somebody on the way would like us to believe, unsigned.
    [InlineData("""{"alipay_user_certify_open_query_response":{"code":"10000","msg":"Success","passed":"T"},"sign":"AAAA"}""")]
    [InlineData("""{"alipay_user_certify_open_query_response":{"code":"10000","msg":"Success","passed":"T"}}""")]
    [InlineData("""{"alipay_user_certify_open_query_response":{"code":"10000","passed":"T"},"alipay_user_certify_open_query_response":{"code":"10000","passed":"F"},"sign":""}""")]
    [InlineData("[]")]
    [InlineData("")]
    public async Task A_yes_without_Alipay_s_signature_counts_for_nothing(string answer)
    {
        await using var simulators = await RunningSimulators.StartAsync();
        await using var impostor = await Impostor.StartAsync(answer, []);
        var alipay = Adapter(simulators, null, ("Providers:Alipay:Gateway", impostor.Address.AbsoluteUri));
        Assert.Equal(new HostedCheckResult.Unavailable("answer without a valid signature"), await alipay.QueryAsync(new HostedCheck("1", null)));
    }
}
