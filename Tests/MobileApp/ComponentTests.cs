using Bunit;
using Bzt.MobileApp;
using Bzt.MobileApp.Components;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;

namespace Bzt.Tests.MobileApp;

/// <summary>The phone app's shared components, without a browser: what each says in its states, and what it does when it is used.</summary>
public sealed class ComponentTests : IDisposable
{
    private readonly BunitContext context = new();
    private readonly BunitJSModuleInterop dialogs;

    public ComponentTests()
    {
        dialogs = context.JSInterop.SetupModule("./js/dialog.js");
        dialogs.Mode = JSRuntimeMode.Loose;
    }

    public void Dispose() => context.Dispose();

    [Fact]
    public void A_swipe_has_its_twin_in_a_menu()
    {
        var done = new List<string>();
        RowAction[] actions = [new("查看", () => Do("查看")), new("删除人员", () => Do("删除人员"), Harm: true)];
        var row = context.Render<ListRow>(parameters => parameters.Add(row => row.Title, "李伟").Add(row => row.Href, "people/1").Add(row => row.Actions, actions));

        Assert.Equal(["查看", "删除人员"], row.FindAll(".swipe-action").Select(button => button.TextContent));
        Assert.All(row.FindAll(".swipe-action"), button => Assert.Equal("-1", button.GetAttribute("tabindex")));
        row.FindAll(".swipe-action")[1].Click();
        Assert.Empty(row.FindAll(".sheet-rows button"));

        row.Find("button[aria-haspopup]").Click();
        Assert.Equal(["查看", "删除人员"], row.FindAll(".sheet-rows button").Select(button => button.TextContent));
        row.FindAll(".sheet-rows button")[0].Click();
        Assert.Equal(["删除人员", "查看"], done);
        Assert.Equal(["show", "hide"], dialogs.Invocations.Select(invocation => invocation.Identifier));

        Task Do(string what)
        {
            done.Add(what);
            return Task.CompletedTask;
        }
    }

    [Fact]
    public void A_row_leads_does_or_only_says()
    {
        var clicked = 0;
        Assert.Equal("people", context.Render<ListRow>(parameters => parameters.Add(row => row.Title, "人员管理").Add(row => row.Href, "people")).Find("a.row").GetAttribute("href"));
        context.Render<ListRow>(parameters => parameters.Add(row => row.Title, "人员管理").Add(row => row.OnClick, () => clicked++)).Find("button.row").Click();
        Assert.Equal(1, clicked);
        Assert.Empty(context.Render<ListRow>(parameters => parameters.Add(row => row.Title, "人员管理").Add(row => row.End, "3 人")).FindAll("a, button"));
    }

    [Fact]
    public void A_harmful_answer_is_neither_the_main_nor_the_first_one()
    {
        var answers = new List<string>();
        var question = context.Render<Question>(parameters => parameters
            .Add(question => question.Title, "确认注销？").Add(question => question.Yes, "仍要注销").Add(question => question.Harm, true).Add(question => question.Open, true)
            .Add(question => question.OnYes, () => answers.Add("yes")).Add(question => question.OnNo, () => answers.Add("no")));
        var buttons = question.FindAll(".question-answers button");
        Assert.Equal(["取消", "仍要注销"], buttons.Select(button => button.TextContent));
        Assert.True(buttons[0].ClassList.Contains("main"));
        Assert.True(buttons[1].ClassList.Contains("harm"));
        buttons[1].Click();
        question.Find("dialog").TriggerEvent("oncancel", EventArgs.Empty);
        Assert.Equal(["yes", "no"], answers);

        question.Render(parameters => parameters.Add(question => question.Busy, true));
        Assert.All(question.FindAll(".question-answers button"), button => Assert.True(button.HasAttribute("disabled")));
        question.Render(parameters => parameters.Add(question => question.Open, false));
        Assert.Empty(question.FindAll("button"));
    }

    [Fact]
    public void A_long_list_is_searched_and_what_is_chosen_is_told()
    {
        string? chosen = null;
        Option[] options = [.. Enumerable.Range(1, 12).Select(n => new Option($"p{n}", $"第{n}交易平台"))];
        var select = context.Render<SelectSheet>(parameters => parameters
            .Add(select => select.Label, "交易平台").Add(select => select.Name, "platform").Add(select => select.Options, options).Add(select => select.ValueChanged, value => chosen = value));
        Assert.Equal("请选择", select.Find(".select span").TextContent);
        select.Find("button.select").Click();
        Assert.Equal(12, select.FindAll(".sheet-rows button").Count);
        select.Find("[name=platform-search]").Input("第1");
        Assert.Equal(4, select.FindAll(".sheet-rows button").Count);
        select.FindAll(".sheet-rows button")[3].Click();
        Assert.Equal("p12", chosen);

        select.Render(parameters => parameters.Add(select => select.Value, "p12").Add(select => select.Error, "已停用"));
        Assert.Equal("第12交易平台", select.Find(".select span").TextContent);
        Assert.Equal("已停用", select.Find(".field-note").TextContent);
        select.Find("button.select").Click();
        Assert.Equal("第12交易平台", select.Find("[aria-pressed=true]").TextContent.Trim());
    }

    [Fact]
    public void Checks_and_switches_say_what_they_are_and_tell_what_they_became()
    {
        var told = new List<bool>();
        var check = context.Render<Check>(parameters => parameters.Add(check => check.Text, "我已阅读").Add(check => check.ValueChanged, told.Add));
        check.Find("input").Change(true);
        var turned = context.Render<Switch>(parameters => parameters.Add(turned => turned.Text, "自动确认").Add(turned => turned.Value, true).Add(turned => turned.ValueChanged, told.Add));
        Assert.Equal("switch", turned.Find("input").GetAttribute("role"));
        Assert.True(turned.Find("input").HasAttribute("checked"));
        turned.Find("input").Change(false);
        Assert.Equal([true, false], told);
    }

    [Theory]
    [InlineData(ResultKind.Done, null, "status")]
    [InlineData(ResultKind.Part, "warn", "status")]
    [InlineData(ResultKind.Refused, "plain", "status")]
    [InlineData(ResultKind.Failed, "bad", "alert")]
    [InlineData(ResultKind.Unknown, "warn", "status")]
    public void A_result_is_a_word_with_a_mark(ResultKind kind, string? tone, string role)
    {
        var result = context.Render<Result>(parameters => parameters.Add(result => result.Kind, kind).Add(result => result.Title, "签章完成"));
        Assert.Equal((tone, role, "签章完成"), (result.Find("section").GetAttribute("data-tone"), result.Find("section").GetAttribute("role"), result.Find("h2").TextContent));
        Assert.NotNull(result.Find("svg"));
    }

    [Fact]
    public void A_meter_reads_itself_out()
    {
        var meter = context.Render<Meter>(parameters => parameters.Add(meter => meter.Label, "份数").Add(meter => meter.Value, 12).Add(meter => meter.Most, 50).Add(meter => meter.Unit, "份"));
        Assert.Equal("已用 12，上限 50", meter.Find("progress").TextContent);
        Assert.Equal("12 / 50 份", meter.Find("b").TextContent);
    }

    [Fact]
    public void The_pad_takes_six_digits_tells_them_once_and_forgets_them()
    {
        var pins = new List<string>();
        var pad = context.Render<PinPad>(parameters => parameters.Add(pad => pad.Title, "请输入证书PIN码").Add(pad => pad.OnEntered, pins.Add));
        foreach (var digit in "12345")
        {
            pad.Find("section").KeyDown(new KeyboardEventArgs { Key = digit.ToString() });
        }

        Assert.Equal("已输入 5 位，共 6 位", pad.Find(".pin-cells").GetAttribute("aria-label"));
        pad.Find($"[aria-label={Texts.Pin.Erase}]").Click();
        pad.Find("section").KeyDown(new KeyboardEventArgs { Key = "Backspace" });
        Press(pad, '7');
        Press(pad, '8');
        Press(pad, '9');
        pad.WaitForAssertion(() => Assert.Equal("已输入 0 位，共 6 位", pad.Find(".pin-cells").GetAttribute("aria-label")), TimeSpan.FromSeconds(60));
        Assert.Equal(["123789"], pins);

        pad.Render(parameters => parameters.Add(pad => pad.Disabled, true).Add(pad => pad.Error, "证书已锁定"));
        Assert.All(pad.FindAll(".key.num"), key => Assert.True(key.HasAttribute("disabled")));
        Assert.Contains("证书已锁定", pad.Find("[role=alert]").TextContent, StringComparison.Ordinal);

        static void Press(IRenderedComponent<PinPad> pad, char digit) =>
            pad.InvokeAsync(() => pad.FindAll(".key.num").Single(key => key.TextContent == digit.ToString()).Click()).GetAwaiter().GetResult();
    }

    [Fact]
    public void A_failure_is_told_in_words_with_a_number_only_when_support_has_to_look()
    {
        var banner = context.Render<FaultBanner>(parameters => parameters.Add(banner => banner.Fault, new Fault("出错了，请重试", "反复出现时请联系客服。", Quote: "4BF92F3577B34DA6A3CE929D0E0E4736")));
        Assert.Contains("咨询时请报编号 4BF92F3577B34DA6", banner.Find("[role=alert]").TextContent, StringComparison.Ordinal);
        banner.Render(parameters => parameters.Add(banner => banner.Fault, null));
        Assert.Equal("", banner.Find("[role=alert]").TextContent.Trim());
    }
}
