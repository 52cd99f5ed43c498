using Bzt.Protocol.Phone;
using Bzt.Protocol.Wire;

namespace Bzt.Contracts.Phone;

// The PIN of a certificate: changed with the old one, reset without it.
public sealed partial class PhoneClient
{
    /// <summary>The SMS code (<see cref="SmsPurpose.ChangePin"/>) before <see cref="ChangePinAsync"/>: good for ten minutes and one change; a wrong old PIN does not use it up.</summary>
    /// <param name="certificateId">Held on this phone.</param>
    /// <param name="code">Six digits.</param>
    /// <param name="operationId">Repeat with the same one after a failure; null draws one.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <exception cref="ApiRefusedException"><see cref="ErrorCodes.SmsCodeWrong"/>, <see cref="ErrorCodes.PinLockedForGood"/>, …</exception>
    public Task<PinChangeApproval> ApprovePinChangeAsync(Guid certificateId, string code, Guid? operationId = null, CancellationToken cancellation = default)
    {
        var path = Route(Routes.Phone.PinChangeApproval, "certificateId", certificateId);
        var request = new PinChangeApprovalRequest(operationId ?? Guid.NewGuid(), code);
        return RepeatAsync(() => http.PostAsync(path, request, BztJson.Default.PinChangeApprovalRequest, BztJson.Default.PinChangeApproval, cancellation), cancellation);
    }

    /// <summary>修改证书PIN码 with the old PIN, after <see cref="ApprovePinChangeAsync"/>: <see cref="PinOutcome.CodeNeeded"/> without.</summary>
    public async Task<PinOutcome> ChangePinAsync(Guid certificateId, string pin, string newPin, CancellationToken cancellation = default)
    {
        Check(newPin);
        var key = await OpenKeyAsync(certificateId, cancellation);
        using var replacement = await HoldNewAsync(newPin);
        for (var attempt = 1; ; attempt++)
        {
            var outcome = PinOutcomes.Of(await ProveAsync(
                key, pin, stretched => new ValueTask<SiloAnswer>(replacement.UseAsync(fresh => key.ChangePinAsync(stretched, fresh))), cancellation));

            // P3: a change whose answer was only learnt by asking moved the epoch, and the old PIN still holds. Then once more.
            if (outcome is not PinOutcome.Done || attempt == Tries || await IsSetAsync(key, replacement))
            {
                return outcome;
            }
        }
    }

    /// <summary>
    /// 忘记原PIN码: asks for a reset with an SMS code (<see cref="SmsPurpose.RecoverPin"/>), right after the real name was proved on this phone.
    /// From now on everybody concerned can stop it; when it is <see cref="PinResetPhase.Ready"/>, <see cref="ResetPinAsync"/> sets the new PIN.
    /// </summary>
    /// <param name="certificateId">Held on this phone.</param>
    /// <param name="code">Six digits.</param>
    /// <param name="operationId">Repeat with the same one after a failure; null draws one.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <exception cref="ApiRefusedException"><see cref="ErrorCodes.PinResetNeedsProof"/>, <see cref="ErrorCodes.PinResetPaused"/>, …</exception>
    public Task<PinResetInfo> RequestPinResetAsync(Guid certificateId, string code, Guid? operationId = null, CancellationToken cancellation = default)
    {
        var path = Route(Routes.Phone.PinReset, "certificateId", certificateId);
        var request = new PinResetRequest(operationId ?? Guid.NewGuid(), code);
        return RepeatAsync(() => http.PostAsync(path, request, BztJson.Default.PinResetRequest, BztJson.Default.PinResetInfo, cancellation), cancellation);
    }

    /// <summary>The newest request; for the holder on any device, and for the enterprise's administrator.</summary>
    public Task<PinResetInfo> GetPinResetAsync(Guid certificateId, CancellationToken cancellation = default)
    {
        var path = Route(Routes.Phone.PinReset, "certificateId", certificateId);
        return RepeatAsync(() => http.GetAsync(path, BztJson.Default.PinResetInfo, cancellation), cancellation);
    }

    /// <summary>Stops a reset, from any device of the holder or as the enterprise's administrator; from the phone that asked it is a withdrawal.</summary>
    public Task<PinResetInfo> StopPinResetAsync(Guid certificateId, CancellationToken cancellation = default)
    {
        var path = Route(Routes.Phone.PinResetObjection, "certificateId", certificateId);
        return RepeatAsync(() => http.PostAsync(path, BztJson.Default.PinResetInfo, cancellation), cancellation);
    }

    /// <summary>As the enterprise's administrator: waives the rest of the wait. The task is then confirmed with <see cref="ConfirmTaskAsync"/>.</summary>
    /// <param name="certificateId">The member's.</param>
    /// <param name="ownCertificateId">The administrator's own of the same enterprise, held on this phone.</param>
    /// <param name="cancellation">Stops waiting.</param>
    public Task<CertificateTaskInfo> WaivePinResetAsync(Guid certificateId, Guid ownCertificateId, CancellationToken cancellation = default)
    {
        var path = Route(Routes.Phone.PinResetWaiver, "certificateId", certificateId);
        var request = new PinResetWaiverRequest(ownCertificateId);
        return RepeatAsync(() => http.PostAsync(path, request, BztJson.Default.PinResetWaiverRequest, BztJson.Default.CertificateTaskInfo, cancellation), cancellation);
    }

    /// <summary>
    /// Sets a new PIN without the old one, once the reset is <see cref="PinResetPhase.Ready"/>: fetches the deposit, proves the share with it,
    /// and changes as with the old PIN. <see cref="PinOutcome.ResetUnavailable"/> before and after. Survives lost answers.
    /// </summary>
    public async Task<PinOutcome> ResetPinAsync(Guid certificateId, string newPin, CancellationToken cancellation = default)
    {
        Check(newPin);
        var reset = await GetPinResetAsync(certificateId, cancellation);
        var key = await OpenKeyAsync(certificateId, cancellation);
        using var replacement = await HoldNewAsync(newPin);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var outcome = PinOutcomes.Of(await replacement.UseAsync(fresh => key.RecoverPinAsync($"pin-reset/{reset.OperationId:D}", fresh)));
                if (outcome is not PinOutcome.Done || attempt == Tries || await IsSetAsync(key, replacement))
                {
                    return outcome;
                }
            }
            catch (PhoneLinkException) when (attempt < Tries)
            {
                await Task.Delay(Pause(attempt), time, cancellation);
            }
        }
    }

    private static void Check(string newPin)
    {
        if (PinRules.Check(newPin) is not PinWeakness.None)
        {
            throw new ArgumentException("PinRules does not accept the new PIN.", nameof(newPin));
        }
    }

    private static async Task<bool> IsSetAsync(PhoneKey key, HeldPin replacement) =>
        (await key.ReadAsync())!.Stretch.Salt.AsSpan().SequenceEqual(replacement.Stretch.Salt);
}
