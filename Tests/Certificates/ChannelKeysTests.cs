using Bzt.Contracts.Phone;
using Bzt.Protocol;
using Bzt.Protocol.Arithmetic;
using Bzt.Protocol.Channel;
using Bzt.Protocol.Phone;

namespace Bzt.Tests.Certificates;

/// <summary>C1: a list of cluster keys that was replaced is never taken again, though its root's signature is good: a gateway may have kept it for the key in it.</summary>
[Collection(CertificateSystem.Name)]
public sealed class ChannelKeysTests(CertificateSystem certificates)
{
    private static readonly DateTimeOffset Then = new(2031, 5, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task A_store_keeps_when_the_newest_list_was_signed_for_each_root_by_itself()
    {
        var folder = Path.Combine(Path.GetTempPath(), $"bzt-phone-{Guid.NewGuid():N}");
        try
        {
            var memory = new MemoryPhoneKeyStore();
            foreach (var open in (Func<IPhoneKeyStore>[])[() => memory, () => new FilePhoneKeyStore(folder)])
            {
                var other = Sm2Group.MultiplyBase(Scalar.Random(SystemRandom.Instance));
                foreach (var (root, seconds, taken) in ((Point, int, bool)[])[
                    (Sm2Group.G, 10, true), (Sm2Group.G, 10, true), (Sm2Group.G, 11, true), (Sm2Group.G, 10, false), (other, 10, true), (Sm2Group.G, 11, true), (Sm2Group.G, 10, false)])
                {
                    var store = open();
                    using var closed = store as IDisposable;
                    Assert.Equal(taken, await store.FollowAsync(root, new ClusterKeyList(Sm2Group.G, null, Then.AddSeconds(seconds))));
                }
            }
        }
        finally
        {
            if (Directory.Exists(folder))
            {
                Directory.Delete(folder, recursive: true);
            }
        }

        Assert.Throws<InvalidDataException>(() => new ClusterKeyList(Sm2Group.G, null, Then).Follow([1, 2, 3]));
    }

    [Fact]
    public async Task A_phone_that_has_had_a_newer_list_speaks_to_nobody_under_an_older_one()
    {
        using var phone = await CertifiedPhone.ActiveAsync(certificates.System);
        var platform = await phone.PlatformAsync();
        await phone.BindAsync(platform);
        var trust = await ChannelTrust.FetchAsync(certificates.System.Gateway);
        Assert.True(Point.TryDecode(trust.ChannelRoot, out var root));
        Assert.True(await phone.Store.FollowAsync(root, new ClusterKeyList(Sm2Group.G, null, certificates.System.Clock.GetUtcNow().AddYears(1))));

        // The app starts again: what it is given now is what a gateway kept.
        await phone.ReconnectAsync();
        var (_, scanned) = await phone.BindSessionAsync(platform);
        var before = phone.Net.Exchanges;
        await Assert.ThrowsAsync<InvalidDataException>(() => phone.Client.OpenRequestAsync(scanned, phone.Certificate));
        Assert.Equal(before, phone.Net.Exchanges);
    }
}
