using System.Security.Cryptography;
using System.Text;
using Bzt.Grains.Enterprises;
using Bzt.Grains.Foundations;
using Bzt.Grains.Providers.Licences;
using Bzt.Grains.Seals;
using Microsoft.Extensions.Logging;

namespace Bzt.Grains.Applications;

internal sealed partial class LicenceGrain(ILicenceReader reader, IBlobStore blobs, ILogger<LicenceGrain> log) : Grain, ILicenceGrain
{
    public async Task<Reply<LicenceFields>> Read(string blobId)
    {
        if (!reader.IsOffered)
        {
            return new Refusal(RefusalCode.LicenceReadingClosed);
        }

        // 1. The user's own, and a picture.
        using var content = new MemoryStream();
        if (!await blobs.ReadAsync(SealOwners.Of(new UserId(this.GetPrimaryKey())), new BlobId(blobId), content))
        {
            return new Refusal(RefusalCode.BlobUnknown);
        }

        var picture = content.GetBuffer().AsMemory(0, (int)content.Length);
        if (MediaTypeOf(picture.Span) is not { } mediaType)
        {
            return new Refusal(RefusalCode.BlobTypeNotAllowed);
        }

        // 2. The same picture of the same user is the same reading: asked for again after trouble it is charged once.
        switch (await reader.ReadAsync(picture, mediaType, RequestId(blobId)))
        {
            case LicenceReading.Read(var name, var code, var person):
                // 3. A code that was misread is worse than none.
                var fields = new LicenceFields(name, CreditCodes.TryParse(code, out var right) ? right.Value : null, person);
                return fields is { EnterpriseName: null, CreditCode: null, LegalRepresentative: null } ? new Refusal(RefusalCode.LicenceUnreadable) : fields;
            case LicenceReading.NotReadable:
                return new Refusal(RefusalCode.LicenceUnreadable);
            case LicenceReading.Unavailable(var reason):
                LogUnavailable(reason);
                return new Refusal(RefusalCode.ProviderUnavailable);
            default:
                throw new InvalidOperationException("No such reading.");
        }
    }

    private static string? MediaTypeOf(ReadOnlySpan<byte> picture) =>
        picture.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]) ? "image/jpeg"
        : picture.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G']) ? "image/png"
        : null;

    // A blob's id is of its owner and its content; the provider is not told it.
    private static string RequestId(string blobId) => Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes($"licence/{blobId}")).AsSpan(0, 16));

    [LoggerMessage(Level = LogLevel.Warning, Message = "The licence reader is unavailable: {Reason}")]
    private partial void LogUnavailable(string reason);
}
