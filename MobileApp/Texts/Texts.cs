using System.Globalization;

namespace Bzt.MobileApp;

/// <summary>
/// Every text the app shows, in one folder, a file an area and a class a screen, so that whoever words or translates it finds it here.
/// Times are those of China, whatever the phone is set to.
/// </summary>
internal static partial class Texts
{
    public const string AppName = "标证通";
    public const string Opening = "打开进度";
    public const string Starting = "正在启动…";
    public const string Back = "返回";
    public const string Close = "关闭";
    public const string Done = "完成";
    public const string Retry = "重试";
    public const string Cancel = "取消";
    public const string Yes = "确认";
    public const string Next = "下一步";
    public const string Choose = "请选择";
    public const string More = "更多操作";
    public const string Search = "搜索";
    public const string SealMissing = "未采集";
    public const string Loading = "正在加载";
    public const string Unknown = "—";
    public const string Offline = "网络已断开，正在重连…";

    private static readonly TimeSpan China = TimeSpan.FromHours(8);

    public static string Quote(string number) => $"咨询时请报编号 {number[..Math.Min(number.Length, 16)]}";

    public static string Day(DateTimeOffset time) => In(time, "yyyy-MM-dd");

    public static string Moment(DateTimeOffset time) => In(time, "yyyy-MM-dd HH:mm");

    public static string Second(DateTimeOffset time) => In(time, "yyyy-MM-dd HH:mm:ss");

    public static string Clock(TimeSpan span) => span.TotalHours >= 1
        ? string.Create(CultureInfo.InvariantCulture, $"{(int)span.TotalHours}:{span.Minutes:00}:{span.Seconds:00}")
        : string.Create(CultureInfo.InvariantCulture, $"{span.Minutes:00}:{span.Seconds:00}");

    public static string Money(int fen) => fen == 0 ? "免费" : string.Create(CultureInfo.InvariantCulture, $"¥{fen / 100m:0.00}");

    public static string Size(long bytes) => bytes switch
    {
        < 1024 => $"{bytes} B",
        < 1024 * 1024 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0:0.0} KB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1048576.0:0.0} MB"),
    };

    public static string StepState(string state) => state switch { "done" => "，已完成", "now" => "，进行中", "bad" => "，未通过", _ => "，未开始" };

    private static string In(DateTimeOffset time, string format) => time.ToOffset(China).ToString(format, CultureInfo.InvariantCulture);

    public static string Used(string used, string most) => $"已用 {used}，上限 {most}";

    public static class Start
    {
        public const string Late = "等了很久？";
        public const string Reopen = "重新打开";
        public const string LogIn = "重新登录";

        public static string Of(StartFault fault) => fault switch
        {
            StartFault.Incomplete => "有文件没有收到，或被改动而没有运行。请重试；仍然如此请换一个网络。",
            StartFault.Unreachable => "网络不通，请检查网络后重试。",
            StartFault.Unreadable => "本机保存的登录信息无法读取。请重试；仍然如此请重新登录，证书不会删除。",
            _ => "浏览器不允许保存数据。请退出无痕模式，或检查手机存储空间后重试。",
        };
    }

    public static class Code
    {
        public const string Label = "短信验证码";
        public const string Hint = "6位数字";
        public const string Send = "获取验证码";
        public const string Resend = "重新获取";

        public static string Again(int seconds) => $"{seconds} 秒后重发";

        public static string SentTo(string number) => $"已发送至 {number}";
    }

    public static class Tabs
    {
        public const string Label = "主导航";
        public const string Home = "首页";
        public const string Scan = "扫码";
        public const string Messages = "消息";
        public const string Me = "我的";

        public static string Unread(int count) => $"{count} 条未读";
    }

    public static class Update
    {
        public const string Title = "应用有更新，更新后继续刚才的操作";
        public const string Advice = "请更新后再试。";
        public const string Now = "立即更新";
    }

    public static class OtherWindow
    {
        public const string Title = "标证通已在另一窗口打开";
        public const string Note = "为保护您的证书，同一时间只能在一个窗口中使用。";
        public const string Take = "在此使用";
    }
}
