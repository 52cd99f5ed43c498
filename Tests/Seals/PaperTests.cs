using System.Security.Cryptography;
using Bzt.Contracts.Phone;
using Bzt.Documents.Pdf;
using Bzt.Grains.Seals;
using Bzt.Protocol.Forms;
using Bzt.Silo.Imaging;
using Bzt.Tests.Documents;
using Bzt.Tests.Peers;
using Microsoft.Extensions.Options;
using LetterToSeal = Bzt.Grains.Seals.LetterToSeal;

namespace Bzt.Tests.Seals;

/// <summary>Forms and letters as others' programs read them, and letters sealed as others' programs judge them.</summary>
public sealed class PaperTests
{
    private static readonly TestSigner Signer = new(TestPapers.Enterprise);

    [Theory]
    [InlineData(FormPurpose.Claim, "企业数字证书申请书")]
    [InlineData(FormPurpose.Reapplication, "企业数字证书授权书")]
    public async Task A_form_says_everything_that_was_entered(FormPurpose purpose, string title)
    {
        using var folder = new TemporaryFolder();
        var pdf = await TestPapers.Maker.ApplicationFormAsync(TestPapers.Form(purpose));
        await ReadsAsync(folder, pdf, [
            title, TestPapers.Enterprise, "91420500MA0000001X", "李建国", "420502196803074512", "王小明", "420502199003074512", "13800138000",
            "湖北省", "宜昌公共资源电子交易平台", "湖北CA", "2年", "单位公章", "法定代表人印鉴", "法定代表人签字", "2026年11月25日"]);
    }

    [Fact]
    public async Task A_letter_says_who_is_authorised_for_what_where_and_how_long()
    {
        using var folder = new TemporaryFolder();
        await ReadsAsync(folder, await TestPapers.Maker.AuthorisationLetterAsync(TestPapers.Letter()), [
            "授权书", "0192a3b4-1", TestPapers.Enterprise, "91420500MA0000001X", "王小明", "420502199003074512", "申请并使用企业数字证书",
            "登录、签章、生成投标文件、开标解密", "宜昌公共资源电子交易平台", "湖北CA", "2026年11月25日至2027年11月24日"]);
        var endless = await TestPapers.Maker.AuthorisationLetterAsync(TestPapers.Letter() with { Until = null });
        await ReadsAsync(folder, endless, ["2026年11月25日至证书有效期届满"]);
    }

    [Fact]
    public async Task The_longest_names_stay_on_the_page_and_rare_characters_do_not_stop_it()
    {
        using var folder = new TemporaryFolder();
        var longest = new string('长', 60) + "公司";
        var facts = TestPapers.Form() with
        {
            EnterpriseName = longest, LegalRepresentativeName = new string('名', 50), Applicant = TestPapers.Person with { Name = "李𠮷" }, PlatformName = new string('台', 60),
        };
        var text = await TextAsync(folder, await TestPapers.Maker.ApplicationFormAsync(facts));
        Assert.Contains(longest, text, StringComparison.Ordinal);
        Assert.Contains(new string('名', 50), text, StringComparison.Ordinal);

        // The table and the declaration end above the boxes.
        var table = FormDrawing.Draw(TestPapers.Font, facts).TextsBetween(FormLayout.EnterpriseSeal.Top, FormLayout.EnterpriseSeal.Bottom);
        Assert.Equal(["申请日期：2026年11月25日"], table);
    }

    [Fact]
    public async Task A_letter_is_sealed_with_the_enterprises_own_seal_and_PdfBox_agrees()
    {
        using var folder = new TemporaryFolder();
        var letter = await TestPapers.Maker.AuthorisationLetterAsync(TestPapers.Letter());
        var at = new DateTimeOffset(2026, 11, 25, 9, 30, 0, TimeSpan.Zero);
        var prepared = await TestPapers.Sealing.PrepareAsync(new LetterToSeal(letter, "授权书", TestPapers.Enterprise, new LetterSeal(SyntheticPaper.SealPng(), 40), Signer.Certificate, at));

        // What the phone shows is what is signed.
        Assert.True(SigningForm.TryDecode(prepared.Form.ToDocument(), out var shown));
        Assert.Equal("授权书", Assert.IsType<CmsPdfForm>(shown).DocumentName);
        var done = await TestPapers.Sealing.CompleteAsync(prepared.Pdf, prepared.Form.Content, Signer.Sign(prepared.Form.Content), Signer.Certificate, [Signer.Root]);

        Assert.True(done.AsSpan().StartsWith(letter));
        var report = Assert.Single(PdfSealVerifier.Verify(new MemoryStream(done), [Signer.Root]));
        Assert.True(report.IsValid, report.ToString());
        Assert.Equal((TestPapers.Enterprise, "授权书", at), (report.Signer, report.DocumentName, report.SignedAt));
        var file = folder.Write("sealed.pdf", done);
        var peer = Assert.Single((await PdfBox.Verify(file, Signer.Root)).Seals);
        Assert.True(peer is { Good: true, Chain: true, CoversWholeFile: true }, peer.ToString());
        Assert.Equal(0, (await QPdf.Check(file)).ExitCode);

        // Once sealed, its place is taken; a second seal is another prepare.
        await Assert.ThrowsAsync<PdfRefusedException>(() =>
            TestPapers.Sealing.CompleteAsync(done, prepared.Form.Content, Signer.Sign(prepared.Form.Content), Signer.Certificate, [Signer.Root]));
    }

    [Fact]
    public async Task A_signature_of_another_letter_or_key_does_not_get_in()
    {
        var letter = await TestPapers.Maker.AuthorisationLetterAsync(TestPapers.Letter());
        var other = await TestPapers.Maker.AuthorisationLetterAsync(TestPapers.Letter() with { Matter = "转让全部资产" });
        var prepared = await PrepareAsync(letter);
        var another = await PrepareAsync(other);
        var signature = Signer.Sign(prepared.Form.Content);

        await Assert.ThrowsAsync<CryptographicException>(() => TestPapers.Sealing.CompleteAsync(another.Pdf, prepared.Form.Content, signature, Signer.Certificate, []));
        await Assert.ThrowsAsync<CryptographicException>(() => TestPapers.Sealing.CompleteAsync(prepared.Pdf, prepared.Form.Content, signature, new TestSigner("别的公司").Certificate, []));
        var altered = prepared.Pdf.ToArray();
        altered[altered.AsSpan().IndexOf("stream"u8) + 40] ^= 1;
        await Assert.ThrowsAsync<CryptographicException>(() => TestPapers.Sealing.CompleteAsync(altered, prepared.Form.Content, signature, Signer.Certificate, []));
        Assert.NotEmpty(await TestPapers.Sealing.CompleteAsync(prepared.Pdf, prepared.Form.Content, signature, Signer.Certificate, []));

        static Task<PreparedLetter> PrepareAsync(byte[] pdf) =>
            TestPapers.Sealing.PrepareAsync(new LetterToSeal(pdf, "授权书", TestPapers.Enterprise, null, Signer.Certificate, new DateTimeOffset(2026, 11, 25, 0, 0, 0, TimeSpan.Zero)));
    }

    [Fact]
    public void Without_a_chinese_font_the_process_does_not_start()
    {
        using var folder = new TemporaryFolder();
        var missing = Assert.Throws<OptionsValidationException>(() => DocumentFont.Load(folder["none.ttf"]));
        Assert.Contains("Imaging:FontFile", missing.Message, StringComparison.Ordinal);
        Assert.Throws<OptionsValidationException>(() => DocumentFont.Load(folder.Write("noise.ttf", RandomNumberGenerator.GetBytes(5000))));
    }

    private static async Task ReadsAsync(TemporaryFolder folder, byte[] pdf, IEnumerable<string> expected)
    {
        // A whole Chinese font would be two megabytes.
        Assert.InRange(pdf.Length, 5_000, 80_000);
        var text = await TextAsync(folder, pdf);
        Assert.All(expected, part => Assert.Contains(part, text, StringComparison.Ordinal));
        Assert.Equal(0, (await QPdf.Check(folder["paper.pdf"])).ExitCode);
        var fonts = (await PeerProcess.Run("pdffonts", [folder["paper.pdf"]])).OrFail().Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var columns = Assert.Single(fonts.Skip(2)).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        // Name, type in two words, encoding, embedded, subset, with a way back to Unicode.
        Assert.Equal(["yes", "yes", "yes"], columns[4..7]);
    }

    /// <summary>As poppler reads it, without the line breaks that are the layout's.</summary>
    private static async Task<string> TextAsync(TemporaryFolder folder, byte[] pdf) =>
        (await PeerProcess.Run("pdftotext", ["-enc", "UTF-8", folder.Write("paper.pdf", pdf), "-"])).OrFail().Output.Replace("\n", "", StringComparison.Ordinal);
}
