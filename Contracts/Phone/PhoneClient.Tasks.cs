using Bzt.Protocol.Forms;
using Bzt.Protocol.Phone;
using Bzt.Protocol.Wire;

namespace Bzt.Contracts.Phone;

// What the service itself asks the holder to confirm with his PIN: an instruction, a letter to be sealed.
public sealed partial class PhoneClient
{
    /// <summary>证书注销: what is then confirmed with <see cref="OpenTaskAsync"/>; nothing is revoked before.</summary>
    /// <param name="certificateId">Held on this phone.</param>
    /// <param name="operationId">A repeat is the same question.</param>
    /// <param name="insist">The user was shown <see cref="GetUnopenedBidsAsync"/> and wants it all the same.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <exception cref="ApiRefusedException"><see cref="ErrorCodes.BidsUnopened"/>: bids encrypted to it are not opened, and the user has not insisted.</exception>
    public Task<CertificateTaskInfo> AskRevocationAsync(Guid certificateId, Guid operationId, bool insist = false, CancellationToken cancellation = default)
    {
        var path = Route(Routes.Phone.CertificateRevocation, "certificateId", certificateId);
        var request = new RevocationRequest(operationId, insist);
        return RepeatAsync(
            () => http.PostAsync(path, request, BztJson.Default.RevocationRequest, BztJson.Default.CertificateTaskInfo, cancellation), cancellation);
    }

    /// <summary>Bids encrypted to this certificate that are not opened yet: without it they never can be.</summary>
    public Task<IReadOnlyList<UnopenedBidInfo>> GetUnopenedBidsAsync(Guid certificateId, CancellationToken cancellation = default)
    {
        var path = Route(Routes.Phone.CertificateUnopenedBids, "certificateId", certificateId);
        return RepeatAsync(() => http.GetAsync(path, BztJson.Default.IReadOnlyListUnopenedBidInfo, cancellation), cancellation);
    }

    /// <summary>Opens a task of one of the caller's certificates: what comes back is decoded from the very bytes that will be signed.</summary>
    /// <param name="certificateId">Held on this phone.</param>
    /// <param name="taskId">As the operation's answer named it.</param>
    /// <param name="cancellation">Stops waiting.</param>
    public async Task<TaskOpening> OpenTaskAsync(Guid certificateId, Guid taskId, CancellationToken cancellation = default)
    {
        var key = await OpenKeyAsync(certificateId, cancellation);
        var opening = await RepeatLostAsync(() => key.OpenSigningAsync($"task/{taskId:D}"), cancellation);
        return opening.Round is { } round
            ? new TaskOpening.Opened(new OpenedTask(certificateId, key, round))
            : new TaskOpening.NotOpened(PinOutcomes.Of(opening.Refusal!));
    }

    /// <summary>The user's confirmation. After <see cref="PinOutcome.WrongPin"/> it may be called again; survives lost answers.</summary>
    public async Task<PinOutcome> ConfirmAsync(OpenedTask task, string pin, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(task);
        return PinOutcomes.Of(await ProveAsync(task.Key, pin, task.Round.ConfirmAsync, cancellation));
    }

    /// <summary>Opens, has the caller look, and confirms. A caller that does not accept leaves everything as it was.</summary>
    /// <param name="certificateId">Held on this phone.</param>
    /// <param name="taskId">As the operation's answer named it.</param>
    /// <param name="pin">Six digits.</param>
    /// <param name="accept">Is this what the user wants to sign?</param>
    /// <param name="cancellation">Stops waiting.</param>
    public async Task<PinOutcome> ConfirmTaskAsync(
        Guid certificateId, Guid taskId, string pin, Func<IReadOnlyList<SigningForm>, bool> accept, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(accept);
        switch (await OpenTaskAsync(certificateId, taskId, cancellation))
        {
            case TaskOpening.NotOpened(var reason):
                return reason;
            case TaskOpening.Opened(var task):
                using (task)
                {
                    return accept(task.Forms) ? await ConfirmAsync(task, pin, cancellation) : new PinOutcome.Failed(nameof(ProtocolFailure.BindingMismatch));
                }

            default:
                throw new InvalidOperationException("A task opened as something else.");
        }
    }
}

/// <summary>A task ready to be looked at, or why it is not.</summary>
public abstract record TaskOpening
{
    private TaskOpening()
    {
    }

    /// <summary>Show it; then confirm. Dispose it when the user leaves.</summary>
    public sealed record Opened(OpenedTask Task) : TaskOpening;

    /// <summary>Locked, frozen, withdrawn, out of time.</summary>
    public sealed record NotOpened(PinOutcome Reason) : TaskOpening;
}

/// <summary>What the user sees before confirming a task.</summary>
public sealed class OpenedTask : IDisposable
{
    internal OpenedTask(Guid certificateId, PhoneKey key, PhoneSigning round) => (CertificateId, Key, Round) = (certificateId, key, round);

    /// <summary>The certificate that signs.</summary>
    public Guid CertificateId { get; }

    /// <summary>What is to be signed, decoded.</summary>
    public IReadOnlyList<SigningForm> Forms => Round.Forms;

    internal PhoneKey Key { get; }

    internal PhoneSigning Round { get; }

    /// <inheritdoc/>
    public void Dispose() => Round.Dispose();
}
