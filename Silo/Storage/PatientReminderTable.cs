using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Bzt.Silo.Storage;

/// <summary>
/// Reads a range again when the store failed. Orleans reads once at a silo's start, then once within half a minute, then after five: until one of these succeeds
/// every grain that sets a reminder waits, and with those of the start the whole silo. Writes are their callers' to repeat.
/// </summary>
internal sealed partial class PatientReminderTable(IReminderTable rows, ILogger<PatientReminderTable> log) : IReminderTable
{
    /// <summary>Under this key is the table that is read.</summary>
    public const string Rows = "reminder-rows";

    private const int MostTries = 5;
    private static readonly TimeSpan BetweenTries = TimeSpan.FromSeconds(1);

    public Task<ReminderTableData> ReadRows(uint begin, uint end) => ReadRows(begin, end, CancellationToken.None);

    public async Task<ReminderTableData> ReadRows(uint begin, uint end, CancellationToken cancellationToken)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                return await rows.ReadRows(begin, end, cancellationToken);
            }
            catch (Exception exception) when (exception is not OperationCanceledException && tries < MostTries)
            {
                LogUnread(exception, tries, MostTries);
                await Task.Delay(BetweenTries, cancellationToken);
            }
        }
    }

    public Task StartAsync(CancellationToken cancellationToken = default) => rows.StartAsync(cancellationToken);

    public Task<ReminderTableData> ReadRows(GrainId grainId) => rows.ReadRows(grainId);

    public Task<ReminderTableData> ReadRows(GrainId grainId, CancellationToken cancellationToken) => rows.ReadRows(grainId, cancellationToken);

    public Task<ReminderEntry?> ReadRow(GrainId grainId, string reminderName) => rows.ReadRow(grainId, reminderName);

    public Task<ReminderEntry?> ReadRow(GrainId grainId, string reminderName, CancellationToken cancellationToken) => rows.ReadRow(grainId, reminderName, cancellationToken);

    public Task<string?> UpsertRow(ReminderEntry entry) => rows.UpsertRow(entry);

    public Task<string?> UpsertRow(ReminderEntry entry, CancellationToken cancellationToken) => rows.UpsertRow(entry, cancellationToken);

    public Task<bool> RemoveRow(GrainId grainId, string reminderName, string eTag) => rows.RemoveRow(grainId, reminderName, eTag);

    public Task<bool> RemoveRow(GrainId grainId, string reminderName, string eTag, CancellationToken cancellationToken) => rows.RemoveRow(grainId, reminderName, eTag, cancellationToken);

    public Task TestOnlyClearTable() => rows.TestOnlyClearTable();

    public Task TestOnlyClearTable(CancellationToken cancellationToken) => rows.TestOnlyClearTable(cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken = default) => rows.StopAsync(cancellationToken);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The reminders could not be read, try {Tries} of {MostTries}.")]
    private partial void LogUnread(Exception exception, int tries, int mostTries);
}
