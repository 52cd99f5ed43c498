using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Gateway.Certificates;
using Bzt.Gateway.Sessions;
using Bzt.Grains;
using Bzt.Grains.Certificates;

namespace Bzt.Gateway.Csc;

/// <summary>POST credentials/list (§11.4): the caller's own that may serve this platform, and nobody else's.</summary>
internal static class ListCredentials
{
    public static void Map(IEndpointRouteBuilder group) => group.MapPost(Routes.Csc.ListCredentials, HandleAsync).For(CscAccess.Service);

    private static async Task<IResult> HandleAsync(CscCall call, IGrainFactory grains, ICertificateDirectory certificates, CancellationToken aborted)
    {
        if (call.Body.Has("userID"))
        {
            return new CscError(CscError.InvalidRequest, "userID parameter MUST be null");
        }

        var (detail, fault) = CredentialDetail.Read(call.Body);
        if (detail is null)
        {
            return fault!;
        }

        if (call.Body.Flag("credentialInfo") is not { } described)
        {
            return CscError.Invalid("credentialInfo");
        }

        if (call.Body.Flag("onlyValid") is not { } onlyValid)
        {
            return CscError.Invalid("onlyValid");
        }

        var caller = call.Caller!;
        var found = new List<CertificateFacts>();
        foreach (var id in await certificates.OfHolderAsync(caller.User, aborted))
        {
            if (await grains.Certificate(id).GetFacts().IfReadableAsync() is Done<CertificateFacts>({ Issued: not null } facts) && facts.Holder == caller.User
                && (!onlyValid || facts.State == CertificateState.Active) && await HashRequest.ServesAsync(facts, caller.Platform, grains))
            {
                found.Add(facts);
            }
        }

        return Results.Json(
            new CscCredentialList(
                [.. found.Select(facts => facts.Certificate.Value.ToString("D"))],
                described ? [.. found.Select(facts => CscCredential.Of(facts, detail, named: true))] : null,
                onlyValid ? true : null),
            CscJson.Wire.CscCredentialList);
    }
}

internal sealed record CscCredentialList(IReadOnlyList<string> CredentialIDs, IReadOnlyList<CscCredential>? CredentialInfos, bool? OnlyValid);
