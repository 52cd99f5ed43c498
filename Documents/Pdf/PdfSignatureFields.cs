using System.Globalization;
using System.Text;

namespace Bzt.Documents.Pdf;

/// <summary>A signature field and its filled-in signature dictionary.</summary>
internal sealed record PdfSignatureField(string Name, PdfDictionary Signature);

/// <summary>The form's fields (ISO 32000-1, 12.7).</summary>
internal static class PdfSignatureFields
{
    /// <summary>Each field has all its parents' names in front of its own.</summary>
    private const int MaximumName = 4096;

    /// <summary>How a form is labelled: by the handlers of the field, whose readers look at both names.</summary>
    public static (string Filter, string SubFilter) NamesOf(SealSubFilter form) => form switch
    {
        SealSubFilter.Pkcs7Detached => ("Adobe.PPKLite", "adbe.pkcs7.detached"),
        SealSubFilter.CadesDetached => ("Adobe.PPKLite", "ETSI.CAdES.detached"),
        SealSubFilter.Sm2Cms => ("DJ.GMPkiLite", "GM.sm2cms.detached"),
        SealSubFilter.Sm2Seal => ("Gomain.GMPkiLite", "GM.sm2seal"),
        _ => throw new ArgumentOutOfRangeException(nameof(form), form, "Not a form of seals."),
    };

    /// <summary>The form of a label, however it is spelt; null for another.</summary>
    public static SealSubFilter? FormOf(string? subFilter) =>
        Enum.GetValues<SealSubFilter>().Where(form => NamesOf(form).SubFilter.Equals(subFilter, StringComparison.OrdinalIgnoreCase)).Cast<SealSubFilter?>().FirstOrDefault();

    public static HashSet<string> TopLevelNames(PdfDocument document)
    {
        var names = new HashSet<string>();
        foreach (var item in Fields(document))
        {
            if (document.TryResolve<PdfDictionary>(item, out var field) && document.TryResolve<PdfString>(field["T"], out var name)) names.Add(Text(name));
        }
        return names;
    }

    /// <summary>Every signed signature field, in the order of the form.</summary>
    public static IEnumerable<PdfSignatureField> Signed(PdfDocument document)
    {
        var visited = new HashSet<int>();
        // Many fields may name the same signature: it is kept once.
        var signatures = new Dictionary<PdfReference, PdfDictionary>();
        var pending = new Stack<(PdfObject Item, string Prefix, bool IsSignature)>();
        foreach (var item in Fields(document).Reverse()) pending.Push((item, "", false));
        while (pending.TryPop(out var next))
        {
            if (next.Item is PdfReference reference && !visited.Add(reference.Number)) continue;
            if (visited.Count > 100_000) throw new PdfRefusedException(PdfRefusal.TooLarge, "form fields");
            if (!document.TryResolve<PdfDictionary>(next.Item, out var field)) continue;
            var name = document.TryResolve<PdfString>(field["T"], out var partial)
                ? next.Prefix.Length == 0 ? Text(partial) : $"{next.Prefix}.{Text(partial)}"
                : next.Prefix;
            if (name.Length > MaximumName) throw new PdfRefusedException(PdfRefusal.TooLarge, "a field's name");
            // 12.7.3.1: the type is inheritable.
            var isSignature = field.TryGet("FT", out var type) ? document.Resolve(type) is PdfName { Value: "Sig" } : next.IsSignature;
            if (isSignature && Signature(field["V"]) is { } signature)
            {
                yield return new PdfSignatureField(name, signature);
                continue;
            }
            if (document.TryResolve<PdfArray>(field["Kids"], out var kids))
            {
                foreach (var kid in kids.Items.Reverse()) pending.Push((kid, name, isSignature));
            }
        }

        PdfDictionary? Signature(PdfObject value)
        {
            if (value is not PdfReference reference) return value as PdfDictionary;
            if (!signatures.TryGetValue(reference, out var signature) && document.TryResolve(value, out signature)) signatures.Add(reference, signature);
            return signature;
        }
    }

    public static string Text(PdfString text) => text.Bytes switch
    {
        [0xFE, 0xFF, ..] => Encoding.BigEndianUnicode.GetString(text.Bytes.AsSpan(2)),
        [0xFF, 0xFE, ..] => Encoding.Unicode.GetString(text.Bytes.AsSpan(2)),
        [0xEF, 0xBB, 0xBF, ..] => Encoding.UTF8.GetString(text.Bytes.AsSpan(3)),
        _ => Encoding.Latin1.GetString(text.Bytes),
    };

    /// <summary>A date (7.9.4) to the second; null when it is none.</summary>
    public static DateTimeOffset? Date(PdfObject value)
    {
        if (value is not PdfString text) return null;
        var date = Text(text).Replace("'", "").Replace("Z", "+0000");
        if (date.Length == 16) date += "+0000";
        return DateTimeOffset.TryParseExact(date, "'D:'yyyyMMddHHmmsszzz", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) ? time
            : date.Length > 20 && DateTimeOffset.TryParseExact(date[..19] + ":" + date[19..21], "'D:'yyyyMMddHHmmsszzz", CultureInfo.InvariantCulture, DateTimeStyles.None, out time) ? time : null;
    }

    private static IReadOnlyList<PdfObject> Fields(PdfDocument document) =>
        document.TryResolve<PdfDictionary>(document.Catalog["AcroForm"], out var form) && document.TryResolve<PdfArray>(form["Fields"], out var fields) ? fields.Items : [];
}

/// <summary>What a certifying signature allows (ISO 32000-1, 12.8.2.2).</summary>
internal static class PdfPermissions
{
    public static bool ForbidsChange(PdfDocument document)
    {
        if (!document.TryResolve<PdfDictionary>(document.Catalog["Perms"], out var permissions)
            || !document.TryResolve<PdfDictionary>(permissions["DocMDP"], out var signature)
            || !document.TryResolve<PdfArray>(signature["Reference"], out var references))
        {
            return false;
        }
        return references.Items.Any(item =>
            document.TryResolve<PdfDictionary>(item, out var reference)
            && document.TryResolve<PdfDictionary>(reference["TransformParams"], out var parameters)
            && document.TryResolve<PdfNumber>(parameters["P"], out var level) && level.Value == 1);
    }
}
