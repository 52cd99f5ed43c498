using Bzt.Contracts.Phone;
using Bzt.Grains.Foundations;

namespace Bzt.Grains.Seals;

internal static class LetterSeals
{
    /// <summary>The enterprise's own round seal, as letters show it; null before it has one.</summary>
    public static async Task<LetterSeal?> FindAsync(IGrainFactory grains, IBlobStore blobs, CreditCode enterprise)
    {
        if ((await grains.EnterpriseSeals(enterprise).GetView())?.Seals.FirstOrDefault(seal => seal.Kind == SealKind.Enterprise) is not { } seal)
        {
            return null;
        }

        using var png = new MemoryStream();
        return await blobs.ReadAsync(SealOwners.Of(enterprise), new BlobId(seal.BlobId), png) ? new LetterSeal(png.ToArray(), seal.WidthMm) : null;
    }
}
