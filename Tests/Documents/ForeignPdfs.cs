using System.Collections.Concurrent;
using Bzt.Tests.Peers;

namespace Bzt.Tests.Documents;

/// <summary>PDFs made by other people's programs, made once a run and copied for each test.</summary>
internal static class ForeignPdfs
{
    private const string Text = "Tender document\n\nThis page was made by a program that knows nothing of seals.\n";

    private const string Svg = """
        <svg xmlns="http://www.w3.org/2000/svg" width="210mm" height="297mm" viewBox="0 0 210 297">
          <rect x="20" y="20" width="170" height="257" fill="none" stroke="black"/>
          <text x="40" y="60" font-family="WenQuanYi Micro Hei" font-size="10">投标函</text>
        </svg>
        """;

    private const string PostScript = """
        %!PS-Adobe-3.0
        /Helvetica findfont 24 scalefont setfont
        1 1 3 { 72 700 moveto (Page ) show 10 string cvs show showpage } for
        """;

    private const string ReportLab = """
        import sys
        from reportlab.lib.pagesizes import A4, landscape
        from reportlab.pdfgen import canvas
        c = canvas.Canvas(sys.argv[1], pagesize=A4)
        for n in range(12):
            c.setPageSize(landscape(A4) if n % 2 else A4)
            c.drawString(72, 400, 'Page %d' % (n + 1))
            c.acroForm.textfield(name='price%d' % n, x=100, y=500, width=120, height=20)
            c.showPage()
        c.save()
        """;

    private const string MuTool = """
        %%MediaBox 0 0 595 842
        %%Rotate 90
        %%Font F Helvetica
        BT /F 24 Tf 100 400 Td (Rotated page) Tj ET
        """;

    private static readonly Dictionary<string, Func<TemporaryFolder, string, Task>> Producers = new()
    {
        ["cairo"] = async (folder, output) =>
        {
            await File.WriteAllTextAsync(folder["in.svg"], Svg);
            (await PeerProcess.Run("rsvg-convert", ["--format=pdf", "-o", output, folder["in.svg"]])).OrFail();
        },
        ["groff"] = async (folder, output) =>
        {
            var result = (await PeerProcess.Run("sh", ["-c", "printf '%s' \"$1\" | groff -Tpdf > \"$2\"", "sh", Text, output])).OrFail();
        },
        ["ghostscript"] = async (folder, output) =>
        {
            await File.WriteAllTextAsync(folder["in.ps"], PostScript);
            (await PeerProcess.Run("gs", ["-q", "-dBATCH", "-dNOPAUSE", "-sDEVICE=pdfwrite", $"-sOutputFile={output}", folder["in.ps"]])).OrFail();
        },
        ["reportlab"] = async (folder, output) =>
        {
            await File.WriteAllTextAsync(folder["in.py"], ReportLab);
            (await PeerProcess.Run("/usr/bin/python3", [folder["in.py"], output])).OrFail();
        },
        ["mutool-rotated"] = async (folder, output) =>
        {
            await File.WriteAllTextAsync(folder["in.txt"], MuTool);
            (await PeerProcess.Run("mutool", ["create", "-o", output, folder["in.txt"]])).OrFail();
        },
        // Skia's writer, as a browser prints.
        ["chromium"] = async (folder, output) =>
        {
            await File.WriteAllTextAsync(folder["in.html"], "<meta charset=utf-8><h1>投标文件</h1><p style='page-break-before:always'>第二页");
            (await PeerProcess.Run("chromium", ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
                "--disable-quic", $"--user-data-dir={folder["profile"]}", "--no-pdf-header-footer", $"--print-to-pdf={output}", folder["in.html"]])).OrFail();
        },
        ["qpdf-object-streams"] = async (folder, output) => await QPdf.Transform(await Make("ghostscript", folder), output, "--object-streams=generate"),
        ["qpdf-linearized"] = async (folder, output) => await QPdf.Transform(await Make("reportlab", folder), output, "--linearize", "--object-streams=generate"),
        ["qpdf-rotated"] = async (folder, output) => await QPdf.Transform(await Make("cairo", folder), output, "--rotate=270", "--object-streams=disable"),
        // Scanned pages: a PDF around pictures.
        ["img2pdf"] = async (folder, output) =>
        {
            (await PeerProcess.Run("rsvg-convert", ["--format=png", "-b", "white", "-o", folder["in.png"], WriteSvg(folder)])).OrFail();
            (await PeerProcess.Run("img2pdf", ["-o", output, folder["in.png"]])).OrFail();
        },
        // One file with both forms of cross-reference behind each other: a classic one extended by mutool.
        ["mutool-clean"] = async (folder, output) => (await PeerProcess.Run("mutool", ["clean", "-gggg", "-z", await Make("ghostscript", folder), output])).OrFail(),
        ["pdftocairo"] = async (folder, output) => (await PeerProcess.Run("pdftocairo", ["-pdf", await Make("reportlab", folder), output])).OrFail(),
    };

    private static readonly ConcurrentDictionary<string, Lazy<Task<byte[]>>> Made = new();

    public static IEnumerable<string> Names => Producers.Keys;

    /// <summary>The producer's PDF, written into the folder of a test.</summary>
    public static async Task<string> Make(string producer, TemporaryFolder folder) =>
        folder.Write(producer + ".pdf", await Made.GetOrAdd(producer, name => new(() => Produce(name))).Value);

    private static async Task<byte[]> Produce(string producer)
    {
        using var folder = new TemporaryFolder();
        await Producers[producer](folder, folder["out.pdf"]);
        return await File.ReadAllBytesAsync(folder["out.pdf"]);
    }

    private static string WriteSvg(TemporaryFolder folder)
    {
        File.WriteAllText(folder["in.svg"], Svg);
        return folder["in.svg"];
    }
}
