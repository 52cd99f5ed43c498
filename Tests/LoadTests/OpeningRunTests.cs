using Bzt.LoadTests.Flows;
using Bzt.LoadTests.Openings;
using Bzt.LoadTests.Runs;
using Bzt.Tests.Peers;

namespace Bzt.Tests.LoadTests;

/// <summary>The openings' and the bid files' load tests in their shortest form.</summary>
public sealed class OpeningRunTests
{
    [Fact]
    [Trait("Feature", "X16")]
    public async Task Of_twenty_bidders_each_file_is_open_or_its_record_says_whose_fault_it_is()
    {
        await using var system = await FlowTests.StartAsync();
        var target = FlowTests.TargetOf(system);
        using var folder = new TemporaryFolder();
        using var platform = new SimulatedPlatform(target);
        using var provisioning = new Provisioning(target, system.Gateway, platform, FlowTests.PinRounds);
        var stop = TestContext.Current.CancellationToken;
        var phones = await provisioning.MakeAsync(20, atOnce: 4, _ => { }, stop);
        var recorder = new Recorder(TimeProvider.System);
        var opening = new BidOpeningRun(platform, folder.FullName, recorder);
        var bidders = await opening.GenerateAsync(
            phones, number => number switch { 3 => Conduct.Slips, 5 or 11 => Conduct.Refuses, 9 => Conduct.Damaged, _ => Conduct.Opens }, 2000, _ => { }, stop);
        recorder.Begin();
        await opening.RunAsync(bidders, [.. Enumerable.Range(0, 20).Select(i => TimeSpan.FromMilliseconds(i))], stop);

        Assert.All(recorder.Invariants, invariant => Assert.True(invariant.Holds, $"{invariant.Name}: {string.Join("; ", invariant.Violations)}"));
        Assert.Equal(3, recorder.Invariants.Count);
        Assert.Equal([17.0, 3.0], recorder.Figures.Select(figure => figure.Value));
        Assert.Equal(20, recorder.Samples.Count(sample => sample.Operation == "bid opened or refused"));
        foreach (var phone in phones)
        {
            phone.Dispose();
        }
    }

    /// <summary>Many times the chunks that are in work at once: a process that kept what it has done would not stay below the bound.</summary>
    [Fact]
    [Trait("Feature", "M068")]
    public async Task A_long_bid_file_is_generated_and_opened_in_bounded_memory()
    {
        var result = await PeerProcess.Run("dotnet", [typeof(BidOpeningRun).Assembly.Location, "bench", "bidfile", "--mib", "160", "--most-mib", "150"]);
        Assert.True(result.Succeeded, $"{result.Output}\n{result.Error}");
        Assert.Contains("160 MiB", result.Output, StringComparison.Ordinal);
        var refused = await PeerProcess.Run("dotnet", [typeof(BidOpeningRun).Assembly.Location, "bench", "bidfile", "--mib", "1", "--most-mib", "10"]);
        Assert.Equal(1, refused.ExitCode);
    }
}
