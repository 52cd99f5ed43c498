using System.Buffers.Binary;
using Bzt.Documents.BidFiles;
using Bzt.Protocol.Forms;
using Bzt.Protocol.Primitives;
using Bzt.Tests.Peers;
using Xunit;

namespace Bzt.Tests.Documents;

/// <summary>What goes in comes out; whatever was touched is refused, by name, with nothing left behind.</summary>
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

    [Fact]
    public async Task Every_truncation_is_noticed_before_a_key_is_needed()
    {
        using var folder = new TemporaryFolder();
        var whole = await File.ReadAllBytesAsync((await TestBid.Write(folder)).Path);
        int[] lengths = [0, 1, 11, 12, 13, 400, whole.Length / 2, .. Enumerable.Range(whole.Length - 900, 900)];
        foreach (var length in lengths)
        {
            var refused = await Assert.ThrowsAsync<BidFileException>(() => BidFileReader.OpenAsync(new MemoryStream(whole, 0, length)));
            Assert.Contains(refused.Fault, (BidFileFault[])[BidFileFault.NotABidFile, BidFileFault.Truncated, BidFileFault.Malformed, BidFileFault.TooLarge]);
        }
    }

    [Fact]
    public async Task A_flipped_bit_anywhere_is_refused()
    {
        using var folder = new TemporaryFolder();
        var bytes = await File.ReadAllBytesAsync((await TestBid.Write(folder, small: true)).Path);
        // Every byte of header, manifest and signature, and a sample of the ciphertext.
        var random = new Random(20261125);
        var (start, end) = Parsed(bytes);
        var places = Enumerable.Range(0, start).Concat(Enumerable.Range(end, bytes.Length - end)).Concat(Enumerable.Range(0, 60).Select(_ => random.Next(start, end)));
        foreach (var place in places)
        {
            var bit = (byte)(1 << random.Next(8));
            bytes[place] ^= bit;
            var fault = await FaultOf(bytes);
            Assert.True(fault is not null, $"a flip at {place} of {bytes.Length} went unnoticed");
            bytes[place] ^= bit;
        }
        Assert.Null(await FaultOf(bytes));
    }

    [Fact]
    public async Task Exchanged_chunks_and_sections_are_refused()
    {
        using var folder = new TemporaryFolder();
        var bid = await TestBid.Write(folder);
        var original = await File.ReadAllBytesAsync(bid.Path);
        await using var reader = await BidFileReader.OpenAsync(bid.Path);
        byte[][] keys = [await bid.UnwrapAsync(reader, 0), await bid.UnwrapAsync(reader, 1)];
        var second = Parsed(original).Start + (int)BidFileFormat.CiphertextLength(reader.Manifest.Sections[0].Size, BidFileFormat.ChunkSize);
        const int Step = 1024 * 1024 + 16;

        // Two chunks of one section.
        var swapped = original.ToArray();
        original.AsSpan(second, Step).CopyTo(swapped.AsSpan(second + Step));
        original.AsSpan(second + Step, Step).CopyTo(swapped.AsSpan(second));
        await using (var altered = await BidFileReader.OpenAsync(new MemoryStream(swapped)))
        {
            Assert.False(await altered.IsWholeAsync());
            var refused = await Assert.ThrowsAsync<BidFileException>(() => altered.OpenSectionAsync(1, keys[1], folder["swapped"]));
            Assert.Equal(BidFileFault.Altered, refused.Fault);
        }

        // A hostile bidder who signs what he likes still cannot make a chunk decrypt at another place, section, file or length.
        var header = Sm3.Hash(original.AsSpan(12, Parsed(original).Start - 12));
        var cipher = new SectionCipher(keys[1], reader.Header.Sections[1].NoncePrefix, BidFileFormat.AssociatedData(header, 1));
        var plain = new byte[1024 * 1024];
        var chunk = original.AsSpan(second, Step).ToArray();
        Assert.True(cipher.TryOpen(0, false, chunk, plain));
        Assert.False(cipher.TryOpen(1, false, chunk, plain));
        Assert.False(cipher.TryOpen(0, true, chunk, plain));
        Assert.Equal(new byte[plain.Length], plain);
        Assert.False(new SectionCipher(keys[1], reader.Header.Sections[1].NoncePrefix, BidFileFormat.AssociatedData(header, 0)).TryOpen(0, false, chunk, plain));
        Assert.False(new SectionCipher(keys[1], reader.Header.Sections[1].NoncePrefix, BidFileFormat.AssociatedData(new byte[32], 1)).TryOpen(0, false, chunk, plain));
    }

    [Fact]
    public async Task Huge_declared_sizes_take_no_memory()
    {
        using var folder = new TemporaryFolder();
        var bytes = await File.ReadAllBytesAsync((await TestBid.Write(folder, small: true)).Path);
        var before = GC.GetAllocatedBytesForCurrentThread();
        foreach (var (offset, fault) in ((int, BidFileFault)[])[(8, BidFileFault.TooLarge), (bytes.Length - 12, BidFileFault.TooLarge)])
        {
            var huge = bytes.ToArray();
            huge.AsSpan(offset, 4).Fill(0xFF);
            var task = BidFileReader.OpenAsync(new MemoryStream(huge));
            Assert.Equal(fault, (await Assert.ThrowsAsync<BidFileException>(() => task)).Fault);
        }
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 8 * 1024 * 1024);

        await using var extractor = new SectionExtractor(folder.FullName);
        var entry = TestBid.Entry("huge", []);
        entry.AsSpan(entry.Length - 8).Fill(0x7F);
        await extractor.WriteAsync(entry, default);
        Assert.Equal(BidFileFault.Malformed, Assert.Throws<BidFileException>(extractor.End).Fault);
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

    /// <summary>Where the sections begin and where they end.</summary>
    private static (int Start, int End) Parsed(byte[] bytes) =>
        (12 + BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(8)), bytes.Length - 12 - BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(bytes.Length - 12)));

    private static async Task<BidFileFault?> FaultOf(byte[] bytes)
    {
        try
        {
            await using var reader = await BidFileReader.OpenAsync(new MemoryStream(bytes, writable: false));
            if (!reader.VerifySignature([TestBid.Root]).IsValid) return BidFileFault.BadSignature;
            if (!await reader.IsWholeAsync()) return BidFileFault.Altered;
            return null;
        }
        catch (BidFileException e)
        {
            return e.Fault;
        }
    }

    private sealed class Sink(Action<BidFileProgress> report) : IProgress<BidFileProgress>
    {
        public void Report(BidFileProgress value) => report(value);
    }
}
