using System.Buffers.Text;
using System.Globalization;
using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;
using Bzt.Documents.BidFiles;
using Bzt.LoadTests.Flows;
using Bzt.LoadTests.Runs;
using Bzt.Protocol;
using Bzt.Protocol.Arithmetic;
using Bzt.Protocol.Evidence;
using Bzt.Protocol.Rounds;
using Bzt.Protocol.Secrets;

namespace Bzt.LoadTests.Openings;

/// <summary>What a bidder does when it is asked to decrypt.</summary>
internal enum Conduct
{
    Opens,

    /// <summary>A wrong PIN first.</summary>
    Slips,
    Refuses,

    /// <summary>Does not come; its request times out.</summary>
    Absent,

    /// <summary>Confirms, but the platform did not keep its file whole.</summary>
    Damaged,
}

/// <summary>One bidder in the hall.</summary>
internal sealed record Bidder(SimulatedPhone Phone, Conduct Conduct, string FileId, string Path, byte[] Digest);

/// <summary>
/// A bid opening, from the generated files to the signed records: every bidder's phone is asked, the platform's server opens what it may and says
/// so, and in the end every file is open or its record says whose fault it is.
/// </summary>
internal sealed class BidOpeningRun(SimulatedPlatform platform, string folder, Recorder recorder)
{
    private const string WrongPin = "730492";
    private const int AtOnce = 16;

    /// <summary>The least a session may have.</summary>
    private const int Absence = 30;

    private readonly ProjectInfo project = new($"P-{Guid.NewGuid():N}", "某道路工程", DateTimeOffset.FromUnixTimeSeconds(DateTimeOffset.UtcNow.ToUnixTimeSeconds() - 1));

    /// <summary>A bid file for each phone, of two sections, its manifest signed with the phone.</summary>
    /// <param name="phones">One for each bidder.</param>
    /// <param name="conductOf">Of the bidder with that number.</param>
    /// <param name="octets">Of each section.</param>
    /// <param name="told">Told how many there are.</param>
    /// <param name="stop">Interrupts.</param>
    public async Task<IReadOnlyList<Bidder>> GenerateAsync(IReadOnlyList<SimulatedPhone> phones, Func<int, Conduct> conductOf, int octets, Action<int> told, CancellationToken stop)
    {
        var bidders = new Bidder[phones.Count];
        var done = 0;
        await Parallel.ForAsync(0, phones.Count, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = stop }, async (i, cancellation) =>
        {
            var fileId = string.Create(CultureInfo.InvariantCulture, $"F-{i + 1}");
            var path = Path.Combine(folder, $"{fileId}.bztb");
            var manifest = await GenerateAsync(phones[i], path, octets, cancellation);
            bidders[i] = new Bidder(phones[i], conductOf(i), fileId, path, Protocol.Primitives.Sm3.Hash(manifest.Content));
            if (bidders[i].Conduct == Conduct.Damaged)
            {
                await DamageAsync(path, cancellation);
            }

            told(Interlocked.Increment(ref done));
        });
        return bidders;
    }

    /// <summary>The opening itself: bidders are asked at the given times.</summary>
    public async Task RunAsync(IReadOnlyList<Bidder> bidders, IReadOnlyList<TimeSpan> arrivals, CancellationToken stop)
    {
        var length = arrivals.Count > 0 ? arrivals[^1] : TimeSpan.Zero;
        var absent = bidders.Any(bidder => bidder.Conduct == Conduct.Absent);
        var deadline = DateTimeOffset.UtcNow + length + (absent ? TimeSpan.FromSeconds(Absence + 15) : TimeSpan.FromMinutes(30));
        var opening = (await platform.Client.CreateOpeningAsync(
            new CreateOpeningRequest(project, deadline, [.. bidders.Select(bidder => new OpeningFile(
                bidder.FileId, "投标文件", new EnterpriseInfo(bidder.Phone.Certificate.EnterpriseName, bidder.Phone.Certificate.CreditCode), bidder.Digest))]), cancellation: stop)).OpeningId;

        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var hall = LookAsync(opening, over.Token);
        await OpenLoop.RunAsync(recorder, "bid opened or refused", arrivals, (number, cancellation) => AskAsync(opening, bidders[number], cancellation), stop);
        recorder.Mark("everybody was asked");
        if (!absent)
        {
            await platform.Client.EndOpeningAsync(opening, stop);
        }

        while (!IsOver(await platform.Client.GetOpeningAsync(opening, stop)))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(500), recorder.Time, stop);
        }

        await over.CancelAsync();
        await hall;
        recorder.End();
        await CheckAsync(opening, bidders, stop);
    }

    private async Task<Protocol.Forms.BidManifestForm> GenerateAsync(SimulatedPhone phone, string path, int octets, CancellationToken stop)
    {
        var signer = await platform.Client.GetSignerAsync(phone.Certificate.CreditCode, stop);
        var description = new BidFileDescription(
            Samples.Demo.Deployment.PlatformId, project.ProjectId, project.Name, project.OpeningTime, signer.Enterprise.Name, signer.Enterprise.CreditCode, DateTimeOffset.UtcNow);
        var content = SystemRandom.Instance.Bytes(octets);
        BidFileSection Section(string name, string file) => new(name, [new BidSectionFile(file, octets, () => new MemoryStream(content, writable: false))]);
        return await BidFileWriter.WriteAsync(path, description, [Section("唱标信息", "报价.txt"), Section("投标文件", "投标函.pdf")], [signer.EncryptionCertificate], async (manifest, cancellation) =>
        {
            var result = await platform.SignAsync(
                phone, new CreateSessionRequest(SessionKind.Encrypt) { Project = project, Documents = [new DocumentRequest(SigningForms.BidManifest, manifest.Content)] }, cancellation);
            return new BidManifestSignature(result.Signatures[0].Signature, [result.SigningCertificate, .. result.Chain]);
        }, cancellation: stop);
    }

    /// <summary>One octet inside the second section.</summary>
    private static async Task DamageAsync(string path, CancellationToken stop)
    {
        var bytes = await File.ReadAllBytesAsync(path, stop);
        long second;
        await using (var reader = await BidFileReader.OpenAsync(new MemoryStream(bytes), stop))
        {
            second = 12 + System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(8)) + reader.Manifest.Sections[0].Size + 16;
        }

        bytes[second + 5] ^= 1;
        await File.WriteAllBytesAsync(path, bytes, stop);
    }

    private async Task AskAsync(Guid opening, Bidder bidder, CancellationToken stop)
    {
        await using var reader = await BidFileReader.OpenAsync(bidder.Path, stop);
        var keys = reader.KeysFor(reader.Header.Recipients);
        using var serverKey = SecretScalar.Random(SystemRandom.Instance);
        var request = new DecryptionRequest(
            Sm2Group.MultiplyBase(serverKey.Value).Encode(), DecryptionRecipient.PlatformServer, keys[0].SerialNumber,
            [.. keys.Select(key => new WrappedKey(reader.Header.Sections[key.Section].Name, key.Ciphertext))]);
        var task = DecryptionTasks.Create(request, Samples.Demo.Deployment.PlatformId, project) ?? throw new FlowFailedException("a wrapped key does not decode");
        var session = await platform.Client.OpenAsync(
            new CreateSessionRequest(SessionKind.Decrypt)
            {
                Project = project, Decryption = request, Opening = new OpeningReference(opening, [bidder.FileId]), TimeoutSeconds = bidder.Conduct == Conduct.Absent ? Absence : 300,
            }, cancellation: stop);
        if (bidder.Conduct == Conduct.Absent || !await ConfirmAsync(bidder, session, Base64Url.EncodeToString(task.Binding), stop))
        {
            return;
        }

        var parts = (await platform.Client.WaitAsync(session.SessionId, cancellation: stop)).Result?.Decryption ?? throw new FlowFailedException("a confirmed decryption has no result");
        var points = Decryption.Combine(serverKey, session.SessionId.ToString("D"), task, parts.PhoneParts, parts.SiloParts, SystemRandom.Instance) ?? throw new FlowFailedException("the parts do not fit");
        var sections = await BidFileOpening.OpenAsync(reader, keys, points, name => Path.Combine(folder, "opened", bidder.FileId, name), cancellation: stop);
        await platform.Client.ReportOpeningAsync(opening, bidder.FileId, new OpeningReport(
            session.SessionId, BidFileOpening.OutcomeOf(sections), [.. sections.Select(section => new OpeningSection(section.Name, section.Outcome))]), stop);
    }

    /// <summary>False when the phone said no.</summary>
    private static async Task<bool> ConfirmAsync(Bidder bidder, OpenedSession session, string fragment, CancellationToken stop)
    {
        var phone = bidder.Phone;
        var scanned = await phone.Client.ScanAsync(session.Link(fragment), stop);
        if (bidder.Conduct == Conduct.Refuses)
        {
            await phone.Client.RefuseAsync(scanned.Session.SessionId, cancellation: stop);
            return false;
        }

        if (await phone.Client.OpenRequestAsync(scanned, phone.Certificate.CertificateId, stop) is not RequestOpening.Opened(var request))
        {
            throw new FlowFailedException("the request could not be opened");
        }

        using (request)
        {
            if (bidder.Conduct == Conduct.Slips && await phone.Client.ConfirmAsync(request, WrongPin, stop) is not PinOutcome.WrongPin)
            {
                throw new FlowFailedException("a wrong PIN was taken");
            }

            return await phone.Client.ConfirmAsync(request, SimulatedPhone.Pin, stop) is PinOutcome.Done ? true : throw new FlowFailedException("the confirmation failed");
        }
    }

    /// <summary>The page in the hall: the countdown and everybody's state, every second.</summary>
    private async Task LookAsync(Guid opening, CancellationToken over)
    {
        using var pace = new PeriodicTimer(TimeSpan.FromSeconds(1), recorder.Time);
        try
        {
            do
            {
                await recorder.ObserveAsync("the hall's page", recorder.Now, cancellation => platform.Client.GetOpeningAsync(opening, cancellation), over);
            }
            while (await pace.WaitForNextTickAsync(over));
        }
        catch (OperationCanceledException)
        {
            // The opening is over.
        }
    }

    private async Task CheckAsync(Guid opening, IReadOnlyList<Bidder> bidders, CancellationToken stop)
    {
        var status = await platform.Client.GetOpeningAsync(opening, stop);
        var wrong = new List<string>();
        var unsigned = new List<string>();
        var key = await platform.EvidenceKeyAsync(stop);
        foreach (var (bidder, file) in bidders.Zip(status.Files))
        {
            var expected = Expected(bidder.Conduct);
            if (file.FileId != bidder.FileId || file.Judgement != expected)
            {
                wrong.Add($"{bidder.FileId}, {bidder.Conduct}: {file.Judgement.Verdict} {file.Judgement.Cause} {file.Judgement.Responsible}");
            }

            var record = await platform.Client.GetOpeningRecordAsync(opening, bidder.FileId, stop);
            if (record.Verify(key) != EvidenceFault.None || record.Judgement != file.Judgement || !record.Record.FileDigest.AsSpan().SequenceEqual(bidder.Digest))
            {
                unsigned.Add(bidder.FileId);
            }
        }

        recorder.Figure("files open", status.Files.Count(file => file.Judgement.Verdict == OpeningVerdict.Opened), "files");
        recorder.Figure("files closed and explained", status.Files.Count(file => file.Judgement is { Verdict: OpeningVerdict.NotOpened, Cause: not OpeningCause.None }), "files");
        recorder.Invariant("every file is open, or closed for the reason that it is", wrong);
        recorder.Invariant("every file has a signed record that says the same", unsigned);
        recorder.NoErrors("nobody who was asked met an error");
    }

    private static bool IsOver(OpeningStatus status) =>
        status.State == OpeningState.Ended && status.Files.All(file => file.Judgement.Verdict != OpeningVerdict.Pending);

    private static OpeningJudgement Expected(Conduct conduct) => conduct switch
    {
        Conduct.Refuses => new(OpeningVerdict.NotOpened, OpeningCause.Refused, OpeningParty.Bidder),
        Conduct.Absent => new(OpeningVerdict.NotOpened, OpeningCause.NotScanned, OpeningParty.Undetermined),
        Conduct.Damaged => new(OpeningVerdict.NotOpened, OpeningCause.Altered, OpeningParty.Platform),
        _ => new(OpeningVerdict.Opened, OpeningCause.None, OpeningParty.Nobody),
    };
}
