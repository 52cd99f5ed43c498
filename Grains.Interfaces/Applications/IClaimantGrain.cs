namespace Bzt.Grains.Applications;

/// <summary>
/// One person who claims one enterprise: at most one such application of theirs is under way, however many are handed in at once. Others may claim the
/// same enterprise meanwhile (M025). Key: credit code, a slash, the user id.
/// </summary>
[Alias("bzt.IClaimant")]
public interface IClaimantGrain : IGrainWithStringKey
{
    /// <summary>
    /// Before the claim is written: from here on it is the one under way. A repeat is done. <see cref="RefusalCode.ClaimOpen"/> while another one is; one
    /// that was rejected, or is over, is not.
    /// </summary>
    [Alias("enter")]
    Task<Reply<Nothing>> Enter(ApplicationId application);
}
