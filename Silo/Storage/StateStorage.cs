using System.Diagnostics;
using System.Text.Json;
using Bzt.Grains.Foundations;
using Orleans.Runtime;
using Orleans.Storage;

namespace Bzt.Silo.Storage;

/// <summary>The grains' storage: Orleans' AdoNet provider with names that are safe to store under.</summary>
/// <remarks>
/// The provider alone would (a) file a row under the state's name without the grain's type, so two grains with a state
/// called the same and keys alike would share a row; (b) read keys that look like hexadecimal as numbers, so that
/// <c>1a</c>, <c>1A</c> and <c>01A</c> are one row. Here the type column holds <c>grain-type/state-name</c> and the key column
/// <c>:key</c>, which no parser of numbers accepts. The outbox sweeper and rebuilds read grain ids back from these columns.
/// </remarks>
public sealed class StateStorage(IGrainStorage inner, IStorageFaults faults, StateArchive? archive = null) : IGrainStorage
{
    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        Guarded("read", async () =>
        {
            var (type, key) = (RowType(stateName, grainId), RowKey(grainId));
            await inner.ReadStateAsync(type, key, grainState);

            // What has rested for long lies elsewhere; brought back, it is read as if it had never gone.
            if (!grainState.RecordExists && archive is not null && StateArchive.Covers(type) && await archive.BringBackAsync(type, key.Key.ToString()!))
            {
                await inner.ReadStateAsync(type, key, grainState);
            }
        });

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        Write("state", stateName, grainId, grainState, static (storage, type, key, state) => storage.WriteStateAsync(type, key, state));

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        Write("clear", stateName, grainId, grainState, static (storage, type, key, state) => storage.ClearStateAsync(type, key, state));

    public static string RowType(string stateName, GrainId grainId) => $"{grainId.Type}/{stateName}";

    public static GrainId RowKey(GrainId grainId) => GrainId.Create(grainId.Type, ":" + grainId.Key);

    /// <summary>The grain a row belongs to.</summary>
    public static GrainId GrainOf(string rowType, string rowKey) =>
        GrainId.Create(rowType[..rowType.IndexOf('/', StringComparison.Ordinal)], rowKey[1..]);

    private Task Write<T>(
        string kind, string stateName, GrainId grainId, IGrainState<T> grainState,
        Func<IGrainStorage, string, GrainId, IGrainState<T>, Task> write) => Guarded(kind == "state" ? "write" : kind, async () =>
    {
        var type = RowType(stateName, grainId);
        var durable = new DurableWrite(kind, $"{type}/{grainId.Key}");
        await faults.BeforeAsync(durable);
        var etag = grainState.ETag;
        await write(inner, type, RowKey(grainId), grainState);
        try
        {
            await faults.AfterAsync(durable);
        }
        catch
        {
            // Whoever was never told of the success does not know the new etag either.
            grainState.ETag = etag;
            throw;
        }
    });

    private static async Task Guarded(string name, Func<Task> operation)
    {
        using var part = Telemetry.Part("storage " + name);
        var started = Stopwatch.GetTimestamp();
        var failed = true;
        try
        {
            await operation();
            failed = false;
        }
        catch (Exception exception) when (exception is not OrleansException and not OperationCanceledException)
        {
            // A driver's exception cannot cross to a caller that does not have the driver.
            throw exception is InvalidDataException or JsonException ? new StateUnreadableException(exception.Message) : new StorageFailedException(exception.Message);
        }
        finally
        {
            Telemetry.Stored(name, failed, Stopwatch.GetElapsedTime(started));
        }
    }
}
