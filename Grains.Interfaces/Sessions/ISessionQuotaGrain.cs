namespace Bzt.Grains.Sessions;

/// <summary>How often somebody has asked within a minute: a platform, one of its visitors, a tool. In memory: a restart forgives.</summary>
[Alias("bzt.ISessionQuota")]
public interface ISessionQuotaGrain : IGrainWithStringKey
{
    /// <summary>Counts one; <see cref="RefusalCode.RateLimited"/> with the time it may be tried again. A refused one does not count.</summary>
    [Alias("take")]
    Task<Reply<Nothing>> Take(int perMinute);
}
