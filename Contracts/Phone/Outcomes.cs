using Bzt.Protocol.Wire;

namespace Bzt.Contracts.Phone;

/// <summary>What became of a PIN entry: a closed set.</summary>
public abstract record PinOutcome
{
    private PinOutcome()
    {
    }

    /// <summary>Done: the signatures are released, the files can be opened, the PIN is changed.</summary>
    public sealed record Done : PinOutcome;

    /// <summary>PIN码不正确.</summary>
    /// <param name="Failures">Since the last success.</param>
    /// <param name="TriesLeft">Before the lock for good.</param>
    /// <param name="LockedUntil">Set when this try locked the certificate for a time.</param>
    /// <param name="LockedForGood">This try locked it for good.</param>
    public sealed record WrongPin(int Failures, int TriesLeft, DateTimeOffset? LockedUntil, bool LockedForGood) : PinOutcome
    {
        /// <summary>Tries before the next lock, which is what the user is told: five in a row, eight, ten.</summary>
        public int TriesBeforeLock => (Failures < 5 ? 5 : Failures < 8 ? 8 : 10) - Failures;
    }

    /// <summary>证书已锁定 before; nothing was looked at.</summary>
    /// <param name="Until">Null is for good.</param>
    public sealed record Locked(DateTimeOffset? Until) : PinOutcome;

    /// <summary>证书已冻结: a copy is suspected.</summary>
    public sealed record Frozen : PinOutcome;

    /// <summary>The request ended before the confirmation arrived: nothing was signed.</summary>
    public sealed record Ended : PinOutcome;

    /// <summary>An SMS code has to come first (<see cref="PhoneClient.ApprovePinChangeAsync"/>), or the ten minutes of the last one are over. No try.</summary>
    public sealed record CodeNeeded : PinOutcome;

    /// <summary>The reset of a forgotten PIN is not, or not any more, to be had: not asked for, still waiting, stopped, lapsed, done.</summary>
    public sealed record ResetUnavailable : PinOutcome;

    /// <summary>The server lost state, or broke the protocol; nothing for the user to do but to quote the code.</summary>
    public sealed record Failed(string Code) : PinOutcome;
}

/// <summary>What became of a download.</summary>
public abstract record DownloadOutcome
{
    private DownloadOutcome()
    {
    }

    /// <summary>生效中.</summary>
    public sealed record Active(CertificateInfo Certificate) : DownloadOutcome;

    /// <summary>
    /// It stopped here; call again when the reason is gone. With <see cref="PinOutcome.Ended"/> it is over on this phone: the CA did not issue,
    /// or the application was withdrawn or went on on another phone; the application says which.
    /// </summary>
    public sealed record Stopped(CertificateInfo Certificate, PinOutcome Reason) : DownloadOutcome;
}

internal static class PinOutcomes
{
    public static PinOutcome Of(SiloAnswer answer) => answer switch
    {
        Signed or Proved or Acknowledged or EnvelopePartial => new PinOutcome.Done(),
        WrongPin wrong => new PinOutcome.WrongPin(wrong.Failures, wrong.TriesLeft, wrong.Lock?.Until, wrong.Lock is { Until: null }),
        Locked locked => new PinOutcome.Locked(locked.Lock.Until),
        Frozen => new PinOutcome.Frozen(),
        Protocol.Wire.Failed { Reason: ProtocolFailure.SessionEnded } => new PinOutcome.Ended(),
        Protocol.Wire.Failed { Reason: ProtocolFailure.NotApproved } => new PinOutcome.CodeNeeded(),
        Protocol.Wire.Failed { Reason: ProtocolFailure.DepositUnavailable } => new PinOutcome.ResetUnavailable(),
        Protocol.Wire.Failed failed => new PinOutcome.Failed(failed.Reason.ToString()),
        _ => new PinOutcome.Failed(answer.GetType().Name),
    };
}
