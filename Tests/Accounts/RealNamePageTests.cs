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
using Bzt.Tests.Applications;
using Bzt.Tests.Embedded;
using RealNameWay = Bzt.Contracts.Phone.RealNameWay;


namespace Bzt.Tests.Accounts;

/// <summary>支付宝认证 and 中金认证: each over the provider's own page, played at the simulators.</summary>
public abstract partial class RealNamePageTests(RealNameSystem one)
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
