using System.Security.Cryptography;
using Bzt.BidTool.Locks;
using Bzt.BidTool.Sessions;
using Bzt.Contracts.Platforms;
using Bzt.Documents.BidFiles;
using Bzt.Protocol.Evidence;
using static Bzt.BidTool.Terminal.Words;

namespace Bzt.BidTool.Commands;

/// <summary>
/// Opens bid files with the CA lock they were generated with: one PIN for all. No login is needed, no network, and no certificate that is still valid:
/// a bid may be opened after its certificate has expired. Only for an announced opening the tool has to be logged in: what opening gave goes into its record.
/// </summary>
internal sealed class LockOpenCommand(Invocation invocation)
{
    /// <summary>A file, and what of it is to be opened.</summary>
    private sealed record Bid(BidFileReader Reader, string Label, string Folder, List<int> Sections, string? FileId);

    /// <inheritdoc cref="OpenCommand.RunAsync"/>
    public async Task RunAsync(IReadOnlyList<string> inputs, string output, IReadOnlyList<string> only, Guid? opening, bool resume, CancellationToken stop)
    {
        using var sessions = opening is null ? null : new ToolSessions(LoggedIn(), invocation.Ui);
        var announced = sessions is null ? null : await sessions.Client.GetOpeningAsync(opening!.Value, stop);
        var bids = new List<Bid>();
        try
        {
            foreach (var input in inputs)
            {
                var reader = await BidFileReader.OpenAsync(input, stop);
                bids.Add(new Bid(reader, "", "", [], null));
                var label = Path.GetFileNameWithoutExtension(input);
                var folder = inputs.Count > 1 ? Path.Combine(output, label) : output;
                bids[^1] = new Bid(
                    reader, inputs.Count > 1 ? label : "", folder, OpenCommand.Left(reader, OpenCommand.Choose(reader, only), folder, resume),
                    announced is null ? null : OpenCommand.FileIn(announced, reader, label).FileId);
            }

            var results = new OpenResults(invocation.Ui);
            if (bids.TrueForAll(bid => bid.Sections.Count == 0))
            {
                results.ShowNothing(output);
                return;
            }

            if (announced is not null)
            {
                OpeningCommand.Countdown(invocation.Ui, announced);
                MustRun(announced);
            }

            await OpenAsync(bids, results, announced is null ? null : (bid, report) => sessions!.Client.ReportOpeningAsync(announced.OpeningId, bid.FileId!, report, stop), stop);
            results.Show(output);
        }
        finally
        {
            foreach (var bid in bids)
            {
                await bid.Reader.DisposeAsync();
            }
        }
    }

    private async Task OpenAsync(List<Bid> bids, OpenResults results, Func<Bid, OpeningReport, Task>? report, CancellationToken stop)
    {
        using var ca = CaLock.Open(invocation.Lock);
        var loggedIn = !ca.ShowsCertificates;
        if (loggedIn)
        {
            ca.LogIn(PinEntry.Read(ca.Tries));
        }

        var keys = bids.ConvertAll(bid => Mine(ca, bid));
        if (!loggedIn)
        {
            ca.LogIn(PinEntry.Read(ca.Tries));
        }

        foreach (var (bid, wrapped) in bids.Zip(keys).Where(pair => pair.Second.Count > 0))
        {
            var sections = new List<OpenedSection>();
            foreach (var key in wrapped)
            {
                sections.Add(await TryOpenAsync(ca, bid, key, stop));
            }

            results.Add(bid.Label, sections);
            if (report is not null)
            {
                var said = new OpeningReport(Guid.CreateVersion7(), BidFileOpening.OutcomeOf(sections), [.. sections.Select(section => new OpeningSection(section.Name, section.Outcome))]) { ByLock = true };
                await results.TellAsync(() => report(bid, said));
            }
        }
    }

    private ToolLogin LoggedIn()
    {
        var login = invocation.Profile.Load();
        return login.Token is not null ? login : throw new ToolException(
            "lock_only", Say("本次登录的企业未在标证通绑定证书，不能使用 --opening；不加 --opening 仍可解密", "This login's enterprise has no certificate in the phone app: --opening is not for it, opening without it is"));
    }

    /// <summary>By phone the service would say no; a lock would open, and nobody would believe when.</summary>
    private static void MustRun(OpeningStatus announced)
    {
        if (announced.State == OpeningState.Announced)
        {
            throw new ToolException("opening_not_begun", Say("尚未到开标时间，不能解密", "It is not yet the opening time"));
        }

        if (announced.State == OpeningState.Ended)
        {
            throw new ToolException("opening_ended", Say("开标解密已截止", "The time for opening is over"));
        }
    }

    /// <summary>Before a PIN is asked for: whether the file is for this lock, and whose word it is.</summary>
    private static List<WrappedSectionKey> Mine(CaLock ca, Bid bid)
    {
        var wrapped = ca.Mine(bid.Reader).Where(key => bid.Sections.Contains(key.Section)).OrderBy(key => key.Section).ToList();
        if (wrapped.Count != bid.Sections.Count)
        {
            throw new ToolException("other_recipient", Say("这个投标文件不是用这把CA锁的证书加密的", "This bid file is not encrypted to a certificate of this CA lock"));
        }

        // This lock's own word, or, after its certificate was renewed, somebody's under the authorities on it.
        var report = bid.Reader.VerifySignature(ca.Authorities);
        return report.IsGood && (report.IsValid || ca.Holds(bid.Reader.Signature.Certificates[0]))
            ? wrapped
            : throw new BidFileException(BidFileFault.BadSignature, "the manifest is not signed by this lock, nor under its CA");
    }

    /// <summary>What is wrong with the file is its result; what is wrong with the lock ends the command.</summary>
    private async Task<OpenedSection> TryOpenAsync(CaLock ca, Bid bid, WrappedSectionKey wrapped, CancellationToken stop)
    {
        var name = bid.Reader.Header.Sections[wrapped.Section].Name;
        byte[] key = [];
        try
        {
            key = ca.Decrypt(wrapped);
            var shown = OpenResults.Named(bid.Label, name);
            await bid.Reader.OpenSectionAsync(
                wrapped.Section, key, Path.Combine(Directory.CreateDirectory(bid.Folder).FullName, name), invocation.Ui.Progress(Say($"解密 {shown}", $"Opening {shown}")), stop);
            return new OpenedSection(name, OpeningOutcome.Opened, null);
        }
        catch (ToolException exception) when (exception.Code == "key_refused")
        {
            return new OpenedSection(name, OpeningOutcome.KeyRefused, exception);
        }
        catch (Exception exception) when (exception is BidFileException or IOException or UnauthorizedAccessException)
        {
            return new OpenedSection(name, BidFileOpening.OutcomeOf(exception), exception);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }
}
