using System.Security.Claims;
using Bzt.Grains.Accounts;
using Bzt.Grains;
using Bzt.Grains.Certificates;
using Bzt.Grains.Foundations;
using OpenIddict.Abstractions;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace Bzt.Gateway.OpenIdConnect;

/// <summary>The names of claims; docs/platforms/openid-connect.md says what they mean.</summary>
internal static class OpenIdClaims
{
    public const string CertificateSerial = "certificate_serial";
    public const string CaId = "ca_id";
    public const string CaName = "ca_name";
    public const string EnterpriseName = "enterprise_name";
    public const string CreditCode = "credit_code";
    public const string Role = "role";
    public const string SessionId = "sid";

    /// <summary>One way to log in, so one class: possession of the phone's key share, and its PIN, proven to the server.</summary>
    public const string Acr = "urn:bzt:acr:certificate";

    // In tokens only we can read.
    public const string Session = "bzt/session";
    public const string User = "bzt/user";
    public const string Certificate = "bzt/certificate";

    public static readonly string[] Published = [CertificateSerial, CaId, CaName, EnterpriseName, CreditCode, Role, Claims.Name, Claims.AuthenticationContextReference];

    /// <summary>RFC 8176: a key in software, a PIN, together more than one factor.</summary>
    public static readonly string[] Amr = ["swk", "pin", "mfa"];

    public static SessionId? SessionOf(ClaimsPrincipal? principal) => Guid.TryParse(principal?.GetClaim(Session), out var id) ? new SessionId(id) : null;

    public static UserId? UserOf(ClaimsPrincipal? principal) => Guid.TryParse(principal?.GetClaim(User), out var id) ? new UserId(id) : null;

    public static CertificateId? CertificateOf(ClaimsPrincipal? principal) => Guid.TryParse(principal?.GetClaim(Certificate), out var id) ? new CertificateId(id) : null;
}

/// <summary>What a platform is told of whoever confirmed.</summary>
internal sealed class LoginClaims(IGrainFactory grains, IKeyProtector protector, TimeProvider clock)
{
    public async Task<ClaimsPrincipal?> OfAsync(PlatformId platform, SessionId session, CertificateId certificate, IEnumerable<string> scopes)
    {
        if (await grains.Certificate(certificate).GetFacts() is not Done<CertificateFacts>({ Issued: { } issued } facts))
        {
            return null;
        }

        var identity = new ClaimsIdentity("certificate", Claims.Name, Claims.Role);
        identity.SetClaim(Claims.Subject, SubjectOf(platform, facts))
            .SetClaim(Claims.Name, facts.EnterpriseName)
            .SetClaim(OpenIdClaims.CertificateSerial, issued.SigningSerial)
            .SetClaim(OpenIdClaims.CaId, facts.Ca.Value)
            .SetClaim(OpenIdClaims.CaName, facts.CaName)
            .SetClaim(OpenIdClaims.Role, await RoleOfAsync(facts))
            .SetClaim(OpenIdClaims.SessionId, session.Value.ToString("N"))
            .SetClaim(Claims.AuthenticationContextReference, OpenIdClaims.Acr)
            .SetClaim(Claims.AuthenticationTime, clock.GetUtcNow().ToUnixTimeSeconds())
            .SetClaims(Claims.AuthenticationMethodReference, [.. OpenIdClaims.Amr])
            .SetClaim(OpenIdClaims.Session, session.Value.ToString("D"))
            .SetClaim(OpenIdClaims.User, facts.Holder.Value.ToString("D"))
            .SetClaim(OpenIdClaims.Certificate, certificate.Value.ToString("D"));
        if (facts.CreditCode is { Value.Length: > 0 } enterprise)
        {
            identity.SetClaim(OpenIdClaims.EnterpriseName, facts.EnterpriseName).SetClaim(OpenIdClaims.CreditCode, enterprise.Value);
        }

        identity.SetScopes(scopes);
        identity.SetDestinations(claim => claim.Type switch
        {
            OpenIdClaims.Session or OpenIdClaims.User or OpenIdClaims.Certificate => [Destinations.AccessToken],
            _ => [Destinations.AccessToken, Destinations.IdentityToken],
        });
        return new ClaimsPrincipal(identity);
    }

    /// <summary>
    /// Stable and of this platform alone: two platforms cannot tell by it that they know the same person. Of a person for an enterprise, since who
    /// acts for two has two accounts. It outlives renewal, recovery and a new phone.
    /// </summary>
    private string SubjectOf(PlatformId platform, CertificateFacts facts) =>
        protector.KeyedHash("openid-subject", $"{platform.Value}\0{facts.Holder.Value:N}\0{facts.CreditCode.Value}");

    private async Task<string> RoleOfAsync(CertificateFacts facts) =>
        facts.CreditCode is not { Value.Length: > 0 } enterprise ? "person"
        : await grains.Enterprise(enterprise).GetRole(facts.Holder) is Done<MemberRole>(MemberRole.Administrator) ? "administrator" : "staff";
}
