using System.Buffers.Text;
using System.Globalization;
using System.Text.Json;
using Bzt.Gateway.Csc;
using Bzt.Grains;
using Bzt.Grains.Platforms;
using Bzt.Grains.Sessions;
using OpenIddict.Abstractions;

namespace Bzt.Gateway.OpenIdConnect;

/// <summary>scope=credential (CSC §8.4.2): the hashes of a request, as parameters or as authorization_details, become a session for the credential's phone alone.</summary>
internal static class CredentialRequest
{
    public static async Task<(CreateSession? Session, string? Fault)> ReadAsync(OpenIddictRequest request, PlatformFacts platform, IGrainFactory grains)
    {
        var asked = request["authorization_details"] is { } details ? FromDetails((string?)details) : FromParameters(request);
        if (asked is not var (credential, algorithm, digests, count) || HashRequest.Check(algorithm, digests, count) is not null)
        {
            return (null, "The hashes, their number or their algorithm are not as CSC 8.4.2 says.");
        }

        return await HashRequest.FindAsync(credential, platform, grains) is { } found
            ? (HashRequest.Session(platform, found, digests, pushed: false), null)
            : (null, "Invalid parameter credentialID");
    }

    private static (string? Credential, string? Algorithm, IReadOnlyList<Digest> Digests, int Count)? FromParameters(OpenIddictRequest request)
    {
        var description = (string?)request["description"];
        var digests = new List<Digest>();
        foreach (var text in ((string?)request["hashes"] ?? "").Split(','))
        {
            if (!HashRequest.TryReadHash(text, out var hash))
            {
                return null;
            }

            digests.Add(new Digest(hash, HashRequest.Label(description, digests.Count)));
        }

        return int.TryParse((string?)request["numSignatures"], NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            ? ((string?)request["credentialID"], (string?)request["hashAlgorithmOID"], digests, count)
            : null;
    }

    private static (string? Credential, string? Algorithm, IReadOnlyList<Digest> Digests, int Count)? FromDetails(string? text)
    {
        try
        {
            using var document = JsonDocument.Parse(text ?? "", new JsonDocumentOptions { MaxDepth = 8 });
            if (document.RootElement is not { ValueKind: JsonValueKind.Array } list || list.GetArrayLength() != 1)
            {
                return null;
            }

            var detail = new CscObject(list[0]);
            if (detail.Text("type") != AuthorizationServer.CredentialScope || detail.Objects("documentDigests") is not { Count: > 0 } entries)
            {
                return null;
            }

            var digests = new List<Digest>();
            foreach (var entry in entries)
            {
                if (!HashRequest.TryReadHash(entry.Text("hash"), out var hash))
                {
                    return null;
                }

                digests.Add(new Digest(hash, HashRequest.Label(entry.Text("label"), digests.Count)));
            }

            return (detail.Text("credentialID"), detail.Text("hashAlgorithmOID"), digests, digests.Count);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
