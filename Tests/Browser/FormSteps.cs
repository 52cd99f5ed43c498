using Bzt.Contracts.Phone;
using Bzt.Tests.Seals;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Bzt.Tests.Browser;

/// <summary>Photos into the app: of a licence, and of the printed form with its seals.</summary>
internal static class FormSteps
{
    /// <summary>Where the seal of the legal representative lies on a form that has it outside of its box, in millimetres.</summary>
    public const double StrayX = 107, StrayY = 236;

    public static readonly Lazy<byte[]> Sealed = new(() => new Shot().Take(new SyntheticPaper()));

    /// <summary>The legal representative's seal is where the system does not look for it.</summary>
    public static readonly Lazy<byte[]> Stray = new(() => new Shot().Take(new SyntheticPaper(legal: new PaperStamp((float)StrayX, (float)StrayY, 20, 0))));

    public static async Task UploadAsync(IPage page, string purpose, byte[] photo)
    {
        await page.SetInputFilesAsync($"[name={purpose}]", new FilePayload { Name = "photo.jpg", MimeType = "image/jpeg", Buffer = photo });
        await Expect(page.Locator($".field:has([name={purpose}])").GetByText("轻触可重新选择")).ToBeVisibleAsync();
    }

    /// <summary>The form, its three seals found, looked at and confirmed.</summary>
    public static async Task UploadSealedFormAsync(IPage page)
    {
        await UploadAsync(page, "form", Sealed.Value);
        await page.CheckAsync("[name=seals-confirmed]");
    }

    /// <summary>A spot of the paper in the photo, in parts of its width and height.</summary>
    public static (double X, double Y) SpotOf(byte[] photo, double x, double y)
    {
        var corners = BadPhotoTests.Around(photo, SealKind.LegalRepresentative, x, y, 1).Corners;
        return (corners.Average(corner => corner.X), corners.Average(corner => corner.Y));
    }
}
