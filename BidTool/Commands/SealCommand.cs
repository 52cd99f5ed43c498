using System.Security.Cryptography;
using Bzt.BidTool.Sessions;
using Bzt.BidTool.Terminal;
using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;
using Bzt.Documents.Pdf;
using Bzt.Documents.Seals;
using Bzt.Documents.TimeStamps;
using Bzt.Protocol;

namespace Bzt.BidTool.Commands;

/// <summary>What is to be sealed, and how.</summary>
/// <param name="Nodes">One signature each, in order.</param>
/// <param name="Across">骑缝章, after the nodes; one signature for all its strips.</param>
/// <param name="Kind">Which of the enterprise's seals.</param>
/// <param name="Form">How the signature is written.</param>
/// <param name="TimeStamp">Each signature is stamped.</param>
/// <param name="Authority">By whom; null is our own authority.</param>
internal sealed record SealOrder(IReadOnlyList<SealNode> Nodes, AcrossPages? Across, SealKind Kind, SealSubFilter Form, bool TimeStamp, Uri? Authority);

/// <summary>
/// Seals a PDF at its nodes, one confirmation each: a later signature covers the earlier one's bytes, so it can be asked for only when that is
/// there. The output gets its name when the last seal is in.
/// </summary>
internal sealed class SealCommand(UserInterface ui, LoginProfile profile, bool inSession)
{
    /// <summary>The customary round seal of an enterprise.</summary>
    private const double DrawnSealMm = 42;

    /// <summary>Certificates and a time stamp.</summary>
    private const int Room = 16 * 1024;

    public async Task RunAsync(string input, SealOrder order, string output, CancellationToken stop)
    {
        var login = profile.Load();
        using var sessions = new ToolSessions(login, ui);
        var sealing = inSession ? new ToolSealing(sessions, profile, login, ui) : null;
        var signer = await sessions.Client.GetSignerAsync(login.Enterprise.CreditCode, stop);
        var seal = await FindAsync(sessions, signer, order.Kind, stop);
        using var http = new HttpClient();
        var work = new Work(
            sessions, sealing, signer, Path.GetFileName(input), order.Form,
            order.Form == SealSubFilter.Sm2Seal ? await ElectronicSealAsync(sessions, signer, order.Kind, stop) : [],
            order.TimeStamp ? new TimeStampClient(http, order.Authority ?? new Uri(login.Bzt, Routes.TimeStamps), SystemRandom.Instance) : null);
        var places = PlacesOf(input, order, seal, signer.Enterprise.Name);
        var current = input;
        var steps = new List<string>();
        try
        {
            for (var i = 0; i < places.Count; i++)
            {
                var next = $"{output}.{Guid.NewGuid():N}.sealing";
                steps.Add(next);
                await SealAsync(work, current, next, places[i], $"扫码签章：{work.DocumentName}（第 {i + 1}/{places.Count} 处）", stop);
                current = next;
            }

            File.Move(current, output, overwrite: true);
        }
        finally
        {
            steps.ForEach(File.Delete);
        }

        ui.Done("已签章", new Dictionary<string, object?> { ["file"] = output, ["seals"] = places.Count, ["enterprise"] = signer.Enterprise.Name });
    }

    /// <summary>What each signature shows.</summary>
    private static List<IReadOnlyList<SealAppearance>> PlacesOf(string input, SealOrder order, (SealPicture Picture, double WidthMm) seal, string name)
    {
        List<IReadOnlyList<SealAppearance>> places = [.. order.Nodes.Select(node => (IReadOnlyList<SealAppearance>)
            [new SealAppearance(node.Page, node.Left, node.Top, node.Width ?? seal.WidthMm, seal.Picture, name)])];
        if (order.Across is { } across)
        {
            using var pdf = File.OpenRead(input);
            var pages = PdfSealer.CountPages(pdf);
            places.Add(pages > 1
                ? SealAppearance.AcrossPages(pages, across.Top, across.Width ?? seal.WidthMm, seal.Picture, name)
                : throw new ToolException("seal_across_one_page", "骑缝章需要至少两页"));
        }

        return places;
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

        return kind == SealKind.Enterprise ? (SealDrawing.Enterprise(signer.Enterprise.Name), DrawnSealMm) : throw Missing();
    }

    /// <summary>Nobody vouches for a seal that was drawn.</summary>
    private static async Task<byte[]> ElectronicSealAsync(ToolSessions sessions, SignerInfo signer, SealKind kind, CancellationToken stop)
    {
        try
        {
            return await sessions.Client.GetElectronicSealAsync(signer.Enterprise.CreditCode, kind, stop);
        }
        catch (ApiRefusedException refused) when (refused.Code == ErrorCodes.NotFound)
        {
            throw Missing();
        }
    }

    private static ToolException Missing() => new("seal_missing", "该企业尚无此印章，请先在标证通上传盖章的申请书并确认印章");

    private static async Task SealAsync(Work work, string input, string output, IReadOnlyList<SealAppearance> seals, string purpose, CancellationToken stop)
    {
        var time = DateTimeOffset.UtcNow;
        var field = new SignatureFieldInfo(time, work.Signer.Enterprise.Name, SubFilter: work.Form, ReservedBytes: Room + work.ElectronicSeal.Length);
        var prepared = await PdfSealer.PrepareAsync(input, output, seals, field, stop);
        try
        {
            var document = work.Ask(prepared.Sm3Digest, time);
            var request = new CreateSessionRequest(SessionKind.Seal) { Documents = [document] };
            var (_, result) = await (work.Sealing?.RunAsync(request, purpose, stop) ?? work.Sessions.RunAsync(request, purpose, null, null, stop));
            if (result.SigningSerial != work.Signer.SigningSerial)
            {
                throw new ToolException("other_certificate", "手机使用了另一张证书，请选择绑定在本平台的证书");
            }

            var signature = result.Signatures[0].Signature;
            await PdfSealer.CompleteAsync(prepared, work.Assemble(document, prepared.Sm3Digest, signature, await work.StampAsync(signature, stop)), CancellationToken.None);
        }
        catch
        {
            prepared.Discard();
            throw;
        }
    }

    /// <summary>What is the same for every signature of one command.</summary>
    private sealed record Work(
        ToolSessions Sessions, ToolSealing? Sealing, SignerInfo Signer, string DocumentName, SealSubFilter Form, byte[] ElectronicSeal, TimeStampClient? TimeStamps)
    {
        public DocumentRequest Ask(byte[] digest, DateTimeOffset time) => Form switch
        {
            SealSubFilter.Sm2Cms => new(SigningForms.GmPdf, GmCmsSeal.Form(digest, DocumentName).Content),
            SealSubFilter.Sm2Seal => new(SigningForms.Ses, SesSeal.Form(ElectronicSeal, digest, DocumentName, time).Content),
            _ => new(SigningForms.CmsPdf, CmsSeal.SignedAttributes(digest, Signer.SigningCertificate, DocumentName, time)),
        };

        public byte[] Assemble(DocumentRequest document, byte[] digest, byte[] signature, byte[]? timeStamp) => Form switch
        {
            SealSubFilter.Sm2Cms => GmCmsSeal.Assemble(digest, signature, Signer.SigningCertificate, Signer.Chain, timeStamp),
            SealSubFilter.Sm2Seal => SesSeal.Assemble(document.ToBeSigned, signature, Signer.SigningCertificate, timeStamp),
            _ => CmsSeal.Assemble(document.ToBeSigned, signature, Signer.SigningCertificate, Signer.Chain, timeStamp),
        };

        public async Task<byte[]?> StampAsync(byte[] signature, CancellationToken stop)
        {
            try
            {
                return TimeStamps is null ? null : await TimeStamps.StampAsync(signature, stop);
            }
            catch (Exception failed) when (failed is HttpRequestException or CryptographicException)
            {
                throw new ToolException("time_stamp_failed", "时间戳服务不可用，未签章；请稍后重试，或用 --tsa 换一个时间戳服务");
            }
        }
    }
}
