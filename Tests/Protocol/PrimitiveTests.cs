using Bzt.Protocol;
using Bzt.Protocol.Arithmetic;
using Bzt.Protocol.Forms;
using Bzt.Protocol.Phone;
using Bzt.Protocol.Primitives;
using Bzt.Protocol.Secrets;
using Org.BouncyCastle.Crypto.EC;
using Org.BouncyCastle.Crypto.Engines;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;
using Org.BouncyCastle.Math;
using Org.BouncyCastle.Security;
using Xunit;

namespace Bzt.Tests.Protocol;

/// <summary>The standards' own examples, and BouncyCastle as the peer.</summary>
public class PrimitiveTests
{
    private static readonly SystemRandom Random = SystemRandom.Instance;
    private static readonly ECDomainParameters Curve = new(CustomNamedCurves.GetByName("sm2p256v1"));

    [Fact]
    public void Sm3_gives_the_digest_of_GBT_32905() => Assert.Equal(
        "66C7F0F462EEEDD9D1F2D46BDC10E4E24167C4875CF2F7A2297DA02B8F4BA8E0", Convert.ToHexString(Sm3.Hash("abc"u8)));

    [Fact]
    public void The_signature_of_GBT_32918_5_verifies_and_no_other()
    {
        Assert.True(Point.TryDecode(
            Convert.FromHexString("0409F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13"),
            out var key));
        Assert.True(Sm2Signature.TryParseRaw(
            Convert.FromHexString("F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA"),
            out var signature));
        Assert.True(signature!.Verify(key, Sm2Signature.Digest(key, "message digest"u8)));
        Assert.False(signature.Verify(key, Sm2Signature.Digest(key, "message digesu"u8)));
        Assert.True(Sm2Signature.TryParseDer(signature.ToDer(), out var der));
        Assert.Equal(signature, der);
        Assert.False(Sm2Signature.TryParseDer(signature.ToDer().Append((byte)0).ToArray(), out _));
    }

    [Fact]
    public void Signatures_pass_between_us_and_BouncyCastle()
    {
        using var key = SecretScalar.Random(Random);
        var publicKey = Sm2Group.MultiplyBase(key.Value);
        var ours = Sm2Signature.Sign(key, Sm2Signature.Digest(publicKey, "text"u8), Random);
        var verifier = new SM2Signer();
        verifier.Init(false, new ECPublicKeyParameters(Curve.Curve.DecodePoint(publicKey.Encode()), Curve));
        verifier.BlockUpdate("text"u8.ToArray(), 0, 4);
        Assert.True(verifier.VerifySignature(ours.ToDer()));

        var signer = new SM2Signer();
        signer.Init(true, new ECPrivateKeyParameters(new BigInteger(1, key.Value.Encode()), Curve));
        signer.BlockUpdate("text"u8.ToArray(), 0, 4);
        Assert.True(Sm2Signature.TryParseDer(signer.GenerateSignature(), out var theirs));
        Assert.True(theirs!.Verify(publicKey, Sm2Signature.Digest(publicKey, "text"u8)));
    }

    [Theory]
    [InlineData(SM2Engine.Mode.C1C3C2)]
    [InlineData(SM2Engine.Mode.C1C2C3)]
    public void Every_form_of_ciphertext_met_in_the_field_opens(SM2Engine.Mode mode)
    {
        using var key = SecretScalar.Random(Random);
        var publicKey = Sm2Group.MultiplyBase(key.Value);
        var plaintext = Random.Bytes(48);
        var engine = new SM2Engine(mode);
        engine.Init(true, new ParametersWithRandom(new ECPublicKeyParameters(Curve.Curve.DecodePoint(publicKey.Encode()), Curve), new SecureRandom()));
        var raw = engine.ProcessBlock(plaintext, 0, plaintext.Length);
        foreach (var form in new[] { raw, raw[1..], Sm2Ciphertext.Encrypt(publicKey, plaintext, Random).ToDer(), Sm2Ciphertext.Encrypt(publicKey, plaintext, Random).ToRaw() })
        {
            Assert.True(Sm2Ciphertext.TryParse(form, out var ciphertext));
            Assert.True(ciphertext!.TryDecrypt(key, Random, out var opened));
            Assert.Equal(plaintext, opened);
            var altered = (byte[])form.Clone();
            altered[^1] ^= 1;
            Assert.False(Sm2Ciphertext.TryParse(altered, out ciphertext) && ciphertext!.TryDecrypt(key, Random, out _));
        }
    }

    [Fact]
    public void Sm4_in_GCM_opens_only_what_it_sealed()
    {
        var (key, nonce) = (Random.Bytes(16), Random.Bytes(12));
        var box = Sm4Gcm.Seal(key, nonce, "about"u8, "text"u8);
        Assert.True(Sm4Gcm.TryOpen(key, nonce, "about"u8, box, out var text));
        Assert.Equal("text"u8, text);
        Assert.False(Sm4Gcm.TryOpen(key, nonce, "other"u8, box, out _));
        Assert.False(Sm4Gcm.TryOpen(key, nonce, "about"u8, box.AsSpan(1), out _));
    }

    [Fact]
    public void Every_form_decodes_to_itself_and_to_nothing_else()
    {
        var time = new DateTimeOffset(2026, 11, 25, 9, 0, 0, TimeSpan.Zero);
        var publicKey = Sm2Group.MultiplyBase(Scalar.Random(Random));
        SigningForm[] forms =
        [
            new CsrForm(publicKey, [new("2.5.4.6", "CN"), new("2.5.4.10", "宜昌测试有限公司")]),
            new AuthorisationForm("宜昌测试有限公司", "91420500MA48XXXX0A", "张三", "宜昌平台", ["签章", "解密"], time, time.AddYears(1), "授权书.pdf", new byte[32]),
            new CmsPdfForm("投标文件.pdf", Random.Bytes(32), Random.Bytes(32), time),
            new CmsPdfForm("投标文件.pdf", Random.Bytes(32), Random.Bytes(32), null, CmsPdfForm.GmData),
            new SesForm(Seal(time), time, Random.Bytes(32), "1"),
            new HashOnlyForm(Random.Bytes(32), "合同"),
            new InstructionForm("transfer-administrator", "转授管理员", [new("企业", "宜昌测试有限公司"), new("新管理员", "张*")], Guid.NewGuid(), time),
        ];
        foreach (var form in forms)
        {
            Assert.True(SigningForm.TryDecode(form.ToDocument(), out var decoded));
            Assert.Equal(form.GetType(), decoded.GetType());
            Assert.Equal(form.Content, decoded.Content);
            Assert.Equal(form.Digest(publicKey), decoded.Digest(publicKey));
            Assert.False(SigningForm.TryDecode(form.ToDocument() with { Content = [.. form.Content, 0] }, out _));
            foreach (var kind in Enum.GetValues<SigningFormKind>().Where(kind => kind != form.Kind))
            {
                Assert.False(SigningForm.TryDecode(new(kind, form.Content), out _));
            }
        }

        Assert.True(forms[0].IsFor(publicKey));
        Assert.False(forms[0].IsFor(Sm2Group.G));
        Assert.Equal("公章", ((SesForm)forms[4]).SealName);
    }

    [Fact]
    public void A_stretched_PIN_is_PBKDF2_and_what_WebCrypto_makes_serves_as_well()
    {
        var stretch = new PinStretch(new byte[16], 1000);
        using var ours = stretch.Stretch("493817");
        var bytes = System.Security.Cryptography.Rfc2898DeriveBytes.Pbkdf2("493817"u8, new byte[16], 1000, System.Security.Cryptography.HashAlgorithmName.SHA256, 32);
        using var theirs = new StretchedPin(stretch, bytes);
        using var share = SecretScalar.Random(Random);
        Assert.True(ours.Blind(share) == theirs.Blind(share));
        using var back = theirs.Unblind(ours.Blind(share));
        Assert.True(back.Value == share.Value);
    }

    private static byte[] Seal(DateTimeOffset time) => Der.Sequence(seal =>
    {
        using (seal.PushSequence())
        {
            using (seal.PushSequence())
            {
                seal.WriteCharacterString(System.Formats.Asn1.UniversalTagNumber.IA5String, "ES");
                seal.WriteInteger(4);
                seal.WriteCharacterString(System.Formats.Asn1.UniversalTagNumber.IA5String, "bzt");
            }

            seal.WriteCharacterString(System.Formats.Asn1.UniversalTagNumber.IA5String, "seal-1");
            using (seal.PushSequence())
            {
                seal.WriteInteger(1);
                seal.Text("公章");
                seal.Time(time);
            }
        }
    });
}
