using System.Net.Sockets;
using System.Security.Cryptography;
using Bzt.BidTool.Commands;
using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;
using Bzt.Documents.BidFiles;
using Bzt.Documents.Pdf;
using Bzt.Documents.TimeStamps;
using Bzt.Protocol.Forms;
using static Bzt.BidTool.Terminal.Words;

namespace Bzt.BidTool.Signing;

/// <summary>What is the same for every signature of one command.</summary>
/// <param name="DocumentName">As the signer is shown it.</param>
/// <param name="Form">How the signature is written.</param>
/// <param name="ElectronicSeal">For the form of GB/T 38540; else empty.</param>
/// <param name="TimeStamps">Null: none is wanted.</param>
internal sealed record SealWork(string DocumentName, SealSubFilter Form, byte[] ElectronicSeal, TimeStampClient? TimeStamps)
{
    /// <param name="stamp">Asks for a stamp.</param>
    public async Task<byte[]?> StampAsync(Func<TimeStampClient, Task<byte[]>> stamp)
    {
        try
        {
            return TimeStamps is null ? null : await stamp(TimeStamps);
        }
        catch (Exception failed) when (failed is HttpRequestException or SocketException or CryptographicException)
        {
            throw new ToolException("time_stamp_failed", Say(
                "时间戳服务不可用，未签章；请稍后重试，或用 --tsa 换一个时间戳服务", "The time-stamp authority is not available, nothing was sealed: try later, or another one with --tsa"));
        }
    }
}

/// <summary>The enterprise at this PC and what confirms for it: a phone by QR (扫码认证), or a CA lock in this PC. What is made is the same.</summary>
internal interface IBidder : IDisposable
{
    EnterpriseInfo Enterprise { get; }

    /// <summary>What its seals digest a document with.</summary>
    SealDigest Digest { get; }

    /// <summary>Bid files are encrypted to it.</summary>
    byte[] EncryptionCertificate { get; }

    /// <summary>A seal's picture and its width on paper.</summary>
    Task<(SealPicture Picture, double WidthMm)> FindSealAsync(SealKind kind, CancellationToken stop);

    /// <summary>The electronic seal of GB/T 38540.</summary>
    Task<byte[]> ElectronicSealAsync(SealKind kind, CancellationToken stop);

    /// <summary>The service's own time-stamp authority; null when no login leads there.</summary>
    Uri? TimeStamps { get; }

    /// <summary>Signs a document's digest.</summary>
    /// <returns>The seal as it lies in the PDF.</returns>
    Task<byte[]> SealAsync(SealWork work, byte[] digest, DateTimeOffset time, string purpose, CancellationToken stop);

    /// <summary>Signs the manifest of a bid file.</summary>
    Task<BidManifestSignature> SignAsync(BidManifestForm manifest, CancellationToken stop);
}
