using Bunit;
using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.MobileApp;
using Bzt.MobileApp.Components;
using Bzt.MobileApp.Device;
using Microsoft.AspNetCore.Components.WebAssembly.Services;
using Microsoft.Extensions.DependencyInjection;

namespace Bzt.Tests.MobileApp;

/// <summary>Where a PIN is chosen and a code is asked for, without a browser and without a server.</summary>
public sealed class PinAndCodeTests : IDisposable
{
    private readonly BunitContext context = new();

    public PinAndCodeTests()
    {
        context.JSInterop.Mode = JSRuntimeMode.Loose;
        context.Services.AddSingleton(new HttpClient { BaseAddress = new Uri("http://127.0.0.1:9") });
        context.Services.AddSingleton<Vault>().AddSingleton<AppWindow>().AddSingleton<Notifications>()
            .AddSingleton<LazyAssemblyLoader>().AddSingleton<LineAssemblies>().AddSingleton<PhoneApp>();
    }

    public void Dispose() => context.DisposeAsync().AsTask().GetAwaiter().GetResult();

    [Fact]
    public void A_new_PIN_is_judged_repeated_and_told_once()
    {
        var chosen = new List<string>();
        var pad = context.Render<NewPinPad>(parameters => parameters.Add(pad => pad.Title, "设置新的6位PIN码").Add(pad => pad.Old, "493817").Add(pad => pad.OnChosen, chosen.Add));
        Enter(pad, "493817");
        Told(pad, "新PIN码与原PIN码相同");
        Enter(pad, "123456");
        Told(pad, "过于简单");
        Enter(pad, "604817");
        Titled(pad, "再输入一次");
        Enter(pad, "604818");
        Told(pad, "两次输入不一致");
        Titled(pad, "设置新的6位PIN码");
        Enter(pad, "604817");
        Titled(pad, "再输入一次");
        Enter(pad, "604817");
        pad.WaitForAssertion(() => Assert.Equal(["604817"], chosen), Patience);
    }

    [Fact]
    public void A_code_is_asked_for_once_at_a_time_and_why_it_did_not_go_out_is_told()
    {
        var asked = 0;
        var answer = new TaskCompletionSource<SmsCodeSent?>();
        var faults = new List<Fault?>();
        var field = context.Render<CodeField>(parameters => parameters
            .Add(field => field.Number, "138****0001").Add(field => field.OnFault, faults.Add)
            .Add(field => field.Send, () =>
            {
                asked++;
                return answer.Task;
            }));
        var button = field.Find(".field-end");
        button.Click();
        Assert.True(field.Find(".field-end").HasAttribute("disabled"));
        answer.SetException(new ApiRefusedException(new Problem("about:blank", "验证码获取过于频繁", 429, ErrorCodes.SmsTooMany) { RetryAfterSeconds = 60 }));
        field.WaitForAssertion(() => Assert.Equal(["验证码获取过于频繁"], faults.Select(fault => fault?.Title)), Patience);
        Assert.Equal("获取验证码", field.Find(".field-end").TextContent);

        answer = new TaskCompletionSource<SmsCodeSent?>();
        answer.SetResult(new SmsCodeSent(60, 600));
        field.Find(".field-end").Click();
        field.WaitForAssertion(() => Assert.Contains("秒后重发", field.Find(".field-end").TextContent, StringComparison.Ordinal), Patience);
        Assert.Equal("已发送至 138****0001", field.Find(".field-note").TextContent);
        Assert.Equal((2, null), (asked, faults[^1]));
    }

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Finding a key and pressing it are one step: the pad draws itself anew in between otherwise.</summary>
    private static void Enter(IRenderedComponent<NewPinPad> pad, string pin)
    {
        foreach (var digit in pin)
        {
            pad.InvokeAsync(() => pad.FindAll(".key.num").Single(key => key.TextContent == digit.ToString()).Click()).GetAwaiter().GetResult();
        }
    }

    private static void Told(IRenderedComponent<NewPinPad> pad, string text) =>
        pad.WaitForAssertion(() => Assert.Contains(text, pad.Find("[role=alert]").TextContent, StringComparison.Ordinal), Patience);

    private static void Titled(IRenderedComponent<NewPinPad> pad, string text) => pad.WaitForAssertion(() => Assert.Equal(text, pad.Find("h2").TextContent), Patience);
}
