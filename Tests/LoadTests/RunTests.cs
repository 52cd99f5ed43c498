using System.Xml.Linq;
using Bzt.LoadTests.Flows;
using Bzt.LoadTests.Runs;
using Microsoft.Extensions.Time.Testing;

namespace Bzt.Tests.LoadTests;

/// <summary>How load is made and what becomes of the figures; no system is asked.</summary>
public sealed class RunTests
{
    [Fact]
    public void Arrivals_are_the_same_for_the_same_seed_and_crowd_before_a_deadline()
    {
        var length = TimeSpan.FromSeconds(100);
        var arrivals = Arrivals.BeforeDeadline(4000, length, TimeSpan.FromSeconds(20), seed: 7);
        Assert.Equal(arrivals, Arrivals.BeforeDeadline(4000, length, TimeSpan.FromSeconds(20), seed: 7));
        Assert.NotEqual(arrivals, Arrivals.BeforeDeadline(4000, length, TimeSpan.FromSeconds(20), seed: 8));
        Assert.Equal(arrivals.Order(), arrivals);

        // Four deviations either way: 4000 expected in all, and 1 − 1/e of them in the last 20 seconds.
        Assert.InRange(arrivals.Count, 3750, 4250);
        Assert.InRange(arrivals.Count(at => at > TimeSpan.FromSeconds(80)), 2350, 2750);
        Assert.InRange(Arrivals.Constant(40, length, seed: 1).Count, 3750, 4250);
    }

    [Fact]
    public async Task Latency_counts_from_the_intended_start_of_each_that_waited()
    {
        var clock = new FakeTimeProvider();
        var recorder = new Recorder(clock);
        var started = new SemaphoreSlim(0);
        var stalled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        TimeSpan[] arrivals = [.. Enumerable.Range(0, 5).Select(second => TimeSpan.FromSeconds(second))];
        var run = OpenLoop.RunAsync(recorder, "stalled", arrivals, async (number, _) =>
        {
            started.Release();
            await stalled.Task;
            if (number == 4)
            {
                throw new FlowFailedException("the last one fails");
            }
        }, TestContext.Current.CancellationToken);
        for (var second = 0; second < arrivals.Length; second++)
        {
            // None waits for the one before it: all begin although none has ended.
            Assert.True(await started.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken));
            await AdvanceAsync(clock, recorder, TimeSpan.FromSeconds(second + 1));
        }

        clock.Advance(TimeSpan.FromSeconds(5));
        stalled.SetResult();
        await run;
        Assert.Equal([6, 7, 8, 9, 10], recorder.Samples.Select(sample => (int)Math.Round(sample.Latency.TotalSeconds)).Order());

        // A closed loop would have counted one long answer; here the median says what users had.
        recorder.End();
        var report = RunReport.Of("test", "nothing", new Dictionary<string, string>(), clock.GetUtcNow(), recorder);
        var operation = Assert.Single(report.Operations);
        Assert.Equal((4, 1), (operation.Ended, operation.Errors["the last one fails"]));
        Assert.InRange(operation.P50Ms, 7900, 8100);
        Assert.InRange(operation.MaxMs, 9900, 10_100);
        Assert.Equal([1, 1, 1, 1, 1], report.Timeline.Select(second => second.Arrived));
    }

    [Fact]
    public void A_report_survives_its_file_and_its_page_asks_nobody_for_anything()
    {
        var report = Report(p99: 40);
        using var folder = new Storage.TempFolder();
        File.WriteAllText(folder.File("a.json"), report.ToJson());
        var read = RunReport.Read(folder.File("a.json"));
        Assert.Equal(report.ToJson(), read.ToJson());
        Assert.False(read.IsGood);

        var comparison = RunComparison.Of(report, Report(p99: 100));
        foreach (var page in (string[])[HtmlReport.Of(read), HtmlReport.Of(comparison)])
        {
            Assert.DoesNotContain("//", page.Replace("<!doctype html>", "", StringComparison.Ordinal), StringComparison.Ordinal);
            var html = XDocument.Parse(page.Replace("<!doctype html>", "", StringComparison.Ordinal));
            Assert.True(html.Descendants("svg").Count() >= 3);
            Assert.DoesNotContain(html.Descendants(), element => element.Name.LocalName is "script" or "link" or "img" || element.Attribute("src") is not null);
            Assert.All(html.Descendants("polyline"), line => Assert.DoesNotContain("NaN", line.Attribute("points")!.Value, StringComparison.Ordinal));
            Assert.Contains("<b>", html.Root!.Value, StringComparison.Ordinal);
        }

        Assert.Contains("BROKEN", HtmlReport.Of(read), StringComparison.Ordinal);
        Assert.Equal("seal <b>, p99 ms", Assert.Single(comparison.SlowerThan(1.5)).Name);
        Assert.Empty(comparison.SlowerThan(3));
        Assert.Throws<CommandException>(() => RunComparison.Of(report, report with { Scenario = "another" }));
    }

    [Theory]
    [InlineData("does not know --flow", "--flow", "3")]
    [InlineData("takes a value", "--flows")]
    [InlineData("does not know flows", "flows", "3")]
    [InlineData("whole number above zero, not “-3”", "--flows", "-3")]
    public void A_wrong_command_line_is_told_in_one_line(string expected, params string[] args)
    {
        var told = Assert.Throws<CommandException>(() => CommandOptions.Parse("deadline", [new("flows", "N", "1", "")], args).Count("flows"));
        Assert.Contains(expected, told.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', told.Message);
    }

    [Fact]
    public void A_switch_takes_no_value()
    {
        CommandOption[] known = [new("pin", "", "", ""), new("silos", "N", "", "")];
        var options = CommandOptions.Parse("flows", known, ["--pin", "--silos", "2"]);
        Assert.Equal((true, 2), (options.Has("pin"), options.Count("silos")));
        options = CommandOptions.Parse("flows", known, []);
        Assert.Equal((false, false), (options.Has("pin"), options.Has("silos")));
    }

    /// <summary>Until the loop has seen the time: it may just be about to wait.</summary>
    private static async Task AdvanceAsync(FakeTimeProvider clock, Recorder recorder, TimeSpan to)
    {
        clock.Advance(to - recorder.Now);
        await Task.Yield();
    }

    private static RunReport Report(double p99)
    {
        CurvePoint[] curve = [new(0, 1), new(50, 10), new(99, p99), new(100, p99)];
        return new RunReport(
            "deadline", "embedded", new Dictionary<string, string> { ["flows"] = "3" }, DateTimeOffset.UnixEpoch, 3, 2, 1.5,
            [new("seal <b>", 3, new Dictionary<string, int> { ["time-out"] = 1 }, 1, 10, 20, p99, p99, p99, curve)],
            [new(0, 2, 0, 10, p99, p99), new(2, 2, 1, 10, p99, p99)],
            [new("gateway", 0, 1, 100, 50), new("gateway", 1, 2.5, 120, 60)], [new(1, "killed")],
            [new("a figure", 3.5, "MiB")], [new("all is well", true, []), new("nothing is lost", false, ["session 1"])]);
    }
}
