using System.Diagnostics;
using System.Security.Cryptography;
using Bzt.Protocol;
using Bzt.Protocol.Channel;
using Bzt.Protocol.Forms;
using Bzt.Protocol.Phone;
using Bzt.Protocol.Rounds;
using Bzt.Protocol.Secrets;
using Bzt.Protocol.Wire;
using Bzt.Contracts.Phone;

namespace Bzt.LoadTests.Flows;

/// <summary>
/// What the cryptography of one flow costs the server: the silo's channel and rounds, the very code of the certificate's grain, without grain,
/// network or store, and the signatures by which a phone's requests prove its key. Everything else a flow costs is "the rest".
/// </summary>
internal sealed class SiloCryptography : IDisposable
{
    /// <summary>Requests of a phone in one flow that carry a DPoP proof: scan, open, confirm.</summary>
    private const int DpopProofs = 3;

    private const string KeyId = "certificate";
    private const string DeviceId = "device";

    private readonly IRandomSource random = SystemRandom.Instance;
    private readonly ClusterKeyRing cluster = new(SecretScalar.Random(SystemRandom.Instance));
    private readonly P256DeviceKey device = new();
    private readonly OpenRounds rounds = new();
    private readonly P256DeviceVerifier verifier = new();

    /// <summary>The gateway knows the keys of logged-in devices, too.</summary>
    private readonly P256DeviceVerifier proofs = new();
    private readonly SiloChannels channels;
    private readonly KeyShareServer server;
    private readonly PhoneKey phone;
    private KeyShareState? state;
    private RoundWork? work;
    private TimeSpan silo;

    private SiloCryptography(INonceSource nonces)
    {
        channels = new SiloChannels(KeyId, cluster, verifier.Verify, random, nonces);
        server = new KeyShareServer(KeyId, DeviceId, new MemorySealer(), random, nonces);
        var link = new SealedPhoneLink(KeyId, DeviceId, cluster.PublicKeys[0], device.SignAsync, message => ValueTask.FromResult(Exchange(message)), random);
        phone = new PhoneKey(KeyId, DeviceId, new MemoryPhoneKeyStore(), link, random);
    }

    /// <param name="documents">Of each flow.</param>
    /// <param name="warm">Flows before any is timed.</param>
    /// <param name="timed">Flows that are timed.</param>
    /// <param name="nonces">What the silo takes its nonces from.</param>
    public static async Task<(TimeSpan Median, TimeSpan Least)> MeasureAsync(int documents, int warm, int timed, INonceSource nonces)
    {
        using var measured = new SiloCryptography(nonces);
        return await measured.RunAsync(documents, warm, timed);
    }

    public void Dispose()
    {
        rounds.Dispose();
        channels.Dispose();
        cluster.Dispose();
        device.Dispose();
        verifier.Dispose();
        proofs.Dispose();
    }

    private async Task<(TimeSpan Median, TimeSpan Least)> RunAsync(int documents, int warm, int timed)
    {
        using var pin = PinStretch.Create(random, rounds: 1).Stretch(SimulatedPhone.Pin);
        Require(await phone.GenerateAsync(pin) is KeygenConfirmed);
        var times = new List<double>();
        for (var i = 0; i < warm + timed; i++)
        {
            work = new RoundWork.Signing([.. Enumerable.Range(0, documents).Select(_ =>
                new CmsPdfForm("投标文件.pdf", random.Bytes(32), random.Bytes(32)).ToDocument())]);
            silo = TimeSpan.Zero;
            using var opened = (await phone.OpenSigningAsync($"request {i}")).Round;
            Require(opened is not null && await opened.ConfirmAsync(pin) is Signed);
            if (i >= warm)
            {
                times.Add((silo + DpopVerification()).TotalMicroseconds);
            }
        }

        times.Sort();
        return (TimeSpan.FromMicroseconds(times[times.Count / 2]), TimeSpan.FromMicroseconds(times[0]));
    }

    /// <summary>The silo's part of one message; only it is timed.</summary>
    private byte[] Exchange(byte[] message)
    {
        var start = Stopwatch.GetTimestamp();
        var now = DateTimeOffset.UnixEpoch;
        var received = (Received.Request)channels.Receive(message, new DeviceIdentity(DeviceId, device.PublicKey), now);
        var decision = server.HandleAsync(state, rounds, received.Message, KeyShareServer.WorkNeeded(received.Message) is null ? null : work, now).AsTask().Result;
        state = decision.State;
        var reply = received.Reply(decision.Answer);
        silo += Stopwatch.GetElapsedTime(start);
        return reply;
    }

    private TimeSpan DpopVerification()
    {
        var data = random.Bytes(400);
        var signature = device.SignAsync(data).AsTask().Result;
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < DpopProofs; i++)
        {
            Require(proofs.Verify(device.PublicKey, data, signature));
        }

        return Stopwatch.GetElapsedTime(start);
    }

    private static void Require(bool holds)
    {
        if (!holds)
        {
            throw new InvalidOperationException("The protocol did not go through.");
        }
    }

    /// <summary>As the key protector seals: AES-256-GCM, the key apart from what it seals.</summary>
    private sealed class MemorySealer : ISecretSealer
    {
        private readonly byte[] key = RandomNumberGenerator.GetBytes(32);

        public byte[] Seal(ReadOnlySpan<byte> secret, ReadOnlySpan<byte> associatedData)
        {
            using var aes = new AesGcm(key, 16);
            var result = new byte[12 + secret.Length + 16];
            RandomNumberGenerator.Fill(result.AsSpan(0, 12));
            aes.Encrypt(result.AsSpan(0, 12), secret, result.AsSpan(12, secret.Length), result.AsSpan(12 + secret.Length), associatedData);
            return result;
        }

        public SecretBytes Unseal(ReadOnlySpan<byte> sealedSecret, ReadOnlySpan<byte> associatedData)
        {
            using var aes = new AesGcm(key, 16);
            var secret = new SecretBytes(sealedSecret.Length - 28);
            aes.Decrypt(sealedSecret[..12], sealedSecret[12..^16], sealedSecret[^16..], secret.Span, associatedData);
            return secret;
        }
    }
}
