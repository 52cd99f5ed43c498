using System.Numerics;
using Bzt.Documents.Seals;
using Bzt.Documents.TimeStamps;
using Bzt.Protocol;
using Bzt.Protocol.Primitives;
using Bzt.Protocol.TimeStamps;
using Org.BouncyCastle.Asn1;

namespace Bzt.Tests.Documents;

// RFC 3161: whose stamp counts, and which queries are answered.
public sealed partial class SealFormTests
{
    [Fact]
    public void A_time_stamp_is_of_one_signature_and_of_an_authority_for_that()
    {
        var signer = Signers[0];
        var digest = Sm3.Hash([1]);
        var (signature, another) = (signer.Sign(digest), signer.Sign(digest));
        TimeStamp Of(byte[] token) =>
            DetachedSealVerifier.Verify(GmCmsSeal.Assemble(digest, signature, signer.Certificate, [signer.Root], token), digest, [Authority.Root, signer.Root]).TimeStamp!;

        Assert.True(Of(Token(signature, Authority)) is { IsTrusted: true } good && good.Time == Stamped && good.Authority == "测试时间戳中心");
        Assert.Equal("it is over something else", Of(Token(another, Authority)).Detail);
        Assert.Equal("the certificate is not for time stamping", Of(Token(signature, signer)).Detail);
        Assert.False(Of(Token(signature, new TestSigner("陌生时间戳", stampsTimes: true))).IsTrusted);
        // And such a certificate seals nothing.
        Assert.False(SignerPath.Build(Authority.Certificate, [], [Authority.Root], At).IsTrusted);
        Assert.False(Of([0x30, 0x00]).Good);
        var token = Token(signature, Authority);
        for (var i = 0; i < token.Length; i++)
        {
            var broken = (byte[])[.. token];
            broken[i] ^= 0x41;
            var judged = TimeStamp.Judge(broken, Sm2Der(signature), [Authority.Root]);
            Assert.True(!judged.IsTrusted || judged.Time == Stamped, $"octet {i}");
        }
    }

    [Fact]
    public void Queries_are_read_strictly_and_refused_with_their_reason()
    {
        var query = TimeStampQuery.Over([1, 2, 3], SystemRandom.Instance);
        var encoded = query.Encode();
        var read = TimeStampQuery.TryParse(encoded, out _)!;
        Assert.Equal((query.Nonce, true, Convert.ToHexString(Sm3.Hash([1, 2, 3]))), (read.Nonce, read.WantsCertificates, Convert.ToHexString(read.Digest)));
        Assert.Equal("1.2.3", TimeStampQuery.TryParse((query with { Policy = "1.2.3", Nonce = null }).Encode(), out _)!.Policy);

        Refused(TimeStampFailure.BadRequest, [1, 2]);
        Refused(TimeStampFailure.BadRequest, [.. encoded, 0]);
        Refused(TimeStampFailure.BadRequest, (query with { Nonce = BigInteger.Pow(2, 400) }).Encode());
        Refused(TimeStampFailure.BadDataFormat, (query with { Digest = [1] }).Encode());
        var sha256 = (byte[])[.. encoded];
        sha256[sha256.AsSpan().IndexOf(new DerObjectIdentifier("1.2.156.10197.1.401").GetEncoded()) + 9] ^= 1;
        Refused(TimeStampFailure.BadAlgorithm, sha256);
        Assert.Null(TimeStampReply.TryReadToken(TimeStampReply.Rejected(TimeStampFailure.UnacceptedExtension)));
        Assert.Null(TimeStampReply.TryReadToken([1, 2, 3]));

        static void Refused(TimeStampFailure why, byte[] request)
        {
            Assert.Null(TimeStampQuery.TryParse(request, out var said));
            Assert.Equal(why, said);
        }
    }
}
