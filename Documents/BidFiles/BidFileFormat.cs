using System.Buffers.Binary;
using System.Text;

namespace Bzt.Documents.BidFiles;

/// <summary>The constants of docs/bid-file.md. Everything declared in a file is held against these bounds before memory is taken.</summary>
internal static class BidFileFormat
{
    /// <summary>As PNG's: a transfer that changes line ends or drops the eighth bit breaks it.</summary>
    public static ReadOnlySpan<byte> Magic => [0xE2, (byte)'B', (byte)'Z', (byte)'T', 0x0D, 0x0A, 0x1A, 0x0A];

    public static ReadOnlySpan<byte> EndMagic => "\nBZTEND\n"u8;

    public const int Version = 1;
    public const int PrefixLength = 8 + 4, TrailerLength = 4 + 8;
    public const int MaximumHeader = 1024 * 1024, MaximumManifest = 1024 * 1024;
    public const int MaximumSections = 64, MaximumRecipients = 16, MaximumCertificates = 16;
    public const int ChunkSize = 1024 * 1024, MinimumChunkSize = 4096, MaximumChunkSize = 4 * 1024 * 1024;
    public const int MaximumNameBytes = 1024, MaximumEntries = 100_000;
    public const int KeyLength = 16, TagLength = 16, NonceLength = 12, NoncePrefixLength = 7, DigestLength = 32;

    /// <summary>The counter has four bytes.</summary>
    public static long MaximumContent(int chunkSize) => (long)uint.MaxValue * chunkSize;

    /// <summary>An empty section still has one, empty, last chunk: its end is authenticated too.</summary>
    public static long Chunks(long contentLength, int chunkSize) => Math.Max(1, (contentLength + chunkSize - 1) / chunkSize);

    public static long CiphertextLength(long contentLength, int chunkSize) => contentLength + Chunks(contentLength, chunkSize) * TagLength;

    /// <summary>prefix ‖ counter ‖ last: a chunk decrypts only at its own place, and the last one only as the last.</summary>
    public static void Nonce(ReadOnlySpan<byte> prefix, uint counter, bool last, Span<byte> nonce)
    {
        prefix.CopyTo(nonce);
        BinaryPrimitives.WriteUInt32BigEndian(nonce[NoncePrefixLength..], counter);
        nonce[^1] = last ? (byte)1 : (byte)0;
    }

    /// <summary>SM3 of the header and the section's number: a chunk decrypts only in its own file and section.</summary>
    public static byte[] AssociatedData(ReadOnlySpan<byte> headerDigest, int section)
    {
        var data = new byte[DigestLength + 4];
        headerDigest.CopyTo(data);
        BinaryPrimitives.WriteInt32BigEndian(data.AsSpan(DigestLength), section);
        return data;
    }
}

/// <summary>Names that may become files on any system.</summary>
internal static class SafeName
{
    private static readonly string[] Reserved = ["CON", "PRN", "AUX", "NUL", .. Enumerable.Range(1, 9).SelectMany(n => (string[])[$"COM{n}", $"LPT{n}"])];

    /// <summary>A relative path of plain segments with '/' between them.</summary>
    public static bool IsPath(string path) => path.Length > 0 && Encoding.UTF8.GetByteCount(path) <= BidFileFormat.MaximumNameBytes && path.Split('/').All(IsSegment);

    public static bool IsSegment(string segment) =>
        segment.Length is > 0 and <= 255 && segment is not ("." or "..")
        && !segment.EndsWith('.') && !segment.EndsWith(' ') && !segment.StartsWith(' ')
        && !segment.Any(c => char.IsControl(c) || char.IsSurrogate(c) && !IsPaired(segment) || c is '/' or '\\' or ':' or '*' or '?' or '"' or '<' or '>' or '|' or '\u202E' or '\u202D' or '\uFFFD')
        && !Reserved.Contains(segment.Split('.')[0].TrimEnd(), StringComparer.OrdinalIgnoreCase);

    private static bool IsPaired(string text)
    {
        try
        {
            _ = new UTF8Encoding(false, throwOnInvalidBytes: true).GetByteCount(text);
            return true;
        }
        catch (EncoderFallbackException)
        {
            return false;
        }
    }
}
