using Bzt.Documents.Pdf;
using Bzt.Documents.Seals;
using Xunit;

namespace Bzt.Tests.Documents;

/// <summary>What verifying costs: a document many sealed is read to its end, and one made to cost hours or gigabytes is refused or costs neither.</summary>
public sealed class PdfSealCostTests
{
    private static readonly TestSigner Signer = new("宜昌测试建设有限公司");

    /// <summary>Twelve seals on ninety megabytes of structure: more than is allowed to a document read once.</summary>
    [Fact]
    public void A_document_with_large_object_streams_and_many_seals_is_verified()
    {
        var pdf = PackedPdf.Make(streams: 3, megabytes: 30);
        for (var i = 0; i < 12; i++) pdf = Seal(pdf);

        var reports = Verify(pdf);

        Assert.Equal([.. Enumerable.Repeat(SealCoverage.LaterSeals, 11), SealCoverage.WholeDocument], reports.Select(report => report.Coverage));
        Assert.All(reports, report => Assert.True(report.IsValid, report.ToString()));
        Assert.Equal(["Seal11", "Seal12"], reports[9].LaterSeals);
    }

    /// <summary>It says nothing about the seal that its document cannot be read within reason.</summary>
    [Fact]
    public void A_sealed_revision_that_costs_too_much_is_refused_and_not_called_changed()
    {
        var pdf = PdfUpdates.Append(Seal(PackedPdf.Make(streams: 17, megabytes: 12)), (document, writer) => writer.Object(writer.Allocate(), PdfNull.Value));

        Assert.Equal(PdfRefusal.TooLarge, Assert.Throws<PdfRefusedException>(() => Verify(pdf)).Reason);
    }

    /// <summary>Hundreds of fields that name the same large signature, hundreds of places of the same large field: what is looked at is neither read nor kept so often.</summary>
    [Fact]
    public void A_signature_named_by_many_fields_is_read_and_kept_once()
    {
        const int Fields = 400, Large = 512 * 1024;
        var pdf = Seal(PackedPdf.Make(streams: 1, megabytes: 1));
        pdf = PdfUpdates.Append(pdf, (document, writer) =>
        {
            var (signature, parent, padding) = (writer.Allocate(), writer.Allocate(), new PdfString(new byte[Large], Hexadecimal: true));
            writer.Object(signature, new PdfDictionary([new("Type", new PdfName("Sig")), new("Contents", padding)]));
            writer.Object(parent, new PdfDictionary([new("FT", new PdfName("Sig")), new("T", PdfWriter.TextString("many")), new("Padding", padding)]));
            var widget = new PdfDictionary([new("Type", new PdfName("Annot")), new("Subtype", new PdfName("Widget")), new("Rect", new PdfArray(new PdfNumber(0), new PdfNumber(0), new PdfNumber(9), new PdfNumber(9)))]);
            var (fields, places) = (new List<PdfReference>(), new List<PdfReference>());
            for (var i = 0; i < Fields; i++)
            {
                fields.Add(writer.Allocate());
                writer.Object(fields[^1], widget.With("FT", new PdfName("Sig")).With("T", PdfWriter.TextString($"field{i}")).With("V", signature));
                places.Add(writer.Allocate());
                writer.Object(places[^1], widget.With("Parent", parent));
            }
            var page = document.Pages().First();
            writer.Object(page.Reference, page.Dictionary.With("Annots", ((PdfArray)document.Resolve(page.Dictionary["Annots"])).With([.. fields, .. places])));
            var form = (PdfDictionary)document.Resolve(document.Catalog["AcroForm"]);
            writer.Object(document.CatalogReference, document.Catalog.With("AcroForm", form.With("Fields", ((PdfArray)document.Resolve(form["Fields"])).With(fields))));
        });
        for (var i = 0; i < 4; i++) pdf = Seal(pdf);

        var before = GC.GetAllocatedBytesForCurrentThread();
        var reports = Verify(pdf);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        // One look at each field would be 800 times half a megabyte, one for each seal two gigabytes.
        Assert.InRange(allocated, 0, 256 * 1024 * 1024);
        Assert.Equal(Fields, reports.Count(report => report.State == SealState.Malformed));
        Assert.Equal([SealCoverage.LaterSeals, SealCoverage.LaterSeals, SealCoverage.LaterSeals, SealCoverage.LaterSeals, SealCoverage.WholeDocument],
            reports.Where(report => report.State == SealState.Intact).Select(report => report.Coverage));
    }

    private static IReadOnlyList<PdfSealReport> Verify(byte[] pdf) => PdfSealVerifier.Verify(new MemoryStream(pdf), [Signer.Root]);

    private static byte[] Seal(byte[] pdf)
    {
        var time = new DateTimeOffset(2026, 11, 25, 17, 30, 0, TimeSpan.FromHours(8));
        var prepared = PdfSealer.Prepare(pdf, [new SealAppearance(1, 20, 20, 20, TestPictures.Small)], new SignatureFieldInfo(time, Signer.Name, "投标"));
        var attributes = CmsSeal.SignedAttributes(prepared.Sm3Digest, Signer.Certificate, "packed.pdf", time);
        return PdfSealer.Complete(prepared.Pdf, CmsSeal.Assemble(attributes, Signer.Sign(attributes), Signer.Certificate, [Signer.Root]));
    }
}

/// <summary>What anybody with an editor can do to a document.</summary>
internal static class PdfUpdates
{
    /// <summary>Appends an update.</summary>
    /// <param name="pdf">The document.</param>
    /// <param name="change">What is written.</param>
    /// <param name="previous">The section it is built on; null for the newest.</param>
    public static byte[] Append(byte[] pdf, Action<PdfDocument, PdfWriter> change, PdfXref.Section? previous = null)
    {
        var document = PdfDocument.Open(new MemoryStream(pdf));
        var writer = new PdfWriter(pdf.Length, document.Xref.NextNumber);
        writer.Text("\n");
        change(document, writer);
        writer.Finish(previous ?? document.Xref.Newest, Guid.NewGuid().ToByteArray());
        return [.. pdf, .. writer.ToArray()];
    }
}
