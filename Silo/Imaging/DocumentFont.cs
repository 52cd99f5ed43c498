using Microsoft.Extensions.Options;
using SkiaSharp;

namespace Bzt.Silo.Imaging;

/// <summary>The font documents are written in: one of the machine's, none is shipped.</summary>
internal sealed class DocumentFont
{
    private const string Sample = "数字证书申请书授权法定代表人印鉴单位公章";

    private static readonly string[] Folders = ["/usr/share/fonts", "/usr/local/share/fonts", Environment.GetFolderPath(Environment.SpecialFolder.Fonts)];

    /// <summary>Best first; all have TrueType outlines.</summary>
    private static readonly string[] Files = ["wqy-microhei.ttc", "wqy-zenhei.ttc", "DroidSansFallbackFull.ttf", "simsun.ttc", "simhei.ttf", "msyh.ttc"];

    private readonly byte[] file;

    private DocumentFont(byte[] file, SKTypeface typeface) => (this.file, Typeface) = (file, typeface);

    /// <summary>Whole; for measuring.</summary>
    public SKTypeface Typeface { get; }

    /// <exception cref="OptionsValidationException">None that can write Chinese: the process does not start.</exception>
    public static DocumentFont Load(string? configured)
    {
        if (configured is not null)
        {
            return (File.Exists(configured) ? TryLoad(configured) : null)
                ?? throw Missing($"{ImagingOptions.Section}:FontFile {configured} is no font with TrueType outlines and Chinese characters.");
        }

        var search = new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true };
        return Folders.Where(Directory.Exists)
            .SelectMany(folder => Directory.EnumerateFiles(folder, "*.tt?", search))
            .Where(path => Files.Contains(Path.GetFileName(path)))
            .OrderBy(path => Array.IndexOf(Files, Path.GetFileName(path)))
            .Select(TryLoad).FirstOrDefault(font => font is not null)
            ?? throw Missing($"No Chinese font in {string.Join(", ", Folders.Where(folder => folder.Length > 0))}. Install fonts-wqy-microhei, or name a font in {ImagingOptions.Section}:FontFile.");
    }

    /// <summary>A font of these characters only, for embedding. A character the font lacks becomes its empty box.</summary>
    public SKTypeface Subset(IEnumerable<string> texts)
    {
        using var face = new SKFont(Typeface);
        var characters = texts.SelectMany(text => text.EnumerateRunes()).Select(rune => rune.Value).Distinct()
            .ToDictionary(character => character, character => (int)face.GetGlyph(character));
        using var data = SKData.CreateCopy(FontSubset.Cut(file, characters));
        return SKTypeface.FromData(data) ?? throw new InvalidOperationException("The subset of the font cannot be read.");
    }

    private static DocumentFont? TryLoad(string path)
    {
        var file = File.ReadAllBytes(path);
        if (!FontSubset.Takes(file) || SKTypeface.FromFile(path) is not { } typeface)
        {
            return null;
        }

        using var face = new SKFont(typeface);
        if (!face.ContainsGlyphs(Sample))
        {
            typeface.Dispose();
            return null;
        }

        return new DocumentFont(file, typeface);
    }

    private static OptionsValidationException Missing(string why) => new(ImagingOptions.Section, typeof(ImagingOptions), [why]);
}
