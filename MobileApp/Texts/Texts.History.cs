using Bzt.Contracts.Phone;
using Bzt.MobileApp.Screens.Sessions;
using Bzt.Protocol.Evidence;

namespace Bzt.MobileApp;

internal static partial class Texts
{
    /// <summary>操作记录与凭证.</summary>
    public static class History
    {
        public const string Title = "操作记录";
        public const string Note = "签章、登录、解密的凭证";
        public const string Which = "查看哪一张证书";
        public const string Filter = "筛选";
        public const string None = "暂无此类记录";
        public const string More = "更多记录";
        public const string Proof = "操作凭证";
        public const string Download = "下载凭证";
        public const string DownloadNote = "全部记录及签名，可离线验证";
        public const string Privacy = "凭证只含编号与摘要，不含文件内容和个人信息。";
        public const string Broken = "记录校验失败，已停止显示。请联系客服核实。";
        public const string CheckAgain = "重新校验";

        public static string Whole(int count) => $"已验证：{count} 条记录首尾相连，未被改动";

        public static string FileOf(Guid certificate) => $"凭证-{certificate.ToString("N")[24..].ToUpperInvariant()}.json";

        public static string KindOf(HistoryKind kind) => kind switch
        {
            HistoryKind.Signed => "签名",
            HistoryKind.Decrypted => "解密",
            HistoryKind.Pin => "PIN码",
            HistoryKind.Certificate => "证书",
            _ => "全部",
        };

        public static HistoryKind KindOf(EvidenceKind kind) => kind switch
        {
            EvidenceKind.Signed => HistoryKind.Signed,
            EvidenceKind.Decrypted => HistoryKind.Decrypted,
            EvidenceKind.WrongPin or EvidenceKind.Locked or EvidenceKind.PinChanged or EvidenceKind.PinResetAsked or EvidenceKind.PinResetStopped
                or EvidenceKind.PinResetWaived or EvidenceKind.PinResetReleased => HistoryKind.Pin,
            _ => HistoryKind.Certificate,
        };

        public static bool IsBad(EvidenceKind kind) => kind is EvidenceKind.WrongPin or EvidenceKind.Locked or EvidenceKind.Frozen or EvidenceKind.Abandoned or EvidenceKind.Revoked;

        public static string Of(EvidenceExportEntry entry) => entry.Kind switch
        {
            EvidenceKind.KeyGenerated => "生成签名密钥",
            EvidenceKind.RequestSigned => "签署证书申请",
            EvidenceKind.Issued => "CA签发证书",
            EvidenceKind.Activated => "证书生效",
            EvidenceKind.Signed => Fact(entry, "operation") switch
            {
                "login" => "登录",
                "bind" => "绑定证书",
                "encrypt" => "生成投标文件",
                "seal" => $"签章 {entry.Digests.Count} 份",
                _ => $"签名 {entry.Digests.Count} 份",
            },
            EvidenceKind.Decrypted => $"解密 {entry.Digests.Count} 个文件",
            EvidenceKind.WrongPin => "PIN码不正确",
            EvidenceKind.Locked => "证书锁定",
            EvidenceKind.Frozen => "证书冻结",
            EvidenceKind.PinChanged => "修改PIN码",
            EvidenceKind.EnvelopeOpened => "接收加密密钥",
            EvidenceKind.Abandoned => "放弃下载",
            EvidenceKind.Revoked => "证书注销",
            EvidenceKind.Renewed => "证书续期",
            EvidenceKind.Rekeyed => "换发密钥",
            EvidenceKind.PinResetAsked => "申请重置PIN码",
            EvidenceKind.PinResetStopped => "撤回重置PIN码",
            EvidenceKind.PinResetWaived => "管理员同意立即重置PIN码",
            EvidenceKind.PinResetReleased => "重置PIN码",
            _ => Unknown,
        };

        public static string? NoteOf(EvidenceExportEntry entry)
        {
            string?[] parts = [Fact(entry, "platform_name"), Fact(entry, "project_name"), entry.Request == Guid.Empty ? null : $"编\u2060号\u00A0{Result.NumberOf(entry.Request)}"];
            return string.Join(" · ", parts.OfType<string>()) is { Length: > 0 } note ? note : null;
        }

        private static string? Fact(EvidenceExportEntry entry, string name) => entry.Facts.FirstOrDefault(fact => fact.Name == name)?.Value;
    }
}
