using Bzt.Contracts;
using Bzt.Documents.BidFiles;
using Bzt.Documents.Pdf;
using Bzt.Documents.Seals;

namespace Bzt.BidTool.Commands;

/// <summary>Something the person at the PC is told in one line, with what to do about it.</summary>
internal sealed class ToolException(string code, string text) : Exception(text)
{
    public string Code { get; } = code;
}

/// <summary>Expected failures as a stable code and a line; anything else is a bug and shows itself.</summary>
internal sealed record Failure(string Code, string Text)
{
    public static Failure? Of(Exception exception) => exception switch
    {
        ToolException tool => new(tool.Code, tool.Message),
        ApiRefusedException { Code: ErrorCodes.Unauthenticated } => new(ErrorCodes.Unauthenticated, "登录已失效，请重新运行 bidtool login"),
        ApiRefusedException refused => new(refused.Code, refused.Problem.Detail is { } detail ? $"{refused.Problem.Title}：{detail}" : refused.Problem.Title),
        PdfRefusedException pdf => new("pdf_refused", InWords(pdf.Reason)),
        SealFontMissingException font => new("font_missing", $"缺少中文字体，请安装后重试：{font.Message}"),
        BidFileException bid => new("bid_file_refused", $"投标文件有问题：{bid.Message}"),
        HttpRequestException => new("offline", "无法连接服务器，请检查网络后重试"),
        FileNotFoundException missing => new("file_missing", $"找不到文件：{missing.FileName}"),
        DirectoryNotFoundException => new("file_missing", $"找不到文件夹：{exception.Message}"),
        UnauthorizedAccessException => new("file_denied", $"没有读写权限：{exception.Message}"),
        IOException => new("file_failed", $"读写文件失败：{exception.Message}"),
        _ => null,
    };

    private static string InWords(PdfRefusal reason) => reason switch
    {
        PdfRefusal.NotAPdf => "这不是 PDF 文件",
        PdfRefusal.Damaged => "PDF 文件已损坏，请重新导出后再签章",
        PdfRefusal.Encrypted => "PDF 文件已加密，请先解除密码",
        PdfRefusal.ChangesForbidden => "PDF 文件已禁止修改，无法再签章",
        PdfRefusal.NoSuchPage => "没有这一页，请检查 --node 的页码",
        PdfRefusal.OutsidePage => "印章超出页面，请检查 --node 的位置",
        PdfRefusal.FieldExists => "同名签名域已存在",
        PdfRefusal.TooLarge => "PDF 文件的结构过大，无法处理",
        PdfRefusal.ReservedTooSmall => "证书链过长，签名放不下",
        PdfRefusal.NotPrepared => "待签文件在签章过程中被改动，请重试",
        _ => "PDF 文件无法签章",
    };
}
