using System.Collections.Concurrent;
using System.Security.Cryptography;
using Bzt.Contracts;
using Bzt.Contracts.Platforms;
using Bzt.Documents.BidFiles;
using Bzt.Samples.TradingPlatform.Data;
using Bzt.Samples.TradingPlatform.Qr;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace Bzt.Samples.TradingPlatform.Tenders;

/// <summary>
/// <c>PUT /tenders/{id}/bid</c>, from the page or a program. The file is streamed to disk under a temporary name, and received only when it is a
/// whole bid file of this bidder for this tender, signed under the bidder's own CA: half a file is never a bid, and nobody learns at the opening that it cannot be read.
/// A new bid lies beside the one before until the database names it: whatever happens between, bid and file are of one another.
/// </summary>
internal static class BidUpload
{
    private const long LargestBid = 4L << 30;

    private static readonly ConcurrentDictionary<(string Tender, string Bidder), bool> UnderWay = new();

    public static void MapBidUpload(this WebApplication app) => app.MapPut("/tenders/{tenderId}/bid", ReceiveAsync).RequireAuthorization();

    private static async Task<IResult> ReceiveAsync(
        string tenderId, HttpContext context, AccountStore accounts, TenderStore tenders, PlatformClient client, IOptions<PlatformOptions> options, TimeProvider clock)
    {
        context.Features.Get<IHttpMaxRequestBodySizeFeature>()!.MaxRequestBodySize = LargestBid;
        if (accounts.Of(context.User) is not { Role: Role.Bidder } bidder)
        {
            return QrEndpoints.Refuse("只有投标人可以递交投标文件", StatusCodes.Status403Forbidden);
        }

        if (tenders.Find(tenderId) is not { } tender)
        {
            return Results.NotFound();
        }

        if (clock.GetUtcNow() >= tender.Deadline)
        {
            return QrEndpoints.Refuse("投标已截止");
        }

        // Before anything is read: whoever only registered does not fill the disk, nor does one bidder many times at once.
        if (!bidder.IsBound)
        {
            return QrEndpoints.Refuse("请先在“我的账号”扫码绑定证书");
        }

        if (!UnderWay.TryAdd((tender.Id, bidder.CreditCode), true))
        {
            return QrEndpoints.Refuse("贵单位的另一次递交正在进行，请稍候再试");
        }

        var final = Path.Combine(tenders.BidFolder, $"{tender.Id}-{bidder.CreditCode}-{Guid.NewGuid():N}.bztb");
        var partial = $"{final}.partial";
        try
        {
            string sha256;
            long size;
            await using (var file = new FileStream(partial, FileMode.CreateNew))
            {
                await context.Request.Body.CopyToAsync(file, context.RequestAborted);
                file.Flush(flushToDisk: true);
                size = file.Length;
                file.Position = 0;
                sha256 = Convert.ToHexStringLower(await SHA256.HashDataAsync(file, context.RequestAborted));
            }

            if (await FaultAsync(partial, tender, bidder, options.Value.Bzt.ClientId, client, context.RequestAborted) is { } fault)
            {
                return QrEndpoints.Refuse(fault, StatusCodes.Status422UnprocessableEntity);
            }

            byte[] digest;
            await using (var reader = await BidFileReader.OpenAsync(partial, context.RequestAborted))
            {
                digest = reader.ManifestDigest;
            }

            // The upload may have taken longer than there was time.
            if (clock.GetUtcNow() >= tender.Deadline)
            {
                return QrEndpoints.Refuse("投标已截止");
            }

            var before = tenders.FindBid(tender.Id, bidder.CreditCode);
            File.Move(partial, final);
            if (!tenders.Receive(new Bid(tender.Id, bidder.CreditCode, bidder.Name, Path.GetFileName(final), size, sha256, clock.GetUtcNow()) { ManifestDigest = digest }))
            {
                File.Delete(final);
                return QrEndpoints.Refuse("投标已截止");
            }

            if (before is not null)
            {
                File.Delete(Path.Combine(tenders.BidFolder, before.FileName));
            }

            return Results.Json(new { sha256, size, next = $"/tenders/{tender.Id}" });
        }
        catch (Exception exception) when (QrEndpoints.IsAway(exception))
        {
            return QrEndpoints.Away();
        }
        finally
        {
            UnderWay.TryRemove((tender.Id, bidder.CreditCode), out _);
            File.Delete(partial);
        }
    }

    private static async Task<string?> FaultAsync(string path, Tender tender, Account bidder, string platformId, PlatformClient client, CancellationToken cancellation)
    {
        try
        {
            await using var reader = await BidFileReader.OpenAsync(path, cancellation);
            var description = reader.Header.Description;
            if (description.PlatformId != platformId || description.ProjectId != tender.Id || description.OpeningTime.ToUnixTimeSeconds() != tender.OpeningTime.ToUnixTimeSeconds())
            {
                return "这个文件不是为本项目生成的";
            }

            if (description.BidderCreditCode != bidder.CreditCode)
            {
                return "这个文件属于另一家投标人";
            }

            // At the opening it would have to be opened by phone.
            if (reader.WrappedKeys().Any(key => key.Wrap != KeyWrap.Sm2))
            {
                return "这个文件是用CA锁加密的，本平台在开标时扫码解密，请在投标工具中扫码（--scan）重新生成";
            }

            var signer = await client.GetSignerAsync(bidder.CreditCode, cancellation);
            if (!reader.VerifySignature([signer.Chain[^1], .. signer.Certificates.Select(certificate => certificate.Chain[^1])]).IsValid)
            {
                return "投标文件的签名校验未通过";
            }

            return BidRecipients.Of(reader, signer, SessionKind.Encrypt) is null ? "投标文件不是用贵单位在本平台绑定的有效证书加密的，请重新生成"
                : await reader.IsWholeAsync(cancellation) ? null
                : "文件内容不完整，请重新上传";
        }
        catch (BidFileException)
        {
            return "不是完整的投标文件（.bztb），请用投标工具生成后上传";
        }
        catch (ApiRefusedException exception) when (exception.Code == ErrorCodes.NotBound)
        {
            return "请先在“我的账号”扫码绑定证书";
        }
        catch (ApiRefusedException exception) when (!QrEndpoints.IsAway(exception))
        {
            // Bound, but locked, expired or without an authorisation: in the service's own words.
            return exception.Problem.Title;
        }
    }
}
