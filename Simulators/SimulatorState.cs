using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using Bzt.Simulators.Alipay;
using Bzt.Simulators.BankCards;
using Bzt.Simulators.Faces;
using Bzt.Simulators.CaVendors;
using Bzt.Simulators.Invoices;
using Bzt.Simulators.Licences;
using Bzt.Simulators.Remittances;
using Bzt.Simulators.Sms;
using Bzt.Simulators.WeChat;
using Bzt.Simulators.WeChatPay;
using Bzt.Simulators.WebPush;

namespace Bzt.Simulators;

/// <summary>Everything the simulated world remembers.</summary>
sealed class World
{
    public List<SmsMessage> Messages { get; init; } = [];
    public Dictionary<string, Trade> Trades { get; init; } = [];
    public Dictionary<string, BankCardCheck> BankCardChecks { get; init; } = [];
    public Dictionary<string, Certification> Certifications { get; init; } = [];
    public Dictionary<string, FaceCheck> FaceChecks { get; init; } = [];
    public Dictionary<Guid, RemittanceAccount> RemittanceAccounts { get; init; } = [];
    public Dictionary<string, WeChatTrade> WeChatTrades { get; init; } = [];
    public Dictionary<string, WeChatRefund> WeChatRefunds { get; init; } = [];
    public Dictionary<Guid, Invoice> Invoices { get; init; } = [];
    public Dictionary<Guid, RedLetter> RedLetters { get; init; } = [];
    public Dictionary<string, LicenceRead> LicenceReads { get; init; } = [];
    public List<LicenceText> NextLicences { get; init; } = [];
    public Dictionary<string, PushSimulator.Subscription> PushSubscriptions { get; init; } = [];
    public List<WeChatUser> WeChatUsers { get; init; } = [];
    public List<WeChatCode> WeChatCodes { get; init; } = [];
    public List<WeChatToken> WeChatTokens { get; init; } = [];
    public Dictionary<string, VendorApplication> CaApplications { get; init; } = [];
    public List<VendorKey> CaKeys { get; init; } = [];
    public Dictionary<string, DateTimeOffset> CaRevoked { get; init; } = [];
    public VendorQuirks CaQuirks { get; set; } = new();
}

/// <summary>
/// One world behind one lock. With a folder it is written there within a second of a change and at the end; a simulator that is killed
/// may forget the last second.
/// </summary>
sealed class SimulatorState : IDisposable
{
    static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.Create(UnicodeRanges.All) };
    static readonly TimeSpan SaveInterval = TimeSpan.FromSeconds(1);

    readonly Lock gate = new();
    readonly Lock saving = new();
    readonly string? path;
    readonly World world;
    readonly Timer? timer;
    readonly HashSet<string> nonces = [];
    readonly Queue<(string Nonce, DateTimeOffset Seen)> nonceOrder = [];
    bool changed;

    public SimulatorState(string? folder)
    {
        path = folder is null ? null : Path.Combine(folder, "state.json");
        world = path is not null && File.Exists(path)
            ? JsonSerializer.Deserialize<World>(File.ReadAllText(path), Json) ?? new World()
            : new World();
        timer = path is null ? null : new Timer(_ => Save(), null, SaveInterval, SaveInterval);
    }

    public T Read<T>(Func<World, T> read)
    {
        lock (gate)
        {
            return read(world);
        }
    }

    public T Change<T>(Func<World, T> change)
    {
        lock (gate)
        {
            changed = true;
            return change(world);
        }
    }

    /// <summary>False when this nonce was seen before. Nonces are forgotten when the timestamp they came with would be refused anyhow.</summary>
    public bool TryUseNonce(string nonce, DateTimeOffset now, TimeSpan window)
    {
        lock (gate)
        {
            while (nonceOrder.TryPeek(out var oldest) && oldest.Seen + (2 * window) < now)
            {
                nonces.Remove(nonceOrder.Dequeue().Nonce);
            }

            if (!nonces.Add(nonce))
            {
                return false;
            }

            nonceOrder.Enqueue((nonce, now));
            return true;
        }
    }

    public void Dispose()
    {
        timer?.Dispose();
        Save();
    }

    void Save()
    {
        if (path is null)
        {
            return;
        }

        // Saves one after another, so that the last one written is the newest.
        lock (saving)
        {
            string json;
            lock (gate)
            {
                if (!changed)
                {
                    return;
                }

                json = JsonSerializer.Serialize(world, Json);
                changed = false;
            }

            PrivateFile.Write(path, json);
        }
    }
}
