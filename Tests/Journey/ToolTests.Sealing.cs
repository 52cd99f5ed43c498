using System.Text;
using System.Text.RegularExpressions;
using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;
using Bzt.Tests.Certificates;
using Bzt.Tests.Peers;

namespace Bzt.Tests.Journey;

// M067, M071: a document is sealed at its nodes, with a scan each or in a sealing session.
public sealed partial class ToolTests
{
    [Fact]
    [Trait("Feature", "M067"), Trait("Surface", "tool")]
    public async Task A_document_is_sealed_at_its_nodes_through_a_slip_of_the_finger_and_a_restart_between_two_nodes()
    {
        var scans = 0;
        var output = bench.Folder["sealed.pdf"];
        bench.First.Outcomes.Clear();
        var run = await bench.RunAsync(bench.First, ["seal", bench.Pdf, "--node", TwoNodes, "--node", "-1,20,20", "-o", output], async (link, code) =>
        {
            if (scans++ == 1)
            {
                // The second session is open when the gateway dies. It is there again, and the same QR is scanned.
                await bench.RestartAsync();
                await bench.First.ConfirmAsync(link, code, CertifiedPhone.WrongPin, CertifiedPhone.Pin);
            }
            else
            {
                await bench.First.ConfirmAsync(link, code);
            }
        });
        Assert.True(run.ExitCode == 0, run.ToString());
        Assert.Equal(2, scans);
        Assert.Equal(["Done", "WrongPin", "Done"], bench.First.Outcomes.Select(outcome => outcome.GetType().Name));
        var report = await PdfBox.Verify(output);
        Assert.Equal([true, true], report.Seals.Select(seal => seal.Good));
        Assert.All(report.Seals, seal => Assert.Contains(bench.First.EnterpriseName, seal.Subject, StringComparison.Ordinal));
    }

    [Fact]
    [Trait("Feature", "M067"), Trait("Surface", "tool")]
    public async Task In_a_sealing_session_one_scan_serves_all_nodes_and_the_next_command()
    {
        using var stop = new CancellationTokenSource();
        Task<SealingSessionInfo>? running = null;
        var sealing = Guid.CreateVersion7();
        string[] command = ["seal", bench.Pdf, "--session", "--node", TwoNodes, "--node", "-1,20,20", "-o"];
        var first = await bench.RunAsync(bench.First, [.. command, bench.Folder["in-session.pdf"]], async (link, _) =>
        {
            using var request = Assert.IsType<RequestOpening.Opened>(await bench.First.Client.OpenRequestAsync(await bench.First.ScanAsync(link), bench.First.Certificate)).Request;
            var begun = await bench.First.Client.ConfirmWithSealingSessionAsync(
                request, new SealingSessionRequest(sealing, bench.First.Certificate, 10, 60, Automatic: true), CertifiedPhone.Pin);
            Assert.IsType<PinOutcome.Done>(begun.Session);
            running = bench.First.Client.RunSealingSessionAsync(sealing, cancellation: stop.Token);
        });
        Assert.True(first.ExitCode == 0, first.ToString());
        Assert.Equal(1, Pushed(first));

        // The tool is started again: the session is the login's.
        var second = await bench.RunAsync(bench.First, [.. command, bench.Folder["again.pdf"]]);
        Assert.True(second.ExitCode == 0, second.ToString());
        Assert.Equal((2, 0), (Pushed(second), second.Events.Count(said => said.GetProperty("event").GetString() == "qr")));
        Assert.Equal([true, true], (await PdfBox.Verify(bench.Folder["again.pdf"])).Seals.Select(seal => seal.Good));

        // Ended on the phone: the QR is shown again, and refused.
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running!);
        await bench.First.Client.EndSealingSessionAsync(sealing);
        Assert.Equal((1, "refused"), Of(await bench.RunAsync(bench.First, [.. command, bench.Folder["never-again.pdf"]], bench.First.RefuseAsync)));

        static int Pushed(ToolRun run) => run.Events.Count(said => said.GetProperty("event").GetString() == "pushed");
    }

    [Fact]
    [Trait("Feature", "M067"), Trait("Surface", "tool")]
    public async Task A_seal_that_is_refused_leaves_no_file()
    {
        var output = bench.Folder["never.pdf"];
        var refused = await bench.RunAsync(bench.First, ["seal", bench.Pdf, "--node", TwoNodes, "-o", output], bench.First.RefuseAsync);
        Assert.Equal((1, "refused"), (refused.ExitCode, refused.FailedCode));

        // Another enterprise's phone may not serve it, and is told so before anything is shown; then the right one ends it.
        var other = await bench.RunAsync(bench.First, ["seal", bench.Pdf, "--node", TwoNodes, "-o", output], async (link, _) =>
        {
            var scanned = await bench.Second.ScanAsync(link);
            Assert.Equal((0, ErrorCodes.EnterpriseMismatch), (scanned.Session.Certificates.Count, scanned.Session.NotEligibleCode));
            var told = await Assert.ThrowsAsync<ApiRefusedException>(() => bench.Second.Client.OpenRequestAsync(scanned, bench.Second.Certificate));
            Assert.Equal(ErrorCodes.EnterpriseMismatch, told.Code);
            await bench.Second.Client.RefuseAsync(scanned.Session.SessionId);
        });
        Assert.Equal((1, "refused"), (other.ExitCode, other.FailedCode));

        var garbage = bench.Folder.Write("garbage.pdf", "this is no PDF"u8);
        var turned = Path.Combine(Path.GetDirectoryName(bench.Pdf)!, "报价\u202Efdp.pdf");
        File.Copy(bench.Pdf, turned);
        Assert.Equal((1, "invisible_characters"), Of(await bench.RunAsync(bench.First, ["seal", turned, "--node", TwoNodes, "-o", output])));
        Assert.Equal((1, "pdf_refused"), Of(await bench.RunAsync(bench.First, ["seal", garbage, "--node", TwoNodes, "-o", output])));
        Assert.Equal((1, "pdf_refused"), Of(await bench.RunAsync(bench.First, ["seal", bench.Pdf, "--node", "99,10,10", "-o", output])));
        Assert.Equal((1, "file_missing"), Of(await bench.RunAsync(bench.First, ["seal", bench.Folder["nothing.pdf"], "--node", TwoNodes, "-o", output])));
        Assert.Equal((1, "not_logged_in"), Of(await bench.RunAsync(null, ["seal", bench.Pdf, "--node", TwoNodes, "-o", output])));
        Assert.Equal(2, (await bench.RunAsync(bench.First, ["seal", bench.Pdf, "--node", "nowhere", "-o", output])).ExitCode);
        Assert.Empty(Directory.GetFiles(bench.Folder.FullName, "never.pdf*"));
    }

    [Fact]
    [Trait("Feature", "M067"), Trait("Surface", "tool")]
    public async Task The_enterprises_own_seals_are_put_on_in_their_own_size()
    {
        foreach (var (seal, width) in ((string, double)[])[("enterprise", 41), ("signature", 38)])
        {
            var output = bench.Folder[$"own-{seal}.pdf"];
            var run = await bench.RunAsync(bench.First, ["seal", bench.Pdf, "--seal", seal, "--node", TwoNodes, "-o", output], bench.First.ConfirmAsync);
            Assert.True(run.ExitCode == 0, run.ToString());
            Assert.True(Assert.Single((await PdfBox.Verify(output)).Seals).Good);
            var pictures = (await PeerProcess.Run("pdfimages", ["-list", output])).OrFail().Output;
            Assert.Matches("(?m)^ +1 +[0-9]+ image +480 +480 ", pictures);
            var rectangle = Regex.Matches(Encoding.Latin1.GetString(await File.ReadAllBytesAsync(output)), @"/Rect ?\[([0-9. ]+)\]")[^1].Groups[1].Value.Split(' ').Select(double.Parse).ToArray();
            Assert.Equal(width, (rectangle[2] - rectangle[0]) / 72 * 25.4, 0.1);
        }

        // A person's seal is not made up.
        var never = bench.Folder["never-legal.pdf"];
        Assert.Equal((1, "seal_missing"), Of(await bench.RunAsync(bench.First, ["seal", bench.Pdf, "--seal", "legal", "--node", TwoNodes, "-o", never])));
        Assert.Equal(2, (await bench.RunAsync(bench.First, ["seal", bench.Pdf, "--seal", "another", "--node", TwoNodes, "-o", never])).ExitCode);
        Assert.False(File.Exists(never));
    }
}
