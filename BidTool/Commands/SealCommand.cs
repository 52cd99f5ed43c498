using Bzt.BidTool.Sessions;
using Bzt.BidTool.Terminal;
using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;
using Bzt.Documents.Pdf;
using Bzt.Documents.Seals;

namespace Bzt.BidTool.Commands;

/// <summary>
/// Seals a PDF at its nodes, one confirmation each: a later signature covers the earlier one's bytes, so it can be asked for only when that is
/// there. The output gets its name when the last seal is in.
/// </summary>
internal sealed class SealCommand(UserInterface ui, LoginProfile profile, bool inSession)
{
    /// <summary>The customary round seal of an enterprise.</summary>
    private const double DrawnSealMm = 42;

    public async Task RunAsync(string input, IReadOnlyList<SealNode> nodes, SealKind kind, string output, CancellationToken stop)
    {
        var login = profile.Load();
        using var sessions = new ToolSessions(login, ui);
        var sealing = inSession ? new ToolSealing(sessions, profile, login, ui) : null;
        var signer = await sessions.Client.GetSignerAsync(login.Enterprise.CreditCode, stop);
        var seal = await FindAsync(sessions, signer, kind, stop);
        var name = Path.GetFileName(input);
        var current = input;
        var steps = new List<string>();
        try
        {
            for (var i = 0; i < nodes.Count; i++)
            {
                var next = $"{output}.{Guid.NewGuid():N}.sealing";
                steps.Add(next);
                await SealAsync(sessions, sealing, signer, seal, current, next, nodes[i], name, $"扫码签章：{name}（第 {i + 1}/{nodes.Count} 处）", stop);
                current = next;
            }

            File.Move(current, output, overwrite: true);
        }
        finally
        {
            steps.ForEach(File.Delete);
        }

        ui.Done("已签章", new Dictionary<string, object?> { ["file"] = output, ["seals"] = nodes.Count, ["enterprise"] = signer.Enterprise.Name });
    }

    /// <summary>The enterprise's own seal. Before it has one, its round seal is drawn from its name; a person's seal or hand is never made up.</summary>
    private static async Task<(SealPicture Picture, double WidthMm)> FindAsync(ToolSessions sessions, SignerInfo signer, SealKind kind, CancellationToken stop)
    {
        if (signer.Seals.FirstOrDefault(seal => seal.Kind == kind) is { } own)
        {
            return SealPicture.TryDecode(await sessions.Client.GetSealAsync(signer.Enterprise.CreditCode, kind, stop), out var picture)
                ? (picture!, own.WidthMm)
                : throw new ToolException("seal_unreadable", "企业印章的图片无法读取");
        }

        return kind == SealKind.Enterprise
            ? (SealDrawing.Enterprise(signer.Enterprise.Name), DrawnSealMm)
            : throw new ToolException("seal_missing", "该企业尚无此印章，请先在标证通上传盖章的申请书并确认印章");
    }

    private static async Task SealAsync(
        ToolSessions sessions, ToolSealing? sealing, SignerInfo signer, (SealPicture Picture, double WidthMm) seal, string input, string output, SealNode node, string name,
        string purpose, CancellationToken stop)
    {
        var time = DateTimeOffset.UtcNow;
        var appearance = new SealAppearance(node.Page, node.Left, node.Top, node.Width ?? seal.WidthMm, seal.Picture, signer.Enterprise.Name);
        var prepared = await PdfSealer.PrepareAsync(input, output, [appearance], new SignatureFieldInfo(time, signer.Enterprise.Name), stop);
        try
        {
            var attributes = CmsSeal.SignedAttributes(prepared.Sm3Digest, signer.SigningCertificate, name, time);
            var request = new CreateSessionRequest(SessionKind.Seal) { Documents = [new DocumentRequest(SigningForms.CmsPdf, attributes)] };
            var (_, result) = await (sealing?.RunAsync(request, purpose, stop) ?? sessions.RunAsync(request, purpose, null, null, stop));
            if (result.SigningSerial != signer.SigningSerial)
            {
                throw new ToolException("other_certificate", "手机使用了另一张证书，请选择绑定在本平台的证书");
            }

            var cms = CmsSeal.Assemble(attributes, result.Signatures[0].Signature, signer.SigningCertificate, signer.Chain);
            await PdfSealer.CompleteAsync(prepared, cms, CancellationToken.None);
        }
        catch
        {
            prepared.Discard();
            throw;
        }
    }
}
