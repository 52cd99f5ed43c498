using Bzt.Documents.Pdf;
using Bzt.Documents.Seals;

namespace Bzt.Tests.Documents;

internal static class TestPictures
{
    public static readonly SealPicture Round = SealDrawing.Enterprise("宜昌测试建设有限公司");
}
