using Bzt.Grains.Foundations;
using Bzt.Protocol.Secrets;

namespace Bzt.Grains.Certificates;

/// <summary>The key protector as the protocol's core asks for it. The core itself says what belongs where: certificate, epoch, kind.</summary>
internal sealed class ShareSealer(IKeyProtector protector) : ISecretSealer
{
    private const string Purpose = "certificate/share";

    public byte[] Seal(ReadOnlySpan<byte> secret, ReadOnlySpan<byte> associatedData) => protector.Protect(Purpose, associatedData, secret);

    public Bzt.Protocol.Secrets.SecretBytes Unseal(ReadOnlySpan<byte> sealedSecret, ReadOnlySpan<byte> associatedData)
    {
        using var opened = protector.Unprotect(Purpose, associatedData, sealedSecret);
        return new Bzt.Protocol.Secrets.SecretBytes(opened.Span);
    }
}
