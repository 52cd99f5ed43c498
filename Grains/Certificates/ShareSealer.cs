using System.Security.Cryptography;
using Bzt.Grains.Foundations;
using Bzt.Protocol.Secrets;

namespace Bzt.Grains.Certificates;

/// <summary>The key protector as the protocol's core asks for it. The core itself says what belongs where: certificate, epoch, kind.</summary>
/// <param name="protector">The ring.</param>
/// <param name="countedOnly">Opens nothing of releases that sealed no count.</param>
internal sealed class ShareSealer(IKeyProtector protector, bool countedOnly = false) : ISecretSealer
{
    /// <summary>What is sealed for it lies beside a sealed count: see <see cref="PinSeal"/>.</summary>
    private const string Purpose = "certificate/share/counted";

    /// <summary>Of releases whose counts were not sealed.</summary>
    private const string Uncounted = "certificate/share";

    public byte[] Seal(ReadOnlySpan<byte> secret, ReadOnlySpan<byte> associatedData) => protector.Protect(Purpose, associatedData, secret);

    public Bzt.Protocol.Secrets.SecretBytes Unseal(ReadOnlySpan<byte> sealedSecret, ReadOnlySpan<byte> associatedData)
    {
        using var opened = Open(sealedSecret, associatedData);
        return new Bzt.Protocol.Secrets.SecretBytes(opened.Span);
    }

    private Foundations.SecretBytes Open(ReadOnlySpan<byte> sealedSecret, ReadOnlySpan<byte> associatedData)
    {
        try
        {
            return protector.Unprotect(Purpose, associatedData, sealedSecret);
        }
        catch (CryptographicException) when (!countedOnly)
        {
            return protector.Unprotect(Uncounted, associatedData, sealedSecret);
        }
    }
}
