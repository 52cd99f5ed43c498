using System.Text;
using Bzt.MobileApp;
using Bzt.Protocol.Primitives;

namespace Bzt.Tests.MobileApp;

/// <summary>The letter that is looked at is the letter that is signed: the digest leaves out the signature's place and nothing else.</summary>
public sealed class PdfDigestTests
{
    private const string Head = "%PDF-1.7\n/ByteRange [0 60 68 10]  /Contents ";

    [Fact]
    public void The_place_of_the_signature_is_left_out()
    {
        var pdf = Pdf("<00Aaff>");
        Assert.Equal(Sm3.Hash([.. pdf.AsSpan(0, 60), .. pdf.AsSpan(68)]), PdfDigest.Of(pdf));
        Assert.NotEqual(PdfDigest.Of(pdf), PdfDigest.Of(Change(pdf, 5)));
        Assert.NotEqual(PdfDigest.Of(pdf), PdfDigest.Of(Change(pdf, 70)));
        Assert.Equal(PdfDigest.Of(pdf), PdfDigest.Of(Change(pdf, 63, (byte)'b')));
    }

    [Theory]
    [InlineData("/ByteRange [0 60 68 9]", "<00AAff>")]
    [InlineData("/ByteRange [1 60 68 10]", "<00AAff>")]
    [InlineData("/ByteRange [0 68 60 10]", "<00AAff>")]
    [InlineData("/ByteRange [0 60 68 99999999999999999999]", "<00AAff>")]
    [InlineData("/ByteRange [0 60 68 10]", "(hidden)")]
    [InlineData("/ByteRange [0 60 68 10]", "<00> <0>")]
    [InlineData("/NoRange [0 60 68 10]", "<00AAff>")]
    public void Nothing_else_may_be_left_out(string range, string place) => Assert.Null(PdfDigest.Of(Pdf(place, range)));

    private static byte[] Pdf(string place, string range = "/ByteRange [0 60 68 10]") =>
        Encoding.Latin1.GetBytes((Head.Replace("/ByteRange [0 60 68 10]", range, StringComparison.Ordinal)).PadRight(60)[..60] + place.PadRight(8)[..8] + "\n%%EOF    ");

    private static byte[] Change(byte[] pdf, int at, byte to = (byte)'x')
    {
        byte[] changed = [.. pdf];
        changed[at] = to;
        return changed;
    }
}
