using System.Collections.Immutable;

namespace Bzt.Grains.Accounts;

/// <summary>What is known of a number. The number itself is not here: the key is its keyed hash, the account has it sealed.</summary>
public sealed record PhoneNumberState
{
    /// <summary>The account this number logs in to; given at the first login.</summary>
    public Guid? Owner { get; init; }

    /// <summary>The newest code of each purpose; an older one ended with it.</summary>
    public ImmutableDictionary<SmsCodePurpose, IssuedCode> Codes { get; init; } = ImmutableDictionary<SmsCodePurpose, IssuedCode>.Empty;

    /// <summary>When codes were sent in the last day, oldest first.</summary>
    public ImmutableArray<DateTimeOffset> Sent { get; init; } = [];

    /// <summary>When a wrong password was tried, in the last day, oldest first. Counted for numbers without an account too.</summary>
    public ImmutableArray<DateTimeOffset>? WrongPasswords { get; init; }
}

/// <param name="Hash">Keyed hash: six digits could be guessed from a plain one.</param>
/// <param name="At">When it was made.</param>
/// <param name="WrongTries">How often another code was tried.</param>
/// <param name="UsedBy">The device key that logged in with it; for other purposes the operation.</param>
public sealed record IssuedCode(string Hash, DateTimeOffset At, int WrongTries = 0, string? UsedBy = null);
