using System.Text.Json;
using Bzt.BidTool.Sessions;
using Bzt.BidTool.Terminal;
using Bzt.Contracts;
using Bzt.Contracts.Platforms;
using Bzt.Protocol.Evidence;

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
            OpeningState.Announced => "尚未到开标时间",
            OpeningState.Ended => "解密已截止",
            _ => $"距解密截止还有 {TimeSpan.FromSeconds(status.SecondsLeft):hh\\:mm\\:ss}",
        },
        new Dictionary<string, object?> { ["state"] = Code(status.State), ["secondsLeft"] = status.SecondsLeft, ["deadline"] = status.Deadline });

    private static async Task<string> KeepAsync(SignedOpeningRecord record, string folder, CancellationToken stop)
    {
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, $"{record.Record.FileId}.json");
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
        OpeningVerdict.Opened => "已解密",
        OpeningVerdict.Pending => $"待解密（{Of(judgement.Cause)}）",
        _ => $"未解密：{Of(judgement.Cause)}；{Of(judgement.Responsible)}",
    };

    private static string Of(OpeningParty party) => party switch
    {
        OpeningParty.Bidder => "原因在投标人一方",
        OpeningParty.Platform => "原因在平台一方",
        OpeningParty.Service => "原因在本服务一方",
        _ => "记录不能说明原因在哪一方",
    };

    private static string Of(OpeningCause cause) => cause switch
    {
        OpeningCause.NotAsked => "尚未发起解密请求",
        OpeningCause.NoAnswerYet => "已发起请求，等待手机确认",
        OpeningCause.NotScanned => "请求发起后没有手机扫码",
        OpeningCause.NotConfirmed => "已扫码，未在时限内确认",
        OpeningCause.Refused => "手机上拒绝",
        OpeningCause.Disowned => "持有人表示不是本人发起",
        OpeningCause.WrongPin => "PIN码错误，未在时限内改正",
        OpeningCause.Locked => "证书已锁定",
        OpeningCause.CertificateUnusable => "证书不可用",
        OpeningCause.Cancelled => "发起方取消了请求",
        OpeningCause.NotReported => "手机已应答，尚未报告解密结果",
        OpeningCause.WrongKey => "文件完好，密钥不符",
        OpeningCause.KeyRefused => "文件中的密钥校验未通过",
        OpeningCause.Altered => "文件与投标人签署的不一致",
        OpeningCause.Malformed => "文件内容不符合规定",
        OpeningCause.PartsRefused => "解密应答无法验证",
        OpeningCause.ReaderFailed => "解密方读写文件失败",
        _ => "通信失败",
    };
}
