using Bzt.Contracts.Platforms;
using Bzt.Grains.Certificates;
using Bzt.Grains.Foundations;
using Bzt.Grains.Inbox;
using Orleans.Runtime;

namespace Bzt.Grains.Sealing;

/// <inheritdoc cref="ISealingSessionGrain"/>
/// <remarks>
/// Every method first asks the certificate how things stand there and what became of the requests that waited: nothing here has to arrive in time.
/// A crash after a request was created and before it is in the log is healed by the PC's repeat; without one the request times out.
/// </remarks>
[GrainType("sealing-session")]
internal sealed partial class SealingSessionGrain : Grain, ISealingSessionGrain, IOutboxOwner
{
    private readonly IPersistentState<SealingState> stored;
    private readonly OutboxDrain<SealingState> drain;
    private readonly TimeProvider time;

    public SealingSessionGrain([PersistentState("sealing-session")] IPersistentState<SealingState> stored, OutboxDrains drains, TimeProvider time)
    {
        (this.stored, this.time) = (stored, time);
        drain = drains.Attach(this, stored);
    }

    private SealingState State => stored.State;

    private SealingId Id => new(this.GetPrimaryKey());

    public async Task<Reply<SealingView>> GetOfHolder(UserId holder) =>
        State.Command?.Caller.User == holder ? await RefreshAsync() : new Refusal(RefusalCode.NotFound);

    public async Task<Reply<SealingView>> GetOfEnterprise(CreditCode enterprise) =>
        IsOf(enterprise) ? await RefreshAsync() : new Refusal(RefusalCode.NotFound);

    public async Task<Reply<SealingView>> GetOfPlatform(SealingUser user) =>
        SealingSessionRules.IsUsersOwn(State, user) ? await RefreshAsync() : new Refusal(RefusalCode.NotFound);

    public async Task<Reply<SealingView>> Pause(CertificateCaller caller)
    {
        if (RefuseCaller(caller) is { } stranger)
        {
            return stranger;
        }

        await Certificate.PauseSealing(Id);
        return await RefreshAsync();
    }

    public async Task<Reply<SealingView>> AskResumption(CertificateCaller caller, Guid operation)
    {
        if (RefuseCaller(caller) is { } stranger)
        {
            return stranger;
        }

        return await Certificate.AskResumption(Id, operation) is Refused<SealingGrant>(var refusal) ? refusal : await RefreshAsync();
    }

    public async Task<Reply<SealingView>> StopByHolder(UserId holder) =>
        State.Command?.Caller.User == holder ? await StopAsync(SealingSessionEnd.StoppedByHolder) : new Refusal(RefusalCode.NotFound);

    public async Task<Reply<SealingView>> StopByAdministrator(UserId administrator, CreditCode enterprise) =>
        IsOf(enterprise) ? await StopAsync(SealingSessionEnd.StoppedByAdministrator) : new Refusal(RefusalCode.NotFound);

    public async Task<Reply<SealingView>> StopByPlatform(SealingUser user) =>
        SealingSessionRules.IsUsersOwn(State, user) ? await StopAsync(SealingSessionEnd.StoppedByPlatform) : new Refusal(RefusalCode.NotFound);

    public async Task Settle()
    {
        if (State.Command is { } command)
        {
            await RefreshAsync();
            await GrainFactory.Inbox(command.Caller.User).WakeUp(WakeUpKind.Session);
        }
    }

    public Task DrainOutbox() => drain.DrainAsync();

    private ICertificateSealingGrain Certificate => GrainFactory.CertificateSealing(State.Command!.Certificate);

    private bool IsOf(CreditCode enterprise) => State.Command is not null && enterprise is { Value.Length: > 0 } && State.CreditCode == enterprise;

    private Refusal? RefuseCaller(CertificateCaller caller) =>
        State.Command?.Caller.User != caller.User ? new Refusal(RefusalCode.NotFound)
        : State.Command.Caller.Device != caller.Device ? new Refusal(RefusalCode.Forbidden)
        : null;

    /// <summary>The certificate first: from its answer on nothing is signed. Then what waits ends, unless it is being confirmed.</summary>
    private async Task<SealingView> StopAsync(SealingSessionEnd end)
    {
        await Certificate.EndSealing(Id, end);
        return await RefreshAsync();
    }

    private async Task<SealingView> RefreshAsync()
    {
        await RefreshWaitingAsync();
        return SealingSessionRules.View(State, Id);
    }
}
