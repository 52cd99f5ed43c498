using System.Text.Json;
using Bzt.BidTool.Terminal;
using Bzt.Contracts;
using Bzt.Contracts.Platforms;
using Bzt.Protocol.Evidence;

namespace Bzt.BidTool.Commands;

/// <summary>The record of one file's opening, verified offline: what it says is told only once it holds.</summary>
internal static class OpeningEvidence
{
    /// <summary>Null when it is some other evidence.</summary>
    public static SignedOpeningRecord? TryRead(byte[] json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("record", out _)
                && document.RootElement.Deserialize(BztJson.Default.SignedOpeningRecord) is
                {
                    Record: { Events: { } events, FileDigest: not null, FileId: not null, FileName: not null, PlatformId: not null, ProjectId: not null, ProjectName: not null, BidderName: not null, BidderCreditCode: not null },
                    Judgement: not null,
                    Signature: not null,
                } record
                && events.All(e => e?.Sections is { } sections && sections.All(section => section?.Name is not null))
                ? record
                : null;
        }
        catch (Exception exception) when (exception is JsonException or FormatException)
        {
            return null;
        }
    }

    public static void Verify(UserInterface ui, SignedOpeningRecord signed, byte[] key)
    {
        if (signed.Verify(key) != EvidenceFault.None)
        {
            throw new ToolException("evidence_invalid", "开标记录被改动过，或不是由所给的存证公钥签名的");
        }

        var record = signed.Record;
        ui.Done($"{record.FileName}（{record.BidderName}）：{OpeningWords.Of(signed.Judgement)}", new Dictionary<string, object?>
        {
            ["opening"] = record.Opening.ToString("D"),
            ["project"] = record.ProjectId,
            ["file"] = record.FileId,
            ["digest"] = Convert.ToHexStringLower(record.FileDigest),
            ["bidder"] = record.BidderCreditCode,
            ["verdict"] = OpeningCommand.Code(signed.Judgement.Verdict),
            ["cause"] = OpeningCommand.Code(signed.Judgement.Cause),
            ["responsible"] = OpeningCommand.Code(signed.Judgement.Responsible),
            ["events"] = string.Join("；", record.Events.Select(InWords)),
            ["signedAt"] = record.SignedAt,
        });
    }

    private static string InWords(OpeningEvent e) => $"{e.At.ToOffset(TimeSpan.FromHours(8)):yyyy-MM-dd HH:mm:ss} " + e switch
    {
        { Kind: OpeningEventKind.Asked, Reader: OpeningReader.PlatformServer } => "请求解密，由平台服务器读取",
        { Kind: OpeningEventKind.Asked } => "请求解密，由投标人电脑读取",
        { Answer: OpeningAnswer.Released } => $"手机已确认（证书 {e.SigningSerial}）",
        { Answer: OpeningAnswer.Refused } => "手机上拒绝",
        { Answer: OpeningAnswer.Disowned } => "手机上拒绝：不是我发起的",
        { Answer: OpeningAnswer.NotScanned } => "超时，没有手机扫码",
        { Answer: OpeningAnswer.NotConfirmed } => "超时，已扫码未确认",
        { Answer: OpeningAnswer.WrongPin } => "超时，PIN码错误",
        { Answer: OpeningAnswer.Locked } => "证书已锁定",
        { Answer: OpeningAnswer.CertificateUnusable } => "证书不可用",
        { Answer: OpeningAnswer.Cancelled } => "请求被取消",
        { Kind: OpeningEventKind.Answered } => "通信失败",
        { Outcome: OpeningOutcome.Opened } => $"{Who(e)}报告：已解密",
        _ => $"{Who(e)}报告：未解密（{string.Join("、", e.Sections.Where(section => section.Outcome != OpeningOutcome.Opened).Select(section => section.Name))}）",
    };

    private static string Who(OpeningEvent e) => e.Reporter == OpeningReporter.Platform ? "平台" : "投标人";
}
