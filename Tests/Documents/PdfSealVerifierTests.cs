using System.Text;
using Bzt.Documents.Pdf;
using Bzt.Documents.Seals;
using Bzt.Protocol.Certificates;
using Bzt.Tests.Peers;
using Xunit;

namespace Bzt.Tests.Documents;

/// <summary>The verifier tells apart: intact, altered, sealed again, changed since; where another program can judge, both agree.</summary>
public sealed class PdfSealVerifierTests
{
    private static readonly TestSigner Signer = new("宜昌测试建设有限公司"), Second = new("荆州测试监理有限公司");

    [Fact]
    public async Task Two_seals_are_told_apart_from_a_change()
    {
        using var folder = new TemporaryFolder();
        var twice = await Twice(folder, "reportlab");

        var reports = Verify(await File.ReadAllBytesAsync(twice));

        Assert.Equal(2, reports.Count);
        Assert.All(reports, r => Assert.True(r.IsValid, r.ToString()));
        Assert.Equal([SealCoverage.LaterSeals, SealCoverage.WholeDocument], reports.Select(r => r.Coverage));
        Assert.Equal(["Seal2"], reports[0].LaterSeals);
        Assert.Contains("宜昌测试建设有限公司", reports[0].Signer);
        Assert.Equal(new DateTimeOffset(2026, 11, 25, 9, 30, 0, TimeSpan.Zero), reports[0].SignedAt);
        Assert.Equal("reportlab.pdf", reports[0].DocumentName);
        Assert.Equal("投标", reports[0].Reason);
    }

    [Fact]
    public async Task A_flipped_byte_is_noticed_by_us_and_by_PdfBox()
    {
        using var folder = new TemporaryFolder();
        var bytes = await File.ReadAllBytesAsync(await Twice(folder, "cairo"));
        // Inside the page's compressed content: every reader still opens the document.
        var place = bytes.AsSpan().IndexOf("stream"u8) + 40;
        bytes[place] ^= 1;

        Assert.All(Verify(bytes), r => Assert.Equal(SealState.Altered, r.State));
        var peer = await PdfBox.Verify(folder.Write("flipped.pdf", bytes));
        Assert.Equal([false, false], peer.Seals.Select(s => s.Good));
    }

    [Fact]
    public async Task A_flip_anywhere_never_leaves_a_valid_seal_over_other_bytes()
    {
        using var folder = new TemporaryFolder();
        var once = await PdfSealerTests.Seal(await ForeignPdfs.Make("groff", folder), folder["once.pdf"], Signer, new SealAppearance(1, 20, 20, 20, TestPictures.Small));
        var bytes = await File.ReadAllBytesAsync(once);
        var random = new Random(20261125);
        var contents = Encoding.Latin1.GetString(bytes).LastIndexOf("/Contents <", StringComparison.Ordinal) + 10;
        var contentsEnd = Encoding.Latin1.GetString(bytes).LastIndexOf(">>\nendobj", contents + 32 * 1024 + 20, StringComparison.Ordinal);
        for (var i = 0; i < 400; i++)
        {
            var place = random.Next(bytes.Length);
            if (place >= contents && place < contentsEnd) continue;
            var bit = (byte)(1 << random.Next(8));
            bytes[place] ^= bit;
            try
            {
                Assert.DoesNotContain(Verify(bytes), r => r.IsValid);
            }
            catch (PdfRefusedException)
            {
                // The document itself became unreadable: refused as clearly.
            }
            bytes[place] ^= bit;
        }
        Assert.True(Assert.Single(Verify(bytes)).IsValid);

        // The last place of the room that is not signed for.
        bytes[contentsEnd - 2] = (byte)'7';
        Assert.Equal((SealState.Unsupported, "something follows the seal"), (Verify(bytes)[0].State, Verify(bytes)[0].Detail));
    }

    [Fact]
    public async Task A_page_exchanged_after_the_seal_is_named()
    {
        using var folder = new TemporaryFolder();
        var sealedFile = await Twice(folder, "ghostscript");
        var bytes = Update(sealedFile, (document, writer) =>
        {
            var page = document.Pages().First();
            var content = writer.Allocate();
            writer.Stream(content, PdfDictionary.Empty, "BT ET"u8);
            writer.Object(page.Reference, page.Dictionary.With("Contents", content));
        });

        var reports = Verify(bytes);

        Assert.All(reports, r => Assert.Equal((SealState.Intact, SealCoverage.ChangedSince), (r.State, r.Coverage)));
        Assert.All(reports, r => Assert.Equal(["page 1"], r.Changes));
        Assert.DoesNotContain(reports, r => r.IsValid);
    }

    [Theory]
    [InlineData("note"), InlineData("form"), InlineData("catalogue"), InlineData("dangling"), InlineData("removed"), InlineData("field"), InlineData("place"), InlineData("stretched")]
    public async Task Other_changes_after_the_seal_are_noticed(string what)
    {
        using var folder = new TemporaryFolder();
        var input = await ForeignPdfs.Make("reportlab", folder);
        if (what == "dangling")
        {
            // The author prepares a page that refers to nothing, has it sealed, and delivers the rest afterwards.
            input = folder.Write("prepared.pdf", Update(input, (document, writer) =>
            {
                var page = document.Pages().First();
                writer.Object(page.Reference, page.Dictionary.With("Contents", new PdfArray(page.Dictionary["Contents"], new PdfReference(5000, 0))));
            }));
        }
        if (what == "stretched")
        {
            // A stream that says it is longer than the file, and what is appended becomes its end.
            input = folder.Write("prepared.pdf", Update(input, (document, writer) =>
            {
                var (page, content) = (document.Pages().First(), writer.Allocate());
                writer.Begin(content);
                writer.Text("<</Length 200000>>\nstream\nq Q\nendstream\nendobj\n");
                writer.Object(page.Reference, page.Dictionary.With("Contents", new PdfArray(page.Dictionary["Contents"], content)));
            }));
        }
        var once = await PdfSealerTests.Seal(input, folder["once.pdf"], Signer, new SealAppearance(1, 20, 20, 20, TestPictures.Small));
        var bytes = Update(once, (document, writer) =>
        {
            var page = document.Pages().First();
            var annotations = (PdfArray)document.Resolve(page.Dictionary["Annots"]);
            switch (what)
            {
                case "note":
                    var note = new PdfDictionary([new("Type", new PdfName("Annot")), new("Subtype", new PdfName("FreeText")), new("Rect", annotations)]);
                    writer.Object(page.Reference, page.Dictionary.With("Annots", annotations.With(note)));
                    break;
                case "form":
                    var field = (PdfReference)document.Get<PdfArray>((PdfDictionary)document.Resolve(document.Catalog["AcroForm"]), "Fields").Items[0];
                    writer.Object(field, ((PdfDictionary)document.Resolve(field)).With("V", PdfWriter.TextString("1 元")));
                    break;
                case "catalogue":
                    writer.Object(document.CatalogReference, document.Catalog.With("OpenAction", new PdfArray(page.Reference, new PdfName("Fit"))));
                    break;
                case "dangling":
                    writer.Stream(new PdfReference(5000, 0), PdfDictionary.Empty, "0 0 200 200 re f"u8);
                    break;
                case "field":
                    // A field for a seal that nobody ever gives, whose picture lies over the price.
                    var empty = Overlay(writer, page).With("FT", new PdfName("Sig")).With("T", PdfWriter.TextString("Seal2"));
                    var reference = writer.Allocate();
                    writer.Object(reference, empty);
                    writer.Object(page.Reference, page.Dictionary.With("Annots", annotations.With(reference)));
                    var form = (PdfDictionary)document.Resolve(document.Catalog["AcroForm"]);
                    form = form.With("Fields", ((PdfArray)document.Resolve(form["Fields"])).With(reference));
                    if (document.Catalog["AcroForm"] is PdfReference at) writer.Object(at, form);
                    else writer.Object(document.CatalogReference, document.Catalog.With("AcroForm", form));
                    break;
                case "place":
                    // One more place of the seal that is there.
                    writer.Object(page.Reference, page.Dictionary.With("Annots", annotations.With(Overlay(writer, page).With("Parent", annotations.Items[^1]))));
                    break;
                case "stretched":
                    writer.Stream(writer.Allocate(), PdfDictionary.Empty, Encoding.ASCII.GetBytes("0 0 200 200 re f".PadRight(200_000)));
                    break;
                case "removed":
                    writer.Object(page.Reference, page.Dictionary.With("Annots", new PdfArray([.. annotations.Items.Skip(1)])));
                    break;
            }
        });

        var report = Assert.Single(Verify(bytes));

        Assert.Equal((SealState.Intact, SealCoverage.ChangedSince), (report.State, report.Coverage));
        Assert.NotEmpty(report.Changes);
    }

    [Theory]
    [InlineData("place", true), InlineData("coloured", true), InlineData("kept", false), InlineData("turned", false)]
    public async Task What_a_later_update_draws_is_under_a_later_seal_or_breaks_all_before_it(string what, bool drawn)
    {
        using var folder = new TemporaryFolder();
        var twice = await Twice(folder, "reportlab");

        // One more place of the newest seal, a field with a colour, and places kept for another seal that draw nothing.
        var bytes = Update(twice, (document, writer) =>
        {
            var page = document.Pages().First();
            var annotations = (PdfArray)document.Resolve(page.Dictionary["Annots"]);
            var overlay = Overlay(writer, page);
            var kept = overlay.Without("AP").With("FT", new PdfName("Sig")).With("T", PdfWriter.TextString("Seal3"));
            var place = what switch
            {
                "place" => overlay.With("Parent", annotations.Items[^1]),
                "coloured" => kept.With("MK", new PdfDictionary([new("BG", new PdfArray(new PdfNumber(1)))])),
                "turned" => kept.With("MK", new PdfDictionary([new("R", new PdfNumber(90)), new("TP", new PdfNumber(1))])),
                _ => kept.With("MK", PdfDictionary.Empty),
            };
            writer.Object(page.Reference, page.Dictionary.With("Annots", annotations.With(place)));
        });

        var reports = Verify(bytes);
        Assert.All(reports, report => Assert.Equal((SealState.Intact, drawn ? SealCoverage.ChangedSince : SealCoverage.LaterSeals, !drawn), (report.State, report.Coverage, report.IsValid)));
        Assert.Equal(["Seal2"], reports[0].LaterSeals);

        // Whoever seals it then sealed that too: it is his word, and no change that nobody signed. He draws nothing himself.
        var third = await PdfSealerTests.Seal(folder.Write("drawn.pdf", bytes), folder["thrice.pdf"], Second);
        var covered = Verify(await File.ReadAllBytesAsync(third));
        Assert.Equal([SealCoverage.LaterSeals, SealCoverage.LaterSeals, SealCoverage.WholeDocument], covered.Select(report => report.Coverage));
        Assert.All(covered, report => Assert.True(report.IsValid, report.ToString()));

        // Unless that seal does not hold.
        var broken = await File.ReadAllBytesAsync(third);
        broken[^3] ^= 1;
        Assert.Equal([!drawn, !drawn, false], Verify(broken).Select(report => report.IsValid));
    }

    /// <summary>
    /// The document has a save in it that its newest does not build on. It is sealed so; then an update repeats what the seal wrote, so that nothing it names
    /// differs, and builds on the other save.
    /// </summary>
    [Fact]
    public async Task A_save_that_was_not_in_use_when_it_was_sealed_is_not_brought_back()
    {
        using var folder = new TemporaryFolder();
        var original = await File.ReadAllBytesAsync(await ForeignPdfs.Make("reportlab", folder));
        var other = PdfUpdates.Append(original, (document, writer) =>
        {
            var (page, content) = (document.Pages().ElementAt(1), writer.Allocate());
            writer.Stream(content, PdfDictionary.Empty, "0 0 200 200 re f"u8);
            writer.Object(page.Reference, page.Dictionary.With("Contents", content));
        });
        PdfXref.Section Newest(byte[] pdf) => PdfDocument.Open(new MemoryStream(pdf)).Xref.Newest;
        var input = PdfUpdates.Append(other, (_, writer) => writer.Object(writer.Allocate(), PdfNull.Value), Newest(original));
        var once = await PdfSealerTests.Seal(folder.Write("prepared.pdf", input), folder["once.pdf"], Signer);
        Assert.True(Assert.Single(Verify(await File.ReadAllBytesAsync(once))).IsValid);

        var bytes = PdfUpdates.Append(await File.ReadAllBytesAsync(once), (document, writer) =>
        {
            foreach (var number in document.Xref.Newest.Numbers) writer.Object(new PdfReference(number, 0), document.Resolve(new PdfReference(number, 0)));
        }, Newest(other));

        var report = Assert.Single(Verify(bytes));
        Assert.Equal((SealState.Intact, SealCoverage.ChangedSince), (report.State, report.Coverage));
    }

    private static PdfDictionary Overlay(PdfWriter writer, PdfPage page)
    {
        var (picture, box) = (writer.Allocate(), new PdfArray(new PdfNumber(0), new PdfNumber(0), new PdfNumber(500), new PdfNumber(700)));
        writer.Stream(picture, new PdfDictionary([new("Type", new PdfName("XObject")), new("Subtype", new PdfName("Form")), new("BBox", box)]), "1 g 0 0 500 700 re f"u8);
        return new PdfDictionary([
            new("Type", new PdfName("Annot")), new("Subtype", new PdfName("Widget")), new("Rect", box), new("F", new PdfNumber(4)), new("P", page.Reference),
            new("AP", new PdfDictionary([new("N", picture)]))]);
    }

    [Fact]
    public async Task A_gap_wider_than_the_signature_is_malformed()
    {
        using var folder = new TemporaryFolder();
        var once = await PdfSealerTests.Seal(await ForeignPdfs.Make("groff", folder), folder["once.pdf"], Signer);
        var text = Encoding.Latin1.GetString(await File.ReadAllBytesAsync(once));
        var at = text.LastIndexOf("/ByteRange [", StringComparison.Ordinal);
        var end = text.IndexOf(']', at);
        var range = text[(at + 12)..end].Split(' ').Select(long.Parse).ToArray();
        var wider = $"/ByteRange [0 {range[1]} {range[2] + 2} {range[3] - 2}]".PadRight(end + 1 - at);
        var bytes = Encoding.Latin1.GetBytes(text.Remove(at, wider.Length).Insert(at, wider));

        Assert.Equal(SealState.Malformed, Assert.Single(Verify(bytes)).State);
    }

    [Fact]
    public async Task Trust_validity_and_usage_are_told_apart()
    {
        using var folder = new TemporaryFolder();
        var input = await ForeignPdfs.Make("groff", folder);
        async Task<PdfSealReport> Report(TestSigner signer, params byte[][] roots) =>
            Assert.Single(Verify(await File.ReadAllBytesAsync(await PdfSealerTests.Seal(input, folder["sealed.pdf"], signer)), roots));

        Assert.Equal(PathFault.UntrustedRoot, (await Report(Signer, Second.Root)).Path.Fault);
        var expired = new TestSigner("过期", DateTime.UtcNow.AddYears(-9), new DateTime(2026, 11, 24, 0, 0, 0, DateTimeKind.Utc));
        Assert.Equal(PathFault.NotValidNow, (await Report(expired, expired.Root)).Path.Fault);
        var encryption = new TestSigner("加密", usage: Org.BouncyCastle.Asn1.X509.KeyUsage.KeyEncipherment);
        Assert.Equal((PathFault.None, false), (await Report(encryption, encryption.Root)) is var wrong ? (wrong.Path.Fault, wrong.Path.MaySign || wrong.IsValid) : default);
        // A root of the same name is not the root.
        var impostor = new TestSigner("宜昌测试建设有限公司");
        Assert.Equal(PathFault.UntrustedRoot, (await Report(Signer, impostor.Root)).Path.Fault);
        Assert.Equal(PathFault.UntrustedRoot, SignerPath.Build(Signer.Certificate, [], [impostor.Root], DateTimeOffset.UtcNow).Fault);
        Assert.True((await Report(Signer, Signer.Root)).IsValid);
    }

    [Fact]
    public async Task One_signature_may_show_seals_on_several_pages()
    {
        using var folder = new TemporaryFolder();
        var once = await PdfSealerTests.Seal(await ForeignPdfs.Make("reportlab", folder), folder["once.pdf"], Signer,
            new SealAppearance(1, 20, 20, 20, TestPictures.Small), new SealAppearance(2, 30, 30, 20, TestPictures.Small), new SealAppearance(-1, 20, 20, 20, TestPictures.Small));

        Assert.True(Assert.Single(Verify(await File.ReadAllBytesAsync(once))).IsValid);
        Assert.True(Assert.Single((await PdfBox.Verify(once, Signer.Root)).Seals) is { Good: true, Chain: true, CoversWholeFile: true });
        Assert.True((await QPdf.Check(once)).Succeeded);
    }

    private static async Task<string> Twice(TemporaryFolder folder, string producer)
    {
        var once = await PdfSealerTests.Seal(await ForeignPdfs.Make(producer, folder), folder["once.pdf"], Signer, new SealAppearance(1, 20, 20, 20, TestPictures.Small));
        return await PdfSealerTests.Seal(once, folder["twice.pdf"], Second, new SealAppearance(1, 60, 20, 20, TestPictures.Small));
    }

    private static IReadOnlyList<PdfSealReport> Verify(byte[] pdf, params byte[][] roots) =>
        PdfSealVerifier.Verify(new MemoryStream(pdf), roots.Length > 0 ? roots : [Signer.Root, Second.Root]);

    private static byte[] Update(string path, Action<PdfDocument, PdfWriter> change) => PdfUpdates.Append(File.ReadAllBytes(path), change);
}
