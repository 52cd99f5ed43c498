using System.Security.Claims;
using Bzt.Contracts.Platforms;
using Bzt.Protocol.Certificates;
using Bzt.Samples.TradingPlatform;
using Bzt.Samples.TradingPlatform.Data;
using Bzt.Tests.Documents;
using Bzt.Tests.Storage;
using Microsoft.Extensions.Options;

namespace Bzt.Tests.TradingPlatforms;

/// <summary>A platform's database of an earlier release goes on: nobody who logged in there stands before a closed door.</summary>
public sealed class AccountStoreTests
{
    private const string Code = "91420500MA49A1B2C3";
    private const string Password = "a password of the tests";
    private static readonly DateTimeOffset Now = new(2026, 11, 26, 1, 2, 3, TimeSpan.Zero);

    [Fact]
    public void Every_certificate_of_an_account_from_before_the_list_is_listed_when_it_comes()
    {
        using var folder = new TempFolder();
        var database = new Database(Options.Create(new PlatformOptions { DataFolder = folder.Path }));
        database.Execute("""
            CREATE TABLE account(user_name TEXT PRIMARY KEY, password TEXT NOT NULL, enterprise_name TEXT NOT NULL, credit_code TEXT NOT NULL UNIQUE, certificate_serial TEXT);
            CREATE TABLE person(user_name TEXT PRIMARY KEY, password TEXT NOT NULL, name TEXT NOT NULL, role TEXT NOT NULL, certificate_serial TEXT UNIQUE, certificate BLOB, chain BLOB);
            INSERT INTO account VALUES('builder', '', '宜昌建设', '91420500MA49A1B2C3', '02'), ('other', '', '别的公司', '91420500MA49A1B2C4', NULL);
            INSERT INTO person VALUES('expert', '', '王评', 'Evaluator', '02', NULL, NULL);
            """);
        var accounts = new AccountStore(database);
        Assert.Equal(["02"], Serials(accounts));

        // 1. The one the earlier release kept, by its serial; a scan brings the rest of it, and a renewal is the same certificate.
        var (first, second) = (new TestSigner("宜昌建设"), new TestSigner("宜昌建设"));
        Assert.Equal("builder", accounts.OfBound(Code, "02")?.UserName);
        Assert.Equal("builder", accounts.OfBound(Scan(first, "02"))?.UserName);
        Assert.True(Assert.Single(Of(accounts, "builder")!.Certificates) is { Name: "宜昌建设", NotAfter: not null, BoundAt: null });
        Assert.Equal("builder", accounts.OfBound(Scan(first, "12"))?.UserName);
        Assert.Equal(["12"], Serials(accounts));

        // 2. A colleague's, which it had let in and not kept: by the ID token first, then by a scan. One row, also after a restart.
        Assert.Equal("builder", accounts.OfBound(Code, "03")?.UserName);
        Assert.Equal("builder", accounts.OfBound(Scan(second, "03"))?.UserName);
        accounts = new AccountStore(database);
        Assert.Equal(["03", "12"], Serials(accounts));
        Assert.Contains(Of(accounts, "builder")!.Certificates, certificate => certificate is { Serial: "03", Name: "宜昌建设", NotAfter: not null });

        // 3. Nobody else: an account that had bound nothing, another enterprise, a person by a certificate that is not his.
        Assert.Null(accounts.OfBound("91420500MA49A1B2C4", "03"));
        Assert.Null(accounts.OfBound("", "03"));
        Assert.Equal("expert", accounts.OfBound("", "02")?.UserName);

        // 4. One is taken off: from then on the list is the truth, also for what never came, and after a restart.
        Assert.False(accounts.Unbind(Of(accounts, "builder")!, "99"));
        Assert.Equal("builder", accounts.OfBound(Code, "04")?.UserName);
        Assert.True(accounts.Unbind(Of(accounts, "builder")!, "03"));
        accounts = new AccountStore(database);
        Assert.Null(accounts.OfBound(Scan(second, "03")));
        Assert.Null(accounts.OfBound(Code, "05"));
        Assert.Equal(["04", "12"], Serials(accounts));
        accounts.Bind(Of(accounts, "builder")!, Scan(second, "03"), Now);
        Assert.Equal("builder", accounts.OfBound(Scan(second, "03"))?.UserName);
    }

    [Fact]
    public void An_enterprise_is_whoevers_certificate_is_bound_first_however_many_typed_its_code()
    {
        using var folder = new TempFolder();
        var database = new Database(Options.Create(new PlatformOptions { DataFolder = folder.Path }));
        database.Execute("""
            CREATE TABLE account(user_name TEXT PRIMARY KEY, password TEXT NOT NULL, enterprise_name TEXT NOT NULL, credit_code TEXT NOT NULL UNIQUE, certificate_serial TEXT);
            INSERT INTO account VALUES('before', '', '宜昌建设', '91420500MA49A1B2C3', NULL);
            """);
        var accounts = new AccountStore(database);

        // 1. Claimants, one of an earlier release among them, are accounts, and none is the enterprise's.
        Assert.True(accounts.RegisterEnterprise("squatter", Password, "宜昌建设", Code));
        Assert.True(accounts.RegisterEnterprise("builder", Password, "宜昌建设", Code));
        Assert.False(accounts.RegisterEnterprise("builder", Password, "别的公司", "91420500MA49A1B2C4"));
        Assert.False(accounts.RegisterPerson("builder", Password, "王某", Role.Person));
        Assert.All(["before", "squatter", "builder"], user => Assert.NotNull(Of(accounts, user)));
        Assert.Null(accounts.OfBound(Code, ""));
        Assert.True(accounts.IsRegistered(Code));

        // 2. The scan decides, also after a restart. The others are over, and their names nobody else's.
        var (squatter, builder) = (Of(accounts, "squatter")!, accounts.LogIn("builder", Password)!);
        Assert.True(accounts.Bind(builder, Scan(new TestSigner("宜昌建设"), "02"), Now));
        accounts = new AccountStore(database);
        Assert.Equal("builder", accounts.OfBound(Code, "02")?.UserName);
        Assert.All(["before", "squatter"], user => Assert.Null(Of(accounts, user)));
        Assert.Null(accounts.LogIn("squatter", Password));
        Assert.False(accounts.Bind(squatter, Scan(new TestSigner("宜昌建设"), "03"), Now));
        Assert.Equal(["02"], Serials(accounts));
        Assert.False(accounts.RegisterEnterprise("squatter", Password, "别的公司", "91420500MA49A1B2C4"));
        Assert.False(accounts.RegisterPerson("squatter", Password, "王某", Role.Person));

        // 3. Held for good: without a certificate it is still the enterprise's.
        Assert.True(accounts.Unbind(Of(accounts, "builder")!, "02"));
        accounts = new AccountStore(database);
        Assert.False(accounts.RegisterEnterprise("late", Password, "宜昌建设", Code));
        Assert.Equal("builder", accounts.LogIn("builder", Password)?.UserName);
        Assert.True(accounts.Bind(Of(accounts, "builder")!, Scan(new TestSigner("宜昌建设"), "04"), Now));
    }

    [Fact]
    public void A_person_of_an_earlier_release_is_nobodys_evaluator()
    {
        using var folder = new TempFolder();
        var database = new Database(Options.Create(new PlatformOptions { DataFolder = folder.Path }));
        var (accounts, tenders) = (new AccountStore(database), new TenderStore(database));
        database.Execute("INSERT INTO person VALUES('expert', '', '王评', 'Evaluator', NULL, NULL, NULL)");
        Assert.Equal(Role.Person, accounts.OfPerson("expert", "王评")?.Role);
        Assert.Null(accounts.OfPerson("expert", "王"));
        Assert.False(tenders.IsEvaluator("T", "expert"));
        Assert.True(tenders.Appoint("T", "expert", "buyer", Now));
        Assert.Equal(TenderStore.MostEvaluators - 1, Enumerable.Range(1, 30).Count(i => tenders.Appoint("T", $"other-{i}", "buyer", Now)));
        Assert.True(tenders.Appoint("T", "expert", "buyer", Now));
        Assert.False(tenders.IsEvaluator("U", "expert"));
    }

    private static Account? Of(AccountStore accounts, string user) => accounts.Of(new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Name, user)], "test")));

    private static IEnumerable<string> Serials(AccountStore accounts) => Of(accounts, "builder")!.Certificates.Select(certificate => certificate.Serial).Order(StringComparer.Ordinal);

    private static SessionResult Scan(TestSigner signer, string serial)
    {
        Assert.True(Sm2Certificate.TryParse(signer.Certificate, out _));
        return new SessionResult(Guid.NewGuid(), new EnterpriseInfo("宜昌建设", Code), serial, signer.Certificate, [], [signer.Root], [], null);
    }
}
