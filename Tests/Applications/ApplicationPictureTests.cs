using System.Runtime.CompilerServices;
using System.Text;
using Bzt.Contracts.Phone;
using Bzt.Grains.Applications;

namespace Bzt.Tests.Applications;

/// <summary>docs/applications.md is the table in code, drawn: it cannot say anything else.</summary>
public sealed class ApplicationPictureTests
{
    [Fact]
    public void The_picture_is_the_table()
    {
        var file = FileOf();
        var drawn = Draw();
        if (!File.Exists(file) || File.ReadAllText(file) != drawn)
        {
            var fresh = file + ".new";
            File.WriteAllText(fresh, drawn);
            Assert.Fail($"docs/applications.md is not what the table says any more. Compare it with {fresh}, and replace it.");
        }
    }

    [Fact]
    public void Every_state_of_every_way_can_be_reached_and_left()
    {
        foreach (var (kind, fee) in Ways())
        {
            var way = ApplicationWay.Of(kind, fee);
            ApplicationState? at = null;
            for (var steps = 0; at != ApplicationState.Completed; steps++)
            {
                Assert.True(steps < 10, $"{kind} with its fee {fee} never arrives");
                var forward = ApplicationTable.Transitions.Where(row =>
                    (at is null ? row.From.Length == 0 : row.From.Contains(at.Value)) && (row.To ?? way.Next(at)) is var to && to == way.Next(at)).ToList();
                Assert.True(forward.Count == 1, $"{kind}: {forward.Count} ways on from {at}");
                at = way.Next(at);
            }

            // No application ends in any other state than these, and none that is not over stays for ever but with the CA.
            foreach (var state in way.States.Where(state => state is not (ApplicationState.CaReview or ApplicationState.Completed)))
            {
                Assert.NotNull(ApplicationTable.Patience(state));
                Assert.Equal(ApplicationState.Expired, ApplicationTable.After(way, state, ApplicationEvent.Expire, ApplicationActors.Clock));
            }

            foreach (var end in (ApplicationState[])[ApplicationState.Completed, ApplicationState.Cancelled, ApplicationState.Expired])
            {
                Assert.DoesNotContain(ApplicationTable.Transitions, row => row.From.Contains(end));
            }
        }
    }

    private static string Draw()
    {
        var text = new StringBuilder();
        text.AppendLine("# Applications");
        text.AppendLine();
        text.AppendLine("Drawn by a test from `Grains/Applications/ApplicationTable.cs` and `ApplicationWay.cs`; edit those, never this file.");
        text.AppendLine();
        text.AppendLine("A step that a kind does not take is passed over: the arrow then leads to the next state the kind has, in the order of the picture.");
        text.AppendLine("The fee is due after the CA's review or before it, as the catalogue says of the CA; what is free passes neither.");
        text.AppendLine();
        text.AppendLine("```mermaid");
        text.AppendLine("stateDiagram-v2");
        foreach (var state in Enum.GetValues<ApplicationState>().Where(state => state is not (ApplicationState.Cancelled or ApplicationState.Expired)))
        {
            text.AppendLine($"    {state}: {Name(state)}");
        }

        var longest = (ApplicationState?[])[
            null, ApplicationState.AdministratorReview, ApplicationState.SealDue, ApplicationState.LetterSealed, ApplicationState.PrepaymentDue,
            ApplicationState.CaReview, ApplicationState.PaymentDue, ApplicationState.DownloadReady];
        foreach (var row in ApplicationTable.Transitions.Where(row => !IsWayOut(row)))
        {
            foreach (var from in row.From.Length == 0 ? [null] : row.From.Select(state => (ApplicationState?)state))
            {
                var to = row.To ?? (from is null or ApplicationState.Rejected ? ApplicationState.AdministratorReview : longest[Array.IndexOf(longest, from) + 1]!.Value);
                text.AppendLine($"    {(from is null ? "[*]" : from.ToString())} --> {to}: {row.Event} ({Names(row.By)})");
            }
        }

        text.AppendLine("    Completed --> [*]");
        text.AppendLine("```");
        text.AppendLine();
        text.AppendLine("The ways out, where what was paid is paid back:");
        text.AppendLine();
        text.AppendLine("| event | by | from | to |");
        text.AppendLine("|---|---|---|---|");
        foreach (var row in ApplicationTable.Transitions.Where(IsWayOut))
        {
            text.AppendLine($"| {row.Event} | {Names(row.By)} | {string.Join(", ", row.From)} | {row.To} |");
        }

        text.AppendLine();
        text.AppendLine("| kind | administrator | letter | form | licence | at its end |");
        text.AppendLine("|---|---|---|---|---|---|");
        foreach (var (kind, steps) in ApplicationSteps.Of.OrderBy(entry => entry.Key))
        {
            text.AppendLine($"| {kind} | {Mark(steps.Administrator)} | {Mark(steps.Letter)} | {Mark(steps.Form)} | {Mark(steps.Licence)} | {steps.Delivery} |");
        }

        text.AppendLine();
        text.AppendLine("| state | ended by the clock after |");
        text.AppendLine("|---|---|");
        foreach (var state in Enum.GetValues<ApplicationState>().Where(state => ApplicationTable.Patience(state) is not null))
        {
            text.AppendLine($"| {state} {Name(state)} | {ApplicationTable.Patience(state)!.Value.TotalDays} days |");
        }

        return text.ToString().ReplaceLineEndings("\n");
    }

    private static bool IsWayOut(ApplicationTransition row) => row.To is ApplicationState.Cancelled or ApplicationState.Expired;

    private static string Mark(bool takes) => takes ? "✓" : "";

    private static string Names(ApplicationActors actors) => actors.ToString().Replace(", ", " or ", StringComparison.Ordinal);

    private static string Name(ApplicationState state) => state switch
    {
        ApplicationState.AdministratorReview => "待管理员审核",
        ApplicationState.SealDue => "待盖章",
        ApplicationState.LetterSealed => "待提交",
        ApplicationState.PrepaymentDue => "待付费（审核前）",
        ApplicationState.CaReview => "待CA审核",
        ApplicationState.Rejected => "申请失败",
        ApplicationState.PaymentDue => "待付费",
        ApplicationState.DownloadReady => "待下载",
        ApplicationState.Downloading => "下载中",
        ApplicationState.Completed => "完成",
        ApplicationState.Cancelled => "已撤回",
        ApplicationState.Expired => "已过期",
        _ => throw new InvalidOperationException($"A state {state} without a name."),
    };

    private static IEnumerable<(ApplicationKind, FeeDue)> Ways() =>
        from kind in Enum.GetValues<ApplicationKind>() from fee in Enum.GetValues<FeeDue>() select (kind, fee);

    private static string FileOf([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "docs", "applications.md"));
}
