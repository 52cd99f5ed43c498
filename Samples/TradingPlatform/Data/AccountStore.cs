using System.Security.Claims;
using Bzt.Contracts.Platforms;
using Bzt.Protocol.Certificates;
using Microsoft.AspNetCore.Identity;
using Microsoft.Data.Sqlite;

namespace Bzt.Samples.TradingPlatform.Data;

/// <summary>Who may log in. Enterprises are bidders; persons have a personal certificate; the buyer publishes, appoints evaluators, and has no certificate here.</summary>
public sealed class AccountStore
{
    private const string Every = """
        SELECT user_name, 'Bidder' AS role, enterprise_name AS name, credit_code, password FROM account
        UNION ALL SELECT user_name, 'Bidder', enterprise_name, credit_code, password FROM claimant WHERE credit_code NOT IN (SELECT credit_code FROM account)
        UNION ALL SELECT user_name, role, name, '', password FROM person
        """;

    private static readonly PasswordHasher<string> Passwords = new();
    private static readonly string UnknownUser = Passwords.HashPassword("", Guid.NewGuid().ToString());

    private readonly Database database;

    /// <remarks>
    /// Anybody can type an enterprise's credit code. So an enterprise registers as a claimant, of which a code may have several; the first that binds a
    /// certificate of the enterprise has its account from then on, and the others are no accounts any more. Their names stay taken: a cookie that
    /// names one must never be another's. An account of an earlier release that had proved nothing is a claimant like others.
    ///
    /// An earlier release listed the newest certificate of an account only and let every one in that the enterprise had bound. Such an account stands
    /// in <c>unlisted</c>: its others are listed when they come, until its user takes one off, who has seen by then what the list is for.
    /// </remarks>
    public AccountStore(Database database)
    {
        this.database = database;
        database.Execute("""
            CREATE TABLE IF NOT EXISTS account(user_name TEXT PRIMARY KEY, password TEXT NOT NULL, enterprise_name TEXT NOT NULL, credit_code TEXT NOT NULL UNIQUE, certificate_serial TEXT);
            CREATE TABLE IF NOT EXISTS person(user_name TEXT PRIMARY KEY, password TEXT NOT NULL, name TEXT NOT NULL, role TEXT NOT NULL, certificate_serial TEXT UNIQUE, certificate BLOB, chain BLOB);
            CREATE TABLE IF NOT EXISTS bound(
                user_name TEXT NOT NULL, key TEXT NOT NULL, serial TEXT NOT NULL, name TEXT NOT NULL, ca TEXT NOT NULL, not_after TEXT, bound_at TEXT, PRIMARY KEY(user_name, key));
            CREATE TABLE IF NOT EXISTS login(credit_code TEXT PRIMARY KEY, to_be_signed BLOB NOT NULL, signature BLOB NOT NULL, at TEXT NOT NULL);
            CREATE TABLE IF NOT EXISTS unlisted(user_name TEXT PRIMARY KEY);
            CREATE TABLE IF NOT EXISTS claimant(user_name TEXT PRIMARY KEY, password TEXT NOT NULL, enterprise_name TEXT NOT NULL, credit_code TEXT NOT NULL);
            CREATE TABLE IF NOT EXISTS proven(user_name TEXT PRIMARY KEY);
            INSERT OR IGNORE INTO unlisted SELECT user_name FROM account WHERE certificate_serial IS NOT NULL;
            INSERT OR IGNORE INTO bound SELECT user_name, 'serial/' || certificate_serial, certificate_serial, '', '', NULL, NULL FROM account WHERE certificate_serial IS NOT NULL;
            INSERT OR IGNORE INTO bound SELECT user_name, 'serial/' || certificate_serial, certificate_serial, '', '', NULL, NULL FROM person WHERE certificate_serial IS NOT NULL;
            UPDATE account SET certificate_serial = NULL;
            UPDATE person SET certificate_serial = NULL;
            INSERT OR IGNORE INTO proven SELECT user_name FROM account WHERE user_name IN (SELECT user_name FROM bound) OR credit_code IN (SELECT credit_code FROM login);
            INSERT OR IGNORE INTO claimant SELECT user_name, password, enterprise_name, credit_code FROM account WHERE user_name NOT IN (SELECT user_name FROM proven);
            DELETE FROM account WHERE user_name NOT IN (SELECT user_name FROM proven);
            """);
    }

    /// <summary>False when the user name is taken, or the enterprise has an account that was proven by its certificate.</summary>
    public bool RegisterEnterprise(string userName, string password, string enterpriseName, string creditCode) => database.Execute(
        """
        INSERT OR IGNORE INTO claimant SELECT $user, $password, $name, $code
        WHERE NOT EXISTS (SELECT 1 FROM person WHERE user_name = $user) AND NOT EXISTS (SELECT 1 FROM account WHERE user_name = $user OR credit_code = $code)
        """,
        ("$user", userName), ("$password", Passwords.HashPassword(userName, password)), ("$name", enterpriseName), ("$code", creditCode)) == 1;

    /// <summary>False when the user name is taken.</summary>
    public bool RegisterPerson(string userName, string password, string name, Role role) => database.Execute(
        """
        INSERT OR IGNORE INTO person SELECT $user, $password, $name, $role, NULL, NULL, NULL
        WHERE NOT EXISTS (SELECT 1 FROM account WHERE user_name = $user) AND NOT EXISTS (SELECT 1 FROM claimant WHERE user_name = $user)
        """,
        ("$user", userName), ("$password", Passwords.HashPassword(userName, password)), ("$name", name), ("$role", role.ToString())) == 1;

    public Account? LogIn(string userName, string password)
    {
        var row = database.Query($"SELECT * FROM ({Every}) WHERE user_name = $user", reader => (Account: Read(reader), Hash: reader.GetString(4)), ("$user", userName)).SingleOrDefault();
        // The same work for an unknown user, so that the answer's time does not tell who has an account.
        return Passwords.VerifyHashedPassword(userName, row.Hash ?? UnknownUser, password) != PasswordVerificationResult.Failed ? WithCertificates(row.Account) : null;
    }

    /// <summary>Whoever is logged in, as it is now.</summary>
    public Account? Of(ClaimsPrincipal user) => user.Identity is { IsAuthenticated: true, Name: { } name } ? One("user_name = $user", ("$user", name)) : null;

    /// <summary>Somebody registered the enterprise, proven or not.</summary>
    public bool IsRegistered(string creditCode) =>
        database.Query("SELECT 1 FROM account WHERE credit_code = $code UNION SELECT 1 FROM claimant WHERE credit_code = $code", _ => true, ("$code", creditCode)).Count > 0;

    /// <summary>A person's account; both must be right, so that nobody learns the name of an account.</summary>
    public Account? OfPerson(string userName, string name) => OfPerson(userName) is { } person && person.Name == name ? person : null;

    public Account? OfPerson(string userName) => One("user_name = $user", ("$user", userName)) is { Role: Role.Person } person ? person : null;

    /// <summary>The account the certificate is bound to; null also when it was bound and is not any more.</summary>
    /// <param name="creditCode">Of the certificate's enterprise; empty for a person's.</param>
    public Account? OfBound(string creditCode, string serial)
    {
        ListUnlisted(creditCode, serial);
        return One("credit_code = $code AND user_name IN (SELECT user_name FROM bound WHERE serial = $serial)", ("$code", creditCode), ("$serial", serial));
    }

    /// <summary>The same with the certificate at hand. A renewed one has another serial and the same key: it is known, and its new dates with it.</summary>
    public Account? OfBound(SessionResult result)
    {
        if (Describe(result) is { } certificate)
        {
            (string, object)[] parameters =
            [
                ("$key", certificate.Key), ("$serial", result.SigningSerial), ("$code", result.Enterprise.CreditCode),
                ("$name", certificate.Name), ("$ca", certificate.Ca), ("$until", Database.Text(certificate.NotAfter)),
            ];
            database.Execute("UPDATE bound SET serial = $serial, not_after = $until WHERE key = $key", parameters);
            ListUnlisted(result.Enterprise.CreditCode, result.SigningSerial);
            // One that was known by its serial alone.
            database.Execute(
                $"UPDATE OR REPLACE bound SET key = $key, name = $name, ca = $ca, not_after = $until WHERE key = 'serial/' || $serial AND user_name IN (SELECT user_name FROM ({Every}) WHERE credit_code = $code)",
                parameters);
        }

        return OfBound(result.Enterprise.CreditCode, result.SigningSerial);
    }

    /// <summary>
    /// An enterprise's certificate is added to those it has, and the first makes a claimant the enterprise's account; a person's takes the place of the
    /// one before, and a certificate has one account. False when another has become the enterprise's account.
    /// </summary>
    public bool Bind(Account account, SessionResult result, DateTimeOffset now)
    {
        var certificate = Describe(result) ?? throw new ArgumentException("Verified before.", nameof(result));
        (string, object)[] key = [("$key", certificate.Key), ("$serial", result.SigningSerial), ("$user", account.UserName)];
        (string Sql, (string, object)[] Parameters)[] taken = account.Role == Role.Bidder
            ?
            [
                ("INSERT OR IGNORE INTO account SELECT user_name, password, enterprise_name, credit_code, NULL FROM claimant WHERE user_name = $user", key),
                ("INSERT OR IGNORE INTO proven SELECT user_name FROM account WHERE user_name = $user", key),
                ("DELETE FROM bound WHERE user_name = $user AND serial = $serial AND key <> $key", key),
            ]
            :
            [
                ("UPDATE person SET certificate = NULL, chain = NULL WHERE user_name IN (SELECT user_name FROM bound WHERE key = $key OR serial = $serial)", key),
                ("DELETE FROM bound WHERE key = $key OR serial = $serial OR user_name = $user", key),
                // The service answers for enterprises what their certificates are; of a person the platform keeps it.
                ("UPDATE person SET certificate = $certificate, chain = $chain WHERE user_name = $user",
                    [("$certificate", result.SigningCertificate), ("$chain", System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(result.Chain)), ("$user", account.UserName)]),
            ];
        database.Together([.. taken, (
            """
            INSERT OR REPLACE INTO bound SELECT $user, $key, $serial, $name, $ca, $until, $now
            WHERE EXISTS (SELECT 1 FROM account WHERE user_name = $user UNION SELECT 1 FROM person WHERE user_name = $user)
            """,
            [.. key, ("$name", certificate.Name), ("$ca", certificate.Ca), ("$until", Database.Text(certificate.NotAfter)), ("$now", Database.Text(now))])]);
        return database.Query("SELECT 1 FROM bound WHERE user_name = $user AND key = $key", _ => true, key).Count > 0;
    }

    /// <summary>From now on the certificate does not log in here; false when it was not bound. The service still knows it: binding it again is one scan.</summary>
    public bool Unbind(Account account, string serial)
    {
        // First what hangs on it: cut off here, the repeat finds it bound still.
        database.Execute(
            "UPDATE person SET certificate = NULL, chain = NULL WHERE user_name = $user AND EXISTS (SELECT 1 FROM bound WHERE user_name = $user AND serial = $serial)",
            ("$user", account.UserName), ("$serial", serial));
        database.Execute(
            "DELETE FROM unlisted WHERE user_name = $user AND EXISTS (SELECT 1 FROM bound WHERE user_name = $user AND serial = $serial)", ("$user", account.UserName), ("$serial", serial));
        return database.Execute("DELETE FROM bound WHERE user_name = $user AND serial = $serial", ("$user", account.UserName), ("$serial", serial)) != 0;
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

    private static (string Key, string Name, string Ca, DateTimeOffset NotAfter)? Describe(SessionResult result)
    {
        if (!Sm2Certificate.TryParse(result.SigningCertificate, out var certificate))
        {
            return null;
        }

        var ca = result.Chain.Count > 0 && Sm2Certificate.TryParse(result.Chain[0], out var issuer) ? issuer.CommonName : null;
        return (Convert.ToHexStringLower(certificate.PublicKey.Encode()), certificate.CommonName ?? result.Enterprise.Name, ca ?? "", certificate.NotAfter);
    }

    private void ListUnlisted(string creditCode, string serial) => database.Execute(
        """
        INSERT OR IGNORE INTO bound SELECT user_name, 'serial/' || $serial, $serial, '', '', NULL, NULL FROM account
        WHERE credit_code = $code AND user_name IN (SELECT user_name FROM unlisted) AND user_name NOT IN (SELECT user_name FROM bound WHERE serial = $serial)
        """,
        ("$code", creditCode), ("$serial", serial));

    private Account? One(string condition, params ReadOnlySpan<(string Name, object Value)> parameters) =>
        database.Query($"SELECT * FROM ({Every}) WHERE {condition}", Read, parameters).SingleOrDefault() is { } account ? WithCertificates(account) : null;

    private Account WithCertificates(Account account) => account with
    {
        Certificates = database.Query(
            "SELECT serial, name, ca, not_after, bound_at FROM bound WHERE user_name = $user ORDER BY bound_at",
            reader => new BoundCertificate(
                reader.GetString(0), reader.GetString(1), reader.GetString(2),
                reader.IsDBNull(3) ? null : Database.Time(reader, 3), reader.IsDBNull(4) ? null : Database.Time(reader, 4)),
            ("$user", account.UserName)),
    };

    private static Account Read(SqliteDataReader reader) => new(reader.GetString(0), Roles.Parse(reader.GetString(1)), reader.GetString(2), reader.GetString(3));
}
