using System.Runtime.Versioning;
using System.Text;
using Bzt.LoadTests.Chaos;
using Bzt.LoadTests.Flows;
using Bzt.LoadTests.Runs;
using Bzt.Samples.Demo;
using Npgsql;

namespace Bzt.Tests.LoadTests;

/// <summary>The short form of <c>loadtests chaos</c>: a cluster of its own, with its own PostgreSQL, under load while it is killed piece by piece.</summary>
[SupportedOSPlatform("linux")]
public sealed class ChaosTests(ITestOutputHelper output)
{
    [Fact]
    [Trait("Feature", "X02"), Trait("Surface", "api")]
    public async Task Whatever_is_killed_what_was_answered_holds_and_every_session_ends()
    {
        var stop = TestContext.Current.CancellationToken;
        var scenario = new ChaosScenario();
        var options = CommandOptions.Parse(scenario.Name, ScenarioCommand.OptionsOf(scenario), [
            "--faults", "slow-ca,silent-ca,kill-silo,freeze-silo,clock-behind,crash-postgres,flush-redis,kill-gateway,freeze-postgres,freeze-gateway", "--hold", "5", "--calm", "1", "--rate", "2", "--phones", "4", "--pin-rounds", "10"]);
        await using var started = await StartedTarget.StartAsync(cluster: true, stop, extras: scenario.ExtrasOf(options));
        using var told = new StringWriter();
        var report = await ScenarioCommand.RunAsync(scenario, options, started, told, stop);
        report.Print(told);
        output.WriteLine(told.ToString());

        Assert.All(report.Invariants, invariant => Assert.True(invariant.Holds, $"{invariant.Name}: {string.Join("; ", invariant.Violations)}"));
        Assert.Equal(9, report.Invariants.Count);
        Assert.Equal(10, report.Marks.Count);
        var login = Assert.Single(report.Operations);
        Assert.True(login.Ended >= 5, $"{login.Ended} logins are too few to say anything.");
        Assert.Empty(login.Errors);

        // The reader that found nothing finds what is there to be found.
        var database = ((ClusterDeployment)started.Deployment!).Database!;
        await AlterAsync(database, "evidence/%", "\"kind\":\"signed\"", "\"kind\":\"locked\"");
        await AlterAsync(database, "enterprise/enterprise", "\"role\":\"administrator\"", "\"role\":\"member\"");
        await AlterAsync(database, "certificate/certificate", "\"failures\":1", "\"failures\":0");
        using var store = await StoreReader.ReadAsync(database, [], TimeSpan.Zero, stop);
        Assert.NotEmpty(store.BrokenChains());
        Assert.NotEmpty(store.AdministratorsBeyondOne());
        Assert.Single(store.TriesForNothing(scenario.Clients!.WrongTries));
        var answers = scenario.Clients.Answers;
        Assert.NotEmpty(store.Lost(answers));
        var signed = answers.First(answer => answer.Signatures.Count > 0);
        Assert.Contains(store.Lost([signed with { Session = Guid.NewGuid() }]), lost => lost.Contains("not stored", StringComparison.Ordinal));
        Assert.Empty(store.RepeatedNonces(answers));
        var other = signed.Signatures[0] with { Signature = [.. signed.Signatures[0].Signature.AsSpan(0, 32), .. new byte[31], 1] };
        Assert.Single(store.RepeatedNonces([signed, signed with { Signatures = [other] }]));
    }

    private static async Task AlterAsync(string database, string types, string from, string to)
    {
        await using var source = NpgsqlDataSource.Create(database);
        var altered = new List<(string Key, byte[] Payload, string Type)>();
        await using (var read = source.CreateCommand("SELECT GrainIdExtensionString, PayloadBinary, GrainTypeString FROM OrleansStorage WHERE GrainTypeString LIKE $1"))
        {
            read.Parameters.AddWithValue(types);
            await using var rows = await read.ExecuteReaderAsync();
            while (await rows.ReadAsync())
            {
                var payload = (byte[])rows.GetValue(1);
                var text = Encoding.Latin1.GetString(payload);
                if (text.Contains(from, StringComparison.Ordinal))
                {
                    altered.Add((rows.GetString(0), Encoding.Latin1.GetBytes(text.Replace(from, to, StringComparison.Ordinal)), rows.GetString(2)));
                }
            }
        }

        Assert.NotEmpty(altered);
        foreach (var (key, payload, row) in altered)
        {
            await using var write = source.CreateCommand("UPDATE OrleansStorage SET PayloadBinary = $1 WHERE GrainTypeString = $2 AND GrainIdExtensionString = $3");
            write.Parameters.AddWithValue(payload);
            write.Parameters.AddWithValue(row);
            write.Parameters.AddWithValue(key);
            Assert.Equal(1, await write.ExecuteNonQueryAsync());
        }
    }
}
