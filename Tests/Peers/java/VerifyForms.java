import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.FileInputStream;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.Security;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.interactive.digitalsignature.PDSignature;
import org.bouncycastle.asn1.ASN1BitString;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1GeneralizedTime;
import org.bouncycastle.asn1.ASN1IA5String;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1InputStream;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.ASN1Set;
import org.bouncycastle.asn1.ASN1TaggedObject;
import org.bouncycastle.asn1.ASN1UTF8String;
import org.bouncycastle.asn1.cms.Attribute;
import org.bouncycastle.asn1.cms.AttributeTable;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cms.CMSProcessableByteArray;
import org.bouncycastle.cms.CMSSignedData;
import org.bouncycastle.cms.SignerInformation;
import org.bouncycastle.cms.jcajce.JcaSimpleSignerInfoVerifierBuilder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.tsp.TimeStampToken;

/**
 * The forms of seals, read by their tables in the standards with BouncyCastle-Java's ASN.1 and verified with its SM2, its CMS and its RFC 3161.
 * One line a signature, separated by tabs: filter, subfilter, good, the time stamp's time in seconds ("-" without one, "bad" when it does not verify),
 * and of an electronic seal its name; then the error.
 */
public final class VerifyForms {
    public static void main(String[] args) throws Exception {
        Security.addProvider(new BouncyCastleProvider());
        File file = new File(args[0]);
        try (PDDocument document = PDDocument.load(file)) {
            for (PDSignature signature : document.getSignatureDictionaries()) {
                String line;
                try (InputStream in = new FileInputStream(file); InputStream again = new FileInputStream(file)) {
                    byte[] contents = new ASN1InputStream(signature.getContents(in)).readObject().getEncoded();
                    line = describe(signature.getSubFilter(), contents, signature.getSignedContent(again));
                } catch (Exception e) {
                    line = "false\t-\t\t" + e.toString().replaceAll("\\s+", " ");
                }
                System.out.println("seal\t" + signature.getFilter() + "\t" + signature.getSubFilter() + "\t" + line);
            }
        }
    }

    private static String describe(String subFilter, byte[] contents, byte[] signed) throws Exception {
        switch (subFilter) {
            case "GM.sm2cms.detached": return gmCms(contents, signed);
            case "GM.sm2seal": return seal(contents, signed);
            default: return cms(contents, signed);
        }
    }

    private static String cms(byte[] contents, byte[] signed) throws Exception {
        CMSSignedData cms = new CMSSignedData(new CMSProcessableByteArray(signed), contents);
        SignerInformation signer = cms.getSignerInfos().getSigners().iterator().next();
        @SuppressWarnings("unchecked")
        X509CertificateHolder holder = (X509CertificateHolder) cms.getCertificates().getMatches(signer.getSID()).iterator().next();
        boolean good = signer.verify(new JcaSimpleSignerInfoVerifierBuilder().setProvider("BC").build(holder));
        AttributeTable unsigned = signer.getUnsignedAttributes();
        Attribute token = unsigned == null ? null : unsigned.get(PKCSObjectIdentifiers.id_aa_signatureTimeStampToken);
        return good + "\t" + stamp(token == null ? null : token.getAttrValues().getObjectAt(0).toASN1Primitive().getEncoded(), signer.getSignature()) + "\t\t";
    }

    /** GB/T 35275: the content is the digest, and is signed without attributes. */
    private static String gmCms(byte[] contents, byte[] signed) throws Exception {
        ASN1Sequence outer = ASN1Sequence.getInstance(contents);
        check(oid(outer, 0).equals("1.2.156.10197.6.1.4.2.2"), "SignedData");
        ASN1Sequence data = ASN1Sequence.getInstance((ASN1TaggedObject) outer.getObjectAt(1), true);
        check(ASN1Integer.getInstance(data.getObjectAt(0)).intValueExact() == 1, "version");
        ASN1Sequence content = ASN1Sequence.getInstance(data.getObjectAt(2));
        check(oid(content, 0).equals("1.2.156.10197.6.1.4.2.1"), "data");
        byte[] digest = ASN1OctetString.getInstance((ASN1TaggedObject) content.getObjectAt(1), true).getOctets();
        ASN1Set certificates = ASN1Set.getInstance((ASN1TaggedObject) data.getObjectAt(3), false);
        ASN1Set signers = ASN1Set.getInstance(data.getObjectAt(data.size() - 1));
        ASN1Sequence signer = ASN1Sequence.getInstance(signers.getObjectAt(0));
        check(oid(ASN1Sequence.getInstance(signer.getObjectAt(2)), 0).equals("1.2.156.10197.1.401"), "digest algorithm");
        check(oid(ASN1Sequence.getInstance(signer.getObjectAt(3)), 0).equals("1.2.156.10197.1.301.1"), "signature algorithm");
        byte[] signature = ASN1OctetString.getInstance(signer.getObjectAt(4)).getOctets();
        ASN1Integer serial = ASN1Integer.getInstance(ASN1Sequence.getInstance(signer.getObjectAt(1)).getObjectAt(1));
        byte[] token = null;
        if (signer.size() > 5) {
            ASN1Sequence attribute = ASN1Sequence.getInstance(ASN1Set.getInstance((ASN1TaggedObject) signer.getObjectAt(5), false).getObjectAt(0));
            check(oid(attribute, 0).equals("1.2.840.113549.1.9.16.2.14"), "unsigned attribute");
            token = ASN1Set.getInstance(attribute.getObjectAt(1)).getObjectAt(0).toASN1Primitive().getEncoded();
        }
        boolean good = false;
        for (int i = 0; i < certificates.size(); i++) {
            byte[] der = certificates.getObjectAt(i).toASN1Primitive().getEncoded();
            if (certificate(der).getSerialNumber().equals(serial.getValue())) {
                good = verify(der, digest, signature);
            }
        }
        return (good && Arrays.equals(digest, sm3(signed))) + "\t" + stamp(token, signature) + "\t\t";
    }

    /** GB/T 38540, version 4. */
    private static String seal(byte[] contents, byte[] signed) throws Exception {
        ASN1Sequence outer = ASN1Sequence.getInstance(contents);
        ASN1Sequence toSign = ASN1Sequence.getInstance(outer.getObjectAt(0));
        byte[] signer = ASN1OctetString.getInstance(outer.getObjectAt(1)).getOctets();
        check(oid(outer, 2).equals("1.2.156.10197.1.501"), "algorithm");
        byte[] signature = ASN1BitString.getInstance(outer.getObjectAt(3)).getOctets();
        check(ASN1Integer.getInstance(toSign.getObjectAt(0)).intValueExact() == 4, "version");
        ASN1Sequence ses = ASN1Sequence.getInstance(toSign.getObjectAt(1));
        ASN1GeneralizedTime.getInstance(toSign.getObjectAt(2)).getDate();
        byte[] digest = ASN1BitString.getInstance(toSign.getObjectAt(3)).getOctets();
        ASN1IA5String.getInstance(toSign.getObjectAt(4));

        ASN1Sequence info = ASN1Sequence.getInstance(ses.getObjectAt(0));
        ASN1Sequence header = ASN1Sequence.getInstance(info.getObjectAt(0));
        check(ASN1IA5String.getInstance(header.getObjectAt(0)).getString().equals("ES") && ASN1Integer.getInstance(header.getObjectAt(1)).intValueExact() == 4, "header");
        ASN1Sequence property = ASN1Sequence.getInstance(info.getObjectAt(2));
        String name = ASN1UTF8String.getInstance(property.getObjectAt(1)).getString();
        ASN1Sequence list = ASN1Sequence.getInstance(property.getObjectAt(3));
        boolean listed = false;
        for (int i = 0; i < list.size(); i++) {
            listed |= Arrays.equals(ASN1OctetString.getInstance(list.getObjectAt(i)).getOctets(), signer);
        }
        check(ASN1IA5String.getInstance(ASN1Sequence.getInstance(info.getObjectAt(3)).getObjectAt(0)).getString().equals("PNG"), "picture");
        byte[] maker = ASN1OctetString.getInstance(ses.getObjectAt(1)).getOctets();
        check(certificate(maker).getBasicConstraints() == -1 && certificate(maker).getKeyUsage()[0], "the maker's certificate");
        boolean made = verify(maker, info.getEncoded(ASN1Encoding.DER), ASN1BitString.getInstance(ses.getObjectAt(3)).getOctets());
        byte[] token = outer.size() > 4 ? ASN1BitString.getInstance((ASN1TaggedObject) outer.getObjectAt(4), true).getOctets() : null;
        boolean good = verify(signer, toSign.getEncoded(ASN1Encoding.DER), signature);
        return (good && made && listed && Arrays.equals(digest, sm3(signed))) + "\t" + stamp(token, signature) + "\t" + name + "\t";
    }

    private static String stamp(byte[] token, byte[] signature) throws Exception {
        if (token == null) return "-";
        TimeStampToken stamp = new TimeStampToken(new CMSSignedData(token));
        X509CertificateHolder holder = (X509CertificateHolder) stamp.getCertificates().getMatches(stamp.getSID()).iterator().next();
        stamp.validate(new JcaSimpleSignerInfoVerifierBuilder().setProvider("BC").build(holder));
        return Arrays.equals(stamp.getTimeStampInfo().getMessageImprintDigest(), sm3(signature))
            ? String.valueOf(stamp.getTimeStampInfo().getGenTime().getTime() / 1000) : "bad";
    }

    private static boolean verify(byte[] certificate, byte[] message, byte[] value) throws Exception {
        Signature signature = Signature.getInstance("SM3withSM2", "BC");
        signature.initVerify(certificate(certificate).getPublicKey());
        signature.update(message);
        return signature.verify(value);
    }

    private static X509Certificate certificate(byte[] der) throws Exception {
        return (X509Certificate) CertificateFactory.getInstance("X.509", "BC").generateCertificate(new ByteArrayInputStream(der));
    }

    private static byte[] sm3(byte[] bytes) throws Exception {
        return MessageDigest.getInstance("SM3", "BC").digest(bytes);
    }

    private static String oid(ASN1Sequence sequence, int index) {
        return ASN1ObjectIdentifier.getInstance(sequence.getObjectAt(index)).getId();
    }

    private static void check(boolean right, String what) {
        if (!right) throw new IllegalArgumentException(what);
    }
}
