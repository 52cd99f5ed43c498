using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;

namespace Bzt.MobileApp;

// 会话签章: requests that come without a scan. What is opened for it is in this run's memory only.
public sealed partial class PhoneApp
{
    private readonly Dictionary<Guid, SealingLook> looks = [];

    /// <summary>The caller's sessions that are not over; the bar above the tabs shows the first.</summary>
    public IReadOnlyList<SealingSessionInfo> SealingSessions => [.. looks.Values.Select(look => look.Session).Where(session => session.End is null && session.State != SealingSessionState.Proposed)];

    /// <summary>The session that brought the request that is looked at; null when it was scanned.</summary>
    public Guid? PushedIn { get; private set; }

    public bool IsThisDevice(Guid deviceId) => client?.Login?.DeviceId == deviceId;

    /// <summary>As it was at the last look.</summary>
    public SealingLook? LookOf(Guid sealingSessionId) => looks.GetValueOrDefault(sealingSessionId);

    /// <summary>Requests that wait for the user.</summary>
    public int WaitingOf(Guid sealingSessionId) => LookOf(sealingSessionId)?.Waiting.Count ?? 0;

    /// <summary>Looks at what waits, and answers what may be answered without a touch.</summary>
    public async Task<SealingLook> AnswerSealingAsync(Guid sealingSessionId)
    {
        var look = await Client.AnswerSealingSessionAsync(sealingSessionId);
        return Keep(look);
    }

    /// <summary>Pause and end, and what they leave.</summary>
    public async Task<SealingLook> ChangeSealingAsync(Func<Task<SealingSessionInfo>> change)
    {
        ArgumentNullException.ThrowIfNull(change);
        var session = await change();
        await LetSleepAsync();
        return Keep(new SealingLook(session, LookOf(session.SealingSessionId)?.Waiting ?? [], 0));
    }

    /// <summary>One that was just begun.</summary>
    public async Task BeginSealingAsync(SealingSessionInfo session)
    {
        ArgumentNullException.ThrowIfNull(session);
        Keep(new SealingLook(session, [], 0));
        await KeepAwakeAsync();
    }

    /// <summary>A request that a session brought, instead of a scan.</summary>
    public async Task LookAtAsync(ScannedSession pushed, Guid sealingSessionId)
    {
        await LookAtAsync(pushed);
        PushedIn = sealingSessionId;
    }

    /// <summary>A phone that sleeps answers nothing.</summary>
    public Task KeepAwakeAsync() => SealingSessions.Any(session => session is { Automatic: true, State: SealingSessionState.Running }) ? window.KeepAwakeAsync(true) : Task.CompletedTask;

    private Task LetSleepAsync() => SealingSessions.Any(session => session is { Automatic: true, State: SealingSessionState.Running }) ? Task.CompletedTask : window.KeepAwakeAsync(false);

    /// <summary>At the start of the app: what the last run held open is paused, and the user sees it.</summary>
    private Task RecoverSealingAsync() => LoadAsync(async () =>
    {
        foreach (var session in await Client.RecoverSealingSessionsAsync())
        {
            await AnswerSealingAsync(session.SealingSessionId);
        }
    });

    private Task AnswerSealingSessionsAsync() => LoadAsync(async () =>
    {
        foreach (var session in SealingSessions)
        {
            await AnswerSealingAsync(session.SealingSessionId);
        }
    });

    private SealingLook Keep(SealingLook look)
    {
        looks[look.Session.SealingSessionId] = look;
        SetServerTime(look.Session.ServerTime);
        Tell();
        return look;
    }
}
