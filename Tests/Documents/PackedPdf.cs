using System.Text;
using Bzt.Documents.Pdf;

namespace Bzt.Tests.Documents;

/// <summary>A document whose pages lie in object streams that are large for the blanks in them; in the file they are kilobytes.</summary>
internal static class PackedPdf
{
    public const int Pages = 200, PageTree = 2, FirstPage = 100;

    /// <summary>An object that says what an object stream's dictionary may say itself.</summary>
    public const int Filter = 9;

    private const int FirstStream = 10;

    /// <param name="streams">Object streams; the pages are in them by turns.</param>
    /// <param name="megabytes">Each when inflated.</param>
    /// <param name="declared">A /Length that lies; null for the right one.</param>
    /// <param name="filter">How a stream says by which filter it is read.</param>
    public static byte[] Make(int streams, int megabytes, long? declared = null, string filter = "/Filter/FlateDecode")
    {
        using var file = new MemoryStream();
        void Write(string text) => file.Write(Encoding.ASCII.GetBytes(text));
        var table = new byte[(FirstPage + Pages) * 5];
        void Entry(int number, byte kind, long value) => new[] { kind, (byte)(value >> 16), (byte)(value >> 8), (byte)value, (byte)0 }.CopyTo(table, number * 5);

        var numbers = Enumerable.Range(FirstPage, Pages).ToArray();
        var places = string.Join(' ', numbers.Select(number => $"{number} 0"));
        var packed = PdfFilters.Deflate(Encoding.ASCII.GetBytes($"{places} <</Type/Page/Parent {PageTree} 0 R>>{new string(' ', megabytes * 1024 * 1024)}"));

        Write("%PDF-1.5\n");
        Entry(1, 1, file.Length);
        Write($"1 0 obj <</Type/Catalog/Pages {PageTree} 0 R>> endobj\n");
        Entry(PageTree, 1, file.Length);
        Write($"{PageTree} 0 obj <</Type/Pages/MediaBox[0 0 595 842]/Count {Pages}/Kids[{string.Join(' ', numbers.Select(number => $"{number} 0 R"))}]>> endobj\n");
        Entry(Filter, 1, file.Length);
        Write($"{Filter} 0 obj /FlateDecode endobj\n");
        for (var i = 0; i < streams; i++)
        {
            Entry(FirstStream + i, 1, file.Length);
            Write($"{FirstStream + i} 0 obj <</Type/ObjStm/N {Pages}/First {places.Length}{filter}/Length {declared ?? packed.Length}>> stream\n");
            file.Write(packed);
            Write("\nendstream endobj\n");
        }
        foreach (var (i, number) in numbers.Index()) Entry(number, 2, FirstStream + (i % streams));

        var at = file.Length;
        Write($"99 0 obj <</Type/XRef/Root 1 0 R/W[1 3 1]/Size {FirstPage + Pages}/Length {table.Length}>> stream\n");
        file.Write(table);
        Write($"\nendstream endobj\nstartxref\n{at}\n%%EOF\n");
        return file.ToArray();
    }
}
