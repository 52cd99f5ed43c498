using Bzt.Grains.Foundations;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Bzt.Grains.Certificates;

/// <inheritdoc cref="IExpirySweepGrain"/>
/// <remarks>Goes by the projection, which may lag; the certificate itself decides whether there is something to say.</remarks>
[GrainType("expiry-sweep")]
public sealed partial class ExpirySweepGrain(IProjectionStore projections, TimeProvider time, ILogger<ExpirySweepGrain> log) : Grain, IExpirySweepGrain, IRemindable
{
    private const string Reminder = "daily";
    private const int PageSize = 200;

    // Twice a day: a round that a restart swallowed is made up for before the day is over, and nobody is told twice.
    public static readonly TimeSpan Period = TimeSpan.FromHours(12);

    public Task Ensure() => this.RegisterOrUpdateReminder(Reminder, TimeSpan.FromMinutes(1), Period);

    public Task ReceiveReminder(string reminderName, TickStatus status) => Sweep();

    public async Task Sweep()
    {
        var (told, failed) = (0, 0);
        var now = time.GetUtcNow();
        var page = new PageRequest(PageSize);
        while (true)
        {
            var expiring = await projections.CertificatesExpiringAsync(now, now.AddDays(ExpiryRules.SoonDays), page);
            foreach (var row in expiring.Items)
            {
                try
                {
                    await GrainFactory.Certificate(new CertificateId(Guid.Parse(row.CertificateId))).NoticeExpiry();
                    told++;
                }
                catch (Exception exception) when (exception is not OutOfMemoryException)
                {
                    // One certificate that cannot be reached must not keep the others uninformed; the next round asks it again.
                    failed++;
                    LogFailed(row.CertificateId, exception);
                }
            }

            if (expiring.Next is null)
            {
                break;
            }

            page = new PageRequest(PageSize, expiring.Next);
        }

        Duties.Missed(Duties.Expiry, failed);
        if (told > 0 || failed == 0)
        {
            Duties.Done(Duties.Expiry, now);
        }

        LogSwept(told, failed);
    }

    [LoggerMessage(EventId = 330, Level = LogLevel.Warning, Message = "Certificate {Certificate} could not be asked about its end.")]
    private partial void LogFailed(string certificate, Exception exception);

    [LoggerMessage(EventId = 331, Level = LogLevel.Information, Message = "Expiry sweep: {Asked} certificates asked, {Failed} not reached.")]
    private partial void LogSwept(int asked, int failed);
}
