using Bzt.BidTool.Sessions;
using Bzt.BidTool.Terminal;
using Bzt.Contracts;
using Bzt.Contracts.Platforms;
using Bzt.Documents.Pdf;
using Bzt.Documents.Seals;

namespace Bzt.BidTool.Commands;

/// <summary>
/// Seals a PDF at its nodes, one confirmation each: a later signature covers the earlier one's bytes, so it can be asked for only when that is
/// there. The output gets its name when the last seal is in.
/// </summary>
internal sealed class SealCommand(UserInterface ui, ToolLogin login)
{
    public async Task RunAsync(string input, IReadOnlyList<SealNode> nodes, string output, CancellationToken stop)
    {
        using var sessions = new ToolSessions(login, ui);
        var signer = await sessions.Client.GetSignerAsync(login.Enterprise.CreditCode, stop);
        var picture = SealDrawing.Enterprise(signer.Enterprise.Name);
        var name = Path.GetFileName(input);
        var current = input;
        var steps = new List<string>();
        try
        {
            for (var i = 0; i < nodes.Count; i++)
            {
                var next = $"{output}.{Guid.NewGuid():N}.sealing";
                steps.Add(next);
                await SealAsync(sessions, signer, picture, current, next, nodes[i], name, $"扫码签章：{name}（第 {i + 1}/{nodes.Count} 处）", stop);
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

    private static async Task SealAsync(
        ToolSessions sessions, SignerInfo signer, SealPicture picture, string input, string output, SealNode node, string name, string purpose, CancellationToken stop)
    {
        var time = DateTimeOffset.UtcNow;
        var appearance = new SealAppearance(node.Page, node.Left, node.Top, node.Width, picture, signer.Enterprise.Name);
        var prepared = await PdfSealer.PrepareAsync(input, output, [appearance], new SignatureFieldInfo(time, signer.Enterprise.Name), stop);
        try
        {
            var attributes = CmsSeal.SignedAttributes(prepared.Sm3Digest, signer.SigningCertificate, name, time);
            var (_, result) = await sessions.RunAsync(
                new CreateSessionRequest(SessionKind.Seal) { Documents = [new DocumentRequest(SigningForms.CmsPdf, attributes)] }, purpose, null, null, stop);
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
