using System.Buffers.Text;
using System.Security.Cryptography;
using Bzt.BidTool.Sessions;
using Bzt.BidTool.Terminal;
using Bzt.Contracts.Platforms;
using Bzt.Documents.BidFiles;
using Bzt.Protocol;
using Bzt.Protocol.Arithmetic;
using Bzt.Protocol.Primitives;
using Bzt.Protocol.Rounds;
using Bzt.Protocol.Secrets;

namespace Bzt.BidTool.Commands;

/// <summary>
/// Opens a bid file: one confirmation for all its sections. The keys come together on this PC only, under a one-time key whose
/// fingerprint is in the QR; neither server nor gateway ever holds them.
/// </summary>
internal sealed class OpenCommand(UserInterface ui, ToolLogin login)
{
    public async Task RunAsync(string input, string output, IReadOnlyList<string> only, CancellationToken stop)
    {
        await using var reader = await BidFileReader.OpenAsync(input, stop);
        var sections = Choose(reader, only);
        using var sessions = new ToolSessions(login, ui);
        var signer = await sessions.Client.GetSignerAsync(login.Enterprise.CreditCode, stop);

        // Before a phone is asked for anything: whose word the file is, under the root of the bidder's own CA.
        if (!reader.VerifySignature([signer.Chain[^1]]).IsValid)
        {
            throw new BidFileException(BidFileFault.BadSignature, "the manifest is not signed by a bidder of this CA");
        }

        var wrapped = reader.WrappedKeys(signer.EncryptionSerial).Where(key => sections.Contains(key.Section)).OrderBy(key => key.Section).ToList();
        if (wrapped.Count != sections.Count)
        {
            throw new ToolException("other_recipient", "这个投标文件不是用本企业当前证书加密的");
        }

        using var toolKey = SecretScalar.Random(SystemRandom.Instance);
        var request = new DecryptionRequest(
            Sm2Group.MultiplyBase(toolKey.Value).Encode(), DecryptionRecipient.ThisPc, signer.EncryptionSerial,
            [.. wrapped.Select(key => new WrappedKey(reader.Header.Sections[key.Section].Name, key.Ciphertext))]);
        var task = DecryptionTasks.Create(request, login.PlatformId, login.Project) ?? throw new ToolException("bid_file_refused", "投标文件中的密钥无法读取");
        var (sessionId, result) = await sessions.RunAsync(
            new CreateSessionRequest(SessionKind.Decrypt) { Project = login.Project, Decryption = request },
            $"扫码解密：{login.Project.Name}", Base64Url.EncodeToString(task.Binding), task.CheckCode, stop);

        var shared = result.Decryption is { } parts
            ? Decryption.Combine(toolKey, sessionId.ToString("D"), task, parts.PhoneParts, parts.SiloParts, SystemRandom.Instance)
            : null;
        if (shared is null)
        {
            throw new ToolException("protocol_failure", "解密应答无法验证，请重试");
        }

        var opened = new List<string>();
        for (var i = 0; i < wrapped.Count; i++)
        {
            var name = reader.Header.Sections[wrapped[i].Section].Name;
            if (!Sm2Ciphertext.TryParse(wrapped[i].Ciphertext, out var ciphertext) || !ciphertext!.TryOpen(shared[i], out var key))
            {
                throw new ToolException("key_refused", $"“{name}”的密钥校验未通过");
            }

            try
            {
                var folder = Path.Combine(output, name);
                Directory.CreateDirectory(output);
                await reader.OpenSectionAsync(wrapped[i].Section, key, folder, ui.Progress($"解密 {name}"), stop);
                opened.Add(name);
            }
            finally
            {
                CryptographicOperations.ZeroMemory(key);
            }
        }

        ui.Done("已解密", new Dictionary<string, object?> { ["folder"] = output, ["sections"] = string.Join("、", opened) });
    }

    private static List<int> Choose(BidFileReader reader, IReadOnlyList<string> only)
    {
        var names = reader.Header.Sections.Select(section => section.Name).ToList();
        if (only.FirstOrDefault(name => !names.Contains(name)) is { } unknown)
        {
            throw new ToolException("section_unknown", $"没有“{unknown}”这一部分；有：{string.Join("、", names)}");
        }

        return [.. Enumerable.Range(0, names.Count).Where(i => only.Count == 0 || only.Contains(names[i]))];
    }
}
