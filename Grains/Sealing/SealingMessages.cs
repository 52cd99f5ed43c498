using System.Globalization;
using Bzt.Contracts.Platforms;
using Bzt.Grains.Inbox;
using MessageKind = Bzt.Grains.Inbox.MessageKind;

namespace Bzt.Grains.Sealing;

/// <summary>What is told of a sealing session, and in which words.</summary>
internal static class SealingMessages
{
    /// <summary>To the holder, of an end that was not his own.</summary>
    public static InboxEntry Ended(SealingState state, SealingId id, DateTimeOffset now) => new(
        $"sealing-session/{id}/ended", MessageKind.SealingSessionEnded, "会话签章已结束",
        state.End switch
        {
            SealingSessionEnd.CountReached => string.Create(CultureInfo.InvariantCulture, $"已达{state.Command!.MaxDocuments}份上限，会话已结束。"),
            SealingSessionEnd.TimeReached => string.Create(CultureInfo.InvariantCulture, $"已到{state.Command!.Minutes}分钟时间上限，会话已结束。"),
            SealingSessionEnd.StoppedByAdministrator => "管理员已结束此会话。",
            SealingSessionEnd.StoppedByPlatform => $"{state.Origin!.PlatformName}的电脑端已结束此会话。",
            SealingSessionEnd.NotAuthorised => "您已不在企业对该平台的授权范围内，会话已结束。",
            SealingSessionEnd.PinLocked => "证书已锁定，会话已结束。",
            SealingSessionEnd.WrongPin => "签章校验未通过，按一次PIN码错误计，会话已结束。",
            _ => "证书不可用，会话已结束。",
        } + string.Create(CultureInfo.InvariantCulture, $"共签章{state.Used}份。"),
        id.ToString(), now);

    /// <summary>To the administrator, of a phone that signs by itself.</summary>
    public static InboxEntry Begun(SealingState state, SealingId id, DateTimeOffset now) => new(
        $"sealing-session/{id}/begun", MessageKind.SealingSessionBegun, "成员建立了自动确认的会话签章",
        string.Create(CultureInfo.InvariantCulture, $"{state.EnterpriseName}一名成员在{state.Origin!.PlatformName}建立了自动确认的会话签章，最多{state.Command!.MaxDocuments}份，{state.Command.Minutes}分钟。您可随时结束。"),
        id.ToString(), now);
}
