using System.Diagnostics.CodeAnalysis;

namespace Bzt.Documents.Pdf;

/// <summary>An object of ISO 32000-1, 7.3. Immutable.</summary>
internal abstract record PdfObject;

internal sealed record PdfNull : PdfObject
{
    public static readonly PdfNull Value = new();
}

internal sealed record PdfBoolean(bool Value) : PdfObject;

/// <summary>Integer or real. The text is kept, so that what is written again is what was read.</summary>
internal sealed record PdfNumber(double Value, string Text) : PdfObject
{
    public PdfNumber(long value) : this(value, value.ToString()) { }

    public bool TryInteger(out long value)
    {
        value = 0;
        return Text.AsSpan().IndexOf('.') < 0 && long.TryParse(Text, out value);
    }
}

/// <summary>A name, decoded: one char per byte (Latin-1), #xx resolved.</summary>
internal sealed record PdfName(string Value) : PdfObject;

internal sealed record PdfString(byte[] Bytes, bool Hexadecimal = false) : PdfObject
{
    public bool Equals(PdfString? other) => other is not null && Bytes.AsSpan().SequenceEqual(other.Bytes);
    public override int GetHashCode() => Bytes.Length;
}

internal sealed record PdfReference(int Number, int Generation) : PdfObject;

internal sealed record PdfArray(IReadOnlyList<PdfObject> Items) : PdfObject
{
    public PdfArray(params PdfObject[] items) : this((IReadOnlyList<PdfObject>)items) { }
    public PdfArray With(params IEnumerable<PdfObject> more) => new([.. Items, .. more]);
    public bool Equals(PdfArray? other) => other is not null && Items.SequenceEqual(other.Items);
    public override int GetHashCode() => Items.Count;
}

/// <summary>A dictionary in the order of its file.</summary>
internal sealed record PdfDictionary(IReadOnlyList<KeyValuePair<string, PdfObject>> Entries) : PdfObject
{
    public static readonly PdfDictionary Empty = new([]);

    public PdfObject this[string key] => TryGet(key, out var value) ? value : PdfNull.Value;

    public bool TryGet(string key, [NotNullWhen(true)] out PdfObject? value)
    {
        foreach (var (name, item) in Entries)
        {
            if (name == key && item is not PdfNull) { value = item; return true; }
        }
        value = null;
        return false;
    }

    /// <summary>The same dictionary with one entry replaced or appended.</summary>
    public PdfDictionary With(string key, PdfObject value) => new([.. Entries.Where(e => e.Key != key), new(key, value)]);

    public PdfDictionary Without(params string[] keys) => new([.. Entries.Where(e => !keys.Contains(e.Key))]);

    /// <summary>In whatever order; an entry that is null is none (7.3.7).</summary>
    public bool Equals(PdfDictionary? other)
    {
        if (other is null) return false;
        var others = other.Present.ToDictionary();
        return Count == others.Count && Present.All(e => others.TryGetValue(e.Key, out var value) && value.Equals(e.Value));
    }

    public override int GetHashCode() => Count;

    private IEnumerable<KeyValuePair<string, PdfObject>> Present => Entries.Where(e => e.Value is not PdfNull);

    private int Count => Present.Count();
}

/// <summary>A stream whose encoded bytes stay in the file.</summary>
internal sealed record PdfStream(PdfDictionary Dictionary, long Offset) : PdfObject;
