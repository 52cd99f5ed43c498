using Bzt.Contracts;
using Bzt.Grains;
using Bzt.Grains.Csc;

namespace Bzt.Gateway.Csc;

/// <summary>POST credentials/authorize (§11.6): the hashes go to the credential's own phone, which asks its user; 202 until he has answered.</summary>
internal static class AuthorizeCredential
{
    public static void Map(IEndpointRouteBuilder group) => group.MapPost(Routes.Csc.AuthorizeCredential, HandleAsync).For(CscAccess.Service);

    private static async Task<IResult> HandleAsync(CscCall call, IGrainFactory grains, SignatureActivationData activations)
    {
        var (caller, body) = (call.Caller!, call.Body);
        if (body.Text("credentialID") is not { } credential)
        {
            return CscError.Missing("string", "credentialID");
        }

        if (body.Number("numSignatures") is not { } count)
        {
            return CscError.Missing("integer", "numSignatures");
        }

        var (digests, fault) = Digests(body);
        if (digests is null)
        {
            return fault!;
        }

        if (HashRequest.Check(body.Text("hashAlgorithmOID"), digests, count) is { } wrong)
        {
            return wrong;
        }

        if (await HashRequest.FindAsync(credential, caller.Platform, grains) is not { } facts || facts.Holder != caller.User)
        {
            return CscError.Invalid("credentialID");
        }

        var session = new SessionId(Guid.CreateVersion7());
        var reply = await grains.SignatureActivation(session).Push(new PushHashes(HashRequest.Session(caller.Platform, facts, digests, pushed: true)));
        if (reply is not Done<DateTimeOffset>(var expires))
        {
            return reply is Refused<DateTimeOffset>({ Code: RefusalCode.RateLimited })
                ? new CscError(CscError.TemporarilyUnavailable, "Too many requests", StatusCodes.Status429TooManyRequests)
                : new CscError(CscError.UnauthorizedClient, "The client is not authorized to use this method");
        }

        return Results.Json(
            new CscHandle(activations.IssueHandle(new Activation(session.Value, caller.Platform.Platform.Value, caller.User.Value, expires + SignatureActivationData.Lifetime))),
            CscJson.Wire.CscHandle, statusCode: StatusCodes.Status202Accepted);
    }

    /// <summary>Bare hashes, or hashes with labels as in authorization_details.</summary>
    private static (IReadOnlyList<Digest>? Digests, CscError? Fault) Digests(CscObject body)
    {
        var labelled = body.Has("documentDigests");
        List<(string? Hash, string? Label)>? given = labelled
            ? body.Objects("documentDigests")?.Select(entry => (entry.Text("hash"), entry.Text("label"))).ToList()
            : body.Texts("hashes")?.Select(hash => ((string?)hash, body.Text("description"))).ToList();
        if (given is null)
        {
            return (null, CscError.Missing("array", labelled ? "documentDigests" : "hashes"));
        }

        if (given.Count == 0)
        {
            return (null, new CscError(CscError.InvalidRequest, "Empty hash array"));
        }

        var digests = new List<Digest>();
        foreach (var (text, label) in given)
        {
            if (!HashRequest.TryReadHash(text, out var hash))
            {
                return (null, new CscError(CscError.InvalidRequest, "Invalid Base64 hash string parameter"));
            }

            digests.Add(new Digest(hash, HashRequest.Label(label, digests.Count)));
        }

        return (digests, null);
    }
}

internal sealed record CscHandle(string Handle);
