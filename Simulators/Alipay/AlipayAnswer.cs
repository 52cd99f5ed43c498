namespace Bzt.Simulators.Alipay;

/// <summary>What an interface answers, before it is signed: <c>code</c> and <c>msg</c> of the gateway, then fields of the interface or the <c>sub_code</c> of a refusal.</summary>
static class AlipayAnswer
{
    public static Dictionary<string, string> Success(params ReadOnlySpan<(string Name, string Value)> fields)
    {
        var answer = new Dictionary<string, string> { ["code"] = "10000", ["msg"] = "Success" };
        foreach (var (name, value) in fields)
        {
            answer.Add(name, value);
        }

        return answer;
    }

    /// <summary>The interface understood, and refuses.</summary>
    public static Dictionary<string, string> Failed(string subCode) => Refused("40004", "Business Failed", subCode);

    /// <summary>The gateway itself refuses.</summary>
    public static Dictionary<string, string> Invalid(string subCode) => Refused("40002", "Invalid Arguments", subCode);

    public static Dictionary<string, string> UnknownMethod() => Invalid("isv.invalid-method");

    static Dictionary<string, string> Refused(string code, string message, string subCode) =>
        new() { ["code"] = code, ["msg"] = message, ["sub_code"] = subCode, ["sub_msg"] = Message(subCode) };

    public static string Message(string subCode) => subCode switch
    {
        "isv.invalid-app-id" => "无效的AppID参数",
        "isv.invalid-signature-type" => "无效的签名类型",
        "isv.invalid-charset" => "字符集错误",
        "isv.invalid-signature" => "验签出错，请检查签名和待签名字符串",
        "isv.invalid-timestamp" => "非法的时间戳参数",
        "isv.invalid-method" => "不存在的方法名",
        "CERTIFY_ID_EXPIRED" => "认证已失效",
        "INVALID_PARAMETER" => "参数有误",
        "ACQ.TRADE_NOT_EXIST" => "交易不存在",
        "ACQ.TRADE_HAS_SUCCESS" => "交易已被支付",
        "ACQ.TRADE_HAS_CLOSE" => "交易已经关闭",
        "ACQ.CONTEXT_INCONSISTENT" => "交易信息被篡改",
        "ACQ.INVALID_PARAMETER" => "参数无效",
        "ACQ.REASON_TRADE_STATUS_INVALID" or "ACQ.TRADE_STATUS_ERROR" => "交易状态异常",
        "ACQ.REFUND_AMT_NOT_EQUAL_TOTAL" => "退款金额超限",
        "ACQ.DISCORDANT_REPEAT_REQUEST" => "不一致的请求",
        "ACQ.SELLER_BALANCE_NOT_ENOUGH" => "卖家余额不足",
        _ => "系统错误",
    };
}
