using System.Text.Json;
using Bzt.BidTool.Terminal;
using Bzt.Contracts;
using Bzt.Contracts.Platforms;
using Bzt.Protocol.Evidence;
using static Bzt.BidTool.Terminal.Words;

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
                && record.Record.Changes is { } changes && changes.All(change => change?.Reason is not null)
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
            throw new ToolException("evidence_invalid", Say("开标记录被改动过，或不是由所给的存证公钥签名的", "The record was changed, or is not signed by the key given"));
        }

        var record = signed.Record;
        var facts = new Dictionary<string, object?>
        {
            ["opening"] = record.Opening.ToString("D"),
            ["project"] = record.ProjectId,
            ["file"] = record.FileId,
            ["digest"] = Convert.ToHexStringLower(record.FileDigest),
            ["bidder"] = record.BidderCreditCode,
            ["verdict"] = OpeningCommand.Code(signed.Judgement.Verdict),
            ["cause"] = OpeningCommand.Code(signed.Judgement.Cause),
            ["responsible"] = OpeningCommand.Code(signed.Judgement.Responsible),
            ["deadline"] = record.Deadline,
            ["events"] = string.Join("；", record.Events.Select(InWords)),
            ["signedAt"] = record.SignedAt,
        };
        if (record.Changes.Count > 0)
        {
            facts["changes"] = string.Join("；", record.Changes.Select(InWords));
        }

        ui.Done($"{record.FileName}（{record.BidderName}）：{OpeningWords.Of(signed.Judgement)}", facts);
    }

    private static string InWords(OpeningChange change) => $"{Facts.China(change.At)} " + Say(
        $"平台调整时间：开标 {Facts.China(change.OpensAt)}，解密截止 {Facts.China(change.Deadline)}（原 {Facts.China(change.FromDeadline)}），原因：{change.Reason}",
        $"moved by the platform: opens {Facts.China(change.OpensAt)}, deadline {Facts.China(change.Deadline)} (was {Facts.China(change.FromDeadline)}), because: {change.Reason}");

    private static string InWords(OpeningEvent e) => $"{Facts.China(e.At)} " + e switch
    {
        { Kind: OpeningEventKind.Asked, Reader: OpeningReader.PlatformServer } => Say("请求解密，由平台服务器读取", "asked, to be read by the platform's server"),
        { Kind: OpeningEventKind.Asked } => Say("请求解密，由投标人电脑读取", "asked, to be read by the bidder's PC"),
        { Answer: OpeningAnswer.Released } => Say($"手机已确认（证书 {e.SigningSerial}）", $"confirmed on the phone (certificate {e.SigningSerial})"),
        { Answer: OpeningAnswer.Refused } => Say("手机上拒绝", "refused on the phone"),
        { Answer: OpeningAnswer.Disowned } => Say("手机上拒绝：不是我发起的", "refused on the phone: not asked for by me"),
        { Answer: OpeningAnswer.NotScanned } => Say("超时，没有手机扫码", "timed out, no phone scanned"),
        { Answer: OpeningAnswer.NotConfirmed } => Say("超时，已扫码未确认", "timed out, scanned and not confirmed"),
        { Answer: OpeningAnswer.WrongPin } => Say("超时，PIN码错误", "timed out, wrong PIN"),
        { Answer: OpeningAnswer.Locked } => Say("证书已锁定", "the certificate is locked"),
        { Answer: OpeningAnswer.CertificateUnusable } => Say("证书不可用", "the certificate cannot be used"),
        { Answer: OpeningAnswer.Cancelled } => Say("请求被取消", "cancelled"),
        { Kind: OpeningEventKind.OpenedByLock, Outcome: OpeningOutcome.Opened } => Say("投标人报告：用CA锁解密成功", "the bidder reports: opened with a CA lock"),
        { Kind: OpeningEventKind.OpenedByLock } => Say("投标人报告：用CA锁未能解密", "the bidder reports: not opened with a CA lock"),
        { Kind: OpeningEventKind.Answered } => Say("通信失败", "the exchange failed"),
        { Outcome: OpeningOutcome.Opened } => Say($"{Who(e)}报告：已解密", $"{Who(e)} reports: opened"),
        _ => Say($"{Who(e)}报告：未解密（{string.Join("、", e.Sections.Where(section => section.Outcome != OpeningOutcome.Opened).Select(section => section.Name))}）", $"{Who(e)} reports: not opened ({string.Join(", ", e.Sections.Where(section => section.Outcome != OpeningOutcome.Opened).Select(section => section.Name))})"),
    };

    private static string Who(OpeningEvent e) => e.Reporter == OpeningReporter.Platform ? Say("平台", "the platform") : Say("投标人", "the bidder");
}
