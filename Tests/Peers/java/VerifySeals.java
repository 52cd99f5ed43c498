import java.io.File;
import java.io.FileInputStream;
import java.io.InputStream;
import java.security.Security;
import java.security.cert.CertStore;
import java.security.cert.CertPathBuilder;
import java.security.cert.CertificateFactory;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.interactive.digitalsignature.PDSignature;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cms.CMSProcessableByteArray;
import org.bouncycastle.cms.CMSSignedData;
import org.bouncycastle.cms.SignerInformation;
import org.bouncycastle.cms.jcajce.JcaSimpleSignerInfoVerifierBuilder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;

/**
 * PDFBox finds the signatures of a PDF, BouncyCastle-Java verifies them.
 * Arguments: the PDF, then trusted roots (PEM). One line a signature, separated by tabs:
 * subfilter, name, covers the whole file, signature good, chain good (or "-" without roots), subject, error.
 */
public final class VerifySeals {
    public static void main(String[] args) throws Exception {
        Security.addProvider(new BouncyCastleProvider());
        Set<TrustAnchor> roots = new HashSet<>();
        CertificateFactory factory = CertificateFactory.getInstance("X.509", "BC");
        for (int i = 1; i < args.length; i++) {
            try (InputStream in = new FileInputStream(args[i])) {
                roots.add(new TrustAnchor((X509Certificate) factory.generateCertificate(in), null));
            }
        }
        File file = new File(args[0]);
        try (PDDocument document = PDDocument.load(file)) {
            System.out.println("pages\t" + document.getNumberOfPages());
            for (PDSignature signature : document.getSignatureDictionaries()) {
                System.out.println("seal\t" + describe(file, signature, roots));
            }
        }
    }

    private static String describe(File file, PDSignature signature, Set<TrustAnchor> roots) {
        boolean whole = false, good = false;
        String chain = "-", subject = "", error = "";
        try {
            int[] range = signature.getByteRange();
            whole = (long) range[2] + range[3] == file.length();
            byte[] signed, contents;
            try (InputStream in = new FileInputStream(file)) {
                signed = signature.getSignedContent(in);
            }
            try (InputStream in = new FileInputStream(file)) {
                contents = signature.getContents(in);
            }
            CMSSignedData cms = new CMSSignedData(new CMSProcessableByteArray(signed), contents);
            SignerInformation signer = cms.getSignerInfos().getSigners().iterator().next();
            @SuppressWarnings("unchecked")
            X509CertificateHolder holder = (X509CertificateHolder) cms.getCertificates().getMatches(signer.getSID()).iterator().next();
            subject = holder.getSubject().toString();
            good = signer.verify(new JcaSimpleSignerInfoVerifierBuilder().setProvider("BC").build(holder));
            if (!roots.isEmpty()) {
                List<X509Certificate> all = new ArrayList<>();
                for (Object any : cms.getCertificates().getMatches(null)) {
                    all.add(new JcaX509CertificateConverter().setProvider("BC").getCertificate((X509CertificateHolder) any));
                }
                X509CertSelector target = new X509CertSelector();
                target.setCertificate(new JcaX509CertificateConverter().setProvider("BC").getCertificate(holder));
                PKIXBuilderParameters parameters = new PKIXBuilderParameters(roots, target);
                parameters.setRevocationEnabled(false);
                parameters.addCertStore(CertStore.getInstance("Collection", new CollectionCertStoreParameters(all), "BC"));
                CertPathBuilder.getInstance("PKIX", "BC").build(parameters);
                chain = "true";
            }
        } catch (Exception e) {
            error = e.toString().replaceAll("\\s+", " ");
            if (good && !roots.isEmpty()) chain = "false";
        }
        return String.join("\t", String.valueOf(signature.getSubFilter()), String.valueOf(signature.getName()),
            String.valueOf(whole), String.valueOf(good), chain, subject, error);
    }
}
