using System.Collections.Immutable;
using Bzt.Grains;
using Bzt.Grains.Certificates;
using Bzt.Grains.Evidence;
using Bzt.Grains.Foundations;
using Bzt.Protocol.Evidence;
using Bzt.Protocol.Primitives;
using Bzt.Silo.Storage;
using Bzt.Tests.Storage;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Core.Internal;
using Orleans.Storage;

namespace Bzt.Tests.Certificates;

/// <summary>A page of evidence lies in two rows: whichever write of either fails, and whoever wrote the page before, each link is there once.</summary>
public sealed class EvidencePageTests(PostgresFixture postgres)
{
    private static readonly UserId Holder = new(Guid.Parse("0192f3a0-0000-7000-8000-000000000002"));
    private static readonly TimeSpan AnyAge = TimeSpan.FromDays(-36_500);
    private static readonly DateTimeOffset Start = new(2026, 11, 25, 1, 2, 3, 456, TimeSpan.Zero);

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task No_link_is_lost_or_doubled_between_the_two_rows(string kind)
    {
        var stop = TestContext.Current.CancellationToken;
        await using var silo = await TestSilo.StartAsync(postgres: kind == "postgres" ? await postgres.NewDatabaseAsync() : null);
        var certificate = new CertificateId(Guid.CreateVersion7());
        var chain = Chain(certificate, 70);

        // 1. Each link is one write, each eighth of them the page's. Whichever fails, before or after it happened, is made good by the next delivery.
        foreach (var record in chain[..64])
        {
            if (record.Sequence % 8 is 7 or 0 or 1)
            {
                silo.Faults.FailNext(record.Sequence % 2 == record.Sequence / 8 % 2 ? WriteFault.Persisted : WriteFault.NotPersisted, write => write.Subject.StartsWith("evidence/", StringComparison.Ordinal));
                await Assert.ThrowsAnyAsync<Exception>(() => Page(record).Append(record));
            }

            await InsistAsync(() => Page(record).Append(record));
            await Page(record).Append(record);
        }

        Assert.Equal(8, silo.Faults.Written.Count(write => write.Subject == $"evidence/evidence/{EvidencePages.Key(certificate, 0)}"));
        Assert.Equal(56, silo.Faults.Written.Count(write => write.Subject == $"evidence/evidence-tail/{EvidencePages.Key(certificate, 0)}"));
        await HoldsAsync(chain[..64]);

        // 2. Another link where there is one, in the page or in the tail, takes nobody's place.
        foreach (var record in chain[64..])
        {
            await Page(record).Append(record);
        }

        using var alarm = new AlteredAlarm(silo.Services, certificate.Value);
        foreach (var known in (EvidenceRecord[])[chain[3], chain[68]])
        {
            var before = alarm.Raised;
            await Page(known).Append(known with { Request = Guid.NewGuid() });
            Assert.Equal(before + 1, alarm.Raised);
        }

        // Nor is a link taken that does not go on from the newest one: far ahead on a page of its own, past one that is missing, after another one; within a page, and as the first of one.
        var (other, begun) = (new CertificateId(Guid.CreateVersion7()), Chain(certificate, 129, chain));
        foreach (var alone in (EvidenceRecord[])
            [
                begun[70] with { Sequence = 1_000_000 }, begun[71], begun[70] with { Previous = chain[68].Previous }, begun[128], begun[70] with { Sequence = 0 },
            ])
        {
            var before = alarm.Raised;
            await Page(alone).Append(alone);
            Assert.Equal(before + 1, alarm.Raised);
        }

        using (var first = new AlteredAlarm(silo.Services, other.Value))
        {
            foreach (var sequence in (long[])[1, 2, 65])
            {
                await silo.Grains.Evidence(other, EvidencePages.PageOf(sequence)).Append(chain[1] with { Sequence = sequence });
            }

            Assert.Equal(3, first.Raised);
            Assert.Empty((IEnumerable<EvidenceRecord>)[.. await silo.Grains.Evidence(other, 0).Read(), .. await silo.Grains.Evidence(other, 1).Read()]);
        }

        Assert.Empty((IEnumerable<EvidenceRecord>)[.. await silo.Grains.Evidence(certificate, 2).Read(), .. await silo.Grains.Evidence(certificate, 15_624).Read()]);
        await HoldsAsync(chain);

        // 3. A checkpoint knows both rows, and leaves nothing in the tail that the page has.
        Assert.Equal((64L, 70L), ((await silo.Grains.Evidence(certificate, 0).GetUnchecked())!.Sequence, (await silo.Grains.Evidence(certificate, 1).GetUnchecked())!.Sequence));
        await silo.Grains.Evidence(certificate, 0).Checkpointed(5, 64);
        await silo.Grains.Evidence(certificate, 1).Checkpointed(5, 69);
        Assert.Null(await silo.Grains.Evidence(certificate, 0).GetUnchecked());
        Assert.Equal(70, (await silo.Grains.Evidence(certificate, 1).GetUnchecked())!.Sequence);
        Assert.Empty((await RowAsync("evidence-tail", 0)).State!.Records);
        Assert.Equal([65, 66, 67, 68, 69, 70], (await RowAsync("evidence-tail", 1)).State!.Records.Select(record => record.Sequence));
        Assert.False((await RowAsync("evidence", 1)).RecordExists);
        var activity = silo.Services.GetRequiredService<IEvidenceActivity>();
        var written = await activity.WrittenSinceAsync(0, null, 100, stop);
        Assert.Equal([EvidencePages.Key(certificate, 0), EvidencePages.Key(certificate, 1)], written.Select(page => page.Key).Distinct().Order());
        Assert.Equal(written.Order(Comparer<WrittenPage>.Create((a, b) => (a.At, a.Key).CompareTo((b.At, b.Key)))), written);
        var (walked, last) = (new HashSet<string>(), (WrittenPage?)null);
        while (await activity.WrittenSinceAsync(0, last, 1, stop) is [var next])
        {
            (_, last) = (walked.Add(next.Key), next);
        }

        Assert.Equal(2, walked.Count);

        // 4. After a restart, and out of the archive: whoever still held it reads it again, and goes on.
        await silo.RestartAsync();
        await HoldsAsync(chain);
        Assert.Equal(3, await silo.Services.GetRequiredService<StateArchive>().SweepAsync(AnyAge, stop));
        var longer = Chain(certificate, 72, chain);
        await InsistAsync(() => Page(longer[70]).Append(longer[70]));
        await InsistAsync(() => Page(longer[71]).Append(longer[71]));
        await HoldsAsync(longer);
        Assert.Equal((5, 5), (await silo.Grains.Evidence(certificate, 0).GetCheckpoint(), await silo.Grains.Evidence(certificate, 1).GetCheckpoint()));
        Assert.Equal(72, (await silo.Grains.Evidence(certificate, 1).GetUnchecked())!.Sequence);

        // 5. The certificate's end takes both rows of every page, from wherever they are: the first is in the archive, the second has come back.
        await silo.Services.GetRequiredService<IGrainStorage>().WriteStateAsync("certificate", silo.Grains.Certificate(certificate).GetGrainId(), new GrainState<CertificateRecord>(new CertificateRecord()));
        Assert.Equal(["evidence", "evidence-tail"], await RowsAsync("SELECT type FROM archived_state WHERE length(payload) > 0 AND key LIKE @key"));
        Assert.Equal(["evidence", "evidence-tail"], await RowsAsync("SELECT GrainTypeString FROM OrleansStorage WHERE GrainIdExtensionString LIKE @key"));
        Assert.True(await silo.Services.GetRequiredService<IStateErasure>().EraseCertificateAsync(certificate, 2, "ca", []));
        Assert.Empty(await RowsAsync("SELECT GrainTypeString FROM OrleansStorage WHERE GrainIdExtensionString LIKE @key UNION ALL SELECT type FROM archived_state WHERE key LIKE @key"));

        async Task<IEnumerable<string>> RowsAsync(string sql) =>
            (await silo.Services.GetRequiredService<SqlStore>().QueryAsync(sql, row => row.GetString(0), stop, ("key", $":{certificate}/%"))).Select(type => type["evidence/".Length..]).Order();

        IEvidenceGrain Page(EvidenceRecord record) => silo.Grains.Evidence(certificate, EvidencePages.PageOf(record.Sequence));

        async Task HoldsAsync(IReadOnlyList<EvidenceRecord> expected)
        {
            List<EvidenceRecord> there = [];
            for (var page = 0L; page <= EvidencePages.PageOf(expected[^1].Sequence); page++)
            {
                there.AddRange(await silo.Grains.Evidence(certificate, page).Read());
            }

            Assert.Equal(expected.Select(record => Convert.ToHexString(EvidenceReceipts.Hash(certificate, record))), there.Select(record => Convert.ToHexString(EvidenceReceipts.Hash(certificate, record))));
        }

        async Task<GrainState<EvidenceState>> RowAsync(string row, long page)
        {
            var state = new GrainState<EvidenceState>();
            await silo.Services.GetRequiredService<IGrainStorage>().ReadStateAsync(row, silo.Grains.Evidence(certificate, page).GetGrainId(), state);
            return state;
        }
    }

    [Fact]
    public async Task A_page_of_a_release_that_had_no_tail_goes_on_and_so_it_does_when_that_release_adds_to_it_again()
    {
        await using var silo = await TestSilo.StartAsync();
        var storage = silo.Services.GetRequiredService<IGrainStorage>();
        var certificate = new CertificateId(Guid.CreateVersion7());
        var grain = silo.Grains.Evidence(certificate, 0);
        var chain = Chain(certificate, 64);

        // 1. Its page, as it lay there.
        await storage.WriteStateAsync("evidence", grain.GetGrainId(), new GrainState<EvidenceState>(new EvidenceState([.. chain[..13]], 4, 13)));
        Assert.Equal((13, 4L), ((await grain.Read()).Count, await grain.GetCheckpoint()));
        Assert.Null(await grain.GetUnchecked());
        await AppendAsync(13, 22);
        await HoldsAsync(22);
        Assert.Equal((4L, 22L), (await grain.GetCheckpoint(), (await grain.GetUnchecked())!.Sequence));

        // 2. Beside this release it gets the grain for a while. It knows the page to the sixteenth, is told the last link once more, and adds to the page.
        await OlderAddsAsync(21, 25);
        await HoldsAsync(25);
        await AppendAsync(25, 31);
        await HoldsAsync(31);

        // 3. And once more, over the eighth link, which then no page write of ours came with.
        await OlderAddsAsync(31, 34);
        await HoldsAsync(34);
        await AppendAsync(34, 39);
        await HoldsAsync(39);
        await AppendAsync(39, 40);
        await HoldsAsync(40);
        var page = new GrainState<EvidenceState>();
        await storage.ReadStateAsync("evidence", grain.GetGrainId(), page);
        Assert.Equal(Enumerable.Range(1, 40).Select(sequence => (long)sequence), page.State!.Records.Select(record => record.Sequence));
        await silo.RestartAsync();
        grain = silo.Grains.Evidence(certificate, 0);
        await AppendAsync(40, 64);
        await HoldsAsync(64);

        async Task AppendAsync(int from, int to)
        {
            foreach (var record in chain[from..to])
            {
                await InsistAsync(() => grain.Append(record));
            }
        }

        // What that release's grain did: the page alone, and at its end.
        async Task OlderAddsAsync(int from, int to)
        {
            var state = new GrainState<EvidenceState>();
            await storage.ReadStateAsync("evidence", grain.GetGrainId(), state);
            state.State = state.State! with { Records = state.State.Records.AddRange(chain[from..to]) };
            await storage.WriteStateAsync("evidence", grain.GetGrainId(), state);
            await grain.AsReference<IGrainManagementExtension>().DeactivateOnIdle();
        }

        async Task HoldsAsync(int count) => Assert.Equal(chain[..count].Select(record => (record.Sequence, record.Request)), (await grain.Read()).Select(record => (record.Sequence, record.Request)));
    }

    [Fact]
    public void Stored()
    {
        var chain = Chain(new CertificateId(Guid.Parse("0192f3a0-0000-7000-8000-000000000001")), 3);
        GoldenState.Verify("evidence-v1", new EvidenceState([.. chain[..2]], 3, 2));
        GoldenState.Verify("evidence-tail-v1", new EvidenceState([chain[2]]));
    }

    /// <summary>A delivery whose write failed comes again; an activation that ends while it is asked passes the question on.</summary>
    private static async Task InsistAsync(Func<Task> append)
    {
        for (var tries = 0; ; tries++)
        {
            try
            {
                await append();
                return;
            }
            catch (Exception) when (tries < 20)
            {
            }
        }
    }

    private static ImmutableArray<EvidenceRecord> Chain(CertificateId certificate, int length, ImmutableArray<EvidenceRecord> begun = default)
    {
        var log = EvidenceLog.Begin([.. Enumerable.Range(0, 32).Select(i => (byte)i)]);
        var records = ImmutableArray.CreateBuilder<EvidenceRecord>();
        for (var i = 1; i <= length; i++)
        {
            (log, var record) = log.Append(
                certificate, Holder, Start.AddSeconds(i), EvidenceKind.Signed, new Guid(i, 0, 0, new byte[8]), [("platform", "宜昌公共资源电子交易平台")], [Sm3.Hash([(byte)i])]);
            records.Add(record);
        }

        return begun.IsDefault ? records.ToImmutable() : begun.AddRange(records.ToImmutable()[begun.Length..]);
    }
}
