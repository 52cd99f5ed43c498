using System.Security.Claims;
using Bzt.Contracts.Platforms;
using Microsoft.AspNetCore.Identity;
using Microsoft.Data.Sqlite;

namespace Bzt.Samples.TradingPlatform.Data;

public enum Role { Bidder, Evaluator, Buyer }

/// <param name="Name">The enterprise's, or for an evaluator the person's.</param>
/// <param name="CreditCode">Of the enterprise; empty for a person.</param>
/// <param name="CertificateSerial">Of the certificate it has bound.</param>
public sealed record Account(string UserName, Role Role, string Name, string CreditCode, string? CertificateSerial);

/// <summary>Who may log in. Enterprises are bidders; evaluators are persons with a personal certificate; the buyer publishes and has no certificate here.</summary>
public sealed class AccountStore
{
    private const string Every = """
        SELECT user_name, 'Bidder' AS role, enterprise_name AS name, credit_code, certificate_serial, password FROM account
        UNION ALL SELECT user_name, role, name, '', certificate_serial, password FROM person
        """;

    private static readonly PasswordHasher<string> Passwords = new();
    private static readonly string UnknownUser = Passwords.HashPassword("", Guid.NewGuid().ToString());

    private readonly Database database;

    public AccountStore(Database database)
    {
        this.database = database;
        database.Execute("""
            CREATE TABLE IF NOT EXISTS account(user_name TEXT PRIMARY KEY, password TEXT NOT NULL, enterprise_name TEXT NOT NULL, credit_code TEXT NOT NULL UNIQUE, certificate_serial TEXT);
            CREATE TABLE IF NOT EXISTS person(user_name TEXT PRIMARY KEY, password TEXT NOT NULL, name TEXT NOT NULL, role TEXT NOT NULL, certificate_serial TEXT UNIQUE, certificate BLOB, chain BLOB);
            CREATE TABLE IF NOT EXISTS login(credit_code TEXT PRIMARY KEY, to_be_signed BLOB NOT NULL, signature BLOB NOT NULL, at TEXT NOT NULL);
            """);
    }

    /// <summary>False when the user name or the enterprise has an account already.</summary>
    public bool RegisterEnterprise(string userName, string password, string enterpriseName, string creditCode) => database.Execute(
        "INSERT OR IGNORE INTO account SELECT $user, $password, $name, $code, NULL WHERE NOT EXISTS (SELECT 1 FROM person WHERE user_name = $user)",
        ("$user", userName), ("$password", Passwords.HashPassword(userName, password)), ("$name", enterpriseName), ("$code", creditCode)) == 1;

    /// <summary>False when the user name is taken.</summary>
    public bool RegisterPerson(string userName, string password, string name, Role role) => database.Execute(
        "INSERT OR IGNORE INTO person SELECT $user, $password, $name, $role, NULL, NULL, NULL WHERE NOT EXISTS (SELECT 1 FROM account WHERE user_name = $user)",
        ("$user", userName), ("$password", Passwords.HashPassword(userName, password)), ("$name", name), ("$role", role.ToString())) == 1;

    public Account? LogIn(string userName, string password)
    {
        var row = database.Query($"SELECT * FROM ({Every}) WHERE user_name = $user", reader => (Account: Read(reader), Hash: reader.GetString(5)), ("$user", userName)).SingleOrDefault();
        // The same work for an unknown user, so that the answer's time does not tell who has an account.
        return Passwords.VerifyHashedPassword(userName, row.Hash ?? UnknownUser, password) != PasswordVerificationResult.Failed ? row.Account : null;
    }

    /// <summary>Whoever is logged in, as it is now.</summary>
    public Account? Of(ClaimsPrincipal user) => user.Identity is { IsAuthenticated: true, Name: { } name }
        ? database.Query($"SELECT * FROM ({Every}) WHERE user_name = $user", Read, ("$user", name)).SingleOrDefault()
        : null;

    /// <summary>Whose account the certificate logs in to: an enterprise's by its code, a person's by the very certificate that was bound.</summary>
    public Account? OfCertificate(string creditCode, string serial) => creditCode.Length > 0
        ? database.Query($"SELECT * FROM ({Every}) WHERE credit_code = $code", Read, ("$code", creditCode)).SingleOrDefault()
        : database.Query($"SELECT * FROM ({Every}) WHERE credit_code = '' AND certificate_serial = $serial", Read, ("$serial", serial)).SingleOrDefault();

    public void Bind(Account account, SessionResult result)
    {
        if (account.Role == Role.Bidder)
        {
            database.Execute("UPDATE account SET certificate_serial = $serial WHERE user_name = $user", ("$serial", result.SigningSerial), ("$user", account.UserName));
        }
        else
        {
            // A certificate has one account. The service answers for enterprises what their certificates are; of a person the platform keeps it.
            database.Execute(
                "UPDATE person SET certificate_serial = NULL, certificate = NULL, chain = NULL WHERE certificate_serial = $serial; "
                + "UPDATE person SET certificate_serial = $serial, certificate = $certificate, chain = $chain WHERE user_name = $user",
                ("$serial", result.SigningSerial), ("$certificate", result.SigningCertificate), ("$chain", System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(result.Chain)), ("$user", account.UserName));
        }
    }

    /// <summary>A person's bound certificate and the certificates above it.</summary>
    public (byte[] Certificate, IReadOnlyList<byte[]> Chain)? CertificateOf(Account account) => database.Query(
        "SELECT certificate, chain FROM person WHERE user_name = $user AND certificate IS NOT NULL",
        reader => ((byte[], IReadOnlyList<byte[]>)?)((byte[])reader.GetValue(0), System.Text.Json.JsonSerializer.Deserialize<byte[][]>((byte[])reader.GetValue(1))!), ("$user", account.UserName)).SingleOrDefault();

    /// <summary>The last login by certificate: the bytes that were signed and the signature, for whoever asks later.</summary>
    public void KeepLogin(Account account, byte[] toBeSigned, byte[] signature, DateTimeOffset at) => database.Execute(
        "INSERT OR REPLACE INTO login VALUES($code, $tbs, $signature, $at)", ("$code", LoginKey(account)), ("$tbs", toBeSigned), ("$signature", signature), ("$at", Database.Text(at)));

    public (byte[] ToBeSigned, byte[] Signature)? LastLogin(Account account) => database.Query(
        "SELECT to_be_signed, signature FROM login WHERE credit_code = $code",
        reader => ((byte[], byte[])?)((byte[])reader.GetValue(0), (byte[])reader.GetValue(1)), ("$code", LoginKey(account))).SingleOrDefault();

    private static string LoginKey(Account account) => account.CreditCode.Length > 0 ? account.CreditCode : $"person/{account.UserName}";

    private static Account Read(SqliteDataReader reader) => new(
        reader.GetString(0), Enum.Parse<Role>(reader.GetString(1)), reader.GetString(2), reader.GetString(3), reader.IsDBNull(4) ? null : reader.GetString(4));
}
