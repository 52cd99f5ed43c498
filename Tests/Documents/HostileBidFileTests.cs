using System.Buffers.Binary;
using Bzt.Documents.BidFiles;
using Bzt.Protocol.Forms;
using Bzt.Protocol.Primitives;
using Bzt.Tests.Peers;

namespace Bzt.Tests.Documents;

/// <summary>
/// Containers nobody of ours has written: random damage, and a bidder who knows the keys and signs what he likes. The answer is always a named
/// refusal, in memory that does not follow what the file claims.
/// </summary>
public sealed class HostileBidFileTests
{
    private const int Chunk = BidFileFormat.MinimumChunkSize;
    private static readonly byte[][] Keys = [[.. Enumerable.Range(1, 16).Select(i => (byte)i)], [.. Enumerable.Range(101, 16).Select(i => (byte)i)]];
    private static readonly TestSigner Bidder = new("宜昌测试建设有限公司");

    private static readonly TestSigner EncryptionKey = new("宜昌测试建设有限公司", usage: Org.BouncyCastle.Asn1.X509.KeyUsage.KeyEncipherment | Org.BouncyCastle.Asn1.X509.KeyUsage.DataEncipherment);

    private static readonly BidFileHeader TwoSections = HeaderOf(2);

    [Fact]
    public async Task Random_damage_is_a_named_refusal_in_bounded_memory()
    {
        using var folder = new TemporaryFolder();
        var whole = Build([TestBid.Entry("报价.txt", new byte[3000]), [.. TestBid.Entry("a/投标函.pdf", new byte[2 * Chunk]), .. TestBid.Entry("b.txt", [1])]]);
        Assert.Null(await OpenAllAsync(whole, folder["good"]));
        var random = new Random(20261125);
        for (var round = 0; round < 500; round++)
        {
            var damaged = Damage(whole, random);
            if (damaged.AsSpan().SequenceEqual(whole))
            {
                continue;
            }

            // Header and manifest are read without a wait, so on this thread; the sections' buffers follow from a bounded chunk size.
            var before = GC.GetAllocatedBytesForCurrentThread();
            var opening = BidFileReader.OpenAsync(new MemoryStream(damaged, writable: false));
            var taken = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(opening.IsCompleted && taken < 4 << 20, $"round {round} took {taken} bytes");
            _ = opening.Exception;
            Assert.True(await OpenAllAsync(damaged, folder[$"round-{round}"]) is not null, $"round {round} went unnoticed");
            Assert.False(Directory.Exists(folder[$"round-{round}-1"]), $"round {round} left a section behind");
        }
    }

    [Fact]
    public async Task A_bidder_who_signs_what_he_likes_cannot_make_a_reader_take_it()
    {
        using var folder = new TemporaryFolder();
        byte[] first = [.. TestBid.Entry("报价.txt", new byte[(3 * Chunk) - 100])], second = [.. TestBid.Entry("标书.pdf", new byte[(3 * Chunk) - 100])];
        var cases = new (string Name, byte[] File, BidFileFault Fault)[]
        {
            // Signed as they stand: the ciphertext is the manifest's, so that the key is what does not fit.
            ("chunks exchanged", Build([first, second], ciphertexts => Exchange(ciphertexts[1], 0, 1)), BidFileFault.WrongKey),
            ("a wrong counter", Build([first, second], ciphertexts => Reseal(ciphertexts[1], 1, counter: 7, last: false)), BidFileFault.WrongKey),
            ("a last chunk in the middle", Build([first, second], ciphertexts => Reseal(ciphertexts[1], 1, counter: 1, last: true)), BidFileFault.WrongKey),
            ("no last chunk", Build([first, second], ciphertexts => Reseal(ciphertexts[1], 2, counter: 2, last: false)), BidFileFault.WrongKey),
            ("sections exchanged", Build([first, second], ciphertexts => (ciphertexts[0], ciphertexts[1]) = (ciphertexts[1], ciphertexts[0])), BidFileFault.WrongKey),
            // Contents that are made to hurt.
            ("a file that claims 2^62 bytes", Build([first, Claiming(1L << 62)]), BidFileFault.Malformed),
            ("a file that claims a negative length", Build([first, Claiming(-1)]), BidFileFault.TooLarge),
            ("a name of 65535 bytes", Build([first, [0xFF, 0xFF, .. new byte[100]]]), BidFileFault.UnsafeName),
            ("a name that climbs", Build([first, TestBid.Entry("a/../../b", [1])]), BidFileFault.UnsafeName),
            ("half a heading", Build([first, [0, 5, 1]]), BidFileFault.Malformed),
            // Sizes the file could not hold.
            ("a size of 2^62", Build([first, second], sizes: [first.Length, 1L << 62]), BidFileFault.Truncated),
            ("sizes that together are more", Build([first, second], sizes: [first.Length + 10, second.Length]), BidFileFault.Malformed),
            ("sizes that leave no room", Build([first, second], sizes: [first.Length + Chunk, second.Length]), BidFileFault.Truncated),
            ("a size that is less", Build([first, second], sizes: [first.Length, second.Length - 1]), BidFileFault.Malformed),
        };
        foreach (var (name, file, fault) in cases)
        {
            Assert.Equal((name, fault), (name, await OpenAllAsync(file, folder[name])));
            Assert.False(Directory.Exists(folder[$"{name}-1"]), name);
        }

        Assert.Empty(Directory.GetDirectories(folder.FullName, "*.opening"));
        Assert.Throws<BidFileException>(() => BidFileHeader.Decode(HeaderOf(65).Encode()));
        Assert.Null(await OpenAllAsync(Build([first, second]), folder["good"]));
    }

    /// <summary>Truncated, bits flipped, a piece put elsewhere, numbers overwritten with huge ones, bytes put in or taken out.</summary>
    private static byte[] Damage(byte[] whole, Random random)
    {
        var bytes = whole.ToArray();
        var place = random.Next(bytes.Length);
        switch (random.Next(7))
        {
            case 0:
                return bytes[..place];
            case 1:
                for (var i = random.Next(1, 9); i > 0; i--)
                {
                    bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
                }

                return bytes;
            case 2:
                var length = random.Next(1, Math.Min(600, bytes.Length - place) + 1);
                bytes.AsSpan(random.Next(bytes.Length - length), length).ToArray().CopyTo(bytes, place);
                return bytes;
            case 3:
                // The lengths of header and manifest.
                BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(random.Next(2) == 0 ? 8 : bytes.Length - 12), (uint)random.NextInt64(1L << 32));
                return bytes;
            case 4:
                // A DER length of four bytes somewhere in the header.
                var at = random.Next(12, 12 + BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(8)) - 6);
                bytes[at] = 0x84;
                BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(at + 1), (uint)random.NextInt64(1L << 32));
                return bytes;
            case 5:
                return [.. bytes[..place], .. new byte[random.Next(1, 5000)], .. bytes[place..]];
            default:
                return [.. bytes[..place], .. bytes[Math.Min(bytes.Length, place + random.Next(1, 300))..]];
        }
    }

    /// <summary>Everything a platform does with a file: header, signature, every section with its right key. The fault, or null.</summary>
    private static async Task<BidFileFault?> OpenAllAsync(byte[] file, string folder)
    {
        try
        {
            await using var reader = await BidFileReader.OpenAsync(new MemoryStream(file, writable: false));
            if (!reader.VerifySignature([Bidder.Root]).IsValid)
            {
                return BidFileFault.BadSignature;
            }

            for (var i = 0; i < reader.Header.Sections.Count; i++)
            {
                await reader.OpenSectionAsync(i, Keys[i], $"{folder}-{i}");
            }

            return null;
        }
        catch (BidFileException refused)
        {
            return refused.Fault;
        }
    }

    /// <summary>A file that is right in every respect but those that are asked for, signed by its bidder.</summary>
    private static byte[] Build(byte[][] contents, Action<List<byte[]>>? change = null, long[]? sizes = null)
    {
        var header = contents.Length == 2 ? TwoSections : HeaderOf(contents.Length);
        var encoded = header.Encode();
        var digest = Sm3.Hash(encoded);
        var ciphertexts = contents.Select((content, i) => Seal(i, digest, content)).ToList();
        change?.Invoke(ciphertexts);
        var manifest = header.Manifest(digest, [.. ciphertexts.Select((ciphertext, i) => new BidSection(header.Sections[i].Name, sizes?[i] ?? contents[i].Length, Sm3.Hash(ciphertext)))]);
        var block = new SignedBidManifest(manifest, new BidManifestSignature(Bidder.Sign(manifest.Content), [Bidder.Certificate])).Encode();
        var (length, end) = (new byte[4], new byte[4]);
        BinaryPrimitives.WriteInt32BigEndian(length, encoded.Length);
        BinaryPrimitives.WriteInt32BigEndian(end, block.Length);
        return [.. BidFileFormat.Magic, .. length, .. encoded, .. ciphertexts.SelectMany(c => c), .. block, .. end, .. BidFileFormat.EndMagic];
    }

    private static BidFileHeader HeaderOf(int sections) => new(TestBid.Description, [.. Enumerable.Range(0, sections).Select(i => new BidSectionHeader(
        $"部分{i}", [0, 1, 2, 3, 4, 5, (byte)i], Chunk, [SectionKeyWrap.Wrap(i, Keys[i % 2], EncryptionKey.Certificate)]))]);

    private static byte[] Seal(int section, byte[] headerDigest, byte[] content)
    {
        using var cipher = CipherOf(section, headerDigest);
        var chunks = (int)BidFileFormat.Chunks(content.Length, Chunk);
        var sealedBytes = new byte[BidFileFormat.CiphertextLength(content.Length, Chunk)];
        for (var i = 0; i < chunks; i++)
        {
            var plain = content.AsSpan(i * Chunk, Math.Min(Chunk, content.Length - (i * Chunk)));
            cipher.Seal((uint)i, i == chunks - 1, plain, sealedBytes.AsSpan(i * (Chunk + BidFileFormat.TagLength), plain.Length + BidFileFormat.TagLength));
        }

        return sealedBytes;
    }

    private static SectionCipher CipherOf(int section, byte[] headerDigest) =>
        new(Keys[section % 2], [0, 1, 2, 3, 4, 5, (byte)section], BidFileFormat.AssociatedData(headerDigest, section));

    private static void Exchange(byte[] ciphertext, int one, int other)
    {
        const int Step = Chunk + BidFileFormat.TagLength;
        var kept = ciphertext.AsSpan(one * Step, Step).ToArray();
        ciphertext.AsSpan(other * Step, Step).CopyTo(ciphertext.AsSpan(one * Step));
        kept.CopyTo(ciphertext, other * Step);
    }

    /// <summary>One chunk of the second section again, under another nonce than its place's; its content is zeros.</summary>
    private static void Reseal(byte[] ciphertext, int chunk, uint counter, bool last)
    {
        const int Step = Chunk + BidFileFormat.TagLength;
        using var cipher = CipherOf(1, Sm3.Hash(TwoSections.Encode()));
        var target = ciphertext.AsSpan(chunk * Step, Math.Min(Step, ciphertext.Length - (chunk * Step)));
        cipher.Seal(counter, last, new byte[target.Length - BidFileFormat.TagLength], target);
    }

    private static byte[] Claiming(long length)
    {
        var entry = TestBid.Entry("大文件.bin", []);
        BinaryPrimitives.WriteInt64BigEndian(entry.AsSpan(entry.Length - 8), length);
        return [.. entry, .. new byte[500]];
    }
}
