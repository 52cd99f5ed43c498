using System.Text.Json;
using Microsoft.Extensions.Options;

namespace Bzt.Simulators.Sms;

/// <summary>A message as the phone would show it, with the code taken out for whoever plays the phone's owner.</summary>
public sealed record SmsMessage(string Phone, string Code, string Template, string Text, string? OutId, string BizId, DateTimeOffset SentAt);

/// <summary>Aliyun 短信服务, dysmsapi 2017-05-25, action SendSms.</summary>
sealed class SmsSimulator(SimulatorState state, IOptions<SimulatorOptions> options, TimeProvider time)
{
    const int Kept = 1000;

    /// <summary>Aliyun's business answer: <c>OK</c> with a receipt number, or a code and why.</summary>
    public (string Code, string Message, string? BizId) Send(IReadOnlyDictionary<string, string> parameters)
    {
        var phone = parameters.GetValueOrDefault("PhoneNumbers", "");
        if (!IsPhone(phone))
        {
            return ("isv.MOBILE_NUMBER_ILLEGAL", $"{phone}invalid mobile number", null);
        }

        if (parameters.GetValueOrDefault("SignName") != options.Value.SmsSignName)
        {
            return ("isv.SMS_SIGNATURE_ILLEGAL", "该账号下找不到对应签名", null);
        }

        var template = parameters.GetValueOrDefault("TemplateCode", "");
        if (!options.Value.SmsTemplates.TryGetValue(template, out var text))
        {
            return ("isv.SMS_TEMPLATE_ILLEGAL", "该账号下找不到对应模板", null);
        }

        if (!TryReadCode(parameters.GetValueOrDefault("TemplateParam", ""), out var code))
        {
            return ("isv.INVALID_JSON_PARAM", "参数格式错误，请修改为字符串值", null);
        }

        if (code is null)
        {
            return ("isv.TEMPLATE_MISSING_PARAMETERS", "模板变量中存在未赋值变量", null);
        }

        return ("OK", "OK", Deliver(phone, code, template, text, parameters.GetValueOrDefault("OutId"), ""));
    }

    public static bool IsPhone(string phone) => phone.Length == 11 && phone[0] == '1' && phone.All(char.IsAsciiDigit);

    /// <summary>The phone gets it. Answers the vendor's receipt number.</summary>
    public string Deliver(string phone, string code, string template, string text, string? outId, string prefix)
    {
        var serial = $"{prefix}{Random.Shared.NextInt64(100_000_000_000_000_000, 999_999_999_999_999_999)}{(prefix.Length == 0 ? "^0" : "")}";
        var message = new SmsMessage(phone, code, template, $"【{options.Value.SmsSignName}】{text.Replace("${code}", code, StringComparison.Ordinal)}", outId, serial, time.GetUtcNow());
        state.Change(world =>
        {
            world.Messages.Add(message);
            if (world.Messages.Count > Kept)
            {
                world.Messages.RemoveRange(0, world.Messages.Count - Kept);
            }

            return true;
        });
        return serial;
    }

    public IReadOnlyList<SmsMessage> Newest(string? phone = null, int count = 50) => state.Read<IReadOnlyList<SmsMessage>>(world =>
        [.. world.Messages.AsEnumerable().Reverse().Where(message => phone is null || message.Phone == phone).Take(count)]);

    static bool TryReadCode(string json, out string? code)
    {
        code = null;
        try
        {
            using var document = JsonDocument.Parse(json);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                return false;
            }

            if (document.RootElement.TryGetProperty("code", out var value))
            {
                if (value.ValueKind != JsonValueKind.String)
                {
                    return false;
                }

                code = value.GetString();
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
