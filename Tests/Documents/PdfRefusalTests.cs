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
        var turns = PackedPdf.Make(streams: 17, megabytes: 12);
        var document = PdfDocument.Open(new MemoryStream(turns));
        Assert.Equal(PdfRefusal.TooLarge, Assert.Throws<PdfRefusedException>(() => document.References().Count()).Reason);

        // 2. One stream with more in it than any producer puts there, inflated or as it lies there. With all objects of a large document it is read.
        Assert.Equal(PackedPdf.Pages + 1, PdfDocument.Open(new MemoryStream(PackedPdf.Make(streams: 1, megabytes: 48))).References().Count(use => use.Reference.Number == PackedPdf.PageTree));
        foreach (var large in (byte[][])[PackedPdf.Make(streams: 1, megabytes: 72), PackedPdf.Make(streams: 1, megabytes: 1, declared: 72 * 1024 * 1024)])
        {
            Assert.Equal(PdfRefusal.TooLarge, Assert.Throws<PdfRefusedException>(() => PdfDocument.Open(new MemoryStream(large)).Pages().Count()).Reason);
        }

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

    /// <summary>Objects within objects, each as long as all that follow it: a hundred of them are nearly a hundred times the file. And one with millions in it.</summary>
    [Fact]
    public void Objects_that_cost_more_than_their_bytes_come_to_an_end()
    {
        const int Count = 100;
        using var file = new MemoryStream();
        Write(file, "%PDF-1.4\n1 0 obj <</Type/Catalog>> endobj\n");
        var places = new long[Count];
        for (var i = 0; i < Count; i++)
        {
            places[i] = file.Length;
            Write(file, $"{i + 2} 0 obj (");
        }
        Write(file, new string('x', 10_000));
        for (var i = 0; i < Count; i++) Write(file, ") endobj ");
        var table = file.Length;
        Write(file, $"xref\n1 {Count + 1}\n0000000009 00000 n \n{string.Concat(places.Select(place => $"{place:D10} 00000 n \n"))}trailer <</Root 1 0 R>>\nstartxref\n{table}\n%%EOF\n");

        Assert.Empty(PdfDocument.Open(file).References());
        var budget = new PdfBudget();
        budget.Spend(PdfBudget.OneReading - 800_000);
        Assert.Equal(PdfRefusal.TooLarge, Assert.Throws<PdfRefusedException>(() => PdfDocument.Open(file, budget: budget).References().Count()).Reason);

        // Millions of small things in one object take many times the memory of their bytes.
        using var crowd = new MemoryStream();
        Write(crowd, $"%PDF-1.4\n1 0 obj <</Type/Catalog/A[{string.Concat(Enumerable.Repeat("[0 0 0 0 0 0 0 0 0]", 250_000))}]>> endobj\n");
        table = crowd.Length;
        Write(crowd, $"xref\n1 1\n0000000009 00000 n \ntrailer <</Root 1 0 R>>\nstartxref\n{table}\n%%EOF\n");
        Assert.Equal(PdfRefusal.TooLarge, Assert.Throws<PdfRefusedException>(() => PdfDocument.Open(crowd)).Reason);
    }

    /// <summary>The table leads to an object whose number no document has: read when the document is open already.</summary>
    [Fact]
    public void An_object_with_a_number_beyond_any_is_damage_whenever_it_is_read()
    {
        foreach (var header in (string[])["99999999999 0 obj", "2 99999999999 obj"])
        {
            using var file = new MemoryStream();
            Write(file, "%PDF-1.4\n1 0 obj <</Type/Catalog>> endobj\n");
            var place = file.Length;
            Write(file, $"{header} null endobj\n");
            var table = file.Length;
            Write(file, $"xref\n1 2\n0000000009 00000 n \n{place:D10} 00000 n \ntrailer <</Root 1 0 R>>\nstartxref\n{table}\n%%EOF\n");

            var document = PdfDocument.Open(file);
            Assert.Equal(PdfRefusal.Damaged, Assert.Throws<PdfRefusedException>(() => document.Resolve(new PdfReference(2, 0))).Reason);
        }
    }

    private static void Write(Stream file, string text) => file.Write(Encoding.ASCII.GetBytes(text));

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
