using Bzt.Documents.BidFiles;
using Bzt.Tests.Peers;

namespace Bzt.Tests.Documents;

/// <summary>What goes in comes out, section by section, for whoever has the key; other programs agree.</summary>
public sealed class BidFileTests
{
    private static readonly string[] SectionNames = ["唱标信息", "投标文件"];

    [Fact]
    [Trait("Feature", "M068")]
    public async Task Opened_sections_are_identical_to_what_went_in()
    {
        using var folder = new TemporaryFolder();
        var bid = await TestBid.Write(folder);
        Assert.Empty(Directory.GetFiles(folder.FullName, "*.unfinished"));

        await using var reader = await BidFileReader.OpenAsync(bid.Path);
        Assert.Equal(SectionNames, reader.Header.Sections.Select(s => s.Name));
        Assert.Equal(TestBid.Description, reader.Header.Description);
        Assert.True(reader.VerifySignature([TestBid.Root]).IsValid);
        Assert.True(await reader.IsWholeAsync());
        for (var i = 0; i < 2; i++)
        {
            await reader.OpenSectionAsync(i, await bid.UnwrapAsync(reader, i), folder[$"opened/{SectionNames[i]}"]);
            TestBid.AssertSameTree(Path.Combine(bid.Source, SectionNames[i]), folder[$"opened/{SectionNames[i]}"]);
        }
    }

    [Fact]
    public async Task A_section_opens_with_its_own_key_only()
    {
        using var folder = new TemporaryFolder();
        var bid = await TestBid.Write(folder);
        await using var reader = await BidFileReader.OpenAsync(bid.Path);
        var first = await bid.UnwrapAsync(reader, 0);

        var refused = await Assert.ThrowsAsync<BidFileException>(() => reader.OpenSectionAsync(1, first, folder["opened"]));

        Assert.Equal(BidFileFault.WrongKey, refused.Fault);
        Assert.False(Path.Exists(folder["opened"]));
        Assert.Empty(Directory.GetDirectories(folder.FullName, "*.opening"));
    }

    [Fact]
    public async Task OpenSSL_and_sm_crypto_unwrap_a_section_key()
    {
        using var folder = new TemporaryFolder();
        var bid = await TestBid.Write(folder);
        await using var reader = await BidFileReader.OpenAsync(bid.Path);
        var wrapped = Assert.Single(reader.WrappedKeys(), k => k.Section == 0);

        var byOpenSsl = await OpenSsl.Decrypt(bid.Recipient.PrivateKeyInfo, wrapped.Ciphertext);
        var bySmCrypto = await SmCrypto.Decrypt(Org.BouncyCastle.Utilities.BigIntegers.AsUnsignedByteArray(32, bid.Recipient.PrivateScalar), TestBid.RawCiphertext(wrapped.Ciphertext));

        Assert.Equal(await bid.UnwrapAsync(reader, 0), byOpenSsl);
        Assert.Equal(byOpenSsl, bySmCrypto);
        await reader.OpenSectionAsync(0, byOpenSsl, folder["opened"]);
    }

    [Fact]
    public async Task OpenSSL_accepts_the_manifest_signature()
    {
        using var folder = new TemporaryFolder();
        var bid = await TestBid.Write(folder);
        await using var reader = await BidFileReader.OpenAsync(bid.Path);
        var signature = reader.Signature;

        Assert.True(await OpenSsl.VerifySignature(signature.Certificates[0], reader.Manifest.Content, TestSigner.ToDer(signature.Signature)));
        Assert.False(await OpenSsl.VerifySignature(signature.Certificates[0], [.. reader.Manifest.Content, 0], TestSigner.ToDer(signature.Signature)));
    }

    [Fact]
    public async Task Progress_ends_at_the_total_and_only_a_few_chunks_are_in_memory()
    {
        using var folder = new TemporaryFolder();
        const long Length = 64L * 1024 * 1024;
        var source = new Zeros(Length);
        var reports = new List<BidFileProgress>();
        var ahead = 0L;
        var bid = await TestBid.Write(folder, sections: [new BidFileSection("投标文件", [new BidSectionFile("大文件.bin", Length, () => source)])], progress: new Sink(p =>
        {
            reports.Add(p);
            ahead = Math.Max(ahead, source.Position - p.Done);
        }));
        Assert.Equal(reports[^1].Total, reports[^1].Done);
        Assert.True(reports.Zip(reports.Skip(1)).All(pair => pair.First.Done < pair.Second.Done));
        // What was read and is not yet written is what the memory holds.
        Assert.InRange(ahead, 0, 4 * BidFileFormat.ChunkSize);

        await using var reader = await BidFileReader.OpenAsync(bid.Path);
        await reader.OpenSectionAsync(0, await bid.UnwrapAsync(reader, 0), folder["opened"]);
        Assert.Equal(Length, new FileInfo(folder["opened/大文件.bin"]).Length);
    }
}
