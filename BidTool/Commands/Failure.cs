using System.Net.Sockets;
using Bzt.Contracts;
using Bzt.Documents.BidFiles;
using Bzt.Documents.Pdf;
using Bzt.Documents.Seals;
using static Bzt.BidTool.Terminal.Words;

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
        ApiRefusedException { Code: ErrorCodes.Unauthenticated } => new(ErrorCodes.Unauthenticated, Say("登录已失效，请重新运行 bidtool login", "The login is over: run bidtool login again")),
        // The service speaks Chinese; its codes are English.
        ApiRefusedException refused => new(refused.Code, Say(
            refused.Problem.Detail is { } detail ? $"{refused.Problem.Title}：{detail}" : refused.Problem.Title, $"Refused: {refused.Code.Replace('_', ' ')} ({refused.Problem.Title})")),
        PdfRefusedException pdf => new("pdf_refused", InWords(pdf)),
        SealFontMissingException font => new("font_missing", Say($"缺少中文字体，请安装后重试：{font.Message}", $"A Chinese font is missing, install one: {font.Message}")),
        BidFileException bid => new("bid_file_refused", InWords(bid.Fault)),
        HttpRequestException or SocketException => new("offline", Say("无法连接服务器，请检查网络后重试", "The server cannot be reached: check the network and try again")),
        FileNotFoundException missing => new("file_missing", Say($"找不到文件：{missing.FileName}", $"There is no file {missing.FileName}")),
        DirectoryNotFoundException => new("file_missing", Say($"找不到文件夹：{exception.Message}", $"There is no such folder: {exception.Message}")),
        UnauthorizedAccessException => new("file_denied", Say($"没有读写权限，或者这是文件夹：{exception.Message}", $"Not permitted, or a folder where a file is needed: {exception.Message}")),
        IOException => new("file_failed", Say($"读写文件失败：{exception.Message}", $"Reading or writing failed: {exception.Message}")),
        _ => null,
    };

    private static string InWords(PdfRefusedException refused) => refused.Reason switch
    {
        PdfRefusal.NotAPdf => Say("这不是 PDF 文件", "This is no PDF"),
        PdfRefusal.Damaged => Say("PDF 文件已损坏，请重新导出后再签章", "The PDF is damaged: export it again, then seal it"),
        PdfRefusal.Encrypted => Say("PDF 文件已加密，请先解除密码", "The PDF is encrypted: remove its password first"),
        PdfRefusal.ChangesForbidden => Say("PDF 文件已禁止修改，无法再签章", "The PDF forbids changes and takes no more seals"),
        PdfRefusal.NoSuchPage => Say("没有这一页，请检查 --node 的页码", "There is no such page: check --node"),
        PdfRefusal.OutsidePage => Say("印章超出页面，请检查 --node 的位置", "The seal would leave the page: check --node"),
        PdfRefusal.FieldExists => Say("同名签名域已存在", "There is a signature field of that name"),
        PdfRefusal.TooLarge => Say($"PDF 文件超出可处理的限度（{refused.Detail}），未对其签章作出判断", $"The PDF is beyond what is read ({refused.Detail}); nothing is said about its seals"),
        PdfRefusal.ReservedTooSmall => Say("证书链过长，签名放不下", "The certificate chain is too long for the signature's place"),
        PdfRefusal.NotPrepared => Say("待签文件在签章过程中被改动，请重试", "The file was changed while it was being sealed: try again"),
        _ => Say("PDF 文件无法签章", "The PDF cannot be sealed"),
    };

    private static string InWords(BidFileFault fault) => fault switch
    {
        BidFileFault.NotABidFile => Say("这不是加密投标文件（.bztb）", "This is no encrypted bid file (.bztb)"),
        BidFileFault.UnknownVersion => Say("投标文件的版本较新，请更新投标工具", "The bid file is of a newer version: update the bid tool"),
        BidFileFault.Truncated => Say("投标文件不完整，请重新下载或复制", "The bid file is cut short: download or copy it again"),
        BidFileFault.Altered => Say("投标文件在生成之后被改动过", "The bid file was changed after it was generated"),
        BidFileFault.WrongKey => Say("文件完好，密钥不符", "The file is whole, the key is another one's"),
        BidFileFault.BadSignature => Say("投标文件的签名校验未通过", "The bid file's signature does not verify"),
        BidFileFault.UnsafeName => Say("文件名不能用于投标文件：请去掉特殊字符和重名", "A file name cannot go into a bid file: remove special characters and double names"),
        BidFileFault.TooLarge => Say("超出投标文件格式的限度", "Beyond the bounds of the bid file's format"),
        BidFileFault.FolderExists => Say("输出文件夹中已有这一部分，请换一个文件夹", "The section is there already: choose another folder"),
        BidFileFault.SourceChanged => Say("文件在加密过程中被改动，请重新生成", "A file was changed while it was encrypted: generate again"),
        _ => Say("投标文件已损坏", "The bid file is damaged"),
    };
}
