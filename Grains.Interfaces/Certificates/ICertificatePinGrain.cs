namespace Bzt.Grains.Certificates;

/// <summary>
/// What must happen before a certificate's PIN may be changed (修改证书PIN码) or reset (忘记原PIN码). The same grain as
/// <see cref="ICertificateGrain"/>, in the same turns: an objection and the release of the deposit have an order.
/// </summary>
[Alias("bzt.ICertificatePin")]
public interface ICertificatePinGrain : IGrainWithGuidKey
{
    /// <summary>
    /// The SMS code before a change: for ten minutes the registered device may change the PIN once, with the old one. Idempotent by operation.
    /// <see cref="RefusalCode.PinLockedForGood"/> when only recovery is left.
    /// </summary>
    /// <returns>Until when.</returns>
    [Alias("approve-pin-change")]
    Task<Reply<DateTimeOffset>> ApprovePinChange(ApprovePinChange command);

    /// <summary>
    /// 忘记原PIN码: begins the waiting time and tells everybody who may stop it. Only from the registered device, which proved the real name
    /// within ten minutes, with an SMS code. Idempotent by operation.
    /// </summary>
    [Alias("request-pin-reset")]
    Task<Reply<PinResetView>> RequestPinReset(RequestPinReset command);

    /// <summary>The newest request; for the holder and the enterprise's administrator. <see cref="RefusalCode.PinResetNone"/> when there never was one.</summary>
    [Alias("pin-reset")]
    Task<Reply<PinResetView>> GetPinReset(PinCaller caller);

    /// <summary>
    /// Stops the request: any device of the holder's account, be it limited, or the administrator. From the registered device it is a withdrawal.
    /// Once the deposit has left for the phone but the new PIN is not set, stopping freezes the certificate; after that
    /// <see cref="RefusalCode.PinResetTooLate"/>.
    /// </summary>
    [Alias("stop-pin-reset")]
    Task<Reply<PinResetView>> StopPinReset(PinCaller caller);

    /// <summary>The enterprise's administrator wants to waive the wait for a member. What he signs with his PIN is told to <see cref="PinResetWaived"/>.</summary>
    /// <param name="caller">The administrator.</param>
    /// <param name="administrators">His own certificate of the enterprise, on the calling device; <see cref="RefusalCode.CertificateNotEligible"/> for another one.</param>
    /// <returns>The task for that certificate; the same while the request is and no word was refused.</returns>
    [Alias("waive-pin-reset")]
    Task<Reply<CertificateTask>> WaivePinReset(PinCaller caller, CertificateFacts administrators);

    /// <summary>
    /// The administrator has signed: his signature is verified, over what this certificate asked for. A repeat, or a word that comes too late, changes nothing;
    /// where nobody signed that, the wait goes on and the administrator may be asked once more.
    /// </summary>
    [Alias("pin-reset-waived")]
    Task PinResetWaived(TaskSigned signed);
}

/// <param name="Limited">Whether the device only looks (DESIGN: a new phone before its re-proof).</param>
[GenerateSerializer, Immutable, Alias("bzt.PinCaller")]
public sealed record PinCaller([property: Id(0)] UserId User, [property: Id(1)] DeviceId Device, [property: Id(2)] bool Limited);

/// <param name="Operation">The phone's.</param>
[GenerateSerializer, Immutable, Alias("bzt.ApprovePinChange")]
public sealed record ApprovePinChange([property: Id(0)] Guid Operation, [property: Id(1)] CertificateCaller Caller, [property: Id(2)] string Code)
{
    /// <summary>Only the type: a record would print the code into a log.</summary>
    public override string ToString() => nameof(ApprovePinChange);
}

/// <param name="Operation">The phone's; names the request from then on.</param>
[GenerateSerializer, Immutable, Alias("bzt.RequestPinReset")]
public sealed record RequestPinReset([property: Id(0)] Guid Operation, [property: Id(1)] CertificateCaller Caller, [property: Id(2)] string Code)
{
    /// <summary>Only the type: a record would print the code into a log.</summary>
    public override string ToString() => nameof(RequestPinReset);
}

/// <param name="NotBefore">End of the wait.</param>
/// <param name="NotAfter">When the request lapses.</param>
/// <param name="Waived">Whether the administrator ended the wait.</param>
/// <param name="AgainFrom">When another request may be made, as far as pauses and limits go; null: now.</param>
[GenerateSerializer, Immutable, Alias("bzt.PinResetView")]
public sealed record PinResetView(
    [property: Id(0)] Guid Operation,
    [property: Id(1)] PinResetPhase Phase,
    [property: Id(2)] DateTimeOffset AskedAt,
    [property: Id(3)] DateTimeOffset NotBefore,
    [property: Id(4)] DateTimeOffset NotAfter,
    [property: Id(5)] bool Waived,
    [property: Id(6)] DateTimeOffset? AgainFrom);

/// <summary>Sent by value; values are never reused.</summary>
public enum PinResetPhase
{
    /// <summary>In the time in which it can be stopped.</summary>
    Waiting = 0,
    /// <summary>The phone may set a new PIN.</summary>
    Ready = 1,
    Done = 2,
    /// <summary>Somebody objected.</summary>
    Stopped = 3,
    /// <summary>Taken back by the phone that asked.</summary>
    Withdrawn = 4,
    /// <summary>Nobody came for it.</summary>
    Lapsed = 5,
    /// <summary>The PIN was used after all, the certificate was locked for good or frozen, or the store was put back from a backup.</summary>
    Overtaken = 6,
}
