using Bzt.Contracts;
using Bzt.Grains;
using Bzt.Grains.Certificates;

namespace Bzt.Gateway.Csc;

/// <summary>POST credentials/info (§11.5).</summary>
internal static class GetCredentialInfo
{
    public static void Map(IEndpointRouteBuilder group) => group.MapPost(Routes.Csc.CredentialInfo, HandleAsync).For(CscAccess.Service);

    private static async Task<IResult> HandleAsync(CscCall call, IGrainFactory grains)
    {
        if (call.Body.Text("credentialID") is not { } credential)
        {
            return CscError.Missing("string", "credentialID");
        }

        var (detail, fault) = CredentialDetail.Read(call.Body);
        if (detail is null)
        {
            return fault!;
        }

        var caller = call.Caller!;
        return Guid.TryParseExact(credential, "D", out var id) && await grains.GetGrain<ICertificateGrain>(id).GetFacts() is Done<CertificateFacts>({ Issued: not null } facts)
            && facts.Holder == caller.User && await HashRequest.ServesAsync(facts, caller.Platform, grains)
            ? Results.Json(CscCredential.Of(facts, detail, named: false), CscJson.Wire.CscCredential)
            : CscError.Invalid("credentialID");
    }
}
