using Bzt.Protocol;
using Bzt.Protocol.Arithmetic;
using Bzt.Protocol.Channel;
using Bzt.Protocol.Forms;
using Bzt.Protocol.Phone;
using Bzt.Protocol.Primitives;
using Bzt.Protocol.Rounds;
using Bzt.Protocol.Secrets;
using Bzt.Protocol.Wire;
using Xunit;

namespace Bzt.Tests.Protocol;

/// <summary>How the library is used, from both sides: read this before its internals.</summary>
public class WholeJourneyTests
{
    private static readonly SystemRandom Random = SystemRandom.Instance;

    [Fact]
    public async Task A_key_is_generated_requested_signs_receives_its_encryption_key_and_decrypts()
    {
        using var device = new P256DeviceKey();
        using var cluster = new ClusterKeyRing(SecretScalar.Random(Random));
        using var grain = new CertificateGrainInMiniature("cert-1", new DeviceIdentity("device-1", device.PublicKey), cluster);

        // The phone: a store, a link through the sealed channel, the key.
        var link = new SealedPhoneLink(
            "cert-1", "device-1", cluster.PublicKeys[0], device.SignAsync, bytes => ValueTask.FromResult(grain.Exchange(bytes)), Random);
        var phone = new PhoneKey("cert-1", "device-1", new MemoryPhoneStore(), link, Random);

        // 1. Generate under a PIN. In the browser WebCrypto stretches it: new StretchedPin(stretch, bytes).
        using var pin = PinStretch.Create(Random, rounds: 10).Stretch("493817");
        Assert.IsType<KeygenConfirmed>(await phone.GenerateAsync(pin));
        var publicKey = (await phone.ReadAsync())!.PublicKey;

        // 2. The PKCS#10 request is the first collaborative signature.
        var csr = new CsrForm(publicKey, [new("2.5.4.6", "CN"), new("2.5.4.3", "宜昌测试有限公司")]);
        grain.Work["csr"] = new RoundWork.Signing([csr.ToDocument()]);
        using (var signing = (await phone.OpenSigningAsync("csr")).Round!)
        {
            Assert.Equal("宜昌测试有限公司", Assert.IsType<CsrForm>(signing.Forms[0]).Subject[1].Value);
            var signed = Assert.IsType<Signed>(await signing.ConfirmAsync(pin));
            Assert.True(new Org.BouncyCastle.Pkcs.Pkcs10CertificationRequest(csr.Assemble(signed.Signatures[0])).Verify());
        }

        // 3. The CA answers with the encryption key in an envelope.
        using var encryptionKey = SecretScalar.Random(Random);
        var envelope = Sm2EnvelopedKey.Build(publicKey, encryptionKey, Random);
        grain.Work["enc"] = new RoundWork.Envelope(new EnvelopeTask("enc-1", [], envelope));
        Assert.IsType<Acknowledged>(await phone.ReceiveEncryptionKeyAsync(
            "enc", pin, _ => Sm2Group.MultiplyBase(encryptionKey.Value)));

        // 4. A PC wraps a key to it, and asks for its decryption; its one-time key is in the QR code.
        using var pcKey = SecretScalar.Random(Random);
        var wrapped = Sm2Ciphertext.Encrypt(Sm2Group.MultiplyBase(encryptionKey.Value), "sixteen byte key"u8, Random);
        var task = new DecryptionTask(
            Sm2Group.MultiplyBase(pcKey.Value), DecryptionRecipient.ThisPc, "宜昌公共资源电子交易平台", "某道路工程", DateTimeOffset.UnixEpoch,
            [new DecryptionItem("enc-1", wrapped.C1, "投标文件", 1024)]);
        grain.Work["dec"] = new RoundWork.Decryption(task);
        using (var decryption = (await phone.OpenDecryptionAsync("dec", task.Binding)).Round!)
        {
            Assert.Equal(task.CheckCode, decryption.Task.CheckCode);
            Assert.IsType<Proved>(await decryption.ConfirmAsync(pin));
        }

        var released = Assert.IsType<RoundEffect.DecryptionReleased>(grain.Effects[^1]);
        var shared = Decryption.Combine(pcKey, "dec", task, released.PhoneParts, released.SiloParts, Random);
        Assert.True(wrapped.TryOpen(shared![0], out var plaintext));
        Assert.Equal("sixteen byte key"u8, plaintext);

        // 5. A wrong PIN is counted, and which it was nobody can tell from the phone.
        grain.Work["late"] = new RoundWork.Signing([new HashOnlyForm(new byte[32], "x").ToDocument()]);
        using var wrong = pin.Stretch.Stretch("111111");
        using var late = (await phone.OpenSigningAsync("late")).Round!;
        Assert.Equal(9, Assert.IsType<WrongPin>(await late.ConfirmAsync(wrong)).TriesLeft);
        Assert.IsType<Signed>(await late.ConfirmAsync(pin));
    }
}

/// <summary>What a certificate's grain does with the library: identify, decide, write, reply.</summary>
internal sealed class CertificateGrainInMiniature(string keyId, DeviceIdentity device, ClusterKeyRing cluster) : IDisposable
{
    private readonly KeyShareServer server = new(keyId, device.DeviceId, new TestSealer(), SystemRandom.Instance);
    private readonly SiloChannels channels = new(keyId, cluster, P256DeviceKey.Verify, SystemRandom.Instance);
    private readonly OpenRounds rounds = new();
    private KeyShareState? state;

    public Dictionary<string, RoundWork> Work { get; } = [];

    public List<RoundEffect> Effects { get; } = [];

    public byte[] Exchange(byte[] message)
    {
        var now = DateTimeOffset.UnixEpoch;
        switch (channels.Receive(message, device, now))
        {
            case Received.Repeat repeat:
                return repeat.Reply;
            case Received.Request request:
                var work = KeyShareServer.WorkNeeded(request.Message) is { } id ? Work.GetValueOrDefault(id) : null;
                var decision = server.Decide(state, rounds, request.Message, work, now);
                state = decision.State; // One durable write, if it is another object; when it fails: answer nothing, deactivate.
                if (decision.Effect is not null)
                {
                    Effects.Add(decision.Effect); // Stored in the same write, carried out after it.
                }

                return request.Reply(decision.Answer);
            case Received.Rejected rejected:
                throw new PhoneLinkException(rejected.Fault.ToString());
            default:
                throw new InvalidOperationException();
        }
    }

    public void Dispose()
    {
        channels.Dispose();
        rounds.Dispose();
    }
}
