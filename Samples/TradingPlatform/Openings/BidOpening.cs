using System.Buffers.Text;
using System.Security.Cryptography;
using Bzt.Contracts;
using Bzt.Contracts.Platforms;
using Bzt.Documents.BidFiles;
using Bzt.Protocol;
using Bzt.Protocol.Arithmetic;
using Bzt.Protocol.Primitives;
using Bzt.Protocol.Rounds;
using Bzt.Protocol.Secrets;
using Bzt.Samples.TradingPlatform.Data;
using Bzt.Samples.TradingPlatform.Qr;
using Bzt.Samples.TradingPlatform.Tenders;
using Microsoft.Extensions.Options;

namespace Bzt.Samples.TradingPlatform.Openings;

/// <summary>
/// 扫码解密 in the opening hall: the bidder's phone opens every section of its bid with one confirmation, for this server, and says so on its
/// screen. Only from the opening time on, and only while the window for it is open.
/// </summary>
internal sealed class BidOpening(TenderStore tenders, PlatformClient client, IOptions<PlatformOptions> options, TimeProvider clock)
{
    private const string ReadAloud = "唱标信息";
    private const int MostFacts = 12;
    private const int LongestFact = 100;

    public static void Map(WebApplication app) => app.MapPost("/qr/tenders/{id}/opening", async (string id, HttpContext context, AccountStore accounts, BidOpening opening) =>
        accounts.Of(context.User) is { Role: Role.Bidder } bidder
            ? await opening.StartAsync(id, bidder, context)
            : QrEndpoints.Refuse("只有投标人可以解密自己的投标文件", StatusCodes.Status403Forbidden)).RequireAuthorization();

    private async Task<IResult> StartAsync(string tenderId, Account bidder, HttpContext context)
    {
        if (tenders.Find(tenderId) is not { } tender || tenders.FindBid(tenderId, bidder.CreditCode) is not { } bid)
        {
            return QrEndpoints.Refuse("贵单位没有递交本项目的投标文件", StatusCodes.Status404NotFound);
        }

        if (bid.IsOpen)
        {
            return QrEndpoints.Refuse("贵单位的投标文件已解密");
        }

        if (!IsOpen(tender))
        {
            return QrEndpoints.Refuse(clock.GetUtcNow() < tender.OpeningTime ? "尚未到开标时间" : "已过解密截止时间");
        }

        try
        {
            return await QrEndpoints.StartAsync(context, await PrepareAsync(tender, bidder, bid, context.RequestAborted));
        }
        catch (Exception exception) when (QrEndpoints.IsAway(exception))
        {
            return QrEndpoints.Away();
        }
        catch (ApiRefusedException exception)
        {
            return QrEndpoints.Refuse(exception.Problem.Title);
        }
    }

    private bool IsOpen(Tender tender) => clock.GetUtcNow() >= tender.OpeningTime && clock.GetUtcNow() < tender.OpeningTime + TenderStages.OpeningWindow;

    private async Task<QrRequest> PrepareAsync(Tender tender, Account bidder, Bid bid, CancellationToken cancellation)
    {
        var signer = await client.GetSignerAsync(bidder.CreditCode, cancellation);
        await using var reader = await BidFileReader.OpenAsync(PathOf(bid), cancellation);
        var wrapped = reader.WrappedKeys(signer.EncryptionSerial).OrderBy(key => key.Section).ToList();
        var project = new ProjectInfo(tender.Id, tender.Title, tender.OpeningTime);
        // One-time: with this flow it comes and goes, and what the phone sends is good for nobody else.
        var toolKey = SecretScalar.Random(SystemRandom.Instance);
        var request = new DecryptionRequest(
            Sm2Group.MultiplyBase(toolKey.Value).Encode(), DecryptionRecipient.PlatformServer, signer.EncryptionSerial,
            [.. wrapped.Select(key => new WrappedKey(reader.Header.Sections[key.Section].Name, key.Ciphertext))]);
        var task = DecryptionTasks.Create(request, options.Value.Bzt.ClientId, project) ?? throw new InvalidDataException("A received bid has keys that do not decode.");
        return new QrRequest(new CreateSessionRequest(SessionKind.Decrypt) { Project = project, Decryption = request, Enterprise = new EnterpriseInfo(bidder.Name, bidder.CreditCode) })
        {
            Fragment = Base64Url.EncodeToString(task.Binding),
            CheckCode = task.CheckCode,
            Ended = end =>
            {
                toolKey.Dispose();
                Keep(bid, false, Words(end), []);
            },
            Finish = async (session, result) =>
            {
                using (toolKey)
                {
                    var points = result.Decryption is { } parts
                        ? Decryption.Combine(toolKey, session.ToString("D"), task, parts.PhoneParts, parts.SiloParts, SystemRandom.Instance)
                        : null;
                    return points is null ? Failed(bid, "解密应答无法验证，请重试") : await OpenAsync(tender, bid, wrapped, points);
                }
            },
        };
    }

    /// <summary>Opens every section. Once the phone has confirmed, a browser that goes away does not stop it.</summary>
    private async Task<QrOutcome> OpenAsync(Tender tender, Bid bid, List<WrappedSectionKey> wrapped, IReadOnlyList<Point> points)
    {
        var folder = FolderOf(bid);
        var partial = $"{folder}.{Guid.NewGuid():N}.partial";
        await using var reader = await BidFileReader.OpenAsync(PathOf(bid), CancellationToken.None);
        Directory.CreateDirectory(partial);
        try
        {
            for (var i = 0; i < wrapped.Count; i++)
            {
                var name = reader.Header.Sections[wrapped[i].Section].Name;
                if (!Sm2Ciphertext.TryParse(wrapped[i].Ciphertext, out var ciphertext) || !ciphertext!.TryOpen(points[i], out var key))
                {
                    return Failed(bid, $"“{name}”的密钥校验未通过");
                }

                try
                {
                    await reader.OpenSectionAsync(wrapped[i].Section, key, Path.Combine(partial, name), null, CancellationToken.None);
                }
                finally
                {
                    CryptographicOperations.ZeroMemory(key);
                }
            }

            if (!Directory.Exists(folder))
            {
                Directory.Move(partial, folder);
            }

            Keep(bid, true, "解密成功", ReadFacts(Path.Combine(folder, ReadAloud)));
            return new QrOutcome($"/tenders/{tender.Id}/opening");
        }
        catch (BidFileException exception)
        {
            return Failed(bid, exception.Fault == BidFileFault.WrongKey ? "文件完好，密钥不符" : "投标文件已损坏");
        }
        finally
        {
            if (Directory.Exists(partial))
            {
                Directory.Delete(partial, recursive: true);
            }
        }
    }

    /// <summary>Lines of text "名称：值" in the first section: the price and whatever else is read aloud.</summary>
    private static List<Fact> ReadFacts(string folder)
    {
        var file = Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*.txt", SearchOption.AllDirectories).Order(StringComparer.Ordinal).FirstOrDefault() : null;
        return file is null ? [] : [.. File.ReadLines(file).Take(MostFacts)
            .Select(line => line.Split('：', 2))
            .Where(parts => parts is [{ Length: > 0 and <= LongestFact }, { Length: > 0 and <= LongestFact }])
            .Select(parts => new Fact(parts[0].Trim(), parts[1].Trim()))];
    }

    public string FolderOf(Bid bid) => Path.Combine(tenders.OpenedFolder, $"{bid.TenderId}-{bid.CreditCode}");

    private string PathOf(Bid bid) => Path.Combine(tenders.BidFolder, bid.FileName);

    private QrOutcome Failed(Bid bid, string note)
    {
        Keep(bid, false, note, []);
        return QrOutcome.Refused(note);
    }

    private void Keep(Bid bid, bool done, string note, IReadOnlyList<Fact> facts) => tenders.KeepOpening(bid.TenderId, bid.CreditCode, new Opening(done, note, clock.GetUtcNow(), facts));

    private static string Words(SessionEnd end) => end switch
    {
        SessionEnd.Refused => "投标人在手机上拒绝",
        SessionEnd.TimedOut => "扫码超时",
        SessionEnd.WrongPin => "PIN码错误，扫码超时",
        SessionEnd.Locked => "证书已锁定",
        SessionEnd.CertificateUnusable => "证书不可用",
        SessionEnd.Cancelled => "已取消，待重新扫码",
        _ => "通信失败",
    };
}
