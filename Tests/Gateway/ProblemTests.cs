using System.Net;
using System.Net.Http.Json;
using System.Reflection;
using System.Text;
using System.Text.Json;
using Bzt.Contracts;
using Bzt.Gateway.Problems;
using Bzt.Grains;
using Bzt.Grains.Accounts;
using Bzt.Tests.Embedded;
using Microsoft.Extensions.DependencyInjection;

namespace Bzt.Tests.Gateway;

public sealed class ProblemTests
{
    private static readonly string[] Codes = [.. typeof(ErrorCodes).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (string)field.GetRawConstantValue()!)];

    [Fact]
    public void Every_code_has_a_status_and_a_title_of_its_own()
    {
        var problems = Codes.Select(ProblemTexts.Of).ToList();
        Assert.All(problems, problem => Assert.InRange(problem.Status, 400, 599));
        Assert.Equal(problems.Count, problems.Select(problem => problem.Title).Distinct().Count());
        Assert.Throws<ArgumentOutOfRangeException>(() => ProblemTexts.Of("no such code"));
    }

    [Fact]
    public void Every_refusal_has_a_code_of_its_own()
    {
        var codes = Enum.GetValues<RefusalCode>().Select(RefusalProblems.CodeOf).ToList();
        Assert.Equal(codes.Count, codes.Distinct().Count());
        Assert.All(codes, code => Assert.Contains(code, Codes));
    }

    /// <summary>While a cluster is upgraded, silos are of the release after this gateway's, and refuse for reasons it has never heard of.</summary>
    [Theory]
    [InlineData("a_reason_of_the_next_release", "a_reason_of_the_next_release")]
    [InlineData(null, ErrorCodes.Refused)]
    public async Task A_refusal_of_the_next_release_is_passed_on_with_its_own_text(string? text, string code)
    {
        await using var system = await EmbeddedSystem.StartAsync(builder => builder.Services.AddSingleton<IIncomingGrainCallFilter>(new NextRelease(text)));
        using var answer = await system.Gateway.PostAsync(Routes.Phone.SmsCodes, new StringContent(
            $$"""{"phoneNumber":"{{EmbeddedSystem.NextPerson().Phone}}","purpose":"login"}""", Encoding.UTF8, "application/json"));
        var problem = await ReadAsync(answer, HttpStatusCode.Conflict, code);
        Assert.Equal(ProblemTexts.Of(ErrorCodes.Refused).Title, problem.Title);
        Assert.InRange(problem.RetryAfterSeconds!.Value, 1, 60);
    }

    [Fact]
    public async Task What_a_refusal_is_called_goes_along()
    {
        var serializer = (await EmbeddedSystem.SharedAsync()).Services.GetRequiredService<Orleans.Serialization.Serializer>();
        var told = serializer.Deserialize<Reply<Nothing>>(serializer.SerializeToArray<Reply<Nothing>>(new Refusal(RefusalCode.QrStale, TriesLeft: 2)));
        Assert.Equal(new Refused<Nothing>(new Refusal(RefusalCode.QrStale, TriesLeft: 2) { Text = ErrorCodes.QrStale }), told);

        // Made from a refusal that is not known here: without a text, not without an answer.
        Assert.Null(new Refusal((RefusalCode)9999).Text);
    }

    private sealed class NextRelease(string? text) : IIncomingGrainCallFilter
    {
        public Task Invoke(IIncomingGrainCallContext context)
        {
            if (context.InterfaceMethod.Name != nameof(IPhoneNumberGrain.SendCode))
            {
                return context.Invoke();
            }

            context.Result = (Reply<CodeSent>)new Refusal((RefusalCode)9999, DateTimeOffset.UtcNow.AddSeconds(30)) { Text = text };
            return Task.CompletedTask;
        }
    }

    [Theory]
    [InlineData("{", "JSON")]
    [InlineData("[]", "JSON")]
    [InlineData("null", "")]
    [InlineData("""{"purpose":"login"}""", "phoneNumber")]
    [InlineData("""{"phoneNumber":null,"purpose":"login"}""", "phoneNumber")]
    [InlineData("""{"phoneNumber":13800000000,"purpose":"login"}""", "phoneNumber")]
    [InlineData("""{"phoneNumber":"13800000000"}""", "purpose")]
    [InlineData("""{"phoneNumber":"13800000000","purpose":"bogus"}""", "purpose")]
    [InlineData("""{"phoneNumber":"13800000000","purpose":1}""", "purpose")]
    public async Task Content_that_cannot_be_read_is_refused_by_member(string body, string named)
    {
        var system = await EmbeddedSystem.SharedAsync();
        using var answer = await system.Gateway.PostAsync(Routes.Phone.SmsCodes, new StringContent(body, Encoding.UTF8, "application/json"));
        var problem = await ReadAsync(answer, HttpStatusCode.BadRequest, ErrorCodes.InvalidRequest);
        Assert.Contains(named, problem.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain("13800000000", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Content_of_another_type_is_refused()
    {
        var system = await EmbeddedSystem.SharedAsync();
        using var answer = await system.Gateway.PostAsync(Routes.Phone.SmsCodes, new StringContent("phoneNumber=1", Encoding.UTF8, "application/x-www-form-urlencoded"));
        await ReadAsync(answer, HttpStatusCode.BadRequest, ErrorCodes.InvalidRequest);
    }

    [Fact]
    public async Task Unknown_members_are_ignored_since_clients_grow()
    {
        var system = await EmbeddedSystem.SharedAsync();
        using var answer = await system.Gateway.PostAsync(Routes.Phone.SmsCodes, new StringContent(
            $$"""{"phoneNumber":"{{EmbeddedSystem.NextPerson().Phone}}","purpose":"login","later":1}""", Encoding.UTF8, "application/json"));
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
    }

    [Fact]
    public async Task Too_much_content_is_refused()
    {
        var system = await EmbeddedSystem.SharedAsync();
        using var answer = await system.Gateway.PostAsync(Routes.Phone.SmsCodes, new StringContent(new string(' ', 65 * 1024), Encoding.UTF8, "application/json"));
        await ReadAsync(answer, HttpStatusCode.RequestEntityTooLarge, ErrorCodes.BodyTooLarge);
    }

    [Theory]
    [InlineData("/phone/v1/nothing")]
    [InlineData("/rp/v1/nothing")]
    public async Task An_unknown_path_of_an_api_is_a_problem(string path)
    {
        var system = await EmbeddedSystem.SharedAsync();
        using var answer = await system.Gateway.GetAsync(path);
        var problem = await ReadAsync(answer, HttpStatusCode.NotFound, ErrorCodes.NotFound);
        Assert.False(string.IsNullOrEmpty(problem.TraceId));
    }

    [Fact]
    public async Task An_unknown_method_of_an_api_is_a_problem()
    {
        var system = await EmbeddedSystem.SharedAsync();
        using var answer = await system.Gateway.DeleteAsync(Routes.Phone.Me);
        await ReadAsync(answer, HttpStatusCode.MethodNotAllowed, ErrorCodes.MethodNotAllowed);
        Assert.Contains("GET", answer.Content.Headers.Allow);
    }

    [Theory]
    [InlineData("GET", "/csc/v2/nothing", HttpStatusCode.MethodNotAllowed)]
    [InlineData("DELETE", Routes.Csc.Info, HttpStatusCode.MethodNotAllowed)]
    [InlineData("POST", "/csc/v2/nothing", HttpStatusCode.NotImplemented)]
    [InlineData("POST", Routes.Csc.Base, HttpStatusCode.NotImplemented)]
    public async Task Under_the_signature_consortiums_paths_it_is_an_error_of_its_kind(string method, string path, HttpStatusCode status)
    {
        var system = await EmbeddedSystem.SharedAsync();
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        using var answer = await system.Gateway.SendAsync(request);
        Assert.Equal((status, "application/json"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        Assert.Equal(status == HttpStatusCode.MethodNotAllowed ? ["POST"] : [], answer.Content.Headers.Allow);
        using var error = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        Assert.Equal("invalid_request", error.RootElement.GetProperty("error").GetString());
        Assert.NotEqual("", error.RootElement.GetProperty("error_description").GetString());
    }

    [Fact]
    public async Task Logins_are_limited_by_address()
    {
        await using var system = await EmbeddedSystem.StartAsync(builder => builder.Configuration["Gateway:LoginsPerMinute"] = "2");
        for (var i = 0; i < 2; i++)
        {
            using var accepted = await AskAsync();
            Assert.Equal(HttpStatusCode.Accepted, accepted.StatusCode);
        }

        using var refused = await AskAsync();
        var problem = await ReadAsync(refused, HttpStatusCode.TooManyRequests, ErrorCodes.RateLimited);
        Assert.True(problem.RetryAfterSeconds > 0);
        Assert.NotNull(refused.Headers.RetryAfter);

        Task<HttpResponseMessage> AskAsync() => system.Gateway.PostAsync(Routes.Phone.SmsCodes, new StringContent(
            $$"""{"phoneNumber":"{{EmbeddedSystem.NextPerson().Phone}}","purpose":"login"}""", Encoding.UTF8, "application/json"));
    }

    private static async Task<Problem> ReadAsync(HttpResponseMessage answer, HttpStatusCode status, string code)
    {
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        var problem = await answer.Content.ReadFromJsonAsync(BztJson.Default.Problem);
        Assert.Equal((status, (int)status, code), (answer.StatusCode, problem!.Status, problem.Code));
        return problem;
    }
}
