using System.Text.Json;
using Bzt.BidTool.Sessions;
using Bzt.BidTool.Terminal;
using Bzt.Contracts;
using Bzt.Contracts.Platforms;
using Bzt.Protocol.Evidence;
using static Bzt.BidTool.Terminal.Words;

namespace Bzt.BidTool.Commands;

/// <summary>A bid opening as its bidder sees it: the countdown, how its own files stand, and their signed records to keep.</summary>
internal sealed class OpeningCommand(UserInterface ui, ToolLogin login)
{
    /// <param name="opening">Its number.</param>
    /// <param name="records">A folder to keep the records in; null: they are not fetched.</param>
    /// <param name="stop">Interrupts.</param>
    public async Task RunAsync(Guid opening, string? records, CancellationToken stop)
    {
        using var sessions = new ToolSessions(login, ui);
        var status = await sessions.Client.GetOpeningAsync(opening, stop);
        Countdown(ui, status);
        foreach (var file in status.Files)
        {
            var facts = new Dictionary<string, object?>
            {
                ["file"] = file.FileId,
                ["verdict"] = Code(file.Judgement.Verdict),
                ["cause"] = Code(file.Judgement.Cause),
                ["responsible"] = Code(file.Judgement.Responsible),
                ["asked"] = file.TimesAsked,
            };
            if (records is not null)
            {
                facts["record"] = await KeepAsync(await sessions.Client.GetOpeningRecordAsync(opening, file.FileId, stop), records, stop);
            }

            ui.Done($"{file.Name}：{OpeningWords.Of(file.Judgement)}", facts);
        }
    }

    /// <summary>How long there is, by the server's clock.</summary>
    public static void Countdown(UserInterface ui, OpeningStatus status) => ui.Done(
        status.State switch
        {
            OpeningState.Announced => Say("尚未到开标时间", "It is not yet the opening time"),
            OpeningState.Ended => Say("解密已截止", "The time for opening is over"),
            _ => Say($"距解密截止还有 {TimeSpan.FromSeconds(status.SecondsLeft):hh\\:mm\\:ss}", $"{TimeSpan.FromSeconds(status.SecondsLeft):hh\\:mm\\:ss} left for opening"),
        },
        new Dictionary<string, object?> { ["state"] = Code(status.State), ["secondsLeft"] = status.SecondsLeft, ["deadline"] = status.Deadline });

    internal static async Task<string> KeepAsync(SignedOpeningRecord record, string folder, CancellationToken stop)
    {
        // A platform says where its service is, and so what is answered: a number is a name in this folder and no way out of it.
        var name = $"{record.Record.FileId}.json";
        if (name.Any(character => !char.IsAsciiLetterOrDigit(character) && character is not ('.' or '_' or '-')))
        {
            throw new ToolException("protocol_failure", Say("开标记录中的文件编号不合规定", "The number of a file in the opening is malformed"));
        }

        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, name);
        var partial = $"{path}.{Guid.NewGuid():N}.partial";
        try
        {
            await File.WriteAllBytesAsync(partial, JsonSerializer.SerializeToUtf8Bytes(record, BztJson.Default.SignedOpeningRecord), stop);
            File.Move(partial, path, overwrite: true);
            return path;
        }
        finally
        {
            File.Delete(partial);
        }
    }

    internal static string Code<T>(T value) where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());
}

/// <summary>What a record says, in words.</summary>
internal static class OpeningWords
{
    public static string Of(OpeningJudgement judgement) => judgement.Verdict switch
    {
        OpeningVerdict.Opened => Say("已解密", "opened"),
        OpeningVerdict.Pending => Say($"待解密（{Of(judgement.Cause)}）", $"to be opened ({Of(judgement.Cause)})"),
        _ => Say($"未解密：{Of(judgement.Cause)}；{Of(judgement.Responsible)}", $"not opened: {Of(judgement.Cause)}; {Of(judgement.Responsible)}"),
    };

    private static string Of(OpeningParty party) => party switch
    {
        OpeningParty.Bidder => Say("原因在投标人一方", "the cause is on the bidder's side"),
        OpeningParty.Platform => Say("原因在平台一方", "the cause is on the platform's side"),
        OpeningParty.Service => Say("原因在本服务一方", "the cause is on the service's side"),
        _ => Say("记录不能说明原因在哪一方", "the record cannot say on whose side the cause is"),
    };

    private static string Of(OpeningCause cause) => cause switch
    {
        OpeningCause.NotAsked => Say("尚未发起解密请求", "nobody has been asked yet"),
        OpeningCause.NoAnswerYet => Say("已发起请求，等待手机确认", "asked, waiting for the phone"),
        OpeningCause.NotScanned => Say("请求发起后没有手机扫码", "no phone scanned after the request"),
        OpeningCause.NotConfirmed => Say("已扫码，未在时限内确认", "scanned, not confirmed in time"),
        OpeningCause.Refused => Say("手机上拒绝", "refused on the phone"),
        OpeningCause.Disowned => Say("持有人表示不是本人发起", "the holder says it was not asked for by them"),
        OpeningCause.WrongPin => Say("PIN码错误，未在时限内改正", "wrong PIN, not corrected in time"),
        OpeningCause.Locked => Say("证书已锁定", "the certificate is locked"),
        OpeningCause.CertificateUnusable => Say("证书不可用", "the certificate cannot be used"),
        OpeningCause.Cancelled => Say("发起方取消了请求", "cancelled by who asked"),
        OpeningCause.NotReported => Say("手机已应答，尚未报告解密结果", "the phone answered, no result reported yet"),
        OpeningCause.WrongKey => Say("文件完好，密钥不符", "the file is whole, the key is another one's"),
        OpeningCause.KeyRefused => Say("文件中的密钥校验未通过", "a key in the file does not open"),
        OpeningCause.Altered => Say("文件与投标人签署的不一致", "the file is not the one the bidder signed"),
        OpeningCause.Malformed => Say("文件内容不符合规定", "the file's content is malformed"),
        OpeningCause.PartsRefused => Say("解密应答无法验证", "the answer does not verify"),
        OpeningCause.ReaderFailed => Say("解密方读写文件失败", "who opened could not read or write"),
        _ => Say("通信失败", "the exchange failed"),
    };
}
