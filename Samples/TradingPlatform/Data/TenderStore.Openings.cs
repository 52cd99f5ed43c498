using System.Text.Json;
using Bzt.Contracts;
using Bzt.Contracts.Platforms;

namespace Bzt.Samples.TradingPlatform.Data;

/// <summary>A report the service has not taken yet.</summary>
public sealed record DueReport(Guid OpeningId, string TenderId, string CreditCode, OpeningReport Report);

// What the service said of a tender's opening, as far as it was heard, and what it has not heard yet: pages show it while the service is away.
public sealed partial class TenderStore
{
    private const string OpeningTables = """
        CREATE TABLE IF NOT EXISTS manifest(tender_id TEXT NOT NULL, credit_code TEXT NOT NULL, digest BLOB NOT NULL, PRIMARY KEY(tender_id, credit_code));
        CREATE TABLE IF NOT EXISTS closed(tender_id TEXT PRIMARY KEY);
        CREATE TABLE IF NOT EXISTS announcement(tender_id TEXT PRIMARY KEY, opening_id TEXT NOT NULL, deadline TEXT NOT NULL);
        CREATE TABLE IF NOT EXISTS judgement(tender_id TEXT NOT NULL, credit_code TEXT NOT NULL, verdict TEXT NOT NULL, cause TEXT NOT NULL, responsible TEXT NOT NULL, PRIMARY KEY(tender_id, credit_code));
        CREATE TABLE IF NOT EXISTS due_report(tender_id TEXT NOT NULL, credit_code TEXT NOT NULL, session_id TEXT NOT NULL, report BLOB NOT NULL, PRIMARY KEY(tender_id, credit_code, session_id));
        """;

    /// <summary>From now on its bids are as they are: what is announced of them stays true.</summary>
    public void Close(string tenderId) => database.Execute("INSERT OR IGNORE INTO closed VALUES($tender)", ("$tender", tenderId));

    /// <summary>Its deadline, and of each file how it stands.</summary>
    public void KeepStatus(string tenderId, OpeningStatus status)
    {
        database.Execute(
            "INSERT INTO announcement VALUES($tender, $opening, $deadline) ON CONFLICT DO UPDATE SET deadline = max(deadline, excluded.deadline)",
            ("$tender", tenderId), ("$opening", status.OpeningId.ToString("D")), ("$deadline", Database.Text(status.Deadline)));
        foreach (var file in status.Files)
        {
            KeepJudgement(tenderId, file);
        }
    }

    public void KeepJudgement(string tenderId, OpeningFileStatus file) => database.Execute(
        "INSERT OR REPLACE INTO judgement VALUES($tender, $code, $verdict, $cause, $responsible)",
        ("$tender", tenderId), ("$code", file.FileId), ("$verdict", file.Judgement.Verdict.ToString()), ("$cause", file.Judgement.Cause.ToString()), ("$responsible", file.Judgement.Responsible.ToString()));

    /// <summary>What was read, and that the service is to hear of it: both or none. An opened bid stays opened, whatever fails later.</summary>
    public void KeepOpening(string tenderId, string creditCode, Opening opening, OpeningReport report) => database.Together(
        ("INSERT INTO opening VALUES($tender, $code, $done, $note, $at, $facts) ON CONFLICT DO UPDATE SET done = excluded.done, note = excluded.note, at = excluded.at, facts = excluded.facts WHERE opening.done = 0",
            [("$tender", tenderId), ("$code", creditCode), ("$done", opening.Done ? 1 : 0), ("$note", opening.Note), ("$at", Database.Text(opening.At)), ("$facts", JsonSerializer.Serialize(opening.Facts))]),
        ("INSERT OR REPLACE INTO due_report VALUES($tender, $code, $session, $report)",
            [("$tender", tenderId), ("$code", creditCode), ("$session", report.SessionId.ToString("D")), ("$report", JsonSerializer.SerializeToUtf8Bytes(report, BztJson.Default.OpeningReport))]));

    public IReadOnlyList<DueReport> DueReports() => database.Query(
        "SELECT a.opening_id, r.tender_id, r.credit_code, r.report FROM due_report r JOIN announcement a ON a.tender_id = r.tender_id",
        reader => new DueReport(Guid.Parse(reader.GetString(0)), reader.GetString(1), reader.GetString(2), JsonSerializer.Deserialize((byte[])reader.GetValue(3), BztJson.Default.OpeningReport)!));

    /// <summary>The service has it, or will never take it.</summary>
    public void Settle(DueReport due) => database.Execute(
        "DELETE FROM due_report WHERE tender_id = $tender AND credit_code = $code AND session_id = $session",
        ("$tender", due.TenderId), ("$code", due.CreditCode), ("$session", due.Report.SessionId.ToString("D")));
}
