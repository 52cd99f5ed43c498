using System.Text.Json;
using Bzt.Contracts.Platforms;
using Bzt.Protocol.Evidence;
using Bzt.Protocol.Forms;
using Bzt.Samples.TradingPlatform.Tenders;
using Microsoft.Data.Sqlite;

namespace Bzt.Samples.TradingPlatform.Data;

public sealed record Tender(string Id, string Title, string Buyer, DateTimeOffset Deadline, DateTimeOffset OpeningTime)
{
    public string Notice { get; init; } = "";

    /// <summary>最高投标限价，分。</summary>
    public long CeilingFen { get; init; }

    public DateTimeOffset? PublishedAt { get; init; }

    /// <summary>The bid opening as the service knows it; null until bids are final.</summary>
    public AnnouncedOpening? Announced { get; init; }

    /// <summary>As the service is told. A title from before titles were looked at more closely may have what is not seen in it, which the service refuses.</summary>
    public ProjectInfo Project => new(Id, VisibleText.Show(Title), OpeningTime);

    /// <summary>Until when bids can be opened.</summary>
    public DateTimeOffset OpeningDeadline => Announced?.Deadline ?? OpeningTime + TenderStages.OpeningWindow;
}

/// <param name="Deadline">As last moved.</param>
public sealed record AnnouncedOpening(Guid Id, DateTimeOffset Deadline);

public sealed record Bid(string TenderId, string CreditCode, string EnterpriseName, string FileName, long Size, string Sha256, DateTimeOffset ReceivedAt)
{
    /// <summary>SM3 of its signed manifest: the file that was received, whatever becomes of the disk. Empty for one that an earlier release received.</summary>
    public byte[] ManifestDigest { get; init; } = [];

    /// <summary>What this platform read; null until the bidder's phone has answered.</summary>
    public Opening? Opening { get; init; }

    /// <summary>What the service says of it: why it is not open, and on whose side that lies. Null until the service was asked.</summary>
    public OpeningJudgement? Judgement { get; init; }

    public bool IsOpen => Opening is { Done: true };
}

/// <summary>What reading a bid gave.</summary>
/// <param name="Facts">What is read aloud: 投标报价, 工期 and so on.</param>
public sealed record Opening(bool Done, string Note, DateTimeOffset At, IReadOnlyList<Fact> Facts);

public sealed record Fact(string Name, string Value);

/// <param name="Price">Of 40.</param>
/// <param name="Technical">Of 40.</param>
/// <param name="Commercial">Of 20.</param>
public sealed record Score(string CreditCode, int Price, int Technical, int Commercial, string Comment)
{
    public int Total => Price + Technical + Commercial;
}

/// <param name="Serial">Of the certificate that sealed it.</param>
public sealed record SealedReport(string Evaluator, string Serial, DateTimeOffset SealedAt, byte[] Pdf);

/// <summary>Tenders from notice to result, and the bids to them.</summary>
public sealed partial class TenderStore
{
    /// <summary>Between looking at the scores a report shows and keeping it nobody changes one.</summary>
    private readonly Lock scoring = new();

    private const string TenderColumns = "SELECT t.id, t.title, t.buyer, t.deadline, t.opening_time, n.body, n.ceiling_fen, n.published_at, a.opening_id, a.deadline FROM tender t LEFT JOIN notice n ON n.tender_id = t.id LEFT JOIN announcement a ON a.tender_id = t.id";
    private const string BidColumns = """
        SELECT b.tender_id, b.credit_code, b.enterprise_name, b.file_name, b.size, b.sha256, b.received_at, o.done, o.note, o.at, o.facts, j.verdict, j.cause, j.responsible, m.digest
        FROM bid b LEFT JOIN opening o ON o.tender_id = b.tender_id AND o.credit_code = b.credit_code
        LEFT JOIN manifest m ON m.tender_id = b.tender_id AND m.credit_code = b.credit_code
        LEFT JOIN judgement j ON j.tender_id = b.tender_id AND j.credit_code = b.credit_code
        """;

    private readonly Database database;

    public TenderStore(Database database)
    {
        this.database = database;
        BidFolder = Directory.CreateDirectory(Path.Combine(database.Folder, "bids")).FullName;
        OpenedFolder = Directory.CreateDirectory(Path.Combine(database.Folder, "opened")).FullName;
        database.Execute("""
            CREATE TABLE IF NOT EXISTS tender(id TEXT PRIMARY KEY, title TEXT NOT NULL, buyer TEXT NOT NULL, deadline TEXT NOT NULL, opening_time TEXT NOT NULL);
            CREATE TABLE IF NOT EXISTS notice(tender_id TEXT PRIMARY KEY, body TEXT NOT NULL, ceiling_fen INTEGER NOT NULL, published_at TEXT NOT NULL);
            CREATE TABLE IF NOT EXISTS bid(tender_id TEXT NOT NULL, credit_code TEXT NOT NULL, enterprise_name TEXT NOT NULL, file_name TEXT NOT NULL, size INTEGER NOT NULL, sha256 TEXT NOT NULL, received_at TEXT NOT NULL, PRIMARY KEY(tender_id, credit_code));
            CREATE TABLE IF NOT EXISTS opening(tender_id TEXT NOT NULL, credit_code TEXT NOT NULL, done INTEGER NOT NULL, note TEXT NOT NULL, at TEXT NOT NULL, facts TEXT NOT NULL, PRIMARY KEY(tender_id, credit_code));
            CREATE TABLE IF NOT EXISTS score(tender_id TEXT NOT NULL, credit_code TEXT NOT NULL, price INTEGER NOT NULL, technical INTEGER NOT NULL, commercial INTEGER NOT NULL, comment TEXT NOT NULL, PRIMARY KEY(tender_id, credit_code));
            CREATE TABLE IF NOT EXISTS report(tender_id TEXT PRIMARY KEY, evaluator TEXT NOT NULL, serial TEXT NOT NULL, sealed_at TEXT NOT NULL, pdf BLOB NOT NULL);
            """);
        database.Execute(OpeningTables);
        database.Execute(EvaluatorTable);
    }

    public string BidFolder { get; }

    public string OpenedFolder { get; }

    /// <summary>False when the number is taken.</summary>
    public bool Publish(Tender tender, DateTimeOffset now) =>
        database.Execute(
            "INSERT OR IGNORE INTO tender VALUES($id, $title, $buyer, $deadline, $opening)",
            ("$id", tender.Id), ("$title", tender.Title), ("$buyer", tender.Buyer), ("$deadline", Database.Text(tender.Deadline)), ("$opening", Database.Text(tender.OpeningTime))) == 1
        | database.Execute(
            "INSERT OR IGNORE INTO notice VALUES($id, $body, $ceiling, $at)",
            ("$id", tender.Id), ("$body", tender.Notice), ("$ceiling", tender.CeilingFen), ("$at", Database.Text(now))) == 1;

    public IReadOnlyList<Tender> Tenders() => database.Query($"{TenderColumns} ORDER BY t.deadline DESC", ReadTender);

    public Tender? Find(string id) => database.Query($"{TenderColumns} WHERE t.id = $id", ReadTender, ("$id", id)).SingleOrDefault();

    /// <summary>A bidder may replace its bid until the deadline. False, and nothing is changed, once the tender is closed, on whichever server.</summary>
    public bool Receive(Bid bid)
    {
        database.Together(
            ("INSERT OR REPLACE INTO bid SELECT $tender, $code, $name, $file, $size, $sha, $at WHERE NOT EXISTS (SELECT 1 FROM closed WHERE tender_id = $tender)",
                [("$tender", bid.TenderId), ("$code", bid.CreditCode), ("$name", bid.EnterpriseName), ("$file", bid.FileName), ("$size", bid.Size), ("$sha", bid.Sha256), ("$at", Database.Text(bid.ReceivedAt))]),
            ("INSERT OR REPLACE INTO manifest SELECT $tender, $code, $digest WHERE NOT EXISTS (SELECT 1 FROM closed WHERE tender_id = $tender)",
                [("$tender", bid.TenderId), ("$code", bid.CreditCode), ("$digest", bid.ManifestDigest)]));
        return FindBid(bid.TenderId, bid.CreditCode)?.FileName == bid.FileName;
    }

    public IReadOnlyList<Bid> Bids(string tenderId) => database.Query($"{BidColumns} WHERE b.tender_id = $tender ORDER BY b.received_at", ReadBid, ("$tender", tenderId));

    public Bid? FindBid(string tenderId, string creditCode) => database.Query(
        $"{BidColumns} WHERE b.tender_id = $tender AND b.credit_code = $code", ReadBid, ("$tender", tenderId), ("$code", creditCode)).SingleOrDefault();

    /// <summary>Once the report is sealed, no more.</summary>
    public void KeepScore(string tenderId, Score score)
    {
        lock (scoring)
        {
            database.Execute(
                "INSERT OR REPLACE INTO score SELECT $tender, $code, $price, $technical, $commercial, $comment WHERE NOT EXISTS (SELECT 1 FROM report WHERE tender_id = $tender)",
                ("$tender", tenderId), ("$code", score.CreditCode), ("$price", score.Price), ("$technical", score.Technical), ("$commercial", score.Commercial), ("$comment", score.Comment));
        }
    }

    public IReadOnlyList<Score> Scores(string tenderId) => database.Query(
        "SELECT credit_code, price, technical, commercial, comment FROM score WHERE tender_id = $tender ORDER BY price + technical + commercial DESC, credit_code",
        reader => new Score(reader.GetString(0), reader.GetInt32(1), reader.GetInt32(2), reader.GetInt32(3), reader.GetString(4)), ("$tender", tenderId));

    /// <summary>False when there is one already, which is never replaced, or when the scores are not those it shows any more.</summary>
    public bool KeepReport(string tenderId, SealedReport report, IReadOnlyList<Score> shown)
    {
        lock (scoring)
        {
            return Scores(tenderId).SequenceEqual(shown) && database.Execute(
                "INSERT OR IGNORE INTO report VALUES($tender, $evaluator, $serial, $at, $pdf)",
                ("$tender", tenderId), ("$evaluator", report.Evaluator), ("$serial", report.Serial), ("$at", Database.Text(report.SealedAt)), ("$pdf", report.Pdf)) == 1;
        }
    }

    public SealedReport? FindReport(string tenderId) => database.Query(
        "SELECT evaluator, serial, sealed_at, pdf FROM report WHERE tender_id = $tender",
        reader => new SealedReport(reader.GetString(0), reader.GetString(1), Database.Time(reader, 2), (byte[])reader.GetValue(3)), ("$tender", tenderId)).SingleOrDefault();

    private static Tender ReadTender(SqliteDataReader reader) =>
        new(reader.GetString(0), reader.GetString(1), reader.GetString(2), Database.Time(reader, 3), Database.Time(reader, 4))
        {
            Notice = reader.IsDBNull(5) ? "" : reader.GetString(5),
            CeilingFen = reader.IsDBNull(6) ? 0 : reader.GetInt64(6),
            PublishedAt = reader.IsDBNull(7) ? null : Database.Time(reader, 7),
            Announced = reader.IsDBNull(8) ? null : new AnnouncedOpening(Guid.Parse(reader.GetString(8)), Database.Time(reader, 9)),
        };

    private static Bid ReadBid(SqliteDataReader reader) =>
        new(reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.GetInt64(4), reader.GetString(5), Database.Time(reader, 6))
        {
            Opening = reader.IsDBNull(7) ? null : new Opening(reader.GetInt32(7) == 1, reader.GetString(8), Database.Time(reader, 9), JsonSerializer.Deserialize<Fact[]>(reader.GetString(10))!),
            ManifestDigest = reader.IsDBNull(14) ? [] : (byte[])reader.GetValue(14),
            Judgement = reader.IsDBNull(11) ? null : new OpeningJudgement(
                Enum.Parse<OpeningVerdict>(reader.GetString(11)), Enum.Parse<OpeningCause>(reader.GetString(12)), Enum.Parse<OpeningParty>(reader.GetString(13))),
        };
}
