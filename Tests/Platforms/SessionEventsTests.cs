using System.Net;
using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;
using Bzt.Tests.Certificates;

namespace Bzt.Tests.Platforms;

/// <summary>X08: a session's changes as server-sent events.</summary>
[Collection(PlatformSystemCollection.Name)]
public sealed class SessionEventsTests(PlatformSystem world)
{
    [Fact]
    [Trait("Feature", "X08"), Trait("Feature", "X07"), Trait("Surface", "api")]
    public async Task Every_change_is_an_event_a_broken_line_is_taken_up_and_the_end_is_the_last()
    {
        using var party = await RelyingParty.RegisterAsync(world.System);
        using var other = await RelyingParty.RegisterAsync(world.System);
        await world.Phone.BindToAsync(party.Client);
        Assert.Equal(ErrorCodes.NotFound, await Refusal.OfAsync(() => FirstAsync(party.Client, Guid.NewGuid())));
        var opened = await party.OpenLoginAsync(timeoutSeconds: 600);
        Assert.Equal(ErrorCodes.NotFound, await Refusal.OfAsync(() => FirstAsync(other.Client, opened.SessionId)));
        Assert.Equal(HttpStatusCode.BadRequest, (await party.GetAsync(EventsOf(opened, "?timeoutMs=0"))).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await party.GetAsync(EventsOf(opened, "?timeoutMs=600001"))).Status);

        var seen = new List<SessionState>();
        await using (var events = party.Client.WatchAsync(opened.SessionId).GetAsyncEnumerator())
        {
            Assert.True(await events.MoveNextAsync());
            seen.Add(events.Current.State);
            await world.Phone.Client.ScanAsync(opened);
            Assert.True(await events.MoveNextAsync());
            seen.Add(events.Current.State);
        }

        Assert.Equal([SessionState.Created, SessionState.Scanned], seen);

        // The gateway goes away and comes back under the very watch: what was known is not told again, and the end is.
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var watch = CollectAsync(party.Client, opened.SessionId, patience.Token);
        var address = world.System.Address;
        await world.RestartAsync();
        if (world.System.Address != address)
        {
            // Another process took the port meanwhile: nobody could find the gateway there again.
            party.Reconnect();
            watch = CollectAsync(party.Client, opened.SessionId, patience.Token);
        }

        Assert.IsType<PinOutcome.Done>(await world.Phone.ConfirmAsync(opened));
        var told = await watch;
        Assert.Equal((SessionState.Completed, SessionEnd.Ok), (told[^1].State, told[^1].End));
        Assert.NotNull(told[^1].Result);
        Assert.All(told.Zip(told.Skip(1)), pair => Assert.NotEqual(pair.First.State, pair.Second.State));

        // As a stock client reads it.
        party.Reconnect();
        var raw = await party.GetTextAsync(EventsOf(opened, ""));
        Assert.Equal("text/event-stream", raw.MediaType);
        Assert.Contains("event: state\nid: completed\ndata: {\"sessionId\":", raw.Text, StringComparison.Ordinal);
        var nothing = await party.GetTextAsync(EventsOf(opened, ""), ("Last-Event-ID", "completed"));
        Assert.DoesNotContain("data:", nothing.Text, StringComparison.Ordinal);
    }

    private static string EventsOf(OpenedSession opened, string query) =>
        Routes.Platforms.SessionEvents.Replace("{sessionId}", opened.SessionId.ToString(), StringComparison.Ordinal) + query;

    private static async Task FirstAsync(PlatformClient client, Guid session)
    {
        await foreach (var _ in client.WatchAsync(session))
        {
            return;
        }
    }

    private static async Task<List<SessionStatus>> CollectAsync(PlatformClient client, Guid session, CancellationToken cancellation)
    {
        var told = new List<SessionStatus>();
        await foreach (var status in client.WatchAsync(session, cancellation))
        {
            told.Add(status);
        }

        return told;
    }
}
