using Bzt.Contracts.Phone;

namespace Bzt.Grains.Seals;

/// <summary>Our seal maker (制章者 of GB/T 38540). As many as there are requests; nothing is kept, since a seal follows from what is kept elsewhere.</summary>
[Alias("bzt.ISealMaker")]
public interface ISealMakerGrain : IGrainWithIntegerKey
{
    /// <summary>
    /// The enterprise's own seal as an SESeal, DER, for its certificate. Made again it says the same. <see cref="RefusalCode.NotFound"/> while the enterprise
    /// has no such seal, or where no CA runs inside; <see cref="RefusalCode.CertificateUnusable"/> for a certificate that is not active.
    /// </summary>
    [Alias("make")]
    Task<Reply<byte[]>> Make(CertificateId certificate, SealKind kind);
}
