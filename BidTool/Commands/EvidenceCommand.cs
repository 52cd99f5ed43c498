using System.Text.Json;
using Bzt.BidTool.Terminal;
using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Protocol.Evidence;
using static Bzt.BidTool.Terminal.Words;

namespace Bzt.BidTool.Commands;

/// <summary>Verifies evidence offline: a whole chain as its user or the enterprise's administrator fetched it, or a platform's receipt of one session, or the record of one file's opening.</summary>
internal sealed class EvidenceCommand(UserInterface ui)
{
    private const int MaxOctets = 64 * 1024 * 1024;

    /// <param name="file">As fetched, JSON.</param>
    /// <param name="key">The evidence key the verifier knows from elsewhere: hexadecimal, or a trust.json saved earlier.</param>
    /// <param name="checkpoints">Published checkpoints the verifier kept, with or without leaves: the chain has to be in one of them, and to have every record that a kept leaf is of. Null: it has only to be in the one it names.</param>
    /// <param name="stop">Interrupts.</param>
    public async Task VerifyAsync(string file, string key, string? checkpoints, CancellationToken stop)
    {
        var trusted = await ReadKeyAsync(key, stop);
        var json = await ReadAsync(file, stop);
        if (OpeningEvidence.TryRead(json) is { } record)
        {
            OpeningEvidence.Verify(ui, record, trusted);
            return;
        }

        var (certificate, fault, entries, export) = Verify(json, trusted);
        if (fault != EvidenceFault.None)
        {
            throw new ToolException("evidence_invalid", InWords(fault));
        }

        var checkpoint = export?.Checkpoint;
        var compared = checkpoints is null ? null : await CompareAsync(export, new KeptFolder(checkpoints), trusted, stop);
        ui.Done(Say("存证有效", "The evidence is good"), new Dictionary<string, object?>
        {
            ["certificate"] = certificate.ToString("D"),
            ["entries"] = entries.Count,
            ["first"] = entries.Count > 0 ? entries[0].At : null,
            ["last"] = entries.Count > 0 ? entries[^1].At : null,
            ["signed"] = entries.Count(entry => entry.Kind == EvidenceKind.Signed),
            ["decrypted"] = entries.Count(entry => entry.Kind == EvidenceKind.Decrypted),
            ["wrongPins"] = entries.Count(entry => entry.Kind == EvidenceKind.WrongPin),
            ["checkpoint"] = checkpoint?.Checkpoint.Number,
            ["checkpointed"] = checkpoint?.Sequence,
            ["leaves"] = compared?.Found,
            ["firstLeaf"] = compared?.First?.At,
            ["behindRestore"] = compared?.Restore?.Number,
        });
    }

    private async Task<KeptComparison> CompareAsync(EvidenceExport? export, KeptFolder folder, byte[] key, CancellationToken stop)
    {
        var kept = await folder.ReadAsync(key, stop);
        if (export?.Checkpoint is not { } proof || !kept.Contain(proof.Checkpoint))
        {
            throw new ToolException("checkpoint_missing", Say("存证不在所给的检查点之中：请保存更新的检查点，或重新下载存证", "The evidence is in none of the checkpoints given: keep newer ones, or fetch the evidence again"));
        }

        var compared = EvidenceKept.Compare(export, kept, folder.Leaves(kept));
        var (number, at, length) = (compared.Checkpoint?.Number, compared.Checkpoint?.At, export.Entries.Count);
        foreach (var restore in kept.Restores())
        {
            ui.Said(Say(
                $"存储曾从备份恢复并已声明（第 {restore.Number} 号检查点，{restore.At:u}），由第 {restore.Continues} 号检查点接续；其后至第 {restore.LastLost} 号检查点仅保存者持有，签名仍有效",
                $"The store was restored, declared (checkpoint {restore.Number}, {restore.At:u}), and went on from checkpoint {restore.Continues}; those after it as far as {restore.LastLost} are with who kept them, and remain signed"));
        }

        return compared.Fault switch
        {
            KeptFault.None => compared,
            KeptFault.Shorter => throw new ToolException("evidence_shorter", Say(
                $"存证只有 {length} 条记录，而第 {number} 号检查点（{at:u}）时已有 {compared.Sequence} 条：请重新下载，仍缺少则是记录被删去",
                $"The evidence has {length} records, and had {compared.Sequence} in checkpoint {number} ({at:u}): fetch it again; if it is still shorter, records were taken out")),
            KeptFault.Differs => throw new ToolException("evidence_forked", Say(
                $"存证的第 {compared.Sequence} 条记录与第 {number} 号检查点（{at:u}）时的不同：记录在公布之后被改写",
                $"Record {compared.Sequence} is another one than in checkpoint {number} ({at:u}): it was rewritten after that was published")),
            _ => throw KeptFolder.Invalid(number ?? 0),
        };
    }

    /// <summary>A receipt has an entry, a chain has entries: nothing else is evidence.</summary>
    private static (Guid Certificate, EvidenceFault Fault, IReadOnlyList<EvidenceExportEntry> Entries, EvidenceExport? Export) Verify(byte[] json, byte[] key)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            if (document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("entry", out _)
                && document.RootElement.Deserialize(BztJson.Default.EvidenceReceipt) is { Entry.Facts: not null, Entry.Digests: not null, Head.Hash: not null, Head.Signature: not null } receipt)
            {
                return (receipt.CertificateId, receipt.Verify(key), [receipt.Entry], null);
            }

            if (document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.Deserialize(BztJson.Default.EvidenceExport) is { Entries: not null, Head.Hash: not null, Head.Signature: not null } export
                && export.Entries.All(entry => entry is { Facts: not null, Digests: not null, Previous: not null, Holder: not null })
                && export.Checkpoint is null or { Checkpoint: { Root: not null, Previous: not null, Signature: not null }, Path: not null })
            {
                return (export.CertificateId, export.Verify(key), export.Entries, export);
            }
        }
        catch (Exception exception) when (exception is JsonException or FormatException)
        {
            // Falls through.
        }

        throw new ToolException("evidence_malformed", Say("这不是存证文件", "This is no evidence file"));
    }

    /// <summary>65 octets, of hexadecimal digits or a saved trust.json.</summary>
    public static async Task<byte[]> ReadKeyAsync(string key, CancellationToken stop)
    {
        if (key.Length == 130 && key.All(char.IsAsciiHexDigit))
        {
            return Convert.FromHexString(key);
        }

        try
        {
            return JsonSerializer.Deserialize(await ReadAsync(key, stop), BztJson.Default.ChannelTrust) is { EvidenceKey.Length: 65 } trust
                ? trust.EvidenceKey
                : throw new ToolException("key_malformed", Say("--key 须为存证公钥（130位十六进制）或保存的 trust.json", "--key takes the evidence key (130 hexadecimal digits) or a saved trust.json"));
        }
        catch (JsonException)
        {
            throw new ToolException("key_malformed", Say("--key 须为存证公钥（130位十六进制）或保存的 trust.json", "--key takes the evidence key (130 hexadecimal digits) or a saved trust.json"));
        }
    }

    private static async Task<byte[]> ReadAsync(string file, CancellationToken stop) => new FileInfo(file) is { Exists: true, Length: > MaxOctets }
        ? throw new ToolException("evidence_malformed", Say("文件过大，不是存证文件", "Too large for evidence"))
        : await File.ReadAllBytesAsync(file, stop);

    private static string InWords(EvidenceFault fault) => fault switch
    {
        EvidenceFault.ForeignEntry => Say("存证中混有其他证书的记录", "It holds records of other certificates"),
        EvidenceFault.Gap => Say("存证记录有缺失、重复或顺序错误", "Records are missing, double or out of order"),
        EvidenceFault.BrokenLink => Say("存证记录被改动过", "A record was changed"),
        EvidenceFault.HeadMismatch => Say("存证记录与签名的链尾不一致，记录有缺失或被改动", "The records do not end where the signed head says: some are missing or changed"),
        EvidenceFault.CheckpointMismatch => Say("存证记录与其检查点不一致，记录在检查点公布之后被改动过，或检查点是伪造的", "The records are not those of their checkpoint: changed after it was published, or it is forged"),
        EvidenceFault.BadSignature => Say("签名不是由所给的存证公钥作出的", "The signature is not by the key given"),
        _ => Say("存证无法验证", "The evidence cannot be verified"),
    };
}
