using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Bzt.Gateway.Hosting;

namespace Bzt.Gateway.Phones;

/// <summary>Decides whether a request carries a fresh DPoP proof made for it (RFC 9449 §4.3).</summary>
/// <remarks>
/// A proof is fresh when its <c>iat</c> is within a minute of our clock, or when it carries a nonce we gave within the last minute (§8), which is
/// how phones with a wrong clock get in. Either way its <c>jti</c> is used up.
/// </remarks>
internal sealed class DpopVerifier(PublicAddress address, DpopNonces nonces, DeviceKeys keys, IReplayWindow replays, TimeProvider time)
{
    public static readonly TimeSpan Window = TimeSpan.FromSeconds(60);

    /// <param name="request">The request; its public address is ours, whatever its Host header says.</param>
    /// <param name="accessToken">The token sent along, null where there is none yet.</param>
    public async Task<DpopProof?> VerifyAsync(HttpRequest request, string? accessToken)
    {
        // 1. Exactly one proof. 2 to 7: well-formed and signed by the key in it.
        if (request.Headers["DPoP"] is not [{ } text] || !DpopProof.TryRead(text, keys, out var proof))
        {
            return null;
        }

        // 8. Made for this method.
        if (proof.Htm != request.Method)
        {
            return null;
        }

        // 9. Made for this address, query and fragment aside.
        if (proof.Htu != address.Of(request.Path))
        {
            return null;
        }

        // 10, 11. Fresh. After the replay window lost its memory (restart, flush), a proof without nonce could be one it has
        // seen before, until every such proof is too old: fail closed, the nonce is the way in.
        var now = time.GetUtcNow();
        var knownSince = await replays.KnownSinceAsync();
        if (proof.Nonce is not null)
        {
            if (!nonces.IsFresh(proof.Nonce, now, Window, knownSince))
            {
                return null;
            }
        }
        else
        {
            var made = DateTimeOffset.FromUnixTimeSeconds(proof.Iat);
            if ((now - made).Duration() > Window || made <= knownSince + Window)
            {
                return null;
            }
        }

        // 12. Made for this token.
        if (accessToken is not null && proof.Ath != Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(accessToken))))
        {
            return null;
        }

        // §11.1. Not seen before; last, so that only valid proofs cost memory. Twice the window: iat may be ahead of us.
        return await replays.TryUseAsync($"{proof.Jkt}.{proof.Jti}", now + (2 * Window)) ? proof : null;
    }

    /// <summary>Whoever made it is somebody we know, and will ask again.</summary>
    public void Remember(DpopProof proof) => keys.Remember(proof.Jkt);

    /// <summary>§8: tells the caller the nonce to make the next proof with.</summary>
    public void Challenge(HttpResponse response)
    {
        response.Headers["DPoP-Nonce"] = nonces.New(time.GetUtcNow());
        response.Headers.WWWAuthenticate = "DPoP error=\"use_dpop_nonce\", algs=\"ES256\"";
    }
}
