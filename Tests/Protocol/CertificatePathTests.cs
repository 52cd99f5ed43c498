using Bzt.Protocol.Certificates;
using Org.BouncyCastle.Asn1.GM;
using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Generators;
using Org.BouncyCastle.Crypto.Operators;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Math;
using Org.BouncyCastle.Security;
using Org.BouncyCastle.X509;

namespace Bzt.Tests.Protocol;

/// <summary>pathLenConstraint of RFC 5280, 6.1.4: how many authorities an authority may have below it.</summary>
public sealed class CertificatePathTests
{
    private static readonly SecureRandom Random = new();
    private static readonly DateTime Now = DateTime.UtcNow;

    [Theory]
    // From the root downwards: each CA's constraint, -1 for none; the last one issues the leaf.
    [InlineData(PathFault.None, -1, -1, -1)]
    [InlineData(PathFault.None, 0)]
    [InlineData(PathFault.None, 2, 1, 0)]
    [InlineData(PathFault.None, -1, 1, 0)]
    [InlineData(PathFault.NotAuthority, 1, 1, 0)]
    [InlineData(PathFault.NotAuthority, 0, -1)]
    [InlineData(PathFault.NotAuthority, -1, 0, -1)]
    [InlineData(PathFault.NotAuthority, 5, 0, 5)]
    public void An_authority_has_no_more_authorities_below_it_than_it_may(PathFault fault, params int[] constraints) =>
        Assert.Equal(fault, Verify([.. constraints.Select((constraint, i) => ($"CA {i}", constraint))]));

    [Fact]
    public void One_that_issued_itself_another_key_does_not_count()
    {
        // The first is the root; the second and third have one name.
        Assert.Equal(PathFault.None, Verify([("root", 1), ("CA", 0), ("CA", 0)]));
        Assert.Equal(PathFault.None, Verify([("root", 0), ("root", 0), ("root", 0)]));
        Assert.Equal(PathFault.NotAuthority, Verify([("root", 0), ("root", 0), ("CA", 0)]));
        Assert.Equal(PathFault.NotAuthority, Verify([("root", 1), ("CA", 1), ("CA", 1), ("CA of it", 0)]));
    }

    [Fact]
    public void The_one_in_question_is_no_intermediate_even_where_it_is_an_authority() =>
        Assert.Equal(PathFault.None, Verify([("root", 0)], leafIsAuthority: true));

    private static PathFault Verify(IReadOnlyList<(string Name, int Constraint)> authorities, bool leafIsAuthority = false)
    {
        var chain = new List<byte[]>();
        var (issuer, issuerKeys) = (authorities[0].Name, Generate());
        foreach (var (name, constraint) in authorities)
        {
            var keys = chain.Count == 0 ? issuerKeys : Generate();
            chain.Insert(0, Issue(issuer, issuerKeys, name, keys, constraint < 0 ? new BasicConstraints(true) : new BasicConstraints(constraint)));
            (issuer, issuerKeys) = (name, keys);
        }

        var leaf = Issue(issuer, issuerKeys, "leaf", Generate(), new BasicConstraints(leafIsAuthority));
        Assert.True(Sm2Certificate.TryParse(leaf, out var certificate));
        return Sm2CertificatePath.Verify(certificate, chain, [chain[^1]], Now);
    }

    private static AsymmetricCipherKeyPair Generate()
    {
        var generator = new ECKeyPairGenerator();
        generator.Init(new ECKeyGenerationParameters(GMObjectIdentifiers.sm2p256v1, Random));
        return generator.GenerateKeyPair();
    }

    private static byte[] Issue(string issuer, AsymmetricCipherKeyPair issuerKeys, string subject, AsymmetricCipherKeyPair keys, BasicConstraints constraints)
    {
        var generator = new X509V3CertificateGenerator();
        generator.SetSerialNumber(new BigInteger(120, Random).SetBit(119));
        generator.SetIssuerDN(new X509Name($"C=CN,O={issuer}"));
        generator.SetSubjectDN(new X509Name($"C=CN,O={subject}"));
        generator.SetNotBefore(Now.AddDays(-1));
        generator.SetNotAfter(Now.AddDays(1));
        generator.SetPublicKey(keys.Public);
        generator.AddExtension(X509Extensions.BasicConstraints, true, constraints);
        return generator.Generate(new Asn1SignatureFactory("SM3WITHSM2", issuerKeys.Private, Random)).GetEncoded();
    }
}
