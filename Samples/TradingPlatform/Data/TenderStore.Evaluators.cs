namespace Bzt.Samples.TradingPlatform.Data;

// Who evaluates a tender: the persons its buyer appointed, and nobody else.
public sealed partial class TenderStore
{
    public const int MostEvaluators = 15;

    private const string EvaluatorTable =
        "CREATE TABLE IF NOT EXISTS evaluator(tender_id TEXT NOT NULL, user_name TEXT NOT NULL, appointed_by TEXT NOT NULL, at TEXT NOT NULL, PRIMARY KEY(tender_id, user_name));";

    /// <summary>Again changes nothing. False when there are <see cref="MostEvaluators"/> others already.</summary>
    public bool Appoint(string tenderId, string userName, string buyer, DateTimeOffset now)
    {
        database.Execute(
            "INSERT OR IGNORE INTO evaluator SELECT $tender, $user, $buyer, $at WHERE (SELECT count(*) FROM evaluator WHERE tender_id = $tender) < $most",
            ("$tender", tenderId), ("$user", userName), ("$buyer", buyer), ("$at", Database.Text(now)), ("$most", MostEvaluators));
        return IsEvaluator(tenderId, userName);
    }

    public void Dismiss(string tenderId, string userName) => database.Execute("DELETE FROM evaluator WHERE tender_id = $tender AND user_name = $user", ("$tender", tenderId), ("$user", userName));

    public bool IsEvaluator(string tenderId, string userName) =>
        database.Query("SELECT 1 FROM evaluator WHERE tender_id = $tender AND user_name = $user", _ => true, ("$tender", tenderId), ("$user", userName)).Count > 0;

    /// <summary>Their user names, as they were appointed.</summary>
    public IReadOnlyList<string> Evaluators(string tenderId) =>
        database.Query("SELECT user_name FROM evaluator WHERE tender_id = $tender ORDER BY at, user_name", reader => reader.GetString(0), ("$tender", tenderId));
}
