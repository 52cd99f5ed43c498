using System.Collections.Immutable;

namespace Bzt.Grains.Certificates;

/// <summary>What a certificate remembers about changing and resetting its PIN; the PIN's count and lock are with the shares.</summary>
public sealed record CertificatePin
{
    /// <summary>The newest SMS approval of a change.</summary>
    public PinChangeApproval? Change { get; init; }

    /// <summary>The newest request to reset.</summary>
    public PinReset? Reset { get; init; }

    /// <summary>When resets were asked for, in the last thirty days, oldest first.</summary>
    public ImmutableArray<DateTimeOffset> Asked { get; init; } = [];

    /// <summary>After an objection: no request before.</summary>
    public DateTimeOffset? PausedUntil { get; init; }
}

/// <param name="Operation">The phone's: a repeat approves nothing twice.</param>
/// <param name="Device">Whose change it approves.</param>
/// <param name="Used">A change under it was confirmed.</param>
public sealed record PinChangeApproval(Guid Operation, Guid Device, DateTimeOffset NotAfter, bool Used = false);

/// <param name="Operation">The phone's.</param>
/// <param name="Waiver">Id of the instruction with which the administrator waives the wait.</param>
/// <param name="NotBefore">As long as it is in the future, the request waits. The release itself is guarded by the shares' approval.</param>
/// <param name="End">Null while it is open.</param>
/// <param name="Restores">How many restores of the store had been declared when it was asked for; null for none, and in rows of releases that did not say.</param>
public sealed record PinReset(
    Guid Operation, Guid Waiver, DateTimeOffset AskedAt, DateTimeOffset NotBefore, DateTimeOffset NotAfter, bool Waived = false, PinResetEnd? End = null,
    int? Restores = null);

/// <summary>Stored by name.</summary>
public enum PinResetEnd
{
    Done,
    Stopped,
    Withdrawn,
    Overtaken,
}
