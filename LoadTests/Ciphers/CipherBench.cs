using System.Diagnostics;
using System.Text.Json;
using Bzt.Protocol;
using Bzt.Protocol.Channel;
using Bzt.Protocol.Primitives;

namespace Bzt.LoadTests.Ciphers;

/// <summary>
/// <c>bench cipher</c>: does the speed of SM3 and SM4-GCM limit anything? Once in the sizes of a flow's messages, once in the chunks of a bid
/// file, where one thread's throughput says how long a gigabyte takes; beside them the signatures a flow verifies.
/// </summary>
internal static class CipherBench
{
    private const int Slices = 300;

    /// <summary>A sealed message with a document in it, as phone and silo exchange two each way.</summary>
    private const int Message = 1024;

    /// <summary>The chunk of a bid file.</summary>
    private const int Chunk = 1 << 20;

    public static async Task<int> Run(string[] args)
    {
        var random = SystemRandom.Instance;
        var key = random.Bytes(Sm4Gcm.KeyLength);
        var nonce = random.Bytes(Sm4Gcm.NonceLength);
        var message = random.Bytes(Message);
        var chunk = random.Bytes(Chunk);
        using var device = new P256DeviceKey();
        var publicKey = device.PublicKey;
        var signature = await device.SignAsync(message);
        using var verifier = new P256DeviceVerifier();

        (string Name, int Bytes, Action Run)[] rows =
        [
            ("SM3, a message", Message, () => Sm3.Hash(message)),
            ("SM4-GCM, a message", Message, () => Sm4Gcm.Seal(key, nonce, [], message)),
            ("ECDSA P-256 verified", 0, () => P256DeviceKey.Verify(publicKey, message, signature)),
            ("  its key known before", 0, () => verifier.Verify(publicKey, message, signature)),
            ("SM3, a chunk", Chunk, () => Sm3.Hash(chunk)),
            ("SM4-GCM, a chunk", Chunk, () => Sm4Gcm.Seal(key, nonce, [], chunk)),
        ];
        var microseconds = rows.ToDictionary(row => row.Name, row => Least(row.Run), StringComparer.Ordinal);

        Console.WriteLine($"{"",-24}{"µs",12}{"MiB/s",10}{"s for 1 GiB, one thread",26}");
        foreach (var (name, bytes, _) in rows)
        {
            var throughput = bytes / microseconds[name] * 1e6 / (1 << 20);
            Console.WriteLine(bytes == 0 ? $"{name,-24}{microseconds[name],12:F1}" : $"{name,-24}{microseconds[name],12:F1}{throughput,10:F0}{1024 / throughput,26:F1}");
        }

        if (Command.Option(args, "--json") is { } file)
        {
            await File.WriteAllTextAsync(file, JsonSerializer.Serialize(microseconds));
        }

        return 0;
    }

    /// <summary>Microseconds of the quickest slice: neighbours only ever add to it.</summary>
    private static double Least(Action run)
    {
        var warm = Stopwatch.StartNew();
        while (warm.ElapsedMilliseconds < 1000)
        {
            run();
        }

        var turns = Math.Max(1, (int)(2000 / Time(run, 3)));
        var least = double.MaxValue;
        for (var slice = 0; slice < Slices && warm.Elapsed < TimeSpan.FromSeconds(8); slice++)
        {
            least = Math.Min(least, Time(run, turns));
        }

        return least;
    }

    private static double Time(Action run, int turns)
    {
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < turns; i++)
        {
            run();
        }

        return Stopwatch.GetElapsedTime(start).TotalMicroseconds / turns;
    }
}
