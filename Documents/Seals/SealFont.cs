using SkiaSharp;

namespace Bzt.Documents.Seals;

/// <summary>The machine has no font that can write the seal's characters.</summary>
public sealed class SealFontMissingException(string text)
    : Exception($"no installed font has all the characters of '{text}' (Debian: fonts-wqy-microhei)");

/// <summary>Finds a font for Chinese text among those of the machine; none is shipped.</summary>
public static class SealFont
{
    /// <summary>Best first: engraved seals use a Song face.</summary>
    private static readonly string[] Families = ["FangSong", "SimSun", "Noto Serif CJK SC", "WenQuanYi Micro Hei", "Noto Sans CJK SC", "Microsoft YaHei", "PingFang SC"];

    /// <summary>On Linux, Skia is used without fontconfig and knows no family: the packages' own file names stand in.</summary>
    private static readonly string[] Files = ["NotoSerifCJK-Regular.ttc", "NotoSerifCJK-Bold.ttc", "wqy-microhei.ttc", "NotoSansCJK-Regular.ttc", "wqy-zenhei.ttc", "uming.ttc", "DroidSansFallbackFull.ttf"];

    private static readonly string[] Folders = ["/usr/share/fonts", "/usr/local/share/fonts", Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".fonts"), Environment.GetFolderPath(Environment.SpecialFolder.Fonts)];

    private static readonly Lazy<string[]> Found = new(Scan);

    /// <summary>The best face that has every character of <paramref name="text"/>; the caller disposes it.</summary>
    /// <exception cref="SealFontMissingException">None has.</exception>
    public static SKTypeface Find(string text)
    {
        foreach (var typeface in Families.Select(SKFontManager.Default.MatchFamily).Concat(Found.Value.Select(path => SKTypeface.FromFile(path))))
        {
            if (typeface is null) continue;
            using var font = new SKFont(typeface);
            if (font.ContainsGlyphs(text)) return typeface;
            typeface.Dispose();
        }
        throw new SealFontMissingException(text);
    }

    private static string[] Scan()
    {
        var options = new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true };
        return [.. Folders.Where(Directory.Exists)
            .SelectMany(folder => Directory.EnumerateFiles(folder, "*.tt?", options))
            .Where(path => Files.Contains(Path.GetFileName(path)))
            .OrderBy(path => Array.IndexOf(Files, Path.GetFileName(path)))];
    }
}
