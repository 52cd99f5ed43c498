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
