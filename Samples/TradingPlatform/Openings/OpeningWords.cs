using Bzt.Protocol.Evidence;

namespace Bzt.Samples.TradingPlatform.Openings;

/// <summary>What the service judges, as people in the hall read it.</summary>
internal static class OpeningWords
{
    public static string Of(OpeningCause cause) => cause switch
    {
        OpeningCause.None => "已解密",
        OpeningCause.NotAsked => "投标人未到场，没有发起解密请求",
        OpeningCause.NoAnswerYet => "已发起，等待手机确认",
        OpeningCause.NotScanned => "二维码超时，没有手机扫码",
        OpeningCause.NotConfirmed => "已扫码，未在时限内确认",
        OpeningCause.Refused => "投标人在手机上拒绝",
        OpeningCause.Disowned => "持有人表示不是本人发起",
        OpeningCause.WrongPin => "PIN码错误，未在时限内改正",
        OpeningCause.Locked => "证书已锁定",
        OpeningCause.CertificateUnusable => "证书不可用",
        OpeningCause.Cancelled => "请求已取消",
        OpeningCause.NotReported => "手机已确认，平台正在读取",
        OpeningCause.WrongKey => "文件完好，密钥不符",
        OpeningCause.KeyRefused => "文件中的密钥校验未通过",
        OpeningCause.Altered => "文件与投标人签署的不一致",
        OpeningCause.Malformed => "文件内容不符合规定",
        OpeningCause.PartsRefused => "解密应答无法验证",
        OpeningCause.ReaderFailed => "平台读取文件失败",
        _ => "通信失败",
    };

    public static string Of(OpeningOutcome outcome) => outcome switch
    {
        OpeningOutcome.Opened => "解密成功",
        OpeningOutcome.WrongKey => Of(OpeningCause.WrongKey),
        OpeningOutcome.KeyRefused => Of(OpeningCause.KeyRefused),
        OpeningOutcome.Altered => Of(OpeningCause.Altered),
        OpeningOutcome.Malformed => Of(OpeningCause.Malformed),
        OpeningOutcome.PartsRefused => Of(OpeningCause.PartsRefused),
        _ => Of(OpeningCause.ReaderFailed),
    };

    /// <summary>Null while there is nothing to blame.</summary>
    public static string? Of(OpeningParty party) => party switch
    {
        OpeningParty.Bidder => "原因在投标人",
        OpeningParty.Platform => "原因在交易平台",
        OpeningParty.Service => "原因在标证通",
        OpeningParty.Undetermined => "原因方无法认定",
        _ => null,
    };
}
