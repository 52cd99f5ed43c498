using System.Buffers.Binary;

namespace Bzt.Silo.Imaging;

/// <summary>
/// Cuts a TrueType font down to the characters of one document. Skia embeds whole what it cannot subset, and a Chinese font is five megabytes.
/// Tables and their fields: ISO/IEC 14496-22 (OpenType).
/// </summary>
internal sealed class FontSubset
{
    private readonly byte[] file;
    private readonly Dictionary<string, (int Offset, int Length)> tables = [];

    // Glyphs of the new font in their order, by their number in the old one; the first is .notdef.
    private readonly List<int> glyphs = [0];
    private readonly Dictionary<int, int> numbers = new() { [0] = 0 };

    private FontSubset(byte[] file) => this.file = file;

    /// <summary>Whether a file is one that can be cut: TrueType outlines, alone or the first of a collection.</summary>
    public static bool Takes(byte[] file)
    {
        try
        {
            return new FontSubset(file).ReadTables();
        }
        catch (Exception exception) when (exception is ArgumentOutOfRangeException or IndexOutOfRangeException)
        {
            return false;
        }
    }

    /// <param name="file">A font for which <see cref="Takes"/> is true.</param>
    /// <param name="characters">Code points with their glyphs in it.</param>
    public static byte[] Cut(byte[] file, IReadOnlyDictionary<int, int> characters)
    {
        var subset = new FontSubset(file);
        if (!subset.ReadTables())
        {
            throw new ArgumentException("No TrueType font.", nameof(file));
        }

        return subset.Build(characters);
    }

    private bool ReadTables()
    {
        var start = Tag(0) == "ttcf" ? (int)U32(12) : 0;
        if (U32(start) is not (0x00010000 or 0x74727565))
        {
            return false;
        }

        for (var i = 0; i < U16(start + 4); i++)
        {
            var entry = start + 12 + (16 * i);
            tables[Tag(entry)] = ((int)U32(entry + 8), (int)U32(entry + 12));
        }

        return ((string[])["head", "hhea", "hmtx", "maxp", "loca", "glyf", "cmap"]).All(tables.ContainsKey);
    }

    private byte[] Build(IReadOnlyDictionary<int, int> characters)
    {
        var mapping = characters.Where(pair => pair.Value != 0).OrderBy(pair => pair.Key).Select(pair => (pair.Key, Glyph: NumberOf(pair.Value))).ToList();

        // Composite glyphs bring their parts, which stand behind them in the list.
        var outlines = new List<byte[]>();
        for (var i = 0; i < glyphs.Count; i++)
        {
            outlines.Add(Outline(glyphs[i]));
        }

        var (glyf, loca) = (new MemoryStream(), new byte[4 * (outlines.Count + 1)]);
        for (var i = 0; i < outlines.Count; i++)
        {
            glyf.Write(outlines[i]);
            glyf.SetLength(glyf.Position = (glyf.Position + 3) & ~3L);
            BinaryPrimitives.WriteUInt32BigEndian(loca.AsSpan(4 * (i + 1)), (uint)glyf.Length);
        }

        var head = Table("head");
        head.AsSpan(8, 4).Clear();
        BinaryPrimitives.WriteUInt16BigEndian(head.AsSpan(50), 1);
        var (hhea, maxp) = (Table("hhea"), Table("maxp"));
        BinaryPrimitives.WriteUInt16BigEndian(hhea.AsSpan(34), (ushort)glyphs.Count);
        BinaryPrimitives.WriteUInt16BigEndian(maxp.AsSpan(4), (ushort)glyphs.Count);
        // post of version 3: no glyph names.
        var post = new byte[32];
        BinaryPrimitives.WriteUInt32BigEndian(post, 0x00030000);
        var made = new SortedDictionary<string, byte[]>(StringComparer.Ordinal)
        {
            ["head"] = head, ["hhea"] = hhea, ["maxp"] = maxp, ["hmtx"] = Metrics(), ["loca"] = loca, ["glyf"] = glyf.ToArray(), ["cmap"] = Characters(mapping), ["post"] = post,
        };
        foreach (var kept in (string[])["OS/2", "name", "cvt ", "fpgm", "prep"])
        {
            if (tables.ContainsKey(kept))
            {
                made[kept] = Table(kept);
            }
        }

        return Assemble(made);
    }

    private byte[] Outline(int glyph)
    {
        var (loca, isLong) = (tables["loca"].Offset, U16(tables["head"].Offset + 50) == 1);
        var (begin, end) = isLong
            ? ((int)U32(loca + (4 * glyph)), (int)U32(loca + (4 * glyph) + 4))
            : (U16(loca + (2 * glyph)) * 2, U16(loca + (2 * glyph) + 2) * 2);
        var outline = file.AsSpan(tables["glyf"].Offset + begin, end - begin).ToArray();
        if (outline.Length < 10 || BinaryPrimitives.ReadInt16BigEndian(outline) >= 0)
        {
            return outline;
        }

        // A composite: each part is flags, glyph, two arguments, and up to four scales.
        const int Words = 0x0001, Scale = 0x0008, More = 0x0020, TwoScales = 0x0040, Matrix = 0x0080;
        for (int place = 10, flags = More; (flags & More) != 0;)
        {
            flags = BinaryPrimitives.ReadUInt16BigEndian(outline.AsSpan(place));
            var part = BinaryPrimitives.ReadUInt16BigEndian(outline.AsSpan(place + 2));
            BinaryPrimitives.WriteUInt16BigEndian(outline.AsSpan(place + 2), (ushort)NumberOf(part));
            place += 4 + ((flags & Words) != 0 ? 4 : 2) + ((flags & Scale) != 0 ? 2 : (flags & TwoScales) != 0 ? 4 : (flags & Matrix) != 0 ? 8 : 0);
        }

        return outline;
    }

    private int NumberOf(int glyph)
    {
        if (!numbers.TryGetValue(glyph, out var number))
        {
            numbers[glyph] = number = glyphs.Count;
            glyphs.Add(glyph);
        }

        return number;
    }

    private byte[] Metrics()
    {
        var (hmtx, count) = (tables["hmtx"].Offset, U16(tables["hhea"].Offset + 34));
        var metrics = new byte[4 * glyphs.Count];
        for (var i = 0; i < glyphs.Count; i++)
        {
            // Glyphs beyond the long metrics have the last advance and a side bearing of their own.
            var glyph = glyphs[i];
            var advance = hmtx + (4 * Math.Min(glyph, count - 1));
            var bearing = glyph < count ? advance + 2 : hmtx + (4 * count) + (2 * (glyph - count));
            file.AsSpan(advance, 2).CopyTo(metrics.AsSpan(4 * i));
            file.AsSpan(bearing, 2).CopyTo(metrics.AsSpan((4 * i) + 2));
        }

        return metrics;
    }

    /// <summary>One subtable of format 12: a group for each character.</summary>
    private static byte[] Characters(List<(int Character, int Glyph)> mapping)
    {
        var table = new byte[12 + 16 + (12 * mapping.Count)];
        BinaryPrimitives.WriteUInt16BigEndian(table.AsSpan(2), 1);
        BinaryPrimitives.WriteUInt16BigEndian(table.AsSpan(4), 3);
        BinaryPrimitives.WriteUInt16BigEndian(table.AsSpan(6), 10);
        BinaryPrimitives.WriteUInt32BigEndian(table.AsSpan(8), 12);
        BinaryPrimitives.WriteUInt16BigEndian(table.AsSpan(12), 12);
        BinaryPrimitives.WriteUInt32BigEndian(table.AsSpan(16), (uint)(table.Length - 12));
        BinaryPrimitives.WriteUInt32BigEndian(table.AsSpan(24), (uint)mapping.Count);
        for (var i = 0; i < mapping.Count; i++)
        {
            var group = table.AsSpan(28 + (12 * i));
            BinaryPrimitives.WriteUInt32BigEndian(group, (uint)mapping[i].Character);
            BinaryPrimitives.WriteUInt32BigEndian(group[4..], (uint)mapping[i].Character);
            BinaryPrimitives.WriteUInt32BigEndian(group[8..], (uint)mapping[i].Glyph);
        }

        return table;
    }

    private static byte[] Assemble(SortedDictionary<string, byte[]> made)
    {
        var power = 1 << (31 - int.LeadingZeroCount(made.Count));
        var font = new byte[12 + (16 * made.Count) + made.Values.Sum(table => (table.Length + 3) & ~3)];
        BinaryPrimitives.WriteUInt32BigEndian(font, 0x00010000);
        BinaryPrimitives.WriteUInt16BigEndian(font.AsSpan(4), (ushort)made.Count);
        BinaryPrimitives.WriteUInt16BigEndian(font.AsSpan(6), (ushort)(16 * power));
        BinaryPrimitives.WriteUInt16BigEndian(font.AsSpan(8), (ushort)int.Log2(power));
        BinaryPrimitives.WriteUInt16BigEndian(font.AsSpan(10), (ushort)(16 * (made.Count - power)));
        var (entry, offset) = (12, 12 + (16 * made.Count));
        foreach (var (tag, table) in made)
        {
            for (var i = 0; i < 4; i++)
            {
                font[entry + i] = (byte)tag[i];
            }

            table.CopyTo(font, offset);
            var length = (table.Length + 3) & ~3;
            BinaryPrimitives.WriteUInt32BigEndian(font.AsSpan(entry + 4), Sum(font.AsSpan(offset, length)));
            BinaryPrimitives.WriteUInt32BigEndian(font.AsSpan(entry + 8), (uint)offset);
            BinaryPrimitives.WriteUInt32BigEndian(font.AsSpan(entry + 12), (uint)table.Length);
            (entry, offset) = (entry + 16, offset + length);
        }

        return font;
    }

    private static uint Sum(ReadOnlySpan<byte> table)
    {
        var sum = 0u;
        for (var i = 0; i < table.Length; i += 4)
        {
            sum += BinaryPrimitives.ReadUInt32BigEndian(table[i..]);
        }

        return sum;
    }

    private byte[] Table(string tag) => file.AsSpan(tables[tag].Offset, tables[tag].Length).ToArray();

    private string Tag(int offset) => System.Text.Encoding.Latin1.GetString(file.AsSpan(offset, 4));

    private uint U32(int offset) => BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan(offset));

    private ushort U16(int offset) => BinaryPrimitives.ReadUInt16BigEndian(file.AsSpan(offset));
}
