import java.io.ByteArrayInputStream;
import java.io.File;
import java.math.BigInteger;
import java.nio.file.Files;
import java.security.SecureRandom;
import java.security.Security;
import java.security.cert.CertPath;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertStore;
import java.security.cert.CertificateFactory;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.ocsp.OCSPObjectIdentifiers;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.ocsp.BasicOCSPResp;
import org.bouncycastle.cert.ocsp.CertificateID;
import org.bouncycastle.cert.ocsp.CertificateStatus;
import org.bouncycastle.cert.ocsp.OCSPReq;
import org.bouncycastle.cert.ocsp.OCSPReqBuilder;
import org.bouncycastle.cert.ocsp.OCSPResp;
import org.bouncycastle.cert.ocsp.RevokedStatus;
import org.bouncycastle.cert.ocsp.SingleResp;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;

/**
 * BouncyCastle-Java on a certificate's status.
 * <pre>
 * request LEAF ISSUER OUT             an OCSP request with a nonce
 * ocsp REQUEST RESPONSE LEAF ISSUER   what the response says of the leaf, all checks of RFC 6960 3.2 made
 * crl CRL LEAF ISSUER ROOT            the path from leaf to root with revocation checked by the list alone
 * </pre>
 * All files are DER. One word to standard output: good, revoked, unknown; anything else is why it was not believed.
 */
public final class VerifyStatus {
    public static void main(String[] args) throws Exception {
        Security.addProvider(new BouncyCastleProvider());
        switch (args[0]) {
            case "request" -> request(args);
            case "ocsp" -> System.out.println(ocsp(args));
            case "crl" -> System.out.println(crl(args));
            default -> throw new IllegalArgumentException(args[0]);
        }
    }

    private static void request(String[] args) throws Exception {
        byte[] nonce = new byte[16];
        new SecureRandom().nextBytes(nonce);
        OCSPReqBuilder builder = new OCSPReqBuilder();
        builder.addRequest(id(holder(args[1]), holder(args[2])));
        builder.setRequestExtensions(new Extensions(new Extension(OCSPObjectIdentifiers.id_pkix_ocsp_nonce, false, new DEROctetString(nonce).getEncoded())));
        Files.write(new File(args[3]).toPath(), builder.build().getEncoded());
    }

    private static String ocsp(String[] args) throws Exception {
        OCSPReq request = new OCSPReq(read(args[1]));
        OCSPResp response = new OCSPResp(read(args[2]));
        X509CertificateHolder leaf = holder(args[3]), issuer = holder(args[4]);
        if (response.getStatus() != OCSPResp.SUCCESSFUL) return "status " + response.getStatus();
        BasicOCSPResp basic = (BasicOCSPResp) response.getResponseObject();
        X509CertificateHolder responder = basic.getCerts()[0];
        JcaContentVerifierProviderBuilder verifiers = new JcaContentVerifierProviderBuilder().setProvider("BC");
        if (!responder.isSignatureValid(verifiers.build(issuer))) return "the responder is not the issuer's";
        if (!ExtendedKeyUsage.fromExtensions(responder.getExtensions()).hasKeyPurposeId(KeyPurposeId.id_kp_OCSPSigning)) return "the responder may not respond";
        if (!responder.isValidOn(new java.util.Date())) return "the responder is not valid now";
        if (!basic.isSignatureValid(verifiers.build(responder))) return "signature";
        Extension asked = request.getExtension(OCSPObjectIdentifiers.id_pkix_ocsp_nonce);
        Extension answered = basic.getExtension(OCSPObjectIdentifiers.id_pkix_ocsp_nonce);
        if (asked != null && (answered == null || !Arrays.equals(asked.getExtnValue().getOctets(), answered.getExtnValue().getOctets()))) return "nonce";
        CertificateID id = id(leaf, issuer);
        for (SingleResp single : basic.getResponses()) {
            if (!single.getCertID().equals(id)) continue;
            long now = System.currentTimeMillis();
            if (single.getThisUpdate().getTime() > now + 60_000 || single.getNextUpdate().getTime() < now) return "not fresh";
            CertificateStatus status = single.getCertStatus();
            return status == CertificateStatus.GOOD ? "good" : status instanceof RevokedStatus ? "revoked" : "unknown";
        }
        return "no answer about the leaf";
    }

    private static String crl(String[] args) throws Exception {
        CertificateFactory factory = CertificateFactory.getInstance("X.509", "BC");
        X509CRL list = (X509CRL) factory.generateCRL(new ByteArrayInputStream(read(args[1])));
        List<X509Certificate> path = new ArrayList<>();
        for (String name : List.of(args[2], args[3])) path.add((X509Certificate) factory.generateCertificate(new ByteArrayInputStream(read(name))));
        X509Certificate root = (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(read(args[4])));
        // The list is the issuing authority's about its leaves; nobody publishes one about the issuing authority, so the path begins there.
        path.get(1).verify(root.getPublicKey(), "BC");
        CertPath leafOnly = factory.generateCertPath(List.of(path.get(0)));
        PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(path.get(1), null)));
        parameters.setRevocationEnabled(true);
        parameters.addCertStore(CertStore.getInstance("Collection", new CollectionCertStoreParameters(List.of(list)), "BC"));
        try {
            CertPathValidator.getInstance("PKIX", "BC").validate(leafOnly, parameters);
            return "good";
        } catch (CertPathValidatorException refused) {
            return String.valueOf(refused.getMessage()).contains("revo") && list.isRevoked(path.get(0)) ? "revoked" : refused.toString();
        }
    }

    private static CertificateID id(X509CertificateHolder leaf, X509CertificateHolder issuer) throws Exception {
        BigInteger serial = leaf.getSerialNumber();
        return new CertificateID(new JcaDigestCalculatorProviderBuilder().setProvider("BC").build().get(CertificateID.HASH_SHA1), issuer, serial);
    }

    private static X509CertificateHolder holder(String file) throws Exception {
        return new X509CertificateHolder(read(file));
    }

    private static byte[] read(String file) throws Exception {
        return Files.readAllBytes(new File(file).toPath());
    }
}
