using Bzt.Gateway.Platforms;
using Bzt.Grains;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace Bzt.Tests.Platforms;

public sealed class PlatformTokensTests
{
    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2026, 5, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly PlatformId platform = new("yichang-ggzy");

    [Fact]
    public void A_token_is_known_until_it_runs_out()
    {
        var tokens = new PlatformTokens(clock);
        Assert.Null(tokens.Find(With("Bearer one")));
        tokens.Remember(With("Bearer one"), platform, clock.GetUtcNow().AddMinutes(30));
        clock.Advance(TimeSpan.FromMinutes(29));
        Assert.Equal(platform, tokens.Find(With("Bearer one")));
        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Null(tokens.Find(With("Bearer one")));
    }

    [Theory]
    [InlineData("Bearer two")]
    [InlineData("Bearer one ")]
    [InlineData("Bearer ONE")]
    [InlineData("bearer one")]
    [InlineData("DPoP one")]
    [InlineData("one")]
    [InlineData(null)]
    public void Whatever_else_is_shown_has_to_be_read(string? shown)
    {
        var tokens = new PlatformTokens(clock);
        tokens.Remember(With("Bearer one"), platform, clock.GetUtcNow().AddMinutes(30));
        Assert.Null(tokens.Find(With(shown)));
        var twice = With("Bearer one");
        twice.Headers.Append("Authorization", "Bearer one");
        Assert.Null(tokens.Find(twice));
    }

    [Fact]
    public void Without_an_end_nothing_is_remembered_and_no_more_than_a_number_is()
    {
        var tokens = new PlatformTokens(clock);
        tokens.Remember(With("Bearer endless"), platform, null);
        Assert.Null(tokens.Find(With("Bearer endless")));
        for (var i = 0; i < 10_000; i++)
        {
            tokens.Remember(With($"Bearer {i}"), platform, clock.GetUtcNow().AddMinutes(30));
        }

        Assert.Equal(platform, tokens.Find(With("Bearer 9999")));
        Assert.InRange(Enumerable.Range(0, 10_000).Count(i => tokens.Find(With($"Bearer {i}")) is not null), 1, 4096);
    }

    /// <summary>Between the look that spares a request OpenIddict and the one that lets it in, its token may run out, or all may be forgotten.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_was_found_once_holds_for_the_whole_request(bool byTime)
    {
        var tokens = new PlatformTokens(clock);
        tokens.Remember(With("Bearer one"), platform, clock.GetUtcNow().AddMinutes(30));
        var context = With("Bearer one").HttpContext;
        context.SetEndpoint(new Endpoint(null, new EndpointMetadataCollection(new PlatformAccessMetadata(PlatformAccess.PlatformOnly)), null));
        Assert.True(tokens.Recall(context));
        clock.Advance(TimeSpan.FromMinutes(byTime ? 30 : 29));
        for (var i = 0; i < 5000; i++)
        {
            tokens.Remember(With($"Bearer other {i}"), platform, clock.GetUtcNow().AddMinutes(30));
        }

        Assert.Null(tokens.Find(context.Request));

        // No authentication service is there to be asked: it lets in whom it found, or throws.
        var served = false;
        Task Serve(HttpContext found)
        {
            served = true;
            return Task.CompletedTask;
        }

        await new PlatformPipeline(Serve, null!, null!, tokens).InvokeAsync(context);
        Assert.True(served);
        Assert.Equal(new PlatformCaller(platform, null), context.Features.Get<PlatformCaller>());

        // And of another request nothing is known.
        Assert.False(tokens.Recall(context));
        await Assert.ThrowsAnyAsync<Exception>(() => new PlatformPipeline(_ => Task.CompletedTask, null!, null!, tokens).InvokeAsync(context));
    }

    private static HttpRequest With(string? authorization)
    {
        var request = new DefaultHttpContext().Request;
        if (authorization is not null)
        {
            request.Headers.Authorization = authorization;
        }

        return request;
    }
}
