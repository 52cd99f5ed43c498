using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;

namespace Bzt.MobileApp;

internal static partial class Texts
{
    /// <summary>会话签章.</summary>
    public static class Sealing
    {
        public const string Title = "会话签章";
        public const string Tick = "建立会话（自动接收扫码请求，无需重复扫码）";
        public const string Automatic = "自动确认";
        public const string AutomaticNote = "范围内的签章将不再逐次询问，您可随时结束。";
        public const string AutomaticOn = "自动确认已开启";
        public const string AutomaticOff = "已关闭，每份签章由您逐次确认；重新打开须输入PIN码。";
        public const string EachTime = "每次签章输入PIN码";
        public const string Most = "份数上限";
        public const string Longest = "时间上限";
        public const string Used = "已签";
        public const string Unit = "份";
        public const string TimeLeft = "剩余时间";
        public const string Minutes = "分钟";
        public const string Scope = "会话范围";
        public const string Only = "只能做";
        public const string OnlySeals = "仅签章，不含解密";
        public const string How = "确认方式";
        public const string Waiting = "等待您确认";
        public const string LookAt = "查看并确认";
        public const string Log = "本次会话记录";
        /// <summary>In a session with 自动确认, which may have been off for a while.</summary>
        public const string Signed = "已签章";
        public const string NothingYet = "电脑端发起的签章会显示在这里";
        public const string Stop = "结束会话";
        public const string Continue = "输入PIN码继续";
        public const string Resume = "继续会话签章";
        public const string OfEnterprise = "企业的会话签章";
        public const string OfEnterpriseNote = "查看和结束进行中的会话";
        public const string NoneOfEnterprise = "暂无会话签章";

        public static string BoundsOf(SealingSessionRequest wish) => $"最多 {wish.MaxDocuments} 份 · {wish.Minutes} 分钟 · 仅此项目 · 仅签章";

        public static string Pieces(int count) => $"{count} 份";

        public static string MinutesOf(int minutes) => $"{minutes} 分钟";

        public static string Entries(int count) => $"共 {count} 条";

        public static string UsedOf(SealingSessionInfo session) => $"已签 {session.UsedDocuments} 份，上限 {session.MaxDocuments} 份";

        /// <summary>The bar above the tabs.</summary>
        public static string Bar(SealingSessionInfo session, int waiting) => session.State == SealingSessionState.Paused
            ? "会话已暂停，输入PIN码继续"
            : waiting > 0 && !session.Automatic ? $"会话签章 · {waiting} 个请求待确认" : $"会话签章进行中 · 剩 {session.RemainingDocuments} 份";

        public static string StateOf(SealingSessionInfo session) => session.State switch
        {
            SealingSessionState.Running => "会话进行中",
            SealingSessionState.Paused => "会话已暂停",
            SealingSessionState.Ended => "会话已结束",
            _ => "会话尚未确认",
        };

        public static string? NoteOf(SealingSessionInfo session) => session switch
        {
            { State: SealingSessionState.Paused } => "会话已暂停，输入PIN码继续。电脑端的请求会在时限内等待，也可以逐次确认。",
            { End: SealingSessionEnd.StoppedByHolder } => "您已结束此会话",
            { End: SealingSessionEnd.StoppedByPlatform } => "电脑端已结束此会话",
            { End: SealingSessionEnd.StoppedByAdministrator } => "管理员已结束此会话",
            { End: SealingSessionEnd.CountReached } => $"已达 {session.MaxDocuments} 份上限，会话已结束",
            { End: SealingSessionEnd.TimeReached } => "已到时间上限，会话已结束",
            { End: SealingSessionEnd.WrongPin } => "签名校验未通过，会话已结束",
            { End: SealingSessionEnd.PinLocked } => "证书已锁定，会话已结束",
            { End: SealingSessionEnd.CertificateUnusable } => "证书已不可用，会话已结束",
            { End: SealingSessionEnd.NotAuthorised } => "您在该平台的授权已变更，会话已结束",
            { End: SealingSessionEnd.NotConfirmed } => "没有输入PIN码，会话没有建立",
            { Automatic: true } => "请保持应用打开。关闭应用即暂停，回来输入PIN码继续。",
            _ => "电脑端再次签章时，请求会直接出现在这里。",
        };

        public static string? NoteForAdministrator(SealingSessionInfo session) =>
            session.End == SealingSessionEnd.StoppedByHolder ? "持有人已结束此会话" : NoteOf(session);

        public static string DocumentsOf(SealingLogEntry line) => line.Documents.Count == 1 ? line.Documents[0] : $"{line.Documents[0]} 等 {line.Documents.Count} 份";

        public static string DocumentsOf(SealingSessionInfo session, Guid request) =>
            session.Log.FirstOrDefault(line => line.SessionId == request) is { Documents.Count: > 0 } line ? DocumentsOf(line) : Title;

        public static string LineNote(SealingSessionInfo session, SealingLogEntry line) => line.End switch
        {
            null => "等待确认",
            SessionEnd.Ok => session.Automatic ? Signed : "手动确认",
            SessionEnd.Refused => "已拒绝",
            SessionEnd.TimedOut => "已超时",
            SessionEnd.Cancelled => "已取消",
            _ => "没有完成",
        };
    }
}
