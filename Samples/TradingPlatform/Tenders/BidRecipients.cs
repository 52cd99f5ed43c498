using Bzt.Contracts.Platforms;
using Bzt.Documents.BidFiles;

namespace Bzt.Samples.TradingPlatform.Tenders;

/// <summary>Which of an enterprise's certificates a bid file is encrypted for. Several members may have bound one each: the file says whose it is, not the newest binding.</summary>
internal static class BidRecipients
{
    /// <summary>Null when no certificate that works here now, and whose holder may do that, opens every section.</summary>
    public static SignerCertificate? Of(BidFileReader reader, SignerInfo signer, SessionKind operation) =>
        signer.For(operation).FirstOrDefault(certificate => reader.KeysFor(certificate.EncryptionSerials).Count == reader.Header.Sections.Count);
}
