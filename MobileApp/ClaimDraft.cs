using Bzt.Contracts.Phone;

namespace Bzt.MobileApp;

/// <summary>A claim being filled in. The operation id is made with it, so that submitting twice is submitting once.</summary>
internal sealed class ClaimDraft
{
    public Guid OperationId { get; set; } = Guid.NewGuid();

    /// <summary>The rejected application this one corrects.</summary>
    public Guid? Corrects { get; set; }

    public int Step { get; set; } = 1;

    public string CreditCode { get; set; } = "";

    public string EnterpriseName { get; set; } = "";

    public string LegalRepresentativeName { get; set; } = "";

    public string LegalRepresentativeIdNumber { get; set; } = "";

    public string? LicenceBlobId { get; set; }

    public string? FormBlobId { get; set; }

    public string Province { get; set; } = "";

    public string PlatformId { get; set; } = "";

    public string CaId { get; set; } = "";

    public int Years { get; set; }

    public ClaimRequest ToRequest() => new(
        OperationId, EnterpriseName.Trim(), CreditCode, LegalRepresentativeName.Trim(), LegalRepresentativeIdNumber,
        LicenceBlobId!, FormBlobId!, PlatformId, CaId, Years);
}
