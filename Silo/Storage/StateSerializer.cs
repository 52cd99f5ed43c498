using System.Buffers;
using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using Bzt.Grains.Foundations;
using Orleans.Storage;

namespace Bzt.Silo.Storage;

/// <summary>
/// The stored form of a grain's state: <c>'B'</c>, the state's version, a byte of flags, then JSON in UTF-8.
/// Bit 0 of the flags says that the outbox is not empty; an index of the store lies on it (see <see cref="OutboxSweeper"/>).
/// </summary>
public sealed class StateSerializer : IGrainStorageSerializer
{
    public const byte Magic = (byte)'B';
    public const byte OutboxFlag = 1;
    public const int HeaderLength = 3;

    private static readonly ConcurrentDictionary<Type, byte> Versions = new();
    private readonly FrozenDictionary<(Type State, byte From), IStateUpcaster> upcasters;

    public StateSerializer(IEnumerable<IStateUpcaster> upcasters) =>
        this.upcasters = upcasters.ToFrozenDictionary(upcaster => (upcaster.State, upcaster.From));

    public static byte VersionOf(Type state) =>
        Versions.GetOrAdd(state, static type => type.GetCustomAttribute<StateVersionAttribute>()?.Version ?? 1);

    public BinaryData Serialize<T>(T? input)
    {
        ArgumentNullException.ThrowIfNull(input);
        var buffer = new ArrayBufferWriter<byte>(1024);
        var header = buffer.GetSpan(HeaderLength);
        header[0] = Magic;
        header[1] = VersionOf(typeof(T));
        header[2] = input is IHasOutbox { Outbox.IsEmpty: false } ? OutboxFlag : (byte)0;
        buffer.Advance(HeaderLength);
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = StateJson.Options.Encoder }))
        {
            JsonSerializer.Serialize(json, input, StateJson.Options);
        }

        return new BinaryData(buffer.WrittenMemory);
    }

    public T? Deserialize<T>(BinaryData input)
    {
        ArgumentNullException.ThrowIfNull(input);
        var stored = input.ToMemory().Span;
        if (stored.Length <= HeaderLength || stored[0] != Magic)
        {
            throw new InvalidDataException($"A stored {typeof(T).Name} does not begin with our header.");
        }

        var version = stored[1];
        var json = stored[HeaderLength..];
        var current = VersionOf(typeof(T));
        if (version == current)
        {
            return JsonSerializer.Deserialize<T>(json, StateJson.Options);
        }

        if (version > current)
        {
            throw new InvalidDataException(
                $"A stored {typeof(T).Name} has version {version}; this release knows {current}. A newer release wrote it.");
        }

        var state = JsonNode.Parse(json)?.AsObject() ?? throw new InvalidDataException($"A stored {typeof(T).Name} is null.");
        for (; version < current; version++)
        {
            if (!upcasters.TryGetValue((typeof(T), version), out var upcaster))
            {
                throw new InvalidDataException($"Nothing upcasts {typeof(T).Name} from version {version}.");
            }

            state = upcaster.Upcast(state);
        }

        return state.Deserialize<T>(StateJson.Options);
    }
}
