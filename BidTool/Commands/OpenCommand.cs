using System.Buffers.Text;
using Bzt.BidTool.Sessions;
using Bzt.BidTool.Terminal;
using Bzt.Contracts.Platforms;
using Bzt.Documents.BidFiles;
using Bzt.Protocol.Forms;
using Bzt.Protocol;
using Bzt.Protocol.Arithmetic;
using Bzt.Protocol.Evidence;
using Bzt.Protocol.Rounds;
using Bzt.Protocol.Secrets;
using static Bzt.BidTool.Terminal.Words;

namespace Bzt.BidTool.Commands;

/// <summary>
/// Opens bid files: one confirmation for all sections of all of them, a result for each. The keys come together on this PC only, under a
/// one-time key whose fingerprint is in the QR; neither server nor gateway ever holds them.
/// </summary>
internal sealed class OpenCommand(UserInterface ui, ToolLogin login)
{
    /// <summary>A file with the sections that are to be opened, the keys that are asked for, and its number in the opening.</summary>
    private sealed record Bid(BidFileReader Reader, string Label, string Folder, IReadOnlyList<int> Sections, IReadOnlyList<WrappedSectionKey> Keys, string? FileId);

    /// <param name="inputs">Bid files of this bidder for this project.</param>
    /// <param name="output">A folder; with several files each has one of its own in it.</param>
    /// <param name="only">Names of sections; empty: all.</param>
    /// <param name="opening">The bid opening it is a part of, when the platform announced one.</param>
    /// <param name="resume">Sections that are open in the output folder stay as they are and are not asked for again.</param>
    /// <param name="stop">Interrupts.</param>
    public async Task RunAsync(IReadOnlyList<string> inputs, string output, IReadOnlyList<string> only, Guid? opening, bool resume, CancellationToken stop)
    {
        using var sessions = new ToolSessions(login, ui);
        var bids = new List<Bid>();
        try
        {
            SignerInfo? signer = null;
            var announced = opening is { } id ? await sessions.Client.GetOpeningAsync(id, stop) : null;
            foreach (var input in inputs)
            {
                var reader = await BidFileReader.OpenAsync(input, stop);
                bids.Add(new Bid(reader, "", "", [], [], null));
                signer ??= await sessions.Client.GetSignerAsync(login.Enterprise.CreditCode, stop);
                bids[^1] = Prepare(reader, input, inputs.Count > 1, output, only, signer, announced, resume);
            }

            if (bids.TrueForAll(bid => bid.Sections.Count == 0))
            {
                new OpenResults(ui).ShowNothing(output);
                return;
            }

            var recipient = RecipientOf(bids, signer!.For(SessionKind.Decrypt));
            bids = bids.ConvertAll(bid => bid with { Keys = KeysOf(bid, recipient) });

            if (announced is not null)
            {
                OpeningCommand.Countdown(ui, announced);
            }

            using var toolKey = SecretScalar.Random(SystemRandom.Instance);
            var request = new DecryptionRequest(Sm2Group.MultiplyBase(toolKey.Value).Encode(), DecryptionRecipient.ThisPc, recipient.EncryptionSerial, [.. bids.SelectMany(Wrapped)]);
            var task = DecryptionTasks.Create(request, login.PlatformId, login.Project) ?? throw new ToolException("bid_file_refused", Say("投标文件中的密钥无法读取", "The keys in the bid file cannot be read"));
            var (session, result) = await sessions.RunAsync(
                new CreateSessionRequest(SessionKind.Decrypt)
                {
                    Project = login.Project,
                    Decryption = request,
                    Opening = opening is { } of ? new OpeningReference(of, [.. bids.Where(bid => bid.Keys.Count > 0).Select(bid => bid.FileId!)]) : null,
                },
                Say($"扫码解密：{login.Project.Name}", $"Scan to open: {login.Project.Name}"), Base64Url.EncodeToString(task.Binding), task.CheckCode, stop);
            var points = result.Decryption is { } parts ? Decryption.Combine(toolKey, session.ToString("D"), task, parts.PhoneParts, parts.SiloParts, SystemRandom.Instance) : null;
            await OpenAsync(bids, points, output, opening is { } told ? (bid, report) => sessions.Client.ReportOpeningAsync(told, bid.FileId!, report with { SessionId = session }, stop) : null, stop);
        }
        finally
        {
            foreach (var bid in bids)
            {
                await bid.Reader.DisposeAsync();
            }
        }
    }

    private Bid Prepare(BidFileReader reader, string input, bool several, string output, IReadOnlyList<string> only, SignerInfo signer, OpeningStatus? announced, bool resume)
    {
        // Before a phone is asked for anything: whose word the file is, under the roots of the bidder's own CAs.
        if (!reader.VerifySignature([signer.Chain[^1], .. signer.Certificates.Select(certificate => certificate.Chain[^1])]).IsValid)
        {
            throw new BidFileException(BidFileFault.BadSignature, "the manifest is not signed by a bidder of this CA");
        }

        var label = Path.GetFileNameWithoutExtension(input);
        var folder = several ? Path.Combine(output, label) : output;
        return new Bid(reader, several ? label : "", folder, Left(reader, Choose(reader, only), folder, resume), [], announced is null ? null : FileIn(announced, reader, label).FileId);
    }

    /// <summary>The one certificate that opens all of it: one confirmation is one certificate's.</summary>
    private static SignerCertificate RecipientOf(List<Bid> bids, IReadOnlyList<SignerCertificate> able)
    {
        if (able.Count == 0)
        {
            throw new ToolException("not_authorised", Say("本企业在该平台绑定的证书都无解密授权，请联系管理员", "No certificate the enterprise has bound at the platform is authorised to decrypt: ask the administrator"));
        }

        return able.FirstOrDefault(certificate => bids.TrueForAll(bid => IsFor(bid, certificate)))
            ?? throw (bids.TrueForAll(bid => able.Any(certificate => IsFor(bid, certificate)))
                ? new ToolException("several_recipients", Say("这些投标文件是用本企业的不同证书加密的，请分别解密", "These bid files are encrypted to different certificates of the enterprise: open them one by one"))
                : new ToolException("other_recipient", Say(
                    "这个投标文件不是用本企业在该平台绑定、有效且有解密授权的证书加密的", "This bid file is not encrypted to a certificate of the enterprise that is bound at the platform, in force and authorised to decrypt")));
    }

    private static bool IsFor(Bid bid, SignerCertificate certificate) => KeysOf(bid, certificate).Count == bid.Sections.Count;

    /// <summary>The certificate may have been renewed since: the phone keeps the keys of the past.</summary>
    private static List<WrappedSectionKey> KeysOf(Bid bid, SignerCertificate certificate) => [.. bid.Reader.KeysFor(certificate.EncryptionSerials).Where(key => bid.Sections.Contains(key.Section))];

    /// <summary>Which of the announced files it is.</summary>
    internal static OpeningFileStatus FileIn(OpeningStatus announced, BidFileReader reader, string label) =>
        announced.Files.FirstOrDefault(file => file.Digest.AsSpan().SequenceEqual(reader.ManifestDigest))
        ?? throw new ToolException("file_not_announced", Say($"“{label}”不是平台在本次开标中收到的投标文件", $"{label} is not among the files the platform announced in this opening"));

    private static IEnumerable<WrappedKey> Wrapped(Bid bid) => bid.Keys.Select(key => new WrappedKey(VisibleText.Show(Named(bid, bid.Reader.Header.Sections[key.Section].Name)), key.Ciphertext)
    {
        EncryptionSerial = key.SerialNumber,
    });

    private static string Named(Bid bid, string section) => OpenResults.Named(bid.Label, section);

    private async Task OpenAsync(IReadOnlyList<Bid> bids, IReadOnlyList<Point>? points, string output, Func<Bid, OpeningReport, Task>? report, CancellationToken stop)
    {
        var (results, taken) = (new OpenResults(ui), 0);
        foreach (var bid in bids.Where(bid => bid.Keys.Count > 0))
        {
            IReadOnlyList<OpenedSection> sections = points is null ? [] : await BidFileOpening.OpenAsync(
                bid.Reader, bid.Keys, [.. points.Skip(taken).Take(bid.Keys.Count)], name => Path.Combine(Directory.CreateDirectory(bid.Folder).FullName, name),
                name => ui.Progress(Say($"解密 {Named(bid, name)}", $"Opening {Named(bid, name)}")), stop);
            taken += bid.Keys.Count;
            results.Add(bid.Label, sections);
            if (report is not null)
            {
                await results.TellAsync(() => report(bid, new OpeningReport(
                    default, points is null ? OpeningOutcome.PartsRefused : BidFileOpening.OutcomeOf(sections), [.. sections.Select(section => new OpeningSection(section.Name, section.Outcome))])));
            }
        }

        if (points is null)
        {
            throw new ToolException("protocol_failure", Say("解密应答无法验证，请重试", "The answer does not verify: try again"));
        }

        results.Show(output);
    }

    /// <summary>Those that are still to be opened.</summary>
    internal static List<int> Left(BidFileReader reader, List<int> sections, string folder, bool resume) =>
        sections.FindAll(section => !resume || !Directory.Exists(Path.Combine(folder, reader.Header.Sections[section].Name)));

    internal static List<int> Choose(BidFileReader reader, IReadOnlyList<string> only)
    {
        var names = reader.Header.Sections.Select(section => section.Name).ToList();
        if (only.FirstOrDefault(name => !names.Contains(name)) is { } unknown)
        {
            throw new ToolException("section_unknown", Say($"没有“{unknown}”这一部分；有：{string.Join("、", names)}", $"There is no section {unknown}; there is {string.Join(", ", names)}"));
        }

        return [.. Enumerable.Range(0, names.Count).Where(i => only.Count == 0 || only.Contains(names[i]))];
    }
}
