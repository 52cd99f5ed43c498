using System.Net;
using Bzt.Contracts;
using Bzt.Contracts.Platforms;

namespace Bzt.Tests.Platforms;

/// <summary>What the PC sees of a session while it waits, and its giving up.</summary>
public sealed class SessionWaitTests(SharedPhone shared) : IClassFixture<SharedPhone>
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(100);

    [Fact]
    public async Task A_long_poll_answers_at_the_next_change_and_at_the_end()
    {
        using var party = await RelyingParty.RegisterAsync(shared.System);
        var opened = await party.OpenLoginAsync();

        var scanned = party.Client.GetAsync(opened.SessionId, SessionState.Created, Long);
        await shared.Phone.Client.ScanAsync(opened);
        Assert.Equal(SessionState.Scanned, (await scanned).State);

        // What the caller has not seen is answered at once.
        Assert.Equal(SessionState.Scanned, (await party.Client.GetAsync(opened.SessionId, SessionState.Created, Long)).State);

        var ended = party.Client.GetAsync(opened.SessionId, SessionState.Scanned, Long);
        var unseen = party.Client.GetAsync(opened.SessionId, wait: Long);
        await party.Client.CancelAsync(opened.SessionId);
        Assert.Equal((SessionState.Completed, SessionEnd.Cancelled), ((await ended).State, (await ended).End));
        Assert.Equal(SessionState.Completed, (await unseen).State);

        // An ended session is never waited for.
        Assert.Equal(SessionState.Completed, (await party.Client.GetAsync(opened.SessionId, SessionState.Completed, Long)).State);
    }

    [Fact]
    public async Task A_long_poll_answers_when_its_time_is_over_and_time_has_bounds()
    {
        using var party = await RelyingParty.RegisterAsync(shared.System);
        var opened = await party.OpenLoginAsync();
        Assert.Equal(SessionState.Created, (await party.Client.GetAsync(opened.SessionId, SessionState.Created, TimeSpan.FromMilliseconds(200))).State);

        // Longer than one wait inside the cluster.
        Assert.Equal(SessionState.Created, (await party.Client.GetAsync(opened.SessionId, SessionState.Created, TimeSpan.FromSeconds(4))).State);

        foreach (var (query, status) in new[]
        {
            ("timeoutMs=0", HttpStatusCode.OK), ("timeoutMs=-1", HttpStatusCode.BadRequest), ("timeoutMs=120001", HttpStatusCode.BadRequest),
            ("timeoutMs=soon", HttpStatusCode.BadRequest), ("seen=asleep", HttpStatusCode.BadRequest), ("seen=scanned&timeoutMs=120000", HttpStatusCode.OK),
        })
        {
            Assert.Equal((query, status), (query, (await party.GetAsync($"/rp/v1/sessions/{opened.SessionId}?{query}")).Status));
        }
    }

    [Fact]
    public async Task A_session_is_nobody_elses()
    {
        using var party = await RelyingParty.RegisterAsync(shared.System);
        using var other = await RelyingParty.RegisterAsync(shared.System);
        var opened = await party.OpenLoginAsync();
        Assert.Equal(ErrorCodes.NotFound, await Refusal.OfAsync(() => other.Client.GetAsync(opened.SessionId)));
        Assert.Equal(ErrorCodes.NotFound, await Refusal.OfAsync(() => other.Client.GetAsync(opened.SessionId, SessionState.Created, Long)));
        Assert.Equal(ErrorCodes.NotFound, await Refusal.OfAsync(() => other.Client.CancelAsync(opened.SessionId)));
        Assert.Equal(ErrorCodes.NotFound, await Refusal.OfAsync(() => party.Client.GetAsync(Guid.NewGuid())));
        Assert.Equal(HttpStatusCode.BadRequest, (await party.GetAsync("/rp/v1/sessions/not-an-id")).Status);

        Assert.Equal(SessionState.Created, (await party.Client.GetAsync(opened.SessionId)).State);
        await shared.Phone.Client.ScanAsync(opened);
    }

    [Fact]
    [Trait("Feature", "X07"), Trait("Surface", "api")]
    public async Task Cancelling_twice_or_after_the_end_changes_nothing()
    {
        using var party = await RelyingParty.RegisterAsync(shared.System);
        var cancelled = await party.OpenLoginAsync();
        Assert.Equal(SessionEnd.Cancelled, (await party.Client.CancelAsync(cancelled.SessionId)).End);
        Assert.Equal(SessionEnd.Cancelled, (await party.Client.CancelAsync(cancelled.SessionId)).End);
        Assert.Equal(ErrorCodes.SessionEnded, await Refusal.OfAsync(() => shared.Phone.Client.ScanAsync(cancelled)));

        await shared.Phone.BindToAsync(party.Client);
        var done = await party.OpenLoginAsync();
        await shared.Phone.ConfirmAsync(done);
        await party.Client.WaitAsync(done.SessionId);
        var still = await party.Client.CancelAsync(done.SessionId);
        Assert.Equal(SessionEnd.Ok, still.End);
        Assert.NotNull(still.Result);
    }
}
