using Bzt.Protocol.Arithmetic;

namespace Bzt.Protocol.Secrets;

/// <summary>A nonce w and its point W = wG. Whoever takes it uses it once and disposes it.</summary>
public sealed class NoncePair : IDisposable
{
    /// <summary>Takes over the secret; the caller knows that <paramref name="point"/> is its point.</summary>
    public NoncePair(SecretScalar secret, Point point) => (Secret, Point) = (secret, point);

    /// <summary>w.</summary>
    public SecretScalar Secret { get; }

    /// <summary>W = wG; no secret.</summary>
    public Point Point { get; }

    /// <summary>A fresh pair.</summary>
    public static NoncePair Draw(IRandomSource random)
    {
        var secret = SecretScalar.Random(random);
        return new(secret, Sm2Group.MultiplyBase(secret.Value));
    }

    /// <inheritdoc/>
    public void Dispose() => Secret.Dispose();

    /// <summary>Prints the type, never the value.</summary>
    public override string ToString() => nameof(NoncePair);
}

/// <summary>
/// Where a server takes nonces from that depend on nothing but chance, so that their points may have been computed before they are needed.
/// Every pair is handed out once, lives in memory only, and is unknown to everybody but its taker.
/// </summary>
public interface INonceSource
{
    /// <summary>A pair nobody else has or gets. The caller disposes it.</summary>
    NoncePair Take();
}

/// <summary>Draws each pair when it is asked for.</summary>
public sealed class DrawnNonces(IRandomSource random) : INonceSource
{
    /// <inheritdoc/>
    public NoncePair Take() => NoncePair.Draw(random);
}
