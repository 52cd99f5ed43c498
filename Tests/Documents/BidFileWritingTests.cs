using Bzt.Documents.BidFiles;
using Bzt.Protocol.Forms;
using Bzt.Tests.Peers;

namespace Bzt.Tests.Documents;

/// <summary>What is not to become a bid file is refused while it is written, by name, with nothing left behind but what can be taken up again.</summary>
public sealed class BidFileWritingTests
{
    [Fact]
    public async Task A_signing_certificate_is_no_recipient()
    {
        using var folder = new TemporaryFolder();
        await Assert.ThrowsAsync<ArgumentException>(() => TestBid.Write(folder, recipient: new TestSigner("只签名")));
        Assert.Empty(Directory.GetFiles(folder.FullName));
    }

    [Fact]
    public async Task A_signature_of_another_manifest_never_reaches_a_file()
    {
        using var folder = new TemporaryFolder();
        var refused = await Assert.ThrowsAsync<BidFileException>(() => TestBid.Write(folder, sign: (manifest, signer) => TestBid.Sign(new BidManifestForm(manifest.PlatformId, "YC-2026-0118", manifest.ProjectName, manifest.OpeningTime, manifest.HeaderDigest, manifest.Sections, manifest.Recipients), signer)));
        Assert.Equal(BidFileFault.BadSignature, refused.Fault);
        Assert.Empty(Directory.GetFiles(folder.FullName));
    }

    [Fact]
    public async Task A_refusal_on_the_phone_leaves_the_earlier_file_alone()
    {
        using var folder = new TemporaryFolder();
        var bid = await TestBid.Write(folder);
        var before = await File.ReadAllBytesAsync(bid.Path);
        await Assert.ThrowsAsync<OperationCanceledException>(() => TestBid.Write(folder, sign: (_, _) => throw new OperationCanceledException("refused")));
        Assert.Equal(before, await File.ReadAllBytesAsync(bid.Path));
        Assert.Single(Directory.GetFiles(folder.FullName));
    }

    [Fact]
    [Trait("Feature", "M068")]
    public async Task What_is_encrypted_waits_for_its_signature_and_is_signed_only_while_its_contents_are_the_same()
    {
        using var folder = new TemporaryFolder();
        var draft = folder["bid.bztb.draft"];
        static BidManifestSignature Refuse(BidManifestForm manifest, TestSigner signer) => throw new OperationCanceledException("refused");
        await Assert.ThrowsAsync<OperationCanceledException>(() => TestBid.Write(folder, sign: Refuse, draft: draft));
        Assert.Equal([draft], Directory.GetFiles(folder.FullName));
        var encrypted = await File.ReadAllBytesAsync(draft);

        // It is no bid file yet, whatever it is called.
        await Assert.ThrowsAsync<BidFileException>(() => BidFileReader.OpenAsync(draft));

        // The same again: nothing is encrypted, only signed, and it opens.
        var reports = 0;
        var bid = await TestBid.Write(folder, draft: draft, progress: new Sink(_ => reports++));
        Assert.Equal((0, false), (reports, File.Exists(draft)));
        Assert.True((await File.ReadAllBytesAsync(bid.Path)).AsSpan().StartsWith(encrypted.AsSpan(0, 2_000_000)));
        await using (var reader = await BidFileReader.OpenAsync(bid.Path))
        {
            Assert.True(reader.VerifySignature([TestBid.Root]).IsValid);
            await reader.OpenSectionAsync(1, await bid.UnwrapAsync(reader, 1), folder["opened"]);
            TestBid.AssertSameTree(Path.Combine(bid.Source, "投标文件"), folder["opened"]);
        }

        // A draft that is cut short, touched, or of contents that are others now, is made again.
        File.Delete(bid.Path);
        var file = Path.Combine(bid.Source, "唱标信息", "报价.json");
        var other = await File.ReadAllBytesAsync(file);
        other[7] ^= 1;
        foreach (var spoil in (Func<Task>[])[
            () => File.WriteAllBytesAsync(draft, encrypted[..^20]), () => File.WriteAllBytesAsync(draft, [.. encrypted[..1_000_000], (byte)(encrypted[1_000_000] ^ 1), .. encrypted[1_000_001..]]),
            async () => { await File.WriteAllBytesAsync(draft, encrypted); await File.WriteAllBytesAsync(file, other); }])
        {
            await spoil();
            reports = 0;
            bid = await TestBid.Write(folder, sections: TestBid.SectionsOf(bid.Source), draft: draft, progress: new Sink(_ => reports++));
            Assert.True(reports > 0);
        }

        await using var changed = await BidFileReader.OpenAsync(bid.Path);
        await changed.OpenSectionAsync(0, await bid.UnwrapAsync(changed, 0), folder["changed"]);
        Assert.Equal(other, await File.ReadAllBytesAsync(folder["changed/报价.json"]));
    }

    [Fact]
    public async Task A_source_that_grew_or_shrank_is_refused()
    {
        foreach (var wrong in (int[])[-1, 1])
        {
            using var folder = new TemporaryFolder();
            var file = new BidSectionFile("价格.txt", 1000 + wrong, () => new MemoryStream(new byte[1000]));
            var refused = await Assert.ThrowsAsync<BidFileException>(() => TestBid.Write(folder, sections: [new BidFileSection("唱标信息", [file])]));
            Assert.Equal(BidFileFault.SourceChanged, refused.Fault);
            Assert.Empty(Directory.GetFiles(folder.FullName));
        }
    }

    [Theory]
    [InlineData("../x"), InlineData("a/../../x"), InlineData("/etc/x"), InlineData("a//b"), InlineData("a\\b"), InlineData("C:x"), InlineData("CON"), InlineData("nul.txt"),
     InlineData("a/."), InlineData("x. "), InlineData("x\u0000"), InlineData(""), InlineData("a\nb"), InlineData("报价\u202Efdp.exe")]
    public async Task Names_that_could_leave_the_folder_are_neither_written_nor_opened(string name)
    {
        using var folder = new TemporaryFolder();
        var file = new BidSectionFile(name, 1, () => new MemoryStream(new byte[1]));
        var written = await Assert.ThrowsAsync<BidFileException>(() => TestBid.Write(folder, sections: [new BidFileSection("唱标信息", [file])]));
        Assert.Equal(BidFileFault.UnsafeName, written.Fault);

        // A hostile writer does not ask: the same name inside a file made without our checks.
        var extractor = new SectionExtractor(Directory.CreateDirectory(folder["inside"]).FullName);
        await using (extractor)
        {
            var opened = await Assert.ThrowsAsync<BidFileException>(async () => await extractor.WriteAsync(TestBid.Entry(name, [1]), default));
            Assert.Equal(BidFileFault.UnsafeName, opened.Fault);
        }
        Assert.Empty(Directory.GetFileSystemEntries(folder["inside"]));
    }

    [Theory]
    [InlineData("a", "a/b"), InlineData("a/b", "a"), InlineData("a", "A"), InlineData("a", "a")]
    public async Task Names_that_collide_are_refused(string first, string second)
    {
        using var folder = new TemporaryFolder();
        await using var extractor = new SectionExtractor(folder.FullName);
        await extractor.WriteAsync(TestBid.Entry(first, [1]), default);
        var refused = await Assert.ThrowsAsync<BidFileException>(async () => await extractor.WriteAsync(TestBid.Entry(second, [1]), default));
        Assert.Equal(BidFileFault.UnsafeName, refused.Fault);
    }
}
