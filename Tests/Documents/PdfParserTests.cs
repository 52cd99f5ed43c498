using System.Text;
using Bzt.Documents.Pdf;

namespace Bzt.Tests.Documents;

/// <summary>The words and objects of ISO 32000-1, 7.2 and 7.3, one by one.</summary>
public sealed class PdfParserTests
{
    [Theory]
    [InlineData("(plain)", "plain")]
    [InlineData("(in (balanced) ones)", "in (balanced) ones")]
    [InlineData(@"(\n\r\t\b\f\(\)\\)", "\n\r\t\b\f()\\")]
    [InlineData(@"(\101\7\0501\777)", "A\a(1\u00ff")]
    [InlineData("(\\q)", "q")]
    [InlineData("(one \\\nline, \\\r\nstill)", "one line, still")]
    [InlineData("(a\r\nb\rc\nd)", "a\nb\nc\nd")]
    [InlineData("<48 65 6C6c 6F>", "Hello")]
    [InlineData("<485>", "HP")]
    [InlineData("<>", "")]
    public void Strings(string text, string value) => Assert.Equal(value, Encoding.Latin1.GetString(Assert.IsType<PdfString>(Read(text)).Bytes));

    [Theory]
    [InlineData("/Name", "Name"), InlineData("/A#20B#2f", "A B/"), InlineData("/", ""), InlineData("/A;_-*.$", "A;_-*.$"), InlineData("/A(", "A")]
    public void Names(string text, string value) => Assert.Equal(new PdfName(value), Read(text));

    [Theory]
    [InlineData("0", 0), InlineData("+17", 17), InlineData("-.002", -0.002), InlineData("4.", 4), InlineData("00012", 12)]
    public void Numbers_keep_their_text(string text, double value) => Assert.Equal(new PdfNumber(value, text), Read(text));

    [Fact]
    public void Two_numbers_and_an_R_are_a_reference_and_nothing_less()
    {
        Assert.Equal(new PdfReference(12, 3), Read("12 3 R"));
        Assert.Equal(new PdfReference(12, 0), Read("12 % why\n 0\tR/"));
        Assert.Equal(new PdfArray(new PdfNumber(12), new PdfNumber(0), new PdfReference(1, 0), new PdfNumber(7)), Read("[12 0 1 0 R 7]"));
        foreach (var text in (string[])["12 0 RG", "12 70000 R", "-12 0 R", "12.0 0 R", "12 0"])
        {
            Assert.IsType<PdfNumber>(Read(text));
        }
    }

    [Fact]
    public void Objects_nest_and_stand_apart_without_space()
    {
        var read = Assert.IsType<PdfDictionary>(Read("%note\n<</A/B/C[(x)<79>true null]/D<</E false>>/F 1 0 R>>"));
        Assert.Equal(["A", "C", "D", "F"], read.Entries.Select(entry => entry.Key));
        Assert.Equal(new PdfArray(new PdfString("x"u8.ToArray()), new PdfString("y"u8.ToArray(), Hexadecimal: true), new PdfBoolean(true), PdfNull.Value), read["C"]);
        Assert.Equal(new PdfDictionary([new("E", new PdfBoolean(false))]), read["D"]);
    }

    [Theory]
    [InlineData(""), InlineData("(open"), InlineData("(open\\"), InlineData("<48"), InlineData("<4G>"), InlineData("/A#G0"), InlineData("/A#4"), InlineData("[1 2"), InlineData("<</A 1"), InlineData("<<1 2>>")]
    [InlineData("<</A 1/A 2>>"), InlineData("<</A>>"), InlineData("1.2.3"), InlineData("--1"), InlineData("1e5"), InlineData("nul"), InlineData("]"), InlineData("{}")]
    public void What_is_none_is_damage(string text) => Assert.Equal(PdfRefusal.Damaged, Assert.Throws<PdfRefusedException>(() => Read(text)).Reason);

    [Fact]
    public void Depth_and_lengths_are_bounded()
    {
        Assert.IsType<PdfArray>(Read(new string('[', 64) + new string(']', 64)));
        Assert.Equal(PdfRefusal.Damaged, Assert.Throws<PdfRefusedException>(() => Read(new string('[', 66) + new string(']', 66))).Reason);
        Assert.Equal(PdfRefusal.Damaged, Assert.Throws<PdfRefusedException>(() => Read('/' + new string('a', 1025))).Reason);
        const int Longest = 16 * 1024 * 1024;
        Assert.Equal(Longest, Assert.IsType<PdfString>(Read($"({new string('a', Longest)})")).Bytes.Length);
        Assert.Equal(PdfRefusal.TooLarge, Assert.Throws<PdfRefusedException>(() => Read($"({new string('a', Longest + 1)})")).Reason);
        Assert.Equal(PdfRefusal.TooLarge, Assert.Throws<PdfRefusedException>(() => Read($"<{new string('0', 2 * (Longest + 1))}>")).Reason);
    }

    [Fact]
    public void Indirect_objects_and_where_a_stream_begins()
    {
        Assert.Equal((7, 1, new PdfNumber(42)), ReadIndirect("7 1 obj 42 endobj"));
        foreach (var line in (string[])["\n", "\r\n", "\r"])
        {
            var header = $"7 0 obj <</Length 3>> stream{line}";
            Assert.Equal(header.Length, Assert.IsType<PdfStream>(ReadIndirect(header + "abc\nendstream").Value).Offset);
        }

        foreach (var text in (string[])["7 0 42 endobj", "7 obj 42 endobj", "7 0 obj 42", "2147483648 0 obj 42 endobj", "7 2147483648 obj 42 endobj", "1234567890123456789 0 obj 42 endobj"])
        {
            Assert.Equal(PdfRefusal.Damaged, Assert.Throws<PdfRefusedException>(() => ReadIndirect(text)).Reason);
        }
    }

    [Fact]
    public void A_word_that_does_not_come_leaves_the_position_where_it_was()
    {
        var input = Input("  12 trailer");
        var lexer = new PdfLexer(input);
        Assert.False(lexer.Try("trailer"));
        Assert.Equal(12, lexer.ReadInteger());
        Assert.True(lexer.Try("trailer"));
        Assert.Equal(input.Length, input.Position);
        Assert.False(lexer.Try("x"));
    }

    private static PdfObject Read(string text) => new PdfParser(Input(text)).ReadObject();

    private static (int Number, int Generation, PdfObject Value) ReadIndirect(string text) => new PdfParser(Input(text)).ReadIndirect(0);

    private static PdfInput Input(string text) => new(new MemoryStream(Encoding.Latin1.GetBytes(text)));
}
