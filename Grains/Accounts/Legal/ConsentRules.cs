using System.Collections.Immutable;
using Bzt.Contracts.Phone;

namespace Bzt.Grains.Accounts.Legal;

/// <param name="Device">The device it was given on.</param>
/// <param name="WithdrawnAt">Only of what may be withdrawn without closing the account: face data.</param>
public sealed record Consent(LegalDocument Document, string Version, DateTimeOffset At, Guid Device, DateTimeOffset? WithdrawnAt = null);

/// <summary>What a user has agreed to. Every consent ever given stays on record; the newest of a document counts.</summary>
internal static class ConsentRules
{
    /// <summary>Without these nobody has an account.</summary>
    public static readonly ImmutableArray<LegalDocument> NeededToLogIn = [LegalDocument.UserAgreement, LegalDocument.PrivacyPolicy];

    /// <summary>Every one stays for ever, so they may not come without end.</summary>
    public static bool AreTooMany(UserState state, DateTimeOffset now) => state.Consents?.Count(consent => consent.At > now.AddDays(-1)) >= MostADay;

    private const int MostADay = 20;

    /// <summary>In force: this version, not withdrawn.</summary>
    public static bool Has(UserState state, LegalDocument document, string version) =>
        state.Consents?.LastOrDefault(consent => consent.Document == document) is { WithdrawnAt: null } newest && newest.Version == version;

    public static ImmutableArray<LegalDocument> Due(UserState state, LegalTexts texts) =>
        [.. NeededToLogIn.Where(document => !Has(state, document, texts.VersionOf(document)))];

    /// <summary>The state with what of this is new. A version that is not in force is none: nobody agrees to an old text any more.</summary>
    public static UserState Give(UserState state, IReadOnlyList<ConsentGiven> given, LegalTexts texts, DeviceId device, DateTimeOffset now)
    {
        var news = given.DistinctBy(one => one.Document)
            .Where(one => one.Version == texts.VersionOf(one.Document) && !Has(state, one.Document, one.Version))
            .Select(one => new Consent(one.Document, one.Version, now, device.Value)).ToList();
        return news.Count == 0 ? state : state with { Consents = [.. state.Consents ?? [], .. news] };
    }

    public static UserState Withdraw(UserState state, LegalDocument document, DateTimeOffset now) => state.Consents is not { } consents ? state : state with
    {
        Consents = [.. consents.Select(consent => consent.Document == document && consent.WithdrawnAt is null ? consent with { WithdrawnAt = now } : consent)],
    };
}
