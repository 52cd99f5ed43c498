using Microsoft.AspNetCore.Identity;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;

namespace Bzt.Samples.TradingPlatform.Data;

public sealed record Account(string UserName, string EnterpriseName, string CreditCode, string? CertificateSerial);

public sealed record Tender(string Id, string Title, string Buyer, DateTimeOffset Deadline, DateTimeOffset OpeningTime);

public sealed record Bid(string TenderId, string CreditCode, string EnterpriseName, string FileName, long Size, string Sha256, DateTimeOffset ReceivedAt);

/// <summary>What the platform keeps of its own: accounts of bidders, tenders, received bids. One SQLite file.</summary>
public sealed class PlatformStore
{
    private static readonly PasswordHasher<string> Passwords = new();

    private readonly string connectionString;

    public PlatformStore(IOptions<PlatformOptions> options, TimeProvider clock)
    {
        BidFolder = Path.Combine(options.Value.DataFolder, "bids");
        Directory.CreateDirectory(BidFolder);
        connectionString = new SqliteConnectionStringBuilder { DataSource = Path.Combine(options.Value.DataFolder, "platform.db") }.ToString();
        Execute("""
            CREATE TABLE IF NOT EXISTS account(user_name TEXT PRIMARY KEY, password TEXT NOT NULL, enterprise_name TEXT NOT NULL, credit_code TEXT NOT NULL UNIQUE, certificate_serial TEXT);
            CREATE TABLE IF NOT EXISTS tender(id TEXT PRIMARY KEY, title TEXT NOT NULL, buyer TEXT NOT NULL, deadline TEXT NOT NULL, opening_time TEXT NOT NULL);
            CREATE TABLE IF NOT EXISTS login(credit_code TEXT PRIMARY KEY, to_be_signed BLOB NOT NULL, signature BLOB NOT NULL, at TEXT NOT NULL);
            CREATE TABLE IF NOT EXISTS bid(tender_id TEXT NOT NULL, credit_code TEXT NOT NULL, enterprise_name TEXT NOT NULL, file_name TEXT NOT NULL, size INTEGER NOT NULL, sha256 TEXT NOT NULL, received_at TEXT NOT NULL, PRIMARY KEY(tender_id, credit_code));
            """);
        // Nine in the morning in China.
        var today = new DateTimeOffset(clock.GetUtcNow().Date, TimeSpan.Zero).AddHours(1);
        Execute(
            "INSERT OR IGNORE INTO tender VALUES($id, $title, $buyer, $deadline, $opening)",
            ("$id", "YC-2026-0417"), ("$title", "宜昌市滨江路市政道路改造工程施工"), ("$buyer", "宜昌市市政建设管理中心"),
            ("$deadline", Text(today.AddDays(20))), ("$opening", Text(today.AddDays(20).AddMinutes(30))));
        Execute(
            "INSERT OR IGNORE INTO tender VALUES($id, $title, $buyer, $deadline, $opening)",
            ("$id", "YC-2026-0502"), ("$title", "宜昌东站换乘中心配套设备采购"), ("$buyer", "宜昌交通旅游产业发展集团有限公司"),
            ("$deadline", Text(today.AddDays(35))), ("$opening", Text(today.AddDays(35).AddMinutes(30))));
    }

    public string BidFolder { get; }

    /// <summary>False when the user name or the enterprise has an account already.</summary>
    public bool Register(string userName, string password, string enterpriseName, string creditCode) => Execute(
        "INSERT OR IGNORE INTO account VALUES($user, $password, $name, $code, NULL)",
        ("$user", userName), ("$password", Passwords.HashPassword(userName, password)), ("$name", enterpriseName), ("$code", creditCode)) == 1;

    public Account? LogIn(string userName, string password)
    {
        var row = Query("SELECT user_name, enterprise_name, credit_code, certificate_serial, password FROM account WHERE user_name = $user",
            reader => (Account: ReadAccount(reader), Hash: reader.GetString(4)), ("$user", userName)).SingleOrDefault();
        // The same work for an unknown user, so that the answer's time does not tell who has an account.
        var hash = row.Hash ?? UnknownUser;
        return Passwords.VerifyHashedPassword(userName, hash, password) != PasswordVerificationResult.Failed ? row.Account : null;
    }

    public Account? FindByEnterprise(string creditCode) => Query(
        "SELECT user_name, enterprise_name, credit_code, certificate_serial FROM account WHERE credit_code = $code", ReadAccount, ("$code", creditCode)).SingleOrDefault();

    public void SetCertificate(string creditCode, string serial) => Execute(
        "UPDATE account SET certificate_serial = $serial WHERE credit_code = $code", ("$serial", serial), ("$code", creditCode));

    /// <summary>The last login by certificate: the bytes that were signed and the signature, for whoever asks later.</summary>
    public void KeepLogin(string creditCode, byte[] toBeSigned, byte[] signature, DateTimeOffset at) => Execute(
        "INSERT OR REPLACE INTO login VALUES($code, $tbs, $signature, $at)", ("$code", creditCode), ("$tbs", toBeSigned), ("$signature", signature), ("$at", Text(at)));

    public (byte[] ToBeSigned, byte[] Signature)? LastLogin(string creditCode) => Query(
        "SELECT to_be_signed, signature FROM login WHERE credit_code = $code",
        reader => ((byte[], byte[])?)((byte[])reader.GetValue(0), (byte[])reader.GetValue(1)), ("$code", creditCode)).SingleOrDefault();

    public IReadOnlyList<Tender> Tenders() => Query("SELECT id, title, buyer, deadline, opening_time FROM tender ORDER BY deadline", ReadTender);

    public Tender? FindTender(string id) => Query("SELECT id, title, buyer, deadline, opening_time FROM tender WHERE id = $id", ReadTender, ("$id", id)).SingleOrDefault();

    /// <summary>A bidder may replace its bid until the deadline.</summary>
    public void Receive(Bid bid) => Execute(
        "INSERT OR REPLACE INTO bid VALUES($tender, $code, $name, $file, $size, $sha, $at)",
        ("$tender", bid.TenderId), ("$code", bid.CreditCode), ("$name", bid.EnterpriseName), ("$file", bid.FileName), ("$size", bid.Size), ("$sha", bid.Sha256), ("$at", Text(bid.ReceivedAt)));

    public Bid? FindBid(string tenderId, string creditCode) => Query(
        "SELECT tender_id, credit_code, enterprise_name, file_name, size, sha256, received_at FROM bid WHERE tender_id = $tender AND credit_code = $code",
        reader => new Bid(reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.GetInt64(4), reader.GetString(5), Time(reader, 6)),
        ("$tender", tenderId), ("$code", creditCode)).SingleOrDefault();

    private static readonly string UnknownUser = Passwords.HashPassword("", Guid.NewGuid().ToString());

    private static Account ReadAccount(SqliteDataReader reader) =>
        new(reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.IsDBNull(3) ? null : reader.GetString(3));

    private static Tender ReadTender(SqliteDataReader reader) =>
        new(reader.GetString(0), reader.GetString(1), reader.GetString(2), Time(reader, 3), Time(reader, 4));

    private static string Text(DateTimeOffset time) => time.ToUniversalTime().ToString("O");

    private static DateTimeOffset Time(SqliteDataReader reader, int column) => DateTimeOffset.Parse(reader.GetString(column));

    private int Execute(string sql, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        using var connection = Open();
        using var command = Command(connection, sql, parameters);
        return command.ExecuteNonQuery();
    }

    private List<T> Query<T>(string sql, Func<SqliteDataReader, T> read, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        using var connection = Open();
        using var command = Command(connection, sql, parameters);
        using var reader = command.ExecuteReader();
        var rows = new List<T>();
        while (reader.Read())
        {
            rows.Add(read(reader));
        }

        return rows;
    }

    private SqliteConnection Open()
    {
        var connection = new SqliteConnection(connectionString);
        connection.Open();
        return connection;
    }

    private static SqliteCommand Command(SqliteConnection connection, string sql, ReadOnlySpan<(string Name, object Value)> parameters)
    {
        var command = connection.CreateCommand();
        // Constant texts of this class; values go in as parameters.
#pragma warning disable CA2100
        command.CommandText = sql;
#pragma warning restore CA2100
        foreach (var (name, value) in parameters)
        {
            command.Parameters.AddWithValue(name, value);
        }

        return command;
    }
}
