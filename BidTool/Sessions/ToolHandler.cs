using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Bzt.Contracts.Phone;

namespace Bzt.BidTool.Sessions;

/// <summary>Adds the project token and a DPoP proof of the tool's key to every request; takes a nonce when the server asks for one (RFC 9449 §8).</summary>
internal sealed class ToolHandler(string token, IDeviceKey key) : DelegatingHandler(new SocketsHttpHandler())
{
    private string? nonce;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var content = request.Content is null ? null : await request.Content.ReadAsByteArrayAsync(cancellationToken);
        var response = await SendOnceAsync(request, cancellationToken);
        if (response.StatusCode == HttpStatusCode.Unauthorized && response.Headers.TryGetValues("DPoP-Nonce", out var fresh) && fresh.First() != nonce)
        {
            nonce = fresh.First();
            response.Dispose();
            using var again = new HttpRequestMessage(request.Method, request.RequestUri);
            foreach (var header in request.Headers.Where(header => header.Key is not ("DPoP" or "Authorization")))
            {
                again.Headers.TryAddWithoutValidation(header.Key, header.Value);
            }

            if (content is not null)
            {
                again.Content = new ByteArrayContent(content);
                again.Content.Headers.ContentType = request.Content!.Headers.ContentType;
            }

            response = await SendOnceAsync(again, cancellationToken);
        }

        return response;
    }

    private async Task<HttpResponseMessage> SendOnceAsync(HttpRequestMessage request, CancellationToken cancellation)
    {
        request.Headers.Authorization = new AuthenticationHeaderValue("DPoP", token);
        request.Headers.Remove("DPoP");
        request.Headers.Add("DPoP", await DpopProofs.CreateAsync(key, request.Method.Method, request.RequestUri!, DateTimeOffset.UtcNow, token, nonce));
        try
        {
            return await base.SendAsync(request, cancellation);
        }
        catch (SocketException exception)
        {
            // Of a connection that was made and gone at once .NET tells as the socket does, not as of every other.
            throw new HttpRequestException(HttpRequestError.ConnectionError, exception.Message, exception);
        }
    }
}
