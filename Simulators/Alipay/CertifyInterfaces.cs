namespace Bzt.Simulators.Alipay;

/// <summary><c>alipay.user.certify.open.initialize</c> and <c>.query</c>; <c>.certify</c> between them leads the person to a page.</summary>
static class CertifyInterfaces
{
    public static Dictionary<string, string> Answer(string method, Dictionary<string, string> content, Certifications certifications) => method switch
    {
        "alipay.user.certify.open.initialize" => certifications.Initialize(content) is { } certifyId
            ? AlipayAnswer.Success(("certify_id", certifyId))
            : AlipayAnswer.Failed("INVALID_PARAMETER"),
        "alipay.user.certify.open.query" => certifications.Find(content.GetValueOrDefault("certify_id", "")) is { } certification
            ? Query(certification)
            : AlipayAnswer.Failed("CERTIFY_ID_EXPIRED"),
        _ => AlipayAnswer.UnknownMethod(),
    };

    static Dictionary<string, string> Query(Certification certification)
    {
        var answer = AlipayAnswer.Success(("passed", certification.Passed == true ? "T" : "F"), ("identity_info", "{}"), ("material_info", "{}"));
        if (certification.FailReason is { } reason)
        {
            answer["fail_reason"] = reason;
        }

        return answer;
    }
}
