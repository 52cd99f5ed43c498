using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Protocol.Evidence;
using static Bzt.BidTool.Terminal.Words;

namespace Bzt.BidTool.Commands;

/// <summary>What somebody keeps of the published checkpoints: a file of the checkpoints alone, or a folder with <c>checkpoints.json</c> and <c>leaves/NUMBER.json</c>.</summary>
internal sealed class KeptFolder(string path)
{
    private const long MaxOctets = 256 * 1024 * 1024;

    private bool IsFolder => Directory.Exists(path);

    private string CheckpointsFile => IsFolder ? Path.Combine(path, "checkpoints.json") : path;

    public static EvidenceCheckpoints Nothing => new([], 0);

    /// <exception cref="ToolException">They are no checkpoints, or not a chain signed by the key.</exception>
    public async Task<EvidenceCheckpoints> ReadAsync(byte[] key, CancellationToken stop)
    {
        var kept = Parse(await ReadOctetsAsync(CheckpointsFile, stop), BztJson.Default.EvidenceCheckpoints, IsWhole)
            ?? throw new ToolException("checkpoints_malformed", Say(
                "--checkpoints 须为 evidence keep 的文件夹，或保存的 /evidence/checkpoints", "--checkpoints takes a folder of evidence keep, or what was saved of /evidence/checkpoints"));
        return kept.Verify(key) ? kept
            : throw new ToolException("checkpoints_invalid", Say("检查点不连续，或不是由所给的存证公钥签名的", "The checkpoints are not a chain, or not signed by the key given"));
    }

    /// <summary>Made where it is missing; nothing is in it then.</summary>
    public async Task<EvidenceCheckpoints> OpenAsync(byte[] key, CancellationToken stop)
    {
        Directory.CreateDirectory(Path.Combine(path, "leaves"));
        return File.Exists(CheckpointsFile) ? await ReadAsync(key, stop) : Nothing;
    }

    public bool HasLeaves(long number) => File.Exists(LeavesFile(number));

    /// <summary>Those that were kept, in the order of the checkpoints, each read when it is asked for.</summary>
    public IEnumerable<EvidenceLeaves> Leaves(EvidenceCheckpoints checkpoints) => !IsFolder ? [] : checkpoints.Checkpoints
        .Where(checkpoint => HasLeaves(checkpoint.Number))
        .Select(checkpoint => ParseLeaves(File.ReadAllBytes(LeavesFile(checkpoint.Number))) ?? throw Invalid(checkpoint.Number));

    public Task WriteAsync(EvidenceCheckpoints checkpoints, CancellationToken stop) =>
        WriteAsync(CheckpointsFile, JsonSerializer.SerializeToUtf8Bytes(checkpoints, BztJson.Default.EvidenceCheckpoints), stop);

    public Task WriteAsync(EvidenceLeaves leaves, CancellationToken stop) =>
        WriteAsync(LeavesFile(leaves.Number), JsonSerializer.SerializeToUtf8Bytes(leaves, BztJson.Default.EvidenceLeaves), stop);

    public static EvidenceCheckpoints? ParseCheckpoints(byte[] json) => Parse(json, BztJson.Default.EvidenceCheckpoints, IsWhole);

    public static EvidenceLeaves? ParseLeaves(byte[] json) => Parse(
        json, BztJson.Default.EvidenceLeaves, leaves => leaves.Leaves is { } list && list.All(leaf => leaf is { Leaf.Length: 32, Mark.Length: 0 or CheckpointMark.Length }));

    public static ToolException Invalid(long number) => new("leaves_invalid", Say(
        $"第 {number} 号检查点的叶子与其根不符，或已损坏", $"The leaves of checkpoint {number} are not those of its root, or damaged"));

    private string LeavesFile(long number) => Path.Combine(path, "leaves", string.Create(CultureInfo.InvariantCulture, $"{number}.json"));

    private static bool IsWhole(EvidenceCheckpoints kept) =>
        kept.Checkpoints is { } list && list.All(checkpoint => checkpoint is { Root: not null, Previous: not null, Signature: not null });

    private static T? Parse<T>(byte[] json, JsonTypeInfo<T> type, Func<T, bool> isWhole) where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(json, type) is { } read && isWhole(read) ? read : null;
        }
        catch (Exception exception) when (exception is JsonException or FormatException)
        {
            return null;
        }
    }

    private static async Task<byte[]> ReadOctetsAsync(string file, CancellationToken stop) => new FileInfo(file) is { Exists: true, Length: > MaxOctets }
        ? throw new ToolException("checkpoints_malformed", Say("文件过大，不是检查点文件", "Too large for checkpoints"))
        : await File.ReadAllBytesAsync(file, stop);

    /// <summary>Whole or not at all.</summary>
    private static async Task WriteAsync(string file, byte[] content, CancellationToken stop)
    {
        var partial = $"{file}.{Guid.NewGuid():N}.partial";
        try
        {
            await File.WriteAllBytesAsync(partial, content, stop);
            File.Move(partial, file, overwrite: true);
        }
        finally
        {
            File.Delete(partial);
        }
    }
}
