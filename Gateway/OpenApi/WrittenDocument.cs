using System.Security.Cryptography;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Net.Http.Headers;
using Microsoft.OpenApi;

namespace Bzt.Gateway.OpenApi;

/// <summary>The document as octets: a gateway's endpoints never change, so it is built for the first who asks and for nobody else.</summary>
internal sealed class WrittenDocument(IOpenApiDocumentProvider provider)
{
    private readonly Lock building = new();
    private Task<(byte[] Octets, EntityTagHeaderValue Tag)>? built;

    public Task<(byte[] Octets, EntityTagHeaderValue Tag)> GetAsync()
    {
        lock (building)
        {
            return built is { IsFaulted: false } ? built : built = BuildAsync();
        }
    }

    private async Task<(byte[] Octets, EntityTagHeaderValue Tag)> BuildAsync()
    {
        var document = await provider.GetOpenApiDocumentAsync(CancellationToken.None);
        using var written = new MemoryStream();
        await document.SerializeAsJsonAsync(written, OpenApiSpecVersion.OpenApi3_1, CancellationToken.None);
        var octets = written.ToArray();
        return (octets, new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(octets)[..8])}\""));
    }
}
