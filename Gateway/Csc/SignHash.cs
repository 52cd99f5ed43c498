using Bzt.Contracts;
using Bzt.Grains;
using Bzt.Grains.Csc;
using Bzt.Protocol.Primitives;

namespace Bzt.Gateway.Csc;

/// <summary>POST signatures/signHash (§11.10): what the phone has signed, for whoever was authorised, each hash once, all of a call or none.</summary>
internal static class SignHash
{
    public static void Map(IEndpointRouteBuilder group) => group.MapPost(Routes.Csc.SignHash, HandleAsync).For(CscAccess.ServiceOrCredential);

    private static async Task<IResult> HandleAsync(CscCall call, IGrainFactory grains, SignatureActivationData activations, TimeProvider clock)
    {
        var (caller, body) = (call.Caller!, call.Body);
        if (Check(body, out var credential, out var hashes) is { } fault)
        {
            return fault;
        }

        // 1. The SAD, or a token of scope credential in its place: this caller's, and not expired.
        Activation? activation = null;
        if (body.Text("SAD") is { } sad)
        {
            activation = await activations.ReadSadAsync(sad);
            if (activation is null || !activation.IsOf(caller))
            {
                return CscError.Invalid("SAD");
            }
        }
        else if (caller.Credential is null || body.Has("SAD"))
        {
            return CscError.Missing("string", "SAD");
        }

        activation ??= SignatureActivationData.Of(caller);
        if (clock.GetUtcNow() >= activation.ExpiresAt)
        {
            return new CscError(CscError.InvalidRequest, "SAD expired");
        }

        // 2. The credential: still usable here, and its holder's.
        if (await HashRequest.FindAsync(credential, caller.Platform, grains) is not { } facts || facts.Holder != caller.User)
        {
            return CscError.Invalid("credentialID");
        }

        // 3. The hashes, exactly those the user confirmed, for the first time.
        return await grains.SignatureActivation(new SessionId(activation.Session)).Sign(new SignHashes(caller.Platform.Platform, facts.Certificate, hashes)) switch
        {
            Done<IReadOnlyList<byte[]>>(var signatures) => Results.Json(
                new CscSignatures([.. signatures.Select(signature => Convert.ToBase64String(Der(signature)))]), CscJson.Wire.CscSignatures),
            Refused<IReadOnlyList<byte[]>>({ Code: RefusalCode.DocumentRefused }) => new CscError(CscError.InvalidRequest, "Hash is not authorized by the SAD"),
            Refused<IReadOnlyList<byte[]>>({ Code: RefusalCode.SessionEnded }) => new CscError(CscError.InvalidRequest, "Hash is not authorized by the SAD: it was signed before"),
            _ => CscError.Invalid("SAD"),
        };
    }

    private static CscError? Check(CscObject body, out string credential, out IReadOnlyList<byte[]> hashes)
    {
        (credential, hashes) = (body.Text("credentialID") ?? "", []);
        if (credential.Length == 0)
        {
            return CscError.Missing("string", "credentialID");
        }

        if (body.Texts("hashes") is not { } texts)
        {
            return CscError.Missing("array", "hashes");
        }

        if (texts.Count is 0 or > HashRequest.Most)
        {
            return new CscError(CscError.InvalidRequest, texts.Count == 0 ? "Empty hash array" : "Numbers of signatures is too high");
        }

        if (body.Text("signAlgo") is not { } algorithm)
        {
            return CscError.Missing("string", "signAlgo");
        }

        if (algorithm != HashRequest.Sm2WithSm3)
        {
            return CscError.Invalid("signAlgo");
        }

        if (body.Has("hashAlgorithmOID") && body.Text("hashAlgorithmOID") != HashRequest.Sm3)
        {
            return CscError.Invalid("hashAlgorithmOID");
        }

        if (body.Has("operationMode") && body.Text("operationMode") != "S")
        {
            return CscError.Invalid("operationMode");
        }

        var read = new List<byte[]>();
        foreach (var text in texts)
        {
            if (!HashRequest.TryReadHash(text, out var hash))
            {
                return new CscError(CscError.InvalidRequest, "Invalid Base64 hash string parameter");
            }

            read.Add(hash);
        }

        hashes = read;
        return null;
    }

    /// <summary>SEQUENCE { r, s }, as for every signature algorithm on curves.</summary>
    private static byte[] Der(byte[] raw) => Sm2Signature.TryParseRaw(raw, out var signature) ? signature!.ToDer() : throw new InvalidOperationException("A stored signature is damaged.");
}

internal sealed record CscSignatures(IReadOnlyList<string> Signatures);
