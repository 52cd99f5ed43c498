using Bzt.Contracts.Phone;
using Bzt.Grains.Applications;
using Bzt.Grains.Certificates;
using Bzt.Grains.Foundations;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Runtime;

namespace Bzt.Grains.Retention;

/// <inheritdoc cref="IRetentionGrain"/>
/// <remarks>
/// A certificate goes in this order: its applications with their papers, its place in the holder's list, then the certificate with its evidence in
/// one transaction. It is the last to go, and the next round finds it, so a crash between leaves nothing that nobody ends. Published checkpoints
/// stay: they hold a hash of the chain, which others' proofs need and which names nobody.
/// </remarks>
[GrainType("retention")]
public sealed partial class RetentionGrain(
    IStateErasure states, IProjectionStore projections, IOptions<RetentionOptions> options, TimeProvider time, ILogger<RetentionGrain> log)
    : Grain, IRetentionGrain, IRemindable
{
    private const string Reminder = "retention";
    private const int PageSize = 200;

    /// <summary>What a crash of our own, or a clock that was corrected, may still ask for.</summary>
    private static readonly TimeSpan Cleared = TimeSpan.FromDays(1);

    private int certificates;
    private int applications;
    private int rows;
    private int held;
    private int failed;

    public Task Ensure() => this.RegisterOrUpdateReminder(Reminder, TimeSpan.FromMinutes(10), options.Value.Period);

    public Task ReceiveReminder(string reminderName, TickStatus status) => Sweep();

    public async Task<RetentionRound> Sweep()
    {
        (certificates, applications, rows, held, failed) = (0, 0, 0, 0, 0);
        var now = time.GetUtcNow();
        await PagesAsync<CertificateId>(after => states.EndedCertificatesAsync(now.AddYears(-options.Value.CertificateYears), after, PageSize), certificate => EndAsync(certificate, now));
        await PagesAsync<ApplicationId>(after => states.EndedApplicationsAsync(now.AddDays(-options.Value.ApplicationDays), after, PageSize), application => EndAsync(application, now));
        await PagesAsync<UserId>(after => states.RestingInboxesAsync(now.AddDays(-options.Value.InboxDays), after, PageSize), async user =>
        {
            await GrainFactory.Inbox(user).Clear();
            rows++;
        });
        foreach (var resting in RestingRows.Of(options.Value))
        {
            await RowsAsync(() => states.EraseRestingAsync(resting.Type, now - resting.After, PageSize));
        }

        await RowsAsync(() => states.EraseClearedAsync(now - Cleared));
        Telemetry.Retained(certificates, applications, rows, failed);
        LogSwept(certificates, applications, rows, held, failed);
        return new RetentionRound(certificates, applications, rows, held, failed);
    }

    private async Task EndAsync(CertificateId id, DateTimeOffset now)
    {
        // 1. The certificate's word, and that nobody holds it.
        var certificate = GrainFactory.Certificate(id);
        if (await certificate.GetEnd(options.Value.CertificateYears) is not { } end)
        {
            return;
        }

        if (await states.IsHeldAsync(id))
        {
            held++;
            LogHeld(id, "an operator holds it");
            return;
        }

        // 2. Every application that was about it has ended.
        List<(ApplicationId Id, ApplicationPapers Papers)> papers = [];
        foreach (var application in await ApplicationsAsync(end.Holder, end.Enterprise))
        {
            if (await GrainFactory.Application(application).GetPapers() is { } found && (found.Certificate == id || found.Predecessor == id))
            {
                papers.Add((application, found));
            }
        }

        if (papers.Any(application => application.Papers.EndedAt is null))
        {
            held++;
            LogHeld(id, "an application about it is not finished");
            return;
        }

        // 3. The applications, the list, the certificate.
        foreach (var (application, found) in papers)
        {
            await EraseAsync(application, found);
        }

        await GrainFactory.Holder(end.Holder).Remove(id);
        certificates += await certificate.Erase(options.Value.CertificateYears) ? 1 : 0;
    }

    /// <summary>One without a certificate: nothing but its own end counts.</summary>
    private async Task EndAsync(ApplicationId id, DateTimeOffset now)
    {
        var papers = await GrainFactory.Application(id).GetPapers();
        if (papers is { EndedAt: { } ended, State: not ApplicationState.Completed } && ended.AddDays(options.Value.ApplicationDays) <= now)
        {
            if (papers.Predecessor is { } about && await states.IsHeldAsync(about))
            {
                held++;
                LogHeld(about, $"an operator holds it, and application {id} with it");
                return;
            }

            await EraseAsync(id, papers);

            // What its download had begun before it was given up.
            if (papers.Predecessor is null && await GrainFactory.Certificate(papers.Certificate).GetEnd(years: 0) is not null)
            {
                await GrainFactory.Holder(papers.Holder).Remove(papers.Certificate);
                await GrainFactory.Certificate(papers.Certificate).Erase(years: 0);
            }
        }
    }

    private async Task EraseAsync(ApplicationId id, ApplicationPapers papers)
    {
        // Equal photos of one user are one blob: it stays while another application names it.
        HashSet<string> named = [];
        foreach (var other in await ApplicationsAsync(papers.Holder, papers.Enterprise, papers.Submitter))
        {
            if (other != id && await GrainFactory.Application(other).GetPapers() is { } others && others.Submitter == papers.Submitter)
            {
                named.UnionWith(others.Uploads);
            }
        }

        await GrainFactory.Application(id).Erase([.. papers.Uploads.Where(named.Contains)]);
        applications++;
    }

    private async Task<IReadOnlyCollection<ApplicationId>> ApplicationsAsync(UserId holder, CreditCode? enterprise, UserId? submitter = null)
    {
        HashSet<ApplicationId> found = [];
        await ReadAsync(page => projections.ApplicationsOfOwnerAsync(holder.ToString(), page));
        if (submitter is { } other && other != holder)
        {
            await ReadAsync(page => projections.ApplicationsOfOwnerAsync(other.ToString(), page));
        }

        if (enterprise is { } code)
        {
            await ReadAsync(page => projections.ApplicationsOfEnterpriseAsync(code.Value, Enum.GetNames<ApplicationState>(), page));
        }

        return found;

        async Task ReadAsync(Func<PageRequest, Task<Page<ApplicationRow>>> read)
        {
            string? after = null;
            do
            {
                var page = await read(new PageRequest(PageSize, after));
                found.UnionWith(page.Items.Select(row => new ApplicationId(Guid.Parse(row.ApplicationId))));
                after = page.Next;
            }
            while (after is not null);
        }
    }

    private async Task PagesAsync<T>(Func<T?, Task<IReadOnlyList<T>>> read, Func<T, Task> end) where T : struct
    {
        T? after = null;
        while (await read(after) is { Count: > 0 } page)
        {
            foreach (var one in page)
            {
                try
                {
                    await end(one);
                }
                catch (Exception exception) when (exception is not OutOfMemoryException)
                {
                    // One that cannot be reached keeps nothing else; the next round asks it again.
                    failed++;
                    LogFailed(one.ToString(), exception);
                }
            }

            after = page[^1];
        }
    }

    private async Task RowsAsync(Func<Task<int>> erase)
    {
        try
        {
            while (await erase() is > 0 and var gone)
            {
                rows += gone;
            }
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            failed++;
            LogFailed("resting rows", exception);
        }
    }

    [LoggerMessage(EventId = 333, Level = LogLevel.Information, Message = "Retention: {Certificates} certificates, {Applications} applications and {Rows} other states ended; {Held} held, {Failed} not reached.")]
    private partial void LogSwept(int certificates, int applications, int rows, int held, int failed);

    [LoggerMessage(EventId = 334, Level = LogLevel.Warning, Message = "Retention: {What} was not ended; the next round tries again.")]
    private partial void LogFailed(string? what, Exception exception);

    [LoggerMessage(EventId = 335, Level = LogLevel.Information, Message = "Retention: certificate {Certificate} stays beyond its period: {Why}.")]
    private partial void LogHeld(CertificateId certificate, string why);
}
