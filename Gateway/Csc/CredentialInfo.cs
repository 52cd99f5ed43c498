using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Serialization;
using Bzt.Contracts.Phone;
using Bzt.Grains.Certificates;

namespace Bzt.Gateway.Csc;

/// <summary>What a caller wants to know of credentials (§11.4, §11.5).</summary>
internal sealed record CredentialDetail(string Certificates, bool CertInfo, bool AuthInfo)
{
    public static (CredentialDetail? Detail, CscError? Fault) Read(CscObject body)
    {
        var certificates = body.Has("certificates") ? body.Text("certificates") : "single";
        return certificates is not ("none" or "single" or "chain") ? (null, CscError.Invalid("certificates"))
            : body.Flag("certInfo") is not { } certInfo ? (null, CscError.Invalid("certInfo"))
            : body.Flag("authInfo") is not { } authInfo ? (null, CscError.Invalid("authInfo"))
            : (new CredentialDetail(certificates, certInfo, authInfo), null);
    }
}

/// <param name="CredentialID">Only in a list.</param>
/// <param name="Scal">2: an authorisation is bound to the hashes.</param>
internal sealed record CscCredential(
    string? CredentialID,
    string Description,
    CscKey Key,
    CscCertificate Cert,
    CscAuth? Auth,
    [property: JsonPropertyName("SCAL")] string Scal,
    int Multisign,
    string Lang)
{
    public static CscCredential Of(CertificateFacts facts, CredentialDetail detail, bool named)
    {
        var issued = facts.Issued!;
        using var certificate = X509CertificateLoader.LoadCertificate(issued.SigningCertificate);
        IReadOnlyList<string>? certificates = detail.Certificates switch
        {
            "none" => null,
            "single" => [Convert.ToBase64String(issued.SigningCertificate)],
            _ => [Convert.ToBase64String(issued.SigningCertificate), .. issued.Chain.Select(Convert.ToBase64String)],
        };
        return new CscCredential(
            named ? facts.Certificate.Value.ToString("D") : null,
            facts.EnterpriseName,
            new CscKey(facts.State == CertificateState.Active ? "enabled" : "disabled", [HashRequest.Sm2WithSm3], 256, HashRequest.Sm2Curve),
            new CscCertificate(
                StatusOf(facts.State), certificates,
                detail.CertInfo ? NameOf(certificate.IssuerName) : null,
                detail.CertInfo ? issued.SigningSerial : null,
                detail.CertInfo ? NameOf(certificate.SubjectName) : null,
                detail.CertInfo ? TimeOf(issued.NotBefore) : null,
                detail.CertInfo ? TimeOf(issued.NotAfter) : null),
            // Nothing for the caller to collect: the phone asks for its PIN itself.
            new CscAuth("explicit", []),
            "2", HashRequest.Most, "zh-CN");
    }

    private static string StatusOf(CertificateState state) => state switch
    {
        CertificateState.Active => "valid",
        CertificateState.Expired => "expired",
        CertificateState.Revoked => "revoked",
        _ => "suspended",
    };

    /// <summary>RFC 4514: the last first.</summary>
    private static string NameOf(X500DistinguishedName name) => name.Decode(X500DistinguishedNameFlags.Reversed | X500DistinguishedNameFlags.UseCommas);

    private static string TimeOf(DateTimeOffset time) => time.UtcDateTime.ToString("yyyyMMddHHmmss'Z'", CultureInfo.InvariantCulture);
}

internal sealed record CscKey(string Status, IReadOnlyList<string> Algo, int Len, string Curve);

internal sealed record CscCertificate(
    string Status,
    IReadOnlyList<string>? Certificates,
    [property: JsonPropertyName("issuerDN")] string? IssuerDN,
    string? SerialNumber,
    [property: JsonPropertyName("subjectDN")] string? SubjectDN,
    string? ValidFrom,
    string? ValidTo);

internal sealed record CscAuth(string Mode, IReadOnlyList<string> Objects);
