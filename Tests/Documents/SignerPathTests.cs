using Bzt.Documents.Seals;
using Bzt.Protocol.Certificates;

namespace Bzt.Tests.Documents;

/// <summary>Whoever sends a seal chooses the certificates beside it: looking for a way among them ends.</summary>
public sealed class SignerPathTests
{
    [Theory]
    [InlineData(10, true)]
    [InlineData(40, false)]
    public void Issuers_of_one_name_are_tried_and_not_without_end(int namesakes, bool isFound)
    {
        var signer = new TestSigner("同名单位");
        var others = Enumerable.Range(0, namesakes).Select(_ => new TestSigner("同名单位").Root).Append(signer.Root);
        var path = SignerPath.Build(signer.Certificate, others, [], DateTimeOffset.UtcNow);
        Assert.Equal(isFound ? 2 : 1, path.Certificates.Count);
        Assert.Equal(PathFault.UntrustedRoot, path.Fault);

        // A root that is trusted is looked at before whatever came along.
        Assert.True(SignerPath.Build(signer.Certificate, others, [signer.Root], DateTimeOffset.UtcNow).IsTrusted);
    }
}
