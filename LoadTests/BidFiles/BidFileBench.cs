using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Bzt.Documents.BidFiles;
using Bzt.Protocol;
using Bzt.Protocol.Arithmetic;
using Bzt.Protocol.Forms;
using Bzt.Protocol.Primitives;
using Bzt.Protocol.Secrets;

namespace Bzt.LoadTests.BidFiles;

/// <summary><c>bench bidfile</c>: a bid file of a gigabyte generated and opened: how long, in how much memory, and how that stands to the ciphers alone.</summary>
internal static class BidFileBench
{
    public const string Usage = "[--mib N] [--most-mib N] [--json FILE]: a bid file generated and opened; fails when the process ever holds more than --most-mib (200)";

    private const int Chunk = 1 << 20;
    private const int Measured = 24;

    public static async Task<int> Run(string[] args)
    {
        var (mib, most) = (Number(args, "--mib", 1024), Number(args, "--most-mib", 200));
        var folder = Directory.CreateTempSubdirectory("bzt-bidfile-").FullName;
        try
        {
            var source = Path.Combine(folder, "投标文件.pdf");
            await FillAsync(source, mib);
            var (cipher, hash) = (Throughput(SealOne()), Throughput(HashOne()));
            var report = await MeasureAsync(folder, source, mib);
            // Every octet is encrypted once and hashed once: by processor time, which neighbours stretch less than the clock, what is not the ciphers' is overhead.
            var ciphers = mib * ((1 / cipher) + (1 / hash));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{mib} MiB in two sections, {Environment.ProcessorCount} cores; one thread: SM4-GCM {cipher:F0} MiB/s, SM3 {hash:F0} MiB/s, together {ciphers:F1} s of a core"));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"generated {report.GeneratedSeconds:F1} s, {mib / report.GeneratedSeconds:F0} MiB/s; {report.GeneratedCpuSeconds:F1} s of a core, {ciphers / report.GeneratedCpuSeconds:P0} of it the ciphers' own"));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"opened    {report.OpenedSeconds:F1} s, {mib / report.OpenedSeconds:F0} MiB/s; {report.OpenedCpuSeconds:F1} s of a core, {ciphers / report.OpenedCpuSeconds:P0}"));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"peak memory {report.PeakMiB:F0} MiB of the whole process (bound {most})"));
            if (Command.Option(args, "--json") is { } file)
            {
                await File.WriteAllTextAsync(file, JsonSerializer.Serialize(report with { CipherMiBPerSecond = cipher, HashMiBPerSecond = hash }));
            }

            return report.PeakMiB <= most && report.IsSame ? 0 : 1;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    internal sealed record Report(int MiB, double GeneratedSeconds, double OpenedSeconds, double PeakMiB, bool IsSame)
    {
        public double CipherMiBPerSecond { get; init; }

        public double HashMiBPerSecond { get; init; }

        public double GeneratedCpuSeconds { get; init; }

        public double OpenedCpuSeconds { get; init; }
    }

    private static async Task<Report> MeasureAsync(string folder, string source, int mib)
    {
        using var bidder = new BenchCertificate(encryption: false);
        using var recipient = new BenchCertificate(encryption: true);
        var now = DateTimeOffset.UtcNow;
        var description = new BidFileDescription("bench", "P-1", "某道路工程", now, "宜昌测试建设有限公司", "91420500MA48000000", now);
        var summary = Path.Combine(folder, "报价.txt");
        await File.WriteAllTextAsync(summary, "投标报价：1000000.00");
        var bid = Path.Combine(folder, "bid.bztb");

        var (started, cpu) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
        await BidFileWriter.WriteAsync(
            bid, description, [new BidFileSection("唱标信息", [BidSectionFile.FromFile(summary)]), new BidFileSection("投标文件", [BidSectionFile.FromFile(source)])], [recipient.Der],
            (manifest, _) => Task.FromResult(new BidManifestSignature(bidder.Sign(manifest), [bidder.Der])));
        var (generated, generatedCpu) = (Stopwatch.GetElapsedTime(started), Environment.CpuUsage.TotalTime - cpu);

        (started, cpu) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
        await using (var reader = await BidFileReader.OpenAsync(bid))
        {
            var keys = reader.KeysFor(reader.Header.Recipients);
            Point[] points = [.. keys.Select(key => Sm2Ciphertext.TryParse(key.Ciphertext, out var ciphertext)
                ? Sm2Group.MultiplyBlinded(recipient.Key.Value, ciphertext!.C1, SystemRandom.Instance)
                : throw new InvalidDataException("A key of our own does not parse."))];
            var sections = await BidFileOpening.OpenAsync(reader, keys, points, name => Path.Combine(folder, "opened", name));
            if (sections.FirstOrDefault(section => section.Failure is not null) is { Failure: { } failure })
            {
                throw new InvalidDataException("A file of our own does not open.", failure);
            }
        }

        var (opened, openedCpu) = (Stopwatch.GetElapsedTime(started), Environment.CpuUsage.TotalTime - cpu);
        var peak = PeakMiB();
        return new Report(mib, generated.TotalSeconds, opened.TotalSeconds, peak, await SameAsync(source, Path.Combine(folder, "opened", "投标文件", Path.GetFileName(source))))
        {
            GeneratedCpuSeconds = generatedCpu.TotalSeconds,
            OpenedCpuSeconds = openedCpu.TotalSeconds,
        };
    }

    /// <summary>Random, as what compresses is no measure of a disk; written in pieces, as it does not fit the bound either.</summary>
    private static async Task FillAsync(string path, int mib)
    {
        await using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 0);
        var piece = new byte[Chunk];
        new Random(1).NextBytes(piece);
        for (var i = 0; i < mib; i++)
        {
            BitConverter.TryWriteBytes(piece, i);
            await file.WriteAsync(piece);
        }
    }

    private static async Task<bool> SameAsync(string one, string other)
    {
        await using var a = File.OpenRead(one);
        await using var b = File.OpenRead(other);
        var (first, second) = (await SHA256.HashDataAsync(a), await SHA256.HashDataAsync(b));
        return first.AsSpan().SequenceEqual(second);
    }

    private static Action SealOne()
    {
        var (key, nonce, chunk) = (SystemRandom.Instance.Bytes(Sm4Gcm.KeyLength), SystemRandom.Instance.Bytes(Sm4Gcm.NonceLength), SystemRandom.Instance.Bytes(Chunk));
        return () => Sm4Gcm.Seal(key, nonce, [], chunk);
    }

    private static Action HashOne()
    {
        var chunk = SystemRandom.Instance.Bytes(Chunk);
        return () => Sm3.Hash(chunk);
    }

    /// <summary>MiB a second of one thread, by the least of some: what others take of the machine is not the cipher's.</summary>
    private static double Throughput(Action one)
    {
        one();
        return 1 / Enumerable.Range(0, Measured).Min(_ =>
        {
            var started = Stopwatch.GetTimestamp();
            one();
            return Stopwatch.GetElapsedTime(started).TotalSeconds;
        });
    }

    /// <summary>The most memory the process ever held, as the kernel counts.</summary>
    private static double PeakMiB() => double.Parse(
        File.ReadLines("/proc/self/status").First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;

    private static int Number(string[] args, string name, int otherwise) =>
        Command.Option(args, name) is { } text ? int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture) : otherwise;
}
