using Bzt.BidTool.Commands;
using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;
using Bzt.Documents.Pdf;
using Bzt.Documents.Seals;
using static Bzt.BidTool.Terminal.Words;

namespace Bzt.BidTool.Signing;

/// <summary>The enterprise's own seals. Before it has one, its round seal is drawn from its name; a person's seal or hand is never made up.</summary>
internal static class EnterpriseSeals
{
    /// <summary>The customary round seal of an enterprise.</summary>
    public const double DrawnSealMm = 42;

    public static async Task<(SealPicture Picture, double WidthMm)> FindAsync(PlatformClient client, SignerInfo signer, SealKind kind, CancellationToken stop) =>
        signer.Seals.FirstOrDefault(seal => seal.Kind == kind) is { } own
            ? (Decode(await client.GetSealAsync(signer.Enterprise.CreditCode, kind, stop)), own.WidthMm)
            : Draw(signer.Enterprise.Name, kind);

    /// <exception cref="ToolException">A seal that is not drawn.</exception>
    public static (SealPicture Picture, double WidthMm) Draw(string enterprise, SealKind kind) => kind == SealKind.Enterprise
        ? (SealDrawing.Enterprise(enterprise), DrawnSealMm)
        : throw Missing();

    public static ToolException Missing() => new("seal_missing", Say(
        "该企业尚无此印章，请先在标证通上传盖章的申请书并确认印章", "The enterprise has no such seal yet: upload the stamped form in the phone app and confirm its seals"));

    public static SealPicture Decode(byte[] png) => SealPicture.TryDecode(png, out var picture)
        ? picture!
        : throw new ToolException("seal_unreadable", Say("印章的图片无法读取", "The seal's picture cannot be read"));
}
