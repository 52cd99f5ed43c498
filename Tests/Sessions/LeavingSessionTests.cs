using System.Security.Cryptography;
using Bzt.Contracts.Platforms;
using Bzt.Grains;
using Bzt.Grains.Platforms;
using Bzt.Grains.Sessions;
using Bzt.Tests.Storage;

namespace Bzt.Tests.Sessions;

/// <summary>Sessions whose silo leaves while a PC waits.</summary>
public sealed class LeavingSessionTests(PostgresFixture postgres)
{
    private static readonly SessionRequester Requester = new(new PlatformId("yichang-ggzy"), null);

    /// <summary>The end by time wants a turn, and whoever leaves takes none up until the waiting call has ended.</summary>
    [Fact]
    public async Task One_that_ends_by_time_meanwhile_answers_and_its_end_is_written_once_where_it_comes_up_again()
    {
        const int Sessions = 24, Timeout = 60;
        await using var silos = await LeavingSilo.StartAsync(postgres);
        Assert.IsType<Done<Nothing>>(await silos.Staying.Grains.GetGrain<IPlatformGrain>(Requester.Platform.Value).Register(new RegisterPlatform("宜昌平台", "hubei", "a secret of the platform, long enough", false)));
        var sessions = Enumerable.Range(0, Sessions).Select(_ => silos.Staying.Grains.GetGrain<IQrSessionGrain>(Guid.NewGuid())).ToList();
        foreach (var session in sessions)
        {
            Assert.IsType<Done<SessionOpened>>(await session.Create(new CreateSession(Requester, SessionKind.Login, RandomNumberGenerator.GetBytes(32), null, null, null, [], null, Timeout)));
        }

        Assert.Contains(true, await Task.WhenAll(sessions.Select(session => silos.IsLeaving(session))));
        var waiting = Task.WhenAll(sessions.Select(session => session.GetStatus(Requester, SessionState.Created, TimeSpan.FromMinutes(10))));
        await silos.LeaveAsync();
        silos.Clock.Advance(TimeSpan.FromSeconds(Timeout));
        await silos.PassUntilAsync(waiting);

        // Who was asked in the leaving silo does not know of an end yet.
        Assert.Contains(null, (await waiting).Select(answer => Assert.IsType<Done<SessionView>>(answer).Value.End));
        await silos.LeftAsync();
        var ended = await Task.WhenAll(sessions.Select(session => session.GetStatus(Requester, null, TimeSpan.Zero)));
        Assert.All(ended, answer => Assert.Equal(SessionEnd.TimedOut, Assert.IsType<Done<SessionView>>(answer).Value.End));
        // Its creation and its end.
        Assert.Equal(2 * Sessions, silos.Written.Count(subject => subject.StartsWith("qr-session/", StringComparison.Ordinal)));
    }
}
