using System.Globalization;
using System.Text;

namespace Bzt.Documents.Pdf;

/// <summary>Reads objects (ISO 32000-1, 7.2 and 7.3) at the input's position. Everything unexpected is refused.</summary>
internal sealed class PdfParser(PdfInput input)
{
    /// <summary>Real documents nest a few levels; a deeper one is an attack on the stack.</summary>
    private const int MaximumDepth = 64;

    /// <summary>Bound on one string, and on the items of one object with all that is nested in it: each takes many times the bytes it was written with.</summary>
    private const int MaximumString = 16 * 1024 * 1024, MaximumItems = 2_000_000;

    private int items;

    public PdfInput Input => input;

    /// <summary>The object that begins there.</summary>
    public PdfObject ReadObjectAt(long offset)
    {
        input.Position = offset;
        var value = ReadObject();
        input.Budget.SpendParsing(input.Position - offset);
        return value;
    }

    public PdfObject ReadObject()
    {
        items = 0;
        return ReadValue(depth: 0);
    }

    private PdfObject ReadValue(int depth)
    {
        if (depth > MaximumDepth) throw Damaged("nested too deeply");
        SkipSpace();
        var c = input.Peek();
        switch (c)
        {
            case '/': return ReadName();
            case '(': return ReadLiteralString();
            case '[': return ReadArray(depth);
            case '<':
                input.Read();
                if (input.Peek() == '<') { input.Read(); return ReadDictionary(depth); }
                return ReadHexString();
            case '+' or '-' or '.' or (>= '0' and <= '9'):
                return ReadNumberOrReference();
            default:
                return ReadKeyword() switch
                {
                    "true" => new PdfBoolean(true),
                    "false" => new PdfBoolean(false),
                    "null" => PdfNull.Value,
                    var word => throw Damaged($"unexpected '{word}'"),
                };
        }
    }

    /// <summary>An indirect object <c>n g obj … endobj</c>; a stream's data is left where it is.</summary>
    public (int Number, int Generation, PdfObject Value) ReadIndirect(long offset)
    {
        input.Position = offset;
        var number = ReadInteger();
        var generation = ReadInteger();
        Expect("obj");
        var value = ReadObject();
        SkipSpace();
        if (value is PdfDictionary dictionary && input.Peek() == 's')
        {
            Expect("stream");
            input.Budget.SpendParsing(input.Position - offset);
            // 7.3.8.1: CR LF or LF, never CR alone; a lone CR is met in the field and harmless.
            if (input.Peek() == '\r') input.Read();
            if (input.Peek() == '\n') input.Read();
            return (checked((int)number), checked((int)generation), new PdfStream(dictionary, input.Position));
        }
        Expect("endobj");
        input.Budget.SpendParsing(input.Position - offset);
        return (checked((int)number), checked((int)generation), value);
    }

    public long ReadInteger()
    {
        SkipSpace();
        var start = input.Position;
        long value = 0;
        while (input.Peek() is >= '0' and <= '9')
        {
            value = value * 10 + input.Read() - '0';
            if (input.Position - start > 18) throw Damaged("number too long");
        }
        return input.Position > start ? value : throw Damaged("a number was expected");
    }

    public void Expect(string keyword)
    {
        SkipSpace();
        foreach (var c in keyword)
        {
            if (input.Read() != c) throw Damaged($"'{keyword}' was expected");
        }
    }

    /// <summary>Takes the keyword if it comes next.</summary>
    public bool Try(string keyword)
    {
        SkipSpace();
        var start = input.Position;
        foreach (var c in keyword)
        {
            if (input.Read() != c) { input.Position = start; return false; }
        }
        return true;
    }

    /// <summary>Whether a stream's data ends there.</summary>
    public bool EndsStream(long offset)
    {
        input.Position = offset;
        var ends = Try("endstream");
        input.Budget.SpendParsing(input.Position - offset);
        return ends;
    }

    public void SkipSpace()
    {
        while (true)
        {
            var c = input.Peek();
            if (IsSpace(c)) { input.Read(); continue; }
            if (c != '%') return;
            while (input.Peek() is not (-1 or '\r' or '\n')) input.Read();
        }
    }

    private PdfName ReadName()
    {
        input.Read();
        var text = new StringBuilder();
        while (IsRegular(input.Peek()))
        {
            var c = input.Read();
            if (c == '#')
            {
                var (high, low) = (Hex(input.Read()), Hex(input.Read()));
                if (high < 0 || low < 0) throw Damaged("broken # in a name");
                c = high * 16 + low;
            }
            text.Append((char)c);
            if (text.Length > 1024) throw Damaged("name too long");
        }
        return new PdfName(text.ToString());
    }

    private PdfObject ReadNumberOrReference()
    {
        var text = ReadKeyword();
        if (!double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value))
        {
            throw Damaged($"'{text}' is not a number");
        }
        if (value is < 0 or > int.MaxValue || !text.All(char.IsAsciiDigit)) return new PdfNumber(value, text);

        // "12 0 R" is a reference, "12 0" two numbers: look ahead and step back.
        var after = input.Position;
        SkipSpace();
        if (input.Peek() is >= '0' and <= '9')
        {
            var generation = ReadKeyword();
            SkipSpace();
            if (generation.All(char.IsAsciiDigit) && int.TryParse(generation, out var g) && g <= 65535 && input.Peek() == 'R')
            {
                input.Read();
                if (!IsRegular(input.Peek())) return new PdfReference((int)value, g);
            }
        }
        input.Position = after;
        return new PdfNumber(value, text);
    }

    private PdfString ReadLiteralString()
    {
        input.Read();
        var bytes = new List<byte>();
        for (var open = 1; ;)
        {
            var c = input.Read();
            switch (c)
            {
                case -1: throw Damaged("string without end");
                case '(': open++; break;
                case ')' when --open == 0: return new PdfString([.. bytes]);
                case '\\':
                    c = ReadEscape();
                    if (c < 0) continue;
                    break;
                case '\r':
                    if (input.Peek() == '\n') input.Read();
                    c = '\n';
                    break;
            }
            bytes.Add((byte)c);
            if (bytes.Count > MaximumString) throw TooLarge("a string");
        }
    }

    /// <summary>The escaped byte, −1 for a line continued.</summary>
    private int ReadEscape()
    {
        var c = input.Read();
        switch (c)
        {
            case 'n': return '\n';
            case 'r': return '\r';
            case 't': return '\t';
            case 'b': return '\b';
            case 'f': return '\f';
            case '\n': return -1;
            case '\r':
                if (input.Peek() == '\n') input.Read();
                return -1;
            case >= '0' and <= '7':
                var value = c - '0';
                for (var i = 0; i < 2 && input.Peek() is >= '0' and <= '7'; i++) value = value * 8 + input.Read() - '0';
                return value & 0xff;
            case -1: throw Damaged("string without end");
            default: return c;
        }
    }

    private PdfString ReadHexString()
    {
        var bytes = new List<byte>();
        var high = -1;
        while (true)
        {
            var c = input.Read();
            if (IsSpace(c)) continue;
            if (c == '>') break;
            var digit = Hex(c);
            if (digit < 0) throw Damaged("broken hexadecimal string");
            if (high < 0) { high = digit; continue; }
            bytes.Add((byte)(high * 16 + digit));
            high = -1;
            if (bytes.Count > MaximumString) throw TooLarge("a string");
        }
        if (high >= 0) bytes.Add((byte)(high * 16));
        return new PdfString([.. bytes], Hexadecimal: true);
    }

    private PdfArray ReadArray(int depth)
    {
        input.Read();
        var values = new List<PdfObject>();
        while (true)
        {
            SkipSpace();
            if (input.Peek() == ']') { input.Read(); return new PdfArray(values); }
            values.Add(ReadValue(depth + 1));
            Count();
        }
    }

    private PdfDictionary ReadDictionary(int depth)
    {
        var entries = new List<KeyValuePair<string, PdfObject>>();
        var seen = new HashSet<string>();
        while (true)
        {
            SkipSpace();
            if (input.Peek() == '>')
            {
                Expect(">>");
                return new PdfDictionary(entries);
            }
            if (input.Peek() != '/') throw Damaged("a name was expected in a dictionary");
            var key = ReadName().Value;
            var value = ReadValue(depth + 1);
            // Two readers could take different ones of a doubled key: what is sealed must have one meaning.
            if (!seen.Add(key)) throw Damaged($"/{key} twice in one dictionary");
            entries.Add(new(key, value));
            Count();
        }
    }

    private void Count()
    {
        if (++items > MaximumItems) throw TooLarge("an object");
    }

    private string ReadKeyword()
    {
        var text = new StringBuilder();
        while (IsRegular(input.Peek()) && text.Length < 64) text.Append((char)input.Read());
        return text.Length > 0 ? text.ToString() : throw Damaged(input.Peek() < 0 ? "unexpected end" : $"unexpected '{(char)input.Peek()}'");
    }

    private PdfRefusedException Damaged(string what) => new(PdfRefusal.Damaged, $"{what} at {input.Position}");

    private PdfRefusedException TooLarge(string what) => new(PdfRefusal.TooLarge, $"{what} at {input.Position}");

    internal static bool IsSpace(int c) => c is 0 or '\t' or '\n' or '\f' or '\r' or ' ';

    private static bool IsRegular(int c) =>
        c >= 0 && !IsSpace(c) && c is not ('(' or ')' or '<' or '>' or '[' or ']' or '{' or '}' or '/' or '%');

    internal static int Hex(int c) => c switch
    {
        >= '0' and <= '9' => c - '0',
        >= 'a' and <= 'f' => c - 'a' + 10,
        >= 'A' and <= 'F' => c - 'A' + 10,
        _ => -1,
    };
}
