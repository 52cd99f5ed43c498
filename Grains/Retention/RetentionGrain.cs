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
/// A certificate goes in this order: its applications, what was begun before it and came to nothing, then the certificate with its evidence in one
/// transaction; last the papers that nobody names any more. It is the last to go, and the next round finds it, so a crash between leaves nothing that nobody ends; its place in
/// the holder's list goes when it is gone, and what the grain has stored repeats that. Published checkpoints stay: they hold a hash of the chain,
/// which others' proofs need and which names nobody.
/// </remarks>
[GrainType("retention")]
public sealed partial class RetentionGrain(
    [PersistentState("retention")] IPersistentState<StoredRetention> stored, IStateErasure states, IBlobRetention blobs, IProjectionStore projections,
    IOptions<RetentionOptions> options, TimeProvider time, ILogger<RetentionGrain> log)
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
        var mayEnd = await MayEndAsync(now);
        if (mayEnd)
        {
            await EndAsync(now);
        }

        Telemetry.Retained(certificates, applications, rows, failed);
        Telemetry.RetentionSeen(held, !mayEnd, now);
        Duties.Done(Duties.Retention, now);
        LogSwept(certificates, applications, rows, held, failed);
        return new RetentionRound(certificates, applications, rows, held, failed);
    }

    private async Task EndAsync(DateTimeOffset now)
    {
        await UnlistAsync();
        await PagesAsync<CertificateId>(after => states.EndedCertificatesAsync(now.AddYears(-options.Value.CertificateYears), after, PageSize), certificate => EndAsync(certificate, now));
        await PagesAsync<ApplicationId>(after => states.EndedApplicationsAsync(now.AddDays(-options.Value.ApplicationDays), after, PageSize), application => EndAsync(application, now));
        await PagesAsync<UserId>(after => states.RestingInboxesAsync(now.AddDays(-options.Value.InboxDays), after, PageSize), async user =>
        {
            await GrainFactory.Inbox(user).Clear();
            rows++;
        });
        await EndBlobsAsync(now);
        foreach (var resting in RestingRows.Of(options.Value))
        {
            await RowsAsync(() => states.EraseRestingAsync(resting.Type, now - resting.After, PageSize, resting.Without));
        }

        await RowsAsync(() => states.EraseOperatorAuditAsync(now.AddDays(-options.Value.SessionDays), PageSize));
        await RowsAsync(() => states.EraseClearedAsync(now - Cleared, PageSize));
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

        // 3. The applications, what was begun before, the certificate. A hold that was set meanwhile keeps what is left.
        foreach (var (application, _) in papers)
        {
            if (!await EraseAsync(application))
            {
                held++;
                LogHeldWith(id, application);
                return;
            }
        }

        await EndUncertifiedAsync(end.Holder, now);
        await EraseAsync(id, end.Holder, options.Value.CertificateYears);
    }

    /// <summary>One without a certificate: nothing but its own end counts.</summary>
    private async Task EndAsync(ApplicationId id, DateTimeOffset now)
    {
        var papers = await GrainFactory.Application(id).GetPapers();
        if (papers is { EndedAt: { } ended, State: not ApplicationState.Completed } && ended.AddDays(options.Value.ApplicationDays) <= now)
        {
            var about = papers.Predecessor ?? papers.Certificate;
            if (await states.IsHeldAsync(about))
            {
                held++;
                LogHeldWith(about, id);
                return;
            }

            // What its downloads had begun before it was given up goes first: the application brings the next round here again.
            if (papers.Predecessor is null && await GrainFactory.Certificate(papers.Certificate).GetEnd(years: 0) is not null)
            {
                await EraseAsync(papers.Certificate, papers.Holder, years: 0);
            }

            await EndUncertifiedAsync(papers.Holder, now);
            if (!await EraseAsync(id))
            {
                held++;
                LogHeldWith(about, id);
            }
        }
    }

    /// <summary>What never was certified is in no projection, and its application names the one that was begun after it: the holder's list still has it.</summary>
    private async Task EndUncertifiedAsync(UserId holder, DateTimeOffset now)
    {
        foreach (var id in await GrainFactory.Holder(holder).GetCertificates())
        {
            if (await GrainFactory.Certificate(id).GetEnd(years: 0) is { Application: { } application, EndedAt: { } ended } && IsOver(ended)
                && (await GrainFactory.Application(application).GetPapers() is not { } papers || papers.EndedAt is { } over && IsOver(over)))
            {
                await EraseAsync(id, holder, years: 0);
            }
        }

        bool IsOver(DateTimeOffset end) => end.AddDays(options.Value.ApplicationDays) <= now;
    }

    /// <summary>It leaves the list when it is gone, not before: held in this instant, it stays whole.</summary>
    private async Task EraseAsync(CertificateId id, UserId holder, int years)
    {
        EndingCertificate ending = new(holder, id);
        if (!stored.State.Ending.Contains(ending))
        {
            await stored.WriteAsync(this, stored.State with { Ending = stored.State.Ending.Add(ending) });
        }

        if (await GrainFactory.Certificate(id).Erase(years))
        {
            certificates++;
            await GrainFactory.Holder(holder).Remove(id);
        }
        else
        {
            held++;
            LogHeld(id, "an operator holds it");
        }

        // Stored with the next write; done once more it does nothing.
        stored.State = stored.State with { Ending = stored.State.Ending.Remove(ending) };
    }

    /// <summary>What an interrupted round may have left: in the list, and gone.</summary>
    private async Task UnlistAsync()
    {
        foreach (var ending in stored.State.Ending)
        {
            try
            {
                if (await GrainFactory.Certificate(ending.Certificate).GetFacts() is Refused<CertificateFacts>)
                {
                    await GrainFactory.Holder(ending.Holder).Remove(ending.Certificate);
                }

                stored.State = stored.State with { Ending = stored.State.Ending.Remove(ending) };
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                failed++;
                LogFailed(ending.ToString(), exception);
            }
        }
    }

    private async Task<bool> EraseAsync(ApplicationId id)
    {
        var gone = await GrainFactory.Application(id).Erase();
        applications += gone ? 1 : 0;
        return gone;
    }

    private async Task<IReadOnlyCollection<ApplicationId>> ApplicationsAsync(UserId holder, CreditCode? enterprise)
    {
        HashSet<ApplicationId> found = [];
        await ReadAsync(page => projections.ApplicationsOfOwnerAsync(holder.ToString(), page));

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

    [LoggerMessage(EventId = 333, Level = LogLevel.Information, Message = "Retention: {Certificates} certificates, {Applications} applications and {Rows} other states ended; {Held} held, {Failed} not reached.")]
    private partial void LogSwept(int certificates, int applications, int rows, int held, int failed);

    [LoggerMessage(EventId = 334, Level = LogLevel.Warning, Message = "Retention: {What} was not ended; the next round tries again.")]
    private partial void LogFailed(string? what, Exception exception);

    [LoggerMessage(EventId = 335, Level = LogLevel.Information, Message = "Retention: certificate {Certificate} stays beyond its period: {Why}.")]
    private partial void LogHeld(CertificateId certificate, string why);

    [LoggerMessage(EventId = 338, Level = LogLevel.Information, Message = "Retention: certificate {Certificate} stays beyond its period: an operator holds it, and application {Application} with it.")]
    private partial void LogHeldWith(CertificateId certificate, ApplicationId application);
}
