using Bzt.Grains.Providers.Sms;
using Bzt.Simulators;
using Bzt.Tests.Simulators;

namespace Bzt.Tests.Providers;

/// <summary>Our adapter against the simulator, which Aliyun's own SDK drives too (<see cref="VendorSdkTests"/>).</summary>
public sealed class AliyunSmsTests
{
    const string Phone = "13800000000";

    [Fact]
    [Trait("Feature", "M011"), Trait("Surface", "api")]
    public async Task Each_purpose_arrives_with_its_own_text_and_the_code()
    {
        await using var simulators = await RunningSimulators.StartAsync();
        var sender = simulators.Adapter<ISmsSender>();
        var texts = new HashSet<string>();
        foreach (var purpose in Enum.GetValues<SmsPurpose>())
        {
            var code = $"{(int)purpose:D6}";
            var sent = Assert.IsType<SmsResult.Ok>(await sender.SendCodeAsync(Phone, code, purpose, $"request-{purpose}"));
            var message = (await simulators.Control.LastMessageAsync(Phone))!;
            Assert.Equal((code, $"request-{purpose}", sent.MessageId), (message.Code, message.OutId, message.BizId));
            Assert.Contains(code, message.Text);
            texts.Add(message.Text.Replace(code, ""));
        }

        Assert.Equal(Enum.GetValues<SmsPurpose>().Length, texts.Count);
        Assert.Null(await simulators.Control.LastMessageAsync("13900000000"));
    }

    [Theory]
    [InlineData("isv.BUSINESS_LIMIT_CONTROL", SmsRefusal.TooMany)]
    [InlineData("isv.MOBILE_NUMBER_ILLEGAL", SmsRefusal.InvalidNumber)]
    [InlineData("isv.AMOUNT_NOT_ENOUGH", SmsRefusal.Account)]
    [InlineData("isv.SOMETHING_NEW", SmsRefusal.Other)]
    public async Task The_provider_s_codes_become_ours(string providerCode, SmsRefusal refusal)
    {
        await using var simulators = await RunningSimulators.StartAsync();
        var sender = simulators.Adapter<ISmsSender>();
        await simulators.Control.SteerAsync("sms", new(Disturbance.Fail, providerCode));
        Assert.Equal(new SmsResult.Refused(refusal, providerCode), await sender.SendCodeAsync(Phone, "123456", SmsPurpose.Login, "r"));
        Assert.IsType<SmsResult.Ok>(await sender.SendCodeAsync(Phone, "123456", SmsPurpose.Login, "r"));
    }

    [Fact]
    public async Task Refusals_of_the_simulated_account_itself()
    {
        await using var simulators = await RunningSimulators.StartAsync();
        Assert.Equal(new SmsResult.Refused(SmsRefusal.InvalidNumber, "isv.MOBILE_NUMBER_ILLEGAL"), await simulators.Adapter<ISmsSender>().SendCodeAsync("1380000", "123456", SmsPurpose.Login, "r"));
        Assert.Equal(new SmsResult.Refused(SmsRefusal.Account, "isv.SMS_SIGNATURE_ILLEGAL"), await Send(("Providers:Sms:SignName", "别的")));
        Assert.Equal(new SmsResult.Refused(SmsRefusal.Account, "isv.SMS_TEMPLATE_ILLEGAL"), await Send(("Providers:Sms:Templates:Login", "SMS_1")));
        Assert.Equal(new SmsResult.Refused(SmsRefusal.Account, "SignatureDoesNotMatch"), await Send(("Providers:Sms:AccessKeySecret", "wrong")));
        Assert.Equal(new SmsResult.Refused(SmsRefusal.Account, "InvalidAccessKeyId.NotFound"), await Send(("Providers:Sms:AccessKeyId", "wrong")));

        Task<SmsResult> Send((string, string?) change) => simulators.Adapter<ISmsSender>(null, change).SendCodeAsync(Phone, "123456", SmsPurpose.Login, "r");
    }

    [Fact]
    public async Task A_clock_that_is_off_is_refused_as_Aliyun_does()
    {
        await using var simulators = await RunningSimulators.StartAsync();
        var clock = RunningSimulators.Clock();
        clock.Advance(TimeSpan.FromMinutes(20));
        Assert.Equal(
            new SmsResult.Refused(SmsRefusal.Account, "InvalidTimeStamp.Expired"),
            await simulators.Adapter<ISmsSender>(clock).SendCodeAsync(Phone, "123456", SmsPurpose.Login, "r"));
    }

    [Fact]
    public async Task Trouble_is_an_answer_not_an_exception()
    {
        await using var simulators = await RunningSimulators.StartAsync();
        var sender = simulators.Adapter<ISmsSender>();
        await simulators.Control.SteerAsync("sms", new(Disturbance.Garbage));
        Assert.Equal(new SmsResult.Unavailable("unreadable answer, HTTP 200"), await sender.SendCodeAsync(Phone, "111111", SmsPurpose.Login, "r"));
        Assert.Null(await simulators.Control.LastMessageAsync(Phone));

        // The answer is lost, the message is not: unavailable does not mean unsent.
        await simulators.Control.SteerAsync("sms", new(Disturbance.Silence));
        Assert.IsType<SmsResult.Unavailable>(await sender.SendCodeAsync(Phone, "222222", SmsPurpose.Login, "r"));
        Assert.Equal("222222", (await simulators.Control.LastMessageAsync(Phone))!.Code);

        await simulators.Control.SteerAsync("sms", new(Disturbance.Fail, "isp.SYSTEM_ERROR"));
        Assert.Equal(new SmsResult.Unavailable("isp.SYSTEM_ERROR"), await sender.SendCodeAsync(Phone, "333333", SmsPurpose.Login, "r"));
    }

    [Fact]
    public async Task A_late_provider_is_given_up_on_and_an_impatient_caller_gets_his_cancellation()
    {
        // The simulators' clock stands still: their answer never comes.
        await using var simulators = await RunningSimulators.StartAsync(RunningSimulators.Clock());
        await simulators.Control.SteerAsync("sms", new(Disturbance.Delay, Milliseconds: 1000, Count: 2));
        var clock = RunningSimulators.Clock();
        var sender = simulators.Adapter<ISmsSender>(clock);
        var late = sender.SendCodeAsync(Phone, "123456", SmsPurpose.Login, "r");
        while (!late.IsCompleted)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        Assert.Equal(new SmsResult.Unavailable("no answer in time"), await late);

        using var impatient = new CancellationTokenSource();
        var cancelled = simulators.Adapter<ISmsSender>(RunningSimulators.Clock()).SendCodeAsync(Phone, "123456", SmsPurpose.Login, "r", impatient.Token);
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
    }

    [Fact]
    public async Task No_one_at_the_address_is_unavailable()
    {
        await using var simulators = await RunningSimulators.StartAsync();
        // Port 1 of this machine: refused at once.
        var sender = simulators.Adapter<ISmsSender>(null, ("Providers:Sms:Endpoint", "http://127.0.0.1:1/"));
        Assert.IsType<SmsResult.Unavailable>(await sender.SendCodeAsync(Phone, "123456", SmsPurpose.Login, "r"));
    }
}
