using System.Security.Cryptography;
using Bzt.Protocol.Channel;

namespace Bzt.Tests.Batching;

public sealed class DeviceVerifierTests
{
    [Fact]
    public async Task A_kept_key_verifies_for_its_own_device_and_no_other()
    {
        using var verifier = new P256DeviceVerifier();
        using var first = new P256DeviceKey();
        using var second = new P256DeviceKey();
        byte[] message = RandomNumberGenerator.GetBytes(100);
        var (byFirst, bySecond) = (await first.SignAsync(message), await second.SignAsync(message));
        byte[] offCurve = [4, .. new byte[63], 1];

        // In turns, so that the kept key is each time another's.
        for (var turn = 0; turn < 3; turn++)
        {
            Assert.True(verifier.Verify(first.PublicKey, message, byFirst));
            Assert.False(verifier.Verify(first.PublicKey, message, bySecond));
            Assert.False(verifier.Verify(second.PublicKey, message, byFirst));
            Assert.True(verifier.Verify(second.PublicKey, message, bySecond));
            Assert.False(verifier.Verify(offCurve, message, bySecond));
            Assert.False(verifier.Verify(offCurve, message, bySecond));
            Assert.False(verifier.Verify(second.PublicKey.AsSpan(0, 64), message, bySecond));
            Assert.False(verifier.Verify(second.PublicKey, message, bySecond.AsSpan(0, 63)));
        }
    }
}
