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
        public const string ToCertificates = "查看证书";
    }
}
