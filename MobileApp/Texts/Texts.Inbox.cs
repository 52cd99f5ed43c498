namespace Bzt.MobileApp;

internal static partial class Texts
{
    public static class Messages
    {
        public const string Title = "消息详情";
        public const string None = "暂无消息";
        public const string Gone = "这条消息已不存在";
        public const string Unread = "未读";
        public const string ToDownload = "付费并下载";
        public const string ToApplication = "查看申请";
        public const string ToReset = "查看PIN码重置";
        public const string ToDevices = "查看登录设备";
        public const string ToPassword = "修改登录密码";
        public const string All = "全部";
        public const string OnlyUnread = "未读";
        public const string NoneUnread = "没有未读消息";
        public const string Filter = "筛选";
        public const string Older = "更早的消息";
        public const string ToCertificates = "查看证书";
    }
}
