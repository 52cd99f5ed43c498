using System.Buffers.Binary;
using Bzt.Documents.BidFiles;
using Bzt.Tests.Peers;
using Org.BouncyCastle.Utilities;

namespace Bzt.Tests.Documents;

/// <summary>docs/bid-file.md says enough: a reader in another language, written from it, reads what we write and refuses what we refuse.</summary>
public sealed class BidFileFormatTests
{
    [Fact]
    [Trait("Feature", "M068")]
    public async Task A_reader_written_from_the_document_opens_the_sections_each_by_its_own_key_and_refuses_what_was_touched()
    {
        using var folder = new TemporaryFolder();
        var bid = await TestBid.Write(folder);
        var (serial, key) = await RecipientAsync(bid);

        // 唱标信息 first, then the rest; byte for byte what went in, over several chunks and an empty file.
        Assert.Equal(["报价.json"], Files((await BidFileJs.ReadAsync([bid.Path], serial, key, ["唱标信息"], folder["first"]))[0], 0));
        Assert.False(Directory.Exists(folder["first/投标文件"]));
        var whole = (await BidFileJs.ReadAsync([bid.Path], serial, key, output: folder["opened"]))[0];
        Assert.Equal((TestBid.Description.ProjectName, TestBid.Description.BidderName, "20261201010000Z"), (whole.GetProperty("projectName").GetString(), whole.GetProperty("bidder").GetString(), whole.GetProperty("openingTime").GetString()));
        TestBid.AssertSameTree(bid.Source, folder["opened"]);

        // What both readers see: frame, header, ciphertext, manifest, signature, each touched; and the key of somebody else.
        using var small = new TemporaryFolder();
        bid = await TestBid.Write(small, small: true);
        var bytes = await File.ReadAllBytesAsync(bid.Path);
        var start = 12 + BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(8));
        var end = bytes.Length - 12 - BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(bytes.Length - 12));
        var random = new Random(20261201);
        int[] places = [0, 9, 11, start - 1, start, start + 400, end - 1, end, bytes.Length - 12, bytes.Length - 1, .. Enumerable.Range(0, 40).Select(_ => random.Next(start)), .. Enumerable.Range(0, 40).Select(_ => random.Next(end, bytes.Length - 700))];
        var touched = places.Distinct().Select(place =>
        {
            var copy = bytes.ToArray();
            copy[place] ^= (byte)(1 << random.Next(8));
            return small.Write($"touched-{place}.bztb", copy);
        }).Append(small.Write("cut.bztb", bytes.AsSpan(0, bytes.Length - 13))).ToList();
        Assert.All(await BidFileJs.ReadAsync(touched, serial, key), answer => Assert.True(answer.TryGetProperty("refused", out _), answer.ToString()));
        Assert.True((await BidFileJs.ReadAsync([bid.Path], serial, new TestSigner("另一家").PrivateScalar.ToByteArrayUnsigned()))[0].TryGetProperty("refused", out _));
        Assert.False((await BidFileJs.ReadAsync([bid.Path], serial, key))[0].TryGetProperty("refused", out _));
    }

    private static async Task<(string Serial, byte[] Key)> RecipientAsync(TestBid bid)
    {
        await using var reader = await BidFileReader.OpenAsync(bid.Path);
        return (Assert.Single(reader.Header.Recipients), BigIntegers.AsUnsignedByteArray(32, bid.Recipient.PrivateScalar));
    }

    private static IEnumerable<string?> Files(System.Text.Json.JsonElement answer, int section) =>
        answer.GetProperty("sections")[section].GetProperty("files").EnumerateArray().Select(file => file.GetString());
}
