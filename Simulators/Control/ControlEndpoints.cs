using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Bzt.Simulators.Alipay;
using Bzt.Simulators.BankCards;
using Bzt.Simulators.Faces;
using Bzt.Simulators.CaVendors;
using Bzt.Simulators.Licences;
using Bzt.Simulators.Remittances;
using Bzt.Simulators.Sms;
using Bzt.Simulators.WeChat;
using Bzt.Simulators.WeChatPay;
using Bzt.Simulators.WebPush;
using Microsoft.Extensions.Options;

namespace Bzt.Simulators.Control;

/// <summary>What a person does on the pages, for programs: bearer token, JSON.</summary>
static class ControlEndpoints
{
    internal static readonly JsonSerializerOptions Json = new(JsonSerializerOptions.Web) { Converters = { new JsonStringEnumConverter() } };

    public static void MapControl(this WebApplication app)
    {
        var control = app.MapGroup("/control").AddEndpointFilter(RequireToken);
        control.MapGet("/sms", (string phone, SmsSimulator sms) => sms.Newest(phone, 1) is [var message] ? Results.Json(message, Json) : Results.NotFound());
        control.MapGet("/persons/{number:int}", (int number) => number is >= 1 and <= TestPerson.Last ? Results.Json(TestPerson.Get(number), Json) : Results.NotFound());
        control.MapPost("/wechat/confirm", Confirm);
        control.MapCaVendorControl();
        control.MapWebPushControl();
        control.MapGet("/remittances/{reference:guid}", (Guid reference, RemittanceSimulator remittances) => remittances.Find(reference) is { } account ? Results.Json(account, Json) : Results.NotFound());
        control.MapPost("/remittances/{reference:guid}", (Guid reference, Payer payer, RemittanceSimulator remittances, RemittanceNotifier notifier) =>
        {
            if (payer.AmountFen <= 0)
            {
                return Results.BadRequest();
            }

            if (!remittances.Remit(reference, payer.Name, payer.Account, payer.AmountFen))
            {
                return Results.NotFound();
            }

            notifier.Send(reference.ToString());
            return Results.NoContent();
        });
        control.MapPost("/remittances/{reference:guid}/notify", (Guid reference, RemittanceNotifier notifier) =>
        {
            notifier.Send(reference.ToString());
            return Results.NoContent();
        });
        control.MapGet("/alipay/{orderId}", (string orderId, AlipaySimulator alipay) => alipay.Find(orderId) is { } trade ? Results.Json(trade, Json) : Results.NotFound());
        control.MapPost("/alipay/{orderId}/pay", (string orderId, AlipaySimulator alipay, AlipayNotifier notifier) => Finish(orderId, TradeStatus.TradeSuccess, alipay, notifier));
        control.MapPost("/alipay/{orderId}/close", (string orderId, AlipaySimulator alipay, AlipayNotifier notifier) => Finish(orderId, TradeStatus.TradeClosed, alipay, notifier));
        control.MapPost("/alipay/{orderId}/notify", (string orderId, AlipaySimulator alipay, AlipayNotifier notifier) =>
        {
            if (alipay.Find(orderId)?.Notification is null)
            {
                return Results.NotFound();
            }

            notifier.Send(orderId);
            return Results.NoContent();
        });
        control.MapPost("/certifications/{certifyId}/{answer}", (string certifyId, string answer, Certifications certifications) => answer switch
        {
            "agree" or "refuse" => certifications.Answer(certifyId, answer == "agree") is { } certification ? Results.Json(new Left(certification.ReturnUrl), Json) : Results.NotFound(),
            "later" => certifications.Find(certifyId) is { } certification ? Results.Json(new Left(certification.ReturnUrl), Json) : Results.NotFound(),
            _ => Results.BadRequest(),
        });
        control.MapPost("/faces/{checkId}/{act}", (string checkId, string act, FaceSimulator faces) =>
            !Enum.TryParse<FaceAct>(act, ignoreCase: true, out var chosen) ? Results.BadRequest()
            : faces.Act(checkId, chosen) is { } check ? Results.Json(new Left(check.Request.ReturnUrl), Json)
            : Results.NotFound());
        control.MapPost("/licences", (LicenceText text, LicenceSimulator licences) =>
        {
            licences.ShowNext(text);
            return Results.NoContent();
        });
        control.MapGet("/checks", (SimulatorState state) => Results.Json(state.Read(world =>
            new ChecksMade(world.BankCardChecks.Count, world.Certifications.Count, world.FaceChecks.Count, world.LicenceReads.Count)), Json));
        control.MapGet("/wechat-pay/{orderId}", (string orderId, WeChatPaySimulator weChatPay) => weChatPay.Find(orderId) is { } trade ? Results.Json(trade, Json) : Results.NotFound());
        control.MapPost("/wechat-pay/{orderId}/pay", (string orderId, WeChatPaySimulator weChatPay, WeChatPayNotifier notifier) =>
        {
            if (weChatPay.Find(orderId) is null)
            {
                return Results.NotFound();
            }

            if (!weChatPay.Pay(orderId))
            {
                return Results.Conflict();
            }

            notifier.Send(orderId);
            return Results.NoContent();
        });
        control.MapPost("/wechat-pay/{orderId}/notify", (string orderId, WeChatPayNotifier notifier) =>
        {
            notifier.Send(orderId);
            return Results.NoContent();
        });
        control.MapPost("/steer/{provider}", SteerAsync);
        control.MapDelete("/steer/{provider}", (string provider, Steering steering) =>
        {
            steering.Clear(provider);
            return Results.NoContent();
        });
    }

    static IResult Confirm(Confirmation confirmation, WeChatSimulator weChat, SimulatorKeys keys)
    {
        if (WeChatConsent.Read(confirmation.Page, keys) is not { Consent: { } consent })
        {
            return Results.BadRequest();
        }

        var code = confirmation.Nickname is { Length: > 0 } nickname ? weChat.Agree(weChat.Named(nickname), consent.Scope, consent.CodeLifetime) : null;
        return Results.Json(consent.Return(code));
    }

    internal sealed record Payer(string Name, string Account, long AmountFen);

    internal sealed record Confirmation(Uri Page, string? Nickname);

    static async Task<IResult> SteerAsync(string provider, HttpRequest request, Steering steering)
    {
        Steer? steer;
        try
        {
            steer = await request.ReadFromJsonAsync<Steer>(Json, request.HttpContext.RequestAborted);
        }
        catch (JsonException)
        {
            steer = null;
        }

        if (steer is not { Count: >= 1 and <= 100, Milliseconds: >= 0 and <= 300_000 })
        {
            return Results.BadRequest();
        }

        if (!Steering.Providers.Contains(provider))
        {
            return Results.NotFound();
        }

        steering.Add(provider, steer);
        return Results.NoContent();
    }

    static IResult Finish(string orderId, TradeStatus status, AlipaySimulator alipay, AlipayNotifier notifier)
    {
        if (alipay.Find(orderId) is null)
        {
            return Results.NotFound();
        }

        if (!alipay.Finish(orderId, status))
        {
            return Results.Conflict();
        }

        notifier.Send(orderId);
        return Results.NoContent();
    }

    static async ValueTask<object?> RequireToken(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var expected = "Bearer " + context.HttpContext.RequestServices.GetRequiredService<IOptions<SimulatorOptions>>().Value.ControlToken;
        var given = context.HttpContext.Request.Headers.Authorization.ToString();
        return CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), Encoding.UTF8.GetBytes(expected)) ? await next(context) : Results.Unauthorized();
    }
}

/// <param name="ReturnUrl">Where the page sends the browser.</param>
public sealed record Left(string ReturnUrl);

/// <summary>How many checks and readings each provider has been asked for, and would charge.</summary>
public sealed record ChecksMade(int BankCards, int Certifications, int Faces, int Licences);
