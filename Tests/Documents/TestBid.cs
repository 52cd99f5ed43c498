using System.Buffers.Binary;
using System.Text;
using Bzt.Documents.BidFiles;
using Bzt.Protocol.Forms;
using Bzt.Tests.Peers;
using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Crypto.Engines;
using Org.BouncyCastle.Utilities;
using Xunit;

namespace Bzt.Tests.Documents;

/// <summary>A bid with two sections, made and opened by one enterprise with ordinary keys.</summary>
internal sealed record TestBid(string Path, string Source, TestSigner Recipient)
{
    public static readonly BidFileDescription Description = new(
        "ycggzy", "YC-2026-0117", "宜昌市滨江路改造工程", new DateTimeOffset(2026, 12, 1, 1, 0, 0, TimeSpan.Zero), "宜昌测试建设有限公司", "91420500MA48000000", new DateTimeOffset(2026, 11, 25, 9, 0, 0, TimeSpan.Zero));

    private static readonly TestSigner Bidder = new("宜昌测试建设有限公司");
    private static readonly TestSigner EncryptionKey = new("宜昌测试建设有限公司", usage: Org.BouncyCastle.Asn1.X509.KeyUsage.KeyEncipherment | Org.BouncyCastle.Asn1.X509.KeyUsage.DataEncipherment);

    public static byte[] Root => Bidder.Root;

    public static async Task<TestBid> Write(
        TemporaryFolder folder, IReadOnlyList<BidFileSection>? sections = null, TestSigner? recipient = null,
        Func<BidManifestForm, TestSigner, BidManifestSignature>? sign = null, bool small = false, IProgress<BidFileProgress>? progress = null, string? draft = null)
    {
        var source = folder["source"];
        if (sections is null)
        {
            Fill(source, small);
            sections = SectionsOf(source);
        }
        recipient ??= EncryptionKey;
        await BidFileWriter.WriteAsync(folder["bid.bztb"], Description, sections, [recipient.Certificate], (manifest, _) => Task.FromResult((sign ?? Sign)(manifest, Bidder)), progress, draft);
        return new TestBid(folder["bid.bztb"], source, recipient);
    }

    public static IReadOnlyList<BidFileSection> SectionsOf(string source) =>
        [.. ((string[])["唱标信息", "投标文件"]).Select(name => new BidFileSection(name, BidSectionFile.FromFolder(System.IO.Path.Combine(source, name))))];

    public static BidManifestSignature Sign(BidManifestForm manifest, TestSigner signer) => new(signer.Sign(manifest.Content), [signer.Certificate]);

    /// <summary>The section's key, by BouncyCastle's own SM2 decryption.</summary>
    public Task<byte[]> UnwrapAsync(BidFileReader reader, int section)
    {
        var engine = new SM2Engine(SM2Engine.Mode.C1C3C2);
        engine.Init(false, Recipient.PrivateKey);
        var raw = RawCiphertext(reader.WrappedKeys().First(k => k.Section == section).Ciphertext);
        return Task.FromResult(engine.ProcessBlock(raw, 0, raw.Length));
    }

    /// <summary>04 ‖ x ‖ y ‖ C3 ‖ C2.</summary>
    public static byte[] RawCiphertext(byte[] der)
    {
        var parts = Asn1Sequence.GetInstance(der);
        return [4, .. BigIntegers.AsUnsignedByteArray(32, ((DerInteger)parts[0]).PositiveValue), .. BigIntegers.AsUnsignedByteArray(32, ((DerInteger)parts[1]).PositiveValue),
            .. ((Asn1OctetString)parts[2]).GetOctets(), .. ((Asn1OctetString)parts[3]).GetOctets()];
    }

    public static byte[] Entry(string name, byte[] content)
    {
        var utf8 = Encoding.UTF8.GetBytes(name);
        var entry = new byte[2 + utf8.Length + 8 + content.Length];
        BinaryPrimitives.WriteUInt16BigEndian(entry, (ushort)utf8.Length);
        utf8.CopyTo(entry, 2);
        BinaryPrimitives.WriteInt64BigEndian(entry.AsSpan(2 + utf8.Length), content.Length);
        content.CopyTo(entry, 2 + utf8.Length + 8);
        return entry;
    }

    public static void AssertSameTree(string expected, string actual)
    {
        string[] Files(string folder) => [.. Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Select(f => System.IO.Path.GetRelativePath(folder, f)).Order(StringComparer.Ordinal)];
        Assert.Equal(Files(expected), Files(actual));
        foreach (var file in Files(expected)) Assert.Equal(File.ReadAllBytes(System.IO.Path.Combine(expected, file)), File.ReadAllBytes(System.IO.Path.Combine(actual, file)));
    }

    private static void Fill(string source, bool small)
    {
        var random = new Random(7);
        void Add(string name, int length)
        {
            var path = System.IO.Path.Combine(source, name);
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
            var content = new byte[length];
            random.NextBytes(content);
            File.WriteAllBytes(path, content);
        }
        Add("唱标信息/报价.json", 300);
        Add("投标文件/投标函.pdf", small ? 5000 : 2_500_000);
        Add("投标文件/技术/施工方案.pdf", small ? 100 : 700_000);
        Add("投标文件/空.txt", 0);
    }
}

/// <summary>A long stream that is nowhere.</summary>
internal sealed class Zeros(long length) : Stream
{
    private long read;

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => read; set => throw new NotSupportedException(); }
    public override void Flush() { }
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override int Read(byte[] buffer, int offset, int count)
    {
        var n = (int)Math.Min(length - read, count);
        buffer.AsSpan(offset, n).Clear();
        read += n;
        return n;
    }
}

/// <summary>Reports at once, on the thread that writes.</summary>
internal sealed class Sink(Action<BidFileProgress> report) : IProgress<BidFileProgress>
{
    public void Report(BidFileProgress value) => report(value);
}
