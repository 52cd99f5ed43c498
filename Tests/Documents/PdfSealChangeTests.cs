using System.Text;
using Bzt.Documents.Pdf;
using Bzt.Documents.Seals;
using Bzt.Tests.Peers;
using Xunit;
using static Bzt.Tests.Documents.SealedPdf;

namespace Bzt.Tests.Documents;

/// <summary>What is appended after a seal is another seal, or a change that the verifier names.</summary>
public sealed class PdfSealChangeTests
{
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
}
