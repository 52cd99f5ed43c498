using Bzt.Simulators.Pages;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Bzt.Simulators.Alipay;

/// <summary>开放平台: the one address every interface is called at, and the two pages a person is led to: the cashier, and the certification's.</summary>
static class AlipayEndpoints
{
    public static void MapAlipay(this WebApplication app)
    {
        app.MapMethods("/gateway.do", ["GET", "POST"], (HttpContext context, AlipayGateway gateway) => gateway.AnswerAsync(context));
        app.MapGet("/alipay/cashier/{tradeNo}", IResult (string tradeNo, AlipaySimulator simulator) =>
            simulator.FindByTradeNo(tradeNo) is { } trade ? new RazorComponentResult<CashierPage>(new { Trade = trade }) : Results.NotFound());
        app.MapPost("/alipay/cashier/{tradeNo}/pay", (string tradeNo, AlipaySimulator simulator, AlipayNotifier notifier) => Leave(tradeNo, TradeStatus.TradeSuccess, simulator, notifier));
        app.MapPost("/alipay/cashier/{tradeNo}/close", (string tradeNo, AlipaySimulator simulator, AlipayNotifier notifier) => Leave(tradeNo, TradeStatus.TradeClosed, simulator, notifier));
        app.MapGet("/alipay/certify/{certifyId}", IResult (string certifyId, Certifications certifications) =>
            certifications.Find(certifyId) is { } certification ? new RazorComponentResult<CertifyPage>(new { Certification = certification }) : Results.NotFound());
        app.MapPost("/alipay/certify/{certifyId}/agree", (string certifyId, Certifications certifications) => Leave(certifications.Answer(certifyId, agree: true)));
        app.MapPost("/alipay/certify/{certifyId}/refuse", (string certifyId, Certifications certifications) => Leave(certifications.Answer(certifyId, agree: false)));
    }

    static IResult Leave(string tradeNo, TradeStatus status, AlipaySimulator simulator, AlipayNotifier notifier)
    {
        if (simulator.FindByTradeNo(tradeNo) is not { } trade)
        {
            return Results.NotFound();
        }

        if (simulator.Finish(trade.OrderId, status))
        {
            notifier.Send(trade.OrderId);
        }

        return Results.Redirect(trade.ReturnUrl is { } back && status == TradeStatus.TradeSuccess ? back : $"/alipay/cashier/{tradeNo}");
    }

    static IResult Leave(Certification? certification) => certification is null ? Results.NotFound() : Results.Redirect(certification.ReturnUrl);
}
