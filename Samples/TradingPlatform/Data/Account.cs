namespace Bzt.Samples.TradingPlatform.Data;

/// <summary>What an account is. A person may do nothing by this alone: a tender's buyer appoints its evaluators.</summary>
public enum Role { Bidder, Person, Buyer }

internal static class Roles
{
    public static string Name(this Role role) => role switch { Role.Bidder => "投标人", Role.Person => "个人", _ => "招标人" };

    /// <summary>As it is stored. An earlier release made every person an evaluator of every tender.</summary>
    public static Role Parse(string text) => text == "Evaluator" ? Role.Person : Enum.Parse<Role>(text);
}

/// <param name="Name">The enterprise's, or the person's.</param>
/// <param name="CreditCode">Of the enterprise; empty for a person.</param>
public sealed record Account(string UserName, Role Role, string Name, string CreditCode)
{
    /// <summary>What it can be logged in to with: an enterprise's may be several, one of each who acts for it; a person's is one.</summary>
    public IReadOnlyList<BoundCertificate> Certificates { get; init; } = [];

    public bool IsBound => Certificates.Count > 0;
}

/// <param name="Serial">As of its last login here: a renewal gives it another.</param>
/// <param name="Name">Of its subject. This and what follows is empty for one that was bound under an earlier release, and all but the last until it logs in by a scan.</param>
/// <param name="Ca">Who issued it.</param>
public sealed record BoundCertificate(string Serial, string Name, string Ca, DateTimeOffset? NotAfter, DateTimeOffset? BoundAt);
