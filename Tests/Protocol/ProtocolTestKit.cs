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

/// <summary>A sealer whose key lives as long as the test.</summary>
internal sealed class TestSealer : ISecretSealer
{
    private readonly byte[] key = SystemRandom.Instance.Bytes(Sm4Gcm.KeyLength);

    public byte[] Seal(ReadOnlySpan<byte> secret, ReadOnlySpan<byte> associatedData)
    {
        var nonce = SystemRandom.Instance.Bytes(Sm4Gcm.NonceLength);
        return [.. nonce, .. Sm4Gcm.Seal(key, nonce, associatedData, secret)];
    }

    public SecretBytes Unseal(ReadOnlySpan<byte> sealedSecret, ReadOnlySpan<byte> associatedData) =>
        Sm4Gcm.TryOpen(key, sealedSecret[..12], associatedData, sealedSecret[12..], out var secret)
            ? new(secret)
            : throw new System.Security.Cryptography.CryptographicException("Sealed for something else.");
}

/// <summary>Records in memory, as bytes, as a phone would keep them.</summary>
internal sealed class MemoryPhoneStore : IPhoneKeyStore
{
    private readonly Dictionary<string, byte[]> records = [];
    private readonly Lock gate = new();

    /// <summary>Every state that ever rested in the store.</summary>
    public List<byte[]> History { get; } = [];

    public byte[]? Bytes(string keyId) => records.GetValueOrDefault(keyId);

    public void Restore(string keyId, byte[] bytes) => records[keyId] = bytes;

    public ValueTask<T> UpdateAsync<T>(string keyId, Func<PhoneKeyRecord?, (PhoneKeyRecord? Record, T Result)> change)
    {
        lock (gate)
        {
            PhoneKeyRecord? record = null;
            if (records.TryGetValue(keyId, out var bytes))
            {
                Assert.True(PhoneKeyRecord.TryParse(bytes, out record));
            }

            var (next, result) = change(record);
            if (!ReferenceEquals(next, record))
            {
                records[keyId] = next!.Encode();
                History.Add(records[keyId]);
            }

            return ValueTask.FromResult(result);
        }
    }

    public ValueTask<bool> FollowAsync(Point root, ClusterKeyList list) => throw new NotSupportedException("These phones are given their cluster's key.");

    public ValueTask<T> UpdateSealingAsync<T>(string keyId, Func<byte[]?, (byte[]? Octets, T Result)> change) => throw new NotSupportedException("The bounds are the client's.");
}

/// <summary>
/// A certificate grain in miniature: durable state, volatile rounds, one write before each answer. Messages cross as
/// bytes. Faults are injected by the hooks.
/// </summary>
internal sealed class TestSilo(string keyId, string deviceId, INonceSource? nonces = null) : IPhoneLink
{
    private readonly KeyShareServer server = new(keyId, deviceId, new TestSealer(), SystemRandom.Instance, nonces);

    public OpenRounds Rounds { get; private set; } = new();

    public KeyShareState? State { get; set; }

    public Dictionary<string, RoundWork> Work { get; } = [];

    public List<RoundEffect> Effects { get; } = [];

    public DateTimeOffset Now { get; set; } = DateTimeOffset.UnixEpoch.AddYears(56);

    public int Writes { get; private set; }

    /// <summary>Sees every message before the silo does; may throw <see cref="PhoneLinkException"/> to lose it.</summary>
    public Action<PhoneRequest> OnRequest { get; set; } = _ => { };

    /// <summary>Sees every answer before the phone does; may throw to lose it, or replace it.</summary>
    public Func<PhoneRequest, SiloAnswer, SiloAnswer> OnAnswer { get; set; } = (_, answer) => answer;

    public void Restart()
    {
        Rounds.Dispose();
        Rounds = new();
    }

    public SiloAnswer Handle(PhoneRequest request)
    {
        var work = KeyShareServer.WorkNeeded(request) is { } id ? Work.GetValueOrDefault(id) : null;
        var decision = server.Decide(State, Rounds, request, work, Now);
        if (!ReferenceEquals(decision.State, State))
        {
            State = decision.State;
            Writes++;
        }

        if (decision.Effect is not null)
        {
            Effects.Add(decision.Effect);
        }

        return decision.Answer;
    }

    public SessionOffer? Offer(string sessionId, string requestId, params SigningDocument[] documents) =>
        server.Offer(State!, Rounds, sessionId, requestId, documents, Now);

    public ValueTask<IPhoneConversation> BeginAsync(string requestId) => ValueTask.FromResult<IPhoneConversation>(new Conversation(this));

    private sealed class Conversation(TestSilo silo) : IPhoneConversation
    {
        public ValueTask<SiloAnswer> SendAsync(PhoneRequest request)
        {
            Assert.True(PhoneRequest.TryParse(request.Encode(), out var received));
            silo.OnRequest(received!);
            Assert.True(SiloAnswer.TryParse(silo.Handle(received!).Encode(), out var answer));
            return ValueTask.FromResult(silo.OnAnswer(received!, answer!));
        }

        public void Dispose()
        {
        }
    }
}

/// <summary>A phone with a key, and its silo.</summary>
internal sealed class TestKey
{
    public const string KeyId = "cert-1";
    public const string DeviceId = "device-1";
    public const int Rounds = 10;

    public TestSilo Silo { get; } = new(KeyId, DeviceId);

    public MemoryPhoneStore Store { get; } = new();

    public PhoneKey Phone => new(KeyId, DeviceId, Store, Silo, SystemRandom.Instance);

    public static async Task<TestKey> CreateAsync(string pin = "493817")
    {
        var key = new TestKey();
        using var stretched = PinStretch.Create(SystemRandom.Instance, Rounds).Stretch(pin);
        Assert.IsType<KeygenConfirmed>(await key.Phone.GenerateAsync(stretched));
        return key;
    }

    public PhoneKeyRecord Record
    {
        get
        {
            Assert.True(PhoneKeyRecord.TryParse(Store.Bytes(KeyId), out var record));
            return record!;
        }
    }

    public StretchedPin Pin(string pin = "493817") => Record.Stretch.Stretch(pin);

    public void Ask(string requestId, params string[] labels) => Silo.Work[requestId] = new RoundWork.Signing(
        [.. labels.Select(label => new HashOnlyForm(Sm3.Hash(TaggedHash.Part(label)), label).ToDocument())]);

    public async Task<SiloAnswer> SignAsync(string requestId, string pin = "493817", int count = 1)
    {
        var opening = await Phone.OpenSigningAsync(requestId, count);
        if (opening.Round is not { } round)
        {
            return opening.Refusal!;
        }

        using (round)
        {
            using var stretched = Pin(pin);
            return await round.ConfirmAsync(stretched);
        }
    }
}

internal static class Deciding
{
    /// <summary>Everything runs on the spot, so it is decided on return.</summary>
    public static Decision Decide(
        this KeyShareServer server, KeyShareState? state, OpenRounds rounds, PhoneRequest request, RoundWork? work, DateTimeOffset now)
    {
        var deciding = server.HandleAsync(state, rounds, request, work, now).AsTask();
        Assert.True(deciding.IsCompleted);
        return deciding.GetAwaiter().GetResult();
    }
}
