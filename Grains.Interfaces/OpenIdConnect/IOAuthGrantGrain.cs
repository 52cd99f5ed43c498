namespace Bzt.Grains.OpenIdConnect;

/// <summary>
/// What a user granted a platform by one confirmed scan, keyed by the session's id: its authorization code is redeemed once, however many codes
/// were made of that scan, and whoever brings one again ends the grant (RFC 6749 §4.1.2). Calls nobody.
/// </summary>
[Alias("bzt.IOAuthGrant")]
public interface IOAuthGrantGrain : IGrainWithGuidKey
{
    /// <summary>True for the first. Again, or after <see cref="Revoke"/>: false, and what was issued of the grant is worth nothing from now on.</summary>
    [Alias("redeem")]
    Task<bool> Redeem();

    /// <summary>The user logged out, or the platform gave its token back.</summary>
    [Alias("revoke")]
    Task Revoke();

    /// <summary>Whether what was issued of it is still good.</summary>
    [Alias("is-alive")]
    Task<bool> IsAlive();
}
