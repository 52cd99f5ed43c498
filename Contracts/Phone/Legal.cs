namespace Bzt.Contracts.Phone;

/// <summary>What a user agrees to. Face data separately, and only where face recognition is used (个人信息保护法 §29).</summary>
public enum LegalDocument { UserAgreement, PrivacyPolicy, FaceData }

/// <summary>A text in the version that is in force.</summary>
/// <param name="Text">Chinese, a paragraph a line; left out in the list.</param>
public sealed record LegalText(LegalDocument Document, string Version, DateOnly Date, string Title, string? Text = null);

/// <summary>What the user has agreed to before this login, in the versions he was shown.</summary>
public sealed record AcceptedVersions(string UserAgreement, string PrivacyPolicy);

/// <summary>Agrees to a text in force; another version is refused with <c>consent_required</c>.</summary>
public sealed record ConsentRequest(LegalDocument Document, string Version);
