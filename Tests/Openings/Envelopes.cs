using System.Buffers.Text;
using System.Security.Cryptography;
using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;
using Bzt.Protocol;
using Bzt.Protocol.Arithmetic;
using Bzt.Protocol.Certificates;
using Bzt.Protocol.Primitives;
using Bzt.Protocol.Rounds;
using Bzt.Protocol.Secrets;
using Bzt.Tests.Certificates;

namespace Bzt.Tests.Openings;

/// <summary>Wrapped keys of the phone's certificate, and the server's one-time key to open what comes back.</summary>
internal sealed class Envelopes(Point recipient, string serial, string platform, ProjectInfo project)
{
    private SecretScalar serverKey = null!;
    private DecryptionRequest request = null!;
    private List<(byte[] Content, Sm2Ciphertext Wrapped)> wrapped = [];

    public string Fragment => Base64Url.EncodeToString(DecryptionTasks.Create(request, platform, project)!.Binding);

    public static async Task<Envelopes> OfAsync(CertifiedPhone phone, string platform, ProjectInfo project)
    {
        var info = await phone.Client.GetCertificateAsync(phone.Certificate);
        Assert.True(Sm2Certificate.TryParse(info.EncryptionCertificate, out var certificate));
        return new Envelopes(certificate.PublicKey, info.EncryptionSerial!, platform, project);
    }

    public DecryptionRequest Request(IReadOnlyList<string> files)
    {
        serverKey = SecretScalar.Random(SystemRandom.Instance);
        wrapped = [.. files.Select(_ => RandomNumberGenerator.GetBytes(16)).Select(content => (content, Sm2Ciphertext.Encrypt(recipient, content, SystemRandom.Instance)))];
        return request = new DecryptionRequest(
            Sm2Group.MultiplyBase(serverKey.Value).Encode(), DecryptionRecipient.PlatformServer, serial, [.. files.Select((file, i) => new WrappedKey(file, wrapped[i].Wrapped.ToDer()))]);
    }

    /// <summary>Every envelope gives what was put into it.</summary>
    public void Open(Guid session, DecryptionResult parts)
    {
        var points = Decryption.Combine(serverKey, session.ToString("D"), DecryptionTasks.Create(request, platform, project)!, parts.PhoneParts, parts.SiloParts, SystemRandom.Instance);
        Assert.NotNull(points);
        for (var i = 0; i < wrapped.Count; i++)
        {
            Assert.True(wrapped[i].Wrapped.TryOpen(points[i], out var content));
            Assert.Equal(wrapped[i].Content, content);
        }
    }

    /// <summary>The code of this second, however long the scan before it took.</summary>
    public async Task<ScannedSession> ScanAsync(CertifiedPhone phone, OpenedSession session)
    {
        var trying = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                return await phone.Client.ScanAsync(session.Link(Fragment));
            }
            catch (ApiRefusedException refused) when (refused.Code == ErrorCodes.QrStale && TimeProvider.System.GetElapsedTime(trying) < TimeSpan.FromSeconds(60))
            {
                // The next code.
            }
        }
    }
}
