using Bzt.Grains;
using Bzt.Grains.Sessions;
using Bzt.Tests.Embedded;

namespace Bzt.Tests.Sessions;

/// <summary>How many pushed requests of a platform wait for one holder.</summary>
public sealed class SessionQuotaTests
{
    /// <summary>Each is counted before its session is there: many at once are not each the first.</summary>
    [Fact]
    public async Task Many_at_once_are_no_more_than_may_wait()
    {
        var system = await EmbeddedSystem.SharedAsync();
        var quota = system.Grains.SessionQuota($"pushed/tests/{Guid.NewGuid()}");
        var pushed = Enumerable.Range(0, 12).Select(_ => Request(system)).ToList();
        var replies = await Task.WhenAll(pushed.Select(request => quota.Wait(request, 3)));
        Assert.Equal(3, replies.Count(reply => reply is Done<Nothing>));
        Assert.All(replies.OfType<Refused<Nothing>>(), refused => Assert.Equal(RefusalCode.RateLimited, refused.Refusal.Code));

        // Who waits already is let in again, however full it is, and takes nobody's place.
        var waiting = pushed.Where((_, i) => replies[i] is Done<Nothing>).ToList();
        foreach (var request in waiting)
        {
            Assert.IsType<Done<Nothing>>(await quota.Wait(request with { ExpiresAt = request.ExpiresAt.AddHours(1) }, 1));
        }

        Assert.IsType<Refused<Nothing>>(await quota.Wait(Request(system), 3));
        Assert.IsType<Done<Nothing>>(await quota.Wait(Request(system), 4));
    }

    private static PushedRequest Request(EmbeddedSystem system) =>
        new(new SessionId(Guid.CreateVersion7()), new SessionRequester(new PlatformId("tests"), null), system.Clock.GetUtcNow().AddMinutes(5));
}
