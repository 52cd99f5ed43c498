using System.Security.Cryptography;
using Bzt.Gateway.Phones;

namespace Bzt.Tests.Gateway;

public sealed class DeviceKeysTests
{
    private static readonly byte[] Signed = "what was signed"u8.ToArray();

    [Fact]
    public void Only_remembered_devices_are_kept_and_never_more_than_the_number()
    {
        using var keys = new DeviceKeys(2);
        using var a = new Device("a");
        using var b = new Device("b");
        using var c = new Device("c");
        Assert.True(a.Verifies(keys));
        Assert.Equal(0, keys.Count);

        keys.Remember("a");
        keys.Remember("b");
        keys.Remember("b");
        Assert.True(b.Verifies(keys));
        Assert.True(a.Verifies(keys));
        // The one that asked longest ago goes, and comes back when it is remembered again.
        keys.Remember("c");
        Assert.Equal(2, keys.Count);
        Assert.True(c.Verifies(keys));
        Assert.True(b.Verifies(keys));
        Assert.Equal(2, keys.Count);
    }

    [Fact]
    public void A_kept_key_verifies_as_strictly_as_a_fresh_one()
    {
        using var keys = new DeviceKeys(2);
        using var device = new Device("a");
        keys.Remember("a");
        for (var i = 0; i < 2; i++)
        {
            Assert.True(device.Verifies(keys));
            Assert.False(keys.Verify("a", device.Point, "something else"u8, device.Signature));
            Assert.False(keys.Verify("a", device.Point, Signed, new byte[64]));
        }

        Assert.ThrowsAny<CryptographicException>(() => keys.Verify("off the curve", new ECPoint { X = device.Point.X, Y = device.Point.X }, Signed, device.Signature));
        keys.Remember("off the curve");
        Assert.ThrowsAny<CryptographicException>(() => keys.Verify("off the curve", new ECPoint { X = device.Point.X, Y = device.Point.X }, Signed, device.Signature));
    }

    [Fact]
    public void One_device_may_ask_on_many_threads_at_once()
    {
        using var keys = new DeviceKeys(1);
        using var device = new Device("a");
        using var other = new Device("b");
        Parallel.For(0, 400, i =>
        {
            var asks = i % 8 == 0 ? other : device;
            keys.Remember(asks.Jkt);
            Assert.True(asks.Verifies(keys));
        });
        Assert.Equal(1, keys.Count);
    }

    private sealed class Device : IDisposable
    {
        private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

        public Device(string jkt)
        {
            (Jkt, Point) = (jkt, key.ExportParameters(includePrivateParameters: false).Q);
            Signature = key.SignData(DeviceKeysTests.Signed, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        }

        public string Jkt { get; }

        public ECPoint Point { get; }

        public byte[] Signature { get; }

        public bool Verifies(DeviceKeys keys) => keys.Verify(Jkt, Point, DeviceKeysTests.Signed, Signature);

        public void Dispose() => key.Dispose();
    }
}
