using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Web;
using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Grains;
using Bzt.Grains.Accounts;
using Bzt.Simulators;
using Bzt.Simulators.BankCards;
using Bzt.Simulators.Faces;
using Bzt.Tests.Applications;
using Bzt.Tests.Embedded;
using RealNameWay = Bzt.Contracts.Phone.RealNameWay;

namespace Bzt.Tests.Accounts;

/// <summary>One system for a class of tests, which run one after another: they may restart it, move its clock on and steer its providers.</summary>
public sealed class RealNameSystem : IAsyncLifetime
{
    public EmbeddedSystem System { get; private set; } = null!;

    public async ValueTask InitializeAsync() => System = await EmbeddedSystem.StartAsync();

    public ValueTask DisposeAsync() => System.DisposeAsync();
}

/// <summary>支付宝认证 and 中金认证: each over the provider's own page, played at the simulators.</summary>
public abstract class RealNamePageTests(RealNameSystem one)
{
    protected EmbeddedSystem System => one.System;

    protected abstract RealNameWay Way { get; }

    /// <summary>Which queue of the simulators is this provider's.</summary>
    protected abstract string Provider { get; }

    protected abstract Task<Uri> PassAsync(EmbeddedSystem system, Uri page);

    protected abstract Task<Uri> FailAsync(EmbeddedSystem system, Uri page);

    [Fact]
    public async Task The_person_goes_through_the_page_comes_back_and_the_proof_survives_a_restart()
    {
        var system = System;
        using var phone = await system.LoggedInPhoneAsync();
        var client = new ClientOf(phone);
        Assert.Equal([RealNameWay.BankCard, RealNameWay.Alipay, RealNameWay.Face], (await client.WaysAsync()).Ways);

        var operation = Guid.NewGuid();
        var begun = await BeginAsync(client, operation);
        Assert.Equal((RealNameProgress.Waiting, Way, false), (begun.Progress, begun.Way, begun.ProviderAway));
        var back = await PassAsync(system, new Uri(begun.PageUrl!));
        Assert.Equal(system.Address, new Uri(back.GetLeftPart(UriPartial.Authority)));
        Assert.Equal($"{Routes.PhoneApp}/real-name", back.AbsolutePath);
        Assert.Equal(operation.ToString(), HttpUtility.ParseQueryString(back.Query)["operation"]);

        // The server goes down while the person is at the provider's.
        await system.RestartAsync();
        phone.Reconnect();
        var proven = await client.ReturnAsync(operation, StateOf(back));
        Assert.Equal(RealNameProgress.Proven, proven.Progress);
        Assert.Equal((Way, phone.Person.Name[..1] + "**", $"420***********{phone.Person.IdNumber[^4..]}"), (proven.RealName!.Way, proven.RealName.MaskedName, proven.RealName.MaskedIdNumber));
        Assert.Null(proven.PageUrl);

        await system.RestartAsync();
        phone.Reconnect();
        Assert.Equal(proven.RealName, (await phone.MeAsync()).RealName);
        // Back once more, asked once more: the recorded outcome, whatever the provider would say.
        await system.Simulators.SteerAsync(Provider, new Steer(Disturbance.Garbage));
        Assert.Equal(proven, await client.ReturnAsync(operation, StateOf(back)));
        Assert.Equal(proven, await client.CheckAsync(operation));
        Assert.Equal(proven, await BeginAsync(client, operation));
        await system.Simulators.ClearAsync(Provider);
        var user = system.Grains.User(new UserId(phone.Login!.UserId));
        var person = Assert.IsType<Done<Person>>(await user.GetPerson()).Value;
        Assert.Equal(new Person(phone.Person.Name, phone.Person.IdNumber, phone.Person.Phone), person);
        Assert.Equal(proven.RealName!.At, Assert.IsType<Done<DateTimeOffset>>(await user.GetLastProof(new DeviceId(phone.Login.DeviceId))).Value);
    }

    [Fact]
    public async Task Who_does_not_come_back_is_found_by_asking_and_who_has_not_been_there_waits()
    {
        var system = System;
        using var phone = await system.LoggedInPhoneAsync();
        var client = new ClientOf(phone);
        var operation = Guid.NewGuid();
        var begun = await BeginAsync(client, operation);
        var waiting = await client.CheckAsync(operation);
        Assert.Equal(RealNameProgress.Waiting, waiting.Progress);
        Assert.NotNull(waiting.PageUrl);

        // Through the page, but the window is closed there and then. Just asked, the provider is not asked again; a little later it is.
        await PassAsync(system, new Uri(begun.PageUrl!));
        system.Clock.Advance(RealNameRules.AskInterval);
        Assert.Equal(RealNameProgress.Proven, (await client.CheckAsync(operation)).Progress);
        Assert.NotNull((await phone.MeAsync()).RealName);
    }

    [Fact]
    public async Task Back_without_having_gone_through_the_page_stays_open()
    {
        var system = System;
        using var phone = await system.LoggedInPhoneAsync();
        var client = new ClientOf(phone);
        var operation = Guid.NewGuid();
        var begun = await BeginAsync(client, operation);
        var later = await LaterAsync(system, new Uri(begun.PageUrl!));
        var back = await client.ReturnAsync(operation, StateOf(later));
        Assert.Equal(RealNameProgress.Waiting, back.Progress);
        await PassAsync(system, new Uri(back.PageUrl!));
        // The second return asks no faster than anybody.
        var again = await client.UntilEndedAsync(() => client.ReturnAsync(operation, StateOf(later)));
        Assert.Equal(RealNameProgress.Proven, again.Progress);
    }

    [Fact]
    public async Task Not_the_person_is_refused_and_the_refusal_stays()
    {
        var system = System;
        using var phone = await system.LoggedInPhoneAsync();
        var client = new ClientOf(phone);
        var operation = Guid.NewGuid();
        var stranger = phone.Person with { Name = "欧阳无此人" };
        var begun = await BeginAsync(client, operation, stranger);
        var back = await PassAsync(system, new Uri(begun.PageUrl!));
        var refused = await client.ReturnAsync(operation, StateOf(back));
        Assert.Equal((RealNameProgress.Refused, ErrorCodes.RealNameNotPassed), (refused.Progress, refused.Code));
        Assert.Contains("认证未通过", refused.Title, StringComparison.Ordinal);

        await system.RestartAsync();
        phone.Reconnect();
        Assert.Equal(refused, await client.CheckAsync(operation));
        // The same id for other data is another operation's.
        Assert.Equal(ErrorCodes.IdempotencyConflict, await Refused(() => BeginAsync(client, operation)));
        Assert.Null((await phone.MeAsync()).RealName);

        var said = Guid.NewGuid();
        back = await FailAsync(system, new Uri((await BeginAsync(client, said)).PageUrl!));
        Assert.Equal(RealNameProgress.Refused, (await client.ReturnAsync(said, StateOf(back))).Progress);
        Assert.Null((await phone.MeAsync()).RealName);
    }

    [Fact]
    public async Task After_the_user_gave_up_a_late_yes_changes_nothing()
    {
        var system = System;
        using var phone = await system.LoggedInPhoneAsync();
        var client = new ClientOf(phone);
        var operation = Guid.NewGuid();
        var begun = await BeginAsync(client, operation);
        var cancelled = await client.CancelAsync(operation);
        Assert.Equal((RealNameProgress.Refused, ErrorCodes.RealNameCancelled, (string?)null), (cancelled.Progress, cancelled.Code, cancelled.PageUrl));

        var back = await PassAsync(system, new Uri(begun.PageUrl!));
        Assert.Equal(cancelled, await client.ReturnAsync(operation, StateOf(back)));
        await system.RestartAsync();
        phone.Reconnect();
        system.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(cancelled, await client.CheckAsync(operation));
        Assert.Null((await phone.MeAsync()).RealName);

        // Giving up what has ended changes nothing either.
        var second = Guid.NewGuid();
        begun = await BeginAsync(client, second);
        back = await PassAsync(system, new Uri(begun.PageUrl!));
        var proven = await client.ReturnAsync(second, StateOf(back));
        Assert.Equal(RealNameProgress.Proven, proven.Progress);
        Assert.Equal(proven, await client.CancelAsync(second));
    }

    [Fact]
    public async Task Who_never_goes_is_told_that_it_is_over()
    {
        var system = System;
        using var phone = await system.LoggedInPhoneAsync();
        var client = new ClientOf(phone);
        var operation = Guid.NewGuid();
        await BeginAsync(client, operation);
        system.Clock.Advance(RealNameRules.PageLifetime);
        var over = await client.CheckAsync(operation);
        Assert.Equal((RealNameProgress.Refused, ErrorCodes.RealNameExpired), (over.Progress, over.Code));

        // A yes that nobody asked for in time is no longer what the person says now, and the provider is not even asked.
        var late = Guid.NewGuid();
        var begun = await BeginAsync(client, late);
        await PassAsync(system, new Uri(begun.PageUrl!));
        system.Clock.Advance(RealNameRules.PageLifetime + RealNameRules.AnswerLifetime);
        Assert.Equal(ErrorCodes.RealNameExpired, (await client.CheckAsync(late)).Code);
        Assert.Null((await phone.MeAsync()).RealName);
    }

    [Fact]
    public async Task A_provider_that_is_down_at_the_start_costs_no_try_and_the_same_operation_goes_on()
    {
        var system = System;
        using var phone = await system.LoggedInPhoneAsync();
        var client = new ClientOf(phone);
        var operation = Guid.NewGuid();
        Disturbance[] troubles = [Disturbance.Garbage, Disturbance.Silence, Disturbance.Twice, Disturbance.Garbage, Disturbance.Silence, Disturbance.Twice];
        foreach (var trouble in troubles)
        {
            await system.Simulators.SteerAsync(Provider, new Steer(trouble));
            Assert.Equal(ErrorCodes.ProviderUnavailable, await Refused(() => BeginAsync(client, operation)));
            Assert.Equal(ErrorCodes.NotFound, await Refused(() => client.CheckAsync(operation)));
        }

        var begun = await BeginAsync(client, operation);
        var back = await PassAsync(system, new Uri(begun.PageUrl!));
        Assert.Equal(RealNameProgress.Proven, (await client.ReturnAsync(operation, StateOf(back))).Progress);
    }

    [Fact]
    public async Task A_provider_that_is_down_while_one_waits_is_said_to_be_and_asked_again()
    {
        var system = System;
        using var phone = await system.LoggedInPhoneAsync();
        var client = new ClientOf(phone);
        var operation = Guid.NewGuid();
        var back = await PassAsync(system, new Uri((await BeginAsync(client, operation)).PageUrl!));
        foreach (var trouble in new[] { Disturbance.Garbage, Disturbance.Silence, Disturbance.Twice })
        {
            await system.Simulators.SteerAsync(Provider, new Steer(trouble));
            var away = await client.ReturnAsync(operation, StateOf(back));
            Assert.Equal((RealNameProgress.Waiting, true), (away.Progress, away.ProviderAway));
            system.Clock.Advance(RealNameRules.AskIntervalInTrouble);
        }

        Assert.Equal(RealNameProgress.Proven, (await client.CheckAsync(operation)).Progress);
    }

    [Fact]
    public async Task A_provider_that_never_answers_is_given_up_on_in_seconds()
    {
        var system = System;
        using var phone = await system.LoggedInPhoneAsync();
        var client = new ClientOf(phone);
        var operation = Guid.NewGuid();
        await system.Simulators.SteerAsync(Provider, new Steer(Disturbance.Never));
        Assert.Equal(ErrorCodes.ProviderUnavailable, await Refused(() => BeginAsync(client, operation)));

        var back = await PassAsync(system, new Uri((await BeginAsync(client, operation)).PageUrl!));
        await system.Simulators.SteerAsync(Provider, new Steer(Disturbance.Never));
        Assert.True((await client.ReturnAsync(operation, StateOf(back))).ProviderAway);
        system.Clock.Advance(RealNameRules.AskIntervalInTrouble);
        Assert.Equal(RealNameProgress.Proven, (await client.CheckAsync(operation)).Progress);
    }

    [Fact]
    public async Task Submitted_twice_at_once_it_is_one_check()
    {
        var system = System;
        using var phone = await system.LoggedInPhoneAsync();
        var client = new ClientOf(phone);
        var operation = Guid.NewGuid();
        var before = await MadeAsync(system);
        var both = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => BeginAsync(client, operation)));
        Assert.All(both, check => Assert.Equal((operation, RealNameProgress.Waiting), (check.OperationId, check.Progress)));
        Assert.Equal(before + 1, await MadeAsync(system));

        var back = await PassAsync(system, new Uri(both[0].PageUrl!));
        var returned = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => client.ReturnAsync(operation, StateOf(back))));
        Assert.All(returned, check => Assert.Equal(returned[0], check));
        Assert.Equal(RealNameProgress.Proven, returned[0].Progress);
    }

    [Fact]
    public async Task Five_checks_a_day_on_whichever_way()
    {
        var system = System;
        using var phone = await system.LoggedInPhoneAsync();
        var client = new ClientOf(phone);
        var before = await MadeAsync(system);
        var wrong = phone.Person with { CardNumber = EmbeddedSystem.NextPerson().CardNumber };
        for (var i = 0; i < 2; i++)
        {
            Assert.Equal(ErrorCodes.RealNameMismatch, await Refused(() => phone.ProveRealNameAsync(other: wrong)));
        }

        for (var i = 0; i < 3; i++)
        {
            await BeginAsync(client, Guid.NewGuid());
        }

        Assert.Equal(ErrorCodes.RateLimited, await Refused(() => BeginAsync(client, Guid.NewGuid())));
        Assert.Equal(ErrorCodes.RateLimited, await Refused(() => phone.ProveRealNameAsync()));
        Assert.Equal(before + 3, await MadeAsync(system));
        system.Clock.Advance(TimeSpan.FromDays(1));
        await BeginAsync(client, Guid.NewGuid());
    }

    [Fact]
    public async Task An_operation_belongs_to_its_account_and_its_device()
    {
        var system = System;
        using var phone = await system.LoggedInPhoneAsync();
        using var other = await system.LoggedInPhoneAsync();
        var (client, stranger) = (new ClientOf(phone), new ClientOf(other));
        var operation = Guid.NewGuid();
        var back = await PassAsync(system, new Uri((await BeginAsync(client, operation)).PageUrl!));

        // To anybody else it is not there; his own operation of that id is another check, with another state.
        foreach (var call in new Func<Task>[] { () => stranger.CheckAsync(operation), () => stranger.ReturnAsync(operation, StateOf(back)), () => stranger.CancelAsync(operation) })
        {
            Assert.Equal(ErrorCodes.NotFound, await Refused(call));
        }

        var own = await BeginAsync(stranger, operation);
        Assert.Equal(RealNameProgress.Waiting, own.Progress);
        Assert.Equal(ErrorCodes.RealNameReturnInvalid, await Refused(() => stranger.ReturnAsync(operation, StateOf(back))));
        Assert.Equal(ErrorCodes.RealNameReturnInvalid, await Refused(() => client.ReturnAsync(operation, "AAAAAAAAAAAAAAAAAAAAAA")));
        Assert.Equal(RealNameProgress.Waiting, (await stranger.CheckAsync(operation)).Progress);
        Assert.Null((await other.MeAsync()).RealName);
        Assert.Equal(RealNameProgress.Proven, (await client.ReturnAsync(operation, StateOf(back))).Progress);
    }

    [Fact]
    public async Task A_person_has_one_account_and_an_account_one_person()
    {
        var system = System;
        using var first = await system.RealNamedPhoneAsync();
        using var second = await system.LoggedInPhoneAsync();
        var client = new ClientOf(second);
        var operation = Guid.NewGuid();
        var back = await PassAsync(system, new Uri((await BeginAsync(client, operation, first.Person)).PageUrl!));
        var taken = await client.ReturnAsync(operation, StateOf(back));
        Assert.Equal((RealNameProgress.Refused, ErrorCodes.RealNameTaken), (taken.Progress, taken.Code));

        Assert.Equal(ErrorCodes.RealNameAlready, await Refused(() => BeginAsync(new ClientOf(first), Guid.NewGuid(), EmbeddedSystem.NextPerson())));

        // Begun as one person, proven meanwhile as another: the later yes is too late.
        var third = EmbeddedSystem.NextPerson();
        var pending = Guid.NewGuid();
        back = await PassAsync(system, new Uri((await BeginAsync(client, pending, third)).PageUrl!));
        await second.ProveRealNameAsync();
        Assert.Equal(ErrorCodes.RealNameAlready, (await client.ReturnAsync(pending, StateOf(back))).Code);
        Assert.Equal($"420***********{second.Person.IdNumber[^4..]}", (await second.MeAsync()).RealName!.MaskedIdNumber);
    }

    [Fact]
    public async Task Children_and_impossible_numbers_never_reach_the_provider()
    {
        var system = System;
        using var phone = await system.LoggedInPhoneAsync();
        var client = new ClientOf(phone);
        var child = phone.Person with { IdNumber = "0123456789X".Select(check => "42000020200101001" + check).Single(number => IdNumber.TryReadBirth(number, out _)) };
        Assert.Equal(ErrorCodes.RealNameUnderage, await Refused(() => BeginAsync(client, Guid.NewGuid(), child)));
        Assert.Equal(ErrorCodes.InvalidRequest, await Refused(() => BeginAsync(client, Guid.NewGuid(), phone.Person with { IdNumber = phone.Person.IdNumber[..17] + "A" })));
        Assert.Equal(ErrorCodes.InvalidRequest, await Refused(() => BeginAsync(client, Guid.NewGuid(), phone.Person with { Name = "王" })));
        Assert.Equal(ErrorCodes.InvalidRequest, await Refused(() => BeginAsync(client, Guid.Empty)));
    }

    [Fact]
    public async Task A_limited_device_becomes_the_active_one()
    {
        var system = System;
        using var first = await system.RealNamedPhoneAsync();
        system.Clock.Advance(TimeSpan.FromMinutes(2));
        using var next = await system.LoggedInPhoneAsync(first.Person);
        Assert.True(next.Login!.Limited);
        var client = new ClientOf(next);
        var operation = Guid.NewGuid();
        var back = await PassAsync(system, new Uri((await BeginAsync(client, operation)).PageUrl!));
        Assert.Equal(RealNameProgress.Proven, (await client.ReturnAsync(operation, StateOf(back))).Progress);
        Assert.False((await next.MeAsync()).Limited);
        Assert.True((await first.MeAsync()).Limited);
    }

    [Fact]
    public async Task Nothing_of_a_person_who_waits_lies_in_the_data_folder_in_clear()
    {
        var system = System;
        using var phone = await system.LoggedInPhoneAsync();
        var begun = await BeginAsync(new ClientOf(phone), Guid.NewGuid());
        var back = await LaterAsync(system, new Uri(begun.PageUrl!));
        await system.RestartAsync();
        string[] secrets = [phone.Person.Name, phone.Person.IdNumber, StateOf(back)];
        foreach (var file in Directory.EnumerateFiles(system.DataFolder, "*", SearchOption.AllDirectories).Where(file => !file.EndsWith(".lock", StringComparison.Ordinal)))
        {
            await using var open = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var memory = new MemoryStream();
            await open.CopyToAsync(memory);
            Assert.All(secrets, secret => Assert.True(memory.GetBuffer().AsSpan(0, (int)memory.Length).IndexOf(Encoding.UTF8.GetBytes(secret)) < 0, $"{Path.GetFileName(file)} holds personal data."));
        }
    }

    private protected async Task<RealNameCheckInfo> BeginAsync(ClientOf client, Guid operation, TestPerson? other = null)
    {
        var who = other ?? client.Person;
        if (Way is RealNameWay.Face)
        {
            await client.ConsentAsync();
        }

        return await client.BeginAsync(Way, new PageRealNameRequest(operation, who.Name, who.IdNumber));
    }

    protected static string StateOf(Uri back) => HttpUtility.ParseQueryString(back.Query)["state"]!;

    private static async Task<Uri> LaterAsync(EmbeddedSystem system, Uri page)
    {
        // The page's own link back, as a browser would follow it.
        using var http = new HttpClient();
        var text = WebUtility.HtmlDecode(await http.GetStringAsync(page));
        return new Uri(Regex.Match(text, $"href=\"({Regex.Escape(system.Address.AbsoluteUri)}[^\"]+)\"").Groups[1].Value);
    }

    private static async Task<int> MadeAsync(EmbeddedSystem system)
    {
        var made = await system.Simulators.ChecksMadeAsync();
        return made.Certifications + made.Faces;
    }

    protected static async Task<string> Refused(Func<Task> call) => (await Assert.ThrowsAsync<ApiRefusedException>(call)).Code;

    /// <summary>The phone's requests, as they are now: after a restart they go to the new gateway.</summary>
    private protected sealed class ClientOf(TestPhone phone)
    {
        public TestPerson Person => phone.Person;

        public Task<RealNameWays> WaysAsync() => phone.Http.GetAsync(Routes.Phone.RealNameWays, BztJson.Default.RealNameWays);

        public async Task ConsentAsync()
        {
            var text = await phone.Http.GetAsync(Routes.Phone.LegalText.Replace("{document}", "face_data", StringComparison.Ordinal), BztJson.Default.LegalText);
            var request = JsonSerializer.SerializeToUtf8Bytes(new ConsentRequest(LegalDocument.FaceData, text.Version), BztJson.Default.ConsentRequest);
            (await phone.Http.SendAsync(HttpMethod.Post, Routes.Phone.Consents, request, "application/json")).Dispose();
        }

        public Task WithdrawConsentAsync() => phone.Http.PostAsync(Routes.Phone.FaceConsentWithdrawal);

        public Task<RealNameCheckInfo> BeginAsync(RealNameWay way, PageRealNameRequest request) => phone.Http.PostAsync(
            way is RealNameWay.Alipay ? Routes.Phone.RealNameByAlipay : Routes.Phone.RealNameByFace, request, BztJson.Default.PageRealNameRequest, BztJson.Default.RealNameCheckInfo);

        public Task<RealNameCheckInfo> CheckAsync(Guid operation) => phone.Http.GetAsync(Path(Routes.Phone.RealNameCheck, operation), BztJson.Default.RealNameCheckInfo);

        public Task<RealNameCheckInfo> ReturnAsync(Guid operation, string state) =>
            phone.Http.PostAsync(Path(Routes.Phone.RealNameReturn, operation), new RealNameReturn(state), BztJson.Default.RealNameReturn, BztJson.Default.RealNameCheckInfo);

        public Task<RealNameCheckInfo> CancelAsync(Guid operation) => phone.Http.PostAsync(Path(Routes.Phone.RealNameCancellation, operation), BztJson.Default.RealNameCheckInfo);

        public Task<RealNameCheckInfo> UntilEndedAsync(Func<Task<RealNameCheckInfo>> ask) => Wait.UntilAsync(ask, check => check.Progress is not RealNameProgress.Waiting);

        private static string Path(string route, Guid operation) => route.Replace("{operationId}", operation.ToString(), StringComparison.Ordinal);
    }
}

[Trait("Feature", "M016"), Trait("Surface", "api")]
public sealed class AlipayRealNameTests(RealNameSystem one) : RealNamePageTests(one), IClassFixture<RealNameSystem>
{
    protected override RealNameWay Way => RealNameWay.Alipay;

    protected override string Provider => "alipay-certify";

    protected override Task<Uri> PassAsync(EmbeddedSystem system, Uri page) => system.Simulators.CertifyAsync(page);

    protected override Task<Uri> FailAsync(EmbeddedSystem system, Uri page) => system.Simulators.CertifyAsync(page, "refuse");
}

[Trait("Feature", "M015"), Trait("Surface", "api")]
public sealed class FaceRealNameTests(RealNameSystem one) : RealNamePageTests(one), IClassFixture<RealNameSystem>
{
    protected override RealNameWay Way => RealNameWay.Face;

    protected override string Provider => "face";

    protected override Task<Uri> PassAsync(EmbeddedSystem system, Uri page) => system.Simulators.ShowFaceAsync(page);

    protected override Task<Uri> FailAsync(EmbeddedSystem system, Uri page) => system.Simulators.ShowFaceAsync(page, FaceAct.Stranger);

    [Theory]
    [InlineData(FaceAct.Photograph, ErrorCodes.RealNameNotPassed)]
    [InlineData(FaceAct.Cancel, ErrorCodes.RealNameCancelled)]
    public async Task What_happens_before_the_camera_is_told(FaceAct act, string code)
    {
        var system = System;
        using var phone = await system.LoggedInPhoneAsync();
        var client = new ClientOf(phone);
        var operation = Guid.NewGuid();
        await system.Simulators.ShowFaceAsync(new Uri((await BeginAsync(client, operation)).PageUrl!), act);
        Assert.Equal(code, (await client.CheckAsync(operation)).Code);
    }

    [Fact]
    public async Task A_face_needs_a_consent_of_its_own_and_one_withdrawn_in_the_middle_ends_it()
    {
        var system = System;
        using var phone = await system.LoggedInPhoneAsync();
        var client = new ClientOf(phone);
        var request = new PageRealNameRequest(Guid.NewGuid(), phone.Person.Name, phone.Person.IdNumber);
        Assert.Equal(ErrorCodes.ConsentRequired, await Refused(() => client.BeginAsync(Way, request)));
        await client.ConsentAsync();
        var back = await PassAsync(system, new Uri((await client.BeginAsync(Way, request)).PageUrl!));

        await client.WithdrawConsentAsync();
        var ended = await client.ReturnAsync(request.OperationId, StateOf(back));
        Assert.Equal((RealNameProgress.Refused, ErrorCodes.ConsentRequired), (ended.Progress, ended.Code));
        await client.ConsentAsync();
        Assert.Equal(ended, await client.CheckAsync(request.OperationId));
        Assert.Null((await phone.MeAsync()).RealName);
    }

    [Fact]
    public async Task Without_a_provider_the_way_is_not_open_and_the_others_are()
    {
        await using var system = await EmbeddedSystem.StartAsync(builder =>
        {
            foreach (var setting in new[] { "Endpoint", "AppId", "Secret" })
            {
                builder.Configuration[$"Providers:Face:{setting}"] = null;
            }
        });
        using var phone = await system.LoggedInPhoneAsync();
        var client = new ClientOf(phone);
        Assert.Equal([RealNameWay.BankCard, RealNameWay.Alipay], (await client.WaysAsync()).Ways);
        Assert.Equal(ErrorCodes.RealNameWayClosed, await Refused(() => BeginAsync(client, Guid.NewGuid())));
        await phone.ProveRealNameAsync();
    }

    [Fact]
    [Trait("Feature", "M016"), Trait("Feature", "M017")]
    public async Task Each_way_is_open_or_closed_by_configuration_alone()
    {
        await using var system = await EmbeddedSystem.StartAsync(builder =>
        {
            builder.Configuration["Providers:BankCard:Offered"] = "false";
            builder.Configuration["Providers:Alipay:RealName"] = "false";
        });
        using var phone = await system.LoggedInPhoneAsync();
        var client = new ClientOf(phone);
        Assert.Equal([RealNameWay.Face], (await client.WaysAsync()).Ways);
        Assert.Equal(ErrorCodes.RealNameWayClosed, await Refused(() => phone.ProveRealNameAsync()));
        Assert.Equal(ErrorCodes.RealNameWayClosed, await Refused(() => client.BeginAsync(RealNameWay.Alipay, new PageRealNameRequest(Guid.NewGuid(), phone.Person.Name, phone.Person.IdNumber))));
        Assert.Equal(RealNameProgress.Waiting, (await BeginAsync(client, Guid.NewGuid())).Progress);
    }
}
