using Bzt.Grains.Accounts;
using Bzt.Grains.Providers.RealNames;
using Bzt.Simulators;
using Bzt.Simulators.BankCards;
using Bzt.Simulators.Faces;
using Bzt.Tests.Simulators;

namespace Bzt.Tests.Providers;

public sealed class FaceCheckTests
{
    static readonly TestPerson Person = TestPerson.Get(11);
    static readonly Uri ReturnUrl = new("http://127.0.0.1:1/app/real-name?operation=1&state=2");

    static IHostedIdentityCheck Adapter(RunningSimulators simulators, TimeProvider? clock = null, params (string, string?)[] changes) =>
        simulators.Adapter<IEnumerable<IHostedIdentityCheck>>(clock, changes).Single(check => check.Way == RealNameWay.Face);

    static Task<HostedCheckStart> StartAsync(IHostedIdentityCheck face, TestPerson? person = null, string? requestId = null) =>
        face.BeginAsync((person ?? Person).Name, (person ?? Person).IdNumber, requestId ?? Guid.NewGuid().ToString("N"), ReturnUrl);

    static async Task<HostedCheck> BeginAsync(IHostedIdentityCheck face, TestPerson? person = null) => Assert.IsType<HostedCheckStart.Ok>(await StartAsync(face, person)).Check;

    [Fact]
    [Trait("Feature", "M015"), Trait("Surface", "api")]
    public async Task What_happens_before_the_camera_is_the_result()
    {
        await using var simulators = await RunningSimulators.StartAsync();
        var face = Adapter(simulators);
        var passed = await BeginAsync(face);
        Assert.IsType<HostedCheckResult.Waiting>(await face.QueryAsync(passed));
        Assert.Equal(ReturnUrl, await simulators.Control.ShowFaceAsync(face.PageOf(passed)));
        Assert.NotEmpty(Assert.IsType<HostedCheckResult.Passed>(await face.QueryAsync(passed)).Receipt);

        Assert.Equal(new HostedCheckResult.Refused(HostedCheckRefusal.NotPassed, "FACE_MISMATCH"), await AfterAsync(FaceAct.Stranger));
        Assert.Equal(new HostedCheckResult.Refused(HostedCheckRefusal.NotPassed, "LIVENESS_FAILED"), await AfterAsync(FaceAct.Photograph));
        Assert.Equal(new HostedCheckResult.Refused(HostedCheckRefusal.Cancelled, "CANCELLED"), await AfterAsync(FaceAct.Cancel));
        Assert.Equal(new HostedCheckResult.Refused(HostedCheckRefusal.NotPassed, "IDENTITY_MISMATCH"), await AfterAsync(FaceAct.Pass, Person with { Name = "欧阳无此人" }));

        async Task<HostedCheckResult> AfterAsync(FaceAct act, TestPerson? person = null)
        {
            var check = await BeginAsync(face, person);
            await simulators.Control.ShowFaceAsync(face.PageOf(check), act);
            return await face.QueryAsync(check);
        }
    }

    [Fact]
    public async Task The_same_request_is_the_same_check_and_another_under_its_id_is_refused()
    {
        await using var simulators = await RunningSimulators.StartAsync();
        var face = Adapter(simulators);
        var id = Guid.NewGuid().ToString("N");
        await simulators.Control.SteerAsync("face", new(Disturbance.Silence));
        Assert.IsType<HostedCheckStart.Unavailable>(await StartAsync(face, requestId: id));
        Assert.Equal(await StartAsync(face, requestId: id), await StartAsync(face, requestId: id));
        Assert.Equal(1, (await simulators.Control.ChecksMadeAsync()).Faces);
        Assert.Equal(new HostedCheckStart.Refused(HostedCheckRefusal.Account, "REQUEST_CONFLICT"), await StartAsync(face, TestPerson.Get(12), id));
    }

    [Fact]
    public async Task Keys_clocks_limits_and_garbage()
    {
        var clock = RunningSimulators.Clock();
        await using var simulators = await RunningSimulators.StartAsync(clock);
        Assert.Equal(
            new HostedCheckStart.Refused(HostedCheckRefusal.Account, "SIGNATURE_INVALID"), await StartAsync(Adapter(simulators, clock, ("Providers:Face:Secret", new string('0', 64)))));
        Assert.Equal(new HostedCheckStart.Refused(HostedCheckRefusal.Account, "APP_UNKNOWN"), await StartAsync(Adapter(simulators, clock, ("Providers:Face:AppId", "nobody"))));
        var fast = RunningSimulators.Clock();
        fast.Advance(TimeSpan.FromMinutes(7));
        Assert.Equal(new HostedCheckStart.Refused(HostedCheckRefusal.Account, "TIMESTAMP_SKEWED"), await StartAsync(Adapter(simulators, fast)));

        var face = Adapter(simulators, clock);
        await simulators.Control.SteerAsync("face", new(Disturbance.Fail, "TOO_MANY"));
        Assert.Equal(new HostedCheckStart.Refused(HostedCheckRefusal.TooMany, "TOO_MANY"), await StartAsync(face));
        var check = await BeginAsync(face);
        await simulators.Control.ShowFaceAsync(face.PageOf(check));
        foreach (var trouble in new[] { Disturbance.Garbage, Disturbance.Silence, Disturbance.Twice })
        {
            await simulators.Control.SteerAsync("face", new(trouble));
            Assert.IsType<HostedCheckResult.Unavailable>(await face.QueryAsync(check));
        }

        Assert.IsType<HostedCheckResult.Passed>(await face.QueryAsync(check));
        Assert.Equal(new HostedCheckResult.Refused(HostedCheckRefusal.Expired, "CHECK_UNKNOWN"), await face.QueryAsync(new HostedCheck("nothing", null)));

        var forgotten = await BeginAsync(face);
        clock.Advance(TimeSpan.FromMinutes(30));
        Assert.Equal(new HostedCheckResult.Refused(HostedCheckRefusal.Expired, "EXPIRED"), await face.QueryAsync(forgotten));
    }

    [Theory]
    [InlineData("""{"checkId":"c","result":"PASSED","receiptId":"r"}""")]
    [InlineData("""{"requestId":"r","result":"READY","checkId":"c","pageUrl":"http://evil.example.com/"}""")]
    public async Task An_answer_that_is_not_signed_for_our_nonce_counts_for_nothing(string answer)
    {
        await using var simulators = await RunningSimulators.StartAsync();
        await using var impostor = await Impostor.StartAsync(answer, [("X-Timestamp", $"{DateTimeOffset.UtcNow.ToUnixTimeSeconds()}"), ("X-Signature", new string('a', 64))]);
        var face = Adapter(simulators, null, ("Providers:Face:Endpoint", impostor.Address.AbsoluteUri));
        Assert.Equal(new HostedCheckResult.Unavailable("answer without a valid signature"), await face.QueryAsync(new HostedCheck("c", "http://127.0.0.1/")));
        Assert.Equal(new HostedCheckStart.Unavailable("answer without a valid signature"), await StartAsync(face, requestId: "r"));
    }

    [Fact]
    public async Task Half_an_account_refuses_to_start_and_none_is_none()
    {
        await using var simulators = await RunningSimulators.StartAsync();
        Assert.False(Adapter(simulators, null, ("Providers:Face:Endpoint", null), ("Providers:Face:AppId", null), ("Providers:Face:Secret", null)).IsOffered);
        foreach (var (key, value) in new[] { ("Endpoint", null), ("Endpoint", "http://face.example.com/"), ("AppId", null), ("Secret", "short") })
        {
            Assert.Throws<Microsoft.Extensions.Options.OptionsValidationException>(
                () => simulators.Adapter<Microsoft.Extensions.Options.IStartupValidator>(null, ($"Providers:Face:{key}", value)).Validate());
        }
    }
}
