using System.Text;
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

    /// <summary>A hundred good seals on ten megabytes of pictures, or of objects that all belong to the structure: the file is read a few times and not once for each.</summary>
    [Theory]
    [InlineData(10_000_000, 0, 0), InlineData(0, 100, 100_000)]
    public void Many_seals_on_a_large_document_are_verified_in_a_few_readings(int stream, int objects, int objectBytes)
    {
        const int Seals = 100;
        var document = ManySeals.Document(stream, objects, objectBytes);
        var pdf = new CountingStream(ManySeals.Seal(document, Signer, Seals).ToArray(), document.Length);

        var reports = PdfSealVerifier.Verify(pdf, [Signer.Root]);

        Assert.Equal([.. Enumerable.Repeat(SealCoverage.LaterSeals, Seals - 1), SealCoverage.WholeDocument], reports.Select(report => report.Coverage));
        Assert.All(reports, report => Assert.True(report.IsValid, report.ToString()));
        // What seals touch (catalogue, page) is read for each, with a window of 64 KB.
        Assert.InRange(pdf.BytesRead, document.Length, 12 * document.Length);
    }

    /// <summary>What was read for one seal serves the others, and no change hides behind it: an object that all revisions have is exchanged after the seal in the middle.</summary>
    [Fact]
    public void A_change_between_many_seals_is_told_of_those_before_it()
    {
        var before = ManySeals.Seal(ManySeals.Document(1000, 50, 200), Signer, 3).ToArray();
        var changed = PdfUpdates.Append(before, (_, writer) => writer.Object(new PdfReference(20, 0), new PdfArray(new PdfNumber(1))));

        var reports = Verify(ManySeals.Seal(changed, Signer, 3).ToArray());

        Assert.Equal(
            [SealCoverage.ChangedSince, SealCoverage.ChangedSince, SealCoverage.ChangedSince, SealCoverage.LaterSeals, SealCoverage.LaterSeals, SealCoverage.WholeDocument],
            reports.Select(report => report.Coverage));
        Assert.All(reports.Take(3), report => Assert.Equal(["object 20"], report.Changes));
    }

    /// <summary>What is read once for all seals is what no later object says how to read: a filter in brackets says it itself, one by reference does not.</summary>
    [Theory]
    [InlineData("/Filter/FlateDecode", true)]
    [InlineData("/Filter[/FlateDecode]", true)]
    [InlineData("/Filter[/FlateDecode]/DecodeParms[<</Predictor 1>>]", true)]
    [InlineData("/Filter/FlateDecode/DecodeParms<</Predictor 1>>", true)]
    [InlineData("/Filter 9 0 R", false)]
    [InlineData("/Filter[/FlateDecode]/DecodeParms[<</Note 9 0 R>>]", false)]
    public void An_object_stream_that_says_itself_how_it_is_read_serves_all_seals(string filter, bool expected)
    {
        var document = PdfDocument.Open(new MemoryStream(PackedPdf.Make(streams: 1, megabytes: 1, filter: filter)));
        _ = document.References(PackedPdf.FirstPage, new HashSet<int>(), out var steady).Count();
        Assert.Equal(expected, steady);
    }

    [Fact]
    public void More_signatures_than_any_document_has_are_refused_and_not_judged_in_part()
    {
        var refused = Assert.Throws<PdfRefusedException>(() => Verify(ManySeals.Seal(ManySeals.Document(100), Signer, 201).ToArray()));

        Assert.Equal(PdfRefusal.TooLarge, refused.Reason);
        Assert.Contains("200 signatures", refused.Message, StringComparison.Ordinal);
    }

    /// <summary>Forty signatures at the beginning of a file, each over all of it but itself: at most one of them can be good.</summary>
    [Fact]
    public void Seals_that_cover_one_another_are_not_digested_without_end()
    {
        const int Signatures = 40, Large = 8 * 1024 * 1024;
        const string Range = "[0 0000000000 0000000000 0000000000]";
        List<long> places = [];
        var pdf = PdfUpdates.Append(ManySeals.Document(100), (document, writer) =>
        {
            var fields = new List<PdfReference>();
            for (var i = 0; i < Signatures; i++)
            {
                var (signature, field) = (writer.Allocate(), writer.Allocate());
                writer.Begin(signature);
                writer.Text("<</Type/Sig/SubFilter/adbe.pkcs7.detached/ByteRange");
                places.Add(writer.Position);
                writer.Text($"{Range}/Contents<00>>>\nendobj\n");
                writer.Object(field, new PdfDictionary([new("FT", new PdfName("Sig")), new("T", PdfWriter.TextString($"field{i}")), new("V", signature)]));
                fields.Add(field);
            }
            writer.Object(document.CatalogReference, document.Catalog.With("AcroForm", new PdfDictionary([new("Fields", new PdfArray([.. fields]))])));
            writer.Stream(writer.Allocate(), PdfDictionary.Empty, new byte[Large]);
        });
        foreach (var place in places)
        {
            var gap = place + Range.Length + "/Contents".Length;
            Encoding.ASCII.GetBytes($"[0 {gap:D10} {gap + 4:D10} {pdf.Length - gap - 4:D10}]").CopyTo(pdf, (int)place);
        }

        var refused = Assert.Throws<PdfRefusedException>(() => Verify(pdf));

        Assert.Equal(PdfRefusal.TooLarge, refused.Reason);
        Assert.Contains("cover one another", refused.Message, StringComparison.Ordinal);
    }

    /// <summary>Hundreds of CAs in the seals of one document: each could be asked about each signer.</summary>
    [Fact]
    public void More_certificates_than_any_seals_bring_along_are_refused()
    {
        byte[][] roots = [.. Enumerable.Range(0, 201).Select(i => new TestSigner($"{i}").Root)];

        Assert.Equal(PdfRefusal.TooLarge, Assert.Throws<PdfRefusedException>(() => Verify(SealedWith(roots))).Reason);
        Assert.All(Verify(SealedWith(roots[..60])), report => Assert.Equal(SealState.Intact, report.State));

        // As many as a seal may bring along.
        static byte[] SealedWith(byte[][] roots) => roots.Chunk(14).Aggregate(ManySeals.Document(100), (pdf, some) => Seal(pdf, some));
    }

    /// <summary>CAs of one name and different keys are told apart by a signature each.</summary>
    [Fact]
    public void A_way_behind_many_CAs_of_one_name_is_not_searched_for_without_end()
    {
        byte[][] impostors = [.. Enumerable.Range(0, 25).Select(_ => new TestSigner(Signer.Name).Root)];

        Assert.Equal([Signer.Certificate, Signer.Root], SignerPath.Build(Signer.Certificate, [.. impostors[..10], Signer.Root], [], DateTimeOffset.UtcNow).Certificates);
        var path = SignerPath.Build(Signer.Certificate, [.. impostors, Signer.Root], [], DateTimeOffset.UtcNow);
        Assert.Equal([Signer.Certificate], path.Certificates);
        Assert.False(path.IsTrusted);
        Assert.True(SignerPath.Build(Signer.Certificate, impostors, [Signer.Root], DateTimeOffset.UtcNow).IsTrusted);
    }

    /// <summary>Counts what is read of the first <paramref name="length"/> bytes.</summary>
    private sealed class CountingStream(byte[] bytes, int length) : MemoryStream(bytes, writable: false)
    {
        public long BytesRead { get; private set; }

        public override int Read(byte[] buffer, int offset, int count)
        {
            var before = Position;
            var n = base.Read(buffer, offset, count);
            BytesRead += Math.Max(0, Math.Min(length, Position) - before);
            return n;
        }
    }

    private static IReadOnlyList<PdfSealReport> Verify(byte[] pdf) => PdfSealVerifier.Verify(new MemoryStream(pdf), [Signer.Root]);

    private static byte[] Seal(byte[] pdf, params IReadOnlyList<byte[]> chain)
    {
        var time = new DateTimeOffset(2026, 11, 25, 17, 30, 0, TimeSpan.FromHours(8));
        var prepared = PdfSealer.Prepare(pdf, [new SealAppearance(1, 20, 20, 20, TestPictures.Small)], new SignatureFieldInfo(time, Signer.Name, "投标", ReservedBytes: 200_000));
        var attributes = CmsSeal.SignedAttributes(prepared.Sm3Digest, Signer.Certificate, "packed.pdf", time);
        return PdfSealer.Complete(prepared.Pdf, CmsSeal.Assemble(attributes, Signer.Sign(attributes), Signer.Certificate, chain.Count > 0 ? chain : [Signer.Root]));
    }
}

/// <summary>What anybody with an editor can do to a document.</summary>
internal static class PdfUpdates
{
    /// <summary>Every reference that stands in any object.</summary>
    public static IEnumerable<PdfUse> References(this PdfDocument document) => document.Xref.Entries.Keys.SelectMany(number => document.References(number, new HashSet<int>(), out _));

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
