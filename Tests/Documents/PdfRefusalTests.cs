using System.Text;
using Bzt.Documents.Pdf;
using Bzt.Tests.Peers;
using Xunit;

namespace Bzt.Tests.Documents;

/// <summary>What cannot be sealed is refused with its reason, and nothing is left behind.</summary>
public sealed class PdfRefusalTests
{
    private static readonly SignatureFieldInfo Field = new(new DateTimeOffset(2026, 11, 25, 9, 30, 0, TimeSpan.Zero), "宜昌测试建设有限公司");

    [Fact]
    public async Task Encrypted_foreign_and_broken_documents_are_refused()
    {
        using var folder = new TemporaryFolder();
        var original = await ForeignPdfs.Make("groff", folder);
        await QPdf.Transform(original, folder["encrypted.pdf"], "--encrypt", "user", "owner", "256", "--");
        var bytes = await File.ReadAllBytesAsync(original);

        Assert.Equal(PdfRefusal.Encrypted, await Refused(folder, await File.ReadAllBytesAsync(folder["encrypted.pdf"])));
        Assert.Equal(PdfRefusal.NotAPdf, await Refused(folder, []));
        Assert.Equal(PdfRefusal.NotAPdf, await Refused(folder, Encoding.ASCII.GetBytes(new string('x', 4000))));
        Assert.Equal(PdfRefusal.NotAPdf, await Refused(folder, bytes[..(bytes.Length / 2)]));
        Assert.Equal(PdfRefusal.NoSuchPage, await Refused(folder, bytes, new SealAppearance(99, 10, 10, 20, TestPictures.Small)));
        Assert.Equal(PdfRefusal.OutsidePage, await Refused(folder, bytes, new SealAppearance(1, 205, 10, 20, TestPictures.Small)));
        Assert.Empty(Directory.GetFiles(folder.FullName, "*.unsealed"));
        Assert.False(File.Exists(folder["sealed.pdf"]));
    }

    /// <summary>Kilobytes that would take hours, or all memory: the same large stream named again and again, tables of objects nobody has.</summary>
    [Fact]
    public void Small_files_that_unpack_to_large_ones_are_refused()
    {
        // 1. Objects in seventeen streams by turns: no memory of sixteen helps.
        var container = Encoding.ASCII.GetBytes(string.Join(' ', Enumerable.Range(100, 200).Select(number => $"{number} 0")) + " null" + new string(' ', 12 * 1024 * 1024));
        var turns = Bomb(17, container, container.AsSpan().IndexOf(" null"u8), first => Enumerable.Range(0, 200).Select(i => (byte)(first + (i % 17))));
        var document = PdfDocument.Open(new MemoryStream(turns));
        Assert.Equal(PdfRefusal.TooLarge, Assert.Throws<PdfRefusedException>(() => document.References().Count()).Reason);

        // 2. One stream with more in it than any producer puts there.
        var large = Bomb(1, [.. container, .. container], container.AsSpan().IndexOf(" null"u8), first => Enumerable.Repeat((byte)first, 200));
        Assert.Equal(PdfRefusal.TooLarge, Assert.Throws<PdfRefusedException>(() => PdfDocument.Open(new MemoryStream(large)).References().Count()).Reason);

        // 3. Cross-reference sections, one before the other, each with a million free objects.
        using var file = new MemoryStream();
        Write(file, "%PDF-1.5\n1 0 obj <</Type/Catalog>> endobj\n");
        long previous = 0;
        for (var i = 0; i < 3; i++)
        {
            var (at, rows) = (file.Length, PdfFilters.Deflate(new byte[600_000]));
            Write(file, $"9 0 obj <</Type/XRef/Root 1 0 R/W[1 0 0]/Size 600000/Filter/FlateDecode/Length {rows.Length}{(previous > 0 ? $"/Prev {previous}" : "")}>> stream\n");
            file.Write(rows);
            Write(file, "\nendstream endobj\n");
            previous = at;
        }

        Write(file, $"startxref\n{previous}\n%%EOF\n");
        Assert.True(file.Length < 10_000);
        Assert.Equal(PdfRefusal.TooLarge, Assert.Throws<PdfRefusedException>(() => PdfDocument.Open(file)).Reason);
    }

    private static void Write(Stream file, string text) => file.Write(Encoding.ASCII.GetBytes(text));

    /// <summary>Objects 100 to 299 in object streams, each in the one that <paramref name="of"/> says.</summary>
    private static byte[] Bomb(int streams, byte[] content, int first, Func<int, IEnumerable<byte>> of)
    {
        using var file = new MemoryStream();
        Write(file, "%PDF-1.5\n");
        var packed = PdfFilters.Deflate(content);
        var table = new byte[300 * 5];
        void Entry(int number, byte kind, long value) => new[] { kind, (byte)(value >> 16), (byte)(value >> 8), (byte)value, (byte)0 }.CopyTo(table, number * 5);
        Entry(1, 1, file.Length);
        Write(file, "1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj\n");
        for (var i = 0; i < streams; i++)
        {
            Entry(10 + i, 1, file.Length);
            Write(file, $"{10 + i} 0 obj <</Type/ObjStm/N 200/First {first}/Filter/FlateDecode/Length {packed.Length}>> stream\n");
            file.Write(packed);
            Write(file, "\nendstream endobj\n");
        }

        foreach (var (i, stream) in of(10).Index())
        {
            Entry(100 + i, 2, stream);
        }

        var at = file.Length;
        Write(file, $"99 0 obj <</Type/XRef/Root 1 0 R/W[1 3 1]/Size 300/Length {table.Length}>> stream\n");
        file.Write(table);
        Write(file, $"\nendstream endobj\nstartxref\n{at}\n%%EOF\n");
        return file.ToArray();
    }

    [Fact]
    public async Task Flips_and_cuts_anywhere_end_in_a_seal_or_a_refusal()
    {
        using var folder = new TemporaryFolder();
        foreach (var producer in (string[])["qpdf-linearized", "groff"])
        {
            var bytes = await File.ReadAllBytesAsync(await ForeignPdfs.Make(producer, folder));
            var random = new Random(20261125);
            for (var i = 0; i < 300; i++)
            {
                var mutated = i % 5 == 0 ? bytes[..random.Next(bytes.Length)] : bytes.ToArray();
                for (var n = 0; n < 4 && mutated.Length > 0; n++) mutated[random.Next(mutated.Length)] ^= (byte)(1 << random.Next(8));
                try
                {
                    (await PdfSealer.PrepareAsync(new MemoryStream(mutated), folder["sealed.pdf"], [], Field)).Discard();
                }
                catch (PdfRefusedException)
                {
                    // The only exception that may come out.
                }
            }
        }
        Assert.Empty(Directory.GetFiles(folder.FullName, "*.unsealed"));
    }

    [Fact]
    public async Task A_completed_file_is_not_completed_twice_and_a_large_seal_does_not_fit()
    {
        using var folder = new TemporaryFolder();
        var prepared = await PdfSealer.PrepareAsync(await ForeignPdfs.Make("groff", folder), folder["sealed.pdf"], [], Field);

        var large = await Assert.ThrowsAsync<PdfRefusedException>(() => PdfSealer.CompleteAsync(prepared, new byte[Field.ReservedBytes + 1]));
        Assert.Equal(PdfRefusal.ReservedTooSmall, large.Reason);
        Assert.False(File.Exists(folder["sealed.pdf"]));
        await PdfSealer.CompleteAsync(prepared, new byte[] { 0x30, 0x00 });
        File.Copy(folder["sealed.pdf"], prepared.PreparedPath);
        var again = await Assert.ThrowsAsync<PdfRefusedException>(() => PdfSealer.CompleteAsync(prepared, new byte[] { 0x30, 0x00 }));
        Assert.Equal(PdfRefusal.NotPrepared, again.Reason);
    }

    private static async Task<PdfRefusal> Refused(TemporaryFolder folder, byte[] pdf, params SealAppearance[] seals) =>
        (await Assert.ThrowsAsync<PdfRefusedException>(() => PdfSealer.PrepareAsync(new MemoryStream(pdf), folder["sealed.pdf"], seals, Field))).Reason;
}
