namespace Bzt.MobileApp;

internal static partial class Texts
{
    public static class Push
    {
        public const string Title = "后台通知";
        public const string Unreachable = "连接不上浏览器的通知服务";
        public const string UnreachableAdvice = "请换一个网络后再试。应用打开时仍会即时提醒。";
        public const string Install = "添加到主屏幕";

        public static string? NoteOf(PushState? state) => state switch
        {
            PushState.On => "应用关闭时也会收到提醒，通知里不显示单位、项目和文件",
            PushState.Off => "开启后，应用关闭时也能收到签名请求和安全提醒",
            PushState.Denied => "浏览器已禁止通知，请先在系统设置或浏览器设置中允许",
            PushState.NeedsHomeScreen => "请先添加到主屏幕，再从主屏幕打开后开启",
            PushState.NotOffered => "暂未开通",
            PushState.Unsupported => "当前浏览器不支持，应用打开时仍会即时提醒",
            _ => null,
        };
    }
}
