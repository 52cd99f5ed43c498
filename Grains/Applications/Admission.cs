using Bzt.Contracts.Phone;
using Bzt.Grains.Applications.Catalogue;

namespace Bzt.Grains.Applications;

/// <summary>What a submission turned out to be.</summary>
/// <param name="Kind">The administrator's way or the staff's, as the caller is.</param>
/// <param name="EnterpriseName">Empty for a personal certificate; so is the code.</param>
/// <param name="PersonName">For a personal certificate.</param>
/// <param name="Administrator">To be told, where he has to agree.</param>
internal sealed record Admission(
    ApplicationKind Kind, string EnterpriseName, CreditCode CreditCode, ChosenOffer Offer, IReadOnlyList<AuthorisationScope>? Permissions,
    string? PersonName, UserId? Administrator)
{
    /// <summary>The end a recovered certificate keeps.</summary>
    public DateTimeOffset? ValidUntil { get; init; }
}
