using System.Diagnostics;

namespace Bzt.Samples.Demo;

/// <summary>The papers of the journey, made by librsvg's rsvg-convert: a bid document of two pages as PDF, and photographs for the claim.</summary>
internal sealed record Papers(string Pdf, byte[] Licence, byte[] Form)
{
    public static async Task<Papers> MakeAsync(string folder, SyntheticEnterprise enterprise, CancellationToken stop)
    {
        var work = Directory.CreateTempSubdirectory("bzt-papers-").FullName;
        try
        {
            var first = Write(work, "1.svg", Page("投标函", $"致：宜昌市市政建设管理中心", $"投标人：{enterprise.Name}", "投标报价：人民币 12,345,678.00 元", "工期：180 日历天"));
            var second = Write(work, "2.svg", Page("投标函附录", "质量目标：合格", "项目经理：张三（虚构）", "投标有效期：90 日历天", $"统一社会信用代码：{enterprise.CreditCode}"));
            var pdf = Path.Combine(folder, "投标文件.pdf");
            await ConvertAsync(["-f", "pdf", "-o", pdf, first, second], stop);
            var licence = await PictureAsync(work, "licence", Page("营业执照", enterprise.Name, enterprise.CreditCode, "（样张，虚构）"), stop);
            var form = await PictureAsync(work, "form", Page("证书申请书", enterprise.Name, "单位公章　法定代表人印鉴　签名", "（样张，虚构）"), stop);
            return new Papers(pdf, licence, form);
        }
        finally
        {
            Directory.Delete(work, recursive: true);
        }
    }

    private static async Task<byte[]> PictureAsync(string work, string name, string svg, CancellationToken stop)
    {
        var png = Path.Combine(work, name + ".png");
        await ConvertAsync(["-f", "png", "-o", png, Write(work, name + ".svg", svg)], stop);
        return await File.ReadAllBytesAsync(png, stop);
    }

    private static string Write(string work, string name, string svg)
    {
        var path = Path.Combine(work, name);
        File.WriteAllText(path, svg);
        return path;
    }

    private static string Page(string title, params string[] lines)
    {
        var text = string.Concat(lines.Select((line, i) => $"<text x='80' y='{260 + (i * 46)}' font-size='18'>{line}</text>"));
        return $"""
            <svg xmlns='http://www.w3.org/2000/svg' width='210mm' height='297mm' viewBox='0 0 595 842' font-family='WenQuanYi Micro Hei'>
              <rect width='595' height='842' fill='#fff'/><text x='297' y='160' font-size='32' text-anchor='middle'>{title}</text>{text}
            </svg>
            """;
    }

    private static async Task ConvertAsync(string[] arguments, CancellationToken stop)
    {
        Process? process;
        try
        {
            process = Process.Start(new ProcessStartInfo("rsvg-convert", arguments));
        }
        catch (System.ComponentModel.Win32Exception)
        {
            throw new DemoException("rsvg-convert is missing; ./run.sh demo installs it (Debian's librsvg2-bin).");
        }

        using (process)
        {
            await process!.WaitForExitAsync(stop);
            if (process.ExitCode != 0)
            {
                throw new DemoException("rsvg-convert could not make the papers.");
            }
        }
    }
}
