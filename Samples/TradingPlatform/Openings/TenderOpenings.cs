using System.Collections.Concurrent;
using Bzt.Contracts;
using Bzt.Contracts.Platforms;
using Bzt.Documents.BidFiles;
using Bzt.Samples.TradingPlatform.Data;
using Bzt.Samples.TradingPlatform.Qr;

namespace Bzt.Samples.TradingPlatform.Openings;

/// <summary>
/// A tender's opening at the service (docs/platforms/openings.md): announced once bids are final, looked at, extended, reported to. The service keeps
/// the signed record of every file; this platform keeps what it was last told.
/// </summary>
internal sealed partial class TenderOpenings(TenderStore tenders, PlatformClient client, TimeProvider clock, ILogger<TenderOpenings> log)
{
    private static readonly TimeSpan AskAgain = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<string, long> asked = new(StringComparer.Ordinal);

    /// <summary>
    /// Null while bids may still come, or when there are none. The tender's number is the idempotency key, and its bids are final: two servers of a
    /// platform, or a second try after a crash, announce the same opening.
    /// </summary>
    public async Task<AnnouncedOpening?> AnnounceAsync(Tender tender, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        if (tender.Announced is not null || now < tender.Deadline || now >= tender.OpeningDeadline)
        {
            return tender.Announced;
        }

        // An upload that was looked at before the deadline and written after it would not be the one that is announced.
        tenders.Close(tender.Id);
        var files = new List<OpeningFile>();
        foreach (var bid in tenders.Bids(tender.Id))
        {
            files.Add(new OpeningFile(bid.CreditCode, "投标文件", new EnterpriseInfo(bid.EnterpriseName, bid.CreditCode), await DigestOfAsync(bid, cancellation)));
        }

        if (files.Count == 0)
        {
            return null;
        }

        var project = tender.Project;
        tenders.KeepStatus(tender.Id, await client.CreateOpeningAsync(new CreateOpeningRequest(project, tender.OpeningDeadline, files), tender.Id, cancellation));
        return tenders.Find(tender.Id)!.Announced;
    }

    /// <summary>Asks the service how the files stand, at most every other second however many look at the hall. False: it is away.</summary>
    public async Task<bool> RefreshAsync(Tender tender, CancellationToken cancellation)
    {
        try
        {
            if (await AnnounceAsync(tender, cancellation) is { } opening && IsDue(tender))
            {
                tenders.KeepStatus(tender.Id, await client.GetOpeningAsync(opening.Id, cancellation));
            }

            return true;
        }
        catch (Exception exception) when (QrEndpoints.IsAway(exception) || exception is ApiRefusedException)
        {
            asked.TryRemove(tender.Id, out _);
            NotTold(log, tender.Id, exception);
            return false;
        }
    }

    /// <summary>延长解密时间. A form that is sent twice has the same key, and extends once.</summary>
    public async Task ExtendAsync(AnnouncedOpening opening, string tenderId, DateTimeOffset deadline, string reason, string key, CancellationToken cancellation) =>
        tenders.KeepStatus(tenderId, await client.ChangeOpeningAsync(opening.Id, new ChangeOpeningRequest(reason) { Deadline = deadline }, key, cancellation));

    /// <summary>What bids gave when they were read. Until the service has it, its record says that this platform owes it.</summary>
    public async Task ReportAsync(CancellationToken cancellation)
    {
        foreach (var due in tenders.DueReports())
        {
            try
            {
                tenders.KeepJudgement(due.TenderId, await client.ReportOpeningAsync(due.OpeningId, due.CreditCode, due.Report, cancellation));
            }
            catch (ApiRefusedException exception) when (!QrEndpoints.IsAway(exception))
            {
                NotTaken(log, due.TenderId, due.CreditCode, exception);
            }

            tenders.Settle(due);
        }
    }

    public string PathOf(Bid bid) => Path.Combine(tenders.BidFolder, bid.FileName);

    private async Task<byte[]> DigestOfAsync(Bid bid, CancellationToken cancellation)
    {
        if (bid.ManifestDigest.Length > 0)
        {
            return bid.ManifestDigest;
        }

        await using var reader = await BidFileReader.OpenAsync(PathOf(bid), cancellation);
        return reader.ManifestDigest;
    }

    private bool IsDue(Tender tender)
    {
        var now = clock.GetTimestamp();
        if (asked.TryGetValue(tender.Id, out var before) && clock.GetElapsedTime(before, now) < AskAgain)
        {
            return false;
        }

        asked[tender.Id] = now;
        return true;
    }

    [LoggerMessage(LogLevel.Warning, "The service does not tell how the opening of {Tender} stands; what it said before is shown.")]
    private static partial void NotTold(ILogger log, string tender, Exception exception);

    [LoggerMessage(LogLevel.Error, "The service does not take the report on {Tender}, {Bidder}.")]
    private static partial void NotTaken(ILogger log, string tender, string bidder, Exception exception);
}

/// <summary>Announces openings when their time comes, whether anybody looks or not, and brings late reports to the service.</summary>
internal sealed partial class OpeningWatch(TenderStore tenders, TenderOpenings openings, TimeProvider clock, ILogger<OpeningWatch> log) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                foreach (var tender in tenders.Tenders())
                {
                    await openings.AnnounceAsync(tender, stoppingToken);
                }

                await openings.ReportAsync(stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                Late(log, exception);
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "Openings wait for the service; they are tried again.")]
    private static partial void Late(ILogger log, Exception exception);
}
