using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Bzt.Grains.Foundations;
using Bzt.Silo.KeyProtection;

namespace Bzt.Silo.Blobs;

/// <summary>
/// The stored form of a blob: version 1 | owner's keyed hash, 32 bytes | length of the wrapped key, 2 bytes | the blob's own
/// key, wrapped for its owner | pieces of 64 KiB, each AES-256-GCM with a 16-byte tag.
/// A piece's nonce is its number and whether it is the last (STREAM), so pieces cannot be cut off, repeated or exchanged.
/// </summary>
internal sealed class BlobCipher(IKeyProtector protector)
{
    private const byte Version = 1;
    private const int PieceLength = 64 * 1024;
    private const int TagLength = 16;
    private const int OwnerLength = 32;
    private const int HeaderLength = 1 + OwnerLength + 2;
    private const string KeyPurpose = "blob/key";

    /// <summary>No header is longer.</summary>
    public const int LongestHeader = 512;

    /// <summary>The id of what was written, and its size; null, with the destination half written, when it is larger than allowed.</summary>
    public async Task<(BlobId Id, long Size)?> EncryptAsync(
        string owner, Stream content, Stream destination, long limit, CancellationToken cancellation)
    {
        using var key = new SecretBytes(32);
        RandomNumberGenerator.Fill(key.Span);
        var wrapped = protector.Protect(KeyPurpose, Encoding.UTF8.GetBytes(owner), key.Span);
        await destination.WriteAsync(Header(owner, wrapped), cancellation);

        using var aes = new AesGcm(key.Span, TagLength);
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] piece = new byte[PieceLength], next = new byte[PieceLength], sealedPiece = new byte[PieceLength + TagLength];
        long size = 0;
        var length = await content.ReadAtLeastAsync(piece, PieceLength, throwOnEndOfStream: false, cancellation);
        for (uint number = 0; ; number++)
        {
            size += length;
            if (size > limit)
            {
                return null;
            }

            digest.AppendData(piece, 0, length);
            // Only a full piece may have a successor, and the successor tells whether this one is the last.
            var following = length < PieceLength ? 0 : await content.ReadAtLeastAsync(next, PieceLength, throwOnEndOfStream: false, cancellation);
            Seal(aes, number, last: following == 0, piece.AsSpan(0, length), sealedPiece);
            await destination.WriteAsync(sealedPiece.AsMemory(0, length + TagLength), cancellation);
            if (following == 0)
            {
                return (Id(owner, digest.GetHashAndReset()), size);
            }

            (piece, next, length) = (next, piece, following);
        }
    }

    /// <summary>False when the blob is another's.</summary>
    public async Task<bool> DecryptAsync(string owner, Stream stored, Stream destination, CancellationToken cancellation)
    {
        if (await ReadHeaderAsync(owner, stored, cancellation) is not { } wrapped)
        {
            return false;
        }

        using var key = protector.Unprotect(KeyPurpose, Encoding.UTF8.GetBytes(owner), wrapped);
        using var aes = new AesGcm(key.Span, TagLength);
        byte[] piece = new byte[PieceLength + TagLength], next = new byte[PieceLength + TagLength], plain = new byte[PieceLength];
        var length = await stored.ReadAtLeastAsync(piece, piece.Length, throwOnEndOfStream: false, cancellation);
        for (uint number = 0; ; number++)
        {
            if (length < TagLength)
            {
                throw new CryptographicException("A blob was cut short.");
            }

            var following = length < piece.Length ? 0 : await stored.ReadAtLeastAsync(next, next.Length, throwOnEndOfStream: false, cancellation);
            aes.Decrypt(Nonce(number, following == 0), piece.AsSpan(0, length - TagLength), piece.AsSpan(length - TagLength, TagLength), plain.AsSpan(0, length - TagLength));
            await destination.WriteAsync(plain.AsMemory(0, length - TagLength), cancellation);
            if (following == 0)
            {
                return true;
            }

            (piece, next, length) = (next, piece, following);
        }
    }

    public async Task<bool> BelongsToAsync(string owner, Stream stored, CancellationToken cancellation) =>
        await ReadHeaderAsync(owner, stored, cancellation) is not null;

    /// <summary>The stored blob's header with its key under the ring's newest key, as long as it was; null when that has nothing to do.</summary>
    /// <param name="start">The blob's beginning, <see cref="LongestHeader"/> bytes or all.</param>
    /// <param name="moving">The ring.</param>
    /// <param name="isFixed">The key is sealed in a form that cannot move.</param>
    public static byte[]? Rewrap(ReadOnlySpan<byte> start, KeyProtector moving, out bool isFixed)
    {
        isFixed = false;
        if (start.Length < HeaderLength || start[0] != Version)
        {
            return null;
        }

        var length = HeaderLength + BinaryPrimitives.ReadUInt16BigEndian(start[(1 + OwnerLength)..]);
        if (length > start.Length)
        {
            return null;
        }

        var header = start[..length].ToArray();
        isFixed = SealedBlob.IsDirect(header.AsSpan(HeaderLength));
        return moving.TryRewrap(header.AsSpan(HeaderLength)) ? header : null;
    }

    private async Task<byte[]?> ReadHeaderAsync(string owner, Stream stored, CancellationToken cancellation)
    {
        var header = new byte[HeaderLength];
        await stored.ReadExactlyAsync(header, cancellation);
        if (header[0] != Version)
        {
            throw new CryptographicException("Not a stored blob.");
        }

        var wrapped = new byte[BinaryPrimitives.ReadUInt16BigEndian(header.AsSpan(1 + OwnerLength))];
        await stored.ReadExactlyAsync(wrapped, cancellation);
        return CryptographicOperations.FixedTimeEquals(header.AsSpan(1, OwnerLength), OwnerHash(owner)) ? wrapped : null;
    }

    private byte[] Header(string owner, byte[] wrapped)
    {
        var header = new byte[HeaderLength + wrapped.Length];
        header[0] = Version;
        OwnerHash(owner).CopyTo(header, 1);
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(1 + OwnerLength), checked((ushort)wrapped.Length));
        wrapped.CopyTo(header, HeaderLength);
        return header;
    }

    private byte[] OwnerHash(string owner) => Convert.FromHexString(protector.KeyedHash("blob/owner", owner));

    private BlobId Id(string owner, byte[] digest) => new(protector.KeyedHash("blob/id", [.. digest, .. Encoding.UTF8.GetBytes(owner)]));

    private static void Seal(AesGcm aes, uint number, bool last, ReadOnlySpan<byte> piece, Span<byte> destination) =>
        aes.Encrypt(Nonce(number, last), piece, destination[..piece.Length], destination.Slice(piece.Length, TagLength));

    private static byte[] Nonce(uint number, bool last)
    {
        var nonce = new byte[12];
        BinaryPrimitives.WriteUInt32BigEndian(nonce, number);
        nonce[11] = last ? (byte)1 : (byte)0;
        return nonce;
    }
}
