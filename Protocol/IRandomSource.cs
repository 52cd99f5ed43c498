using System.Security.Cryptography;

namespace Bzt.Protocol;

/// <summary>
/// Where a protocol step takes its random bytes from. Every step is handed one, so that test vectors replay;
/// the product passes <see cref="SystemRandom.Instance"/> and nothing else.
/// </summary>
public interface IRandomSource
{
    /// <summary>Fills the whole of <paramref name="destination"/> with bytes nobody can predict.</summary>
    void Fill(Span<byte> destination);
}

/// <summary>The operating system's generator; in the browser <c>crypto.getRandomValues</c>.</summary>
public sealed class SystemRandom : IRandomSource
{
    private SystemRandom()
    {
    }

    /// <summary>The only instance.</summary>
    public static SystemRandom Instance { get; } = new();

    /// <inheritdoc/>
    public void Fill(Span<byte> destination) => RandomNumberGenerator.Fill(destination);
}

/// <summary>Short forms over <see cref="IRandomSource"/>.</summary>
public static class RandomSourceExtensions
{
    /// <summary>A new array of <paramref name="length"/> random bytes.</summary>
    public static byte[] Bytes(this IRandomSource random, int length)
    {
        ArgumentNullException.ThrowIfNull(random);
        var bytes = new byte[length];
        random.Fill(bytes);
        return bytes;
    }
}
