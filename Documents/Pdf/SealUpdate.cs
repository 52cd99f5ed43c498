using System.Globalization;

namespace Bzt.Documents.Pdf;

/// <summary>
/// The incremental update that carries one signature with its visible seals. It is small and built in memory; the document
/// itself is never loaded. The original bytes stay as they are, so earlier seals stay valid.
/// </summary>
internal sealed class SealUpdate
{
    /// <summary>A cross-reference table holds ten digits of offset.</summary>
    private const long MaximumLength = 9_999_999_999;

    private const int ByteRangeRoom = 60;

    private readonly PdfDocument document;
    private readonly SignatureFieldInfo info;
    private readonly PdfWriter writer;
    private readonly Dictionary<SealPicture, PdfReference> images = [];

    private SealUpdate(PdfDocument document, SignatureFieldInfo info)
    {
        (this.document, this.info) = (document, info);
        writer = new PdfWriter(document.Length, document.Xref.NextNumber);
    }

    public required string FieldName { get; init; }

    /// <summary>The update, complete but for the zeros of /Contents.</summary>
    public byte[] Bytes { get; private set; } = [];

    public long[] ByteRange { get; private set; } = [];

    public static SealUpdate Build(PdfDocument document, IReadOnlyList<SealAppearance> seals, SignatureFieldInfo info)
    {
        if (document.Length > MaximumLength) throw new PdfRefusedException(PdfRefusal.TooLarge, "offsets do not fit a cross-reference table");
        if (PdfPermissions.ForbidsChange(document)) throw new PdfRefusedException(PdfRefusal.ChangesForbidden, "certified with DocMDP 1");
        var update = new SealUpdate(document, info) { FieldName = ChooseName(document, info.FieldName) };
        update.Write(seals);
        return update;
    }

    private void Write(IReadOnlyList<SealAppearance> seals)
    {
        // The original may end without a line end.
        writer.Text("\n");
        var (signature, field) = (writer.Allocate(), writer.Allocate());
        var contents = WriteSignature(signature);

        var pages = FindPages(seals);
        var added = new Dictionary<PdfPage, List<PdfReference>>();
        void Place(PdfPage page, PdfReference widget)
        {
            if (!added.TryGetValue(page, out var list)) added[page] = list = [];
            list.Add(widget);
        }

        var common = new PdfDictionary([
            new("FT", new PdfName("Sig")),
            new("T", PdfWriter.TextString(FieldName)),
            new("V", signature)]);
        if (seals.Count <= 1)
        {
            // Field and widget in one object, the form every reader knows. Without a picture it has no extent.
            var page = seals.Count == 0 ? pages[1] : pages[seals[0].Page];
            var widget = seals.Count == 0 ? Widget(page, [0, 0, 0, 0], null, null) : Widget(page, seals[0]);
            writer.Object(field, new PdfDictionary([.. common.Entries, .. widget.Entries]));
            Place(page, field);
        }
        else
        {
            var kids = new List<PdfReference>();
            foreach (var seal in seals)
            {
                var widget = writer.Allocate();
                writer.Object(widget, Widget(pages[seal.Page], seal).With("Parent", field));
                Place(pages[seal.Page], widget);
                kids.Add(widget);
            }
            writer.Object(field, common.With("Kids", new PdfArray([.. kids])));
        }

        foreach (var (page, widgets) in added)
        {
            var annotations = document.Resolve(page.Dictionary["Annots"]) as PdfArray ?? new PdfArray();
            writer.Object(page.Reference, page.Dictionary.With("Annots", annotations.With(widgets)));
        }
        WriteForm(field);
        writer.Finish(document.Xref.Newest, Guid.NewGuid().ToByteArray());

        Bytes = writer.ToArray();
        var end = document.Length + Bytes.Length;
        ByteRange = [0, contents.Start, contents.End, end - contents.End];
        var text = "[" + string.Join(' ', ByteRange) + "]";
        for (var i = 0; i < text.Length; i++) Bytes[contents.ByteRangeAt - document.Length + i] = (byte)text[i];
    }

    private (long ByteRangeAt, long Start, long End) WriteSignature(PdfReference reference)
    {
        var names = PdfSignatureFields.NamesOf(info.SubFilter);
        var entries = new List<KeyValuePair<string, PdfObject>>
        {
            new("Type", new PdfName("Sig")),
            new("Filter", new PdfName(names.Filter)),
            new("SubFilter", new PdfName(names.SubFilter)),
            new("M", new PdfString(System.Text.Encoding.ASCII.GetBytes(Date(info.SigningTime)))),
        };
        if (info.SignerName is { } name) entries.Add(new("Name", PdfWriter.TextString(name)));
        if (info.Reason is { } reason) entries.Add(new("Reason", PdfWriter.TextString(reason)));
        if (info.Location is { } location) entries.Add(new("Location", PdfWriter.TextString(location)));

        writer.Begin(reference);
        writer.Text("<<");
        foreach (var (key, value) in entries)
        {
            writer.Text($"/{key} ");
            writer.Write(value);
        }
        writer.Text("/ByteRange ");
        var byteRangeAt = writer.Position;
        writer.Text(new string(' ', ByteRangeRoom));
        writer.Text("/Contents ");
        var start = writer.Position;
        writer.Text($"<{new string('0', info.ReservedBytes * 2)}>");
        var end = writer.Position;
        writer.Text(">>\nendobj\n");
        return (byteRangeAt, start, end);
    }

    private PdfDictionary Widget(PdfPage page, SealAppearance seal)
    {
        var (rect, matrix) = Place(page, seal);
        var form = writer.Allocate();
        var resources = new PdfDictionary([new("XObject", new PdfDictionary([new("Im0", Image(seal.Picture))]))]);
        var content = "q " + string.Join(' ', matrix.Select(n => PdfWriter.Real(n).Text)) + " cm /Im0 Do Q\n";
        writer.Stream(form, new PdfDictionary([
            new("Type", new PdfName("XObject")),
            new("Subtype", new PdfName("Form")),
            new("BBox", Box([0, 0, rect[2] - rect[0], rect[3] - rect[1]])),
            new("Resources", resources)]), System.Text.Encoding.ASCII.GetBytes(content));
        return Widget(page, rect, form, seal.Name);
    }

    private static PdfDictionary Widget(PdfPage page, double[] rect, PdfReference? form, string? name)
    {
        var widget = new PdfDictionary([
            new("Type", new PdfName("Annot")),
            new("Subtype", new PdfName("Widget")),
            new("Rect", Box(rect)),
            // Print and Locked: a seal is part of the paper and does not move.
            new("F", new PdfNumber(4 + 128)),
            new("P", page.Reference)]);
        if (form is not null) widget = widget.With("AP", new PdfDictionary([new("N", form)]));
        return name is null ? widget : widget.With("TU", PdfWriter.TextString(name));
    }

    /// <summary>The rectangle in the page's own space, and the matrix that draws the picture upright as the page is shown.</summary>
    private static (double[] Rect, double[] Matrix) Place(PdfPage page, SealAppearance seal)
    {
        var unit = SealAppearance.PointsPerMm / page.UserUnit;
        var w = seal.WidthMm * unit;
        var h = w * seal.Picture.Height / seal.Picture.Width;
        var (width, height) = (page.Right - page.Left, page.Top - page.Bottom);
        var (shownWidth, shownHeight) = page.Rotation is 90 or 270 ? (height, width) : (width, height);
        var u = seal.AtRightEdge ? shownWidth - w : seal.XMm * unit;
        var v = shownHeight - seal.YMm * unit - h;
        const double Tolerance = 0.01;
        if (!(w > 0) || u < -Tolerance || v < -Tolerance || u + w > shownWidth + Tolerance || v + h > shownHeight + Tolerance)
        {
            throw new PdfRefusedException(PdfRefusal.OutsidePage, $"page {page.Index} is {shownWidth / unit:F0} by {shownHeight / unit:F0} mm");
        }
        var (x, y, turnedWidth, turnedHeight, matrix) = page.Rotation switch
        {
            90 => (width - v - h, u, h, w, new[] { 0, w, -h, 0, h, 0 }),
            180 => (width - u - w, height - v - h, w, h, new[] { -w, 0, 0, -h, w, h }),
            270 => (v, height - u - w, h, w, new[] { 0, -w, h, 0, 0, w }),
            _ => (u, v, w, h, new[] { w, 0, 0, h, 0, 0 }),
        };
        return ([page.Left + x, page.Bottom + y, page.Left + x + turnedWidth, page.Bottom + y + turnedHeight], matrix);
    }

    private PdfReference Image(SealPicture picture)
    {
        if (images.TryGetValue(picture, out var known)) return known;
        PdfDictionary Header(string colours) => new([
            new("Type", new PdfName("XObject")),
            new("Subtype", new PdfName("Image")),
            new("Width", new PdfNumber(picture.Width)),
            new("Height", new PdfNumber(picture.Height)),
            new("ColorSpace", new PdfName(colours)),
            new("BitsPerComponent", new PdfNumber(8)),
            new("Filter", new PdfName("FlateDecode"))]);
        var (image, mask) = (writer.Allocate(), writer.Allocate());
        writer.Stream(image, Header("DeviceRGB").With("SMask", mask), PdfFilters.Deflate(picture.Rgb));
        writer.Stream(mask, Header("DeviceGray"), PdfFilters.Deflate(picture.Alpha));
        return images[picture] = image;
    }

    /// <summary>12.7.2: the field joins the form; SigFlags say that there are signatures and that only appending keeps them.</summary>
    private void WriteForm(PdfReference field)
    {
        var catalog = document.Catalog;
        var form = document.Resolve(catalog["AcroForm"]) as PdfDictionary ?? PdfDictionary.Empty;
        var fields = document.Resolve(form["Fields"]) as PdfArray ?? new PdfArray();
        form = form.With("Fields", fields.With(field)).With("SigFlags", new PdfNumber(3));
        if (catalog["AcroForm"] is PdfReference reference && document.Resolve(reference) is PdfDictionary) writer.Object(reference, form);
        else writer.Object(document.CatalogReference, catalog.With("AcroForm", form));
    }

    private Dictionary<int, PdfPage> FindPages(IReadOnlyList<SealAppearance> seals)
    {
        var wanted = seals.Select(s => s.Page).ToHashSet();
        if (wanted.Count == 0) wanted.Add(1);
        var fromEnd = wanted.Where(n => n < 0).ToArray();
        var (found, last) = (new Dictionary<int, PdfPage>(), new Queue<PdfPage>());
        var depth = fromEnd.Length > 0 ? -fromEnd.Min() : 0;
        foreach (var page in document.Pages())
        {
            if (wanted.Contains(page.Index)) found[page.Index] = page;
            if (depth == 0 && found.Count == wanted.Count) break;
            last.Enqueue(page);
            if (last.Count > depth) last.Dequeue();
        }
        var tail = last.ToArray();
        foreach (var n in fromEnd)
        {
            if (-n <= tail.Length) found[n] = tail[tail.Length + n];
        }
        foreach (var n in wanted)
        {
            if (!found.ContainsKey(n)) throw new PdfRefusedException(PdfRefusal.NoSuchPage, $"page {n}");
        }
        return found;
    }

    private static string ChooseName(PdfDocument document, string? wanted)
    {
        var taken = PdfSignatureFields.TopLevelNames(document);
        if (wanted is not null)
        {
            // 12.7.3.2: a partial name holds no period.
            if (wanted.Length == 0 || wanted.Contains('.')) throw new ArgumentException("A field name is not empty and holds no period.", nameof(wanted));
            return taken.Contains(wanted) ? throw new PdfRefusedException(PdfRefusal.FieldExists, wanted) : wanted;
        }
        for (var n = 1; ; n++)
        {
            if (!taken.Contains($"Seal{n}")) return $"Seal{n}";
        }
    }

    private static PdfArray Box(double[] box) => new([.. box.Select(PdfWriter.Real)]);

    /// <summary>7.9.4, with the offset the caller chose.</summary>
    private static string Date(DateTimeOffset time)
    {
        var offset = time.Offset < TimeSpan.Zero ? $"-{-time.Offset:hh\\'mm}" : $"+{time.Offset:hh\\'mm}";
        return "D:" + time.ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture) + offset + "'";
    }
}
