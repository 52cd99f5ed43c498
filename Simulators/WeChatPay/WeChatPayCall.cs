using System.Text.Json;

namespace Bzt.Simulators.WeChatPay;

/// <summary>A call: checked, steered, answered with WeChat's signature.</summary>
sealed class WeChatPayCall(SimulatorKeys keys, SimulatorState state, Steering steering, TimeProvider time)
{
    public WeChatPayAccount Account => keys.WeChatPay;

    public async Task<IResult> AnswerAsync(HttpContext context, Func<byte[], (string? Error, object? Answer)> handle)
    {
        using var buffer = new MemoryStream();
        await context.Request.Body.CopyToAsync(buffer, context.RequestAborted);
        var body = buffer.ToArray();
        if (!WeChatPaySignature.IsAuthentic(context.Request, body, Account, state, time.GetUtcNow()))
        {
            return Error("SIGN_ERROR", context);
        }

        var steer = await steering.NextAsync("wechatpay", context.RequestAborted);
        switch (steer?.Kind)
        {
            case Disturbance.Fail:
                return Error(steer.Code ?? "SYSTEM_ERROR", context);
            case Disturbance.Garbage:
                return Results.Text("{\"h5_url\":\"https://", "application/json");
        }

        var (error, answer) = handle(body);
        if (steer is { Kind: Disturbance.Silence })
        {
            context.Abort();
            return Results.Empty;
        }

        return steer.Shape(error is not null ? Error(error, context) : Signed(context, answer is null ? [] : JsonSerializer.SerializeToUtf8Bytes(answer, answer.GetType(), WeChatPayEndpoints.Json), answer is null ? 204 : 200));
    }

    IResult Error(string code, HttpContext context) => Signed(context, JsonSerializer.SerializeToUtf8Bytes(new { code, message = Message(code) }), Status(code));

    IResult Signed(HttpContext context, byte[] body, int status)
    {
        foreach (var (name, value) in WeChatPaySignature.Sign(body, Account, time.GetUtcNow()))
        {
            context.Response.Headers[name] = value;
        }

        context.Response.StatusCode = status;
        return status == 204 ? Results.Empty : new Raw(body);
    }

    static int Status(string code) => code switch
    {
        "SIGN_ERROR" => 401,
        "ORDER_NOT_EXIST" or "RESOURCE_NOT_EXISTS" => 404,
        "NO_AUTH" or "NOT_ENOUGH" or "OUT_TRADE_NO_USED" => 403,
        "FREQUENCY_LIMITED" => 429,
        "SYSTEM_ERROR" or "BANK_ERROR" => 500,
        _ => 400,
    };

    static string Message(string code) => code switch
    {
        "SIGN_ERROR" => "签名错误",
        "ORDER_NOT_EXIST" => "订单不存在",
        "RESOURCE_NOT_EXISTS" => "查询的资源不存在",
        "ORDERPAID" => "订单已支付",
        "ORDER_CLOSED" => "订单已关闭",
        "NOT_ENOUGH" => "基本账户余额不足，请充值后重新发起",
        "FREQUENCY_LIMITED" => "频率超限",
        "SYSTEM_ERROR" => "系统异常，请稍后重试",
        _ => "请求未能完成",
    };

    sealed class Raw(byte[] body) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.ContentType = "application/json; charset=utf-8";
            return httpContext.Response.Body.WriteAsync(body, httpContext.RequestAborted).AsTask();
        }
    }
}
