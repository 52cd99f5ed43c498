using Bzt.Protocol.Arithmetic;

namespace Bzt.Protocol.Secrets;

/// <summary>A secret scalar: a key share or a nonce. <see cref="Dispose"/> zeroes what is held between uses.</summary>
public sealed class SecretScalar : IDisposable
{
    private readonly SecretBytes bytes = new(Scalar.Length);

    /// <summary>Takes over a value in [1, n−1].</summary>
    /// <exception cref="ArgumentException">The value is zero: no share and no nonce ever is.</exception>
    public SecretScalar(Scalar value)
    {
        if (value.IsZero)
        {
            throw new ArgumentException("A secret scalar is not zero.", nameof(value));
        }

        value.Encode(bytes.Span);
    }

    /// <summary>The value, for one computation.</summary>
    public Scalar Value => Scalar.TryDecode(bytes.Span, out var value)
        ? value
        : throw new InvalidOperationException("The secret scalar is damaged.");

    /// <summary>The 32 bytes themselves, for sealing.</summary>
    public ReadOnlySpan<byte> Span => bytes.Span;

    /// <summary>A uniform secret in [1, n−1].</summary>
    public static SecretScalar Random(IRandomSource random) => new(Scalar.Random(random));

    /// <inheritdoc/>
    public void Dispose() => bytes.Dispose();

    /// <summary>Prints the type, never the value.</summary>
    public override string ToString() => nameof(SecretScalar);
}
