using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using Bzt.Contracts;
using Bzt.Contracts.Platforms;
using Bzt.Gateway.Admission;
using Bzt.Gateway.Platforms;
using Bzt.Grains;
using Bzt.Grains.CaVendors;
using Bzt.Tests.Embedded;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Bzt.Tests.Gateway;

/// <summary>What one caller may have of the system, and that the others have theirs.</summary>
public sealed class AdmissionTests
{
    private readonly FakeTimeProvider clock = new(DateTimeOffset.UnixEpoch.AddYears(57));

    [Fact]
    public async Task Gateways_together_let_through_what_one_would()
    {
        var all = new Dictionary<string, Dictionary<string, int>>();
        RateCounts a = Counts(), b = Counts();
        int LetThrough(RateCounts gateway, int tries, string caller = "platform/a") => Enumerable.Range(0, tries).Count(_ => gateway.Take(caller, 10) is null);

        Assert.Equal(60, LetThrough(a, 60));
        Assert.Equal(30, LetThrough(b, 30));
        await ShareAsync();
        Assert.Equal(10, LetThrough(a, 50));
        await ShareAsync();
        Assert.Equal(0, LetThrough(b, 50));
        Assert.Equal(clock.GetUtcNow() + RateCounts.Window, b.Take("platform/a", 10));
        Assert.NotNull(b.Spent("platform/a", 10));

        // Another has its own; a few requests are not told to the others, addresses never; a new window begins empty, and nothing of the old one comes back.
        Assert.Equal(5, LetThrough(b, 5, "platform/b"));
        Assert.Equal(50, LetThrough(b, 50, RateCounts.Address + "192.0.2.1"));
        await ShareAsync();
        Assert.All(all.Keys, key => Assert.EndsWith(":platform/a", key, StringComparison.Ordinal));
        clock.Advance(RateCounts.Window);
        await ShareAsync();
        Assert.Null(b.Spent("platform/a", 10));
        Assert.Equal(100, LetThrough(b, 150));

        async Task ShareAsync()
        {
            // The second time each has learnt of the other.
            for (var i = 0; i < 2; i++)
            {
                await a.ShareAsync(new MemoryCounts("a", all));
                await b.ShareAsync(new MemoryCounts("b", all));
            }
        }
    }

    [Fact]
    public async Task A_full_gateway_says_so_at_once_and_its_health_can_still_be_seen()
    {
        var limits = new LimitsOptions { AtOnce = 3, AtOncePerAddress = 2, StrangerPerSecond = 1 };
        var (places, hold) = (new Places(), new TaskCompletionSource());
        var admission = new Bzt.Gateway.Admission.Admission(context => context.Request.Path == "/held" ? hold.Task : Task.CompletedTask, Counts(), places, Options.Create(limits), clock);
        Task[] held = [InvokeAsync(Request("/held", "192.0.2.1")), InvokeAsync(Request("/held", "192.0.2.1"))];
        Assert.All(held, task => Assert.False(task.IsCompleted));

        // The address has its share, another still finds a place; with that the gateway is full.
        var third = await InvokeAsync(Request("/x", "192.0.2.1"));
        Assert.Equal((429, "1"), (third.Response.StatusCode, third.Response.Headers.RetryAfter.ToString()));
        var other = InvokeAsync(Request("/held", "192.0.2.2"));
        Assert.False(other.IsCompleted);
        var late = await InvokeAsync(Request("/x", "192.0.2.3"));
        Assert.Equal((503, "1"), (late.Response.StatusCode, late.Response.Headers.RetryAfter.ToString()));
        Assert.Equal(ErrorCodes.Unavailable, (await ProblemOf(late)).Code);
        Assert.Equal(200, (await InvokeAsync(Request("/health/ready", "192.0.2.3"))).Response.StatusCode);

        hold.SetResult();
        await Task.WhenAll([.. held, other]);
        Assert.Equal(200, (await InvokeAsync(Request("/x", "192.0.2.1"))).Response.StatusCode);
        Assert.Equal(0, places.Callers);

        async Task<HttpContext> InvokeAsync(HttpContext context)
        {
            await admission.InvokeAsync(context);
            return context;
        }
    }

    [Fact]
    public async Task Who_only_guesses_is_shut_out_by_address_and_nobody_else_with_it()
    {
        var limits = new LimitsOptions { StrangerPerSecond = 2 };
        var admission = new Bzt.Gateway.Admission.Admission(context =>
        {
            context.Response.StatusCode = context.Request.Path == "/known" ? 404 : 401;
            if (context.Request.Path == "/known")
            {
                context.Features.Set(new PlatformCaller(new PlatformId("p"), null));
            }

            return Task.CompletedTask;
        }, Counts(), new Places(), Options.Create(limits), clock);

        // Platforms that ask for what is not there are no strangers, however often.
        Assert.All(await ManyAsync("/known", "192.0.2.9", 50), status => Assert.Equal(404, status));
        Assert.Equal([.. Enumerable.Repeat(401, 20), .. Enumerable.Repeat(429, 5)], await ManyAsync("/guess", "192.0.2.9", 25));
        Assert.Equal([401], await ManyAsync("/guess", "192.0.2.10", 1));

        // Whoever has an IPv6 network has all its addresses.
        Assert.Equal(20, (await ManyAsync("/guess", "2001:db8::1", 20)).Count(status => status == 401));
        Assert.Equal([429], await ManyAsync("/guess", "2001:db8::2", 1));
        clock.Advance(RateCounts.Window);
        Assert.Equal([401], await ManyAsync("/guess", "192.0.2.9", 1));

        async Task<List<int>> ManyAsync(string path, string address, int times)
        {
            var statuses = new List<int>();
            for (var i = 0; i < times; i++)
            {
                var context = Request(path, address);
                await admission.InvokeAsync(context);
                statuses.Add(context.Response.StatusCode);
            }

            return statuses;
        }
    }

    [Fact]
    public async Task Others_behind_a_guessers_address_get_in_with_their_token_and_one_bidders_tools_use_up_their_own_only()
    {
        var limits = Options.Create(new LimitsOptions { StrangerPerSecond = 1, AtOncePerUser = 2 });
        var (rates, places, hold) = (Counts(), new Places(), new TaskCompletionSource());
        var callers = new CallerAdmission(context => context.Request.Path == "/held" ? hold.Task : Task.CompletedTask, rates, places, limits, clock);
        var admission = new Bzt.Gateway.Admission.Admission(context =>
        {
            if (context.Request.Headers.Authorization.ToString() is { Length: > 0 } bidder && bidder != "junk")
            {
                context.Features.Set(new PlatformCaller(new PlatformId("p"), new ProjectGrant("p", bidder, new ProjectInfo("1", "一", clock.GetUtcNow()), Guid.NewGuid().ToString())));
                return callers.InvokeAsync(context);
            }

            context.Response.StatusCode = 401;
            return Task.CompletedTask;
        }, rates, places, limits, clock);

        // Long polls count as guesses too.
        var guesses = await Task.WhenAll(Enumerable.Range(0, 11).Select(i => StatusAsync("/x", null, i % 2 == 0)));
        Assert.Equal([.. Enumerable.Repeat(401, 10), 429], guesses);
        Assert.Equal(200, await StatusAsync("/x", "bidder a"));
        Assert.Equal(401, await StatusAsync("/x", "junk"));

        // Whoever is known does not stand in the door: more than fit into it are under way.
        Task<int>[] held = [.. Enumerable.Range(0, 20).SelectMany(i => (Task<int>[])[StatusAsync("/held", $"bidder {i}"), StatusAsync("/held", $"bidder {i}")])];
        Assert.All(held, task => Assert.False(task.IsCompleted));

        // Each tool has a key of its own; together they are their bidder's. The platform's own places are not theirs.
        Assert.Equal(429, await StatusAsync("/x", "bidder 1"));
        Assert.Equal(200, await StatusAsync("/x", "bidder 20"));
        hold.SetResult();
        Assert.All(await Task.WhenAll(held), status => Assert.Equal(200, status));
        Assert.Equal(200, await StatusAsync("/x", "bidder 1"));
        Assert.Equal(0, places.Callers);

        async Task<int> StatusAsync(string path, string? token, bool heldOpen = false)
        {
            var context = Request(path, "192.0.2.1");
            context.Request.Headers.Authorization = token;
            if (heldOpen)
            {
                context.SetEndpoint(new Endpoint(null, new EndpointMetadataCollection(new HoldsOpen()), null));
            }

            await admission.InvokeAsync(context);
            return context.Response.StatusCode;
        }
    }

    [Fact]
    public async Task Tokens_that_are_nobodys_use_up_the_narrow_door()
    {
        var limits = Options.Create(new LimitsOptions { StrangerPerSecond = 1 });
        var admission = new Bzt.Gateway.Admission.Admission(context =>
        {
            context.Response.StatusCode = context.Request.Headers.Authorization.Count > 0 ? 401 : 200;
            return Task.CompletedTask;
        }, Counts(), new Places(), limits, clock);

        // Answered well, and all the same ten in the window; then ten tokens, and then nothing any more.
        Assert.Equal([.. Enumerable.Repeat(200, 10), 429], await ManyAsync(null, 11));
        Assert.Equal([.. Enumerable.Repeat(401, 10), 429, 429], await ManyAsync("DPoP junk", 12));
        clock.Advance(RateCounts.Window);
        Assert.Equal([200], await ManyAsync(null, 1));

        async Task<List<int>> ManyAsync(string? token, int times)
        {
            var statuses = new List<int>();
            for (var i = 0; i < times; i++)
            {
                var context = Request("/x", "192.0.2.1");
                context.Request.Headers.Authorization = token;
                await admission.InvokeAsync(context);
                statuses.Add(context.Response.StatusCode);
            }

            return statuses;
        }
    }

    [Fact]
    public async Task Strangers_have_a_rate_though_they_are_answered_well_and_files_a_larger_one()
    {
        await using var system = await EmbeddedSystem.StartAsync(builder =>
        {
            builder.Configuration["Limits:StrangerPerSecond"] = "2";
            builder.Configuration["Limits:FilesPerSecond"] = "10";
            builder.Configuration["Platforms:0:Id"] = builder.Configuration["Platforms:0:Name"] = "calm";
            builder.Configuration["Platforms:0:RecognitionGroup"] = "hubei";
            builder.Configuration["Platforms:0:ClientSecret"] = "a sufficiently long secret of the platform";
        });

        // Two windows at most are touched: the rest is refused.
        var pages = await ManyAsync("/download", 60);
        Assert.InRange(pages.Count(status => status == HttpStatusCode.OK), 20, 40);
        Assert.Equal(60, pages.Count(status => status is HttpStatusCode.OK or HttpStatusCode.TooManyRequests));

        // Neither files nor whoever watches, nor a platform with its secret and its token, at the same address.
        Assert.All(await ManyAsync("/download/page.css", 60), status => Assert.Equal(HttpStatusCode.OK, status));
        Assert.All(await ManyAsync("/health/ready", 60), status => Assert.Equal(HttpStatusCode.OK, status));
        Assert.Contains(HttpStatusCode.TooManyRequests, await ManyAsync("/download/page.css", 260));
        system.Clock.Advance(RateCounts.Window);
        using var platform = new HttpClient(new ClientCredentialsHandler(system.Gateway, "calm", "a sufficiently long secret of the platform", system.Clock) { InnerHandler = new SocketsHttpHandler() })
        {
            BaseAddress = system.Address,
        };
        for (var i = 0; i < 60; i++)
        {
            using var answer = await platform.GetAsync($"/rp/v1/sessions/{Guid.NewGuid():D}", TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        }

        async Task<List<HttpStatusCode>> ManyAsync(string path, int times)
        {
            var statuses = new List<HttpStatusCode>();
            for (var i = 0; i < times; i++)
            {
                using var answer = await system.Gateway.GetAsync(path, TestContext.Current.CancellationToken);
                statuses.Add(answer.StatusCode);
            }

            return statuses;
        }
    }

    /// <summary>Programs of others ask by protocol, without a login, and many from one address: a rate of their own, which uses up nobody else's.</summary>
    [Fact]
    public async Task What_is_published_for_programs_has_a_rate_of_its_own()
    {
        await using var system = await EmbeddedSystem.StartAsync(builder =>
        {
            builder.Configuration["Limits:StrangerPerSecond"] = "2";
            builder.Configuration["Limits:PublishedPerSecond"] = "6";
        });
        await system.Grains.CaAuthority(new CaId("hubei-ca")).Establish();

        // Two windows at most are touched.
        var asked = await ManyAsync("/ca/hubei-ca/root.cer", 150);
        Assert.InRange(asked.Count(status => status == HttpStatusCode.OK), 60, 120);
        Assert.Equal(150, asked.Count(status => status is HttpStatusCode.OK or HttpStatusCode.TooManyRequests));
        Assert.Equal(HttpStatusCode.OK, Assert.Single(await ManyAsync("/download", 1)));

        // And the other way round; but what is not there is a guess like any other.
        system.Clock.Advance(RateCounts.Window);
        Assert.Contains(HttpStatusCode.TooManyRequests, await ManyAsync("/download", 60));
        Assert.Equal(HttpStatusCode.OK, Assert.Single(await ManyAsync("/ca/hubei-ca/root.cer", 1)));

        // From the beginning of a window on.
        system.Clock.Advance(RateCounts.Window - TimeSpan.FromTicks(system.Clock.GetUtcNow().UtcTicks % RateCounts.Window.Ticks));
        Assert.All(await ManyAsync("/ca/nobody/root.cer", 55), status => Assert.Equal(HttpStatusCode.NotFound, status));
        Assert.Equal(HttpStatusCode.TooManyRequests, Assert.Single(await ManyAsync("/download", 1)));

        async Task<List<HttpStatusCode>> ManyAsync(string path, int times)
        {
            var statuses = new List<HttpStatusCode>();
            for (var i = 0; i < times; i++)
            {
                using var answer = await system.Gateway.GetAsync(path, TestContext.Current.CancellationToken);
                statuses.Add(answer.StatusCode);
            }

            return statuses;
        }
    }

    /// <summary>Neither shows a token: a platform's secret is in its form, a browser's cookie is of its page.</summary>
    [Fact]
    public async Task Behind_a_guessers_address_a_platform_still_gets_its_token_and_people_still_log_in()
    {
        const string callback = "http://127.0.0.1:9/callback";
        var stop = TestContext.Current.CancellationToken;
        await using var system = await EmbeddedSystem.StartAsync(builder =>
        {
            builder.Configuration["Limits:StrangerPerSecond"] = "2";
            builder.Configuration["Platforms:0:Id"] = builder.Configuration["Platforms:0:Name"] = "calm";
            builder.Configuration["Platforms:0:RecognitionGroup"] = "hubei";
            builder.Configuration["Platforms:0:ClientSecret"] = "a sufficiently long secret of the platform";
            builder.Configuration["Platforms:0:RedirectUris:0"] = callback;
        });
        using var browser = new OpenIdConnect.LoginBrowser(system);
        await SpendAsync();
        foreach (var _ in Enumerable.Range(0, 30))
        {
            Assert.Equal(HttpStatusCode.OK, await TokenAsync("a sufficiently long secret of the platform"));
        }

        // The page, and what its script asks; once it is known whose they are, they are no guesses.
        var page = await browser.OpenAsync(QueryHelpers.AddQueryString(Routes.Connect.Authorize, new Dictionary<string, string?>
        {
            ["client_id"] = "calm",
            ["response_type"] = "code",
            ["redirect_uri"] = callback,
            ["scope"] = "openid",
            ["state"] = "state-1",
            ["nonce"] = "nonce-1",
            ["code_challenge"] = OpenIdConnect.OpenIdWorld.Pkce().Challenge,
            ["code_challenge_method"] = "S256",
        }));
        await SpendAsync();
        Assert.Equal("created", (await browser.StateAsync(page)).GetProperty("state").GetString());

        // One page asks each second: who asks more often has that page's rate used up, in two windows at most.
        var asked = new List<HttpStatusCode>();
        for (var i = 0; i < 120; i++)
        {
            using var answer = await browser.Http.GetAsync($"{Routes.Connect.LoginState}?login={page.Name}", stop);
            asked.Add(answer.StatusCode);
        }

        Assert.InRange(asked.Count(status => status == HttpStatusCode.OK), 30, 80);
        Assert.All(asked.Distinct(), status => Assert.True(status is HttpStatusCode.OK or HttpStatusCode.TooManyRequests, $"{status}"));
        system.Clock.Advance(RateCounts.Window);
        await SpendAsync();
        Assert.StartsWith(callback, (await browser.FollowAsync(page.Cancel)).ToString(), StringComparison.Ordinal);

        // Secrets that are nobody's, and pages that are nobody's, use up a rate of their own.
        var guesses = new List<HttpStatusCode>();
        for (var i = 0; i < 60; i++)
        {
            guesses.Add(await TokenAsync("a guess at the secret of the platform"));
        }

        Assert.InRange(guesses.Count(status => status == HttpStatusCode.Unauthorized), 1, 60);
        Assert.Contains(HttpStatusCode.TooManyRequests, guesses);

        async Task<HttpStatusCode> TokenAsync(string secret)
        {
            using var form = new FormUrlEncodedContent([new("grant_type", "client_credentials"), new("client_id", "calm"), new("client_secret", secret)]);
            using var answer = await system.Gateway.PostAsync(Routes.Token, form, stop);
            return answer.StatusCode;
        }

        async Task SpendAsync()
        {
            var status = HttpStatusCode.OK;
            for (var i = 0; i < 100 && status != HttpStatusCode.TooManyRequests; i++)
            {
                using var answer = await system.Gateway.GetAsync("/download", stop);
                status = answer.StatusCode;
            }

            Assert.Equal(HttpStatusCode.TooManyRequests, status);
        }
    }

    /// <summary>A whole system, one platform that asks as fast as it can, and one that does its work.</summary>
    [Fact]
    public async Task One_platforms_flood_is_refused_and_leaves_anothers_latency_alone()
    {
        const int perSecond = 20;
        await using var system = await EmbeddedSystem.StartAsync(builder =>
        {
            builder.Configuration["Limits:PlatformPerSecond"] = $"{perSecond}";
            foreach (var (i, id) in ((string[])["flood", "calm"]).Index())
            {
                builder.Configuration[$"Platforms:{i}:Id"] = builder.Configuration[$"Platforms:{i}:Name"] = id;
                builder.Configuration[$"Platforms:{i}:RecognitionGroup"] = "hubei";
                builder.Configuration[$"Platforms:{i}:ClientSecret"] = $"a sufficiently long secret of the platform {id}";
            }
        });
        using HttpClient flooding = Client("flood"), calm = Client("calm");
        var stop = TestContext.Current.CancellationToken;
        await LatencyAsync();
        var quiet = await LatencyAsync();

        using var enough = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var (served, refused) = (0, 0);
        HttpResponseMessage? refusal = null;
        var flood = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            while (!enough.IsCancellationRequested)
            {
                var answer = await flooding.GetAsync($"/rp/v1/sessions/{Guid.NewGuid():D}", stop);
                if (answer.StatusCode == HttpStatusCode.TooManyRequests)
                {
                    Interlocked.Increment(ref refused);
                    refusal ??= answer;
                }
                else
                {
                    Interlocked.Increment(ref served);
                    answer.Dispose();
                }
            }
        }, stop)).ToArray();
        var began = Stopwatch.GetTimestamp();
        Assert.True(await Applications.Wait.UntilAsync(() => Task.FromResult(Volatile.Read(ref refused) > 200), isMany => isMany));
        var flooded = await LatencyAsync();
        await enough.CancelAsync();
        await Task.WhenAll(flood);

        // What it may have, in the windows the flood touched, and not more.
        var windows = (int)(Stopwatch.GetElapsedTime(began) / RateCounts.Window) + 2;
        Assert.InRange(served, 1, windows * perSecond * (int)RateCounts.Window.TotalSeconds);
        Assert.Equal("application/problem+json", refusal!.Content.Headers.ContentType!.MediaType);
        Assert.InRange(refusal.Headers.RetryAfter!.Delta!.Value, TimeSpan.FromSeconds(1), RateCounts.Window);
        var problem = (await refusal.Content.ReadFromJsonAsync(BztJson.Default.Problem, stop))!;
        Assert.Equal((ErrorCodes.RateLimited, 429, "urn:bzt:problem:rate_limited"), (problem.Code, problem.Status, problem.Type));

        // Both share two cores with this very flood; without the limit it would be the grains' queue as well.
        Assert.True(flooded < (20 * quiet) + TimeSpan.FromMilliseconds(200), $"{quiet.TotalMilliseconds:F1} ms became {flooded.TotalMilliseconds:F1} ms.");

        HttpClient Client(string id) => new(new ClientCredentialsHandler(system.Gateway, id, $"a sufficiently long secret of the platform {id}", system.Clock) { InnerHandler = new SocketsHttpHandler() })
        {
            BaseAddress = system.Address,
        };

        // The median of few enough to stay below its own limit.
        async Task<TimeSpan> LatencyAsync()
        {
            var took = new List<TimeSpan>();
            for (var i = 0; i < 31; i++)
            {
                var start = Stopwatch.GetTimestamp();
                using var answer = await calm.GetAsync($"/rp/v1/sessions/{Guid.NewGuid():D}", stop);
                took.Add(Stopwatch.GetElapsedTime(start));
                Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
            }

            return took.Order().ElementAt(15);
        }
    }

    private RateCounts Counts() => new(clock, NullLogger<RateCounts>.Instance);

    private DefaultHttpContext Request(string path, string address)
    {
        var context = new DefaultHttpContext { RequestServices = new ServiceCollection().AddSingleton<TimeProvider>(clock).BuildServiceProvider() };
        context.Request.Path = path;
        context.Connection.RemoteIpAddress = IPAddress.Parse(address);
        context.Response.Body = new MemoryStream();
        return context;
    }

    private static async Task<Problem> ProblemOf(HttpContext context)
    {
        context.Response.Body.Position = 0;
        return (await System.Text.Json.JsonSerializer.DeserializeAsync(context.Response.Body, BztJson.Default.Problem))!;
    }

    private sealed class MemoryCounts(string gateway, Dictionary<string, Dictionary<string, int>> all) : ISharedCounts
    {
        public Task<long> TellAsync(string counter, int counted, TimeSpan kept)
        {
            var gateways = all.TryGetValue(counter, out var known) ? known : all[counter] = [];
            gateways[gateway] = counted;
            return Task.FromResult(gateways.Values.Sum(count => (long)count));
        }
    }
}
