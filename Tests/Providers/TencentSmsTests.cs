using System.Net;
using Bzt.Grains.Providers.Sms;
using Bzt.Simulators;
using Bzt.Tests.Simulators;

namespace Bzt.Tests.Providers;

/// <summary>The other sender, chosen by configuration alone; Tencent's own SDK drives the same simulator (<see cref="VendorSdkTests"/>).</summary>
public sealed class TencentSmsTests
{
    const string Phone = "13800000000";

    static Task<SmsResult> Send(ISmsSender sender) => sender.SendCodeAsync(Phone, "123456", SmsPurpose.Login, "r");

    [Fact]
    [Trait("Feature", "M011"), Trait("Surface", "api")]
    public async Task Each_purpose_arrives_with_its_own_text_and_the_code()
    {
        await using var simulators = await RunningSimulators.StartAsync(smsVendor: "Tencent");
        Assert.Equal("Tencent", simulators.Settings["Providers:Sms:Vendor"]);
        var sender = simulators.Adapter<ISmsSender>();
        Assert.IsType<TencentSmsSender>(sender);
        var texts = new HashSet<string>();
        foreach (var purpose in Enum.GetValues<SmsPurpose>())
        {
            var code = $"{(int)purpose:D6}";
            var sent = Assert.IsType<SmsResult.Ok>(await sender.SendCodeAsync(Phone, code, purpose, $"request-{purpose}"));
            var message = (await simulators.Control.LastMessageAsync(Phone))!;
            Assert.Equal((code, $"request-{purpose}", sent.MessageId), (message.Code, message.OutId, message.BizId));
            texts.Add(message.Text.Replace(code, ""));
        }

        Assert.Equal(Enum.GetValues<SmsPurpose>().Length, texts.Count);
    }

    [Theory]
    [InlineData("LimitExceeded.PhoneNumberDailyLimit", SmsRefusal.TooMany)]
    [InlineData("InvalidParameterValue.IncorrectPhoneNumber", SmsRefusal.InvalidNumber)]
    [InlineData("FailedOperation.InsufficientBalanceInSmsPackage", SmsRefusal.Account)]
    [InlineData("UnauthorizedOperation.IndividualUserMarketingSmsPermissionDeny", SmsRefusal.Account)]
    [InlineData("FailedOperation.SomethingNew", SmsRefusal.Other)]
    public async Task The_provider_s_codes_become_ours(string providerCode, SmsRefusal refusal)
    {
        await using var simulators = await RunningSimulators.StartAsync(smsVendor: "Tencent");
        var sender = simulators.Adapter<ISmsSender>();
        await simulators.Control.SteerAsync("sms", new(Disturbance.Fail, providerCode));
        Assert.Equal(new SmsResult.Refused(refusal, providerCode), await Send(sender));
        Assert.IsType<SmsResult.Ok>(await Send(sender));
    }

    [Theory]
    [InlineData("SignName", "别的", "FailedOperation.SignatureIncorrectOrUnapproved")]
    [InlineData("Templates:Login", "1", "FailedOperation.TemplateIncorrectOrUnapproved")]
    [InlineData("AccessKeySecret", "wrong", "AuthFailure.SignatureFailure")]
    [InlineData("AccessKeyId", "wrong", "AuthFailure.SecretIdNotFound")]
    [InlineData("SdkAppId", "1400000000", "UnauthorizedOperation.SmsSdkAppIdVerifyFail")]
    public async Task Refusals_of_the_simulated_account_itself(string setting, string value, string providerCode)
    {
        await using var simulators = await RunningSimulators.StartAsync(smsVendor: "Tencent");
        Assert.Equal(new SmsResult.Refused(SmsRefusal.Account, providerCode), await Send(simulators.Adapter<ISmsSender>(null, ($"Providers:Sms:{setting}", value))));
    }

    [Fact]
    public async Task Numbers_clocks_and_trouble()
    {
        await using var simulators = await RunningSimulators.StartAsync(smsVendor: "Tencent");
        var sender = simulators.Adapter<ISmsSender>();
        Assert.Equal(
            new SmsResult.Refused(SmsRefusal.InvalidNumber, "InvalidParameterValue.IncorrectPhoneNumber"), await sender.SendCodeAsync("1380000", "123456", SmsPurpose.Login, "r"));
        var clock = RunningSimulators.Clock();
        clock.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal(new SmsResult.Refused(SmsRefusal.Account, "AuthFailure.SignatureExpire"), await Send(simulators.Adapter<ISmsSender>(clock)));
        await simulators.Control.SteerAsync("sms", new(Disturbance.Garbage));
        Assert.Equal(new SmsResult.Unavailable("unreadable answer"), await Send(sender));
        await simulators.Control.SteerAsync("sms", new(Disturbance.Fail, "InternalError.Timeout"));
        Assert.Equal(new SmsResult.Unavailable("InternalError.Timeout"), await Send(sender));
        Assert.Null(await simulators.Control.LastMessageAsync(Phone));

        // The answer is lost, the message is not: unavailable does not mean unsent.
        await simulators.Control.SteerAsync("sms", new(Disturbance.Silence));
        Assert.IsType<SmsResult.Unavailable>(await Send(sender));
        Assert.NotNull(await simulators.Control.LastMessageAsync(Phone));
    }

    [Fact]
    public async Task A_request_altered_on_the_way_is_refused()
    {
        await using var simulators = await RunningSimulators.StartAsync(smsVendor: "Tencent");
        await using var recorder = await Impostor.StartAsync("{}", []);
        Assert.IsType<SmsResult.Unavailable>(await Send(simulators.Adapter<ISmsSender>(null, ("Providers:Sms:Endpoint", recorder.Address.AbsoluteUri))));
        var (body, headers) = recorder.Last;
        Assert.Contains("AuthFailure.SignatureFailure", await Play([.. body, (byte)' ']));
        Assert.Contains("\"Ok\"", await Play(body));

        async Task<string> Play(byte[] content)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, simulators.Address) { Content = new ByteArrayContent(content) };
            foreach (var (name, value) in headers.Where(header => header.Name is "Authorization" or "Content-Type" || header.Name.StartsWith("X-TC-", StringComparison.OrdinalIgnoreCase)))
            {
                _ = request.Headers.TryAddWithoutValidation(name, value) || request.Content.Headers.TryAddWithoutValidation(name, value);
            }

            using var response = await simulators.Http.SendAsync(request);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            return await response.Content.ReadAsStringAsync();
        }
    }
}
