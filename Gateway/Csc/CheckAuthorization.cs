using System.Text.Json.Serialization;
using Bzt.Contracts;
using Bzt.Contracts.Platforms;
using Bzt.Grains;
using Bzt.Grains.Csc;
using Bzt.Grains.Sessions;

namespace Bzt.Gateway.Csc;

/// <summary>POST credentials/authorizeCheck (§11.7): the SAD once the user has confirmed.</summary>
internal static class CheckAuthorization
{
    public static void Map(IEndpointRouteBuilder group) => group.MapPost(Routes.Csc.AuthorizeCheck, HandleAsync).For(CscAccess.Service);

    private static async Task<IResult> HandleAsync(CscCall call, IGrainFactory grains, SignatureActivationData activations, TimeProvider clock)
    {
        if (call.Body.Text("handle") is not { } handle)
        {
            return CscError.Missing("string", "handle");
        }

        var caller = call.Caller!;
        if (!activations.TryReadHandle(handle, out var activation) || !activation.IsOf(caller) || clock.GetUtcNow() >= activation.ExpiresAt
            || await grains.QrSession(new SessionId(activation.Session)).GetStatus(CscSessions.Requester(caller.Platform.Platform), null, TimeSpan.Zero) is not Done<SessionView>(var view))
        {
            return CscError.Invalid("handle");
        }

        return view.End switch
        {
            null => Results.Json(new CscHandle(handle), CscJson.Wire.CscHandle, statusCode: StatusCodes.Status202Accepted),
            SessionEnd.Ok => Results.Json(
                new CscSad(activations.IssueSad(activation), (int)(activation.ExpiresAt - clock.GetUtcNow()).TotalSeconds), CscJson.Wire.CscSad),
            SessionEnd.Locked => new CscError(CscError.InvalidRequest, "Credential locked"),
            SessionEnd.WrongPin => new CscError("invalid_authentication_data", "The authentication data is invalid"),
            SessionEnd.TimedOut => new CscError(CscError.AccessDenied, "The user did not confirm in time"),
            SessionEnd.CertificateUnusable => new CscError(CscError.InvalidRequest, "The credential identified by credentialID is disabled"),
            _ => new CscError(CscError.AccessDenied, "The user did not confirm"),
        };
    }
}

internal sealed record CscSad([property: JsonPropertyName("SAD")] string Sad, int ExpiresIn);
