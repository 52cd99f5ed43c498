using System.Text.Json;
using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Grains;
using Bzt.Grains.Applications;
using Bzt.Grains.Certificates;
using Bzt.Grains.Foundations;
using Bzt.Protocol.Evidence;
using Bzt.Silo.Storage;
using Bzt.Tests.Applications;
using Bzt.Tests.Certificates;
using Bzt.Tests.Embedded;
using Bzt.Tests.KeyProtection;
using Bzt.Tests.Storage;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Core.Internal;
using Orleans.Storage;

namespace Bzt.Tests.Retention;

/// <summary>What its period ended is gone, all of it, however the round is interrupted; what somebody still needs is not.</summary>
public sealed class RetentionTests
{
    [Fact]
    [Trait("Feature", "X26"), Trait("Surface", "operator")]
    public async Task Five_years_after_its_end_nothing_is_left_of_a_certificate_and_others_proofs_stand()
    {
        var stop = TestContext.Current.CancellationToken;
        var store = new SteeredStore();
        await using var system = await EmbeddedSystem.StartAsync(builder => builder.Services.AddSingleton<IStorageFaults>(store));
        Dictionary<string, string> settings = new() { ["Storage:DataFolder"] = system.DataFolder, ["Protection:RootKeyFile"] = system.RootKeyFile };
        using var gone = await CertifiedPhone.ReadyAsync(system, async phone => (await phone.Phone.UploadAsync("form")).BlobId);
        Assert.IsType<DownloadOutcome.Active>(await gone.Client.ContinueDownloadAsync(gone.Certificate, CertifiedPhone.Pin));
        using var held = await CertifiedPhone.ActiveAsync(system);
        using var unfinished = await CertifiedPhone.ActiveAsync(system);
        await gone.BindAsync(await gone.PlatformAsync());
        await held.BindAsync(await held.PlatformAsync());
        var given = await gone.Phone.SubmitAsync(await gone.Phone.ClaimAsync(ClaimSteps.NextEnterprise()));
        await gone.Phone.WithdrawAsync(given.ApplicationId);
        var disputed = await held.Phone.SubmitAsync(await held.Phone.ClaimAsync(ClaimSteps.NextEnterprise()));
        await held.Phone.WithdrawAsync(disputed.ApplicationId);
        Assert.Equal(2, await BlobsAsync());

        await gone.EvidenceAsync();
        await held.EvidenceAsync();
        await system.Grains.EvidenceNotary().Sweep();
        var key = (await ChannelTrust.FetchAsync(system.Gateway)).EvidenceKey;
        var kept = await gone.EvidenceAsync();
        var others = await held.EvidenceAsync();
        Assert.Equal(EvidenceFault.None, kept.Verify(key));

        // One is in dispute, and an application about it that was given up; about one an application is under way.
        Assert.Contains("is kept", await SiloCommand.RunAsync(settings, "hold", $"{held.Certificate}", "诉讼"), StringComparison.Ordinal);
        Assert.Contains("诉讼", await SiloCommand.RunAsync(settings, "holds"), StringComparison.Ordinal);

        // Who held is on record.
        Assert.Equal([$"hold certificate {held.Certificate}", "holds"], (await AuditAsync()).Select(entry => entry.Did));
        Assert.All(await AuditAsync(), entry => Assert.StartsWith(Environment.UserName + "@", entry.By, StringComparison.Ordinal));
        await ChangeAsync(disputed.ApplicationId, given => given with { Predecessor = new CertificateId(held.Certificate) });
        var finished = await ChangeAsync(unfinished.Application, given => given with { State = Bzt.Contracts.Phone.ApplicationState.DownloadReady });

        // Two downloads that the CA refused: one of an application that was fulfilled by the next, one of an application under way.
        var refused = await RefusedAsync(gone.Application);
        var running = await RefusedAsync(unfinished.Application);
        Assert.Equal((0, 0, 0), Counts(await system.Grains.Retention().Sweep()));

        // All of them end after a year. A clock that jumps ends nothing for a week, however old everything is by it. A day too early nothing goes but what was given up, and what was refused before: its pictures are named by another application of the same user.
        var end = (await gone.Client.GetCertificateAsync(gone.Certificate)).NotAfter!.Value;
        await system.RestartAsync();
        system.Clock.Advance(end.AddYears(5).AddDays(-8) - system.Clock.GetUtcNow());
        Assert.Equal((0, 0, 1), Counts(await system.Grains.Retention().Sweep()));
        system.Clock.Advance(TimeSpan.FromDays(6));
        Assert.Equal((0, 0, 1), Counts(await system.Grains.Retention().Sweep()));
        Assert.NotEmpty(await FindAsync(given.ApplicationId));
        system.Clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal((1, 1, 0), Counts(await system.Grains.Retention().Sweep()));
        Assert.Empty(await FindAsync(given.ApplicationId));
        Assert.Empty(await FindAsync(refused));
        Assert.NotEmpty(await FindAsync(disputed.ApplicationId));
        Assert.Equal(2, await BlobsAsync());
        Assert.NotEmpty(await FindAsync(gone.Certificate));

        // Now: what rests in the archive too. The round is cut off before and after each step, and goes on where it was.
        system.Clock.Advance(TimeSpan.FromDays(2));
        await system.Services.GetRequiredService<StateArchive>().SweepAsync(TimeSpan.FromDays(90), stop);
        foreach (var (row, fault) in ((string, WriteFault)[])
            [
                ($"application/{gone.Application}", WriteFault.NotPersisted), ($"application/{gone.Application}", WriteFault.Persisted),
                ($"certificate/{gone.Certificate}", WriteFault.NotPersisted), ($"certificate/{gone.Certificate}", WriteFault.Persisted),
            ])
        {
            using var struck = store.StrikeAt(row, 1, fault);
            var round = await system.Grains.Retention().Sweep();
            Assert.Equal((true, 3, 1), (struck.Happened, round.Held, round.Failed));
        }

        await system.Grains.Retention().Sweep();
        Assert.Empty(await FindAsync(gone.Certificate));
        Assert.Empty(await FindAsync(gone.Application));
        Assert.NotEmpty(await FindAsync(running));
        Assert.Equal(1, await BlobsAsync());
        Assert.DoesNotContain(new CertificateId(gone.Certificate), await system.Grains.Holder(new UserId(gone.Phone.Login!.UserId)).GetCertificates());
        Assert.Empty(await RowsAsync("qr-session"));
        Assert.IsType<Refused<CertificateFacts>>(await system.Grains.Certificate(new CertificateId(gone.Certificate)).GetFacts());

        // Held between the question and the deletion: neither of them goes.
        Assert.False(await system.Grains.Application(new Bzt.Grains.ApplicationId(disputed.ApplicationId)).Erase());
        Assert.False(await system.Services.GetRequiredService<IStateErasure>().EraseApplicationAsync(
            new Bzt.Grains.ApplicationId(disputed.ApplicationId), [new CertificateId(held.Certificate)], "", [], []));
        Assert.False(await system.Grains.Certificate(new CertificateId(held.Certificate)).Erase(5));
        Assert.NotEmpty(await FindAsync(disputed.ApplicationId));
        Assert.Contains(new CertificateId(held.Certificate), await system.Grains.Holder(new UserId(held.Phone.Login!.UserId)).GetCertificates());

        // After a restart too. Whoever kept his evidence proves it against what was published; the others' chains are whole and in the same checkpoint.
        await system.RestartAsync();
        Assert.Empty(await FindAsync(gone.Certificate));
        using var answer = await system.Gateway.GetAsync(Routes.Phone.EvidenceCheckpoints, stop);
        var published = JsonSerializer.Deserialize(await answer.Content.ReadAsByteArrayAsync(stop), BztJson.Default.EvidenceCheckpoints)!;
        Assert.True(published.Verify(key));
        Assert.True(published.Contain(kept.Checkpoint!.Checkpoint));
        Assert.Equal(EvidenceFault.None, kept.Verify(key));
        var proof = await system.Grains.EvidenceCheckpoint(1).Prove(new CertificateId(held.Certificate));
        Assert.Equal((others.Checkpoint!.Index, 1L), (proof!.Index, proof.Checkpoint.Number));
        Assert.True(MerkleTree.IsIncluded(
            EvidenceCheckpoint.Leaf(held.Certificate, others.Checkpoint.Sequence, others.Head.Hash), proof.Index, proof.Checkpoint.Size, proof.Path, proof.Checkpoint.Root));
        Assert.Equal(others.Entries.Count, (await system.Grains.Evidence(new CertificateId(held.Certificate), 0).Read()).Count);

        // Released, and finished: the next round ends them as well.
        Assert.Contains("is released", await SiloCommand.RunAsync(settings, "release", $"{held.Certificate}"), StringComparison.Ordinal);

        // Who released is on record; who held no more, after so many years.
        Assert.Equal([$"release certificate {held.Certificate}"], (await AuditAsync()).Select(entry => entry.Did));
        Assert.Contains("hold CERTIFICATE REASON", await SiloCommand.RefusedAsync(settings, "hold", "nothing"), StringComparison.Ordinal);
        Assert.Contains("There is no certificate", await SiloCommand.RefusedAsync(settings, "hold", $"{gone.Certificate}", "too late"), StringComparison.Ordinal);
        await ChangeAsync(unfinished.Application, given => given with { State = finished.State });
        Assert.Equal((2, 3, 0), Counts(await system.Grains.Retention().Sweep()));
        Assert.Empty(await FindAsync(held.Certificate));
        Assert.Empty(await FindAsync(disputed.ApplicationId));
        Assert.Equal(0, await BlobsAsync());
        Assert.Equal((0, 0, 0), Counts(await system.Grains.Retention().Sweep()));

        Task<List<(string By, string Did)>> AuditAsync() => Sql().QueryAsync("SELECT operator, action FROM operator_audit ORDER BY at", row => (row.GetString(0), row.GetString(1)), stop);

        SqlStore Sql() => system.Services.GetRequiredService<SqlStore>();

        Task<int> BlobsAsync() => Task.FromResult(Directory.EnumerateFiles(Path.Combine(system.DataFolder, "blobs"), "*", SearchOption.AllDirectories).Count());

        // Every row of every table that names it, in whatever way ids are written.
        async Task<List<string>> FindAsync(Guid id)
        {
            List<string> found = [];
            foreach (var sql in (string[])
                [
                    "SELECT GrainTypeString || GrainIdExtensionString FROM OrleansStorage WHERE GrainIdExtensionString LIKE @d OR GrainIdExtensionString LIKE @n",
                    "SELECT type || key FROM archived_state WHERE key LIKE @d OR key LIKE @n",
                    "SELECT certificate_id FROM projection_certificate WHERE certificate_id LIKE @d",
                    "SELECT application_id FROM projection_application WHERE application_id LIKE @d",
                    "SELECT source FROM projection_source WHERE source LIKE @d OR source LIKE @n",
                ])
            {
                found.AddRange(await Sql().QueryAsync(sql, row => row.GetString(0), stop, ("d", $"%{id:D}%"), ("n", $"%{id:N}%")));
            }

            return found;
        }

        Task<List<string>> RowsAsync(string type) => Sql().QueryAsync(
            "SELECT GrainIdExtensionString FROM OrleansStorage WHERE GrainTypeString = @type UNION ALL SELECT key FROM archived_state WHERE type = @type",
            row => row.GetString(0), stop, ("type", $"{type}/{type}"));

        // As if the CA had refused one before.
        async Task<Guid> RefusedAsync(Guid application)
        {
            var certificate = new CertificateId(Guid.NewGuid());
            var user = new UserId(gone.Phone.Login!.UserId);
            await system.Services.GetRequiredService<IGrainStorage>().WriteStateAsync(
                "certificate", system.Grains.Certificate(certificate).GetGrainId(), new GrainState<CertificateRecord>(new CertificateRecord
                {
                    Created = new CreateCertificate(
                        new Bzt.Grains.ApplicationId(application), "refused", user, DeviceId.New(), [4], new CreditCode("91420500MA49ABCD28"), "宜昌测试有限公司",
                        new CaId("yichang-ca"), "宜昌CA", "hubei", new CertificateSubject("宜昌测试有限公司", "宜昌测试有限公司", "91420500MA49ABCD28")),
                    AbandonedAt = system.Clock.GetUtcNow(),
                }));
            await system.Grains.Holder(user).Add(certificate);
            return certificate.Value;
        }

        // As if it had gone otherwise; what it was.
        async Task<ApplicationRecord> ChangeAsync(Guid id, Func<ApplicationRecord, ApplicationRecord> change)
        {
            var grain = system.Grains.Application(new Bzt.Grains.ApplicationId(id));
            await grain.AsReference<IOutboxOwner>().DrainOutbox();
            await grain.AsReference<IGrainManagementExtension>().DeactivateOnIdle();
            var storage = system.Services.GetRequiredService<IGrainStorage>();
            for (var tries = 1; ; tries++)
            {
                var state = new GrainState<StoredApplication>();
                await storage.ReadStateAsync("application", grain.GetGrainId(), state);
                var was = state.State!.Application!;
                state.State = new StoredApplication { Application = change(was) };
                try
                {
                    await storage.WriteStateAsync("application", grain.GetGrainId(), state);
                    return was;
                }
                catch (InconsistentStateException) when (tries < 20)
                {
                    // The activation that ends trimmed its outbox meanwhile.
                }
            }
        }
    }

    private static (int, int, int) Counts(Grains.Retention.RetentionRound round) => (round.Certificates, round.Applications, round.Failed);
}
