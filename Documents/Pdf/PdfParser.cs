namespace Bzt.Documents.Pdf;

/// <summary>Reads objects (ISO 32000-1, 7.3) at the input's position. Everything unexpected is refused.</summary>
internal sealed class PdfParser(PdfInput input)
{
    /// <summary>Real documents nest a few levels; a deeper one is an attack on the stack.</summary>
    private const int MaximumDepth = 64;

    /// <summary>Bound on the items of one object with all that is nested in it: each takes many times the bytes it was written with.</summary>
    private const int MaximumItems = 2_000_000;

    private readonly PdfLexer lexer = new(input);
    private int items;

    public PdfInput Input => input;

    /// <summary>What stands between objects is read with it, at the same position.</summary>
    public PdfLexer Lexer => lexer;

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
        if (depth > MaximumDepth) throw lexer.Damaged("nested too deeply");
        lexer.SkipSpace();
        var c = input.Peek();
        switch (c)
        {
            case '/': return lexer.ReadName();
            case '(': return lexer.ReadLiteralString();
            case '[': return ReadArray(depth);
            case '<':
                input.Read();
                if (input.Peek() == '<') { input.Read(); return ReadDictionary(depth); }
                return lexer.ReadHexString();
            case '+' or '-' or '.' or (>= '0' and <= '9'):
                return ReadNumberOrReference();
            default:
                return lexer.ReadKeyword() switch
                {
                    "true" => new PdfBoolean(true),
                    "false" => new PdfBoolean(false),
                    "null" => PdfNull.Value,
                    var word => throw lexer.Damaged($"unexpected '{word}'"),
                };
        }
    }

    /// <summary>An indirect object <c>n g obj … endobj</c>; a stream's data is left where it is.</summary>
    public (int Number, int Generation, PdfObject Value) ReadIndirect(long offset)
    {
        input.Position = offset;
        var number = lexer.ReadObjectNumber();
        var generation = lexer.ReadObjectNumber();
        lexer.Expect("obj");
        var value = ReadObject();
        lexer.SkipSpace();
        if (value is PdfDictionary dictionary && input.Peek() == 's')
        {
            lexer.Expect("stream");
            input.Budget.SpendParsing(input.Position - offset);
            // 7.3.8.1: CR LF or LF, never CR alone; a lone CR is met in the field and harmless.
            if (input.Peek() == '\r') input.Read();
            if (input.Peek() == '\n') input.Read();
            return (number, generation, new PdfStream(dictionary, input.Position));
        }
        lexer.Expect("endobj");
        input.Budget.SpendParsing(input.Position - offset);
        return (number, generation, value);
    }

    /// <summary>Whether a stream's data ends there.</summary>
    public bool EndsStream(long offset)
    {
        input.Position = offset;
        var ends = lexer.Try("endstream");
        input.Budget.SpendParsing(input.Position - offset);
        return ends;
    }

    private PdfObject ReadNumberOrReference()
    {
        var number = lexer.ReadNumber();
        if (number.Value is < 0 or > int.MaxValue || !number.Text.All(char.IsAsciiDigit)) return number;

        // "12 0 R" is a reference, "12 0" two numbers: look ahead and step back.
        var after = input.Position;
        lexer.SkipSpace();
        if (input.Peek() is >= '0' and <= '9')
        {
            var generation = lexer.ReadKeyword();
            lexer.SkipSpace();
            if (generation.All(char.IsAsciiDigit) && int.TryParse(generation, out var g) && g <= 65535 && input.Peek() == 'R')
            {
                input.Read();
                if (!PdfLexer.IsRegular(input.Peek())) return new PdfReference((int)number.Value, g);
            }
        }
        input.Position = after;
        return number;
    }

    private PdfArray ReadArray(int depth)
    {
        input.Read();
        var values = new List<PdfObject>();
        while (true)
        {
            lexer.SkipSpace();
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
            lexer.SkipSpace();
            if (input.Peek() == '>')
            {
                lexer.Expect(">>");
                return new PdfDictionary(entries);
            }
            if (input.Peek() != '/') throw lexer.Damaged("a name was expected in a dictionary");
            var key = lexer.ReadName().Value;
            var value = ReadValue(depth + 1);
            // Two readers could take different ones of a doubled key: what is sealed must have one meaning.
            if (!seen.Add(key)) throw lexer.Damaged($"/{key} twice in one dictionary");
            entries.Add(new(key, value));
            Count();
        }
    }

    private void Count()
    {
        if (++items > MaximumItems) throw lexer.TooLarge("an object");
    }
}
