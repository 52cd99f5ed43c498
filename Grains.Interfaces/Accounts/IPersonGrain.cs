namespace Bzt.Grains.Accounts;

/// <summary>A person has one account. Key: the ID number's keyed hash. Calls nobody.</summary>
[Alias("bzt.IPersonGrain")]
public interface IPersonGrain : IGrainWithStringKey
{
    /// <summary>The first account to prove this identity gets it; idempotent for that account.</summary>
    /// <returns>Who has it.</returns>
    [Alias("Claim")]
    Task<UserId> Claim(UserId user);

    /// <summary>The account was closed, or never became the person's: he may have another. Of another account it changes nothing.</summary>
    [Alias("Release")]
    Task Release(UserId user);
}
