using System.Globalization;
using Bzt.Contracts.Phone;

namespace Bzt.MobileApp;

// The printed form with its seals.
internal static partial class Texts
{
    public static class Forms
    {
        public const string TemplateTitle = "打印申请书并盖章签字";
        public const string TemplateNote = "模板已填好您录入的信息。请打印后在框内加盖单位公章、法定代表人印鉴，并由法定代表人签字。";
        public const string Template = "下载申请书模板";
        public const string TemplateReady = "轻触保存，可转发到电脑打印";
        public const string FileName = "证书申请书.pdf";
        public const string Photo = "盖章签字后的申请书";
        public const string PhotoHint = "平放拍摄，四角完整，光线充足";
        public const string PhotoOfForm = "申请书照片";
        public const string Extracting = "正在从照片中提取印章和签字…";
        public const string Extracted = "已提取的印章与签字";
        public const string NoMarks = "没有找到申请书四角的定位标记，印章大小按常规估计。建议平放、四角完整地重新拍摄。";
        public const string Cut = "裁剪";
        public const string CutHow = "轻触印章中心，或拖出一个刚好围住它的框。";
        public const string CutCancel = "取消";
        public const string CutUse = "使用这个框";
        public const string Nudges = "调整框的位置与大小";
        public const string Left = "左移";
        public const string Right = "右移";
        public const string Up = "上移";
        public const string Down = "下移";
        public const string Smaller = "缩小";
        public const string Larger = "放大";
        public const string FrameMissing = "请先轻触印章所在的位置";
        public const string RetakeToCut = "如需裁剪，请重新选择照片。";
        public const string Confirm = "印章与签字完整、清晰，确认使用";
        public const string ConfirmNote = "证书生效后，签章时使用这些图样。";
        public const string ConfirmMissing = "请核对印章与签字后勾选确认";
        public const string SealsMissing = "三项须全部提取成功：请裁剪，或重新拍照";

        public static string NameOf(SealKind kind) => kind switch
        {
            SealKind.Enterprise => "单位公章",
            SealKind.LegalRepresentative => "法定代表人印鉴",
            _ => "法定代表人签字",
        };

        public static string PictureOf(SealKind kind) => $"{NameOf(kind)}图样";

        public static string CutTitle(SealKind kind) => $"裁剪{NameOf(kind)}";

        public static string SizeOf(CutSealInfo seal) => string.Create(CultureInfo.InvariantCulture, $"约 {seal.WidthMm:0} × {seal.HeightMm:0} 毫米");
    }
}
