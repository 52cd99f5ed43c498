using System.Text;
using Bzt.Grains;
using Bzt.Grains.Foundations;
using Bzt.Protocol.Certificates;
using Bzt.Silo.Storage;
using Bzt.Tests.CaVendors;
using Bzt.Tests.Storage;
using Microsoft.Extensions.Options;
using Orleans.Configuration;

namespace Bzt.Tests.Retention;

/// <summary>Which rows an end takes along, and which it leaves, on both stores.</summary>
public sealed class ErasedRowsTests(PostgresFixture postgres) : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task What_is_nobodys_goes_and_what_is_about_an_ended_certificate_and_somebody_elses_stays(string kind)
    {
        var stop = TestContext.Current.CancellationToken;
        await using var host = await StoreHost.StartAsync(folder, kind == "postgres" ? await postgres.NewDatabaseAsync() : null);
        var store = host.Get<SqlStore>();
        StateErasure erasure = new(store, new NoStorageFaults(), Options.Create(new ClusterOptions { ServiceId = "bzt" }), new StateSerializer([]), TimeProvider.System);

        // 1. A number that only asked for a code, a person whose account was closed: nobody's. Written lately, they stay.
        await RowAsync("phone-number", "nobody", """{"codes":{},"sent":[]}""");
        await RowAsync("phone-number", "somebody", """{"owner":"019ab000-0000-7000-8000-000000000001","codes":{},"sent":[]}""");
        await RowAsync("phone-number", "late", "{}", 500);
        await RowAsync("person", "closed", "{}");
        await RowAsync("person", "alive", """{"user":"019ab000-0000-7000-8000-000000000001"}""");
        var before = DateTimeOffset.FromUnixTimeSeconds(200);
        Assert.Equal(1, await erasure.EraseRestingAsync("phone-number/phone-number", before, 10, "owner"));
        Assert.Equal(0, await erasure.EraseRestingAsync("phone-number/phone-number", before, 10, "owner"));
        Assert.Equal(1, await erasure.EraseRestingAsync("person/person", before, 10, "user"));
        Assert.Equal(["person/person:alive", "phone-number/phone-number:late", "phone-number/phone-number:somebody"], await RowsAsync());

        // 2. A person's certificate: its bindings at every platform, what the CA and its adapter filed. Another's of the same platform stays, and the enterprise's.
        var (gone, other) = (new CertificateId(Guid.NewGuid()), new CertificateId(Guid.NewGuid()));
        string[] of(CertificateId id) =>
        [
            $"binding/binding:yichang-ggzy/certificate/{id}", $"binding/binding:wuhan-ggzy/certificate/{id}", $"ca-claim/ca-claim:hubei-ca/holder/{id}",
            $"ca-claim/ca-claim:hubei-ca/serial/{id.Value:N}", $"ca-holder/ca-holder:hubei-ca/{id}", $"certificate/certificate:{id.Value:N}",
        ];
        string[] kept = ["binding/binding:yichang-ggzy/91420500MA49ABCD28", "platform/platform:wuhan-ggzy", "platform/platform:yichang-ggzy"];
        foreach (var row in of(gone).Concat(of(other)).Concat(kept))
        {
            await RowAsync(row.Split('/', 2)[0], row.Split(':', 2)[1], "{}");
        }

        Assert.True(await erasure.EraseCertificateAsync(gone, 0, "hubei-ca", [$"{gone.Value:N}"]));
        Assert.False(await erasure.EraseCertificateAsync(gone, 0, "hubei-ca", [$"{gone.Value:N}"]));
        Assert.Equal(of(other).Concat(kept).Order(StringComparer.Ordinal), (await RowsAsync()).Where(row => !row.StartsWith("person", StringComparison.Ordinal) && !row.StartsWith("phone", StringComparison.Ordinal)));

        // 3. An application: the CA's file of a certificate that never was goes with it, that of one that is stays; its papers wait from now on. What the CA
        // issued beside what counts no certificate of ours names.
        var never = new CertificateId(Guid.NewGuid());
        await RowAsync("ca-holder", $"hubei-ca/{never}", "{}");
        var beside = new EmbeddedCaBench().Obtain(EmbeddedCaBench.NewKey(), "N1-1").SigningCertificate;
        Assert.True(Sm2Certificate.TryParse(beside, out var superfluous));
        await RowAsync("ca-claim", $"hubei-ca/serial/{superfluous.Serial}", """{"owner":"N1-1"}""");
        await RowAsync("ca-claim", $"yichang-ca/serial/{superfluous.Serial}", """{"owner":"N1-1"}""");
        await StateAsync("ca-registration/ca-superfluous", "hubei-ca/N1-1", $$$"""{"certificates":["{{{Convert.ToBase64String(beside)}}}"],"outbox":{"lastSequence":1,"items":[]}}""");
        await StateAsync("ca-registration/ca-superfluous", "hubei-ca/N1-2", null);
        OwnedBlob letter = new($"application/{never}", new BlobId(new string('a', 64)));
        Assert.True(await erasure.EraseApplicationAsync(new Bzt.Grains.ApplicationId(Guid.NewGuid()), [never, other], "hubei-ca", ["N1-1", "N1-2"], [letter]));
        Assert.Equal([$"ca-claim/ca-claim:yichang-ca/serial/{superfluous.Serial}"], (await RowsAsync()).Where(row => row.Contains(superfluous.Serial, StringComparison.Ordinal) || row.Contains("superfluous", StringComparison.Ordinal)));
        Assert.Equal([$"ca-holder/ca-holder:hubei-ca/{other}"], (await RowsAsync()).Where(row => row.StartsWith("ca-holder", StringComparison.Ordinal)));
        Assert.Equal(new WaitingBlob(letter.Owner, letter.Id, 0), Assert.Single(await host.Get<IBlobRetention>().WaitingAsync(before, null, 10)));

        // 4. What operators did long ago.
        foreach (var at in (long[])[1, 2, 200_001])
        {
            await store.WriteAsync(connection => connection.ExecuteAsync("INSERT INTO operator_audit (at, operator, action) VALUES (@at, 'one', 'holds')", ("at", at)), stop);
        }

        Assert.Equal(1, await erasure.EraseOperatorAuditAsync(before, 1));
        Assert.Equal(1, await erasure.EraseOperatorAuditAsync(before, 10));
        Assert.Equal([200_001L], await store.QueryAsync("SELECT at FROM operator_audit", row => row.GetInt64(0), stop));

        Task RowAsync(string type, string key, string json, long modified = 100) => StateAsync($"{type}/{type}", key, json, modified);

        Task StateAsync(string type, string key, string? json, long modified = 100) => store.WriteAsync(
            connection => connection.ExecuteAsync(
                """
                INSERT INTO OrleansStorage (GrainIdHash, GrainTypeHash, GrainIdN0, GrainIdN1, GrainTypeString, GrainIdExtensionString, ServiceId, PayloadBinary, ModifiedOn, Version)
                VALUES (0, 0, 0, 0, @type, @key, 'bzt', @payload, @modified, 1)
                """,
                ("type", type), ("key", $":{key}"), ("payload", json is null ? null : (byte[])[(byte)'B', 1, 0, .. Encoding.UTF8.GetBytes(json)]), ("modified", modified)),
            stop);

        async Task<List<string>> RowsAsync() => [.. (await store.QueryAsync(
            "SELECT GrainTypeString || GrainIdExtensionString FROM OrleansStorage", row => row.GetString(0), stop)).Order(StringComparer.Ordinal)];
    }
}
