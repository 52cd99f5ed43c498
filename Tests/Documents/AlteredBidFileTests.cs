using System.Buffers.Binary;
using Bzt.Documents.BidFiles;
using Bzt.Protocol.Primitives;
using Bzt.Tests.Peers;

namespace Bzt.Tests.Documents;

/// <summary>A bid file of ours that was touched afterwards is refused, by name, with nothing left behind.</summary>
public sealed class AlteredBidFileTests
{
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
}
