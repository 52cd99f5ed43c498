using Bzt.Documents.Pdf;
using Bzt.Tests.Peers;
using Xunit;

namespace Bzt.Tests.Documents;

/// <summary>Changes that look like what a later seal may do; and what producers do beside it, which is none.</summary>
public sealed class PdfRevisionTests
{
    private static readonly TestSigner Signer = new("宜昌测试建设有限公司");

    private static readonly PdfName Sig = new("Sig"), Widget = new("Widget");

    [Theory]
    [InlineData("tree"), InlineData("resources"), InlineData("nulled"), InlineData("kids"), InlineData("bare"), InlineData("generation"), InlineData("information"), InlineData("metadata"), InlineData("unended")]
    public async Task A_change_in_the_guise_of_a_seal_is_a_change(string what)
    {
        using var folder = new TemporaryFolder();
        var input = PdfUpdates.Append(await File.ReadAllBytesAsync(await ForeignPdfs.Make("reportlab", folder)), (document, writer) => Prepare(what, document, writer));
        var once = await File.ReadAllBytesAsync(await PdfSealerTests.Seal(folder.Write("prepared.pdf", input), folder["once.pdf"], Signer));
        Assert.True(Assert.Single(Verify(once)).IsValid);

        var report = Assert.Single(Verify(PdfUpdates.Append(once, (document, writer) => Change(what, document, writer))));

        Assert.Equal((SealState.Intact, SealCoverage.ChangedSince, false), (report.State, report.Coverage, report.IsValid));
        Assert.NotEmpty(report.Changes);
    }

    /// <summary>As the author has it sealed, with the rest in mind.</summary>
    private static void Prepare(string what, PdfDocument document, PdfWriter writer)
    {
        var (page, added) = (document.Pages().First(), writer.Allocate());
        switch (what)
        {
            case "resources":
                writer.Object(added, document.Resolve(page.Dictionary["Resources"]));
                writer.Object(page.Reference, page.Dictionary.With("Resources", added));
                break;
            case "nulled":
                writer.Object(page.Reference, page.Dictionary.Without("Contents").With("Tabs", PdfNull.Value));
                break;
            case "kids":
                writer.Object(added, document.Resolve(Tree(document)["Kids"]));
                writer.Object((PdfReference)document.Catalog["Pages"], Tree(document).With("Kids", added));
                break;
            case "information":
                writer.Object(page.Reference, page.Dictionary.With("Resources", document.Trailer["Info"]));
                break;
            case "metadata":
                writer.Stream(added, PdfDictionary.Empty, "q Q"u8);
                writer.Object(document.CatalogReference, document.Catalog.With("Metadata", added));
                writer.Object(page.Reference, page.Dictionary.With("Contents", added));
                break;
            case "unended":
                writer.Begin(added);
                writer.Text("<<>>\nstream\nq Q\n");
                writer.Object(page.Reference, page.Dictionary.With("Contents", added));
                break;
        }
    }

    private static void Change(string what, PdfDocument document, PdfWriter writer)
    {
        var (page, added, other) = (document.Pages().First(), writer.Allocate(), writer.Allocate());
        var annotations = (PdfArray)document.Resolve(page.Dictionary["Annots"]);
        switch (what)
        {
            case "tree":
                writer.Object(added, page.Dictionary);
                writer.Object(other, new PdfDictionary([new("FT", Sig)]));
                writer.Object((PdfReference)document.Catalog["Pages"], new PdfDictionary([
                    new("Type", new PdfName("Pages")), new("Kids", new PdfArray(added)), new("Count", new PdfNumber(1)), new("Parent", other)]));
                break;
            case "resources":
                writer.Object(other, new PdfDictionary([new("FT", Sig)]));
                writer.Object((PdfReference)page.Dictionary["Resources"], new PdfDictionary([new("Font", PdfDictionary.Empty), new("Parent", other)]));
                break;
            case "nulled":
                writer.Stream(added, PdfDictionary.Empty, "0 0 200 200 re f"u8);
                writer.Object(page.Reference, page.Dictionary.Without("Tabs").With("Contents", added));
                break;
            case "kids":
                writer.Object(added, page.Dictionary.Without("Type").With("Subtype", Widget).With("FT", Sig));
                writer.Object((PdfReference)Tree(document)["Kids"], ((PdfArray)document.Resolve(Tree(document)["Kids"])).With(added));
                break;
            case "bare":
                writer.Object(added, new PdfDictionary([new("FT", Sig), new("T", PdfWriter.TextString("Seal2"))]));
                writer.Object(page.Reference, page.Dictionary.With("Annots", annotations.With(added)));
                break;
            case "generation":
                var field = (PdfReference)annotations.Items[0];
                writer.Object(field with { Generation = 1 }, document.Resolve(field));
                break;
            case "information":
                var information = (PdfReference)document.Trailer["Info"];
                writer.Object(information, ((PdfDictionary)document.Resolve(information)).With("Title", PdfWriter.TextString("1")));
                break;
            case "metadata":
                writer.Stream((PdfReference)document.Catalog["Metadata"], PdfDictionary.Empty, "0 0 200 200 re f"u8);
                break;
            case "unended":
                writer.Stream(added, PdfDictionary.Empty, "0 0 200 200 re f"u8);
                break;
        }
    }

    /// <summary>An empty field is filled in, the list of a page's annotations, an object by itself, gets a place for a seal, and the producer notes the time. A stream without /Length is closed all the same.</summary>
    [Theory]
    [InlineData("reportlab"), InlineData("qpdf-linearized")]
    public async Task What_a_sealing_program_may_do_is_no_change(string producer)
    {
        using var folder = new TemporaryFolder();
        var (empty, list) = (new PdfReference(0, 0), new PdfReference(0, 0));
        var field = new PdfDictionary([
            new("FT", Sig), new("T", PdfWriter.TextString("甲方")), new("Type", new PdfName("Annot")), new("Subtype", Widget), new("Rect", new PdfArray([.. Enumerable.Repeat(new PdfNumber(0), 4)]))]);
        var input = PdfUpdates.Append(await File.ReadAllBytesAsync(await ForeignPdfs.Make(producer, folder)), (document, writer) =>
        {
            var (page, metadata, content, form) = (document.Pages().ElementAt(1), writer.Allocate(), writer.Allocate(), writer.Allocate());
            (empty, list) = (writer.Allocate(), writer.Allocate());
            writer.Begin(content);
            writer.Text("<<>>\nstream\nq Q\nendstream\nendobj\n");
            writer.Stream(metadata, PdfDictionary.Empty, "<x/>"u8);
            writer.Object(empty, field);
            writer.Object(list, ((PdfArray)document.Resolve(page.Dictionary["Annots"])).With(empty));
            writer.Object(page.Reference, page.Dictionary.With("Annots", list).With("Contents", content));
            var fields = (PdfDictionary)document.Resolve(document.Catalog["AcroForm"]);
            writer.Object(form, fields.With("Fields", ((PdfArray)document.Resolve(fields["Fields"])).With(empty)));
            writer.Object(document.CatalogReference, document.Catalog.With("AcroForm", form).With("Metadata", metadata));
        });
        var once = await File.ReadAllBytesAsync(await PdfSealerTests.Seal(folder.Write("prepared.pdf", input), folder["once.pdf"], Signer));

        var bytes = PdfUpdates.Append(once, (document, writer) =>
        {
            var (signature, place) = (writer.Allocate(), writer.Allocate());
            writer.Object(signature, new PdfDictionary([new("Type", Sig)]));
            writer.Object(empty, field.With("V", signature).With("F", new PdfNumber(132)).With("P", document.Pages().ElementAt(1).Reference));
            writer.Object(place, field.With("T", PdfWriter.TextString("乙方")));
            writer.Object(list, ((PdfArray)document.Resolve(list)).With(place));
            writer.Stream((PdfReference)document.Catalog["Metadata"], PdfDictionary.Empty, "<y/>"u8);
            var noted = (PdfReference)document.Trailer["Info"];
            writer.Object(noted, ((PdfDictionary)document.Resolve(noted)).With("ModDate", PdfWriter.TextString("D:20261126")));
        });

        var report = Assert.Single(Verify(bytes), report => report.State == SealState.Intact);
        Assert.Empty(report.Changes);
        Assert.Equal((SealCoverage.LaterSeals, true), (report.Coverage, report.IsValid));
    }

    private static PdfDictionary Tree(PdfDocument document) => (PdfDictionary)document.Resolve(document.Catalog["Pages"]);

    private static IReadOnlyList<PdfSealReport> Verify(byte[] pdf) => PdfSealVerifier.Verify(new MemoryStream(pdf), [Signer.Root]);
}
