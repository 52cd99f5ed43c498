using Bzt.Grains.Accounts;

namespace Bzt.Grains.Providers.RealNames;

/// <summary>
/// A check that the person goes through on the provider's own page: begun by us, done there, its result asked for by us. What the browser brings
/// back proves nothing. No picture of a face ever reaches us.
/// </summary>
public interface IHostedIdentityCheck
{
    RealNameWay Way { get; }

    /// <summary>False when the configuration has no such provider.</summary>
    bool IsOffered { get; }

    /// <param name="name">As on the identity card.</param>
    /// <param name="idNumber">Eighteen characters.</param>
    /// <param name="requestId">32 characters, new for every check that may cost.</param>
    /// <param name="returnUrl">Where the provider's page sends the browser when the person is done, whatever came of it.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    Task<HostedCheckStart> BeginAsync(string name, string idNumber, string requestId, Uri returnUrl, CancellationToken cancellation = default);

    /// <summary>The page to open now. It may be signed anew each time: hand out a fresh one.</summary>
    Uri PageOf(HostedCheck check);

    Task<HostedCheckResult> QueryAsync(HostedCheck check, CancellationToken cancellation = default);
}

/// <param name="Reference">The provider's id of the check.</param>
/// <param name="Page">As the provider gave it; null when it is made by us.</param>
public sealed record HostedCheck(string Reference, string? Page);

public abstract record HostedCheckStart
{
    private HostedCheckStart() { }

    public sealed record Ok(HostedCheck Check) : HostedCheckStart;

    /// <summary>The provider's definite no, before anybody saw a page.</summary>
    public sealed record Refused(HostedCheckRefusal Code, string ProviderCode) : HostedCheckStart;

    /// <summary>No answer, or none that could be understood or trusted.</summary>
    public sealed record Unavailable(string Reason) : HostedCheckStart;
}

public abstract record HostedCheckResult
{
    private HostedCheckResult() { }

    /// <summary>It is the person.</summary>
    public sealed record Passed(string Receipt) : HostedCheckResult;

    /// <summary>Not done yet; the same page may still be gone through.</summary>
    public sealed record Waiting : HostedCheckResult;

    /// <summary>The provider's definite no.</summary>
    public sealed record Refused(HostedCheckRefusal Code, string ProviderCode) : HostedCheckResult;

    /// <summary>No answer, or none that could be understood or trusted: nothing is known about the person.</summary>
    public sealed record Unavailable(string Reason) : HostedCheckResult;
}

public enum HostedCheckRefusal
{
    /// <summary>Not this person, or no such person.</summary>
    NotPassed,
    /// <summary>The person said no on the provider's page.</summary>
    Cancelled,
    /// <summary>The provider knows the check no more.</summary>
    Expired,
    /// <summary>The provider's limit of checks for this person today.</summary>
    TooMany,
    /// <summary>Our account at the provider, or our request. Operators must look.</summary>
    Account,
}
