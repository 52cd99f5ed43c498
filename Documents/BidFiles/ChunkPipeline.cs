using System.Security.Cryptography;

namespace Bzt.Documents.BidFiles;

/// <summary>A chunk on its way, in buffers that are used again.</summary>
internal sealed class Chunk(int size)
{
    public byte[] Input { get; } = new byte[size];
    public byte[] Output { get; } = new byte[size];
    public int InputLength { get; set; }
    public int OutputLength { get; set; }
}

/// <summary>
/// Reads chunks in order, transforms a few at a time on the pool, writes them in order. The ring of buffers bounds the memory;
/// buffers are cleared in the end, since one side of each is plaintext.
/// </summary>
internal static class ChunkPipeline
{
    public static async Task RunAsync(long count, int chunkSize, Func<long, Chunk, ValueTask> read, Action<long, Chunk> transform, Func<long, Chunk, ValueTask> write)
    {
        var depth = (int)Math.Min(count, Math.Clamp(Environment.ProcessorCount, 2, 4));
        var ring = new Chunk[depth];
        for (var i = 0; i < depth; i++) ring[i] = new Chunk(chunkSize + BidFileFormat.TagLength);
        var running = new Queue<(long Index, Task Work)>();
        try
        {
            for (long next = 0, done = 0; done < count; done++)
            {
                for (; next < count && next - done < depth; next++)
                {
                    var (index, chunk) = (next, ring[next % depth]);
                    await read(index, chunk);
                    running.Enqueue((index, Task.Run(() => transform(index, chunk))));
                }
                var (finished, work) = running.Dequeue();
                await work;
                await write(finished, ring[finished % depth]);
            }
        }
        finally
        {
            // After a failure the others still use their buffers.
            foreach (var (_, work) in running) await work.ContinueWith(static _ => { }, TaskScheduler.Default);
            foreach (var chunk in ring)
            {
                CryptographicOperations.ZeroMemory(chunk.Input);
                CryptographicOperations.ZeroMemory(chunk.Output);
            }
        }
    }
}
