namespace Bzt.Grains.Sessions;

/// <summary>How often somebody has asked within a minute: a platform, one of its visitors, a tool. In memory: a restart forgives.</summary>
[Alias("bzt.ISessionQuota")]
public interface ISessionQuotaGrain : IGrainWithStringKey
{
    /// <summary>Counts one; <see cref="RefusalCode.RateLimited"/> with the time it may be tried again. A refused one does not count.</summary>
    [Alias("take")]
    Task<Reply<Nothing>> Take(int perMinute);

    /// <summary>
    /// Counts a request that was pushed to a phone as waiting until it ends; <see cref="RefusalCode.RateLimited"/> when so many wait. A repeat is the same one.
    /// Asks the sessions, and is never asked by one of them under the same key.
    /// </summary>
    [Alias("wait")]
    Task<Reply<Nothing>> Wait(PushedRequest request, int most);
}

[GenerateSerializer, Immutable, Alias("bzt.PushedRequest")]
public sealed record PushedRequest([property: Id(0)] SessionId Session, [property: Id(1)] SessionRequester Requester, [property: Id(2)] DateTimeOffset ExpiresAt);
