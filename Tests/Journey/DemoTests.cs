using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.RegularExpressions;
using Bzt.Contracts;
using Bzt.Protocol.Certificates;
using Bzt.Protocol.Evidence;
using Bzt.Protocol.Forms;
using Bzt.Tests.Peers;

namespace Bzt.Tests.Journey;

/// <summary><c>./run.sh demo DIR</c>, once: the programs as they are built, and what they leave, before other people's tools.</summary>
public sealed class DemoRun : IAsyncLifetime, IDisposable
{
    private readonly TemporaryFolder folder = new();

    public string Output { get; private set; } = "";

    public string Path(string name) => System.IO.Path.Combine(folder["demo"], name);

    public byte[] Read(string name) => File.ReadAllBytes(Path(name));

    public IReadOnlyList<byte[]> Certificates(string name) =>
        [.. Regex.Matches(File.ReadAllText(Path(name)), "-----BEGIN CERTIFICATE-----(.+?)-----END CERTIFICATE-----", RegexOptions.Singleline).Select(match => Convert.FromBase64String(match.Groups[1].Value))];

    public byte[] SigningCertificate => Assert.Single(Certificates("signing.pem"));

    public async ValueTask InitializeAsync()
    {
        var start = new ProcessStartInfo("dotnet", [typeof(Samples.Demo.Commands).Assembly.Location, "play", folder["demo"]]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(4));
        try
        {
            var errors = process.StandardError.ReadToEndAsync(patience.Token);
            Output = await process.StandardOutput.ReadToEndAsync(patience.Token);
            await process.WaitForExitAsync(patience.Token);
            Assert.True(process.ExitCode == 0, $"The demo ended with {process.ExitCode}:\n{Output}\n{await errors}");
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    public void Dispose()
    {
        if (Directory.Exists(folder.FullName))
        {
            folder.Dispose();
        }
    }
}

public sealed class DemoTests(DemoRun demo) : IClassFixture<DemoRun>
{
    [Fact]
    public void Every_step_is_in_the_journey_with_its_duration()
    {
        using var journey = JsonDocument.Parse(demo.Read("journey.json"));
        var steps = journey.RootElement.EnumerateArray().ToList();
        Assert.Equal(
            [
                "手机号登录（短信验证码）", "银行卡四要素实名认证", "认领企业，提交申请", "CA审核通过", "付费（支付宝）", "生成密钥，设置PIN码，下载证书",
                "交易平台扫码绑定证书", "交易平台扫码登录", "投标工具登录项目", "标书签章（两处），先输错一次PIN码", "生成加密投标文件", "上传投标文件", "开标解密", "操作凭证",
            ],
            steps.Select(step => step.GetProperty("Step").GetString()));
        Assert.All(steps, step => Assert.InRange(step.GetProperty("Milliseconds").GetDouble(), 0.001, 600_000));
        Assert.Contains("PIN码不正确，还可再试 4 次", demo.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OpenSsl_accepts_the_certificates_link_by_link()
    {
        var chain = demo.Certificates("ca-chain.pem");
        Assert.True(chain.Count >= 2, "An issuing CA and a root.");
        Assert.True(await OpenSsl.VerifyChain([demo.SigningCertificate, .. chain]));
        Assert.True(await OpenSsl.VerifyChain([.. demo.Certificates("encryption.pem"), .. chain]));

        // A certificate somebody changed is not accepted.
        var forged = demo.SigningCertificate;
        forged[^1] ^= 1;
        Assert.False(await OpenSsl.VerifyChain([forged, .. chain]));
    }

    [Fact]
    public async Task OpenSsl_accepts_the_request_with_the_default_id()
    {
        var der = Convert.FromBase64String(Regex.Match(await File.ReadAllTextAsync(demo.Path("request.csr")), "-----BEGIN CERTIFICATE REQUEST-----(.+?)-----END", RegexOptions.Singleline).Groups[1].Value);
        Assert.True(await OpenSsl.VerifyRequest(der));
        der[^1] ^= 1;
        Assert.False(await OpenSsl.VerifyRequest(der));
    }

    [Fact]
    public async Task The_login_signature_verifies_in_OpenSsl_and_in_sm_crypto_over_exactly_its_bytes()
    {
        var (message, signature) = (demo.Read("login.tbs"), demo.Read("login.der"));
        Assert.True(Sm2Certificate.TryParse(demo.SigningCertificate, out var certificate));
        Assert.True(await OpenSsl.VerifySignature(demo.SigningCertificate, message, signature));
        Assert.True(await SmCrypto.VerifySignature(certificate.PublicKey.Encode(), message, signature, der: true));

        var other = (byte[])message.Clone();
        other[^1] ^= 1;
        Assert.False(await OpenSsl.VerifySignature(demo.SigningCertificate, other, signature));
        Assert.False(await SmCrypto.VerifySignature(certificate.PublicKey.Encode(), other, signature, der: true));

        // And they say what the phone showed.
        Assert.True(SigningForm.TryDecode(new SigningDocument(SigningFormKind.Login, message), out var form));
        Assert.Equal(LoginPurpose.Login, Assert.IsType<LoginForm>(form).Purpose);
    }

    [Fact]
    public async Task PdfBox_verifies_both_seals_and_notices_a_flipped_byte()
    {
        var root = demo.Certificates("ca-chain.pem")[^1];
        var report = await PdfBox.Verify(demo.Path("sealed.pdf"), root);
        Assert.Equal(2, report.Seals.Count);
        Assert.All(report.Seals, seal => Assert.True(seal is { Good: true, Chain: true }, seal.ToString()));
        Assert.Equal([false, true], report.Seals.Select(seal => seal.CoversWholeFile));

        using var folder = new TemporaryFolder();
        var bytes = demo.Read("sealed.pdf");
        bytes[bytes.AsSpan().IndexOf("stream"u8) + 40] ^= 1;
        var flipped = await PdfBox.Verify(folder.Write("flipped.pdf", bytes), root);
        Assert.Equal([false, false], flipped.Seals.Select(seal => seal.Good));
    }

    [Fact]
    public void What_was_opened_is_what_went_in_and_the_bid_file_hides_it()
    {
        Assert.Equal(demo.Read("投标文件.pdf"), demo.Read("opened/唱标信息/投标文件.pdf"));
        Assert.Equal(demo.Read("sealed.pdf"), demo.Read("opened/投标文件/sealed.pdf"));
        Assert.Equal(2, Directory.GetFiles(demo.Path("opened"), "*", SearchOption.AllDirectories).Length);
        var bid = demo.Read("bid.bztb");
        Assert.Equal(-1, bid.AsSpan().IndexOf(demo.Read("sealed.pdf").AsSpan(0, 64)));
        Assert.Equal(-1, bid.AsSpan().IndexOf("%PDF"u8));
    }

    [Fact]
    public void The_evidence_verifies_offline_and_nothing_in_it_can_be_changed()
    {
        var evidence = JsonSerializer.Deserialize(demo.Read("evidence.json"), BztJson.Default.EvidenceExport)!;
        Assert.Equal(EvidenceFault.None, evidence.Verify(evidence.EvidenceKey));
        var kinds = evidence.Entries.Select(entry => entry.Kind).ToList();
        Assert.Equal(1, kinds.Count(kind => kind == EvidenceKind.WrongPin));
        Assert.Equal(1, kinds.Count(kind => kind == EvidenceKind.Decrypted));

        // Bind, login on the page, login of the tool, two seals, the bid file.
        Assert.Equal(6, kinds.Count(kind => kind == EvidenceKind.Signed));
        for (var i = 0; i < evidence.Entries.Count; i++)
        {
            var changed = evidence.Entries.ToList();
            changed[i] = changed[i] with { At = changed[i].At.AddMilliseconds(1) };
            Assert.NotEqual(EvidenceFault.None, (evidence with { Entries = changed }).Verify(evidence.EvidenceKey));
            changed.RemoveAt(i);
            Assert.NotEqual(EvidenceFault.None, (evidence with { Entries = changed }).Verify(evidence.EvidenceKey));
        }

        // Its own key proves nothing: who verifies brings the published one.
        var other = RandomNumberGenerator.GetBytes(65);
        Assert.NotEqual(EvidenceFault.None, evidence.Verify(other));
    }
}
