using System.Buffers.Text;
using System.Text.Json;
using Bzt.Contracts;
using Bzt.Contracts.Platforms;
using Bzt.Documents.BidFiles;
using Bzt.Protocol.Forms;
using Bzt.Protocol;
using Bzt.Protocol.Arithmetic;
using Bzt.Protocol.Evidence;
using Bzt.Protocol.Rounds;
using Bzt.Protocol.Secrets;
using Bzt.Samples.TradingPlatform.Data;
using Bzt.Samples.TradingPlatform.Qr;
using Bzt.Samples.TradingPlatform.Tenders;
using Microsoft.Extensions.Options;

namespace Bzt.Samples.TradingPlatform.Openings;

/// <summary>
/// 扫码解密 in the opening hall: the bidder's phone opens every section of its bid with one confirmation, for this server, and says so on its
/// screen. What became of it is reported to the service, whose signed record of the file anybody can verify.
/// </summary>
internal sealed class BidOpening(TenderStore tenders, TenderOpenings openings, PlatformClient client, IOptions<PlatformOptions> options, TimeProvider clock)
{
    public static void Map(WebApplication app)
    {
        app.MapPost("/qr/tenders/{id}/opening", async (string id, HttpContext context, AccountStore accounts, BidOpening opening) =>
            accounts.Of(context.User) is { Role: Role.Bidder } bidder
                ? await opening.StartAsync(id, bidder, context)
                : QrEndpoints.Refuse("只有投标人可以解密自己的投标文件", StatusCodes.Status403Forbidden)).RequireAuthorization();
        app.MapGet("/tenders/{id}/opening/{bidder}/record.json", (string id, string bidder, BidOpening opening, CancellationToken aborted) => opening.RecordAsync(id, bidder, aborted)).AddEndpointFilter<ServiceFilter>();
    }

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

        try
        {
            // Whether it is time is the service's word: opening_not_begun, opening_ended.
            return await openings.AnnounceAsync(tender, context.RequestAborted) is not { } opening
                ? QrEndpoints.Refuse(clock.GetUtcNow() < tender.OpeningTime ? "尚未到开标时间" : "已过解密截止时间")
                : await PrepareAsync(tender, opening, bidder, bid, context.RequestAborted) is { } request
                    ? await QrEndpoints.StartAsync(context, request)
                    : QrEndpoints.Refuse("加密投标文件所用的证书当前不可用：已锁定、冻结、过期或注销，未绑定，或无解密授权。请恢复该证书，或联系企业管理员");
        }
        catch (Exception exception) when (QrEndpoints.IsAway(exception))
        {
            return QrEndpoints.Away();
        }
        catch (ApiRefusedException exception)
        {
            return QrEndpoints.Refuse(exception.Problem.Title);
        }
        catch (BidFileException)
        {
            return QrEndpoints.Refuse("本平台保存的投标文件已损坏，请联系平台");
        }
    }

    /// <summary>Null when no certificate of the bidder that is in force opens the file.</summary>
    private async Task<QrRequest?> PrepareAsync(Tender tender, AnnouncedOpening opening, Account bidder, Bid bid, CancellationToken cancellation)
    {
        // The file names the certificate, whichever the enterprise has bound since; it may have been renewed: the phone keeps the keys of the past.
        var signer = await client.GetSignerAsync(bidder.CreditCode, cancellation);
        await using var reader = await BidFileReader.OpenAsync(openings.PathOf(bid), cancellation);
        if (BidRecipients.Of(reader, signer, SessionKind.Decrypt) is not { } recipient)
        {
            return null;
        }

        var wrapped = reader.KeysFor(recipient.EncryptionSerials).OrderBy(key => key.Section).ToList();
        var project = tender.Project;
        // One-time: with this flow it comes and goes, and what the phone sends is good for nobody else.
        var toolKey = SecretScalar.Random(SystemRandom.Instance);
        var request = new DecryptionRequest(
            Sm2Group.MultiplyBase(toolKey.Value).Encode(), DecryptionRecipient.PlatformServer, recipient.EncryptionSerial,
            [.. wrapped.Select(key => new WrappedKey(VisibleText.Show(reader.Header.Sections[key.Section].Name), key.Ciphertext) { EncryptionSerial = key.SerialNumber })]);
        var task = DecryptionTasks.Create(request, options.Value.Bzt.ClientId, project) ?? throw new InvalidDataException("A received bid has keys that do not decode.");
        return new QrRequest(new CreateSessionRequest(SessionKind.Decrypt)
        {
            Project = project,
            Decryption = request,
            Enterprise = new EnterpriseInfo(bidder.Name, bidder.CreditCode),
            Opening = new OpeningReference(opening.Id, [bid.CreditCode]),
        })
        {
            Fragment = Base64Url.EncodeToString(task.Binding),
            CheckCode = task.CheckCode,
            Ended = _ => toolKey.Dispose(),
            Finish = async (session, result) =>
            {
                using (toolKey)
                {
                    var points = result.Decryption is { } parts
                        ? Decryption.Combine(toolKey, session.ToString("D"), task, parts.PhoneParts, parts.SiloParts, SystemRandom.Instance)
                        : null;
                    return await OpenAsync(tender, bid, session, wrapped, points);
                }
            },
        };
    }

    /// <summary>Opens every section, keeps what is read aloud, and reports. Once the phone has confirmed, a browser that goes away does not stop it.</summary>
    private async Task<QrOutcome> OpenAsync(Tender tender, Bid bid, Guid session, List<WrappedSectionKey> wrapped, IReadOnlyList<Point>? points)
    {
        var folder = FolderOf(bid);
        var partial = $"{folder}.{Guid.NewGuid():N}.partial";
        IReadOnlyList<OpenedSection> sections = [];
        var outcome = OpeningOutcome.PartsRefused;
        try
        {
            if (points is not null)
            {
                await using var reader = await BidFileReader.OpenAsync(openings.PathOf(bid), CancellationToken.None);
                Directory.CreateDirectory(partial);
                sections = await BidFileOpening.OpenAsync(reader, wrapped, points, name => Path.Combine(partial, name));
                outcome = BidFileOpening.OutcomeOf(sections);
            }

            if (outcome == OpeningOutcome.Opened && !Directory.Exists(folder))
            {
                Directory.Move(partial, folder);
            }
        }
        catch (Exception exception) when (exception is BidFileException or IOException or UnauthorizedAccessException)
        {
            outcome = BidFileOpening.OutcomeOf(exception);
        }
        finally
        {
            if (Directory.Exists(partial))
            {
                Directory.Delete(partial, recursive: true);
            }
        }

        var done = outcome == OpeningOutcome.Opened;
        var note = OpeningWords.Of(outcome);
        tenders.KeepOpening(
            bid.TenderId, bid.CreditCode, new Opening(done, note, clock.GetUtcNow(), done ? ReadAloud.Of(folder) : []),
            new OpeningReport(session, outcome, [.. sections.Select(section => new OpeningSection(section.Name, section.Outcome))]));
        try
        {
            await openings.ReportAsync(CancellationToken.None);
        }
        catch (Exception exception) when (QrEndpoints.IsAway(exception))
        {
            // It is kept, and reported when the service is back.
        }

        return done ? new QrOutcome($"/tenders/{tender.Id}/opening") : QrOutcome.Refused(note);
    }

    /// <summary>The service's signed record of one bid, for whoever wants to keep it and verify it: <c>bidtool evidence verify</c>.</summary>
    private async Task<IResult> RecordAsync(string tenderId, string bidder, CancellationToken aborted)
    {
        if (tenders.Find(tenderId) is not { Announced: { } opening } tender || clock.GetUtcNow() < tender.OpeningTime || tenders.FindBid(tenderId, bidder) is null)
        {
            return Results.NotFound();
        }

        var record = await client.GetOpeningRecordAsync(opening.Id, bidder, aborted);
        return Results.File(JsonSerializer.SerializeToUtf8Bytes(record, BztJson.Default.SignedOpeningRecord), "application/json", $"开标记录-{tenderId}-{bidder}.json");
    }

    public string FolderOf(Bid bid) => Path.Combine(tenders.OpenedFolder, $"{bid.TenderId}-{bid.CreditCode}");
}
