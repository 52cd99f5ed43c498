namespace Bzt.Contracts.Phone;

/// <summary>
/// 支付宝认证 (M016) and 中金认证 (M015): name and ID number; the person goes through the provider's own page. The face is looked at there and nowhere
/// else, and only with a consent to <see cref="LegalDocument.FaceData"/>.
/// </summary>
/// <param name="OperationId">Made by the phone; a repeat of the same id is the same check.</param>
public sealed record PageRealNameRequest(Guid OperationId, string Name, string IdNumber);

/// <summary>The ways that are open here; any one is enough.</summary>
public sealed record RealNameWays(IReadOnlyList<RealNameWay> Ways);

/// <summary>
/// The person is back: the provider's page sent the browser to <c>/app/real-name?operation=…&amp;state=…</c>. Coming back proves nothing; it only has
/// the provider asked at once.
/// </summary>
/// <param name="State">Of that address. It belongs to one operation.</param>
public sealed record RealNameReturn(string State);

public enum RealNameProgress
{
    /// <summary>For the person, while there is a page; otherwise for the provider.</summary>
    Waiting,
    Proven,
    Refused,
}

/// <summary>Where an operation stands.</summary>
/// <param name="PageUrl">The provider's page, to be opened now: another answer may hold another address.</param>
/// <param name="ExpiresAt">Until when the page can be gone through.</param>
/// <param name="ProviderAway">The provider was asked and did not answer; ask again.</param>
/// <param name="RealName">When proven.</param>
/// <param name="Code">When refused: one of <see cref="ErrorCodes"/>.</param>
/// <param name="Title">When refused: what to tell the user.</param>
public sealed record RealNameCheckInfo(
    Guid OperationId, RealNameWay Way, RealNameProgress Progress, string? PageUrl, DateTimeOffset? ExpiresAt, bool ProviderAway, RealNameInfo? RealName, string? Code, string? Title);
