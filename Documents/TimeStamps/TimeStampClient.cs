using System.Net.Http.Headers;
using System.Security.Cryptography;
using Bzt.Documents.Seals;
using Bzt.Protocol;
using Bzt.Protocol.Primitives;
using Bzt.Protocol.TimeStamps;

namespace Bzt.Documents.TimeStamps;

/// <summary>Asks a time-stamp authority over HTTP (RFC 3161, 3.4): ours, or any other that stamps SM3 and signs with SM2.</summary>
public sealed class TimeStampClient(HttpClient http, Uri authority, IRandomSource random)
{
    private const string QueryType = "application/timestamp-query";

    /// <summary>A token with a chain of five certificates is a few kilobytes.</summary>
    private const int LargestReply = 64 * 1024;

    /// <summary>A token over a signature.</summary>
    /// <param name="signature">r‖s, 64 bytes.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <exception cref="CryptographicException">The authority gave none, or one that is not of this question.</exception>
    /// <exception cref="HttpRequestException">It cannot be reached.</exception>
    public async Task<byte[]> StampAsync(byte[] signature, CancellationToken cancellation = default)
    {
        if (!Sm2Signature.TryParseRaw(signature, out var parsed))
        {
            throw new ArgumentException("A signature is 64 octets, r‖s.", nameof(signature));
        }

        return await StampValueAsync(parsed!.ToDer(), cancellation);
    }

    /// <summary>A token over a signature of any kind.</summary>
    /// <param name="stamped">Its octets as they stand in the CMS.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <inheritdoc cref="StampAsync" path="/exception"/>
    public async Task<byte[]> StampValueAsync(byte[] stamped, CancellationToken cancellation = default)
    {
        var query = TimeStampQuery.Over(stamped, random);
        using var content = new ByteArrayContent(query.Encode());
        content.Headers.ContentType = new MediaTypeHeaderValue(QueryType);
        using var request = new HttpRequestMessage(HttpMethod.Post, authority) { Content = content };
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        response.EnsureSuccessStatusCode();
        await response.Content.LoadIntoBufferAsync(LargestReply, cancellation);
        var reply = await response.Content.ReadAsByteArrayAsync(cancellation);

        // Whether the authority is trusted is for who verifies; that the token is of this signature and of this question is for who asked.
        return TimeStampReply.TryReadToken(reply) is { } token
            && TimeStamp.Judge(token, stamped, []) is { Good: true }
            && SignedCms.TryRead(token, out _) is { Content: { } info } && TimeStampInfo.TryRead(info)?.Nonce == query.Nonce
                ? token
                : throw new CryptographicException("the time-stamp authority gave no stamp of this signature");
    }
}
