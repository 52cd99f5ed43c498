using Bzt.Protocol;
using Org.BouncyCastle.Asn1.GM;
using Org.BouncyCastle.Crypto.EC;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Prng;
using Org.BouncyCastle.Math;
using Org.BouncyCastle.Security;

namespace Bzt.Grains.CaVendors;

/// <summary>SM2 keys in the form BouncyCastle's certificate generators want them.</summary>
static class Sm2Keys
{
    // The custom curve: the one GMNamedCurves gives is several times slower.
    static readonly ECNamedDomainParameters Domain = new(GMObjectIdentifiers.sm2p256v1, CustomNamedCurves.GetByOid(GMObjectIdentifiers.sm2p256v1));

    /// <param name="encoded">04 ‖ X ‖ Y, of a point known to be on the curve.</param>
    public static ECPublicKeyParameters Public(byte[] encoded) => new("EC", Domain.Curve.DecodePoint(encoded), Domain);

    /// <remarks>BouncyCastle's integers cannot be wiped: the key stays in managed memory until collected. SECURITY.md says so.</remarks>
    public static ECPrivateKeyParameters Private(ReadOnlySpan<byte> scalar) => new("EC", new BigInteger(1, scalar), Domain);

    public static bool IsSm2(ECPublicKeyParameters key) => key.PublicKeyParamSet?.Equals(GMObjectIdentifiers.sm2p256v1) == true;

    public static SecureRandom Random(IRandomSource source) => new(new SourceGenerator(source));

    sealed class SourceGenerator(IRandomSource source) : IRandomGenerator
    {
        public void AddSeedMaterial(byte[] seed) { }

        public void AddSeedMaterial(ReadOnlySpan<byte> seed) { }

        public void AddSeedMaterial(long seed) { }

        public void NextBytes(byte[] bytes) => source.Fill(bytes);

        public void NextBytes(byte[] bytes, int start, int len) => source.Fill(bytes.AsSpan(start, len));

        public void NextBytes(Span<byte> bytes) => source.Fill(bytes);
    }
}
