using Bzt.BidTool.Signing;
using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;
using Bzt.Documents.Pdf;
using Bzt.Documents.TimeStamps;
using Bzt.Protocol;
using Bzt.Protocol.Forms;
using static Bzt.BidTool.Terminal.Words;

namespace Bzt.BidTool.Commands;

/// <summary>What is to be sealed, and how.</summary>
/// <param name="Nodes">One signature each, in order.</param>
/// <param name="Across">骑缝章, after the nodes; one signature for all its strips.</param>
/// <param name="Kind">Which of the enterprise's seals.</param>
/// <param name="Picture">A PNG instead of the enterprise's own seal.</param>
/// <param name="Form">How the signature is written.</param>
/// <param name="TimeStamp">Each signature is stamped.</param>
/// <param name="Authority">By whom; null is our own authority.</param>
/// <param name="Certificate">Serial of the phone's certificate that is to sign; null: the one the service leads with.</param>
internal sealed record SealOrder(IReadOnlyList<SealNode> Nodes, AcrossPages? Across, SealKind Kind, string? Picture, SealSubFilter Form, bool TimeStamp, Uri? Authority, string? Certificate);

/// <summary>
/// Seals a PDF at its nodes, one confirmation each: a later signature covers the earlier one's bytes, so it can be asked for only when that is
/// there. The output gets its name when the last seal is in.
/// </summary>
internal sealed class SealCommand(Invocation invocation, bool inSession)
{
    /// <summary>Certificates and a time stamp.</summary>
    private const int Room = 16 * 1024;

    public async Task RunAsync(string input, SealOrder order, string output, CancellationToken stop)
    {
        if (!VisibleText.Is(Path.GetFileName(input)))
        {
            throw new ToolException(ErrorCodes.InvisibleCharacters, Say("文件名含有不可见或改变显示顺序的字符，请改名后重试", "The file's name has characters that cannot be seen or that change the order of others: rename it"));
        }

        using var bidder = await invocation.BidderAsync(new WantedCertificate(SessionKind.Seal, order.Certificate), tender: false, inSession, stop);
        var seal = order.Picture is { } file
            ? (EnterpriseSeals.Decode(await File.ReadAllBytesAsync(file, stop)), EnterpriseSeals.DrawnSealMm)
            : await bidder.FindSealAsync(order.Kind, stop);
        using var http = new HttpClient();
        var work = new SealWork(
            Path.GetFileName(input), order.Form,
            order.Form == SealSubFilter.Sm2Seal ? await bidder.ElectronicSealAsync(order.Kind, stop) : [],
            order.TimeStamp ? new TimeStampClient(http, order.Authority ?? bidder.TimeStamps ?? throw NoAuthority(), SystemRandom.Instance) : null);
        var places = PlacesOf(input, order, seal, bidder.Enterprise.Name);
        var current = input;
        var steps = new List<string>();
        try
        {
            for (var i = 0; i < places.Count; i++)
            {
                var next = $"{output}.{Guid.NewGuid():N}.sealing";
                steps.Add(next);
                await SealAsync(bidder, work, current, next, places[i], Say($"{work.DocumentName}（第 {i + 1}/{places.Count} 处）", $"{work.DocumentName} ({i + 1} of {places.Count})"), stop);
                current = next;
            }

            File.Move(current, output, overwrite: true);
        }
        finally
        {
            steps.ForEach(File.Delete);
        }

        invocation.Ui.Done(Say("已签章", "Sealed"), new Dictionary<string, object?> { ["file"] = output, ["seals"] = places.Count, ["enterprise"] = bidder.Enterprise.Name });
    }

    private static ToolException NoAuthority() => new("time_stamp_failed", Say("请用 --tsa 指定时间戳服务，或先登录", "Name a time-stamp authority with --tsa, or log in first"));

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
                : throw new ToolException("seal_across_one_page", Say("骑缝章需要至少两页", "A seal across the pages needs two pages at least")));
        }

        return places;
    }

    private static async Task SealAsync(IBidder bidder, SealWork work, string input, string output, IReadOnlyList<SealAppearance> seals, string purpose, CancellationToken stop)
    {
        var time = DateTimeOffset.UtcNow;
        var field = new SignatureFieldInfo(time, bidder.Enterprise.Name, SubFilter: work.Form, ReservedBytes: Room + work.ElectronicSeal.Length, Digest: bidder.Digest);
        var prepared = await PdfSealer.PrepareAsync(input, output, seals, field, stop);
        try
        {
            await PdfSealer.CompleteAsync(prepared, await bidder.SealAsync(work, prepared.Digest, time, purpose, stop), CancellationToken.None);
        }
        catch
        {
            prepared.Discard();
            throw;
        }
    }
}
