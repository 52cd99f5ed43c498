using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using Bzt.Simulators.Alipay;
using Bzt.Simulators.BankCards;
using Bzt.Simulators.Sms;

namespace Bzt.Simulators;

/// <summary>Everything the simulated world remembers.</summary>
sealed class World
{
    public List<SmsMessage> Messages { get; init; } = [];
    public Dictionary<string, Trade> Trades { get; init; } = [];
    public Dictionary<string, BankCardCheck> BankCardChecks { get; init; } = [];
    public Dictionary<string, DateTimeOffset> Nonces { get; init; } = [];
}

/// <summary>One world behind one lock; written to a file after every change when there is a folder for it.</summary>
sealed class SimulatorState
{
    static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.Create(UnicodeRanges.All) };

    readonly Lock gate = new();
    readonly string? path;
    readonly World world;

    public SimulatorState(string? folder)
    {
        path = folder is null ? null : Path.Combine(folder, "state.json");
        world = path is not null && File.Exists(path)
            ? JsonSerializer.Deserialize<World>(File.ReadAllText(path), Json) ?? new World()
            : new World();
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
            var result = change(world);
            if (path is not null)
            {
                PrivateFile.Write(path, JsonSerializer.Serialize(world, Json));
            }

            return result;
        }
    }

    /// <summary>False when this nonce was seen before. Nonces are forgotten when their timestamp alone would be refused.</summary>
    public bool TryUseNonce(string nonce, DateTimeOffset now, TimeSpan window) => Change(world =>
    {
        foreach (var old in world.Nonces.Where(entry => entry.Value + (2 * window) < now).Select(entry => entry.Key).ToList())
        {
            world.Nonces.Remove(old);
        }

        return world.Nonces.TryAdd(nonce, now);
    });
}
