using Bzt.Protocol.Arithmetic;
using Bzt.Protocol.Secrets;

namespace Bzt.Tests.Protocol;

public sealed class SecretScalarsTests
{
    [Fact]
    public void Disposed_they_are_zeroed_and_gone()
    {
        var scalars = new SecretScalars(2);
        var span = scalars.Span;
        Assert.True(span[0].IsZero);
        span[1] = Scalar.One;
        Assert.Equal(Scalar.One, scalars.Span[1]);
        scalars.Dispose();
        Assert.True(span[1].IsZero);
        Assert.Throws<ObjectDisposedException>(() => scalars.Span.Length);
        Assert.Equal(nameof(SecretScalars), scalars.ToString());
    }
}
