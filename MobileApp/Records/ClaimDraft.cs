using Bzt.Contracts.Phone;

namespace Bzt.MobileApp.Records;

/// <summary>
/// What takes licence and form being filled in: a claim, a change of the enterprise's data, another administrator. The operation id is made
/// with it, so that submitting twice is submitting once.
/// </summary>
public sealed class ClaimDraft
{
    public Guid OperationId { get; set; } = Guid.NewGuid();

    public ApplicationKind Kind { get; set; } = ApplicationKind.Claim;

    /// <summary>The rejected application this one corrects.</summary>
    public Guid? Corrects { get; set; }

    public int Step { get; set; } = 1;

    public string CreditCode { get; set; } = "";

    public string EnterpriseName { get; set; } = "";

    public string LegalRepresentativeName { get; set; } = "";

    public string LegalRepresentativeIdNumber { get; set; } = "";

    public string? LicenceBlobId { get; set; }

    public string? FormBlobId { get; set; }

    public OfferSelection Offer { get; set; } = new();

    /// <summary>变更企业信息, after having been shown the bids that are not opened.</summary>
    public bool Insist { get; set; }

    public Task<ApplicationInfo> SubmitAsync(PhoneClient client) => (Kind, Corrects) switch
    {
        (ApplicationKind.Claim, null) => client.ClaimAsync(ToClaim()),
        (ApplicationKind.Claim, { } corrected) => client.ResubmitAsync(corrected, ToClaim()),
        (_, null) => client.ApplyAsync(ToRequest()),
        (_, { } corrected) => client.CorrectAsync(corrected, ToRequest()),
    };

    private ClaimRequest ToClaim() => new(
        OperationId, EnterpriseName.Trim(), CreditCode, LegalRepresentativeName.Trim(), LegalRepresentativeIdNumber,
        LicenceBlobId!, FormBlobId!, Offer.PlatformId, Offer.CaId, Offer.Years);

    private ApplicationRequest ToRequest() => new(OperationId, Kind)
    {
        EnterpriseName = EnterpriseName.Trim(), CreditCode = CreditCode,
        LegalRepresentativeName = LegalRepresentativeName.Trim(), LegalRepresentativeIdNumber = LegalRepresentativeIdNumber,
        LicenceBlobId = LicenceBlobId, FormBlobId = FormBlobId, PlatformId = Offer.PlatformId, CaId = Offer.CaId, Years = Offer.Years, Insist = Insist,
    };
}
