using System.Globalization;
using System.Text;

namespace Bzt.Documents.Pdf;

/// <summary>Reads the words of a PDF (ISO 32000-1, 7.2, and the simple objects of 7.3) at the input's position. Everything unexpected is refused.</summary>
internal sealed class PdfLexer(PdfInput input)
{
    /// <summary>Bound on one string, which takes many times the bytes it was written with.</summary>
    private const int MaximumString = 16 * 1024 * 1024;

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

    /// <summary>An unsigned one, of at most 18 digits.</summary>
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

    /// <summary>An object's number, or its generation.</summary>
    public int ReadObjectNumber() => ReadInteger() is var number and <= int.MaxValue ? (int)number : throw Damaged("a number beyond any document");

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

    /// <summary>The regular characters that come next: at least one, at most 64.</summary>
    public string ReadKeyword()
    {
        var text = new StringBuilder();
        while (IsRegular(input.Peek()) && text.Length < 64) text.Append((char)input.Read());
        return text.Length > 0 ? text.ToString() : throw Damaged(input.Peek() < 0 ? "unexpected end" : $"unexpected '{(char)input.Peek()}'");
    }

    public PdfName ReadName()
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

    public PdfNumber ReadNumber()
    {
        var text = ReadKeyword();
        return double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value)
            ? new PdfNumber(value, text)
            : throw Damaged($"'{text}' is not a number");
    }

    public PdfString ReadLiteralString()
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

    /// <summary>What follows its first angle bracket, which a dictionary begins with too.</summary>
    public PdfString ReadHexString()
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

    public PdfRefusedException Damaged(string what) => new(PdfRefusal.Damaged, $"{what} at {input.Position}");

    public PdfRefusedException TooLarge(string what) => new(PdfRefusal.TooLarge, $"{what} at {input.Position}");

    private static bool IsSpace(int c) => c is 0 or '\t' or '\n' or '\f' or '\r' or ' ';

    public static bool IsRegular(int c) =>
        c >= 0 && !IsSpace(c) && c is not ('(' or ')' or '<' or '>' or '[' or ']' or '{' or '}' or '/' or '%');

    private static int Hex(int c) => c switch
    {
        >= '0' and <= '9' => c - '0',
        >= 'a' and <= 'f' => c - 'a' + 10,
        >= 'A' and <= 'F' => c - 'A' + 10,
        _ => -1,
    };
}
