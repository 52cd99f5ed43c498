using Bzt.Documents.Pdf;
using Bzt.Documents.Seals;

namespace Bzt.Tests.Documents;

internal static class TestPictures
{
    public static readonly SealPicture Round = SealDrawing.Enterprise("宜昌测试建设有限公司");

    /// <summary>Four pixels: clear, red, half red, black.</summary>
    public static readonly SealPicture Small = SealPicture.FromRgba(2, 2, [0, 0, 0, 0, 255, 0, 0, 255, 255, 0, 0, 128, 0, 0, 0, 255]);
}
