using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Bzt.Contracts;
using Bzt.Tests.Documents;
using Bzt.Tests.Peers;

namespace Bzt.Tests.Journey;

// The forms of seals, time stamps, seals across pages, and the report on all of it.
public sealed partial class ToolTests
{
    [Fact]
    [Trait("Feature", "X17"), Trait("Feature", "X18"), Trait("Feature", "X13"), Trait("Surface", "tool")]
    public async Task Two_enterprises_seal_in_the_forms_of_the_standards_with_time_stamps_and_the_report_says_so()
    {
        var pdf = await ForeignPdfs.Make("reportlab", bench.Folder);
        var (first, second, third) = (bench.Folder["ses.pdf"], bench.Folder["gm.pdf"], bench.Folder["forms.pdf"]);
        await bench.LogInAsync(bench.Second);

        // An electronic seal, stamped; the gateway dies while its QR is shown.
        var began = DateTimeOffset.UtcNow.AddSeconds(-2);
        var run = await bench.RunAsync(bench.First, ["seal", pdf, "--form", "gm-seal", "--time-stamp", "--node", TwoNodes, "-o", first], async (link, code) =>
        {
            await bench.RestartAsync();
            await bench.First.ConfirmAsync(link, code);
        });
        Assert.True(run.ExitCode == 0, run.ToString());
        // Another enterprise, in the way of GB/T 35275; then the first again, across the pages.
        run = await bench.RunAsync(bench.Second, ["seal", first, "--form", "gm-cms", "--time-stamp", "--node", "1,20,20", "-o", second], bench.Second.ConfirmAsync);
        Assert.True(run.ExitCode == 0, run.ToString());
        run = await bench.RunAsync(bench.First, ["seal", second, "--form", "pades", "--time-stamp", "--across", "100", "-o", third], bench.First.ConfirmAsync);
        Assert.True(run.ExitCode == 0, run.ToString());

        var outside = await JavaForms.VerifyAsync(third);
        Assert.Equal(["GM.sm2seal", "GM.sm2cms.detached", "ETSI.CAdES.detached"], outside.Select(seal => seal.SubFilter));
        Assert.All(outside, seal => Assert.True(seal is { Good: true, Error: "" } && seal.StampedAt >= began && seal.StampedAt < DateTimeOffset.UtcNow.AddSeconds(2), seal.ToString()));
        Assert.Equal(bench.First.EnterpriseName + "公章", outside[0].SealName);

        // What was sealed and stamped before the restart is judged after another one.
        await bench.RestartAsync();
        var report = await bench.RunAsync(bench.First, ["verify", third]);
        Assert.True(report.ExitCode == 0, report.ToString());
        var seals = Seals(report);
        Assert.Equal([bench.First.EnterpriseName, bench.Second.EnterpriseName, bench.First.EnterpriseName], seals.Select(seal => seal.GetProperty("signer").GetString()));
        Assert.Equal(["later_seals", "later_seals", "whole_document"], seals.Select(seal => seal.GetProperty("coverage").GetString()));
        Assert.All(seals, seal => Assert.Equal(
            (true, "good", "good", true),
            (seal.GetProperty("valid").GetBoolean(), seal.GetProperty("path").GetString(), seal.GetProperty("revocation").GetString(), seal.GetProperty("timeStamp").GetProperty("trusted").GetBoolean())));
        Assert.True(seals[0].GetProperty("electronicSeal").GetProperty("trusted").GetBoolean());

        // Without a login it is the person who says whom he trusts.
        var bytes = await File.ReadAllBytesAsync(third);
        using var http = new HttpClient();
        var root = bench.Folder.Write("root.cer", await http.GetByteArrayAsync(new Uri(bench.Gateway.Address, "ca/yichang-ca/root.cer")));
        var offline = await bench.RunAsync(null, ["verify", third, "--root", root]);
        Assert.True(offline.ExitCode == 0, offline.ToString());
        Assert.Equal((1, "seal_invalid"), Of(await bench.RunAsync(null, ["verify", third])));

        // A PEM file holds as many as it holds, whatever stands first in it.
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var stranger = new CertificateRequest("CN=stranger", key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        var rootDer = await File.ReadAllBytesAsync(root);
        var chain = bench.Folder.Write("chain.pem", Encoding.ASCII.GetBytes($"{stranger.ExportCertificatePem()}\n{PemEncoding.WriteString("CERTIFICATE", rootDer)}\n"));
        offline = await bench.RunAsync(null, ["verify", third, "--root", chain]);
        Assert.True(offline.ExitCode == 0, offline.ToString());

        // 扫码撤章: nobody takes back another's seal; its signer does, through a restart. What was sealed before, and the file without the statement, are told apart.
        var (withdrawn, never) = (bench.Folder["withdrawn.pdf"], bench.Folder["never-withdrawn.pdf"]);
        string[] withdraw = ["withdraw", third, "--seal", "Seal3", "--reason", "盖错页", "-o"];
        var foreign = await bench.RunAsync(bench.Second, [.. withdraw, never], async (link, _) =>
        {
            var scanned = await bench.Second.ScanAsync(link);
            await Assert.ThrowsAsync<ApiRefusedException>(() => bench.Second.Client.OpenRequestAsync(scanned, bench.Second.Certificate));
            await bench.Second.Client.RefuseAsync(scanned.Session.SessionId);
        });
        Assert.Equal((1, "refused"), Of(foreign));
        Assert.Equal((1, "seal_unknown"), Of(await bench.RunAsync(bench.First, ["withdraw", third, "--seal", "Seal9", "--reason", "盖错页", "-o", never])));
        Assert.Empty(Directory.GetFiles(bench.Folder.FullName, "never-withdrawn.pdf*"));
        run = await bench.RunAsync(bench.First, [.. withdraw, withdrawn], async (link, code) =>
        {
            await bench.RestartAsync();
            await bench.First.ConfirmAsync(link, code);
        });
        Assert.True(run.ExitCode == 0, run.ToString());
        Assert.All(await JavaForms.VerifyAsync(withdrawn), seal => Assert.True(seal.Good, seal.ToString()));
        foreach (var (whose, file, trusted) in new (Bidder?, string, string[])[] { (bench.First, withdrawn, []), (bench.First, third, []), (null, withdrawn, ["--root", root]) })
        {
            var told = await bench.RunAsync(whose, ["verify", file, .. trusted]);
            Assert.Equal((1, "seal_invalid"), Of(told));
            Assert.Equal([true, true, false], Seals(told).Select(seal => seal.GetProperty("valid").GetBoolean()));
            Assert.Equal("盖错页", Seals(told)[2].GetProperty("withdrawn").GetProperty("reason").GetString());
        }

        // Altered, and not sealed at all.
        bytes[bytes.AsSpan().IndexOf("stream"u8) + 40] ^= 1;
        var altered = await bench.RunAsync(bench.First, ["verify", bench.Folder.Write("altered-forms.pdf", bytes)]);
        Assert.Equal((1, "seal_invalid"), Of(altered));
        Assert.All(Seals(altered), seal => Assert.Equal("altered", seal.GetProperty("state").GetString()));
        Assert.Equal((1, "no_seals"), Of(await bench.RunAsync(bench.First, ["verify", pdf])));
    }

    [Fact]
    [Trait("Feature", "X17"), Trait("Feature", "X18"), Trait("Surface", "tool")]
    public async Task A_seal_nobody_vouches_for_and_a_stamp_nobody_gives_leave_no_file()
    {
        var never = bench.Folder["never-form.pdf"];
        // The enterprise has no such seal, or none at all: one is drawn for a picture, never for an electronic seal.
        Assert.Equal((1, "seal_missing"), Of(await bench.RunAsync(bench.First, ["seal", bench.Pdf, "--form", "gm-seal", "--seal", "legal", "--node", TwoNodes, "-o", never])));
        await bench.LogInAsync(bench.Second);
        Assert.Equal((1, "seal_missing"), Of(await bench.RunAsync(bench.Second, ["seal", bench.Pdf, "--form", "gm-seal", "--node", TwoNodes, "-o", never])));

        Assert.Equal((1, "refused"), Of(await bench.RunAsync(bench.First, ["seal", bench.Pdf, "--form", "gm-cms", "--node", TwoNodes, "-o", never], bench.First.RefuseAsync)));
        // An authority that gives no stamp: our own page is none.
        var notAnAuthority = new Uri(bench.Gateway.Address, "download").ToString();
        Assert.Equal((1, "time_stamp_failed"), Of(await bench.RunAsync(bench.First, ["seal", bench.Pdf, "--tsa", notAnAuthority, "--node", TwoNodes, "-o", never], bench.First.ConfirmAsync)));
        Assert.Equal((1, "seal_across_one_page"), Of(await bench.RunAsync(bench.First, ["seal", bench.Pdf, "--across", "100", "-o", never])));
        foreach (string[] wrong in (string[][])[["--form", "another", "--node", TwoNodes], [], ["--across", "x"], ["--tsa", "nowhere", "--node", TwoNodes]])
        {
            Assert.Equal(2, (await bench.RunAsync(bench.First, ["seal", bench.Pdf, .. wrong, "-o", never])).ExitCode);
        }

        Assert.Empty(Directory.GetFiles(bench.Folder.FullName, "never-form.pdf*"));
    }

    private static JsonElement[] Seals(ToolRun run) => [.. run.Events.Where(said => said.GetProperty("event").GetString() == "seal")];
}
