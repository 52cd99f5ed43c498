using Bzt.Grains;
using Bzt.Grains.Foundations;

namespace Bzt.Gateway.Applications;

/// <summary>Files that users upload.</summary>
internal static class UploadedFile
{
    /// <summary>Octets <see cref="MediaTypeOf"/> needs.</summary>
    public const int HeadLength = 8;

    private static ReadOnlySpan<byte> Png => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>The three kinds that are accepted; null for anything else. SVG and HTML, which could run in a reviewer's browser, are none of them.</summary>
    public static string? MediaTypeOf(ReadOnlySpan<byte> head) =>
        head.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]) ? "image/jpeg"
        : head.StartsWith(Png) ? "image/png"
        : head.StartsWith("%PDF-"u8) ? "application/pdf"
        : null;

    public static string OwnerOf(UserId user) => $"user/{user}";

    /// <summary>Whether it is this user's, whole, and stays until an application has had time to name it. An id that is not one of a blob is nobody's.</summary>
    public static async Task<bool> ExistsAsync(IBlobStore blobs, UserId user, string id, CancellationToken cancellation) =>
        IsId(id) && await blobs.ReadAsync(OwnerOf(user), new BlobId(id), Stream.Null, cancellation) && await blobs.RenewAsync(OwnerOf(user), new BlobId(id), cancellation);

    public static bool IsId(string id) => id.Length == 64 && id.All(character => char.IsAsciiHexDigitLower(character));
}

/// <summary>Octets already read, then the rest of a stream.</summary>
internal sealed class PrefixedStream(ReadOnlyMemory<byte> prefix, Stream rest) : Stream
{
    private ReadOnlyMemory<byte> prefix = prefix;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (prefix.IsEmpty)
        {
            return rest.ReadAsync(buffer, cancellationToken);
        }

        var length = Math.Min(prefix.Length, buffer.Length);
        prefix[..length].CopyTo(buffer);
        prefix = prefix[length..];
        return ValueTask.FromResult(length);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    // Kestrel's bodies are read asynchronously only.
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
